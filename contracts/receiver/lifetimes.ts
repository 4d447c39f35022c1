import type { Evidence } from "../../core/ledger.ts";

/** A figure of the receiver's intake, and why we say so. */
export type Figure = { readonly value: number; readonly evidence: Evidence; readonly source: string };

/** An uploaded document is kept so long until a message refers to it, ms. */
export const uploadKeptMs: Figure = { value: 24 * 3_600_000, evidence: "docs", source: "PORT.md, Receiver API" };
/** Ceiling of a registration's body, bytes; more is 413. */
export const registrationCeiling: Figure = {
  value: 16 * 1024 * 1024,
  evidence: "docs",
  source: "PORT.md, Receiver API",
};
/** What is queued is worked off after this, ms. */
export const queuedForMs: Figure = { value: 10 * 60_000, evidence: "inferred", source: "a busy hour at one office" };
/** A slow store stages after this, ms from the request. */
export const slowStagingMs: Figure = {
  value: 5000,
  evidence: "inferred",
  source: "incidents.md A2: an overloaded site",
};
/** A slow store has registered after this, ms from the request. */
export const slowRegisteringMs: Figure = { value: 30_000, evidence: "inferred", source: "incidents.md A2" };

/** `Retry-After` of the passing answers, seconds. */
export const retryAfterSeconds: Readonly<Record<"queued" | "overloaded" | "locked" | "full", Figure>> = {
  queued: { value: 60, evidence: "inferred", source: "ours" },
  overloaded: { value: 30, evidence: "inferred", source: "ours" },
  locked: { value: 5, evidence: "inferred", source: "ours: one row's lock" },
  full: { value: 600, evidence: "inferred", source: "ours: somebody must make room" },
};
