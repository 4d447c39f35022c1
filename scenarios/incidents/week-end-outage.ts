import type { Scenario } from "../../core/scenario.ts";
import { sends, stops, waits } from "../../core/scenario-verbs.ts";
import { arrives } from "../outcomes.ts";
import { fjordvik, staffOf } from "../places.ts";

const scenario: Scenario = {
  schema: "komfrem.scenario/v1",
  id: "week-end-outage",
  title: "The integration is down from Friday to Monday",
  because:
    "Messages live 24 hours in the queue. What expires there must end on paper, and what has not expired must arrive.",
  origin: "fiks.md B5 and 1.4; incidents.md, invariant 13",
  startsAt: "2023-05-12T09:00:00",
  municipalities: [fjordvik],
  people: staffOf(fjordvik),
  switches: {},
  steps: [
    sends("friday", fjordvik.number, { district: "01" }),
    waits({ hours: 7 }),
    stops({ hours: 64 }),
    waits({ hours: 2 }),
    sends("friday-evening", fjordvik.number, { district: "01" }),
    waits({ hours: 18 }),
    sends("saturday", fjordvik.number, { district: "01", messageKind: "privat" }),
    waits({ hours: 32 }),
    sends("sunday-evening", fjordvik.number, { district: "01" }),
    waits({ hours: 16 }),
    sends("monday", fjordvik.number, { district: "01" }),
    waits({ hours: 2 }),
  ],
  faults: [],
  mustHold: arrives,
};
export default scenario;
