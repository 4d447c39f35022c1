import type { Switch } from "../fiks/switches.ts";
import { contentLife } from "./lifetimes.ts";

export type DispatchSwitch = "dispatchLifeDays";

/** Switches of the criminal-case dispatch, by name, with the value used where a scenario sets none. */
export const dispatchSwitches: Readonly<Record<DispatchSwitch, Switch>> = {
  dispatchLifeDays: {
    value: contentLife.lasts.ms / (24 * 3_600_000),
    allowed: [30],
    evidence: contentLife.evidence,
    means: "Days after which a dispatch's content is deleted, opened or not; nobody is notified.",
    source: contentLife.source,
  },
};
