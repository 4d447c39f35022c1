import { describe, expect, it } from "vitest";
import { endStateDeadline } from "./end-state-deadline.ts";
import {
  accepted,
  alerted,
  asked,
  at,
  byHand,
  crashed,
  days,
  dispatched,
  dispatches,
  effected,
  ends,
  faulted,
  handsBack,
  handsIn,
  hears,
  hours,
  type Item,
  judgement,
  leaked,
  ledger,
  mails,
  mottatt,
  municipality,
  offered,
  opened,
  pairRun,
  phase,
  printed,
  registered,
  returned,
  run,
  senderRun,
  started,
  stopped,
  submitted,
  told,
  untold,
} from "./fixtures.ts";

const judge = (...items: Item[]) => {
  const { judged, findings, doubts } = judgement(endStateDeadline, ledger(...items));
  return { judged, blamed: findings.map(({ delivery, blames }) => `${delivery} ${blames}`), doubts: doubts.length };
};
const held1 = { judged: 1, blamed: [], doubts: 0 };
const failed = { judged: 1, blamed: ["A police"], doubts: 0 };
const undecided = { judged: 0, blamed: [], doubts: 0 };

type RunOver = NonNullable<Parameters<typeof run>[0]>;
const police = (over: RunOver = {}): Item => [
  run({ suts: [{ party: "police", role: "sender", hash: "00" }], ...over }),
  phase("rage"),
];
const easter = police({ parameters: { startsAt: "2023-04-05T10:00:00+02:00" } });
const altinn = { channel: "altinn-dispatch", to: "4601", lifeEndsMs: days(30) };
/** Sent on Monday 8 May 2023, 08:00: T_warn is Wednesday, an alarm due Thursday; T_escalate is Monday. */
const sentA: Item = [submitted("A", { sender: "police" }), offered("A", altinn)];
const tells = (saying: "positive" | "news" | "negative" = "positive", to = "police"): Item =>
  told("altinn-dispatch.status(A)/1", { to, saying, copies: ["A"] });
const over = (ms: number): Item => [at(ms), phase("end")];
const rest = ends(days(8));
/** Warned in time, and an end known at T_escalate. */
const warned: Item = [police(), sentA, at(days(3)), alerted(["A"])];
const saved: Item = [at(days(7)), registered("A"), tells()];

describe("end-state-deadline", () => {
  it("holds from the Wednesday before Easter to the Tuesday after: two working days are not over", () => {
    expect(judge(easter, sentA, at(days(6)), registered("A"), tells(), rest)).toEqual(held1);
  });

  it("has an alarm due later in Easter week: on Thursday the week after, not on Saturday", () => {
    expect(
      judge(easter, sentA, at(days(7)), registered("A"), at(days(8)), alerted(["A"]), tells(), over(days(9))),
    ).toEqual({ ...failed, blamed: ["A police"] });
    const alarm = (ms: number): Item => [
      easter,
      submitted("A", { sender: "police" }),
      offered("A", { ...altinn, lifeEndsMs: days(60) }),
      at(days(7)),
      returned("A"),
      over(ms),
    ];
    expect(judge(alarm(days(9)))).toEqual(held1);
  });

  it("fails where the integration's fetch set it to read, and no person ever opened it", () => {
    expect(judge(police(), sentA, opened("A", { opener: "machine", who: "integration" }), tells(), rest)).toEqual(
      failed,
    );
  });

  it("holds where a person opened it, and fails where nobody did", () => {
    expect(judge(police(), sentA, opened("A"), tells(), rest)).toEqual(held1);
    expect(judge(police(), sentA, rest)).toEqual(failed);
  });

  it.each([
    ["a registration", registered("A")],
    ["paper", printed("A")],
    ["a person", opened("A")],
  ])("holds with %s that its sender is told of up to T_warn, and not a ms later", (_, end) => {
    expect(judge(police(), sentA, end, at(days(2)), tells(), rest)).toEqual(held1);
    expect(judge(police(), sentA, end, at(days(2) + 1), tells(), rest)).toEqual(failed);
  });

  it.each([
    ["before it happened", [tells(), registered("A")]],
    ["as news", [registered("A"), tells("news")]],
    ["as a refusal", [registered("A"), tells("negative")]],
    ["to somebody else", [registered("A"), tells("positive", "portal")]],
    ["about another", [registered("A"), told("altinn-dispatch.status(B)/1", { to: "police", copies: ["B"] })]],
    ["as published only", [tells()]],
  ] as [string, Item][])("fails where the end was told %s", (_, told) => {
    expect(judge(police(), sentA, told, rest)).toEqual(failed);
  });

  it("takes a return for an end, whoever was told what", () => {
    expect(judge(police(), sentA, at(days(2)), returned("A"), rest)).toEqual(held1);
    expect(judge(police(), sentA, at(days(2) + 1), returned("A"), rest)).toEqual(failed);
    expect(judge(police(), sentA, at(days(1)), returned("A"), at(days(4)), registered("A"), tells(), rest)).toEqual(
      held1,
    );
  });

  describe("at T_warn", () => {
    it("takes an alarm within 24 hours, and not a ms later", () => {
      expect(judge(police(), sentA, at(days(3)), alerted(["A"]), saved, rest)).toEqual(held1);
      expect(judge(police(), sentA, at(days(3) + 1), alerted(["A"]), saved, rest)).toEqual(failed);
    });
    it.each([
      ["bounced", alerted(["A"], { bounced: true })],
      ["went to nobody", alerted(["A"], { owner: "" })],
      ["named another", alerted(["B"])],
      ["is only claimed", alerted(["A"], { by: "claim" })],
      ["carried content", [leaked({ exchange: "alarm.raise(A)/1" }), alerted(["A"], { exchange: "alarm.raise(A)/1" })]],
    ] as [string, Item][])("fails where the alarm %s", (_, alarm) => {
      expect(judge(police(), sentA, alarm, saved, rest)).toEqual(failed);
    });
    it("comes at a quarter of the shortest life where that is sooner", () => {
      const short = offered("A~2", { ...altinn, lifeEndsMs: days(4) });
      expect(judge(police(), sentA, short, at(days(1)), registered("A"), tells(), rest)).toEqual(held1);
      expect(judge(police(), sentA, short, at(days(1) + 1), registered("A"), tells(), rest)).toEqual(failed);
    });
    it("is a part of the life from the offer on, whenever that was", () => {
      const later: Item = [
        police(),
        at(days(1)),
        submitted("A", { sender: "police" }),
        offered("A", { ...altinn, lifeEndsMs: days(5) }),
      ];
      expect(judge(later, at(days(2)), returned("A"), rest)).toEqual(held1);
      expect(judge(later, at(days(2) + 1), returned("A"), rest)).toEqual(failed);
    });
    it("comes after two working days where nothing was offered at all", () => {
      expect(judge(police(), submitted("A", { sender: "police" }), over(days(3)))).toEqual(undecided);
      expect(judge(police(), submitted("A", { sender: "police" }), over(days(3) + 1))).toEqual(failed);
    });
    it("does not count time in which the world kept the sender down, nor an alarm it cut off", () => {
      const down: Item = [at(days(2)), { ...stopped("police") }, at(days(3)), started("police")];
      expect(judge(police(), sentA, down, at(days(4)), alerted(["A"]), saved, rest)).toEqual(held1);
      expect(judge(police(), sentA, down, at(days(4) + 1), alerted(["A"]), saved, rest)).toEqual(failed);
      const cut: Item = [
        at(days(3)),
        asked("alarm.raise(A)/1", { asker: "police", copies: ["A"] }),
        untold("alarm.raise(A)/1", { to: "police" }),
      ];
      expect(judge(police(), sentA, cut, at(days(4)), alerted(["A"]), saved, rest)).toEqual(held1);
      const outage = faulted({ boundary: "alarm.*(*)/*:asked", untilMs: days(3) });
      expect(judge(police(), sentA, at(days(2)), outage, at(days(4)), alerted(["A"]), saved, rest)).toEqual(held1);
    });
    it("names all recipients' deliveries by the message's label", () => {
      const two: Item = [
        submitted("A", {
          sender: "police",
          deliveries: [
            { id: "A@4601-01", municipalityNumber: "4601" },
            { id: "A@4602-01", municipalityNumber: "4602" },
          ],
        }),
      ];
      const both = (label: string): Item => [
        police(),
        two,
        at(days(3)),
        alerted([label]),
        at(days(4)),
        returned("A@4601-01"),
        returned("A@4602-01"),
        rest,
      ];
      expect(judge(both("A"))).toEqual({ judged: 2, blamed: [], doubts: 0 });
      expect(judge(both("A@4601-01")).blamed).toEqual(["A@4602-01 police"]);
    });
  });

  describe("at T_escalate", () => {
    it("holds with an end that is known by then, and not a ms later", () => {
      expect(judge(warned, at(days(7)), registered("A"), tells(), rest)).toEqual(held1);
      expect(judge(warned, registered("A"), at(days(7) + 1), tells(), rest)).toEqual(failed);
    });
    it("holds with a person who has it back by then", () => {
      expect(judge(warned, at(days(7)), returned("A"), rest)).toEqual(held1);
      expect(judge(warned, at(days(7) + 1), returned("A"), rest)).toEqual(failed);
    });
    it("holds with a copy on another channel by then, which restarts the clocks", () => {
      const letter = (ms: number): Item => [
        warned,
        at(ms),
        asked("fiks-io.send(A~2)/1", { asker: "police", copies: ["A~2"] }),
        offered("A~2", { lifeEndsMs: ms + days(30) }),
      ];
      const told2 = told("fiks-io.send(A~2)/1", { to: "police", copies: ["A~2"] });
      expect(judge(letter(days(7)), at(days(9)), registered("A~2"), told2, over(days(20)))).toEqual(held1);
      expect(judge(letter(days(7) + 1), at(days(9)), registered("A~2"), told2, over(days(20)))).toEqual(failed);
      expect(judge(letter(days(7)), over(days(20)))).toEqual(failed);
    });
    it("fails with another copy on the same channel", () => {
      expect(judge(warned, at(days(7)), offered("A~2", { ...altinn, lifeEndsMs: days(37) }), rest)).toEqual(failed);
    });
    it("comes at half the shortest life where that is sooner", () => {
      const tenDays: Item = [
        police(),
        submitted("A", { sender: "police" }),
        offered("A", { ...altinn, lifeEndsMs: days(10) }),
        alerted(["A"]),
      ];
      expect(judge(tenDays, at(days(5)), returned("A"), rest)).toEqual(held1);
      expect(judge(tenDays, at(days(5) + 1), returned("A"), rest)).toEqual(failed);
    });
  });

  describe("after a fallback that the sender did not choose", () => {
    const asksFor = (asker: string) => asked("eformidling.send(A~2)/1", { asker, copies: ["A~2"] });
    const falling = offered("A~2", { channel: "eformidling", to: "4601", lifeEndsMs: days(31) });
    const falls: Item = [police(), sentA, at(days(1)), falling];
    const done: Item = [at(days(4)), returned("A"), rest];
    const alarm = alerted(["A"]);
    it("restarts the clocks", () => {
      const tell = told("eformidling.status(A~2)/1", { to: "police", saying: "news", copies: ["A~2"] });
      // Tuesday 08:00 and two working days: Thursday 08:00.
      expect(judge(falls, tell, at(days(3)), returned("A"), rest)).toEqual(held1);
      expect(judge(falls, tell, at(days(3) + 1), returned("A"), rest)).toEqual(failed);
    });
    it("blames the channel where the sender was not told by T_warn", () => {
      expect(judge(falls, alarm, done)).toEqual({ judged: 1, blamed: ["A eformidling"], doubts: 0 });
      expect(
        judge(falls, alarm, told(undefined, { to: "portal", saying: "news", copies: ["A~2"] }), done).blamed,
      ).toEqual(["A eformidling"]);
      expect(
        judge(falls, alarm, told(undefined, { to: "police", saying: "news", copies: ["A"] }), done).blamed,
      ).toEqual(["A eformidling"]);
    });
    it("is due until T_warn, and not at all where it is over by then", () => {
      expect(judge(falls, at(days(3)), returned("A"), rest)).toEqual(held1);
      expect(judge(falls, at(days(3)), phase("end")).blamed).toEqual([]);
      expect(judge(falls, at(days(3) + 1), phase("end")).blamed).toEqual(["A eformidling"]);
    });
    it("is told by word of any copy on that way, and known from the first end told", () => {
      const another = offered("A~3", { channel: "eformidling", to: "4601", lifeEndsMs: days(31) });
      const tell = told(undefined, { to: "police", saying: "news", copies: ["A~3"] });
      expect(judge(falls, another, tell, alarm, done)).toEqual(held1);
      expect(
        judge(falls, another, tell, at(days(3)), registered("A~3"), tells(), at(days(9)), tells(), over(days(20))),
      ).toEqual(held1);
    });
    it("holds where it was told, or had asked for it", () => {
      expect(judge(falls, alarm, told(undefined, { to: "police", saying: "news", copies: ["A~2"] }), done)).toEqual(
        held1,
      );
      expect(judge(police(), sentA, at(days(1)), asksFor("police"), falling, alarm, done)).toEqual(held1);
      expect(judge(police(), sentA, at(days(1)), asksFor("portal"), falling, alarm, done).blamed).toEqual([
        "A eformidling",
      ]);
    });
  });

  it("does not judge where the run ends before anything is due", () => {
    expect(judge(police(), sentA, over(days(3)))).toEqual(undecided);
    expect(judge(police(), sentA, over(days(3) + 1))).toEqual(failed);
    expect(judge(warned, over(days(7)))).toEqual(held1);
    expect(judge(warned, over(days(7) + 1))).toEqual(failed);
  });

  it("judges by what there is where the ledger breaks off", () => {
    expect(judge(police(), sentA, at(days(3)), offered("X"))).toEqual(undecided);
    expect(judge(police(), sentA, at(days(3) + 1), offered("X"))).toEqual(failed);
  });

  it("goes by the first of each thing that counts", () => {
    expect(judge(police(), sentA, at(days(3)), alerted(["A"]), at(days(5)), alerted(["A"]), saved, rest)).toEqual(
      held1,
    );
    expect(judge(police(), sentA, at(days(3)), alerted(["A"], { exchange: "alarm.raise(A)/1" }), saved, rest)).toEqual(
      held1,
    );
    expect(judge(police(), sentA, at(days(2)), returned("A"), at(days(5)), returned("A"), rest)).toEqual(held1);
  });

  it("tells of deliveries in the order they went astray", () => {
    const falls = offered("A~2", { channel: "eformidling", to: "4601", lifeEndsMs: days(31) });
    expect(
      judge(
        police(),
        sentA,
        submitted("B", { sender: "police" }),
        at(days(1)),
        asked("eformidling.send(A~2)/1", { asker: "police", copies: ["A~2"] }),
        falls,
        rest,
      ).blamed,
    ).toEqual(["B police", "A police"]);
  });

  it("names the entry the sender's way began with, and the end it did not know of", () => {
    const entries = ledger(police(), sentA, registered("A"), rest);
    const [finding] = judgement(endStateDeadline, entries).findings;
    expect(finding?.entries.map((seq) => entries[seq]?.kind)).toEqual(["offered", "registered"]);
    expect(finding?.happened).toContain("2023-05-11T08:00:00+02:00");
  });

  describe("for a sender that is not under test", () => {
    it("goes by what happened, not by what it was told, and judges nothing", () => {
      const reporter: Item = [submitted("A"), accepted("A"), offered("A")];
      expect(judge(reporter, at(hours(6)), registered("A"), rest)).toEqual(undecided);
      expect(judge(reporter, at(hours(6)), printed("A"), rest)).toEqual(undecided);
      expect(judge(reporter, rest)).toEqual({ judged: 0, blamed: ["A sender"], doubts: 0 });
    });
    it("is silent where nothing can be told", () => {
      expect(judge(run({ tierByDomain: { world: "offset" } }), submitted("A"), rest)).toEqual(undecided);
    });
  });

  describe("is inconclusive", () => {
    const doubtful = { judged: 0, blamed: [], doubts: 1 };
    const tier = (world: "offset" | "compressed" | "driven") => police({ tierByDomain: { world } });
    const beforeEscalation = over(days(6));
    it("where clocks cannot be moved, or nobody was warned after working days on a compressed one", () => {
      expect(judge(tier("offset"), sentA, rest)).toEqual(doubtful);
      expect(judge(tier("compressed"), sentA, beforeEscalation)).toEqual(doubtful);
      const short = offered("A", { ...altinn, lifeEndsMs: days(4) });
      expect(judge(tier("compressed"), submitted("A", { sender: "police" }), short, rest)).toEqual(failed);
      expect(judge(tier("offset"), submitted("A", { sender: "police" }), short, rest)).toEqual(doubtful);
      const longer = offered("A~2", { channel: "eformidling", to: "4601", lifeEndsMs: days(30) });
      expect(judge(tier("compressed"), submitted("A", { sender: "police" }), short, longer, beforeEscalation)).toEqual(
        doubtful,
      );
      expect(judge(tier("offset"), sentA, registered("A"), tells(), rest)).toEqual(undecided);
    });
    it("but not where working days were kept on a compressed clock, or a week that has no calendar was not", () => {
      const warnedInTime: Item = [tier("compressed"), sentA, at(days(1)), alerted(["A"])];
      expect(judge(warnedInTime, saved, rest)).toEqual(held1);
      expect(judge(warnedInTime, rest)).toEqual(failed);
      expect(judge(tier("compressed"), sentA, rest)).toEqual(failed);
    });
    it("where no alarm sink is declared", () => {
      expect(
        judge(police({ switches: [{ name: "alarmSink", value: "none", evidence: "inferred" }] }), sentA, rest),
      ).toEqual(doubtful);
    });
  });
});

describe("end-state-deadline, for a sender of mail to municipalities", () => {
  const blamed = { judged: 1, blamed: ["A sender"], doubts: 0 };
  const dispatchA: Item = [senderRun(), submitted("A"), dispatches("A")];
  const mailA: Item = [senderRun(), submitted("A"), mails("A")];
  const warnedA = alerted(["A"]);

  it("fails where it took published for received: nothing was known at T_warn, and nobody warned", () => {
    expect(judge(dispatchA, rest)).toEqual(blamed);
    expect(judge(mailA, rest)).toEqual(blamed);
  });

  it("holds where a person opened it and the sender asked, also where one answer told of several", () => {
    expect(judge(dispatchA, at(days(1)), opened("A"), at(days(2)), hears("positive", "A"), rest)).toEqual(held1);
    const list = "altinn-dispatch.unopened({A,B})/1";
    const also: Item = [hears("news", "B", { exchange: list }), hears("positive", "A", { exchange: list })];
    expect(judge(dispatchA, at(days(1)), opened("A"), at(days(2)), also, rest)).toEqual(held1);
  });

  it("holds where we held it down at T_warn, and within the hour of its start it learns that somebody has opened it", () => {
    const back = days(2) + hours(10);
    const down: Item = [at(days(2) - hours(1)), stopped("sender"), at(days(2) + hours(2)), opened("A"), at(back)];
    const learnt = (ms: number): Item => [
      dispatchA,
      down,
      started("sender"),
      at(back + ms),
      hears("positive", "A"),
      rest,
    ];
    expect(judge(learnt(hours(1)))).toEqual(held1);
    expect(judge(learnt(hours(1) + 1))).toEqual(blamed);
    const own: Item = [at(days(2) - hours(1)), crashed({ party: "sender", why: "threw" }), opened("A"), at(back)];
    expect(judge(dispatchA, own, started("sender"), hears("positive", "A"), rest)).toEqual(blamed);
  });

  it("begins with the order that the sender did not reject: till then whoever gave it has the message", () => {
    const order = (nth: number, saying: "positive" | "negative"): Item => [
      asked(`sender.send(A)/${nth}`, { operation: "send", asker: "police", copies: ["A"] }),
      told(`sender.send(A)/${nth}`, { to: "police", saying, code: saying, copies: ["A"] }),
    ];
    const rejects: Item = [senderRun(), submitted("A"), order(1, "negative")];
    expect(judge(rejects, rest)).toEqual({ judged: 0, blamed: [], doubts: 0 });
    const later: Item = [rejects, at(days(2)), order(2, "positive"), dispatches("A", days(2))];
    expect(judge(later, at(days(4)), warnedA, at(days(5)), opened("A"), hears("positive", "A"), rest)).toEqual(held1);
    expect(judge(later, rest)).toEqual(blamed);
  });

  it("begins with the order that reached it, and not again with one that followed a lost answer", () => {
    const lost = (nth: number): Item => [
      asked(`sender.send(A)/${nth}`, { operation: "send", asker: "police", copies: ["A"] }),
      untold(`sender.send(A)/${nth}`, { to: "police" }),
    ];
    const late: Item = [senderRun(), submitted("A"), lost(1), at(days(2)), lost(2), dispatches("A", days(2))];
    const saved: Item = [at(days(5)), warnedA, at(days(6)), opened("A"), hears("positive", "A"), rest];
    expect(judge(senderRun(), submitted("A"), lost(1), rest)).toEqual({ judged: 0, blamed: [], doubts: 0 });
    expect(judge(late, saved)).toEqual(held1);
    expect(judge(late, lost(3), at(days(5) + 1), saved)).toEqual(held1);
    const taken: Item = [senderRun(), submitted("A"), lost(1), dispatches("A"), at(days(2)), lost(2)];
    expect(judge(taken, saved)).toEqual(blamed);
  });

  it("counts the part of a copy's life from its offer, and what it was given from when it had it", () => {
    const offeredAt = (ms: number, lifeMs: number): Item => [
      senderRun(),
      submitted("A"),
      at(ms),
      offered("A", { to: municipality, lifeEndsMs: ms + lifeMs }),
    ];
    const back = (ms: number): Item => [at(ms), warnedA, handsBack("A"), rest];
    expect(judge(offeredAt(hours(20), hours(24)), back(hours(32)))).toEqual(held1);
    expect(judge(offeredAt(hours(20), hours(24)), back(hours(32) + 1))).toEqual(blamed);
    const warned: Item = [offeredAt(hours(20), days(30)), at(days(2)), warnedA];
    expect(judge(warned, back(days(7)))).toEqual(held1);
    expect(judge(warned, back(days(7) + 1))).toEqual(blamed);
  });

  it("fails where it heard no more than that a channel took on another copy, opened or not", () => {
    const exchange = "altinn-dispatch.send(A)/2";
    const again: Item = [
      asked(exchange, { asker: "sender", copies: ["A~2"] }),
      effected(exchange, "submitted → accepted", { delivery: "A", copy: "A~2" }),
      told(exchange, { to: "sender", code: "201", copies: ["A~2"] }),
    ];
    const lost: Item = [senderRun(), submitted("A"), dispatches("A", 0, { told: false })];
    expect(judge(lost, at(hours(2)), opened("A"), at(hours(3)), again, rest)).toEqual(blamed);
  });

  it("wants a warning on each way: one on the first is none on the second", () => {
    const second: Item = [dispatchA, at(days(3)), warnedA, at(days(6)), mails("A~2")];
    const end: Item = [at(days(12)), byHand("A~2"), hears("positive", "A~2"), rest];
    expect(judge(second, end)).toEqual(blamed);
    expect(judge(second, at(days(9)), warnedA, end)).toEqual(held1);
  });

  it("fails where a machine of the municipality opened it, whatever the sender was told", () => {
    const machine = opened("A", { opener: "machine", who: municipality });
    expect(judge(mailA, machine, hears("positive", "A"), rest)).toEqual(blamed);
  });

  it("holds once it was told that a reader took the debt, and not by a channel that published", () => {
    const confirmed = hears("positive", "A", { takesDebt: municipality });
    expect(judge(mailA, at(days(2)), confirmed, rest)).toEqual(held1);
    expect(judge(mailA, at(days(2) + 1), confirmed, rest)).toEqual(blamed);
    expect(judge(mailA, hears("positive", "A", { takesDebt: "altinn-correspondence" }), rest)).toEqual(blamed);
    expect(judge(mailA, hears("positive", "A", { takesDebt: municipality, to: "portal" }), rest)).toEqual(blamed);
  });

  it("escalates after seven days where no clock ends a copy", () => {
    const late = (ms: number): Item => [mailA, at(days(3)), warnedA, at(ms), handsBack("A"), rest];
    expect(judge(late(days(7)))).toEqual(held1);
    expect(judge(late(days(7) + 1))).toEqual(blamed);
  });

  describe("by way of the portal", () => {
    const portalA: Item = [senderRun(), submitted("A"), handsIn("A")];
    const delivered = hears("positive", "A", { exchange: "portal.status(A)/2" });

    it("warns after two working days and escalates after seven, however short a copy lives on Fiks IO", () => {
      expect(judge(portalA, at(days(2)), registered("A"), delivered, rest)).toEqual(held1);
      expect(judge(portalA, at(days(2) + 1), registered("A"), delivered, rest)).toEqual(blamed);
      expect(judge(portalA, at(days(3)), warnedA, at(days(7)), printed("A"), delivered, rest)).toEqual(held1);
      expect(judge(portalA, at(days(3)), warnedA, at(days(7) + 1), printed("A"), delivered, rest)).toEqual(blamed);
    });

    it("learns of an end by what the portal says after it, not before", () => {
      expect(judge(portalA, delivered, registered("A"), rest)).toEqual(blamed);
    });

    it("is relieved where the portal says so once a reader has taken the debt, whether or not there is a case", () => {
      const read: Item = [pairRun(), submitted("A"), accepted("A"), dispatched("A")];
      expect(judge(read, mottatt("A"), delivered, rest)).toEqual(held1);
      expect(judge(read, delivered, mottatt("A"), rest)).toEqual(blamed);
      expect(judge(read, mottatt("A"), rest)).toEqual(blamed);
    });

    it("knows of a way it chose itself, also where the answer was lost", () => {
      const fallsBack = (told: boolean): Item => [
        dispatchA,
        at(days(3)),
        warnedA,
        at(days(7)),
        accepted("A~2", { told }),
        dispatched("A~2", { to: municipality, lifeEndsMs: days(8) }),
        registered("A~2"),
      ];
      const learns = hears("positive", "A~2");
      expect(judge(fallsBack(true), learns, over(days(20)))).toEqual(held1);
      expect(judge(fallsBack(false), learns, over(days(20)))).toEqual(held1);
    });
  });

  it("has handed it back when the alarm says so, as soon as a person has it", () => {
    const back: Item = [dispatchA, at(days(3)), warnedA, at(days(7)), alerted(["A"], { about: "returned:unread" })];
    expect(judge(back, at(days(9)), returned("A", { to: "police" }), rest)).toEqual(held1);
    expect(judge(back, rest)).toEqual(blamed);
    const bounced = alerted(["A"], { about: "returned:unread", bounced: true });
    expect(
      judge(dispatchA, at(days(3)), warnedA, at(days(7)), bounced, at(days(9)), returned("A", { to: "police" }), rest),
    ).toEqual(blamed);
  });

  it("has warned nobody by an alarm that bounced", () => {
    const bounces = alerted(["A"], { bounced: true });
    expect(judge(dispatchA, at(days(3)), bounces, at(days(7)), handsBack("A"), rest)).toEqual(blamed);
  });

  it("holds where somebody registers by hand what came in the mail, and the sender learns that it was opened", () => {
    expect(judge(dispatchA, at(days(1)), opened("A"), byHand("A"), hears("positive", "A"), rest)).toEqual(held1);
  });
});

describe("end-state-deadline tells", () => {
  const first = (...items: Item[]) => judgement(endStateDeadline, ledger(...items)).findings[0];

  it("which limit was missed, when, and on which way", () => {
    expect(first(police(), sentA, rest)).toMatchObject({
      happened:
        "police sent A on altinn-dispatch and knew of no end at T_warn; by 2023-05-11T08:00:00+02:00 it had warned nobody.",
      missed: { limit: "T_warn", atMs: days(3) },
    });
    expect(first(police(), submitted("A", { sender: "police" }), rest)?.happened).toMatch(
      /^police sent A nowhere yet /,
    );
    expect(first(warned, rest)).toMatchObject({
      happened:
        "police did not know of an end of A, sent on altinn-dispatch, at T_escalate, 2023-05-15T08:00:00+02:00, and had neither taken another channel nor handed it back to a person.",
      missed: { limit: "T_escalate", atMs: days(7) },
    });
  });

  it("nothing of a party that is tested in another role", () => {
    const suts = [
      { party: "police", role: "integration", hash: "00" },
      { party: "sender", role: "sender", hash: "00" },
    ] as const;
    expect(judge(run({ suts }), phase("rage"), sentA, rest).judged).toBe(0);
  });
});

describe("a sender knows of a copy", () => {
  const exchange = "eformidling.send(A)/1";
  const asks = (asker = "police") => asked(exchange, { asker, copies: ["A"] });
  const comes: Item = [
    effected(exchange, "submitted → copied", { delivery: "A", copy: "A~2" }),
    offered("A~2", { channel: "eformidling", to: "4601", lifeEndsMs: days(31) }),
  ];
  const blamed = (...items: Item[]) =>
    judge(police(), sentA, at(days(1)), items, alerted(["A"]), at(days(4)), returned("A"), rest).blamed;

  it("that came of what it asked, before it is answered", () => {
    expect(blamed(asks(), comes)).toEqual([]);
    expect(blamed(asks("portal"), comes)).toEqual(["A eformidling"]);
    expect(blamed(comes)).toEqual(["A eformidling"]);
  });

  it("by no exchange that had been answered, or whose answer was lost, when it came", () => {
    expect(blamed(asks(), told(exchange, { to: "police", copies: ["A"] }), comes)).toEqual(["A eformidling"]);
    expect(blamed(asks(), untold(exchange, { to: "police" }), comes)).toEqual(["A eformidling"]);
    const elsewhere = "eformidling.status(B)/1";
    expect(blamed(asks(), untold(elsewhere, { to: "police" }), told(elsewhere), comes)).toEqual([]);
  });
});
