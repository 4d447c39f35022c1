import type { Municipality, Scenario } from "../../core/scenario.ts";
import { municipality, sends, standardDistrict, waits } from "../../core/scenario-verbs.ts";
import { invented } from "../country.ts";
import { isSeenThrough } from "../outcomes.ts";
import { asleep, dutyOfficer } from "../places.ts";

/** 162 organisations outside, of which nobody ever gave anybody the role for confidential mail. */
const organizations: readonly Municipality[] = Array.from({ length: 162 }, (_, i) => {
  const { number, name, organizationNumber } = invented(7001 + i);
  return municipality(number, name, organizationNumber, [standardDistrict("01", `${name} mottak`)]);
});

const scenario: Scenario = {
  schema: "komfrem.scenario/v1",
  id: "unopened-1307",
  title: "1,307 confidential items to 162 organisations, none of them opened",
  because:
    "From autumn 2022 to July 2023 a municipality sent confidential mail that no recipient had given anybody the role to read. It is a property of the channel, not of one sender: whoever sends must see what was never opened.",
  origin: "incidents.md, case B, same mechanism; altinn.md section 5",
  tests: "sender",
  channels: ["altinn-correspondence", "fiks-io"],
  startsAt: "2022-10-03T09:00:00",
  municipalities: organizations,
  people: [...asleep(...organizations), dutyOfficer],
  switches: {},
  steps: Array.from({ length: 1307 }, (_, i) => [
    sends(`item-${i + 1}`, organizations[(i * 47) % organizations.length]?.number ?? "", { district: "01" }),
    waits({ hours: 5, minutes: 12 }),
  ]).flat(),
  faults: [],
  mustHold: isSeenThrough,
};
export default scenario;
