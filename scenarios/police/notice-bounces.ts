import type { Scenario } from "../../core/scenario.ts";
import { person, sends, waits, withMailbox } from "../../core/scenario-verbs.ts";
import { isSeenThrough } from "../outcomes.ts";
import { administratorOf, distributorOf, dutyOfficer, fjordvik } from "../places.ts";

const scenario: Scenario = {
  schema: "komfrem.scenario/v1",
  id: "notice-bounces",
  title: "The notice bounces, and nobody looks without one",
  because: "An address that was right once: the notice comes back to nobody, and the mail lies unread.",
  origin: "incidents.md, invariant 15; altinn.md C1",
  tests: "sender",
  channels: ["altinn-correspondence", "fiks-io"],
  startsAt: "2023-05-08T09:00:00",
  municipalities: [withMailbox(fjordvik, { notices: "bounce" })],
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
  steps: [sends("A", fjordvik.number, { district: "01" }), waits({ days: 14 })],
  faults: [],
  mustHold: isSeenThrough,
};
export default scenario;
