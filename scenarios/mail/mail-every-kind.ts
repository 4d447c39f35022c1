import type { Scenario } from "../../core/scenario.ts";
import { sends, waits } from "../../core/scenario-verbs.ts";
import { isFetched } from "../outcomes.ts";
import { fjordvik, staffOf, storhamn } from "../places.ts";

const scenario: Scenario = {
  schema: "komfrem.scenario/v1",
  id: "mail-every-kind",
  title: "Mail of every kind: ordinary, confidential, to confirm, with files",
  because: "Text and every file, in order and whole, with the right class and district, in one case.",
  origin: "PORT.md, Where the facts of a message stand; altinn.md 2.2",
  channels: ["altinn-correspondence"],
  startsAt: "2023-05-08T08:00:00",
  municipalities: [fjordvik, storhamn],
  people: staffOf(fjordvik, storhamn),
  switches: { pollIntervalMinutes: 60 },
  steps: [
    sends("A", fjordvik.number, { by: "altinn-correspondence", district: "01" }),
    waits({ minutes: 40 }),
    sends("B", storhamn.number, {
      by: "altinn-correspondence",
      district: "03",
      mail: { furtherFiles: 3, confirmation: true },
    }),
    waits({ minutes: 40 }),
    sends("C", storhamn.number, { by: "altinn-correspondence", mail: { ordinary: true, furtherFiles: 1 } }),
    waits({ hours: 2 }),
    sends("D", storhamn.number, {
      by: "altinn-correspondence",
      district: "02",
      content: "accents",
      mail: { ordinary: true, confirmation: true, notice: true },
    }),
    sends("E", fjordvik.number, {
      by: "altinn-correspondence",
      district: "01",
      content: "long",
      mail: { confirmation: true, filesLiveDays: 14 },
    }),
    waits({ hours: 3 }),
  ],
  faults: [],
  mustHold: isFetched,
};
export default scenario;
