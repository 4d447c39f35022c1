import { storeThenReceipt } from "../../integrations/correct/store-then-receipt.ts";
import { sound } from "../../integrations/kit/policy.ts";
import type { Integration } from "../../port/host.ts";

/** Two consumers of every queue side by side in one process. */
const integration: Integration = async (host) => {
  await Promise.all([storeThenReceipt(sound)(host), storeThenReceipt(sound)(host)]);
};
export default integration;
