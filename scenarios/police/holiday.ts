import type { Scenario } from "../../core/scenario.ts";
import { away, sends, waits } from "../../core/scenario-verbs.ts";
import { isSeenThrough } from "../outcomes.ts";
import { awake, distributorOf, dutyOfficer, fjordvik } from "../places.ts";

const scenario: Scenario = {
  schema: "komfrem.scenario/v1",
  id: "holiday",
  title: "The only reader is on holiday, and nobody stands in",
  because:
    "Four weeks in July are longer than two working days, longer than a week, and shorter than the 30 days after which the content is deleted.",
  origin: "incidents.md, invariants 12-14; RULES.md A.2, watched-channel",
  tests: "sender",
  channels: ["altinn-dispatch", "fiks-io"],
  startsAt: "2023-06-29T09:00:00",
  municipalities: [fjordvik],
  people: [...awake(fjordvik), dutyOfficer],
  switches: {},
  steps: [
    sends("A", fjordvik.number, { district: "01" }),
    waits({ days: 1 }),
    away(distributorOf(fjordvik), { days: 28 }),
    waits({ days: 3 }),
    sends("B", fjordvik.number, { district: "01" }),
    waits({ days: 14 }),
    sends("C", fjordvik.number, { district: "01" }),
    waits({ days: 21 }),
    sends("D", fjordvik.number, { district: "01" }),
    waits({ days: 3 }),
  ],
  faults: [],
  mustHold: isSeenThrough,
};
export default scenario;
