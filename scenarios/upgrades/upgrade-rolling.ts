import type { Scenario } from "../../core/scenario.ts";
import { sends, strains, upgrades, waits } from "../../core/scenario-verbs.ts";
import { arrives } from "../outcomes.ts";
import { fjordvik, staffOf } from "../places.ts";

const scenario: Scenario = {
  schema: "komfrem.scenario/v1",
  id: "upgrade-rolling",
  title: "Upgraded while it runs: two versions at once",
  because:
    "For ten minutes both read the same queues and the same store: none may take, drop or send twice what the other has begun.",
  origin: "DESIGN.md section 4, process faults: two at once",
  startsAt: "2023-09-14T09:00:00",
  municipalities: [fjordvik],
  people: staffOf(fjordvik),
  switches: {},
  steps: [
    waits({ minutes: 1 }),
    strains("overloaded", { minutes: 5 }),
    sends("before", fjordvik.number, { district: "01" }),
    waits({ seconds: 20 }),
    upgrades({ overlap: { minutes: 10 } }),
    sends("both-1", fjordvik.number, { district: "01" }),
    sends("both-2", fjordvik.number, { district: "01", messageKind: "privat" }),
    waits({ minutes: 8 }),
    sends("both-3", fjordvik.number, { district: "01" }),
    waits({ hours: 2 }),
    sends("after", fjordvik.number, { district: "01", version: 2 }),
    waits({ hours: 1 }),
  ],
  faults: [],
  mustHold: arrives,
};
export default scenario;
