import type { Scenario } from "../../core/scenario.ts";
import { sends, unreachable, waits } from "../../core/scenario-verbs.ts";
import { isSeenThrough } from "../outcomes.ts";
import { awake, dutyOfficer, fjordvik } from "../places.ts";

const scenario: Scenario = {
  schema: "komfrem.scenario/v1",
  id: "altinn-down",
  title: "Altinn cannot be reached for two days",
  because: "A sender keeps what it could not send, and a person hears of it before two working days are over.",
  origin: "altinn.md section 6; incidents.md, invariant 12",
  tests: "sender",
  channels: ["altinn-dispatch", "fiks-io"],
  startsAt: "2023-05-08T09:00:00",
  municipalities: [fjordvik],
  people: [...awake(fjordvik), dutyOfficer],
  switches: {},
  steps: [
    sends("A", fjordvik.number, { district: "01" }),
    waits({ hours: 3 }),
    unreachable("altinn-dispatch", { days: 2 }),
    waits({ hours: 1 }),
    sends("B", fjordvik.number, { district: "01" }),
    waits({ days: 6 }),
  ],
  faults: [],
  mustHold: isSeenThrough,
};
export default scenario;
