import { describe, expect, it } from "vitest";
import {
  byHand,
  dispatches,
  type Item,
  judgement,
  ledger,
  registered,
  registers,
  senderRun,
  sent,
  submitted,
  whole,
} from "./fixtures.ts";
import { intact } from "./intact.ts";

const judged = (...items: readonly Item[]) => judgement(intact, ledger(...items));
const cut = whole().map((part, i) => ({ ...part, ok: i === 0 }));

describe("intact", () => {
  it("holds where only line ends and composition differ, under declared text", () => {
    expect(judged(sent("A"), registers("A", { parts: whole("text") }))).toEqual({
      judged: 1,
      findings: [],
      doubts: [],
    });
  });

  it("fails when the tail of an attachment is cut, and names the part", () => {
    const entries = ledger(sent("A"), registers("A", { parts: cut }));
    const { judged, findings } = judgement(intact, entries);
    expect(judged).toBe(1);
    expect(findings).toMatchObject([{ delivery: "A", blames: "integration" }]);
    expect(findings[0]?.happened).toContain('part "pdf"');
    expect(entries[findings[0]?.entries[0] ?? 0]).toMatchObject({ kind: "registered" });
  });

  it("fails when one of two files with the same name was overwritten", () => {
    expect(judged(sent("A"), registers("A", { parts: whole().slice(1) })).findings[0]?.happened).toContain("1 of 2");
  });

  it("fails when order or metadata differ, although every part is there", () => {
    expect(judged(sent("A"), registers("A", { whole: false })).findings).toHaveLength(1);
  });

  it("fails when a later registration alters the first", () => {
    const renamed = whole().map((part, i) => ({ ...part, name: i === 0 ? part.name : "other" }));
    const more = [...whole(), { name: "extra", fidelity: "bytes" as const, ok: true }];
    const entries = ledger(sent("A"), registers("A"), registers("A", { attempt: 2, parts: renamed }));
    const [finding] = judgement(intact, entries).findings;
    expect(finding?.happened).toContain("altered");
    expect(finding?.entries.map((seq) => entries[seq])).toMatchObject([
      { exchange: "receiver.register(A)/2" },
      { exchange: "receiver.register(A)/1" },
    ]);
    expect(judged(sent("A"), registers("A"), registers("A", { attempt: 2, parts: more })).findings).toHaveLength(1);
    expect(
      judged(sent("A"), registers("A"), registers("A", { attempt: 2, parts: more, caseId: "other" })).findings,
    ).toEqual([]);
    expect(judged(sent("A"), registers("A"), registers("A", { attempt: 2 })).findings).toEqual([]);
    const between = registers("A", { attempt: 2, caseId: "other", parts: more });
    const third = registers("A", { attempt: 3, parts: renamed });
    expect(judged(sent("A"), registers("A"), between, third).findings).toHaveLength(1);
  });

  it("gives one finding a delivery, about the first damage", () => {
    const twice = judged(sent("A"), registers("A", { parts: cut }), registers("A", { attempt: 2, whole: false }));
    expect(twice.findings).toHaveLength(1);
    expect(twice.findings[0]?.happened).toContain('part "pdf"');
  });

  it("decides nothing about parts that a probe could not read", () => {
    const partial = registered("A", { by: "probe:case", parts: cut, complete: false });
    expect(judged(sent("A"), partial)).toMatchObject({ judged: 0, findings: [], doubts: [{ delivery: "A" }] });
    expect(judged(sent("A"), partial, registers("A", { whole: false }))).toMatchObject({
      judged: 1,
      findings: [{}],
      doubts: [],
    });
  });

  it("judges only what was registered, and blames whom it was offered to", () => {
    expect(judged(sent("A"), registers("Z", { whole: false }))).toEqual({ judged: 0, findings: [], doubts: [] });
    expect(judged(sent("A", { to: "receiver" }), registers("A", { whole: false })).findings).toMatchObject([
      { blames: "receiver" },
    ]);
    expect(judged(submitted("A"), registers("A", { whole: false })).findings).toMatchObject([
      { blames: "integration" },
    ]);
  });
});

describe("intact, where people make the case", () => {
  it("blames the sender for a part that its copy did not carry", () => {
    const partial = byHand("A", { parts: whole().slice(0, 1), whole: false });
    expect(judgement(intact, ledger(senderRun(), submitted("A"), dispatches("A"), partial)).findings).toMatchObject([
      { delivery: "A", blames: "sender" },
    ]);
  });
});
