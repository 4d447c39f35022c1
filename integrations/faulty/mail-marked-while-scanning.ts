import type { Integration } from "../../port/host.ts";
import { storeThenReceipt } from "../correct/store-then-receipt.ts";
import { defineFaulty } from "../kit/faulty.ts";

/** The rule it must fail by. */
export const breaks = "receipt-after-store";

/**
 * Marks mail as read while it scans the list: the sender sees it read, the reminder is off, and nothing is stored yet.
 *
 * @source altinn.md C7
 */
const integration: Integration = defineFaulty(storeThenReceipt, { markedAsRead: "while scanning" });
export default integration;
