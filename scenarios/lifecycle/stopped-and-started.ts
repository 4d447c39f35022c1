import type { Scenario } from "../../core/scenario.ts";
import { crashes, sends, stops, strains, waits } from "../../core/scenario-verbs.ts";
import { arrives } from "../outcomes.ts";
import { fjordvik, staffOf } from "../places.ts";

const scenario: Scenario = {
  schema: "komfrem.scenario/v1",
  id: "stopped-and-started",
  title: "Stopped for an hour, killed, and stopped again",
  because: "Installations are restarted every month: what was under way must go on where it was.",
  origin: "DESIGN.md section 4, process faults; fiks.md 3.5",
  startsAt: "2023-10-04T09:00:00",
  municipalities: [fjordvik],
  people: staffOf(fjordvik),
  switches: {},
  steps: [
    waits({ minutes: 1 }),
    strains("overloaded", { minutes: 5 }),
    sends("before", fjordvik.number, { district: "01" }),
    waits({ seconds: 20 }),
    stops({ hours: 1 }),
    sends("while-stopped", fjordvik.number, { district: "01" }),
    waits({ hours: 2 }),
    sends("under-way", fjordvik.number, { district: "01", messageKind: "privat" }),
    crashes("process", { minutes: 10 }),
    sends("while-down", fjordvik.number, { district: "01" }),
    waits({ hours: 2 }),
    crashes("power", { minutes: 1 }),
    sends("after", fjordvik.number, { district: "01", version: 2 }),
    waits({ hours: 1 }),
  ],
  faults: [],
  mustHold: arrives,
};
export default scenario;
