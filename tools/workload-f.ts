import type { Scenario, Step } from "../core/scenario.ts";
import familia from "../scenarios/incidents/familia-2023.ts";

const dayMs = 86_400_000;

/** Workload F: Fiks IO in memory, store-then-receipt, 31 days, a bunch of messages each morning. */
export function workloadF(messagesADay: number): Scenario {
  const steps: Step[] = [];
  for (let day = 0; day < 31; day++) {
    for (let nth = 0; nth < messagesADay; nth++)
      steps.push({
        kind: "sends",
        label: `d${day}-${nth}`,
        messageKind: "offentlig",
        version: 1,
        to: { municipality: familia.municipalities[0]?.number ?? "", district: "01" },
        content: "short",
      });
    steps.push({ kind: "waits", ms: dayMs });
  }
  return { ...familia, id: "workload-f", people: [], steps, faults: [], mustHold: ["no-loss", "delivers"] };
}

/** Workload F in 50 steps: 25 messages, a second apart. */
export function workloadFInSteps(): Scenario {
  const month = workloadF(1);
  const sent = month.steps.filter(({ kind }) => kind === "sends").slice(0, 25);
  return {
    ...month,
    id: "workload-f-steps",
    steps: sent.flatMap((step): Step[] => [step, { kind: "waits", ms: 1000 }]),
  };
}
