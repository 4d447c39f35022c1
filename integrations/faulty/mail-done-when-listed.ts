import type { Integration } from "../../port/host.ts";
import { storeThenReceipt } from "../correct/store-then-receipt.ts";
import { defineFaulty } from "../kit/faulty.ts";

/** The rule it must fail by. */
export const breaks = "delivers";

/**
 * Notes mail as done with when it finds it in a list: what is under way at a crash is not begun again.
 *
 * @source altinn.md E10, C4
 */
const integration: Integration = defineFaulty(storeThenReceipt, { mailDone: "when listed" });
export default integration;
