import type { Scenario } from "../../core/scenario.ts";
import { grants, revokes, sends, waits } from "../../core/scenario-verbs.ts";
import { isSeenThrough } from "../outcomes.ts";
import { awake, distributorOf, dutyOfficer, fjordvik } from "../places.ts";

const scenario: Scenario = {
  schema: "komfrem.scenario/v1",
  id: "role-revoked",
  title: "The role is taken from the only reader midway",
  because:
    "Rights end: people change jobs. What was read yesterday is invisible today, and nothing on the channel says so.",
  origin: "incidents.md, invariant 14; altinn.md section 5",
  tests: "sender",
  channels: ["altinn-dispatch", "fiks-io"],
  startsAt: "2023-05-08T09:00:00",
  municipalities: [fjordvik],
  people: [...awake(fjordvik), dutyOfficer],
  switches: {},
  steps: [
    sends("A", fjordvik.number, { district: "01" }),
    waits({ days: 2 }),
    revokes(distributorOf(fjordvik), fjordvik, "dispatch-file"),
    waits({ hours: 1 }),
    sends("B", fjordvik.number, { district: "01" }),
    waits({ days: 12 }),
    grants(distributorOf(fjordvik), fjordvik, "dispatch-file"),
    waits({ days: 1 }),
    sends("C", fjordvik.number, { district: "01" }),
    waits({ days: 3 }),
  ],
  faults: [],
  mustHold: isSeenThrough,
};
export default scenario;
