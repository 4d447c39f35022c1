import type { Scenario } from "../../core/scenario.ts";
import { grants, revokes, sends, waits } from "../../core/scenario-verbs.ts";
import { isFetched } from "../outcomes.ts";
import { fjordvik, staffOf } from "../places.ts";

const scenario: Scenario = {
  schema: "komfrem.scenario/v1",
  id: "mail-right-revoked",
  title: "The integration loses its right for a day",
  because:
    "Altinn answers 401 to a right that is gone, as to a token that is too old. Asking for new tokens for ever hides it: a person must hear of it.",
  origin: "altinn.md 4.3 and X2; PORT.md, ruling 8",
  channels: ["altinn-correspondence"],
  startsAt: "2023-05-08T08:00:00",
  municipalities: [fjordvik],
  people: staffOf(fjordvik),
  switches: {},
  steps: [
    sends("A", fjordvik.number, { by: "altinn-correspondence", district: "01" }),
    waits({ hours: 2 }),
    revokes("integration", fjordvik, "confidential"),
    waits({ hours: 1 }),
    sends("B", fjordvik.number, { by: "altinn-correspondence", district: "01" }),
    waits({ hours: 30 }),
    grants("integration", fjordvik, "confidential"),
    waits({ hours: 6 }),
  ],
  faults: [],
  mustHold: isFetched,
};
export default scenario;
