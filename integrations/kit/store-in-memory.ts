import type { HostStore, StoreValue } from "../../port/host.ts";

/** What some take for a store: it has everything but what a store is for. */
export function storeInMemory(): HostStore {
  const values = new Map<string, StoreValue>();
  const view = {
    get: async (key: string): Promise<StoreValue> => values.get(key),
    set: async (key: string, value: StoreValue): Promise<void> => {
      values.set(key, value);
    },
    delete: async (key: string): Promise<void> => {
      values.delete(key);
    },
    keys: async (prefix = ""): Promise<string[]> => [...values.keys()].filter((key) => key.startsWith(prefix)).sort(),
  };
  return { ...view, transaction: (fn) => fn(view), sync: async () => {} };
}
