import { describe, expect, it } from "vitest";
import {
  accepted,
  alerted,
  asked,
  at,
  byHand,
  contentGoes,
  days,
  delivered,
  dispatched,
  dispatches,
  dropped,
  ends,
  expires,
  feilet,
  fetched,
  handsBack,
  hears,
  held,
  hours,
  type Item,
  judgement,
  ledger,
  linked,
  mails,
  minutes,
  mottatt,
  municipality,
  offered,
  opened,
  phase,
  purged,
  registers,
  resends,
  run,
  senderRun,
  sent,
  submitted,
  told,
  untold,
} from "./fixtures.ts";
import { noSilentExpiry } from "./no-silent-expiry.ts";

const end: Item = [at(days(60)), phase("end")];
const judged = (...items: readonly Item[]) => judgement(noSilentExpiry, ledger(...items, end));
const findings = (...items: readonly Item[]) => judged(...items).findings;
const toldNo = told(undefined, { to: "sender", saying: "negative", code: "expired", copies: ["A"] });

/** Taken on at 0, receipted falsely; the portal deletes it at day 14 although it never was registered. */
const falsely: Item = [sent("A"), delivered("A"), mottatt("A")];
const purge: Item = [at(days(14)), purged("A")];

describe("no-silent-expiry", () => {
  it("holds when the portal deletes at day 14 what was registered and not yet opened", () => {
    expect(judged(sent("A"), registers("A"), mottatt("A"), purge)).toEqual({ judged: 0, findings: [], doubts: [] });
  });

  it("fails when the warning came at 23:59 before a purge at 00:00", () => {
    const entries = ledger(falsely, at(days(14) - minutes(1)), alerted(["A"]), purge, toldNo, end);
    const said = judgement(noSilentExpiry, entries);
    expect(said.judged).toBe(1);
    expect(said.findings[0]?.happened).toContain("too late");
    expect(said.findings[0]?.entries.map((seq) => entries[seq])).toMatchObject([
      { kind: "dropped" },
      { kind: "alerted" },
    ]);
  });

  it("fails when the warning bounced, nobody owns the sink, or it named another", () => {
    for (const useless of [alerted(["A"], { bounced: true }), alerted(["A"], { owner: "" }), alerted(["B"])])
      expect(findings(falsely, useless, purge, toldNo)).toHaveLength(1);
    expect(findings(falsely, alerted(["A~2"]), purge, toldNo)).toEqual([]);
  });

  it("holds at a lead of 24 h and fails 1 ms later", () => {
    const warned = (ms: number) => findings(falsely, at(ms), alerted(["A"]), purge, toldNo);
    expect(warned(days(13))).toEqual([]);
    expect(warned(days(13) + 1)).toHaveLength(1);
  });

  it("takes the first warning, whatever comes after", () => {
    expect(findings(falsely, alerted(["A"]), at(days(14) - minutes(1)), alerted(["A"]), purge, toldNo)).toEqual([]);
  });

  it("asks for half a life where that is shorter than 24 h", () => {
    const short = (ms: number) =>
      findings(sent("A"), at(ms), alerted(["A"]), at(hours(24)), expires("A", { lastPath: true }));
    expect(short(hours(12))).toEqual([]);
    expect(short(hours(12) + 1)).toHaveLength(1);
    const lateOffer = [submitted("A"), accepted("A"), at(hours(12)), dispatched("A")];
    expect(findings(lateOffer, at(hours(18)), alerted(["A"]), at(hours(24)), expires("A", { lastPath: true }))).toEqual(
      [],
    );
  });

  it("asks that the sender is told within 24 h, by another than the one that let go", () => {
    const warned: Item = [falsely, alerted(["A"]), purge];
    expect(findings(warned)[0]?.happened).toContain("the sender was not told");
    expect(findings(warned, at(days(15)), toldNo)).toEqual([]);
    expect(findings(warned, at(days(15) + 1), toldNo)).toHaveLength(1);
    const toItself = told(undefined, { to: "portal", saying: "negative", copies: ["A"] });
    expect(findings(warned, toItself)).toHaveLength(1);
    const toSut = told(undefined, { to: "integration", saying: "negative", copies: ["A"] });
    expect(findings(warned, toSut)).toHaveLength(1);
    const news = told(undefined, { to: "sender", saying: "news", copies: ["A"] });
    expect(findings(warned, news)).toHaveLength(1);
  });

  it("says nothing of a copy that was not the last path, was let go on purpose, or whose delivery has ended", () => {
    expect(judged(sent("A"), at(hours(24)), expires("A")).judged).toBe(0);
    expect(judged(sent("A"), dropped("A", { lastPath: true })).judged).toBe(0);
    expect(judged(sent("A"), feilet("A"), expires("A", { lastPath: true })).judged).toBe(0);
  });

  it("judges every clock and counter that ends a last path", () => {
    for (const why of ["expired", "purged", "deadlettered"] as const)
      expect(findings(sent("A"), dropped("A", { why, lastPath: true }))).toHaveLength(1);
  });

  it("holds for poison that is kept and was reported by id", () => {
    const kept = held("A", { party: "integration" });
    expect(judged(falsely, kept, at(days(13) + 1), alerted(["A"]), purge)).toMatchObject({ judged: 0, findings: [] });
    expect(findings(falsely, kept, purge)).toHaveLength(1);
    const elsewhere = held("A", { party: "fiks-io" });
    expect(findings(falsely, elsewhere, at(days(13) + 1), alerted(["A"]), purge)).toHaveLength(1);
  });

  it("blames the debtor, or the system under test that had read it and stayed quiet", () => {
    expect(findings(falsely, purge)).toMatchObject([{ blames: "integration" }]);
    expect(findings(submitted("A"), accepted("A"), purge)[0]?.happened).toContain(
      "nobody was warned, and the sender was not told",
    );
    const unread = [submitted("A"), accepted("A"), offered("A")];
    const expiry = expires("A", { lastPath: true });
    expect(findings(unread, expiry)).toMatchObject([{ blames: "portal" }]);
    expect(findings(unread, delivered("A"), expiry)).toMatchObject([{ blames: "integration" }]);
    expect(findings(unread, fetched("A", { reader: "archive" }), expiry)).toMatchObject([{ blames: "portal" }]);
    const both = run({
      suts: [
        { party: "police", role: "sender", hash: "00" },
        { party: "integration", role: "integration", hash: "00" },
      ],
    });
    expect(findings(both, unread, delivered("A"), expiry)).toMatchObject([{ blames: "integration" }]);
  });

  it("gives one finding a delivery, and counts each expiry", () => {
    expect(judged(falsely, purge, expires("A", { lastPath: true }))).toMatchObject({ judged: 2, findings: [{}] });
  });

  it("decides nothing on a poor clock, without a sink, or before the sender's 24 h are over", () => {
    const poor = run({ tierByDomain: { world: "driven", integration: "offset" } });
    expect(judged(poor, falsely, purge)).toMatchObject({ judged: 0, findings: [], doubts: [{ delivery: "A" }] });
    const compressed = run({ tierByDomain: { integration: "compressed" } });
    expect(findings(compressed, falsely, purge)).toHaveLength(1);
    const deaf = run({ switches: [{ name: "alarmSink", value: "none", evidence: "code" }] });
    expect(judged(deaf, falsely, purge)).toMatchObject({ judged: 0, findings: [], doubts: [{ delivery: "A" }] });
    expect(findings(deaf, falsely, alerted(["A"]), purge)).toHaveLength(1);
    const early = (ms: number) =>
      judgement(noSilentExpiry, ledger(falsely, alerted(["A"]), purge, at(ms), phase("end")));
    expect(early(days(15) - 1)).toMatchObject({ judged: 0, doubts: [{}] });
    expect(early(days(15))).toMatchObject({ judged: 1, findings: [{}] });
    expect(judgement(noSilentExpiry, ledger(falsely, purge))).toMatchObject({ judged: 0, doubts: [{}] });
  });

  it("needs no more of the run where both warning and answer are there", () => {
    const told = judgement(noSilentExpiry, ledger(falsely, alerted(["A"]), purge, toldNo));
    expect(told).toMatchObject({ judged: 1, findings: [], doubts: [] });
    expect(judged(linked("A", "x", "1"), ends())).toMatchObject({ judged: 0 });
  });
});

describe("no-silent-expiry tells", () => {
  const gone = (why: "expired" | "purged" | "deadlettered", copy = "A") => dropped(copy, { why, lastPath: true });

  it.each([
    ["expired", "A expired at fiks-io with nothing behind it, and nobody was warned, and the sender was not told."],
    ["purged", "A was deleted by fiks-io with nothing behind it, and nobody was warned, and the sender was not told."],
    [
      "deadlettered",
      "A was given up by fiks-io with nothing behind it, and nobody was warned, and the sender was not told.",
    ],
  ] as const)("how a copy went that %s", (why, happened) => {
    expect(findings(sent("A"), gone(why))[0]?.happened).toBe(happened);
  });

  it("which copy went, what was missing and nothing else, and proves it by the drop and the late warning", () => {
    const again: Item = [sent("A"), resends("A", "A~2"), at(hours(13)), alerted(["A"])];
    const entries = ledger(again, at(hours(24)), gone("expired", "A~2"), toldNo, end);
    const [finding] = judgement(noSilentExpiry, entries).findings;
    expect(finding?.happened).toBe("A~2 expired at fiks-io with nothing behind it, and the warning came too late.");
    expect(finding?.entries.map((seq) => entries[seq]?.kind)).toEqual(["dropped", "alerted"]);
    const silentOne = ledger(sent("A"), toldNo, at(hours(24)), gone("expired"), end);
    const [silent] = judgement(noSilentExpiry, silentOne).findings;
    expect(silent?.happened).toBe("A expired at fiks-io with nothing behind it, and nobody was warned.");
    expect(silent?.entries.map((seq) => silentOne[seq]?.kind)).toEqual(["dropped"]);
  });

  it("of no life where nobody was seen to hold the copy: a warning as late as the drop is in time", () => {
    const unheld: Item = [submitted("A"), at(hours(24)), alerted(["A"]), gone("expired"), toldNo];
    expect(findings(unheld)).toEqual([]);
  });

  it("of each answer once, though whoever asks hears it every hour from two parties in turn", () => {
    const toldPortal = told(undefined, { to: "archive", saying: "negative", copies: ["A"] });
    expect(findings(falsely, alerted(["A"]), toldPortal, purge, toldPortal)).toEqual([]);
    expect(findings(falsely, alerted(["A"]), toldPortal, toldNo, purge)).toEqual([]);
  });
});

describe("no-silent-expiry, for a sender under test", () => {
  const dispatchA: Item = [senderRun(), submitted("A"), dispatches("A")];
  const day30: Item = [at(days(30)), contentGoes("A")];
  const reads = (ms: number): Item => [at(ms), hears("negative", "A")];

  it("fails where it published and looked away", () => {
    expect(findings(dispatchA, day30)).toMatchObject([{ delivery: "A", blames: "sender" }]);
    expect(findings(dispatchA, day30)[0]?.happened).toContain("nobody was warned, and the sender was not told");
  });

  it("holds where it warned a day before, and asked within a day after: that it reads is a telling", () => {
    const warned: Item = [dispatchA, at(days(29)), alerted(["A"]), day30];
    expect(judged(warned, reads(days(31)))).toMatchObject({ judged: 1, findings: [] });
    expect(findings(warned, reads(days(31) + 1))).toHaveLength(1);
    expect(findings(warned)[0]?.happened).toContain("the sender was not told");
    expect(findings(dispatchA, at(days(29) + 1), alerted(["A"]), day30, reads(days(31)))).toHaveLength(1);
  });

  it("takes no refusal that came before for word of the expiry, and the first word after it though more come", () => {
    const refusedFirst: Item = [senderRun(), submitted("A"), hears("negative", "A", { code: "400" }), dispatches("A")];
    expect(findings(refusedFirst, at(days(29)), alerted(["A"]), day30)).toHaveLength(1);
    const again: Item = [dispatchA, alerted(["A"]), reads(days(1)), day30, reads(days(31)), reads(days(40))];
    expect(findings(again)).toEqual([]);
  });

  it("fails where the warning came a minute before, though the sender has its own copy: keeping it warns nobody", () => {
    const kept: Item = [dispatchA, held("A", { party: "sender" })];
    const late: Item = [at(days(30) - minutes(1)), alerted(["A"]), day30];
    expect(findings(kept, late)[0]?.happened).toContain("the warning came too late, and the sender was not told");
  });

  it("is regular retention of what was registered, returned, or opened by a person", () => {
    for (const end of [[opened("A"), byHand("A")], handsBack("A"), opened("A")])
      expect(judged(dispatchA, at(days(3)), end, day30)).toMatchObject({ judged: 0, findings: [] });
    expect(findings(dispatchA, opened("A", { opener: "machine", who: municipality }), day30)).toHaveLength(1);
    expect(findings(dispatchA, day30, at(days(31)), opened("A"))).toHaveLength(1);
  });

  it("treats files that expire on Correspondence alike", () => {
    const mailA: Item = [senderRun(), submitted("A"), mails("A", { lifeEndsMs: days(14) })];
    const goes = dropped("A", { party: "altinn-correspondence", why: "expired", lastPath: true });
    expect(findings(mailA, at(days(14)), goes)).toMatchObject([{ blames: "sender" }]);
    expect(findings(mailA, at(days(13)), alerted(["A"]), at(days(14)), goes, reads(days(15)))).toEqual([]);
  });

  it("blames the municipality where it had taken the debt, or deleted it itself", () => {
    const mailA: Item = [senderRun(), submitted("A"), mails("A", { lifeEndsMs: days(14) })];
    const gone = { party: "altinn-correspondence", lastPath: true } as const;
    const confirmed = hears("positive", "A", { takesDebt: municipality });
    expect(findings(mailA, confirmed, at(days(14)), dropped("A", { ...gone, why: "expired" }))).toMatchObject([
      { blames: municipality },
    ]);
    const exchange = "altinn-correspondence.purge(A)/1";
    const purges: Item = [
      asked(exchange, { asker: municipality, copies: ["A"] }),
      dropped("A", { ...gone, why: "purged", exchange }),
      told(exchange, { to: municipality, copies: ["A"] }),
    ];
    expect(findings(mailA, purges)).toMatchObject([{ blames: municipality }]);
  });

  it("blames whoever had asked for it to be deleted only while that was being done, and by that exchange", () => {
    const mailA: Item = [senderRun(), submitted("A"), mails("A", { lifeEndsMs: days(14) })];
    const exchange = "altinn-correspondence.purge(A)/1";
    const asks = asked(exchange, { asker: municipality, copies: ["A"] });
    const goes = (over: { exchange?: string } = {}): Item =>
      dropped("A", { party: "altinn-correspondence", lastPath: true, why: "purged", ...over });
    const blamed = (...items: Item[]) => findings(mailA, ...items)[0]?.blames;
    expect(blamed(asks, goes({ exchange }))).toBe(municipality);
    expect(blamed(asks, goes())).toBe("sender");
    expect(blamed(asks, goes({ exchange: "altinn-correspondence.purge(B)/1" }))).toBe("sender");
    expect(blamed(asks, told(exchange, { to: municipality }), goes({ exchange }))).toBe("sender");
    expect(blamed(asks, untold(exchange, { to: municipality }), goes({ exchange }))).toBe("sender");
    const elsewhere = "altinn-correspondence.purge(B)/1";
    expect(blamed(asks, told(elsewhere), untold(elsewhere), goes({ exchange }))).toBe(municipality);
    const looks = "altinn-correspondence.content(A)/1";
    expect(blamed(asked(looks, { asker: municipality, copies: ["A"] }), goes({ exchange: looks }))).toBe("sender");
  });
});
