import type { HostRequest, Integration } from "../../port/host.ts";
import { storeThenReceipt } from "../correct/store-then-receipt.ts";
import { sound } from "../kit/policy.ts";

/** The rule it must fail by. */
export const breaks = "one-case";

/**
 * The release before `correct/store-then-receipt`: as sound, and the keys it sends begin otherwise. What it has sent and
 * was not answered for the next one sends under a key of its own, and it is a second case.
 *
 * @source fiks.md 3.5, be idempotent; DESIGN.md section 4, process faults
 */
const integration: Integration = (host) =>
  storeThenReceipt(sound)({ ...host, fetch: (url, request) => host.fetch(url, underOldKey(request)) });
export default integration;

function underOldKey(request: HostRequest = {}): HostRequest {
  const headers = request.headers as Readonly<Record<string, string>> | undefined;
  const key = headers?.["idempotency-key"];
  return key === undefined ? request : { ...request, headers: { ...headers, "idempotency-key": `v1-${key}` } };
}
