import type { Integration } from "../../port/host.ts";
import { type Policy, sound } from "./policy.ts";

/** A correct design with a flaw: what its policy says otherwise. */
export function defineFaulty(design: (policy: Policy) => Integration, flaw: Partial<Policy>): Integration {
  return design({ ...sound, ...flaw });
}
