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
