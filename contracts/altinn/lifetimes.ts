import type { Evidence } from "../../core/ledger.ts";
import type { Lifetime } from "../fiks/lifetimes.ts";

type Elapsed = Lifetime & { readonly lasts: { readonly unit: "elapsed"; readonly ms: number } };
type Count = { readonly count: number; readonly evidence: Evidence; readonly source: string };
type Size = { readonly bytes: number; readonly evidence: Evidence; readonly source: string };

const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;
const elapsed = (ms: number, evidence: Evidence, source: string): Elapsed => ({
  lasts: { unit: "elapsed", ms },
  evidence,
  source,
});

/** Altinn's own token. It says itself when it ends. */
export const tokenLife: Elapsed = elapsed(30 * minute, "docs", "altinn.md 4.2: a server setting, commonly quoted");
/** From accepting a confirmation to the status that says so. */
export const confirmDelay: Elapsed = elapsed(4 * second, "code", "altinn.md 2.4, step 5");
/** Overviews within this time of one another, by one caller, are noted as fetched once. */
export const fetchedApart: Elapsed = elapsed(15 * second, "code", "altinn.md 2.4, step 4");
/** The least that files must live after publication, in production. */
export const leastFileLife: Elapsed = elapsed(14 * day, "code", "altinn.md 2.2: 2017");
/** A file that ends within this time may not be sent once more. */
export const lastUse: Elapsed = elapsed(6 * hour, "code", "the service's code: 1055");
/** From publication to the notice that was asked for. */
export const noticeDelay: Elapsed = elapsed(5 * minute, "docs", "altinn.md 2.6");
/** From publication to the reminder of what is not read, in production. */
export const reminderDelay: Elapsed = elapsed(7 * day, "code", "altinn.md 2.4 and 2.6");

/** A list holds no more, and has no second page. */
export const listCap: Count = { count: 1000, evidence: "code", source: "altinn.md 2.5, C5" };
export const mostFiles: Count = { count: 100, evidence: "code", source: "altinn.md 2.2: 1038" };
export const mostRecipients: Count = { count: 500, evidence: "code", source: "the service's code" };
/** Ceiling of all files that are downloaded as one zip. */
export const zipCeiling: Size = { bytes: 25_000_000, evidence: "docs", source: "altinn.md 2.1" };
