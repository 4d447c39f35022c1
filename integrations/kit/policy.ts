/**
 * Every decision by which a sound integration differs from one that loses messages. A faulty integration is a correct
 * one with a flaw: some of these said otherwise, and nothing else.
 */
export type Policy = {
  /** Messages each queue, or mailbox, may hand over before one is settled. */
  readonly prefetch: number;
  /** How messages leave a queue of Fiks IO: handed over as they come, or asked for once in a poll interval. */
  readonly queues: "consumed" | "polled";
  /** Which documents the receiver is sent ahead of their message. */
  readonly ahead: "what is large" | "all";
  /** When `mottatt` is sent, and mail confirmed. */
  readonly receipt: "once stored" | "before storing" | "before reading";
  /** When the message is acked. */
  readonly ack: "last" | "first";
  /** What an ack settles. */
  readonly acks: "itself" | "all before it";
  /** What becomes of unacked messages when it is asked to stop. */
  readonly atStop: "left to come again" | "acked";
  /** Which message a receipt is about. */
  readonly answers: "its own" | "the latest";
  /** What follows when a message is handed over once more. */
  readonly repeats: "as any other" | "acked if seen" | "refused if registered";
  /** What "queued, in memory" (202) is taken for. */
  readonly queued: "not stored" | "stored";
  /** What happens to a message that could not be stored just now. */
  readonly passing: "wait" | "give up" | "give up after five tries" | "nack" | "requeue";
  /** What a receiver that is locked (423) or overloaded (429, 503) is taken for. */
  readonly busy: "passing" | "refusal";
  /** What a key that is taken by other content (409) is taken for. */
  readonly conflict: "looked up" | "registered";
  readonly unknownType: "refuse" | "ack";
  /** What follows when a message can never be read. */
  readonly unreadable: "refuse" | "try again" | "crash";
  /** Which versions of the concern message it knows. */
  readonly versions: "both" | "the first";
  readonly container: "whole" | "whatever is there";
  /** By what two messages are held to be the same. */
  readonly sameBy: "source id" | "melding-id" | "children" | "minute sent" | "memory";
  /** Whether the own store is forced to disk before others are told that it holds a message. */
  readonly sync: "always" | "never";
  /** How an inbox is kept. */
  readonly inbox: "until registered" | "until begun" | "until the next start" | "in memory";
  /** What follows when the answer to `mottatt` is lost. */
  readonly receiptLost: "send again" | "send feilet" | "pass over";
  readonly municipality: "addressed" | "the first";
  readonly district: "addressed" | "standard" | "addressed, or none at all";
  readonly payload: "unchanged" | "fields of version 1" | "texts of 255 letters";
  /** What the bytes of a form are read as. */
  readonly letters: "utf-8" | "latin1";
  /** Which `sendingstidspunkt` is read. */
  readonly times: "without zone too" | "with zone only" | "as UTC, and none to come";
  /** How long a token is used. */
  readonly tokens: "until they expire" | "as long as it runs";
  readonly connectionLost: "connect again" | "carry on";
  /** Where deviations go. */
  readonly deviations: "to a person" | "to the log";
  /** Whether a person hears of what takes too long. */
  readonly warns: "in time" | "never";
  /** What the log says of a message that could not be registered just now. */
  readonly logs: "nothing" | "content";
  /** What a deviation says of its message. */
  readonly deviationSays: "reason" | "content";
  readonly mail: "polled" | "left alone";
  /** How far back a list of mail goes, which knows only when mail was to be published and not when it was. */
  readonly mailSince: "as long as it may come late" | "last poll";
  /** How far down a list of mail is read, which has the newest at its top. */
  readonly mailRead: "to the end" | "to the first that is known";
  /** When mail is noted as done with, so that it is not begun again. */
  readonly mailDone: "once settled" | "when listed";
  readonly markedAsRead: "once registered" | "while scanning";
  /** Which mail is confirmed. */
  readonly confirmed: "where asked for" | "all";
  /** When a confirmation counts as given: it is accepted at once, and noted some seconds later, or never. */
  readonly confirmedOnce: "accepted" | "read back";
  readonly attachments: "all" | "the first" | "one of each type" | "none";
  readonly confidential: "as sent" | "never";
};

/** What a sound integration does. */
export const sound: Policy = {
  prefetch: 10,
  queues: "consumed",
  ahead: "what is large",
  receipt: "once stored",
  ack: "last",
  acks: "itself",
  atStop: "left to come again",
  answers: "its own",
  repeats: "as any other",
  queued: "not stored",
  passing: "wait",
  busy: "passing",
  conflict: "looked up",
  unknownType: "refuse",
  unreadable: "refuse",
  versions: "both",
  container: "whole",
  sameBy: "source id",
  sync: "always",
  inbox: "until registered",
  receiptLost: "send again",
  municipality: "addressed",
  district: "addressed",
  payload: "unchanged",
  letters: "utf-8",
  times: "without zone too",
  tokens: "until they expire",
  connectionLost: "connect again",
  deviations: "to a person",
  warns: "in time",
  logs: "nothing",
  deviationSays: "reason",
  mail: "polled",
  mailSince: "as long as it may come late",
  mailRead: "to the end",
  mailDone: "once settled",
  markedAsRead: "once registered",
  confirmed: "where asked for",
  confirmedOnce: "accepted",
  attachments: "all",
  confidential: "as sent",
};
