import { describe, expect, it } from "vitest";
import {
  acks,
  asked,
  delivered,
  ends,
  type Item,
  judgement,
  leaked,
  ledger,
  mottatt,
  registers,
  run,
  senderRun,
  sent,
} from "./fixtures.ts";
import { noLeak } from "./no-leak.ts";

const handled: Item = [sent("A"), delivered("A"), registers("A"), mottatt("A"), acks("A")];
const rest = ends();
const judge = (...items: Item[]) => judgement(noLeak, ledger(...items));

describe("no-leak", () => {
  it("holds where an order number only looks like an id number: it was not planted", () => {
    expect(judge(handled, asked("receiver.lookup(A)/1", { copies: ["A"] }), rest)).toMatchObject({
      judged: 5,
      findings: [],
    });
  });

  it("fails where a canary stands percent-encoded in a URL", () => {
    const entries = ledger(
      handled,
      asked("receiver.lookup(A)/1"),
      leaked({ delivery: "A", exchange: "receiver.lookup(A)/1" }),
      rest,
    );
    const [finding] = judgement(noLeak, entries).findings;
    expect(finding).toMatchObject({ rule: "no-leak", delivery: "A", blames: "integration" });
    expect(finding?.entries.map((seq) => entries[seq]?.kind)).toEqual(["leaked"]);
    expect(finding?.happened).toContain("url of receiver.lookup(A)/1");
    expect(finding?.happened).toContain("percent");
  });

  it("fails where the plain hash of an id number labels a metric", () => {
    expect(
      judge(handled, leaked({ where: "metric", encoding: "sha256", planted: "A form id-number" }), rest).findings,
    ).toMatchObject([{ delivery: "A", blames: "integration" }]);
  });

  it("knows the delivery by the entry's own word, its copy, its message, else by what was planted", () => {
    const of = (over: Parameters<typeof leaked>[0]) => judge(handled, leaked(over), rest).findings[0]?.delivery;
    expect([
      of({ delivery: "A@4601-01" }),
      of({ copy: "A@4601-02~2" }),
      of({ message: "B" }),
      of({ planted: "C pdf tail" }),
    ]).toEqual(["A@4601-01", "A@4601-02", "B", "C"]);
    const plain = judge(handled, leaked({ delivery: "A", encoding: "plain" }), rest).findings[0]?.happened;
    expect(plain).toMatch(/stands in url\.$/);
  });

  it("tells one place of one delivery once, with the first five that prove it", () => {
    const logged = Array.from({ length: 7 }, () => leaked({ delivery: "A", where: "log" }));
    const { findings } = judge(
      handled,
      logged,
      leaked({ delivery: "A", where: "url" }),
      leaked({ delivery: "B", where: "log" }),
      rest,
    );
    expect(findings.map(({ delivery, entries }) => [delivery, entries.length])).toEqual([
      ["A", 5],
      ["A", 1],
      ["B", 1],
    ]);
  });

  it("blames the party that asked, where that was another", () => {
    const submit = "portal.submit(A)/1";
    expect(
      judge(handled, asked(submit, { asker: "sender" }), leaked({ exchange: submit }), rest).findings,
    ).toMatchObject([{ blames: "sender" }]);
    expect(
      judge(handled, asked(submit, { asker: "sender" }), leaked({ exchange: "alarm.raise(A)/1" }), rest).findings,
    ).toMatchObject([{ blames: "integration" }]);
    expect(judge(run({ suts: [] }), leaked({ where: "log" })).findings).toMatchObject([{ blames: "integration" }]);
    expect(judge(handled, asked(submit, { asker: "sender" }), leaked({ where: "log" }), rest).findings).toMatchObject([
      { blames: "integration" },
    ]);
  });

  it("judges the exchanges that the system asked for, and its log where that is captured", () => {
    const observed = run({ observers: [{ name: "log", reads: ["log"], settleMs: 0 }] });
    expect(judge(handled, rest)).toMatchObject({ judged: 4, notices: [{}] });
    expect(judge(observed, handled, rest)).toEqual({ judged: 5, findings: [], doubts: [] });
    expect(judge(observed, rest).judged).toBe(0);
    expect(judge(rest)).toEqual({ judged: 0, findings: [], doubts: [] });
  });

  it("does not take a claim for a leak", () => {
    expect(judge(handled, leaked({ by: "claim" }), rest).findings).toEqual([]);
  });
});

describe("no-leak, for a sender under test", () => {
  it("counts what it answers, and blames it for content in it", () => {
    const order = "sender.send(A)/1";
    const said = judgement(
      noLeak,
      ledger(
        senderRun(),
        asked(order, { asker: "police", copies: ["A"] }),
        leaked({ exchange: order, where: "answer" }),
      ),
    );
    expect(said).toMatchObject({ judged: 1, findings: [{ delivery: "A", blames: "sender" }] });
  });
});
