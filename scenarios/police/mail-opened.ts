import type { Scenario } from "../../core/scenario.ts";
import { sends, waits } from "../../core/scenario-verbs.ts";
import { isSeenThrough } from "../outcomes.ts";
import { awake, dutyOfficer, fjordvik, storhamn } from "../places.ts";

const scenario: Scenario = {
  schema: "komfrem.scenario/v1",
  id: "mail-opened",
  title: "Confidential mail that is opened and confirmed",
  because: "What a person has confirmed has come through; that is the only end a sender may believe here.",
  origin: "incidents.md, invariants 11 and 20",
  tests: "sender",
  channels: ["altinn-correspondence", "fiks-io"],
  startsAt: "2023-05-08T09:00:00",
  municipalities: [fjordvik, storhamn],
  people: [...awake(fjordvik, storhamn), dutyOfficer],
  switches: {},
  steps: [
    sends("A", fjordvik.number, { district: "01" }),
    waits({ hours: 3 }),
    sends("B", storhamn.number, { district: "02", mail: { furtherFiles: 2 } }),
    waits({ days: 4 }),
  ],
  faults: [],
  mustHold: isSeenThrough,
};
export default scenario;
