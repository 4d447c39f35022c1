import type { LedgerEntry, Survival } from "./ledger.ts";
import type { BoundaryName } from "./names.ts";

/** What a fault does at its boundary. Durations in ms of the world's clock. */
export type FaultAction =
  /** The connection is refused: the party never sees the request. */
  | { readonly kind: "refuse" }
  /** The connection is reset: before the effect at `asked`, after it at `done`; the answer is lost. */
  | { readonly kind: "reset" }
  /** The answer, or the delivered body, breaks off after this many bytes. */
  | { readonly kind: "cut"; readonly afterBytes: number }
  /** Nothing more is heard on this exchange until faults heal. */
  | { readonly kind: "stall" }
  /** At `asked` the request, at `done` the answer, arrives late. */
  | { readonly kind: "delay"; readonly byMs: number }
  /** The same request arrives once more, verbatim; only the second answer is heard. */
  | { readonly kind: "repeat" }
  /** The party answers this instead of doing anything. */
  | { readonly kind: "answer"; readonly status: number; readonly retryAfterSeconds?: number }
  /** The system under test is killed here and started again at once. */
  | { readonly kind: "crash"; readonly class: "process" | "power"; readonly survives: Survival }
  /** The system under test is asked to stop here, and started again when it has. */
  | { readonly kind: "stop"; readonly graceMs: number }
  /** The party itself is killed here and started again after a while: what it held in memory is gone. */
  | { readonly kind: "crashParty"; readonly downMs: number }
  /** The system under test hears and says nothing for a while. */
  | { readonly kind: "pause"; readonly forMs: number };

export type FaultFamily = "network" | "process" | "store" | "time" | "protocol" | "people";

/** Something bad we do on purpose (`komfrem.fault/v1`): at which boundary, what, how often. */
export type Fault = {
  readonly id: string;
  /** A boundary, or a pattern such as `receiver.register(*)/1:done`; `*` matches one part. */
  readonly at: BoundaryName;
  readonly does: FaultAction;
  /** How many matching boundaries it strikes; 1 unless said. */
  readonly times?: number;
};

/** The family a fault is counted under. */
export function familyOf(action: FaultAction): FaultFamily {
  switch (action.kind) {
    case "refuse":
    case "reset":
    case "cut":
    case "stall":
    case "delay":
    case "repeat":
    case "answer":
      return "network";
    case "crash":
    case "stop":
    case "crashParty":
    case "pause":
      return "process";
  }
}

/**
 * The faults of a run by the concrete boundaries they struck, so that a replay never depends on the order of matching.
 * A fault that struck nowhere stays as it was given.
 *
 * @source RULES.md, section C rule 8
 */
export function asStruck(faults: readonly Fault[], ledger: readonly LedgerEntry[]): Fault[] {
  return faults.flatMap((fault) => {
    const struck = ledger.flatMap((entry) =>
      entry.kind === "faulted" && entry.faultId === fault.id && entry.outcome !== "not-reached" ? [entry.boundary] : [],
    );
    if (struck.length === 0 || (struck.length === 1 && struck[0] === fault.at)) return [fault];
    return struck.map((at, i) => ({ id: i === 0 ? fault.id : `${fault.id} #${i + 1}`, at, does: fault.does }));
  });
}
