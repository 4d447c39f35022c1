import type { Integration } from "../../../port/host.ts";
import { sink } from "../../kit/sink.ts";

/** A rule it must fail by, in every scenario with a healthy message. */
export const breaks = "no-false-receipt";

/**
 * Confirms and settles everything, and keeps nothing.
 *
 * @source incidents.md, invariant 22
 */
const integration: Integration = sink(
  async (item) => {
    await item.confirm();
    await item.markAsRead();
    await item.settle();
  },
  { confirmed: "all" },
);
export default integration;
