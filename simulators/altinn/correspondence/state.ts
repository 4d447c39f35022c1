import type { ErrorName } from "../../../contracts/altinn/errors.ts";
import {
  availableToRecipient,
  type CorrespondenceStatus,
  hiddenFromRecipient,
  purgeableBySender,
  statusNumbers,
} from "../../../contracts/altinn/statuses.ts";

/** A status that a correspondence came to have. Ms since the epoch. */
export type StatusEvent = { readonly status: CorrespondenceStatus; readonly atMs: number; readonly text: string };

/** What somebody asks to do with a correspondence. */
export type Move = "read" | "markAsRead" | "download" | "confirm" | "purgeAsRecipient" | "purgeAsSender";

type Condition =
  /** It is published, not purged and has not failed. */
  | { readonly kind: "available" }
  | { readonly kind: "purgeableBySender" }
  | { readonly kind: "notPurged" }
  | { readonly kind: "been"; readonly status: CorrespondenceStatus }
  | { readonly kind: "neverBeen"; readonly status: CorrespondenceStatus }
  /** It has been confirmed, if its sender asked for that. */
  | { readonly kind: "confirmedIfAsked" };

export type Guard = { readonly must: Condition; readonly else: ErrorName };

const available: Guard = { must: { kind: "available" }, else: "notFound" };
const notPurged: Guard = { must: { kind: "notPurged" }, else: "purgedAlready" };

/**
 * What each move demands, as data; the first guard that does not hold names the error. A confirmation needs no reading,
 * and a purge is for ever: nothing is there after it.
 *
 * @source altinn.md 2.4
 */
export const guards: Readonly<Record<Move, readonly Guard[]>> = {
  read: [available],
  download: [available],
  markAsRead: [
    available,
    { must: { kind: "been", status: "Fetched" }, else: "readBeforeFetched" },
    { must: { kind: "neverBeen", status: "Read" }, else: "readAlready" },
  ],
  confirm: [
    available,
    { must: { kind: "been", status: "Fetched" }, else: "confirmedBeforeFetched" },
    { must: { kind: "neverBeen", status: "Confirmed" }, else: "confirmedAlready" },
  ],
  purgeAsRecipient: [notPurged, available, { must: { kind: "confirmedIfAsked" }, else: "notConfirmedYet" }],
  purgeAsSender: [notPurged, { must: { kind: "purgeableBySender" }, else: "publishedAlready" }],
};

/** Every status that a correspondence has had. It only grows. */
export class History {
  readonly events: StatusEvent[] = [];
  readonly #been = new Set<CorrespondenceStatus>();
  #highest: StatusEvent | undefined;

  /** @returns Whether it has not had this status before. */
  add(event: StatusEvent): boolean {
    const { status } = event;
    this.events.push(event);
    if (status !== "Fetched" && statusNumbers[status] > statusNumbers[this.#highest?.status ?? "Initialized"])
      this.#highest = event;
    this.#highest ??= event;
    const anew = !this.#been.has(status);
    this.#been.add(status);
    return anew;
  }

  hasBeen(status: CorrespondenceStatus): boolean {
    return this.#been.has(status);
  }

  /**
   * What the overview shows: the status with the highest number, whenever that was, and never Fetched.
   *
   * @source altinn.md 2.3
   */
  highest(): StatusEvent {
    return this.#highest as StatusEvent;
  }

  /** When it was first given a status; undefined where it never was. */
  firstMs(status: CorrespondenceStatus): number | undefined {
    return this.events.find((event) => event.status === status)?.atMs;
  }

  isPurged(): boolean {
    return this.hasBeen("PurgedByRecipient") || this.hasBeen("PurgedByAltinn");
  }

  isAvailable(): boolean {
    return !this.isPurged() && availableToRecipient.has(this.highest().status);
  }

  /** Whether it stands in a recipient's list: its last status decides, but for Fetched. */
  isListed(): boolean {
    const last = this.events.findLast(({ status }) => status !== "Fetched");
    return last !== undefined && !hiddenFromRecipient.has(last.status);
  }
}

/** The error that a move ends in; undefined where it may be made. */
export function refusalOf(
  move: Move,
  history: History,
  order: { readonly isConfirmationNeeded: boolean },
): ErrorName | undefined {
  return guards[move].find(({ must }) => !holds(must, history, order))?.else;
}

function holds(must: Condition, history: History, order: { readonly isConfirmationNeeded: boolean }): boolean {
  switch (must.kind) {
    case "available":
      return history.isAvailable();
    case "purgeableBySender":
      return purgeableBySender.has(history.highest().status);
    case "notPurged":
      return !history.isPurged();
    case "been":
      return history.hasBeen(must.status);
    case "neverBeen":
      return !history.hasBeen(must.status);
    case "confirmedIfAsked":
      return !order.isConfirmationNeeded || history.hasBeen("Confirmed");
  }
}
