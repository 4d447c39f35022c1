import type { Mail } from "../../core/scenario.ts";
import { type SentDelivery, textName } from "../manifest.ts";
import type { Answer, WireRequest } from "../wire.ts";

/** What the police send in Altinn, once however often they must try. */
export type Sending = {
  readonly delivery: SentDelivery;
  readonly mail: Mail;
  readonly way: Way;
  /** Organisation number. */
  readonly recipient: string;
  /** Number of the municipality that it says it is for. */
  readonly municipalityNumber: string;
  /** A GUID. */
  readonly key: string;
  /** When they first tried, ms since the epoch. */
  readonly sentMs: number;
};

/** What an answer means for what was sent. `id` is the channel's own; undefined where the answer does not tell it. */
export type Sent =
  | { readonly kind: "taken"; readonly id: string | undefined }
  | { readonly kind: "refused" }
  | { readonly kind: "passing" };

/** Whether a message that was not heard of is there. */
export type Found =
  | { readonly kind: "there"; readonly id: string }
  | { readonly kind: "absent" }
  | { readonly kind: "unheard" };

/** What became of a message, as its sender may know. */
export type Standing = "unopened" | "opened" | "failed" | "unheard";

/** One way in Altinn, in the words of its wire. */
export type Way = {
  send(sending: Sending): WireRequest;
  sent(answer: Answer): Sent;
  /** Asks for a message by what the police themselves call it. */
  find(sending: Sending): WireRequest;
  found(answer: Answer, sending: Sending): Found;
  /** Asks what became of messages: of all of them at once, or of one after the other. */
  ask(ids: readonly string[]): readonly { readonly request: WireRequest; readonly ids: readonly string[] }[];
  standing(answer: Answer, id: string): Standing;
};

const passing: ReadonlySet<number> = new Set([401, 408, 425, 429]);

/** What a status that is no success means. */
export function unsent(status: number): Sent {
  return { kind: status >= 500 || passing.has(status) ? "passing" : "refused" };
}

/** The text of mail. */
export function textOf({ parts }: SentDelivery): string {
  return decoder.decode(parts.find(({ name }) => name === textName)?.bytes);
}

/** The files of mail, in their order. */
export function filesOf({ parts }: SentDelivery): SentDelivery["parts"] {
  return parts.filter(({ name }) => name !== textName);
}

const decoder = new TextDecoder();

/** The JSON of a whole answer; undefined where there is none. */
export function jsonIn({ reply }: Answer): unknown {
  if (!(reply.body instanceof Uint8Array)) return undefined;
  try {
    return JSON.parse(decoder.decode(reply.body));
  } catch {
    return undefined;
  }
}

/** The objects in a list that is a field of a JSON object. */
export function listIn(value: unknown, name: string): readonly Readonly<Record<string, unknown>>[] | undefined {
  const list = (value as Readonly<Record<string, unknown>> | null | undefined)?.[name];
  return Array.isArray(list) ? list.filter((one) => typeof one === "object" && one !== null) : undefined;
}
