import type { Scenario } from "../../core/scenario.ts";
import { fault, losesAnswer, sends, waits } from "../../core/scenario-verbs.ts";
import { isSeenThrough } from "../outcomes.ts";
import { awake, dutyOfficer, fjordvik } from "../places.ts";

const scenario: Scenario = {
  schema: "komfrem.scenario/v1",
  id: "sender-mail-lost-answers",
  title: "Altinn takes the mail on, and its answer is lost",
  because: "The sender cannot know: it must look up what it has sent before it sends again.",
  origin: "incidents.md, invariant 21; RULES.md, Facts and tellings",
  tests: "sender",
  channels: ["altinn-correspondence", "fiks-io"],
  startsAt: "2023-05-08T09:00:00",
  municipalities: [fjordvik],
  people: [...awake(fjordvik), dutyOfficer],
  switches: {},
  steps: [
    sends("A", fjordvik.number, { district: "01" }),
    waits({ hours: 3 }),
    sends("B", fjordvik.number, { district: "01" }),
    waits({ days: 4 }),
  ],
  faults: [
    losesAnswer("altinn-correspondence.initialize(A)/1"),
    fault("altinn-correspondence.initialize(B)/1:asked", { kind: "answer", status: 503 }),
  ],
  mustHold: isSeenThrough,
};
export default scenario;
