import type { Scenario } from "../../core/scenario.ts";
import { person, sends, waits } from "../../core/scenario-verbs.ts";
import { isSeenThrough } from "../outcomes.ts";
import { administratorOf, distributorOf, dutyOfficer, fjordvik } from "../places.ts";

const scenario: Scenario = {
  schema: "komfrem.scenario/v1",
  id: "administrator-delegates",
  title: "The administrator hears of the mail and gives somebody the right",
  because: "A notice is worth something where somebody who may act hears it: the same place, and the mail is opened.",
  origin: "incidents.md, case B, mechanism 3; altinn.md 2.4",
  tests: "sender",
  channels: ["altinn-correspondence", "fiks-io"],
  startsAt: "2023-05-08T09:00:00",
  municipalities: [fjordvik],
  people: [
    person(distributorOf(fjordvik), "mail distributor", fjordvik, { hours: 2 }),
    person(
      administratorOf(fjordvik),
      "administrator",
      fjordvik,
      { hours: 4 },
      { delegatesTo: distributorOf(fjordvik) },
    ),
    dutyOfficer,
  ],
  switches: {},
  steps: [
    sends("A", fjordvik.number, { district: "01" }),
    waits({ days: 2 }),
    sends("B", fjordvik.number, { district: "01" }),
    waits({ days: 3 }),
  ],
  faults: [],
  mustHold: isSeenThrough,
};
export default scenario;
