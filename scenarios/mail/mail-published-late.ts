import type { Scenario } from "../../core/scenario.ts";
import { sends, waits } from "../../core/scenario-verbs.ts";
import { isFetched } from "../outcomes.ts";
import { fjordvik, staffOf } from "../places.ts";

const scenario: Scenario = {
  schema: "komfrem.scenario/v1",
  id: "mail-published-late",
  title: "Mail that is published long after the time it was asked for",
  because:
    "A list goes by the time that publication was asked for. Who asks for what is newer than the last poll never sees what a slow scan held back.",
  origin: "altinn.md C4",
  channels: ["altinn-correspondence"],
  startsAt: "2023-05-08T08:00:00",
  municipalities: [fjordvik],
  people: staffOf(fjordvik),
  switches: {},
  steps: [
    sends("A", fjordvik.number, {
      by: "altinn-correspondence",
      district: "01",
      mail: { furtherFiles: 1, publishedLateMs: 3 * 3_600_000 },
    }),
    waits({ hours: 1 }),
    sends("B", fjordvik.number, { by: "altinn-correspondence", district: "01" }),
    waits({ hours: 1 }),
    sends("C", fjordvik.number, {
      by: "altinn-correspondence",
      district: "01",
      mail: { publishedLateMs: 90 * 60_000 },
    }),
    waits({ hours: 6 }),
  ],
  faults: [],
  mustHold: isFetched,
};
export default scenario;
