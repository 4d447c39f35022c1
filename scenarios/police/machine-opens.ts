import type { Scenario } from "../../core/scenario.ts";
import { sends, waits, withMailbox } from "../../core/scenario-verbs.ts";
import { isSeenThrough } from "../outcomes.ts";
import { asleep, dutyOfficer, fjordvik } from "../places.ts";

const scenario: Scenario = {
  schema: "komfrem.scenario/v1",
  id: "machine-opens",
  title: "A machine opens the mail, and no person ever does",
  because: "Read means that the content was fetched. A program that fetches everything makes every message look read.",
  origin: "RULES.md A.2, end-state-deadline; altinn.md C7",
  tests: "sender",
  channels: ["altinn-correspondence", "fiks-io"],
  startsAt: "2023-05-08T09:00:00",
  municipalities: [withMailbox(fjordvik, { machine: "opens" })],
  people: [...asleep(fjordvik), dutyOfficer],
  switches: {},
  steps: [
    sends("A", fjordvik.number, { district: "01" }),
    waits({ days: 2 }),
    sends("B", fjordvik.number, { district: "01" }),
    waits({ days: 14 }),
  ],
  faults: [],
  mustHold: isSeenThrough,
};
export default scenario;
