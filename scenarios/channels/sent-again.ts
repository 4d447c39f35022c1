import type { Scenario } from "../../core/scenario.ts";
import { resends, sends, waits } from "../../core/scenario-verbs.ts";
import { arrives } from "../outcomes.ts";
import { fjordvik, staffOf } from "../places.ts";

const scenario: Scenario = {
  schema: "komfrem.scenario/v1",
  id: "sent-again",
  title: "The portal's operator sends a message once more",
  because:
    "After a doubt messages are sent again, with a new id on the wire. One concern must not become two cases, and must not be turned away.",
  origin: "incidents.md, invariant 21; fiks.md 1.3 and C10",
  startsAt: "2023-09-15T09:00:00",
  municipalities: [fjordvik],
  people: staffOf(fjordvik),
  switches: {},
  steps: [
    sends("A", fjordvik.number, { district: "01" }),
    resends("A"),
    waits({ minutes: 30 }),
    sends("B", fjordvik.number, { district: "01", messageKind: "privat" }),
    resends("B"),
    waits({ hours: 2 }),
  ],
  faults: [],
  mustHold: arrives,
};
export default scenario;
