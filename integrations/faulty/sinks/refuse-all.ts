import type { Integration } from "../../../port/host.ts";
import { sink } from "../../kit/sink.ts";

/** A rule it must fail by, in every scenario with a healthy message. */
export const breaks = "delivers";

/**
 * Answers everything with `feilet`: every message ends on paper.
 *
 * @source RULES.md, A.2 delivers
 */
const integration: Integration = sink(async (arrival, desk) => desk.refuse(arrival, "refused"));
export default integration;
