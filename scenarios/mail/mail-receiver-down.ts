import type { Scenario } from "../../core/scenario.ts";
import { sends, strains, waits } from "../../core/scenario-verbs.ts";
import { isFetched } from "../outcomes.ts";
import { fjordvik, staffOf } from "../places.ts";

const scenario: Scenario = {
  schema: "komfrem.scenario/v1",
  id: "mail-receiver-down",
  title: "The case system is overloaded while mail comes in",
  because:
    "What is confirmed or marked as read is forgotten by everybody else; it must stand in the case system, or in a store of its own, first.",
  origin: "altinn.md section 6, C7 and C8; incidents.md, invariants 1-3",
  channels: ["altinn-correspondence"],
  startsAt: "2023-05-08T08:00:00",
  municipalities: [fjordvik],
  people: staffOf(fjordvik),
  switches: { readEndsIt: true },
  steps: [
    sends("A", fjordvik.number, { by: "altinn-correspondence", district: "01", mail: { confirmation: true } }),
    waits({ hours: 1 }),
    strains("overloaded", { hours: 5 }),
    sends("B", fjordvik.number, { by: "altinn-correspondence", district: "01", mail: { confirmation: true } }),
    waits({ minutes: 30 }),
    sends("C", fjordvik.number, { by: "altinn-correspondence", district: "01", mail: { furtherFiles: 1 } }),
    waits({ hours: 8 }),
  ],
  faults: [],
  mustHold: isFetched,
};
export default scenario;
