import type { Switch } from "../../contracts/fiks/switches.ts";
import { queuedForMs, slowRegisteringMs, slowStagingMs } from "../../contracts/receiver/lifetimes.ts";

export type ReceiverSwitch = "receiverQueuedForMs" | "receiverStagesAfterMs" | "receiverRegistersAfterMs";

/** Switches of the receiver, by name, with the value used where a scenario sets none. */
export const receiverSwitches: Readonly<Record<ReceiverSwitch, Switch>> = {
  receiverQueuedForMs: {
    value: queuedForMs.value,
    allowed: [60_000, 600_000, 3_600_000],
    evidence: queuedForMs.evidence,
    means: "Ms that a queued registration waits in memory.",
    source: queuedForMs.source,
  },
  receiverStagesAfterMs: {
    value: slowStagingMs.value,
    allowed: [1000, 5000],
    evidence: slowStagingMs.evidence,
    means: "Ms until a slow store has staged a registration.",
    source: slowStagingMs.source,
  },
  receiverRegistersAfterMs: {
    value: slowRegisteringMs.value,
    allowed: [30_000, 120_000],
    evidence: slowRegisteringMs.evidence,
    means: "Ms until a slow store has registered what it staged.",
    source: slowRegisteringMs.source,
  },
};
