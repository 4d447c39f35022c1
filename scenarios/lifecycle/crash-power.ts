import type { Scenario } from "../../core/scenario.ts";
import { crashesAt, sends, waits } from "../../core/scenario-verbs.ts";
import { arrives } from "../outcomes.ts";
import { fjordvik, staffOf } from "../places.ts";

/** One message for each place, so that none uses up its three attempts. */
const places = (
  [
    ["fiks-io.deliver", ["asked", "done", "told"]],
    ["receiver.register", ["asked", "done", "told"]],
    ["fiks-io.receipt", ["asked", "done", "told"]],
    ["fiks-io.settle", ["asked", "done"]],
  ] as const
).flatMap(([exchange, phases]) =>
  phases.map((phase) => ({ label: `${exchange.split(".")[1]}-${phase}`, exchange, phase })),
);

const scenario: Scenario = {
  schema: "komfrem.scenario/v1",
  id: "crash-power",
  title: "The power goes at every step",
  because: "A power cut takes what was not forced to disk. Whoever has confirmed must still have it.",
  origin: "fiks.md A5, A6; incidents.md, invariant 1",
  startsAt: "2023-10-02T09:00:00",
  municipalities: [fjordvik],
  people: staffOf(fjordvik),
  switches: {},
  steps: places.flatMap(({ label }, i) => [
    sends(label, fjordvik.number, { district: "01", messageKind: i % 3 === 2 ? "privat" : "offentlig" }),
    waits({ minutes: 20 }),
  ]),
  faults: places.map(({ label, exchange, phase }) => crashesAt(`${exchange}(${label})/1:${phase}`, "power")),
  mustHold: arrives,
};
export default scenario;
