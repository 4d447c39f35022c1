import type { Scenario } from "../../core/scenario.ts";
import { sends, waits } from "../../core/scenario-verbs.ts";
import { arrives } from "../outcomes.ts";
import { fjordvik, naboset, staffOf } from "../places.ts";

const scenario: Scenario = {
  schema: "komfrem.scenario/v1",
  id: "astray",
  title: "A form for another municipality",
  because:
    "The portal cannot read what it carries: a form can name another municipality than its address does. It must not become a case here.",
  origin: "PORT.md, ruling 5; fiks.md 1.2 and D6",
  startsAt: "2023-09-14T09:00:00",
  municipalities: [fjordvik, naboset],
  people: staffOf(fjordvik),
  switches: {},
  steps: [
    sends("ours", fjordvik.number, { district: "01" }),
    sends("theirs", fjordvik.number, { district: "01", defect: "other-municipality" }),
    sends("ours-too", fjordvik.number, { district: "01", version: 2 }),
    waits({ hours: 2 }),
  ],
  faults: [],
  mustHold: [...arrives, "failure-visible"],
};
export default scenario;
