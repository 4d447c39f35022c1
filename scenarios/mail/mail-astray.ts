import type { Scenario } from "../../core/scenario.ts";
import { sends, waits } from "../../core/scenario-verbs.ts";
import { isFetched } from "../outcomes.ts";
import { fjordvik, staffOf } from "../places.ts";

const scenario: Scenario = {
  schema: "komfrem.scenario/v1",
  id: "mail-astray",
  title: "Mail that names another municipality",
  because:
    "It lies in our inbox and is about a child somewhere else. It must be no case of ours, and a person must hear of it: there is no negative receipt on this channel.",
  origin: "PORT.md, rulings 4 and 5; altinn.md C14",
  channels: ["altinn-correspondence"],
  startsAt: "2023-05-08T08:00:00",
  municipalities: [fjordvik],
  people: staffOf(fjordvik),
  switches: {},
  steps: [
    sends("A", fjordvik.number, { by: "altinn-correspondence", district: "01", mail: { confirmation: true } }),
    waits({ minutes: 20 }),
    sends("B", fjordvik.number, {
      by: "altinn-correspondence",
      district: "01",
      defect: "other-municipality",
      mail: { confirmation: true },
    }),
    waits({ minutes: 20 }),
    sends("C", fjordvik.number, { by: "altinn-correspondence", district: "01" }),
    waits({ hours: 30 }),
  ],
  faults: [],
  mustHold: isFetched,
};
export default scenario;
