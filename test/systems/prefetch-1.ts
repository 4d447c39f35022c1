import { storeThenReceipt } from "../../integrations/correct/store-then-receipt.ts";
import { sound } from "../../integrations/kit/policy.ts";
import type { Integration } from "../../port/host.ts";

const integration: Integration = storeThenReceipt({ ...sound, prefetch: 1 });
export default integration;
