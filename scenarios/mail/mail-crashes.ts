import type { Scenario } from "../../core/scenario.ts";
import { crashesAt, sends, waits } from "../../core/scenario-verbs.ts";
import { isFetched } from "../outcomes.ts";
import { fjordvik, staffOf } from "../places.ts";

const scenario: Scenario = {
  schema: "komfrem.scenario/v1",
  id: "mail-crashes",
  title: "The integration is killed between fetching, storing and confirming",
  because: "Mail stays in the list: whoever was killed begins again, and makes one case of it.",
  origin: "altinn.md section 6; incidents.md, invariant 21",
  channels: ["altinn-correspondence"],
  startsAt: "2023-05-08T08:00:00",
  municipalities: [fjordvik],
  people: staffOf(fjordvik),
  switches: {},
  steps: [
    sends("A", fjordvik.number, { by: "altinn-correspondence", district: "01", mail: { confirmation: true } }),
    waits({ hours: 2 }),
    sends("B", fjordvik.number, { by: "altinn-correspondence", district: "01", mail: { furtherFiles: 1 } }),
    waits({ hours: 2 }),
    sends("C", fjordvik.number, { by: "altinn-correspondence", district: "01", mail: { confirmation: true } }),
    waits({ hours: 4 }),
  ],
  faults: [
    crashesAt("receiver.register(A)/1:done", "power"),
    crashesAt("altinn-correspondence.fetch(B)/1:told", "process"),
    crashesAt("altinn-correspondence.confirm(C)/1:done", "power"),
  ],
  mustHold: isFetched,
};
export default scenario;
