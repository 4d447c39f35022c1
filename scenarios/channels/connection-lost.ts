import type { Scenario } from "../../core/scenario.ts";
import { disconnects, sends, unreachable, waits } from "../../core/scenario-verbs.ts";
import { arrives } from "../outcomes.ts";
import { fjordvik, staffOf } from "../places.ts";

const scenario: Scenario = {
  schema: "komfrem.scenario/v1",
  id: "connection-lost",
  title: "Connections break, and the token service is away",
  because:
    "A process that lives on without a consumer is deaf, and nobody notices: it must connect again by itself, with a fresh token.",
  origin: "fiks.md B10, B15 and 3.3",
  startsAt: "2023-09-20T09:00:00",
  municipalities: [fjordvik],
  people: staffOf(fjordvik),
  switches: {},
  steps: [
    sends("before", fjordvik.number, { district: "01" }),
    waits({ minutes: 10 }),
    disconnects(),
    sends("during", fjordvik.number, { district: "01" }),
    waits({ hours: 3 }),
    unreachable("maskinporten", { minutes: 40 }),
    disconnects(),
    sends("without-token", fjordvik.number, { district: "01", messageKind: "privat" }),
    waits({ hours: 2 }),
    unreachable("fiks-io", { minutes: 30 }),
    disconnects(),
    sends("unreachable", fjordvik.number, { district: "01" }),
    waits({ hours: 2 }),
    sends("after", fjordvik.number, { district: "01", version: 2 }),
    waits({ minutes: 30 }),
  ],
  faults: [],
  mustHold: arrives,
};
export default scenario;
