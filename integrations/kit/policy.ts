/**
 * Every decision by which a sound integration differs from one that loses messages. A faulty integration is a correct
 * one with a flaw: some of these said otherwise, and nothing else.
 */
export type Policy = {
  /** Messages each queue, or mailbox, may hand over before one is settled. */
  readonly prefetch: number;
  /** When `mottatt` is sent, and mail confirmed. */
  readonly receipt: "once stored" | "before storing" | "before reading";
  /** When the message is acked. */
  readonly ack: "last" | "first";
  /** What "queued, in memory" (202) is taken for. */
  readonly queued: "not stored" | "stored";
  /** What happens to a message that could not be stored just now. */
  readonly passing: "wait" | "give up" | "nack" | "requeue";
  readonly unknownType: "refuse" | "ack";
  readonly container: "whole" | "whatever is there";
  /** By what two messages are held to be the same. */
  readonly sameBy: "source id" | "melding-id" | "children" | "memory";
  /** Whether the own store is forced to disk before others are told that it holds a message. */
  readonly sync: "always" | "never";
  /** What follows when the answer to `mottatt` is lost. */
  readonly receiptLost: "send again" | "send feilet";
  readonly district: "addressed" | "standard";
  readonly payload: "unchanged" | "fields of version 1";
  /** Which `sendingstidspunkt` is read. */
  readonly times: "without zone too" | "with zone only";
  readonly connectionLost: "connect again" | "carry on";
  /** Where deviations go. */
  readonly deviations: "to a person" | "to the log";
  /** What a deviation says of its message. */
  readonly deviationSays: "reason" | "content";
  readonly mail: "polled" | "left alone";
  /** How far back a list of mail goes, which knows only when mail was to be published and not when it was. */
  readonly mailSince: "as long as it may come late" | "last poll";
  readonly markedAsRead: "once registered" | "while scanning";
  /** Which mail is confirmed. */
  readonly confirmed: "where asked for" | "all";
  /** When a confirmation counts as given: it is accepted at once, and noted some seconds later, or never. */
  readonly confirmedOnce: "accepted" | "read back";
  readonly attachments: "all" | "the first";
  readonly confidential: "as sent" | "never";
};

/** What a sound integration does. */
export const sound: Policy = {
  prefetch: 10,
  receipt: "once stored",
  ack: "last",
  queued: "not stored",
  passing: "wait",
  unknownType: "refuse",
  container: "whole",
  sameBy: "source id",
  sync: "always",
  receiptLost: "send again",
  district: "addressed",
  payload: "unchanged",
  times: "without zone too",
  connectionLost: "connect again",
  deviations: "to a person",
  deviationSays: "reason",
  mail: "polled",
  mailSince: "as long as it may come late",
  markedAsRead: "once registered",
  confirmed: "where asked for",
  confirmedOnce: "accepted",
  attachments: "all",
  confidential: "as sent",
};
