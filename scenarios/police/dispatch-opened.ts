import type { Scenario } from "../../core/scenario.ts";
import { sends, waits } from "../../core/scenario-verbs.ts";
import { isSeenThrough } from "../outcomes.ts";
import { awake, dutyOfficer, fjordvik, storhamn } from "../places.ts";

const scenario: Scenario = {
  schema: "komfrem.scenario/v1",
  id: "dispatch-opened",
  title: "Dispatches that are opened and carried to the case system",
  because: "A sender that is told of an end has nothing to warn of, and must not send twice.",
  origin: "incidents.md, invariant 11",
  tests: "sender",
  channels: ["altinn-dispatch", "fiks-io"],
  startsAt: "2023-05-08T09:00:00",
  municipalities: [fjordvik, storhamn],
  people: [...awake(fjordvik, storhamn), dutyOfficer],
  switches: {},
  steps: [
    sends("A", fjordvik.number, { district: "01" }),
    waits({ hours: 3 }),
    sends("B", storhamn.number, { district: "02", version: 2 }),
    waits({ days: 2 }),
    sends("C", storhamn.number, { content: "many-children", mail: { furtherFiles: 2 } }),
    waits({ days: 3 }),
    // A Friday afternoon: two working days are over on Tuesday.
    waits({ hours: 6 }),
    sends("D", fjordvik.number, { messageKind: "privat" }),
    waits({ days: 4 }),
  ],
  faults: [],
  mustHold: isSeenThrough,
};
export default scenario;
