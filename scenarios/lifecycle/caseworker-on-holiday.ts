import type { Scenario } from "../../core/scenario.ts";
import { away, person, sends, waits } from "../../core/scenario-verbs.ts";
import { arrives } from "../outcomes.ts";
import { fjordvik, staffOf } from "../places.ts";

const scenario: Scenario = {
  schema: "komfrem.scenario/v1",
  id: "caseworker-on-holiday",
  title: "The caseworker is on holiday, a deputy looks",
  because: "A registered message is seen by people: a rostered deputy is a reader, an empty desk is none.",
  origin: "RULES.md A.2, watched-channel; incidents.md, invariant 14",
  startsAt: "2023-07-03T09:00:00",
  municipalities: [fjordvik],
  people: [...staffOf(fjordvik), person("Vikar Fjordvik", "deputy", fjordvik)],
  switches: {},
  steps: [
    sends("before", fjordvik.number, { district: "01" }),
    waits({ hours: 2 }),
    away("Saksbehandler Fjordvik", { days: 21 }, "Vikar Fjordvik"),
    sends("first-week", fjordvik.number, { district: "01", messageKind: "privat" }),
    waits({ days: 8 }),
    sends("second-week", fjordvik.number, { district: "01" }),
    waits({ days: 14 }),
    sends("after", fjordvik.number, { district: "01", version: 2 }),
    waits({ hours: 4 }),
  ],
  faults: [],
  mustHold: arrives,
};
export default scenario;
