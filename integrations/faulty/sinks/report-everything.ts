import type { Integration } from "../../../port/host.ts";
import { sink } from "../../kit/sink.ts";

/** A rule it must fail by, in every scenario with a healthy message. */
export const breaks = "delivers";

/**
 * Reports every message as a deviation and acks it; none is registered.
 *
 * @source RULES.md, *Alarm*: a report ends nothing whose cause is passing
 */
const integration: Integration = sink(async (arrival, desk) => {
  await desk.report(
    { ...(arrival.sourceId === undefined ? {} : { id: arrival.sourceId }), reason: "received" },
    arrival.signal,
  );
  arrival.ack();
});
export default integration;
