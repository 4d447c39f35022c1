import type { Integration } from "../../../port/host.ts";
import { sink } from "../../kit/sink.ts";

/** A rule it must fail by, in every scenario with a healthy message. */
export const breaks = "no-false-receipt";

/**
 * Confirms and acks everything, and keeps nothing.
 *
 * @source incidents.md, invariant 22
 */
const integration: Integration = sink(async (arrival, desk) => {
  await desk.receipt(arrival, { kind: "mottatt" });
  arrival.ack();
});
export default integration;
