import type { Scenario } from "../../core/scenario.ts";
import { sends, stops, waits } from "../../core/scenario-verbs.ts";
import { isFetched } from "../outcomes.ts";
import { fjordvik, staffOf } from "../places.ts";

const scenario: Scenario = {
  schema: "komfrem.scenario/v1",
  id: "mail-files-expire",
  title: "Files are deleted after fourteen days, read or not",
  because: "What is fetched at once is whole; what waits for the second week has a text and no files.",
  origin: "altinn.md 2.4 and C9",
  channels: ["altinn-correspondence"],
  startsAt: "2023-05-08T08:00:00",
  municipalities: [fjordvik],
  people: staffOf(fjordvik),
  switches: { pollIntervalMinutes: 60 },
  steps: [
    sends("A", fjordvik.number, {
      by: "altinn-correspondence",
      district: "01",
      mail: { filesLiveDays: 14, furtherFiles: 1 },
    }),
    waits({ hours: 2 }),
    stops({ days: 10 }),
    waits({ days: 1 }),
    sends("B", fjordvik.number, { by: "altinn-correspondence", district: "01", mail: { filesLiveDays: 14 } }),
    waits({ days: 20 }),
  ],
  faults: [],
  mustHold: isFetched,
};
export default scenario;
