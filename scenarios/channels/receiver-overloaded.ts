import type { Scenario } from "../../core/scenario.ts";
import { sends, strains, waits } from "../../core/scenario-verbs.ts";
import { arrives } from "../outcomes.ts";
import { fjordvik, staffOf } from "../places.ts";

const scenario: Scenario = {
  schema: "komfrem.scenario/v1",
  id: "receiver-overloaded",
  title: "The case system is overloaded",
  because:
    "Overload is what most likely lost the messages of 2023: a store that says no for a while must be asked again.",
  origin: "incidents.md, case A, mechanism 2 and invariant 3; PORT.md, Receiver API",
  startsAt: "2023-09-18T09:00:00",
  municipalities: [fjordvik],
  people: staffOf(fjordvik),
  switches: {},
  steps: [
    sends("before", fjordvik.number, { district: "01" }),
    waits({ minutes: 5 }),
    strains("overloaded", { minutes: 45 }),
    sends("during-1", fjordvik.number, { district: "01" }),
    waits({ minutes: 10 }),
    sends("during-2", fjordvik.number, { district: "01", messageKind: "privat" }),
    waits({ minutes: 20 }),
    sends("during-3", fjordvik.number, { district: "01", version: 2 }),
    waits({ hours: 2 }),
    sends("after", fjordvik.number, { district: "01" }),
    waits({ minutes: 30 }),
  ],
  faults: [],
  mustHold: arrives,
};
export default scenario;
