import type { Scenario } from "../../core/scenario.ts";
import { receiverCrashes, sends, strains, waits } from "../../core/scenario-verbs.ts";
import { arrives } from "../outcomes.ts";
import { fjordvik, staffOf } from "../places.ts";

const scenario: Scenario = {
  schema: "komfrem.scenario/v1",
  id: "queued-and-lost",
  title: "The case system has it in memory only, and crashes",
  because: "A receipt says that the message is stored. What is only queued is gone with the process that queued it.",
  origin: "incidents.md, case A, mechanism 1 and invariant 1; fiks.md A1",
  startsAt: "2023-05-08T08:00:00",
  municipalities: [fjordvik],
  people: staffOf(fjordvik),
  switches: {},
  steps: [
    sends("before", fjordvik.number, { district: "01" }),
    waits({ minutes: 10 }),
    strains("queues", { hours: 1 }),
    sends("queued-1", fjordvik.number, { district: "01" }),
    sends("queued-2", fjordvik.number, { district: "01", messageKind: "privat" }),
    waits({ seconds: 20 }),
    receiverCrashes({ minutes: 5 }),
    waits({ hours: 2 }),
    sends("after", fjordvik.number, { district: "01" }),
    waits({ hours: 1 }),
  ],
  faults: [],
  mustHold: arrives,
};
export default scenario;
