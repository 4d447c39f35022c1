import type { Scenario } from "../../core/scenario.ts";
import { sends, strains, waits } from "../../core/scenario-verbs.ts";
import { arrives } from "../outcomes.ts";
import { fjordvik, staffOf } from "../places.ts";

const scenario: Scenario = {
  schema: "komfrem.scenario/v1",
  id: "receiver-slow",
  title: "The case system is slow",
  because: "A late answer is no refusal: what was stored all the same must not become two cases.",
  origin: "incidents.md, case A, mechanism 2 and invariant 3; PORT.md, Receiver API",
  startsAt: "2023-09-18T09:00:00",
  municipalities: [fjordvik],
  people: staffOf(fjordvik),
  switches: {},
  steps: [
    sends("before", fjordvik.number, { district: "01" }),
    waits({ minutes: 5 }),
    strains("slow", { minutes: 45 }),
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
