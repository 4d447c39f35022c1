import type { Scenario } from "../../core/scenario.ts";
import { sends, waits } from "../../core/scenario-verbs.ts";
import { arrives } from "../outcomes.ts";
import { fjordvik, staffOf } from "../places.ts";

const scenario: Scenario = {
  schema: "komfrem.scenario/v1",
  id: "unknown-type",
  title: "A message of an unknown type",
  because: "What is not known is not unimportant: acked unseen, it is gone.",
  origin: "fiks.md B2",
  startsAt: "2023-09-11T09:00:00",
  municipalities: [fjordvik],
  people: staffOf(fjordvik),
  switches: {},
  steps: [
    sends("before", fjordvik.number, { district: "01" }),
    sends("unknown", fjordvik.number, { district: "01", defect: "unknown-type" }),
    sends("after", fjordvik.number, { district: "01", messageKind: "privat" }),
    waits({ hours: 2 }),
  ],
  faults: [],
  mustHold: [...arrives, "failure-visible"],
};
export default scenario;
