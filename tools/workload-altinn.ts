import type { Scenario } from "../core/scenario.ts";
import { sends, waits } from "../core/scenario-verbs.ts";
import { fjordvik } from "../scenarios/places.ts";

/** Workload Altinn: Correspondence polled each hour for 31 days, a confidential message with a file to confirm each day. */
export function workloadAltinn(): Scenario {
  return {
    schema: "komfrem.scenario/v1",
    id: "workload-altinn",
    title: "A month of hourly polls",
    because: "Most polls see nothing, and each needs a new token.",
    origin: "DESIGN.md, section 9",
    channels: ["altinn-correspondence"],
    startsAt: "2023-05-08T08:00:00",
    municipalities: [fjordvik],
    people: [],
    switches: { pollIntervalMinutes: 60 },
    steps: Array.from({ length: 31 }, (_, day) => [
      sends(`d${day}`, fjordvik.number, {
        by: "altinn-correspondence",
        district: "01",
        mail: { confirmation: true },
      }),
      waits({ days: 1 }),
    ]).flat(),
    faults: [],
    mustHold: ["no-loss", "delivers"],
  };
}
