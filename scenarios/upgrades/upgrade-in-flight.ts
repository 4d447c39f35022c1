import type { Scenario } from "../../core/scenario.ts";
import { fault, sends, strains, upgrades, waits } from "../../core/scenario-verbs.ts";
import { arrives } from "../outcomes.ts";
import { fjordvik, staffOf } from "../places.ts";

const scenario: Scenario = {
  schema: "komfrem.scenario/v1",
  id: "upgrade-in-flight",
  title: "Upgraded with messages under way",
  because:
    "What one version has begun the next one finishes: what stands in its store, and what it sent and was not answered.",
  origin: "DESIGN.md section 4, process faults; fiks.md 3.5",
  startsAt: "2023-09-12T09:00:00",
  municipalities: [fjordvik],
  people: staffOf(fjordvik),
  switches: {},
  steps: [
    waits({ minutes: 1 }),
    sends("before", fjordvik.number, { district: "01" }),
    waits({ minutes: 20 }),
    sends("unanswered", fjordvik.number, { district: "01" }),
    waits({ seconds: 2 }),
    strains("overloaded", { minutes: 10 }),
    sends("waiting", fjordvik.number, { district: "01", messageKind: "privat" }),
    sends("waiting-too", fjordvik.number, { district: "01" }),
    waits({ seconds: 20 }),
    upgrades({ downFor: { minutes: 1 } }),
    sends("while-down", fjordvik.number, { district: "01" }),
    waits({ hours: 2 }),
    sends("after", fjordvik.number, { district: "01", version: 2 }),
    waits({ hours: 1 }),
  ],
  faults: [fault("receiver.register(unanswered)/1:done", { kind: "stall" })],
  mustHold: arrives,
};
export default scenario;
