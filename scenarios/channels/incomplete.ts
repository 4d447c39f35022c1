import type { Scenario } from "../../core/scenario.ts";
import { sends, waits } from "../../core/scenario-verbs.ts";
import { arrives } from "../outcomes.ts";
import { fjordvik, staffOf } from "../places.ts";

const scenario: Scenario = {
  schema: "komfrem.scenario/v1",
  id: "incomplete",
  title: "A form without its PDF, and one that lacks a field",
  because: "Half a message is no message: it must be sent back, not registered as if it were whole.",
  origin: "fiks.md A10, A11",
  startsAt: "2023-09-13T09:00:00",
  municipalities: [fjordvik],
  people: staffOf(fjordvik),
  switches: {},
  steps: [
    sends("healthy", fjordvik.number, { district: "01" }),
    sends("no-pdf", fjordvik.number, { district: "01", defect: "missing-pdf" }),
    sends("no-children", fjordvik.number, { district: "01", messageKind: "privat", defect: "missing-field" }),
    sends("healthy-too", fjordvik.number, { district: "01", messageKind: "privat" }),
    waits({ hours: 2 }),
  ],
  faults: [],
  mustHold: [...arrives, "failure-visible"],
};
export default scenario;
