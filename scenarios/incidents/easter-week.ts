import type { Scenario } from "../../core/scenario.ts";
import { sends, unreachable, waits } from "../../core/scenario-verbs.ts";
import { arrives } from "../outcomes.ts";
import { fjordvik, staffOf } from "../places.ts";

const scenario: Scenario = {
  schema: "komfrem.scenario/v1",
  id: "easter-week",
  title: "The case system is down over Easter",
  because:
    "From Wednesday before Easter to Tuesday after it is five days, and not one working day. An integration must wait so long, keep the message, and tell a person.",
  origin: "RULES.md, Time; RULES.md A.2, end-state-deadline; incidents.md, invariant 12",
  startsAt: "2023-04-05T10:00:00",
  municipalities: [fjordvik],
  people: staffOf(fjordvik),
  switches: {},
  steps: [
    sends("before", fjordvik.number, { district: "01" }),
    waits({ hours: 2 }),
    unreachable("receiver", { days: 5, hours: 23 }),
    waits({ hours: 1 }),
    sends("wednesday", fjordvik.number, { district: "01" }),
    waits({ days: 6 }),
    sends("after", fjordvik.number, { district: "01" }),
    waits({ hours: 3 }),
  ],
  faults: [],
  mustHold: arrives,
};
export default scenario;
