import type { Scenario } from "../../core/scenario.ts";
import { away, person, sends, waits } from "../../core/scenario-verbs.ts";
import { isSeenThrough } from "../outcomes.ts";
import { awake, distributorOf, dutyOfficer, fjordvik } from "../places.ts";

const scenario: Scenario = {
  schema: "komfrem.scenario/v1",
  id: "holiday-with-deputy",
  title: "The reader is on holiday, and a deputy stands in",
  because: "A deputy who holds the same rights is a reader: the channel is watched, and nothing needs to be said.",
  origin: "RULES.md A.2, watched-channel",
  tests: "sender",
  channels: ["altinn-dispatch", "fiks-io"],
  startsAt: "2023-06-29T09:00:00",
  municipalities: [fjordvik],
  people: [
    ...awake(fjordvik),
    person("Vikar Fjordvik", "deputy", fjordvik, { hours: 2 }, { rights: ["dispatch-message", "dispatch-file"] }),
    dutyOfficer,
  ],
  switches: {},
  steps: [
    sends("A", fjordvik.number, { district: "01" }),
    waits({ days: 1 }),
    away(distributorOf(fjordvik), { days: 28 }, "Vikar Fjordvik"),
    waits({ days: 3 }),
    sends("B", fjordvik.number, { district: "01" }),
    waits({ days: 14 }),
    sends("C", fjordvik.number, { district: "01" }),
    waits({ days: 21 }),
  ],
  faults: [],
  mustHold: isSeenThrough,
};
export default scenario;
