import type { Scenario } from "../../core/scenario.ts";
import { fault, losesAnswer } from "../../core/scenario-verbs.ts";
import senderLostAnswers from "./sender-lost-answers.ts";

const scenario: Scenario = {
  ...senderLostAnswers,
  id: "sender-mail-lost-answers",
  title: "Altinn takes the mail on, and its answer is lost",
  channels: ["altinn-correspondence", "fiks-io"],
  faults: [
    losesAnswer("altinn-correspondence.initialize(A)/1"),
    fault("altinn-correspondence.initialize(B)/1:asked", { kind: "answer", status: 503 }),
  ],
};
export default scenario;
