import type { Scenario } from "../../core/scenario.ts";
import { sends, waits } from "../../core/scenario-verbs.ts";
import { isSeenThrough } from "../outcomes.ts";
import { asleep, dutyOfficer, storhamn } from "../places.ts";

/** Of 118 dispatches 77 went to child welfare, and 25 of those were concern messages: each third one, or so. */
const labels = Array.from({ length: 118 }, (_, i) => {
  const toWelfare = Math.floor(((i + 1) * 77) / 118);
  if (toWelfare === Math.floor((i * 77) / 118)) return `other-${i + 1 - toWelfare}`;
  const concerns = Math.floor((toWelfare * 25) / 77);
  return concerns > Math.floor(((toWelfare - 1) * 25) / 77) ? `concern-${concerns}` : `welfare-${toWelfare - concerns}`;
});

const scenario: Scenario = {
  schema: "komfrem.scenario/v1",
  id: "police-2023",
  title: "Bergen's 118 dispatches, which nobody was entitled to see",
  because:
    "The police took a dispatch that was published in Altinn for one that was received. Two roles were needed to see it, the municipality knew of neither, nobody was notified, and the content was deleted after 30 days. Of 118 dispatches 77 went to child welfare; 25 were concern messages.",
  origin: "incidents.md, case B: facts (Bergen) and mechanisms 1-6; altinn.md section 5",
  tests: "sender",
  channels: ["altinn-dispatch", "fiks-io"],
  startsAt: "2023-01-09T09:00:00",
  municipalities: [storhamn],
  people: [...asleep(storhamn), dutyOfficer],
  switches: {},
  steps: labels.flatMap((label) => [
    sends(label, storhamn.number, { district: "01" }),
    waits({ hours: 36, minutes: 30 }),
  ]),
  faults: [],
  mustHold: isSeenThrough,
};
export default scenario;
