import type { Scenario } from "../../core/scenario.ts";
import { fault, losesAnswer, sends, waits } from "../../core/scenario-verbs.ts";
import { isFetched } from "../outcomes.ts";
import { fjordvik, staffOf } from "../places.ts";

const scenario: Scenario = {
  schema: "komfrem.scenario/v1",
  id: "mail-lost-answers",
  title: "Answers about mail are lost, cut and late",
  because: "A confirmation is known or it is not; a file that breaks off is not the file.",
  origin: "altinn.md C8, B7; RULES.md, Facts and tellings",
  channels: ["altinn-correspondence"],
  startsAt: "2023-05-08T08:00:00",
  municipalities: [fjordvik],
  people: staffOf(fjordvik),
  switches: {},
  steps: [
    sends("A", fjordvik.number, { by: "altinn-correspondence", district: "01", mail: { confirmation: true } }),
    waits({ hours: 2 }),
    sends("B", fjordvik.number, {
      by: "altinn-correspondence",
      district: "01",
      mail: { confirmation: true, furtherFiles: 1 },
    }),
    waits({ hours: 2 }),
    sends("C", fjordvik.number, { by: "altinn-correspondence", district: "01" }),
    waits({ hours: 4 }),
  ],
  faults: [
    losesAnswer("altinn-correspondence.confirm(A)/1"),
    losesAnswer("receiver.register(A)/1"),
    fault("altinn-correspondence.fetch(B)/1:done", { kind: "cut", afterBytes: 400 }),
    fault("altinn-correspondence.overview(C)/1:asked", { kind: "answer", status: 500 }),
    fault("altinn-correspondence.list(news(C))/1:done", { kind: "reset" }),
  ],
  mustHold: isFetched,
};
export default scenario;
