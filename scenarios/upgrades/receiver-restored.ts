import type { Scenario } from "../../core/scenario.ts";
import { restores, sends, waits } from "../../core/scenario-verbs.ts";
import { arrives } from "../outcomes.ts";
import { fjordvik, staffOf } from "../places.ts";

const scenario: Scenario = {
  schema: "komfrem.scenario/v1",
  id: "receiver-restored",
  title: "The case system is restored from last night's backup",
  because:
    "Everybody has been told that the messages of today can be forgotten, and the case system has forgotten them: that breaks the chain, and is not the doing of whoever handed them over.",
  origin: "RULES.md, *Restore*; docs/adr/0024",
  startsAt: "2023-09-20T20:00:00",
  municipalities: [fjordvik],
  people: staffOf(fjordvik),
  switches: {},
  steps: [
    sends("evening", fjordvik.number, { district: "01" }),
    waits({ hours: 12 }),
    sends("morning", fjordvik.number, { district: "01", messageKind: "privat" }),
    waits({ hours: 2 }),
    restores("receiver", { hours: 10 }, { hours: 1 }),
    sends("while-down", fjordvik.number, { district: "01" }),
    waits({ hours: 3 }),
    sends("after", fjordvik.number, { district: "01", version: 2 }),
    waits({ hours: 1 }),
  ],
  faults: [],
  mustHold: arrives,
};
export default scenario;
