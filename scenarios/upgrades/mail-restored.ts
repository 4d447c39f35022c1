import type { Scenario } from "../../core/scenario.ts";
import { restores, sends, strains, waits } from "../../core/scenario-verbs.ts";
import { isFetched } from "../outcomes.ts";
import { fjordvik, staffOf } from "../places.ts";

const scenario: Scenario = {
  schema: "komfrem.scenario/v1",
  id: "mail-restored",
  title: "Restored from last night's backup, with mail received since",
  because:
    "What was confirmed today stands in no backup; Altinn still shows it to whoever asks, and it must be fetched anew.",
  origin: "RULES.md, *Restore*; altinn.md 2.4; docs/adr/0024",
  channels: ["altinn-correspondence"],
  startsAt: "2023-09-19T20:00:00",
  municipalities: [fjordvik],
  people: staffOf(fjordvik),
  switches: {},
  steps: [
    sends("evening", fjordvik.number, { by: "altinn-correspondence", district: "01" }),
    waits({ hours: 12 }),
    sends("morning", fjordvik.number, { by: "altinn-correspondence", district: "01", mail: { confirmation: true } }),
    waits({ hours: 1 }),
    strains("locked", { hours: 4 }),
    sends("waiting", fjordvik.number, { by: "altinn-correspondence", district: "01", mail: { confirmation: true } }),
    waits({ hours: 1 }),
    restores("integration", { hours: 10 }, { minutes: 30 }),
    waits({ hours: 6 }),
    sends("after", fjordvik.number, { by: "altinn-correspondence", district: "01" }),
    waits({ hours: 2 }),
  ],
  faults: [],
  mustHold: isFetched,
};
export default scenario;
