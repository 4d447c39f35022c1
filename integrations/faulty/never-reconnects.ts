import type { Integration } from "../../port/host.ts";
import { storeThenReceipt } from "../correct/store-then-receipt.ts";
import { defineFaulty } from "../kit/faulty.ts";

/** The rule it must fail by. */
export const breaks = "delivers";

/**
 * Stays up without a consumer once the connection is lost: alive, and deaf.
 *
 * @source fiks.md B10, B15
 */
const integration: Integration = defineFaulty(storeThenReceipt, { connectionLost: "carry on" });
export default integration;
