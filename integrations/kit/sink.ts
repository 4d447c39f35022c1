import type { Integration } from "../../port/host.ts";
import type { Desk } from "./desk.ts";
import type { Item } from "./item.ts";
import { type Policy, sound } from "./policy.ts";
import { serve } from "./serve.ts";

/** An integration that does one and the same with every message, and stores none. */
export function sink(does: (item: Item, desk: Desk) => Promise<void>, flaw: Partial<Policy> = {}): Integration {
  return (host) => serve(host, { ...sound, ...flaw }, (desk) => (item) => does(item, desk));
}
