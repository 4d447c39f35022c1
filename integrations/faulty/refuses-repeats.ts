import type { Integration } from "../../port/host.ts";
import { storeThenReceipt } from "../correct/store-then-receipt.ts";
import { defineFaulty } from "../kit/faulty.ts";

/** The rule it must fail by. */
export const breaks = "no-false-receipt";

/**
 * Answers a message that it has registered already with `feilet` when it comes once more: the portal has both, and
 * sends paper.
 *
 * @source RULES.md A.2, one-case; fiks.md A8
 */
const integration: Integration = defineFaulty(storeThenReceipt, { repeats: "refused if registered" });
export default integration;
