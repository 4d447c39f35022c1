import type { Scenario } from "../../core/scenario.ts";
import { sends, waits } from "../../core/scenario-verbs.ts";
import { arrives } from "../outcomes.ts";
import { fjordvik, staffOf, storhamn } from "../places.ts";

const scenario: Scenario = {
  schema: "komfrem.scenario/v1",
  id: "districts",
  title: "Two municipalities, several districts, and messages that name none",
  because: "A message in the wrong district is seen by those who must not see it, and not by those who must.",
  origin: "fiks.md 1.2 and D1; RULES.md A.2, right-recipient",
  startsAt: "2023-09-06T09:00:00",
  municipalities: [fjordvik, storhamn],
  people: staffOf(fjordvik, storhamn),
  switches: {},
  steps: [
    sends("fjordvik", fjordvik.number, { district: "01" }),
    sends("sentrum", storhamn.number, { district: "01" }),
    sends("nordbyen", storhamn.number, { district: "02", messageKind: "privat" }),
    sends("aasane", storhamn.number, { district: "03", version: 2 }),
    waits({ minutes: 30 }),
    sends("no-district", storhamn.number),
    sends("no-district-privat", fjordvik.number, { messageKind: "privat" }),
    sends("nordbyen-again", storhamn.number, { district: "02" }),
    waits({ hours: 1 }),
  ],
  faults: [],
  mustHold: [...arrives, "right-recipient"],
};
export default scenario;
