import type { Evidence } from "../../core/ledger.ts";
import type { Lifetime } from "../fiks/lifetimes.ts";

/** Life of a dispatch's content in the inbox, opened or not; its shell stays. */
export const contentLife: Lifetime & { readonly lasts: { readonly unit: "elapsed" } } = {
  lasts: { unit: "elapsed", ms: 30 * 24 * 3_600_000 },
  evidence: "docs",
  source: "altinn.md 5: the service's own page; incidents.md, case B",
};

/** Ceiling of a dispatch's body; more is 413. */
export const bodyCeiling: { readonly bytes: number; readonly evidence: Evidence; readonly source: string } = {
  bytes: 30 * 1024 * 1024,
  evidence: "inferred",
  source: "ours: what the service took is not published",
};

/** A token must hold a scope that begins like this. Which ones Altinn 2 asked for is beside the point of this wire. */
export const scopePrefix = "altinn:";
