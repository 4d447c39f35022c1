import type { Scenario } from "../../core/scenario.ts";
import { sends, waits } from "../../core/scenario-verbs.ts";
import { arrives } from "../outcomes.ts";
import { fjordvik, staffOf } from "../places.ts";

const scenario: Scenario = {
  schema: "komfrem.scenario/v1",
  id: "twins",
  title: "Two concerns with the same words",
  because:
    "Two people may send the same about the same children: that is two messages. Who knows a message by its content loses the second.",
  origin: "RULES.md A.2, no-loss; fiks.md C10",
  startsAt: "2023-09-07T09:00:00",
  municipalities: [fjordvik],
  people: staffOf(fjordvik),
  switches: {},
  steps: [
    sends("first", fjordvik.number, { district: "01" }),
    waits({ minutes: 5 }),
    sends("twin", fjordvik.number, { district: "01", twinOf: "first" }),
    sends("triplet", fjordvik.number, { district: "01", twinOf: "first" }),
    waits({ minutes: 5 }),
    sends("privat", fjordvik.number, { district: "01", messageKind: "privat" }),
    sends("privat-twin", fjordvik.number, { district: "01", messageKind: "privat", twinOf: "privat" }),
    waits({ hours: 1 }),
  ],
  faults: [],
  mustHold: arrives,
};
export default scenario;
