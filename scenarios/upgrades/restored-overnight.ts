import type { Scenario } from "../../core/scenario.ts";
import { restores, sends, strains, waits } from "../../core/scenario-verbs.ts";
import { arrives } from "../outcomes.ts";
import { fjordvik, staffOf } from "../places.ts";

const scenario: Scenario = {
  schema: "komfrem.scenario/v1",
  id: "restored-overnight",
  title: "Restored from last night's backup",
  because:
    "Yesterday's store knows nothing of today, and still holds what was under way in the night: that must not become a second case, and nothing may be skipped as known.",
  origin: "RULES.md, *Restore*; DESIGN.md section 4, store faults",
  startsAt: "2023-09-18T22:00:00",
  municipalities: [fjordvik],
  people: staffOf(fjordvik),
  switches: {},
  steps: [
    waits({ hours: 3, minutes: 50 }),
    strains("locked", { hours: 1 }),
    sends("night-1", fjordvik.number, { district: "01" }),
    sends("night-2", fjordvik.number, { district: "01", messageKind: "privat" }),
    waits({ hours: 7, minutes: 10 }),
    sends("morning", fjordvik.number, { district: "01" }),
    waits({ hours: 1 }),
    restores("integration", { hours: 8 }, { minutes: 30 }),
    sends("while-down", fjordvik.number, { district: "01" }),
    waits({ hours: 2 }),
    sends("after", fjordvik.number, { district: "01", version: 2 }),
    waits({ hours: 1 }),
  ],
  faults: [],
  mustHold: arrives,
};
export default scenario;
