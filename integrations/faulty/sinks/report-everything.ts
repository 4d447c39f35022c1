import type { Integration } from "../../../port/host.ts";
import { sink } from "../../kit/sink.ts";

/** A rule it must fail by, in every scenario with a healthy message. */
export const breaks = "delivers";

/**
 * Reports every message as a deviation and settles it; none is registered.
 *
 * @source RULES.md, *Alarm*: a report ends nothing whose cause is passing
 */
const integration: Integration = sink(async (item, desk) => {
  const { channel, id, signal } = item;
  await desk.report({ channel, ...(id === undefined ? {} : { id }), reason: "received" }, signal);
  await item.settle();
});
export default integration;
