import type { Integration } from "../../../port/host.ts";
import { sink } from "../../kit/sink.ts";

/** A rule it must fail by, in every scenario with a healthy message. */
export const breaks = "delivers";

/**
 * Refuses everything, with `feilet` where there is such an answer: no message is registered.
 *
 * @source RULES.md, A.2 delivers
 */
const integration: Integration = sink((item) => item.refuse("refused"));
export default integration;
