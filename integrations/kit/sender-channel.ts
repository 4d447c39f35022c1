import type { Channel } from "../../port/endpoints.ts";
import { type Heard, retryAfterMs } from "./request.ts";
import type { Limits } from "./sender-deadline.ts";
import type { Delivery, Part } from "./sender-journal.ts";

/** The channels that a sender can take; `fiks-io` is reached through the portal. */
export type Outward = Extract<Channel, "altinn-dispatch" | "altinn-correspondence" | "fiks-io">;

/** Not now, or not known: the same again, later. `untried`: it is known that nothing has reached the channel. */
export type Passing = { readonly kind: "passing"; readonly retryAfterMs: number; readonly untried?: true };

/** What one try to send came to. */
export type Sent =
  | { readonly kind: "sent"; readonly id: string }
  /** Never on this channel. */
  | { readonly kind: "refused"; readonly reason: string }
  | Passing;

/** What a try that was not answered came to; `unsure` where the channel has no way to tell. */
export type Found =
  | { readonly kind: "sent"; readonly id: string }
  | { readonly kind: "absent" }
  | { readonly kind: "unsure" }
  | Passing;

/** Where something that was sent stands. */
export type Standing =
  | { readonly kind: "open" }
  | { readonly kind: "ended" }
  /** Nobody is likely to get it this way; `gone` where nobody can any more. */
  | { readonly kind: "failed"; readonly reason: string; readonly gone: boolean };

/** One thing that was sent, and is asked about. */
export type Watched = {
  readonly id: string;
  readonly delivery: Delivery;
  readonly sentMs: number;
  /** Something is done next unless it has ended. */
  readonly pressing: boolean;
};

/** A way to a recipient. */
export type SenderChannel = {
  readonly name: Outward;
  /** From when it was chosen. */
  readonly limits: Limits;
  /** Whether a delivery can go this way at all. */
  takes(delivery: Delivery, parts: readonly Part[]): boolean;
  /**
   * Asked before a try is noted: why nothing can be tried now, or at all. Where a channel cannot tell later what became of a
   * try, whatever can be known beforehand is.
   */
  hindered?(delivery: Delivery): Promise<Exclude<Sent, { readonly kind: "sent" }> | undefined>;
  /** @param key Stays the same over all tries of one copy. */
  send(delivery: Delivery, key: string, parts: readonly Part[]): Promise<Sent>;
  /** Looks up what became of a try. */
  find(delivery: Delivery, key: string): Promise<Found>;
  /** Where these stand, by id; one that is missing is as it was. Undefined where the channel was not heard. */
  ask(watched: readonly Watched[]): Promise<ReadonlyMap<string, Standing> | undefined>;
};

/** Answers that no further try would change. */
const permanent: ReadonlySet<number> = new Set([400, 403, 404, 413, 415, 422]);

/** What an answer other than success says of what was tried. */
export function unsent(heard: Heard | undefined): Extract<Sent, { readonly kind: "refused" | "passing" }> {
  if (heard === undefined) return { kind: "passing", retryAfterMs: 0 };
  if (permanent.has(heard.status)) return { kind: "refused", reason: `refused:${heard.status}` };
  return { kind: "passing", retryAfterMs: retryAfterMs(heard) };
}
