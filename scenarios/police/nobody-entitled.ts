import type { Scenario } from "../../core/scenario.ts";
import { sends, waits } from "../../core/scenario-verbs.ts";
import { isSeenThrough } from "../outcomes.ts";
import { asleep, dutyOfficer, fjordvik } from "../places.ts";

const scenario: Scenario = {
  schema: "komfrem.scenario/v1",
  id: "nobody-entitled",
  title: "Confidential mail that nobody may read",
  because:
    "The confidential service gives access to nobody by default, not even to the leader; a notice that is read by somebody without the right opens nothing.",
  origin: "incidents.md, case B, mechanism 3; altinn.md C2",
  tests: "sender",
  channels: ["altinn-correspondence", "fiks-io"],
  startsAt: "2023-05-08T09:00:00",
  municipalities: [fjordvik],
  people: [...asleep(fjordvik), dutyOfficer],
  switches: {},
  steps: [
    sends("A", fjordvik.number, { district: "01" }),
    waits({ days: 1 }),
    sends("B", fjordvik.number, { district: "01" }),
    waits({ days: 14 }),
  ],
  faults: [],
  mustHold: isSeenThrough,
};
export default scenario;
