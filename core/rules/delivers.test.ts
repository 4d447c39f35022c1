import { describe, expect, it } from "vitest";
import type { Draft } from "../ledger.ts";
import { delivers } from "./delivers.ts";
import {
  accepted,
  acks,
  alive,
  asked,
  at,
  byHand,
  causedBy,
  contentGoes,
  crashed,
  days,
  deadletters,
  delivered,
  dispatched,
  dispatches,
  drains,
  dropped,
  effected,
  ends,
  entitled,
  expires,
  faulted,
  feilet,
  handsBack,
  handsIn,
  hears,
  held,
  hours,
  type Item,
  judgement,
  ledger,
  mailbox,
  mails,
  minutes,
  mottatt,
  municipality,
  named,
  opened,
  outage,
  paused,
  phase,
  printed,
  purged,
  refused,
  registers,
  resends,
  restored,
  resumed,
  returned,
  run,
  senderRun,
  sent,
  settles,
  started,
  stopped,
  submitted,
  told,
  untold,
} from "./fixtures.ts";

const judged = (...items: readonly Item[]) => judgement(delivers, ledger(...items));
const findings = (...items: readonly Item[]) => judged(...items).findings;
const excuses = (...items: readonly Item[]) => judged(...items).excuses;
const doubts = (...items: readonly Item[]) => judged(...items).doubts;
/** Some fault that excuses nothing. */
const fault = faulted({ boundary: "receiver.register(Z)/1:asked", exchange: "receiver.register(Z)/1" });
const toPaper: Item = [at(hours(24)), expires("A"), printed("A", { reason: "expired" })];
const answered422: Item = [
  faulted({ exchange: "receiver.register(A)/1" }),
  told("receiver.register(A)/1", { saying: "negative", code: "422", copies: ["A"] }),
];

describe("delivers", () => {
  it("excuses what expired in an outage of 30 h with a life of 24 h, and names the outage", () => {
    const entries = ledger(outage(hours(30)), sent("A"), toPaper, at(hours(30)), ends(hours(30)));
    const said = judgement(delivers, entries);
    expect(said).toMatchObject({ judged: 0, findings: [], doubts: [], excuses: [{ delivery: "A" }] });
    expect(entries[said.excuses?.[0]?.entry ?? 0]).toMatchObject({ kind: "faulted", untilMs: hours(30) });
  });

  it("fails when every message is answered feilet and ends on paper", () => {
    const entries = ledger(
      sent("A"),
      delivered("A"),
      feilet("A"),
      acks("A"),
      sent("B"),
      feilet("B"),
      acks("B"),
      ends(),
    );
    const said = judgement(delivers, entries);
    expect(said.judged).toBe(2);
    expect(said.findings).toMatchObject([
      { delivery: "A", blames: "integration" },
      { delivery: "B", blames: "integration" },
    ]);
    const proof = said.findings.map((finding) => finding.entries.map((seq) => entries[seq]));
    expect(proof[0]).toMatchObject([{ kind: "receipted", saying: "negative" }, { kind: "offered" }]);
  });

  it("fails when the system never connects and the message expires, though it was printed", () => {
    expect(findings(started(), sent("A"), toPaper, ends(hours(25)))).toHaveLength(1);
    const compressed = run({ tierByDomain: { integration: "compressed" } });
    expect(findings(compressed, started(), sent("A"), toPaper, ends(hours(25)))).toHaveLength(1);
  });

  it("names the entry at which the last way broke off, or the end of the run", () => {
    const brokeAt = (...items: readonly Item[]) => {
      const entries = ledger(...items, ends(hours(48)));
      return entries[judgement(delivers, entries).findings[0]?.entries[0] ?? 0];
    };
    expect(brokeAt(sent("A"))).toMatchObject({ kind: "phase", phase: "end" });
    expect(brokeAt(sent("A"), dropped("A", { party: "portal" }))).toMatchObject({ kind: "phase", phase: "end" });
    expect(brokeAt(sent("A"), mottatt("A"), acks("A"), feilet("A"))).toMatchObject({ kind: "dropped" });
    expect(brokeAt(sent("A"), toPaper, resends("A", "A~2"))).toMatchObject({ kind: "phase", phase: "end" });
    const late = ledger(fault, sent("A"), phase("heal"), at(hours(5)), registers("A"), at(days(40)), phase("end"));
    expect(late[judgement(delivers, late).findings[0]?.entries[0] ?? 0]).toMatchObject({ kind: "registered" });
  });

  it("fails when all is reported as a deviation and nothing registered", () => {
    expect(findings(sent("A"), delivered("A"), acks("A"), ends())).toHaveLength(1);
  });

  it("holds for what is registered, however late where there were no faults", () => {
    expect(judged(sent("A"), registers("A"), ends())).toEqual({ judged: 1, findings: [], doubts: [], excuses: [] });
    expect(findings(sent("A"), phase("heal"), at(days(2)), registers("A"), ends(days(2)))).toEqual([]);
    expect(judged(sent("A"), registers("A")).judged).toBe(1);
  });

  it("holds at D after heal and fails 1 ms later where there were faults", () => {
    const healedThen = (ms: number) =>
      findings(fault, sent("A"), at(hours(5)), phase("heal"), at(ms), registers("A"), at(days(40)), phase("end"));
    expect(healedThen(hours(7))).toEqual([]);
    expect(healedThen(hours(7) + 1)).toMatchObject([{ delivery: "A" }]);
    expect(healedThen(hours(7) + 1)[0]?.happened).toContain("1 ms after");
  });

  it("counts D from the offer where that came after heal, and from the last one before it was registered", () => {
    const late = (ms: number) =>
      findings(fault, phase("heal"), at(hours(5)), sent("A"), at(ms), registers("A"), at(days(40)), phase("end"));
    expect(late(hours(7))).toEqual([]);
    expect(late(hours(7) + 1)).toHaveLength(1);
    const again: Item = [
      at(hours(9)),
      resends("A", "A~2"),
      at(hours(10)),
      registers("A~2"),
      at(days(40)),
      phase("end"),
    ];
    expect(findings(fault, phase("heal"), sent("A"), again)).toEqual([]);
    const before: Item = [at(hours(3)), registers("A"), at(hours(9)), resends("A", "A~2"), at(days(40)), phase("end")];
    expect(findings(fault, phase("heal"), sent("A"), before)).toHaveLength(1);
  });

  it("judges lateness by every kind of fault, and not by a crash of the system's own", () => {
    const late: Item = [sent("A"), phase("heal"), at(hours(2) + 1), registers("A"), at(days(40)), phase("end")];
    for (const made of [stopped(), paused(), crashed({ cause: 1 })]) expect(findings(made, late)).toHaveLength(1);
    expect(findings(crashed({ why: "threw" }), late)).toEqual([]);
    expect(findings(faulted({ outcome: "not-reached" }), late)).toEqual([]);
  });

  it("counts the first registration and the last offer before it, and says by how much it came late", () => {
    const faulty: Item = [fault, sent("A"), at(hours(3)), registers("A")];
    expect(findings(faulty, at(hours(9)), registers("A", { attempt: 2 }), ends(hours(1), hours(30)))).toEqual([]);
    const [late] = findings(
      fault,
      sent("A"),
      at(hours(1)),
      phase("heal"),
      at(hours(3) + 7),
      registers("A"),
      drains(hours(4)),
    );
    expect(late?.happened).toBe("A was registered 7 ms after its time was over.");
  });

  it("excuses what a restored backup took back, while nobody has it again", () => {
    const gone: Item = [sent("A"), delivered("A"), registers("A"), mottatt("A"), acks("A"), purged("A")];
    const said = judged(
      gone,
      at(minutes(30)),
      restored("receiver", 0),
      dropped("A", { party: "receiver", why: "restored" }),
      ends(),
    );
    expect(said).toMatchObject({ findings: [] });
  });

  it("does not judge what was planted as broken, and judges a twin", () => {
    const broken = (planted: "invalid" | "poison" | "twin") =>
      judged(submitted("A", { planted }), accepted("A"), dispatched("A"), feilet("A"), ends());
    expect(broken("invalid")).toMatchObject({ judged: 0, findings: [], excuses: [{ because: "planted invalid" }] });
    expect(broken("poison")).toMatchObject({ judged: 0, findings: [], excuses: [{ because: "planted poison" }] });
    expect(broken("twin")).toMatchObject({ judged: 1, findings: [{}] });
  });

  it("does not judge what was never taken on, unless the system under test sends it", () => {
    expect(judged(submitted("A"), ends())).toMatchObject({ judged: 0, findings: [] });
    const sender = run({ suts: [{ party: "sender", role: "sender", hash: "00" }] });
    expect(judged(sender, submitted("A"), ends())).toMatchObject({ judged: 1, findings: [{ blames: "sender" }] });
  });

  it("blames the debtor where it was never offered", () => {
    expect(findings(submitted("A"), accepted("A"), ends())).toMatchObject([{ blames: "portal" }]);
  });

  it("blames whom it was offered to", () => {
    expect(findings(sent("A", { to: "receiver" }), ends())).toMatchObject([{ blames: "receiver" }]);
  });

  describe("a permanent refusal", () => {
    it("excuses if another party made it", () => {
      expect(excuses(sent("A"), refused("A"), feilet("A"), ends())).toMatchObject([{ delivery: "A" }]);
      expect(findings(sent("A"), refused("A", { permanent: false }), feilet("A"), ends())).toHaveLength(1);
      expect(findings(sent("A"), refused("A", { party: "integration" }), feilet("A"), ends())).toHaveLength(1);
    });

    it("excuses in answer to the system itself only if a fault stands behind it", () => {
      const exchange = "receiver.register(A)/1";
      expect(findings(sent("A"), refused("A", { exchange }), feilet("A"), ends())).toHaveLength(1);
      expect(excuses(sent("A"), refused("A", { exchange, cause: 1 }), feilet("A"), ends())).toHaveLength(1);
      expect(excuses(sent("A"), faulted({ exchange }), refused("A", { exchange }), feilet("A"), ends())).toHaveLength(
        1,
      );
    });

    it("excuses if a fault put it in the receiver's mouth, and only if it is permanent", () => {
      const entries = ledger(sent("A"), answered422, feilet("A"), ends());
      const [excuse] = judgement(delivers, entries).excuses ?? [];
      expect(entries[excuse?.entry ?? 0]).toMatchObject({ kind: "told", code: "422" });
      const passing = told("receiver.register(A)/1", { saying: "negative", code: "503", copies: ["A"] });
      const said = told("receiver.register(A)/1", { saying: "negative", code: "422", copies: ["A"] });
      expect(
        findings(sent("A"), faulted({ exchange: "receiver.register(A)/1" }), passing, feilet("A"), ends()),
      ).toHaveLength(1);
      expect(findings(sent("A"), said, feilet("A"), ends())).toHaveLength(1);
      expect(findings(sent("A"), fault, said, feilet("A"), ends())).toHaveLength(1);
      const missed = faulted({ exchange: "receiver.register(A)/1", outcome: "not-injectable" });
      expect(findings(sent("A"), missed, fault, said, feilet("A"), ends())).toHaveLength(1);
      const channel = told("fiks-io.receipt(A)/1", { saying: "negative", code: "422", copies: ["A"] });
      expect(findings(sent("A"), faulted({ exchange: "fiks-io.receipt(A)/1" }), channel, ends())).toHaveLength(1);
      const toPortal = told("receiver.register(A)/1", { to: "portal", saying: "negative", code: "422", copies: ["A"] });
      expect(findings(sent("A"), faulted({ exchange: "receiver.register(A)/1" }), toPortal, ends())).toHaveLength(1);
    });
  });

  describe("being out of reach", () => {
    const away = (...how: readonly Item[]) => judged(how, toPaper, ends(hours(48)));

    it("excuses by a stop, a pause or a kill of ours that covers the whole life", () => {
      expect(away(stopped(), sent("A")).excuses).toHaveLength(1);
      expect(away(paused(), sent("A")).excuses).toHaveLength(1);
      expect(away(named("f", fault), causedBy("f", crashed()), sent("A")).excuses).toHaveLength(1);
      expect(away(crashed({ why: "threw" }), sent("A")).findings).toHaveLength(1);
      expect(away(stopped("receiver"), sent("A")).findings).toHaveLength(1);
      expect(away(paused("receiver"), sent("A")).findings).toHaveLength(1);
      expect(away(named("f", fault), causedBy("f", crashed({ party: "receiver" })), sent("A")).findings).toHaveLength(
        1,
      );
    });

    it("excuses by intervals that cover the life only together", () => {
      const together = [outage(hours(13)), at(hours(12)), stopped(), at(0), sent("A")];
      expect(away(...together).excuses).toHaveLength(1);
    });

    it("does not excuse where it came back for as long as D", () => {
      const back = (ms: number) => judged(outage(hours(24) - ms), sent("A"), toPaper, ends(hours(48)));
      expect(back(hours(2)).findings).toHaveLength(1);
      expect(back(hours(2) - 1)).toMatchObject({ judged: 0, findings: [], doubts: [{ delivery: "A" }] });
      const up = (again: Item) => judged(stopped(), paused(), sent("A"), at(hours(1)), again, toPaper, ends(hours(48)));
      expect(up([started(), resumed()]).findings).toHaveLength(1);
      expect(up(started()).excuses).toHaveLength(1);
      const one = (down: Item, again: Item) => judged(down, sent("A"), at(hours(1)), again, toPaper, ends(hours(48)));
      expect(one(stopped(), resumed()).excuses).toHaveLength(1);
      expect(one(paused(), started()).excuses).toHaveLength(1);
      expect(one(stopped(), started()).findings).toHaveLength(1);
      expect(one(paused(), resumed()).findings).toHaveLength(1);
      expect(up(resumed()).excuses).toHaveLength(1);
      expect(up([started("receiver"), resumed("receiver")]).excuses).toHaveLength(1);
    });

    it("looks for a stretch of D anywhere in the life, and not beyond it", () => {
      const between = (ms: number) =>
        judged(sent("A"), outage(hours(10)), at(hours(10) + ms), outage(hours(30)), toPaper, ends(hours(48)));
      expect(between(hours(2)).findings).toHaveLength(1);
      expect(between(hours(2) - 1)).toMatchObject({ findings: [], doubts: [{ delivery: "A" }] });
      const beyond = [outage(hours(23)), sent("A"), toPaper, at(hours(30)), outage(hours(40)), ends(hours(48))];
      expect(judged(...beyond)).toMatchObject({ findings: [], doubts: [{ delivery: "A" }] });
    });

    it("does not excuse by an outage that heal cut short, one before or after its life, or one elsewhere", () => {
      expect(
        findings(outage(hours(30)), sent("A"), at(hours(20)), phase("heal"), toPaper, ends(hours(25))),
      ).toHaveLength(1);
      expect(findings(outage(hours(1)), at(hours(1)), sent("A"), toPaper, ends(hours(25)))).toHaveLength(1);
      expect(findings(sent("A"), at(hours(24)), outage(hours(30)), toPaper, ends(hours(48)))).toHaveLength(1);
      const elsewhere = (boundary: string) =>
        findings(faulted({ boundary, untilMs: hours(30) }), sent("A"), toPaper, ends(hours(48)));
      for (const party of ["alarm", "portal", "sender"]) expect(elsewhere(`${party}.*(*)/*:asked`)).toHaveLength(1);
      expect(elsewhere("receiver.*(*)/*:asked")).toEqual([]);
      const people = faulted({ boundary: "step", family: "people", untilMs: hours(30) });
      expect(findings(people, sent("A"), toPaper, ends(hours(48)))).toHaveLength(1);
    });

    it("excuses nothing that the system has answered for", () => {
      const down = faulted({ boundary: "receiver.*(*)/*:asked", untilMs: hours(30) });
      expect(findings(down, sent("A"), held("A", { party: "integration" }), acks("A"), ends(hours(30)))).toHaveLength(
        1,
      );
      expect(
        findings(down, sent("A"), held("A", { party: "integration" }), mottatt("A"), ends(hours(30))),
      ).toHaveLength(1);
      expect(excuses(down, sent("A"), settles("A", "requeue"), ends(hours(30)))).toHaveLength(1);
    });

    it("excuses only if no copy was within reach", () => {
      const second = resends("A", "A~2", { lifeEndsMs: hours(60) });
      expect(findings(outage(hours(30)), sent("A"), toPaper, at(hours(31)), second, ends(hours(30)))).toHaveLength(1);
    });
  });

  describe("attempts used up", () => {
    const tried = (first: Item, second: Item, third: Item) =>
      judged(
        named("f", fault),
        sent("A"),
        delivered("A"),
        first,
        delivered("A", 2),
        second,
        delivered("A", 3),
        third,
        deadletters("A"),
        printed("A"),
        ends(),
      );
    const kill = causedBy("f", crashed());
    const cut = faulted({ boundary: "fiks-io.settle(A)/1:asked" });

    it("excuse where a fault broke every one", () => {
      expect(tried(kill, cut, stopped()).excuses).toMatchObject([
        { because: "every attempt at it was broken by a fault" },
      ]);
      expect(tried(kill, faulted({ boundary: "step" }), kill).excuses).toHaveLength(1);
    });

    it("excuse where a stop of our making is told of after the message was let go", () => {
      const letGo = [sent("A"), delivered("A"), kill, delivered("A", 2), kill, delivered("A", 3)];
      const story = (...last: Item[]): Item[] => [named("f", fault), ...letGo, ...last, printed("A"), ends()];
      expect(excuses(...story(deadletters("A"), stopped()))).toHaveLength(1);
      expect(findings(...story(deadletters("A"), at(1), stopped()))).toHaveLength(1);
    });

    it("do not excuse where the system broke one itself", () => {
      expect(tried(kill, kill, settles("A", "requeue")).findings).toHaveLength(1);
      expect(tried(kill, kill, []).findings).toHaveLength(1);
      expect(tried(kill, kill, [kill, crashed({ why: "threw" })]).findings).toHaveLength(1);
      expect(tried(kill, kill, [kill, settles("A", "requeue")]).findings).toHaveLength(1);
      expect(tried(kill, kill, fault).findings).toHaveLength(1);
      expect(
        tried(kill, kill, faulted({ boundary: "fiks-io.settle(A)/1:done", family: "process" })).findings,
      ).toHaveLength(1);
    });

    it("count by copy, where a resend is under way", () => {
      const second = (last: Item): Item => [
        [2, 3].map((attempt) => [delivered("A", attempt), kill]),
        deadletters("A"),
        [1, 2].map((attempt) => [delivered("A~2", attempt), kill]),
        [delivered("A~2", 3), last, deadletters("A~2"), printed("A"), ends()],
      ];
      const resent: Item = [named("f", fault), sent("A"), delivered("A"), kill, resends("A", "A~2")];
      expect(excuses(resent, second(kill))).toMatchObject([{ because: "every attempt at it was broken by a fault" }]);
      expect(findings(resent, second(settles("A~2", "requeue")))).toHaveLength(1);
      expect(findings(resent, settles("A", "requeue"), second(kill))).toHaveLength(1);
    });

    it("that never reached the system need no break of their own, but one among them", () => {
      const lost = (attempt: number): Item => {
        const exchange = `fiks-io.deliver(A)/${attempt}`;
        const handedOver = effected(exchange, "ready → unacked", { delivery: "A", copy: "A" });
        return [asked(exchange, { copies: ["A"] }), handedOver, untold(exchange)];
      };
      const given = (...attempts: Item[]): Item => [sent("A"), attempts, deadletters("A"), printed("A"), ends()];
      expect(excuses(given(lost(1), cut, lost(2), lost(3)))).toHaveLength(1);
      expect(excuses(given(lost(1), cut, lost(2), delivered("A", 3)))).toHaveLength(1);
      expect(findings(given(lost(1), cut, delivered("A", 2), delivered("A", 3)))).toHaveLength(1);
      expect(findings(fault, given(lost(1), lost(2), lost(3)))).toHaveLength(1);
    });

    it("are broken where the queue that handed them over is killed, and nobody else of ours", () => {
      const killed = (party: string): Item => causedBy("f", crashed({ party }));
      expect(tried(kill, kill, killed("fiks-io")).excuses).toHaveLength(1);
      expect(tried(kill, kill, killed("receiver")).findings).toHaveLength(1);
    });

    it("count a line that was held up shortly before the offer, which its reader then gave up", () => {
      const heldUp = faulted({ boundary: "fiks-io.consume(sub(4601-02))/1:asked" });
      const offeredAt = (ms: number): Item => [heldUp, at(ms), sent("A"), delivered("A"), deadletters("A"), ends()];
      expect(excuses(offeredAt(minutes(2) - 1))).toHaveLength(1);
      expect(findings(offeredAt(minutes(2)))).toHaveLength(1);
    });

    it("count a pause, after which its reader lets go of lines that were slow meanwhile", () => {
      const during = (...last: Item[]): Item => [sent("A"), delivered("A"), paused(), at(minutes(5)), last];
      const given: Item = [deadletters("A"), ends()];
      expect(excuses(during(resumed(), given))).toHaveLength(1);
      expect(findings(sent("A"), delivered("A"), at(minutes(5)), given)).toHaveLength(1);
    });

    it("count the version that another took over from while both ran", () => {
      const over = (last: Item): Item => [
        started(),
        sent("A"),
        delivered("A"),
        started(),
        last,
        deadletters("A"),
        ends(),
      ];
      const upgraded = { kind: "upgraded", party: "integration" } as const;
      expect(excuses(over(upgraded))).toHaveLength(1);
      expect(findings(over([]))).toHaveLength(1);
      expect(findings(started(), upgraded, sent("A"), delivered("A"), upgraded, deadletters("A"), ends())).toHaveLength(
        1,
      );
    });

    it("count from the offer", () => {
      const before: Item = [named("f", fault), kill, kill, kill];
      expect(findings(before, sent("A"), delivered("A"), deadletters("A"), ends())).toHaveLength(1);
      const own: Item = [named("f", fault), crashed({ why: "threw" })];
      expect(excuses(own, sent("A"), delivered("A"), kill, deadletters("A"), ends())).toHaveLength(1);
      expect(findings(fault, sent("A"), cut, deadletters("A"), ends())).toHaveLength(1);
      expect(findings(named("f", fault), sent("A"), delivered("A"), kill, dropped("A"), ends())).toHaveLength(1);
    });
  });

  it("excuses where nobody was entitled to read all its life", () => {
    const taken = entitled("Kari Caseworker", { granted: false });
    const given = entitled("Ola Deputy");
    expect(excuses(taken, sent("A"), toPaper, ends(hours(25)))).toMatchObject([
      { because: "nobody was entitled to read it" },
    ]);
    expect(findings(given, taken, sent("A"), toPaper, ends(hours(25)))).toHaveLength(1);
    expect(
      findings(taken, sent("A"), given, entitled("Ola Deputy", { granted: false }), toPaper, ends(hours(25))),
    ).toHaveLength(1);
    expect(
      excuses(taken, sent("A"), toPaper, given, entitled("Ola Deputy", { granted: false }), ends(hours(25))),
    ).toHaveLength(1);
    expect(
      findings(
        entitled("Kari Caseworker", { granted: false, resource: "4601-02" }),
        sent("A"),
        toPaper,
        ends(hours(25)),
      ),
    ).toHaveLength(1);
  });

  it("names the entry that took away the last right, and counts only the last", () => {
    const gone = (who: string) => entitled(who, { granted: false });
    const [kari, ola] = ["Kari Caseworker", "Ola Deputy"];
    expect(findings(entitled(kari), entitled(ola), gone(kari), sent("A"), toPaper, ends(hours(25)))).toHaveLength(1);
    const entries = ledger(entitled(kari), entitled(ola), gone(kari), gone(ola), sent("A"), toPaper, ends(hours(25)));
    const [excuse] = judgement(delivers, entries).excuses ?? [];
    expect(entries[excuse?.entry ?? 0]).toMatchObject({ kind: "entitled", who: ola, granted: false });
  });

  it("knows each of several systems under test", () => {
    const both = run({
      suts: [
        { party: "police", role: "sender", hash: "00" },
        { party: "integration", role: "integration", hash: "00" },
      ],
    });
    expect(excuses(both, stopped(), sent("A"), toPaper, ends(hours(48)))).toHaveLength(1);
  });

  it("decides nothing when the run ended before D was over", () => {
    const until = (ms: number) => judged(sent("A"), at(hours(1)), phase("heal"), at(ms), phase("end"));
    expect(until(hours(3) - 1)).toMatchObject({ judged: 0, doubts: [{ delivery: "A" }] });
    expect(until(hours(3))).toMatchObject({ judged: 1, findings: [{}] });
    expect(doubts(sent("A"))).toHaveLength(1);
    expect(doubts(sent("A"), at(days(40)), phase("end"))).toHaveLength(1);
  });

  describe("on a clock that is not driven", () => {
    const poor = run({ tierByDomain: { integration: "offset" } });
    const polls = (count: number): Item => ({
      kind: "idle",
      exchange: "fiks-io.get(idle)/1",
      operation: "get",
      asker: "integration",
      count,
      fromMs: 0,
      toMs: 0,
    });
    const about = (...items: readonly Item[]) => judged(poor, items, toPaper, ends(hours(25)));

    it("had its chance with three polls while the message was there, not with two or with earlier ones", () => {
      expect(about(sent("A"), polls(3)).findings).toHaveLength(1);
      expect(about(sent("A"), polls(2))).toMatchObject({ findings: [], doubts: [{ delivery: "A" }] });
      expect(about(polls(3), sent("A"))).toMatchObject({ findings: [], doubts: [{ delivery: "A" }] });
      expect(about(sent("A"), polls(1), polls(2)).findings).toHaveLength(1);
      const other = { ...(polls(3) as object), asker: "receiver" } as Item;
      expect(about(polls(1), sent("A"), other).doubts).toHaveLength(1);
    });

    it("had its chance with a consumer that had room, or with the message in its hands", () => {
      expect(about(polls(1), alive(), sent("A")).findings).toHaveLength(1);
      expect(about(polls(1), sent("A"), alive()).findings).toHaveLength(1);
      expect(about(polls(1), sent("A"), delivered("A")).findings).toHaveLength(1);
      expect(about(polls(1), sent("A"), delivered("A"), resends("A", "A~2")).findings).toHaveLength(1);
      expect(about(alive({ credit: false }), sent("A")).doubts).toHaveLength(1);
      expect(about(alive(), alive({ credit: false }), sent("A")).doubts).toHaveLength(1);
      expect(about(alive({ resource: "4601-02" }), sent("A"), alive({ resource: "4601-02" })).doubts).toHaveLength(1);
      expect(about(sent("A"), alive({ how: "poll" })).doubts).toHaveLength(1);
      expect(about(polls(1), alive({ reader: "receiver" }), sent("A")).doubts).toHaveLength(1);
      expect(about(polls(1), sent("A"), at(hours(24)), alive()).doubts).toHaveLength(1);
    });

    it("had its chance if it never asked for anything in the whole run", () => {
      expect(about(sent("A")).findings).toHaveLength(1);
      const other: Item = [sent("B"), delivered("B"), registers("B")];
      expect(about(other, sent("A"))).toMatchObject({ findings: [], doubts: [{ delivery: "A" }] });
    });
  });

  it("is not misled by answers about no message or by names it never heard", () => {
    const nothing: Item = [
      asked("maskinporten.grant(start)/1"),
      untold("maskinporten.grant(start)/1"),
      registers("Z"),
      dispatched("Z"),
      held("Z"),
      refused("Z"),
      mottatt("Z"),
      faulted({ exchange: "receiver.register(Z)/1" }),
      told("receiver.register(Z)/1", { saying: "negative", code: "422", copies: ["Z"] }),
    ];
    expect(judged(nothing, sent("A"), registers("A"), at(minutes(1)), ends())).toMatchObject({
      judged: 1,
      findings: [],
    });
  });
});

describe("delivers, for a sender under test", () => {
  const dispatchA: Item = [senderRun(), submitted("A"), dispatches("A")];

  it("holds for what somebody registered by hand, whenever that was and whatever went wrong", () => {
    expect(judged(dispatchA, fault, at(days(9)), byHand("A"), ends(days(1)))).toMatchObject({
      judged: 1,
      findings: [],
    });
  });

  it("holds for what a channel took on and the sender handed back", () => {
    expect(judged(dispatchA, at(days(7)), handsBack("A"), ends(days(8)))).toMatchObject({ judged: 1, findings: [] });
    const paper = printed("A", { reason: "undeliverable" });
    expect(judged(dispatchA, paper, ends())).toMatchObject({ judged: 1, findings: [] });
  });

  it("fails where it was handed back within a day though nothing had gone wrong, and not where something had", () => {
    const back = (...before: Item[]): Item => [
      dispatchA,
      ...before,
      at(hours(1)),
      handsBack("A"),
      byHand("A"),
      ends(days(1)),
    ];
    expect(judged(back()).findings).toMatchObject([{ delivery: "A", blames: "sender" }]);
    expect(judged(back(hears("negative", "A"))).findings).toEqual([]);
    expect(judged(dispatchA, at(hours(24)), handsBack("A"), byHand("A"), ends(days(2))).findings).toEqual([]);
  });

  it("holds where it was handed back at once after a try of which the sender never heard, its own report aside", () => {
    const again = asked("portal.submit(A)/1", { asker: "sender", copies: ["A~2"] });
    const back = (...before: Item[]): Item => [dispatchA, before, at(hours(1)), handsBack("A"), byHand("A"), ends()];
    const killed: Item = [named("f", fault), again, causedBy("f", crashed({ party: "sender" }))];
    expect(findings(back(again, untold("portal.submit(A)/1", { to: "sender" })))).toEqual([]);
    expect(findings(back(killed))).toEqual([]);
    expect(findings(back(again, told("portal.submit(A)/1", { to: "sender", copies: ["A~2"] })))).toHaveLength(1);
    const heard = told("portal.submit(A)/1", { to: "sender", copies: ["A~2"] });
    const killedAs: Item = [named("f", fault), again, heard, causedBy("f", crashed({ party: "sender" }))];
    expect(findings(back(killedAs))).toEqual([]);
    expect(
      findings(back(named("f", fault), again, heard, at(1), causedBy("f", crashed({ party: "sender" })))),
    ).toHaveLength(1);
    expect(findings(back(asked("alarm.raise(A)/1", { asker: "sender", copies: ["A"] })))).toHaveLength(1);
    expect(findings(back(asked("sender.send(A)/2", { asker: "police", copies: ["A"] })))).toHaveLength(1);
  });

  it("excuses what was handed back because we kept from it what became of a try at the portal", () => {
    const exchange = "portal.submit(A)/1";
    const tried: Item = [senderRun(), submitted("A"), asked(exchange, { asker: "sender", copies: ["A"] })];
    const broken = faulted({ exchange, boundary: `${exchange}:asked` });
    const back: Item = [handsBack("A"), byHand("A"), ends()];
    expect(excuses(tried, broken, back)).toMatchObject([{ delivery: "A" }]);
    for (const down of [stopped("sender"), [named("f", fault), causedBy("f", crashed({ party: "sender" }))]])
      expect(excuses(tried, down, back)).toHaveLength(1);
    expect(findings(tried, broken, ends())).toHaveLength(1);
    expect(findings(tried, back)).toHaveLength(1);
    expect(findings(tried, crashed({ party: "sender", why: "threw" }), back)).toHaveLength(1);
    expect(
      findings(tried, broken, told(exchange, { to: "sender", saying: "negative", code: "400" }), back),
    ).toHaveLength(1);
    const lookedUp = "altinn-dispatch.send(A)/1";
    const dispatch = asked(lookedUp, { asker: "sender", copies: ["A"] });
    expect(findings(senderRun(), submitted("A"), dispatch, faulted({ exchange: lookedUp }), back)).toHaveLength(1);
    const other: Item = [submitted("B"), handsBack("B"), byHand("B")];
    expect(findings(tried, broken, other, back)).toMatchObject([{ delivery: "B" }]);
  });

  it("counts the day from when a channel first took it on, and proves the break by what came first", () => {
    const acceptedAgain: Item = [at(hours(20)), dispatches("A~2", hours(20))];
    expect(findings(dispatchA, acceptedAgain, at(hours(25)), handsBack("A"), ends(days(2)))).toEqual([]);
    const late: Item = [senderRun(), submitted("A"), at(hours(20)), dispatches("A", hours(20))];
    const twice: Item = [at(hours(30)), returned("A", { to: "police" }), returned("A", { to: "police" })];
    const entries = ledger(late, twice, ends(days(3)));
    const seqOf = (kind: string) => entries.find((entry) => entry.kind === kind)?.seq;
    expect(judgement(delivers, entries)).toMatchObject({
      judged: 1,
      findings: [{ delivery: "A", entries: [seqOf("effected"), seqOf("returned")] }],
    });
    const before = ledger(
      senderRun(),
      submitted("A"),
      handsBack("A"),
      dispatches("A"),
      at(1),
      handsBack("A"),
      ends(days(3)),
    );
    expect(judgement(delivers, before).findings).toEqual([]);
  });

  it("has a cause in what its sender was told of its failure, not in what others heard or in good news", () => {
    const back = (...before: Item[]): Item => [dispatchA, ...before, at(hours(1)), handsBack("A"), ends(days(1))];
    const told2 = (to: string, saying: "positive" | "negative"): Draft =>
      told("altinn-dispatch.status(A)/1", { to, saying, copies: ["A"], takesDebt: "sender" });
    expect(findings(back(told2("sender", "negative")))).toEqual([]);
    expect(findings(back(told2("sender", "positive")))).toHaveLength(1);
    expect(findings(back(told2("portal", "negative")))).toHaveLength(1);
  });

  it("is unsure of what it asked about together with others, and sure of what others were asked about", () => {
    const back = (copies: string[]): Item => [
      dispatchA,
      asked("portal.submit(A)/1", { asker: "sender", copies }),
      at(hours(1)),
      handsBack("A"),
      ends(days(1)),
    ];
    expect(findings(back(["A~2", "B"]))).toEqual([]);
    expect(findings(back(["B", "A~2"]))).toEqual([]);
    expect(findings(back(["B"]))).toHaveLength(1);
    expect(findings(back([]))).toHaveLength(1);
  });

  it("is not excused by a fault that struck elsewhere, or nowhere; the first to strike is the excuse", () => {
    const exchange = "portal.submit(A)/1";
    const tried: Item = [senderRun(), submitted("A"), asked(exchange, { asker: "sender", copies: ["A"] })];
    const back: Item = [handsBack("A"), ends()];
    expect(findings(tried, faulted({ exchange, outcome: "not-reached" }), back)).toHaveLength(1);
    expect(findings(tried, faulted(), back)).toHaveLength(1);
    const entries = ledger(tried, stopped("sender"), started("sender"), stopped("sender"), back);
    const first = entries.find(({ kind }) => kind === "stopped")?.seq;
    expect(judgement(delivers, entries).excuses).toMatchObject([{ entry: first }]);
  });

  it("says whether it was left to a person, or never offered to anybody", () => {
    const [left] = findings(senderRun(), submitted("A"), handsBack("A"), ends());
    const [never] = findings(senderRun(), submitted("A"), ends());
    expect([left?.happened, never?.happened]).toEqual([
      "A was never taken on by any channel, and was left to a person to send.",
      "A was never taken on by any channel.",
    ]);
    const [kept] = findings(senderRun(), submitted("A"), accepted("A"), ends());
    expect(kept?.happened).toBe("A was taken on, but never offered to anybody.");
  });

  it("has been heard of where a person opened it or was notified, and not where a machine did", () => {
    const opens = (over: { opener?: "machine" } = {}): Item => [dispatchA, opened("A", over), ends(days(31))];
    expect(findings(opens())).toMatchObject([
      { blames: municipality, happened: `A was offered to ${municipality} and never registered.` },
    ]);
    expect(findings(opens({ opener: "machine" }))).toMatchObject([
      {
        blames: "sender",
        happened: `A was offered to ${municipality}, where nobody heard of it, and never registered.`,
      },
    ]);
  });

  it("fails where the portal has it back and nothing comes of that", () => {
    const story: Item = [senderRun(), submitted("A"), handsIn("A"), feilet("A", { printed: false })];
    expect(judged(story, ends()).findings).toMatchObject([{ delivery: "A" }]);
    expect(judged(story, printed("A", { reason: "refused" }), ends()).findings).toEqual([]);
  });

  it("fails where no channel took it on: rejected, said to be sent, or left to people", () => {
    const never: Item = [senderRun(), submitted("A")];
    const saysSent = told("sender.send(A)/1", { to: "police", code: "sent", copies: ["A"] });
    for (const story of [[], saysSent, handsBack("A"), [handsBack("A"), byHand("A")], byHand("A")])
      expect(findings(never, story, ends())).toMatchObject([{ delivery: "A", blames: "sender" }]);
    expect(findings(never, handsBack("A"), ends())[0]?.happened).toContain("left to a person");
  });

  it("excuses what the world refused for good, once it was handed back, and not before", () => {
    const refusedA: Item = [senderRun(), submitted("A"), refused("A", { party: "altinn-correspondence", cause: 1 })];
    expect(findings(refusedA, ends())).toHaveLength(1);
    expect(excuses(refusedA, handsBack("A"), ends())).toMatchObject([{ delivery: "A" }]);
  });

  it("is not excused because nobody may read: blames the sender, and the municipality once it was told", () => {
    const nobody = entitled(municipality, { channel: "altinn-dispatch", resource: "dispatch/4601", granted: false });
    const story = (...notices: Item[]): Item[] => [
      senderRun(),
      nobody,
      submitted("A"),
      dispatches("A"),
      ...notices,
      at(days(30)),
      contentGoes("A"),
      ends(days(31)),
    ];
    const notice = (outcome: "delivered" | "bounced"): Draft => ({
      kind: "notified",
      person: "Administrator",
      via: "email",
      outcome,
      delivery: "A",
    });
    expect(judged(...story())).toMatchObject({
      judged: 1,
      excuses: [],
      findings: [{ delivery: "A", blames: "sender" }],
    });
    expect(findings(...story(notice("bounced")))).toMatchObject([{ blames: "sender" }]);
    expect(findings(...story(notice("delivered")))).toMatchObject([{ blames: municipality }]);
  });

  it("blames the sender for what a channel took on and never published", () => {
    const exchange = "altinn-correspondence.initialize(A)/1";
    const failed: Item = [
      asked(exchange, { asker: "sender", copies: ["A"] }),
      effected(exchange, "submitted → accepted", { delivery: "A", copy: "A" }),
      refused("A", { party: "altinn-correspondence", code: "1044" }),
      hears("negative", "A"),
    ];
    expect(findings(senderRun(), submitted("A"), failed, ends())).toMatchObject([{ blames: "sender" }]);
  });
});

describe("delivers, for an integration that reads mail in Altinn", () => {
  const mayNot = entitled("integration", { ...mailbox, granted: false });
  const may = entitled("integration", mailbox);
  const mailA: Item = [submitted("A", { sender: "police" }), mails("A", { to: "integration", sender: "police" })];
  const out = (party: string, untilMs: number): Item =>
    faulted({ boundary: `${party}.*(*)/*:asked`, untilMs, exchange: "altinn-correspondence.list(page(1))/1" });

  it("blames it for what lay there and was never registered, for as long as the run went on", () => {
    expect(findings(may, mailA, ends())).toMatchObject([{ delivery: "A", blames: "integration" }]);
  });

  it("excuses what it had no right to read for as long as the run went on", () => {
    expect(excuses(may, at(hours(1)), mayNot, mailA, ends(hours(1)))).toMatchObject([
      { delivery: "A", because: "the system had no right to read it" },
    ]);
    expect(findings(mayNot, mailA, at(hours(1)), may, ends(hours(1)))).toHaveLength(1);
    expect(findings(may, mailA, at(hours(1)), mayNot, ends(hours(1)))).toEqual([]);
    expect(doubts(may, mailA, at(hours(1)), mayNot, ends(hours(1)))).toHaveLength(1);
    expect(findings(may, mailA, at(hours(2)), mayNot, ends(hours(2)))).toHaveLength(1);
  });

  it.each(["altinn-correspondence", "altinn-authentication", "maskinporten", "receiver"])(
    "excuses mail whose whole life %s was out of reach",
    (party) => {
      const short: Item = [
        submitted("A", { sender: "police" }),
        mails("A", { to: "integration", sender: "police", lifeEndsMs: days(14) }),
      ];
      expect(excuses(out(party, days(15)), short, at(days(15)), ends(days(15)))).toMatchObject([{ delivery: "A" }]);
    },
  );

  it.each(["fiks-io", "altinn-dispatch", "police", "alarm"])("does not excuse mail because %s was", (party) => {
    const short: Item = [
      submitted("A", { sender: "police" }),
      mails("A", { to: "integration", sender: "police", lifeEndsMs: days(14) }),
    ];
    expect(findings(out(party, days(15)), short, at(days(15)), ends(days(15)))).toHaveLength(1);
  });

  it("does not excuse what came on Fiks IO because Altinn was out of reach", () => {
    expect(findings(out("altinn-correspondence", hours(30)), sent("A"), toPaper, ends(hours(30)))).toHaveLength(1);
  });

  it("does not hold people to D", () => {
    const toPeople: Item = [submitted("A", { sender: "police" }), mails("A", { sender: "police" })];
    expect(findings(fault, toPeople, phase("heal"), at(days(3)), byHand("A"), ends(days(3)))).toEqual([]);
  });
});
