/** Where the police stand with a message. They keep their own copy of it throughout. */
export type PoliceState =
  | "kept"
  /** A channel in Altinn took it on, and for the police that is that. */
  | "sent"
  | "posted"
  | "arrived"
  | "filed";

export type PoliceMove =
  | "take"
  /** A letter is handed to the post. */
  | "post"
  | "arrive"
  /** The office has made a case of the letter by hand. */
  | "file";

/** Every legal step, as data. There is one letter a message: once it is on its way nothing leads back. */
export const policeMoves: Readonly<Record<PoliceState, Readonly<Partial<Record<PoliceMove, PoliceState>>>>> = {
  kept: { take: "sent", post: "posted" },
  sent: { post: "posted" },
  posted: { arrive: "arrived" },
  arrived: { file: "filed" },
  filed: {},
};

/** The state after a move; undefined where the move changes nothing. */
export function afterMove(state: PoliceState, move: PoliceMove): PoliceState | undefined {
  return policeMoves[state][move];
}
