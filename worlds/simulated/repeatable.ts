import { HarnessError } from "../../core/error.ts";
import type { LedgerEntry } from "../../core/ledger.ts";
import type { WorkerReply } from "./worker.ts";

/** What comes of performing a run once: what its worker said, or how far it had come when it stopped going forward. */
export type Performed =
  | Exclude<WorkerReply, { readonly kind: "role" }>
  | { readonly kind: "stuck"; readonly at: number };

/** How often it is tried to have what was recorded before a system stopped going forward. */
const triesToPost = 3;

/**
 * Performs a run; one that never gives the thread back is done again up to there, to have what was recorded.
 *
 * @throws {HarnessError} The run broke down, or stopped somewhere else at every try.
 */
export async function repeatable(perform: (extra: { readonly postAt?: number }) => Promise<Performed>): Promise<{
  readonly reply: Pick<Extract<Performed, { kind: "done" }>, "entries" | "log" | "witness" | "tookMs">;
  readonly spins: boolean;
}> {
  const began = performance.now();
  let reply = await perform({});
  if (reply.kind === "done") return { reply, spins: false };
  let postAt = Number.POSITIVE_INFINITY;
  for (let tries = 1; reply.kind === "stuck" && tries <= triesToPost; tries++) {
    // One that stopped earlier than before is asked for no more than that.
    postAt = Math.min(postAt, reply.at);
    reply = await perform({ postAt });
  }
  if (reply.kind === "error") throw new HarnessError(reply);
  if (reply.kind === "done" || reply.kind === "spinning")
    return { reply: { entries: reply.entries, log: reply.log, tookMs: performance.now() - began }, spins: true };
  throw new HarnessError({
    happened: "The system stopped going forward, and each time somewhere else.",
    because: `It never gave its thread back in ${triesToPost + 1} runs, so that nothing of what it had done before can be shown.`,
    next: "Look for a loop without an await, or a call that blocks, that depends on more than what the host gives it.",
  });
}

/** Why a run of a system that never came to rest decides nothing. */
export function spinsAt(entries: readonly LedgerEntry[]): string {
  const last = entries.findLast((entry) => entry.exchange !== undefined);
  return `spins at ${last?.exchange ?? "its start"}: the system never came to rest, and time could not pass`;
}
