import type { Scenario } from "../../core/scenario.ts";
import { fault, sends, waits } from "../../core/scenario-verbs.ts";
import { arrives } from "../outcomes.ts";
import { fjordvik, staffOf } from "../places.ts";

/** One message for each thing that a network does. */
const strikes = [
  fault("receiver.register(refused)/1:asked", { kind: "refuse" }),
  fault("receiver.register(reset)/1:asked", { kind: "reset" }),
  fault("receiver.register(answer-cut)/1:done", { kind: "cut", afterBytes: 10 }),
  fault("receiver.register(stalled)/1:done", { kind: "stall" }),
  fault("receiver.register(late)/1:asked", { kind: "delay", byMs: 90_000 }),
  fault("receiver.register(repeated)/1:asked", { kind: "repeat" }),
  fault("receiver.register(too-many)/1:asked", { kind: "answer", status: 429, retryAfterSeconds: 120 }),
  fault("receiver.register(failed-500)/1:asked", { kind: "answer", status: 500 }),
  fault("receiver.register(failed-504)/1:done", { kind: "answer", status: 504 }),
  fault("fiks-io.deliver(handover-cut)/1:done", { kind: "cut", afterBytes: 40 }),
  fault("fiks-io.receipt(receipt-late)/1:done", { kind: "delay", byMs: 90_000 }),
  fault("fiks-io.receipt(receipt-repeated)/1:asked", { kind: "repeat" }),
  fault("fiks-io.receipt(receipt-failed)/1:asked", { kind: "answer", status: 502 }),
];
const labels = strikes.map(({ at }) => at.slice(at.indexOf("(") + 1, at.indexOf(")")));

const scenario: Scenario = {
  schema: "komfrem.scenario/v1",
  id: "bad-network",
  title: "Everything that a network does to a request and its answer",
  because:
    "Refused, reset, cut, stalled, late, repeated: whatever is not known to have worked is asked again, and does no harm if it had.",
  origin: "DESIGN.md section 4, network faults; fiks.md A4, A7, D5",
  startsAt: "2023-09-21T08:00:00",
  municipalities: [fjordvik],
  people: staffOf(fjordvik),
  switches: {},
  steps: labels.flatMap((label, i) => [
    sends(label, fjordvik.number, { district: "01", messageKind: i % 2 === 0 ? "offentlig" : "privat" }),
    waits({ minutes: 15 }),
  ]),
  faults: strikes,
  mustHold: arrives,
};
export default scenario;
