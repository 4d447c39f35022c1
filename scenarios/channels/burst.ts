import type { Scenario } from "../../core/scenario.ts";
import { sends, strains, waits } from "../../core/scenario-verbs.ts";
import { arrives } from "../outcomes.ts";
import { fjordvik, staffOf } from "../places.ts";

const count = 50;

const scenario: Scenario = {
  schema: "komfrem.scenario/v1",
  id: "burst",
  title: "Fifty messages in one night, while the case system says no",
  because:
    "After an outage of the portal everything comes at once, and to a case system that is busy. None may be dropped for want of room.",
  origin: "incidents.md, invariant 3; fiks.md B9 and 3.3, prefetch",
  startsAt: "2023-10-28T23:30:00",
  municipalities: [fjordvik],
  people: staffOf(fjordvik),
  switches: {},
  steps: [
    strains("overloaded", { minutes: 20 }),
    ...Array.from({ length: count }, (_, i) =>
      sends(`night-${i + 1}`, fjordvik.number, { district: "01", messageKind: i % 3 === 0 ? "privat" : "offentlig" }),
    ),
    waits({ hours: 4 }),
    sends("after", fjordvik.number, { district: "01", version: 2 }),
    waits({ hours: 1 }),
  ],
  faults: [],
  mustHold: arrives,
};
export default scenario;
