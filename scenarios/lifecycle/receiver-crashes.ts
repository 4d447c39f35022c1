import type { Scenario } from "../../core/scenario.ts";
import { fault, receiverCrashes, sends, waits } from "../../core/scenario-verbs.ts";
import { arrives } from "../outcomes.ts";
import { fjordvik, staffOf } from "../places.ts";

const scenario: Scenario = {
  schema: "komfrem.scenario/v1",
  id: "receiver-crashes",
  title: "The case system crashes between staging and registering",
  because: "A case system takes a message in two steps. What it has staged and not registered is not received.",
  origin: "DESIGN.md section 7, receiver; fiks.md A5",
  startsAt: "2023-10-03T09:00:00",
  municipalities: [fjordvik],
  people: staffOf(fjordvik),
  switches: {},
  steps: [
    sends("asked", fjordvik.number, { district: "01" }),
    waits({ minutes: 30 }),
    sends("done", fjordvik.number, { district: "01", messageKind: "privat" }),
    waits({ minutes: 30 }),
    receiverCrashes({ minutes: 20 }),
    sends("down", fjordvik.number, { district: "01", version: 2 }),
    waits({ hours: 2 }),
  ],
  faults: [
    fault("receiver.register(asked)/1:asked", { kind: "crashParty", downMs: 300_000 }),
    fault("receiver.register(done)/1:done", { kind: "crashParty", downMs: 300_000 }),
  ],
  mustHold: arrives,
};
export default scenario;
