/**
 * Every decision by which a sound sender differs from one that takes "sent" for read. A faulty sender is the sound one
 * with a flaw: some of these said otherwise, and nothing else.
 */
export type SenderPolicy = {
  /** How long it asks what became of what it sent. */
  readonly watches: "until the end" | "once" | "never";
  /** What it takes for an end: that a person has it, or that the content was fetched by whomsoever. */
  readonly end: "confirmed" | "read";
  /** How long it keeps its own copy. */
  readonly keeps: "until the end" | "until sent";
  /** Where it remembers what it has taken on. */
  readonly remembers: "on disk" | "in memory";
  /** What it goes on with after a start. */
  readonly takesUp: "all that is open" | "what was not sent";
  /** What follows when a channel refuses a message. */
  readonly refused: "told, and another way taken" | "closed";
  /** When it warns of what nobody has. */
  readonly warnsAfter: "two working days" | "a month";
  /** What follows when the answer to a message it sent is lost. */
  readonly unanswered: "look it up" | "send again";
  /** Where its warnings go. */
  readonly warns: "whoever is on duty" | "an old address" | "the log";
  readonly recipient: "as ordered" | "first configured";
};

/** What a sound sender does. */
export const soundSender: SenderPolicy = {
  watches: "until the end",
  end: "confirmed",
  keeps: "until the end",
  remembers: "on disk",
  takesUp: "all that is open",
  refused: "told, and another way taken",
  warnsAfter: "two working days",
  unanswered: "look it up",
  warns: "whoever is on duty",
  recipient: "as ordered",
};
