import type { Scenario } from "../../core/scenario.ts";
import { sends, strains, upgrades, waits } from "../../core/scenario-verbs.ts";
import { arrives } from "../outcomes.ts";
import { fjordvik, staffOf } from "../places.ts";

const scenario: Scenario = {
  schema: "komfrem.scenario/v1",
  id: "upgrade-rolled-back",
  title: "Upgraded, and rolled back an hour later",
  because:
    "The version before must read what the next one has left: a roll-back is done in a hurry, with messages under way.",
  origin: "DESIGN.md section 4, process faults",
  startsAt: "2023-09-13T09:00:00",
  municipalities: [fjordvik],
  people: staffOf(fjordvik),
  switches: {},
  steps: [
    waits({ minutes: 1 }),
    strains("overloaded", { minutes: 70 }),
    sends("first", fjordvik.number, { district: "01" }),
    waits({ seconds: 20 }),
    upgrades({ downFor: { seconds: 30 } }),
    waits({ minutes: 30 }),
    sends("next", fjordvik.number, { district: "01", messageKind: "privat" }),
    waits({ minutes: 30 }),
    upgrades({ to: "first", downFor: { seconds: 30 } }),
    sends("while-down", fjordvik.number, { district: "01" }),
    waits({ hours: 3 }),
    sends("after", fjordvik.number, { district: "01" }),
    waits({ hours: 1 }),
  ],
  faults: [],
  mustHold: arrives,
};
export default scenario;
