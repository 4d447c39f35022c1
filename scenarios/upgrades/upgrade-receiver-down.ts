import type { Scenario } from "../../core/scenario.ts";
import { sends, unreachable, upgrades, waits } from "../../core/scenario-verbs.ts";
import { arrives } from "../outcomes.ts";
import { fjordvik, staffOf } from "../places.ts";

const scenario: Scenario = {
  schema: "komfrem.scenario/v1",
  id: "upgrade-receiver-down",
  title: "Upgraded while the case system is down",
  because:
    "Upgrades are made when everything is down anyway: what has waited since last night waits for the new version.",
  origin: "DESIGN.md section 4, process faults; incidents.md, invariant 1",
  startsAt: "2023-09-15T06:00:00",
  municipalities: [fjordvik],
  people: staffOf(fjordvik),
  switches: {},
  steps: [
    waits({ minutes: 1 }),
    unreachable("receiver", { hours: 4 }),
    sends("night-1", fjordvik.number, { district: "01" }),
    sends("night-2", fjordvik.number, { district: "01", messageKind: "privat" }),
    waits({ hours: 2 }),
    upgrades({ downFor: { minutes: 15 } }),
    sends("while-down", fjordvik.number, { district: "01" }),
    waits({ hours: 5 }),
    sends("after", fjordvik.number, { district: "01", version: 2 }),
    waits({ hours: 1 }),
  ],
  faults: [],
  mustHold: arrives,
};
export default scenario;
