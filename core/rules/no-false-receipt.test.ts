import { describe, expect, it } from "vitest";
import {
  acks,
  alerted,
  at,
  delivered,
  dropped,
  ends,
  feilet,
  held,
  hours,
  type Item,
  judgement,
  ledger,
  mails,
  mottatt,
  municipality,
  quarantined,
  receipted,
  registered,
  registers,
  resends,
  restored,
  senderRun,
  sent,
  settled,
  settles,
  submitted,
  whole,
} from "./fixtures.ts";
import { noFalseReceipt } from "./no-false-receipt.ts";

type Items = readonly Item[];
const judged = (...items: Items) => judgement(noFalseReceipt, ledger(...items, ends()));
const findings = (...items: Items) => judged(...items).findings;
const onBroker = { channel: "altinn-broker" };

describe("no-false-receipt", () => {
  it("holds for a second mottatt about a redelivered, already registered copy", () => {
    const story = [sent("A"), registers("A"), mottatt("A"), delivered("A", 2), mottatt("A", 2), acks("A")];
    expect(judged(...story)).toEqual({ judged: 1, findings: [], doubts: [] });
  });

  it("fails when the container held nothing and an empty case was opened and receipted", () => {
    const [finding] = findings(sent("A"), delivered("A"), registers("A", { parts: [] }), mottatt("A"), acks("A"));
    expect(finding).toMatchObject({ delivery: "A", blames: "integration" });
    expect(finding?.happened).toContain("not what was sent");
  });

  it("fails when it was receipted and never registered, from the receipt on", () => {
    const entries = ledger(sent("A"), delivered("A"), mottatt("A"), acks("A"), ends());
    const [finding] = judgement(noFalseReceipt, entries).findings;
    expect(entries[finding?.entries[0] ?? 0]).toMatchObject({ kind: "receipted", saying: "positive" });
    expect(finding?.happened).toContain("gave a positive receipt");
  });

  it("fails when it was acknowledged and discarded, and names the earlier of two answers", () => {
    expect(findings(sent("A"), delivered("A"), acks("A"))[0]?.happened).toContain("settled A");
    const entries = ledger(sent("A"), delivered("A"), acks("A"), mottatt("A"), acks("A", 2), ends());
    const [first] = judgement(noFalseReceipt, entries).findings[0]?.entries ?? [];
    expect(entries[first ?? 0]).toMatchObject({ kind: "settled", exchange: "fiks-io.settle(A)/1" });
    expect(judged(sent("A"), acks("A")).judged).toBe(1);
    expect(judged(acks("Z"), mottatt("Z"), settled("Z"))).toEqual({ judged: 0, findings: [], doubts: [] });
    expect(judged({ kind: "settled", how: "ack", positive: true }).judged).toBe(0);
  });

  it("fails when a part is not what was sent, or the whole is not, and holds once all of it is registered", () => {
    const cut = whole().map((part, i) => ({ ...part, ok: i === 0 }));
    expect(findings(sent("A"), registers("A", { parts: cut }), mottatt("A"))).toHaveLength(1);
    expect(findings(sent("A"), registers("A", { whole: false }), mottatt("A"))).toHaveLength(1);
    expect(findings(sent("A"), registers("A", { whole: false }), registers("A", { attempt: 2 }), mottatt("A"))).toEqual(
      [],
    );
  });

  it("holds when a copy was only settled and the answer is no", () => {
    expect(judged(sent("A"), delivered("A"), feilet("A"), acks("A"))).toEqual({ judged: 1, findings: [], doubts: [] });
    expect(findings(sent("A"), delivered("A"), acks("A"), feilet("A"))).toEqual([]);
  });

  it("has nothing to judge where nothing was answered positively", () => {
    expect(judged(sent("A"), feilet("A"), settles("A", "nack"))).toMatchObject({ judged: 0, findings: [] });
  });

  it("fails when one copy got both a positive and a negative receipt, also if it was registered", () => {
    const entries = ledger(sent("A"), registers("A"), mottatt("A"), feilet("A", { attempt: 2 }), ends());
    const [finding] = judgement(noFalseReceipt, entries).findings;
    expect(finding?.happened).toContain("both a positive and a negative");
    expect(finding?.entries.map((seq) => entries[seq])).toMatchObject([{ saying: "positive" }, { saying: "negative" }]);
    const reversed = ledger(sent("A"), feilet("A"), mottatt("A", 2), ends());
    const [otherWay, ...more] = judgement(noFalseReceipt, reversed).findings;
    expect(more).toEqual([]);
    expect(otherWay?.happened).toContain("both a positive and a negative");
    expect(otherWay?.entries.map((seq) => reversed[seq])).toMatchObject([
      { saying: "negative" },
      { saying: "positive" },
    ]);
    expect(findings(sent("A"), feilet("A"), resends("A", "A~2"), registers("A~2"), mottatt("A~2"))).toEqual([]);
  });

  it("fails where the yes was about one copy and the no about another, and nothing was registered", () => {
    const [finding] = findings(sent("A"), mottatt("A"), resends("A", "A~2"), feilet("A~2"));
    expect(finding?.happened).toContain("never registered");
  });

  it("fails where a probe showed the case and later did not, and holds where it shows it again", () => {
    const by = "probe:product";
    const shown = [sent("A"), registered("A", { by }), mottatt("A"), acks("A")];
    const gone = dropped("A", { party: "integration", why: "lost", by });
    expect(findings(...shown, gone)).toMatchObject([{ rule: "no-false-receipt", blames: "integration" }]);
    expect(findings(...shown, gone, registered("A", { by }))).toEqual([]);
    // What a party lets go of, after it was registered, takes nothing back.
    expect(findings(...shown, dropped("A", { party: "integration", why: "lost" }))).toEqual([]);
  });

  it("leaves to no-loss what a restored backup took after the answer, unless that was both yes and no", () => {
    const kept: Item = [sent("A"), at(hours(2)), held("A", { party: "integration" }), mottatt("A"), acks("A")];
    const undone = restored("integration", hours(1));
    expect(judged(kept)).toMatchObject({ judged: 1, findings: [{}] });
    expect(judged(kept, undone)).toEqual({ judged: 0, findings: [], doubts: [] });
    expect(findings(kept, feilet("A", { attempt: 2 }), undone)[0]?.happened).toContain(
      "both a positive and a negative",
    );
  });

  it("proves a damaged registration by the first of it, before the answer that it belies", () => {
    const damaged = [registers("A", { whole: false }), registers("A", { attempt: 2, whole: false })];
    const entries = ledger(sent("A"), ...damaged, mottatt("A"), ends());
    const [finding] = judgement(noFalseReceipt, entries).findings;
    expect(finding?.entries.map((seq) => entries[seq])).toMatchObject([
      { kind: "registered", exchange: "receiver.register(A)/1" },
      { kind: "receipted" },
    ]);
  });

  it("holds for what is kept and reported, only where the channel has no negative answer", () => {
    const kept = [quarantined("A"), alerted(["A"]), receipted("A")];
    expect(findings(sent("A", onBroker), ...kept)).toEqual([]);
    expect(findings(sent("A"), ...kept)).toHaveLength(1);
    expect(findings(sent("A", onBroker), quarantined("A"), alerted(["A"]), acks("A"))).toHaveLength(1);
    expect(findings(sent("A", onBroker), quarantined("A"), receipted("A"))).toHaveLength(1);
    expect(findings(sent("A", onBroker), alerted(["A"]), receipted("A"))).toHaveLength(1);
    expect(
      findings(sent("A", onBroker), quarantined("A", { retrievable: false }), alerted(["A"]), receipted("A")),
    ).toHaveLength(1);
    expect(
      findings(sent("A", onBroker), quarantined("A"), alerted(["A"], { bounced: true }), receipted("A")),
    ).toHaveLength(1);
    expect(findings(sent("A", onBroker), quarantined("A"), alerted(["A"], { owner: "" }), receipted("A"))).toHaveLength(
      1,
    );
    expect(findings(sent("A", onBroker), quarantined("A"), alerted(["B"]), receipted("A"))).toHaveLength(1);
  });

  it("blames whom the copy was offered to", () => {
    expect(findings(sent("A", { to: "receiver" }), receipted("A"))).toMatchObject([{ blames: "receiver" }]);
  });

  it("decides nothing where a probe could not read every part, or the ledger breaks off", () => {
    const partial = registered("A", { parts: [], complete: false });
    expect(judged(sent("A"), partial, mottatt("A"))).toMatchObject({
      judged: 0,
      findings: [],
      doubts: [{ delivery: "A" }],
    });
    const torn = judgement(noFalseReceipt, ledger(sent("A"), mottatt("A")));
    expect(torn).toMatchObject({ judged: 0, findings: [], doubts: [{ delivery: "A" }] });
  });
});

describe("no-false-receipt, where mail lies in Altinn", () => {
  const mailA: Item = [submitted("A", { sender: "police" }), mails("A", { to: "integration", sender: "police" })];
  const kept = held("A", { party: "integration" });

  it("owes no receipt where none was asked for", () => {
    expect(judged(mailA, ends())).toMatchObject({ judged: 0, findings: [] });
  });

  it("fails where it confirmed and never registered, and holds where what it kept was reported", () => {
    expect(findings(mailA, receipted("A"), ends())).toMatchObject([{ blames: "integration" }]);
    expect(findings(mailA, receipted("A"), kept, alerted(["A"]), ends())).toEqual([]);
    expect(findings(mailA, receipted("A"), alerted(["A"], { retrievable: true }), ends())).toEqual([]);
    for (const half of [kept, alerted(["A"]), [kept, alerted(["A"], { bounced: true })], [kept, alerted(["B"])]])
      expect(findings(mailA, receipted("A"), half, ends())).toHaveLength(1);
  });

  it("excuses no mottatt by what lies kept, though a further copy came by mail", () => {
    const both: Item = [sent("A"), mails("A~2", { to: "integration", sender: "police" })];
    expect(findings(both, receipted("A"), kept, alerted(["A"]), ends())).toHaveLength(1);
    expect(findings(both, receipted("A~2"), kept, alerted(["A"]), ends())).toEqual([]);
    expect(findings(both, receipted("A~2"), receipted("A"), kept, alerted(["A"]), ends())).toHaveLength(1);
  });

  it("blames the municipality whose machine or people confirmed what never became a case", () => {
    expect(findings(senderRun(), submitted("A"), mails("A"), receipted("A"), ends())).toMatchObject([
      { blames: municipality },
    ]);
  });
});
