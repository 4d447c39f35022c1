import type { EntryOf } from "../ledger.ts";

/** Whether every part that was sent stands in the case at its declared fidelity, in order, with its metadata. */
export function isWhole(registered: EntryOf<"registered">, partsSent: number): boolean {
  return registered.whole && registered.parts.length >= partsSent && registered.parts.every(({ ok }) => ok);
}

/** Whether a probe could not read all of it: what is missing from its answer may be there. */
export function isUnreadable(registered: EntryOf<"registered">): boolean {
  return registered.complete === false;
}
