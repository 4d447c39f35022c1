import { describe, expect, it } from "vitest";
import { judge } from "../../core/judge.ts";
import type { LedgerEntry } from "../../core/ledger.ts";
import { delivered, ends, faulted, ledger, mottatt, registers, sent } from "../../core/rules/fixtures.ts";
import { undecided } from "../isolate.ts";
import { type Again, tried } from "./trials.ts";

/** A run in which each of these was answered for first and registered later; what was shown to be held stands there before. */
function answersFirst(ids: readonly string[], { shownHeld = [] }: Again): LedgerEntry[] {
  const held = (id: string): boolean => shownHeld.some((one) => one === id);
  return ledger(
    ...ids.flatMap((id) => [
      sent(id),
      delivered(id),
      ...(held(id) ? [registers(id), mottatt(id)] : [mottatt(id), registers(id)]),
    ]),
    ends(),
  );
}

/** A trial in which what is tried outlives the kill. */
function keeps({ isolate = [] }: Again): LedgerEntry[] {
  return ledger(
    ...isolate.flatMap(({ delivery }) => [
      faulted({ faultId: `isolate-and-kill ${delivery}`, outcome: "injected" }),
      registers(delivery),
    ]),
    ends(),
  );
}

/** Tries a system of which each run leaves open what is listed for it; the last one is repeated. */
async function trying(...opens: (readonly string[])[]) {
  const asked: string[] = [];
  let runs = 0;
  const { judged } = await tried(
    async (again) => {
      if (again.isolate !== undefined) {
        asked.push(`try ${again.isolate.map(({ delivery }) => delivery)}`);
        return { entries: keeps(again) };
      }
      asked.push(`run ${again.shownHeld ?? []}`.trim());
      return { entries: answersFirst(opens[Math.min(runs++, opens.length - 1)] ?? [], again) };
    },
    (entries) => judge(entries, { mustHold: ["receipt-after-store"], suts: ["integration"] }),
  );
  return { asked, verdict: judged.verdict, rule: judged.rules["receipt-after-store"] };
}

describe("a run over sockets that leaves open what was stored", () => {
  it("is tried again for what the next run leaves open, until all of it was shown to be held", async () => {
    const { asked, rule } = await trying(["A"], ["A", "B"]);
    expect(asked).toEqual(["run", "try A", "run A", "try B", "run A,B"]);
    expect(rule.kind).toBe("held");
  });

  it("is open after three trials, each of which left something else open", async () => {
    const { asked, verdict } = await trying(["A"], ["B"], ["C"], ["D"]);
    expect(asked.filter((what) => what.startsWith("try"))).toEqual(["try A", "try B", "try C"]);
    expect(verdict).toEqual({ kind: "inconclusive", because: undecided });
  });
});
