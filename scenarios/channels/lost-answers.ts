import type { Scenario } from "../../core/scenario.ts";
import { losesAnswer, sends, waits } from "../../core/scenario-verbs.ts";
import { arrives } from "../outcomes.ts";
import { fjordvik, staffOf } from "../places.ts";

const scenario: Scenario = {
  schema: "komfrem.scenario/v1",
  id: "lost-answers",
  title: "The answer is lost, the effect is there",
  because:
    "Who hears nothing knows nothing: the same must be asked again, and must not become a second case or a second opinion.",
  origin: "fiks.md A7, A8; RULES.md, Tried on paper",
  startsAt: "2023-09-19T09:00:00",
  municipalities: [fjordvik],
  people: staffOf(fjordvik),
  switches: {},
  steps: [
    sends("registered-unheard", fjordvik.number, { district: "01" }),
    waits({ minutes: 30 }),
    sends("receipted-unheard", fjordvik.number, { district: "01", messageKind: "privat" }),
    waits({ minutes: 30 }),
    sends("both-unheard", fjordvik.number, { district: "01", version: 2 }),
    waits({ hours: 1 }),
  ],
  faults: [
    losesAnswer("receiver.register(registered-unheard)/1"),
    losesAnswer("receiver.register(registered-unheard)/2"),
    losesAnswer("fiks-io.receipt(receipted-unheard)/1"),
    losesAnswer("receiver.register(both-unheard)/1"),
    losesAnswer("fiks-io.receipt(both-unheard)/1"),
  ],
  mustHold: arrives,
};
export default scenario;
