import type { Integration } from "../../port/host.ts";
import { storeThenReceipt } from "../correct/store-then-receipt.ts";
import { defineFaulty } from "../kit/faulty.ts";

/** The rule it must fail by. */
export const breaks = "delivers";

/**
 * Reads `sendingstidspunkt` as UTC and refuses what is not sent yet, which in Norway is everything of the last hour or
 * two.
 *
 * @source PORT.md, ruling 11; fiks.md 2.1, trap 2
 */
const integration: Integration = defineFaulty(storeThenReceipt, { times: "as UTC, and none to come" });
export default integration;
