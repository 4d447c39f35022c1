import type { Scenario } from "../../core/scenario.ts";
import { sends, waits } from "../../core/scenario-verbs.ts";
import { isFetched } from "../outcomes.ts";
import { fjordvik, staffOf } from "../places.ts";

const scenario: Scenario = {
  schema: "komfrem.scenario/v1",
  id: "portal-and-police",
  title: "The same concern by the portal and by the police",
  because: "Two senders, two messages: equal text is no reason to make one case of them, nor to forget the second.",
  origin: "RULES.md A.2, no-loss; incidents.md, case B, mechanism 7",
  channels: ["fiks-io", "altinn-correspondence"],
  startsAt: "2023-05-08T08:00:00",
  municipalities: [fjordvik],
  people: staffOf(fjordvik),
  switches: { pollIntervalMinutes: 60 },
  steps: [
    sends("A", fjordvik.number, { district: "01" }),
    waits({ minutes: 20 }),
    sends("B", fjordvik.number, {
      by: "altinn-correspondence",
      district: "01",
      twinOf: "A",
      mail: { confirmation: true },
    }),
    waits({ hours: 2 }),
  ],
  faults: [],
  mustHold: isFetched,
};
export default scenario;
