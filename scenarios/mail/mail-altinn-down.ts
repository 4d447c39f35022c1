import type { Scenario } from "../../core/scenario.ts";
import { sends, unreachable, waits } from "../../core/scenario-verbs.ts";
import { isFetched } from "../outcomes.ts";
import { fjordvik, staffOf } from "../places.ts";

const scenario: Scenario = {
  schema: "komfrem.scenario/v1",
  id: "mail-altinn-down",
  title: "Altinn and its tokens cannot be reached",
  because: "A poll that fails says nothing about what is there: not that there is nothing.",
  origin: "altinn.md X1, X3",
  channels: ["altinn-correspondence"],
  startsAt: "2023-05-08T08:00:00",
  municipalities: [fjordvik],
  people: staffOf(fjordvik),
  switches: {},
  steps: [
    sends("A", fjordvik.number, { by: "altinn-correspondence", district: "01", mail: { confirmation: true } }),
    waits({ hours: 1 }),
    unreachable("altinn-correspondence", { hours: 6 }),
    waits({ minutes: 20 }),
    sends("B", fjordvik.number, { by: "altinn-correspondence", district: "01", mail: { confirmation: true } }),
    waits({ hours: 8 }),
    unreachable("altinn-authentication", { hours: 5 }),
    sends("C", fjordvik.number, { by: "altinn-correspondence", district: "01" }),
    waits({ hours: 8 }),
  ],
  faults: [],
  mustHold: isFetched,
};
export default scenario;
