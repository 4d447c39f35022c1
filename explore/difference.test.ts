import { describe, expect, it } from "vitest";
import type { LedgerBody, LedgerEntry } from "../core/ledger.ts";
import { differenceOf } from "./difference.ts";

/** Exchanges about messages, each with how it came out. */
function ledger(...happened: readonly (readonly [exchange: string, message: string, came: string])[]): LedgerEntry[] {
  const bodies = happened.flatMap(([exchange, message, came]): (LedgerBody & { exchange: string })[] => [
    { kind: "asked", operation: "any", asker: "integration", attempt: 1, copies: [message], bytes: 0, exchange },
    came === "lost"
      ? { kind: "untold", to: "integration", how: "lost", afterBytes: 0, exchange }
      : { kind: "told", to: "integration", saying: "positive", code: came, copies: [message], exchange },
  ]);
  return bodies.map((body, seq) => ({ seq, atMs: seq, by: "world", ...body }) as LedgerEntry);
}

const deliver = ["fiks-io.deliver(A)/1", "A", "deliver"] as const;
const register = ["receiver.register(A)/1", "A", "201"] as const;
const receipt = ["fiks-io.receipt(A)/1", "A", "202"] as const;
const about = (here: LedgerEntry[], there: LedgerEntry[]) => differenceOf(here, there, "A", ["integration"]);

describe("the difference between two systems", () => {
  it("is the first exchange about the message that one of them does not make", () => {
    expect(about(ledger(deliver, receipt, register), ledger(deliver, register, receipt))).toEqual({
      alike: 1,
      before: { exchange: "fiks-io.deliver(A)/1", came: "deliver" },
      here: { exchange: "fiks-io.receipt(A)/1", came: "202" },
      there: { exchange: "receiver.register(A)/1", came: "201" },
    });
  });

  it("is also an answer that came out otherwise, and an end before the other's", () => {
    const lost = ["receiver.register(A)/1", "A", "lost"] as const;
    expect(about(ledger(deliver, lost), ledger(deliver, register))).toMatchObject({ here: { came: "lost" }, alike: 1 });
    const shorter = about(ledger(deliver), ledger(deliver, register));
    expect(shorter).toMatchObject({ alike: 1, there: { exchange: "receiver.register(A)/1" } });
    expect(shorter).not.toHaveProperty("here");
  });

  it("is what an exchange says or makes, where all else is alike", () => {
    const besides = (body: object): LedgerEntry[] => {
      const entries = ledger(deliver, receipt, register);
      return [...entries, { seq: entries.length, atMs: 9, by: "world", delivery: "A", ...body } as LedgerEntry];
    };
    const said = (saying: string) => besides({ kind: "receipted", saying, exchange: receipt[0] });
    expect(about(said("positive"), said("negative"))).toMatchObject({
      alike: 1,
      here: { exchange: receipt[0], came: "202", receipt: "positive" },
      there: { exchange: receipt[0], came: "202", receipt: "negative" },
    });
    const made = (over: object) =>
      besides({
        kind: "registered",
        exchange: register[0],
        municipalityNumber: "4690",
        whole: true,
        parts: [],
        ...over,
      });
    expect(about(made({ district: "01" }), made({ district: "02" }))).toMatchObject({
      here: { registered: { at: "4690-01", whole: true } },
      there: { registered: { at: "4690-02", whole: true } },
    });
    const cut = made({ parts: [{ name: "form", fidelity: "fields", ok: false }] });
    expect(about(cut, made({}))).toMatchObject({ here: { registered: { whole: false } } });
    expect(about(cut, cut)).toBeUndefined();
  });

  it("is none where both do alike, whatever they do with other messages", () => {
    const other = ["fiks-io.deliver(B)/1", "B", "deliver"] as const;
    expect(about(ledger(deliver, other, register), ledger(deliver, register))).toBeUndefined();
  });
});
