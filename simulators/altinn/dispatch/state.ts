import type { Saying } from "../../../core/ledger.ts";

/** Where a dispatch stands, as its sender is told. That it was archived is told to nobody. */
export type DispatchState = "sent" | "opened" | "contentDeleted";

export type DispatchMove = "open" | "expire";

/**
 * Every step of a dispatch, as data. Content goes whether it was opened or not; the shell stays.
 *
 * @source PORT.md, altinn-dispatch; altinn.md 5
 */
export const dispatchMoves: Readonly<Record<DispatchState, Readonly<Partial<Record<DispatchMove, DispatchState>>>>> = {
  sent: { open: "opened", expire: "contentDeleted" },
  opened: { open: "opened", expire: "contentDeleted" },
  contentDeleted: {},
};

/** What a state says to the sender who asks. */
export const sayings: Readonly<Record<DispatchState, Saying>> = {
  sent: "news",
  opened: "positive",
  contentDeleted: "negative",
};
