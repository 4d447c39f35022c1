import type { Integration } from "../../port/host.ts";
import { carefulSimple } from "../correct/careful-simple.ts";
import { defineFaulty } from "../kit/faulty.ts";

/** The rule it must fail by. */
export const breaks = "poison-isolated";

/**
 * Tries for ever to read what can never be read, one message at a time: everything behind it waits.
 *
 * @source fiks.md E7; B8
 */
const integration: Integration = defineFaulty(carefulSimple, { unreadable: "try again" });
export default integration;
