import type { Scenario } from "../../core/scenario.ts";
import { crashes, crashesAt, sends, waits } from "../../core/scenario-verbs.ts";
import { isSeenThrough } from "../outcomes.ts";
import { asleep, dutyOfficer, fjordvik } from "../places.ts";

const scenario: Scenario = {
  schema: "komfrem.scenario/v1",
  id: "sender-crashes",
  title: "The sender crashes while it sends and while it watches",
  because: "An order that was taken on must not be forgotten, and one copy must not become two.",
  origin: "incidents.md, invariants 18 and 21",
  tests: "sender",
  channels: ["altinn-dispatch", "fiks-io"],
  startsAt: "2023-05-08T09:00:00",
  municipalities: [fjordvik],
  people: [...asleep(fjordvik), dutyOfficer],
  switches: {},
  steps: [
    sends("A", fjordvik.number, { district: "01" }),
    waits({ hours: 3 }),
    sends("B", fjordvik.number, { district: "01" }),
    waits({ days: 1 }),
    sends("C", fjordvik.number, { district: "01" }),
    waits({ hours: 2 }),
    crashes("power", { hours: 4 }),
    waits({ days: 14 }),
  ],
  faults: [
    crashesAt("altinn-dispatch.send(A)/1:done", "power"),
    crashesAt("sender.send(B)/1:asked", "process"),
    crashesAt("sender.send(C)/1:done", "process"),
  ],
  mustHold: isSeenThrough,
};
export default scenario;
