import type { Integration } from "../../port/host.ts";
import { storeThenReceipt } from "../correct/store-then-receipt.ts";
import { defineFaulty } from "../kit/faulty.ts";

/** The rule it must fail by. */
export const breaks = "delivers";

/**
 * Reads `sendingstidspunkt` by the letter of the schema and refuses times without a zone, which all are.
 *
 * @source fiks.md C11 and 2.1, trap 2
 */
const integration: Integration = defineFaulty(storeThenReceipt, { times: "with zone only" });
export default integration;
