import type { Integration } from "../../port/host.ts";
import { storeThenReceipt } from "../correct/store-then-receipt.ts";
import { defineFaulty } from "../kit/faulty.ts";

/** The rule it must fail by. */
export const breaks = "no-false-receipt";

/**
 * Loops over the files of the container and confirms: with none, or with a broken container, it confirms nothing.
 *
 * @source fiks.md A2, A4, A10, the proof-of-concept consumer
 */
const integration: Integration = defineFaulty(storeThenReceipt, { container: "whatever is there" });
export default integration;
