import type { Scenario } from "../../core/scenario.ts";
import { disconnects, sends, unreachable, waits } from "../../core/scenario-verbs.ts";
import { arrives } from "../outcomes.ts";
import { fjordvik, staffOf } from "../places.ts";

const scenario: Scenario = {
  schema: "komfrem.scenario/v1",
  id: "bad-certificates",
  title: "Certificates have expired, or are not the right ones",
  because:
    "A certificate that nobody renewed lasts until somebody comes to work. It is an outage like any other: what came meanwhile must wait, and nothing is wrong with it.",
  origin: "DESIGN.md, section 4, network",
  startsAt: "2023-09-20T09:00:00",
  municipalities: [fjordvik],
  people: staffOf(fjordvik),
  switches: {},
  steps: [
    sends("before", fjordvik.number, { district: "01" }),
    waits({ minutes: 10 }),
    unreachable("receiver", { hours: 7 }, { certificate: "expired" }),
    sends("overnight", fjordvik.number, { district: "01" }),
    waits({ hours: 9 }),
    unreachable("maskinporten", { hours: 2 }, { certificate: "untrusted-root" }),
    disconnects(),
    sends("without-token", fjordvik.number, { district: "01", messageKind: "privat" }),
    waits({ hours: 4 }),
    unreachable("fiks-io", { minutes: 40 }, { certificate: "wrong-host" }),
    sends("elsewhere", fjordvik.number, { district: "01" }),
    waits({ hours: 2 }),
    sends("after", fjordvik.number, { district: "01", version: 2 }),
    waits({ minutes: 30 }),
  ],
  faults: [],
  mustHold: arrives,
};
export default scenario;
