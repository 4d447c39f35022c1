import { describe, expect, it } from "vitest";
import {
  acks,
  asked,
  byHand,
  crashed,
  delivered,
  dropped,
  ends,
  feilet,
  held,
  type Item,
  judgement,
  ledger,
  mails,
  mottatt,
  municipality,
  receipted,
  registered,
  registers,
  resends,
  run,
  sent,
  settled,
  settles,
  submitted,
  told,
  untold,
} from "./fixtures.ts";
import { receiptAfterStore } from "./receipt-after-store.ts";

type Items = readonly Item[];
const judged = (...items: Items) => judgement(receiptAfterStore, ledger(...items, ends()));
const findings = (...items: Items) => judged(...items).findings;
const strict = run({ parameters: { profile: "strict" } });
const inbox = held("A", { party: "integration" });

describe("receipt-after-store", () => {
  it("holds for a durable inbox that acknowledges first and registers later", () => {
    const story = [sent("A"), delivered("A"), inbox, acks("A"), mottatt("A"), registers("A")];
    expect(judged(...story)).toEqual({ judged: 2, findings: [], doubts: [] });
  });

  it("holds where a backup took what had been stored before the receipt", () => {
    const restored = dropped("A", { party: "receiver", why: "restored" });
    expect(judged(sent("A"), delivered("A"), registers("A"), restored, mottatt("A"), acks("A")).findings).toEqual([]);
  });

  it("fails when the store came only from the second copy", () => {
    const entries = ledger(
      sent("A"),
      delivered("A"),
      mottatt("A"),
      crashed(),
      delivered("A", 2),
      registers("A"),
      mottatt("A", 2),
      acks("A"),
      ends(),
    );
    const said = judgement(receiptAfterStore, entries);
    expect(said.findings).toMatchObject([{ delivery: "A", blames: "integration" }]);
    expect(said.findings[0]?.entries.map((seq) => entries[seq])).toMatchObject([
      { kind: "asked", operation: "receipt", attempt: 1 },
      { kind: "receipted" },
      { kind: "registered" },
    ]);
    expect(findings(sent("A"), delivered("A"), mottatt("A"), resends("A", "A~2"), registers("A~2"))).toHaveLength(1);
  });

  it("fails when a copy was settled before anything was stored", () => {
    expect(findings(sent("A"), delivered("A"), acks("A"), registers("A"))[0]?.happened).toContain("settled");
  });

  it("holds for store, then receipt, then acknowledgement", () => {
    const story = [sent("A"), delivered("A"), registers("A"), mottatt("A"), acks("A")];
    expect(judged(...story)).toEqual({ judged: 2, findings: [], doubts: [] });
  });

  it("leaves what is never registered to no-false-receipt", () => {
    expect(judged(sent("A"), delivered("A"), mottatt("A"), acks("A"))).toEqual({ judged: 0, findings: [], doubts: [] });
  });

  it("looks at the instant the receipt was asked for, not when it took effect", () => {
    const [ask, ...rest] = [mottatt("A")].flat() as Items;
    if (ask === undefined) throw new Error("no receipt");
    expect(findings(sent("A"), delivered("A"), ask, registers("A"), rest)).toHaveLength(1);
  });

  it("does not count a copy that was let go again, or is not durable enough, or belongs to the sender's side", () => {
    const gone = dropped("A", { party: "integration", why: "lost" });
    expect(findings(sent("A"), inbox, gone, mottatt("A"), registers("A"))).toHaveLength(1);
    const memory = held("A", { party: "receiver", durability: "memory" });
    expect(findings(sent("A"), memory, mottatt("A"), registers("A"))).toHaveLength(1);
    expect(findings(sent("A"), held("A", { ok: false }), mottatt("A"), registers("A"))).toHaveLength(1);
    const process = held("A", { party: "integration", durability: "process" });
    expect(findings(sent("A"), process, mottatt("A"), registers("A"))).toEqual([]);
    const power = run({ parameters: { durability: "power" } });
    expect(findings(power, sent("A"), process, mottatt("A"), registers("A"))).toHaveLength(1);
  });

  it("counts what the receiver, a second one, or any receiving system under test has stored", () => {
    const both = run({
      suts: [
        { party: "police", role: "sender", hash: "00" },
        { party: "integration", role: "integration", hash: "00" },
      ],
    });
    for (const party of ["receiver", "receiver#2", "integration"])
      expect(findings(both, sent("A"), held("A", { party }), mottatt("A"), registers("A"))).toEqual([]);
    for (const party of ["police", "portal"])
      expect(findings(both, sent("A"), held("A", { party }), mottatt("A"), registers("A"))).toHaveLength(1);
  });

  it("judges one of two stores as long as the other is there", () => {
    const gone = dropped("A", { party: "integration" });
    expect(findings(sent("A"), inbox, registers("A"), gone, mottatt("A"))).toEqual([]);
    expect(findings(sent("A"), inbox, inbox, gone, mottatt("A"), registers("A"))).toHaveLength(1);
  });

  it("judges the first positive answer of each kind, not repeats, and no negative ones", () => {
    const repeats = [sent("A"), registers("A"), mottatt("A"), dropped("A", { party: "receiver" }), mottatt("A", 2)];
    expect(judged(...repeats)).toMatchObject({ judged: 1, findings: [] });
    expect(judged(sent("A"), feilet("A"), settles("A", "requeue"), registers("A"))).toMatchObject({ judged: 0 });
    const resent = [sent("A"), registers("A"), mottatt("A"), resends("A", "A~2"), mottatt("A~2")];
    expect(judged(...resent)).toMatchObject({ judged: 2, findings: [] });
  });

  it("gives one finding a delivery, the first", () => {
    const said = findings(sent("A"), delivered("A"), acks("A"), mottatt("A"), registers("A"));
    expect(said).toHaveLength(1);
    expect(said[0]?.happened).toContain("settled");
  });

  it("demands registration before a business receipt, but not before a settlement, where strict", () => {
    const story = [sent("A"), delivered("A"), inbox, acks("A"), mottatt("A"), registers("A")];
    const said = findings(strict, ...story);
    expect(said).toMatchObject([{ delivery: "A" }]);
    expect(said[0]?.happened).toContain("before it was registered");
    expect(findings(strict, sent("A"), inbox, acks("A"), registers("A"), mottatt("A"))).toEqual([]);
  });

  it("says nothing of messages that no scenario sent", () => {
    expect(judged(settled("status"), receipted("status"), registered("status"))).toMatchObject({ judged: 0 });
  });

  it("is inconclusive where only an experiment can tell how durably it was stored", () => {
    const opaque = held("A", { party: "integration", durability: "unknown" });
    const said = judged(sent("A"), opaque, mottatt("A"), registers("A"));
    expect(said).toMatchObject({ judged: 0, findings: [], doubts: [{ delivery: "A" }] });
  });

  it("counts a registration as stored where the store itself cannot be seen", () => {
    expect(findings(sent("A"), registered("A"), mottatt("A"))).toEqual([]);
    expect(findings(sent("A"), registered("A"), receipted("A"))).toEqual([]);
    expect(findings(sent("A"), receipted("A"), registered("A"))).toHaveLength(1);
  });
});

describe("receipt-after-store tells", () => {
  it("what was done too early, by whom, and proves it in the order it came", () => {
    const entries = ledger(sent("A"), delivered("A"), receipted("A"), settled("A"), registers("A"), ends());
    const [finding] = judgement(receiptAfterStore, entries).findings;
    expect(finding?.happened).toBe(
      "integration gave a positive receipt for A while neither it nor the receiver had a durable copy; it was registered only later.",
    );
    expect(finding?.entries.map((seq) => entries[seq]?.kind)).toEqual(["receipted", "registered"]);
    const strictly = ledger(strict, sent("A"), registers("A~2"), registered("A"), ends());
    expect(judgement(receiptAfterStore, strictly).findings).toEqual([]);
    expect(findings(sent("A"), settled("A"), registers("A"))[0]?.happened).toMatch(
      /^integration settled the copy for A /,
    );
    const after = ledger(strict, sent("A"), delivered("A"), inbox, mottatt("A"), registers("A"), ends());
    const [late] = judgement(receiptAfterStore, after).findings;
    expect(late?.happened).toBe("integration gave a positive receipt for A before it was registered.");
    expect(late?.entries.map((seq) => after[seq]?.kind)).toEqual(["asked", "receipted", "registered"]);
  });

  it("apart what a party has of two copies: letting go of one leaves the other", () => {
    const other = held("A~2", { party: "integration" });
    const gone = dropped("A", { party: "integration", why: "lost" });
    expect(findings(sent("A"), inbox, other, gone, mottatt("A"), registers("A"))).toEqual([]);
    const both = dropped("A~2", { party: "integration", why: "lost" });
    expect(findings(sent("A"), inbox, other, gone, both, mottatt("A"), registers("A"))).toHaveLength(1);
  });

  it("by the first registration, which the receiver has as long as it does not let go", () => {
    const gone = dropped("A", { party: "receiver", why: "lost" });
    expect(findings(sent("A"), registered("A"), gone, mottatt("A"))).toHaveLength(1);
    expect(findings(sent("A"), registered("A"), gone, registered("A"), mottatt("A"))).toHaveLength(1);
  });
});

describe("receipt-after-store, where mail lies in Altinn", () => {
  const mailA: Item = [submitted("A", { sender: "police" }), mails("A", { to: "integration", sender: "police" })];
  const answers = (operation: string): Item => {
    const exchange = `altinn-correspondence.${operation}(A)/1`;
    return [asked(exchange, { copies: ["A"] }), receipted("A", { exchange }), told(exchange, { copies: ["A"] })];
  };

  it.each(["confirm", "archive", "content", "markasread"])(
    "fails where %s answered before anything was stored",
    (how) => {
      expect(findings(mailA, answers(how), registers("A"))).toMatchObject([{ delivery: "A", blames: "integration" }]);
      expect(findings(mailA, held("A", { party: "integration" }), answers(how), registers("A"))).toEqual([]);
      expect(findings(mailA, registers("A"), answers(how))).toEqual([]);
    },
  );

  it("counts what stood stored when the answer was asked for, not when it was written", () => {
    const exchange = "altinn-correspondence.content(A)/1";
    const during: Item = [asked(exchange, { copies: ["A"] }), registers("A"), receipted("A", { exchange })];
    expect(findings(mailA, during)).toHaveLength(1);
  });

  it("tells of a municipality that is not under test, and judges nothing by it", () => {
    const toPeople: Item = [submitted("A"), mails("A")];
    expect(judged(toPeople, receipted("A"), byHand("A"))).toMatchObject({
      judged: 0,
      findings: [{ blames: municipality }],
    });
    expect(judged(toPeople, byHand("A"), receipted("A"))).toMatchObject({ judged: 0, findings: [] });
  });

  it("counts from when it was answered where its asking had been answered already, or its answer was lost", () => {
    const exchange = "altinn-correspondence.confirm(A)/1";
    const ask = asked(exchange, { copies: ["A"] });
    const late: Item = [registers("A"), receipted("A", { exchange })];
    expect(findings(mailA, ask, late)).toHaveLength(1);
    expect(findings(mailA, ask, told(exchange, { copies: ["A"] }), late)).toEqual([]);
    expect(findings(mailA, ask, untold(exchange), late)).toEqual([]);
    const elsewhere = "altinn-correspondence.confirm(B)/1";
    expect(findings(mailA, ask, told(elsewhere), untold(elsewhere), late)).toHaveLength(1);
  });

  it("counts each copy of one answer by itself, and nothing that only looked", () => {
    const exchange = "altinn-correspondence.confirm({A,B})/1";
    const mailB: Item = [submitted("B", { sender: "police" }), mails("B", { to: "integration", sender: "police" })];
    const both: Item = [
      asked(exchange, { copies: ["Z", "A", "B"] }),
      registers("A"),
      receipted("B", { exchange }),
      receipted("A", { exchange }),
      registers("B"),
    ];
    expect(findings(mailA, mailB, registers("B~2"), both).map(({ delivery }) => delivery)).toEqual(["A"]);
    const looks = "altinn-correspondence.overview(A)/1";
    expect(
      findings(mailA, asked(looks, { copies: ["A"] }), registers("A"), receipted("A", { exchange: looks })),
    ).toEqual([]);
  });
});
