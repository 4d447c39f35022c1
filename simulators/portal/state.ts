/** Where the portal stands with a message. On the wire `tilstand`: see `http.ts`. */
export type PortalState = "accepted" | "dispatched" | "refused" | "printing" | "unprintable" | "delivered";

export type PortalMove =
  | "dispatch"
  /** The receiver's positive receipt. */
  | "receive"
  /** The receiver's negative receipt. */
  | "refuse"
  | "handToPrinter"
  | "printerRefuses"
  | "post";

/**
 * Every legal step, as data. A message without Fiks IO account goes from accepted to the printer; a receipt counts only
 * while the message is dispatched: once paper is on its way, or the message is delivered, nothing changes that.
 *
 * @source fiks.md 1.3
 */
export const portalMoves: Readonly<Record<PortalState, Readonly<Partial<Record<PortalMove, PortalState>>>>> = {
  accepted: { dispatch: "dispatched", handToPrinter: "printing" },
  dispatched: { receive: "delivered", refuse: "refused", handToPrinter: "printing" },
  refused: { handToPrinter: "printing" },
  printing: { post: "delivered", printerRefuses: "unprintable" },
  unprintable: {},
  delivered: {},
};

/** The state after a move; undefined where the move changes nothing. */
export function afterMove(state: PortalState, move: PortalMove): PortalState | undefined {
  return portalMoves[state][move];
}
