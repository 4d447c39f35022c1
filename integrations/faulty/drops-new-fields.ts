import type { Integration } from "../../port/host.ts";
import { storeThenReceipt } from "../correct/store-then-receipt.ts";
import { defineFaulty } from "../kit/faulty.ts";

/** The rule it must fail by. */
export const breaks = "intact";

/**
 * Imports the fields it knows from version 1: `andreSynspunkter` is gone.
 *
 * @source fiks.md C12
 */
const integration: Integration = defineFaulty(storeThenReceipt, { payload: "fields of version 1" });
export default integration;
