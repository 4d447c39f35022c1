import type { Scenario } from "../../core/scenario.ts";
import { sends, strains, waits } from "../../core/scenario-verbs.ts";
import { arrives } from "../outcomes.ts";
import { fjordvik, staffOf } from "../places.ts";

/** Eight days with one message while all is well, and three while the municipality's own machines are overloaded. */
const days = Array.from({ length: 8 }, (_, day) => [
  sends(`well-${day + 1}`, fjordvik.number, { district: "01" }),
  waits({ hours: 2 }),
  strains("overloaded", { minutes: 40 }),
  ...[1, 2, 3].flatMap((nth) => [
    waits({ minutes: 8 }),
    sends(`bergen-${day * 3 + nth}`, fjordvik.number, { district: "01", version: nth === 2 ? 2 : 1 }),
  ]),
  waits({ hours: 21, minutes: 36 }),
]);

const scenario: Scenario = {
  schema: "komfrem.scenario/v1",
  id: "familia-2023",
  title: "Bergen's 24 messages, with the portal's clock of 2023",
  because:
    "Familia told the portal that it had received what its overloaded store then refused; 14 days later the portal deleted its copies. In Bergen 24 messages were affected and 21 are gone.",
  origin: "incidents.md, case A: facts (Bergen) and mechanisms 1-4",
  startsAt: "2023-05-08T08:00:00",
  municipalities: [fjordvik],
  people: staffOf(fjordvik),
  switches: { retentionDays: 14 },
  steps: days.flat(),
  faults: [],
  mustHold: arrives,
};
export default scenario;
