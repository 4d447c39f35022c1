import type { Switch } from "../../contracts/fiks/switches.ts";

export type AlarmSwitch = "bouncingAddresses";

/** Switches of the alarm sink, by name, with the value used where a scenario sets none. */
export const alarmSwitches: Readonly<Record<AlarmSwitch, Switch>> = {
  bouncingAddresses: {
    value: "gammel.vakt@politi.example",
    allowed: ["gammel.vakt@politi.example", ""],
    evidence: "inferred",
    means: "Addresses, with a comma between them, whose mail is taken and then bounces: nobody reads there any more.",
    source: "RULES.md, Alarm: warned is who got it, not bounced; incidents.md, invariant 15",
  },
};
