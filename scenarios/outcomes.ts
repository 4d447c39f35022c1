import type { RuleId } from "../core/rule.ts";

/** What must hold wherever a healthy message is sent and can be received. */
export const arrives: readonly RuleId[] = [
  "no-loss",
  "delivers",
  "receipt-after-store",
  "no-false-receipt",
  "intact",
  "one-case",
  "drains",
];

/** What must hold wherever a sender sends healthy messages. */
export const isSeenThrough: readonly RuleId[] = ["end-state-deadline", "watched-channel", "delivers", "no-loss"];

/** What must hold wherever healthy mail lies in Altinn for an integration. Not all mail asks for a receipt. */
export const isFetched: readonly RuleId[] = ["no-loss", "delivers", "intact", "one-case", "drains", "watched-channel"];
