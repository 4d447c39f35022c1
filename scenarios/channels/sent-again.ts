import type { Scenario } from "../../core/scenario.ts";
import { fault, resends, sends, waits } from "../../core/scenario-verbs.ts";
import { arrives } from "../outcomes.ts";
import { fjordvik, staffOf } from "../places.ts";

/** The portal cannot be told for half a minute; in that time its operator loses patience. */
const unheard = (label: string): Scenario["faults"] =>
  [1, 2, 3, 4, 5].map((attempt) => fault(`fiks-io.receipt(${label})/${attempt}:asked`, { kind: "refuse" }));

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
    waits({ seconds: 15 }),
    resends("A"),
    waits({ minutes: 30 }),
    sends("B", fjordvik.number, { district: "01", messageKind: "privat" }),
    waits({ seconds: 15 }),
    resends("B"),
    waits({ hours: 2 }),
  ],
  faults: [...unheard("A"), ...unheard("B")],
  mustHold: arrives,
};
export default scenario;
