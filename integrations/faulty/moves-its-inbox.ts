import type { HostStore, Integration, StoreView } from "../../port/host.ts";
import { inboxFirst } from "../correct/inbox-first.ts";
import { sound } from "../kit/policy.ts";

/** The rule it must fail by. */
export const breaks = "no-false-receipt";

const place = "v1/";

/**
 * The release before `correct/inbox-first`: as sound, and all it stores stands under another name. The next one looks
 * where it would have put things itself, so that what waits in the inbox at the upgrade is never looked at again.
 *
 * @source DESIGN.md section 4, process faults; incidents.md, invariant 1
 */
const integration: Integration = (host) => inboxFirst(sound)({ ...host, store: placed(host.store) });
export default integration;

function placed(store: HostStore): HostStore {
  return {
    ...viewed(store),
    sync: () => store.sync(),
    transaction: (fn) => store.transaction((view) => fn(viewed(view))),
  };
}

function viewed(view: StoreView): StoreView {
  return {
    get: (key) => view.get(place + key),
    set: (key, value) => view.set(place + key, value),
    delete: (key) => view.delete(place + key),
    keys: async (prefix = "") => (await view.keys(place + prefix)).map((key) => key.slice(place.length)),
  };
}
