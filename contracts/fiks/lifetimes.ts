import type { Duration } from "../../core/calendar.ts";
import type { Evidence } from "../../core/ledger.ts";

/** How long something lives or may take on this channel, and why we say so. */
export type Lifetime = { readonly lasts: Duration; readonly evidence: Evidence; readonly source: string };

const hours = (count: number): Duration & { readonly unit: "elapsed" } => ({
  unit: "elapsed",
  ms: count * 3_600_000,
});
const days = (count: number): Duration & { readonly unit: "elapsed" } => hours(24 * count);

/** Life of a copy in the receiver's queue: TTL the portal is advised to set. */
export const copyLife: Lifetime = { lasts: hours(24), evidence: "docs", source: "fiks.md 2: recommended TTL" };
/** The portal's copy after a positive receipt, from 2 June 2023 14:30. */
export const retention: Lifetime = { lasts: days(30), evidence: "press", source: "fiks.md 1.4; incidents.md A4" };
/** Unreceipted at the portal: then paper. Written about manual download; taken to hold for Fiks IO too. */
export const paperAfter: Lifetime = {
  lasts: { unit: "working", days: 2 },
  evidence: "inferred",
  source: "fiks.md 1.4 and 7",
};
/** Longest pause before a sound integration tries again. None is published: an hour leaves 24 tries in a copy's life. */
export const retryStep: Lifetime = {
  lasts: hours(1),
  evidence: "inferred",
  source: "fiks.md 3.5: cap retries, with a pause",
};

/** Failed deliveries after which a copy is dead-lettered. */
export const attempts: { readonly count: number; readonly evidence: Evidence; readonly source: string } = {
  count: 3,
  evidence: "docs",
  source: "fiks.md 3.5",
};
/** Ceiling of an upload to the portal; larger bodies go to Dokumentlager. */
export const bodyCeiling: { readonly bytes: number; readonly evidence: Evidence; readonly source: string } = {
  bytes: 5 * 1024 * 1024,
  evidence: "docs",
  source: "fiks.md 1.2 and 3.3",
};

/** Ms of a lifetime that is counted in elapsed time. */
export function elapsedMs(lifetime: Lifetime): number {
  if (lifetime.lasts.unit === "elapsed") return lifetime.lasts.ms;
  throw new RangeError(`This lifetime is ${lifetime.lasts.days} working days: the calendar must say how long that is.`);
}

/** D of this channel: longest documented retry step, three polls, and the settling of observers, ms. RULES.md, *End of a run* */
export function drainBoundMs(pollIntervalMs: number, settleMs: number): number {
  return elapsedMs(retryStep) + 3 * pollIntervalMs + settleMs;
}
