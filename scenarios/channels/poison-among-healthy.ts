import type { Scenario } from "../../core/scenario.ts";
import { sends, waits } from "../../core/scenario-verbs.ts";
import { arrives } from "../outcomes.ts";
import { fjordvik, staffOf } from "../places.ts";

const scenario: Scenario = {
  schema: "komfrem.scenario/v1",
  id: "poison-among-healthy",
  title: "Broken messages among healthy ones",
  because:
    "An empty or cut container looks like a healthy zip to a careless reader, and a crash on it takes its neighbours along.",
  origin: "fiks.md A2, A4, A10, B8, B9",
  startsAt: "2023-09-12T09:00:00",
  municipalities: [fjordvik],
  people: staffOf(fjordvik),
  switches: {},
  steps: [
    sends("healthy-1", fjordvik.number, { district: "01" }),
    sends("empty", fjordvik.number, { district: "01", defect: "empty-container" }),
    sends("healthy-2", fjordvik.number, { district: "01", messageKind: "privat" }),
    sends("truncated", fjordvik.number, { district: "01", defect: "truncated-container" }),
    sends("healthy-3", fjordvik.number, { district: "01", version: 2 }),
    sends("not-json", fjordvik.number, { district: "01", defect: "not-json" }),
    sends("healthy-4", fjordvik.number, { district: "01" }),
    waits({ hours: 3 }),
  ],
  faults: [],
  mustHold: [...arrives, "poison-isolated", "failure-visible"],
};
export default scenario;
