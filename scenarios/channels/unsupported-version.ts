import type { Scenario } from "../../core/scenario.ts";
import { sends, waits } from "../../core/scenario-verbs.ts";
import { arrives } from "../outcomes.ts";
import { fjordvik, staffOf } from "../places.ts";

const scenario: Scenario = {
  schema: "komfrem.scenario/v1",
  id: "unsupported-version",
  title: "A version that the system has never heard of",
  because:
    "The portal can be told to send a newer version than the software knows. It must be sent back and reported, and hold up no other message.",
  origin: "fiks.md B3",
  startsAt: "2023-09-08T09:00:00",
  municipalities: [fjordvik],
  people: staffOf(fjordvik),
  switches: {},
  steps: [
    sends("before", fjordvik.number, { district: "01" }),
    sends("newer", fjordvik.number, { district: "01", version: 2, defect: "unsupported-version" }),
    sends("after", fjordvik.number, { district: "01", version: 2 }),
    waits({ hours: 2 }),
  ],
  faults: [],
  mustHold: [...arrives, "failure-visible"],
};
export default scenario;
