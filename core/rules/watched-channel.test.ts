import { describe, expect, it } from "vitest";
import {
  alerted,
  alive,
  asked,
  at,
  crashed,
  days,
  dispatches,
  ends,
  entitled,
  faulted,
  handsIn,
  hours,
  type Item,
  inbox,
  judgement,
  ledger,
  mailbox,
  mails,
  minutes,
  municipality,
  notified,
  offered,
  opened,
  paused,
  phase,
  registered,
  resumed,
  returned,
  run,
  senderRun,
  sent,
  started,
  stopped,
  submitted,
  untold,
} from "./fixtures.ts";
import { watchedChannel } from "./watched-channel.ts";

const judge = (...items: Item[]) => {
  const { judged, findings, doubts } = judgement(watchedChannel, ledger(...items));
  return {
    judged,
    blamed: findings.map(({ delivery, blames }) => `${delivery ?? "-"} ${blames}`),
    doubts: doubts.length,
  };
};
const held1 = { judged: 1, blamed: [], doubts: 0 };
const unread = { judged: 1, blamed: ["- integration"], doubts: 0 };
const notExercised = { judged: 0, blamed: [], doubts: 0 };
const rest = ends(days(3));
const over = (ms: number): Item => [at(ms), phase("end")];
const kari = { reader: "Kari", how: "poll" } as const;
const deputy = { reader: "Deputy", how: "poll" } as const;

describe("watched-channel, for a reader", () => {
  it("holds where the caseworker is on holiday and a rostered deputy polled ten minutes ago", () => {
    const rights = [entitled("Kari"), entitled("Deputy")];
    expect(
      judge(rights, alive(kari), at(days(10)), alive(deputy), at(days(10) + minutes(10)), sent("A"), over(days(11))),
    ).toEqual(held1);
  });

  it("fails where the consumer is attached, but its window is full of unacked messages", () => {
    expect(judge(sent("A"), alive(), at(hours(1)), alive({ credit: false }), over(hours(26)))).toEqual(unread);
  });

  it("fails where its right was revoked after it attached", () => {
    const revoked: Item = [
      entitled("integration"),
      alive(),
      sent("A"),
      at(hours(1)),
      entitled("integration", { granted: false }),
    ];
    expect(judge(revoked, over(hours(25)))).toEqual(held1);
    expect(judge(revoked, over(hours(25) + 1))).toEqual(unread);
  });

  it("holds while a consumer is attached and has room, however long nothing comes", () => {
    expect(judge(sent("A"), alive(), rest)).toEqual(held1);
  });

  it("allows 24 hours without room, and not a ms more", () => {
    const full: Item = [sent("A"), alive(), at(hours(1)), alive({ credit: false })];
    expect(judge(full, at(hours(25)), alive(), rest)).toEqual(held1);
    expect(judge(full, at(hours(25) + 1), alive(), rest)).toEqual(unread);
  });

  it("fails where nobody ever attaches", () => {
    expect(judge(sent("A"), over(hours(24)))).toEqual(notExercised);
    expect(judge(sent("A"), over(hours(24) + 1))).toEqual(unread);
    expect(judge(sent("A"), alive({ credit: false }), over(hours(24) + 1))).toEqual(unread);
  });

  it("fails where the reader fell over by itself and never came back", () => {
    expect(judge(sent("A"), alive(), crashed({ why: "TypeError" }), rest)).toEqual(unread);
  });

  it("fails where the consumer is dead and the process alive, though nothing new was offered", () => {
    expect(judge(alive(), at(hours(1)), alive({ credit: false }), rest)).toEqual(unread);
  });

  it("takes a poll for a sign of its moment", () => {
    const polls = (ms: number): Item => [alive({ how: "poll" }), sent("A"), at(ms), alive({ how: "poll" }), over(ms)];
    expect(judge(polls(hours(24)))).toEqual(held1);
    expect(judge(polls(hours(24) + 1))).toEqual(unread);
  });

  it("gives people three working days, which is longer in Easter week", () => {
    const easter = (ms: number): Item => [
      run({ parameters: { startsAt: "2023-04-05T10:00:00+02:00" } }),
      phase("rage"),
      alive(kari),
      sent("A"),
      over(ms),
    ];
    expect(judge(easter(days(8)))).toEqual(held1);
    expect(judge(easter(days(8) + 1))).toEqual(unread);
    const june = (ms: number): Item => [
      run({ parameters: { startsAt: "2023-06-05T10:00:00+02:00" } }),
      phase("rage"),
      alive(kari),
      sent("A"),
      over(ms),
    ];
    expect(judge(june(days(3)))).toEqual(held1);
    expect(judge(june(days(3) + 1))).toEqual(unread);
  });

  it("lets a machine's poll take nothing from what a person's look allows", () => {
    expect(judge(alive(kari), sent("A"), at(hours(1)), alive({ how: "poll" }), over(days(3)))).toEqual(held1);
    expect(judge(alive(kari), sent("A"), at(hours(1)), alive({ how: "poll" }), over(days(3) + 1))).toEqual(unread);
  });

  it("does not take the sign of a reader without the right", () => {
    expect(judge(entitled("Kari"), alive(), offered("A"), over(hours(25)))).toEqual(unread);
    expect(judge(entitled("Kari"), alive(deputy), offered("A"), over(hours(25)))).toEqual(unread);
  });

  it("judges each resource by itself", () => {
    const two: Item = [sent("A"), sent("B", { resource: "4601-02" }), alive()];
    expect(judge(two, rest)).toEqual({ judged: 2, blamed: ["- integration"], doubts: 0 });
    expect(judge(two, alive({ resource: "4601-02" }), rest)).toEqual({ judged: 2, blamed: [], doubts: 0 });
  });

  it("finds it once, with the entry after which nobody read", () => {
    const entries = ledger(
      sent("A"),
      alive(),
      at(hours(1)),
      alive({ credit: false }),
      at(days(2)),
      alive(),
      at(days(3)),
      alive({ credit: false }),
      rest,
    );
    const { findings } = judgement(watchedChannel, entries);
    expect(findings.map(({ entries: seqs }) => seqs.map((seq) => [entries[seq]?.kind, entries[seq]?.atMs]))).toEqual([
      [
        ["offered", 0],
        ["alive", hours(1)],
      ],
    ]);
    expect(findings[0]?.happened).toContain("2023-05-09T09:00:00+02:00");
  });

  it("asks nothing of a system for resources that others read, nor of a sender", () => {
    expect(judge(sent("A", { to: "somebody" }), rest)).toEqual(notExercised);
    const sender = run({ suts: [{ party: "integration", role: "sender", hash: "00" }] });
    expect(judge(sender, offered("A"), rest)).toEqual(notExercised);
  });

  it("does not take a claim for a sign of life", () => {
    expect(judge(sent("A"), alive({ by: "claim" }), over(hours(25)))).toEqual(unread);
  });

  describe("counts only time in which it could read", () => {
    const gone: Item = [started(), sent("A"), alive(), at(hours(1)), alive({ credit: false })];
    it.each([
      ["stopped", stopped(), started()],
      ["killed", crashed(), started()],
      ["paused", paused(), resumed()],
    ])("not while the world kept it %s", (_, down, up) => {
      const away: Item = [gone, at(hours(2)), down, at(hours(50)), up];
      expect(judge(away, over(hours(73)))).toEqual(held1);
      expect(judge(away, over(hours(73) + 1))).toEqual(unread);
    });
    it("not while it never came up again", () => {
      expect(judge(gone, at(hours(2)), stopped(), rest)).toEqual(held1);
    });
    it("not while something between it and its work was out of reach", () => {
      const away: Item = [gone, at(hours(2)), faulted({ boundary: "receiver.*(*)/*:asked", untilMs: hours(50) })];
      expect(judge(away, over(hours(73)))).toEqual(held1);
      expect(judge(away, over(hours(73) + 1))).toEqual(unread);
    });
    it("not from a fault of its connection until heal", () => {
      const away: Item = [
        gone,
        at(hours(2)),
        faulted({ boundary: "fiks-io.connect(lost)/1:asked" }),
        faulted(),
        at(hours(50)),
        phase("heal"),
      ];
      expect(judge(away, over(hours(73)))).toEqual(held1);
      expect(judge(away, over(hours(73) + 1))).toEqual(unread);
    });
    it("not until heal, whatever phase comes first", () => {
      const away: Item = [
        gone,
        at(hours(2)),
        faulted({ boundary: "fiks-io.connect(lost)/1:asked" }),
        at(hours(10)),
        phase("drain"),
        at(hours(50)),
        phase("heal"),
      ];
      expect(judge(away, over(hours(73)))).toEqual(held1);
    });
    it("and puts nothing off for what was over before its reader was gone", () => {
      const before: Item = [
        started(),
        sent("A"),
        alive(),
        at(hours(1)),
        paused(),
        at(hours(2)),
        resumed(),
        at(hours(10)),
        alive({ credit: false }),
      ];
      expect(judge(before, over(hours(34)))).toEqual(held1);
      expect(judge(before, over(hours(34) + 1))).toEqual(unread);
    });
    it("nor for what was over before the last poll", () => {
      const polls: Item = [
        started(),
        sent("A"),
        alive({ how: "poll" }),
        at(hours(1)),
        paused(),
        at(hours(2)),
        resumed(),
        at(hours(10)),
        alive({ how: "poll" }),
      ];
      expect(judge(polls, over(hours(34)))).toEqual(held1);
      expect(judge(polls, over(hours(34) + 1))).toEqual(unread);
    });
    it("all hindrances in the order they came", () => {
      const both: Item = [
        gone,
        at(hours(2)),
        faulted({ untilMs: hours(12) }),
        at(hours(20)),
        stopped(),
        at(hours(30)),
        started(),
      ];
      expect(judge(both, over(hours(45)))).toEqual(held1);
      expect(judge(both, over(hours(45) + 1))).toEqual(unread);
    });
    it("but all of it where a fault was not injected, or was a crash it came back from", () => {
      expect(judge(gone, at(hours(2)), faulted({ outcome: "not-reached" }), over(hours(26)))).toEqual(unread);
      expect(judge(gone, at(hours(2)), faulted({ family: "process" }), over(hours(26)))).toEqual(unread);
    });
    it("once where two hindrances fall together", () => {
      const both: Item = [gone, at(hours(2)), faulted({ untilMs: hours(10) }), stopped(), at(hours(12)), started()];
      expect(judge(both, over(hours(35)))).toEqual(held1);
      expect(judge(both, over(hours(35) + 1))).toEqual(unread);
    });
  });

  it("fails where the world killed it and it came up, but never attached again", () => {
    const killed: Item = [started(), alive(), sent("A"), at(hours(1)), crashed(), at(hours(2)), started()];
    expect(judge(killed, over(hours(26)))).toEqual(held1);
    expect(judge(killed, over(hours(26) + 1))).toEqual(unread);
  });

  it("fails where the world stopped it and it came up, but never attached again", () => {
    const back: Item = [started(), alive(), sent("A"), at(hours(1)), stopped(), at(hours(2)), started()];
    expect(judge(back, over(hours(26)))).toEqual(held1);
    expect(judge(back, over(hours(26) + 1))).toEqual(unread);
  });

  it("counts from when the resource was first used, not from when its rights were given", () => {
    const later: Item = [
      started(),
      entitled("integration"),
      at(hours(1)),
      stopped(),
      at(hours(5)),
      started(),
      at(days(10)),
      sent("A", { lifeEndsMs: days(11) }),
    ];
    expect(judge(later, alerted(["A"]), over(days(11)))).toEqual(notExercised);
    expect(judge(later, alerted(["A"]), over(days(11) + 1))).toEqual(unread);
    const entries = ledger(later, over(days(12)));
    const [finding] = judgement(watchedChannel, entries).findings;
    expect(finding?.entries.map((seq) => entries[seq]?.kind)).toEqual(["offered"]);
  });

  it("takes a consumer that never had room for no sign of life", () => {
    expect(judge(sent("A"), at(hours(10)), alive({ credit: false }), over(hours(24) + 1))).toEqual(unread);
  });

  it("proves a dead consumer by what ended it", () => {
    const proofs = (...items: Item[]) => {
      const entries = ledger(started(), alive(), sent("A"), at(hours(1)), items, over(days(9)));
      return judgement(watchedChannel, entries).findings.map(({ entries: seqs }) =>
        seqs.map((seq) => entries[seq]?.kind),
      );
    };
    expect(proofs(crashed({ why: "TypeError" }))).toEqual([["alive", "crashed"]]);
    expect(proofs(entitled("integration", { granted: false }))).toEqual([["alive", "entitled"]]);
    expect(proofs(crashed({ party: "receiver", why: "TypeError" }), alive({ credit: false }))).toEqual([
      ["alive", "alive"],
    ]);
  });

  it("fails where the reader fell over before it ever attached", () => {
    expect(judge(sent("A"), crashed({ why: "TypeError" }), over(hours(24) + 1))).toEqual(unread);
  });

  it("judges by what there is where the ledger breaks off", () => {
    expect(judge(sent("A"), at(hours(24)), offered("B"))).toEqual(notExercised);
    expect(judge(sent("A"), at(hours(24) + 1), offered("B"))).toEqual(unread);
  });

  it("is inconclusive where its clock cannot be moved", () => {
    const tier = (integration: "offset" | "compressed") => run({ tierByDomain: { world: "driven", integration } });
    expect(judge(tier("offset"), sent("A"), alive(), rest)).toEqual({ judged: 0, blamed: [], doubts: 1 });
    expect(judge(tier("compressed"), sent("A"), alive(), rest)).toEqual(held1);
  });
});

describe("watched-channel, for a sender", () => {
  const police = run({ suts: [{ party: "police", role: "sender", hash: "00" }] });
  const inbox = { channel: "altinn-dispatch", resource: "4601" };
  const sends = (label = "A"): Item => [
    submitted(label, { sender: "police" }),
    offered(label, { ...inbox, to: "4601", lifeEndsMs: days(30) }),
  ];
  const reads = { ...inbox, reader: "Kari", how: "poll" } as const;
  const blind = { judged: 1, blamed: ["A police"], doubts: 0 };
  const noRight: Item = [police, phase("rage"), entitled("Kari", { ...inbox, granted: false })];
  const right: Item = [police, phase("rage"), entitled("Kari", inbox)];
  // Monday 8 May 2023, 08:00: two working days are over on Wednesday 08:00.
  const warnMs = days(2);

  it("fails where nobody is entitled, and nobody was told by T_warn", () => {
    expect(judge(noRight, sends(), rest)).toEqual(blind);
    expect(judge(noRight, sends(), over(warnMs))).toEqual(notExercised);
    expect(judge(noRight, sends(), over(warnMs + 1))).toEqual(blind);
  });

  it("holds where an entitled reader showed a sign of life in the three working days before", () => {
    expect(judge(right, alive(reads), at(days(3)), sends(), rest)).toEqual(held1);
    expect(judge(right, alive(reads), at(days(3) + 1), sends(), rest)).toEqual({
      judged: 1,
      blamed: ["A police"],
      doubts: 0,
    });
  });

  it("holds for 24 hours after a consumer was gone", () => {
    const gone: Item = [
      police,
      phase("rage"),
      alive({ ...inbox, reader: "System" }),
      at(days(10)),
      alive({ ...inbox, reader: "System", credit: false }),
    ];
    const late = (ms: number): Item => [
      at(days(10) + ms),
      submitted("A", { sender: "police" }),
      offered("A", { ...inbox, to: "4601", lifeEndsMs: days(40) }),
    ];
    expect(judge(gone, late(hours(24)), ends(days(20)))).toEqual(held1);
    expect(judge(gone, late(hours(24) + 1), ends(days(20)))).toEqual(blind);
  });

  it("fails where the only reader is not entitled", () => {
    expect(judge(noRight, alive(reads), sends(), rest)).toEqual(blind);
  });

  it.each([
    ["an alarm", alerted(["A"])],
    ["another channel", offered("A~2", { channel: "fiks-io", to: "4601" })],
    ["a return", returned("A", { to: "police" })],
    ["a registration", registered("A")],
    ["a person who opened it", opened("A")],
    ["a sign of life of an entitled reader", alive({ ...inbox, reader: "Kari", how: "canary" })],
  ])("is saved by %s up to T_warn, and not a ms later", (_, saved) => {
    expect(judge(right, sends(), at(warnMs), saved, rest)).toMatchObject({ blamed: [] });
    expect(judge(right, sends(), at(warnMs + 1), saved, rest).blamed).toContain("A police");
  });

  it.each([
    ["an alarm that bounced", alerted(["A"], { bounced: true })],
    ["an alarm about another", alerted(["B"])],
    ["another copy to the same inbox", offered("A~2", { ...inbox, to: "4601", lifeEndsMs: days(30) })],
    ["a machine that opened it", opened("A", { opener: "machine" })],
    [
      "the sign of life of a reader of another inbox",
      alive({ ...inbox, resource: "4602", reader: "Kari", how: "poll" }),
    ],
  ])("is not saved by %s", (_, saved) => {
    expect(judge(right, sends(), saved, rest)).toEqual(blind);
  });

  it("is not saved by the sign of life of a reader who is not entitled", () => {
    expect(judge(noRight, sends(), at(hours(1)), alive(reads), rest)).toEqual(blind);
  });

  it("is told of in the order things broke, together with readers", () => {
    const two = run({
      suts: [
        { party: "police", role: "sender", hash: "00" },
        { party: "integration", role: "integration", hash: "00" },
      ],
    });
    const right: Item = [two, phase("rage"), entitled("Kari", { ...inbox, granted: false })];
    expect(
      judge(right, offered("B"), sends(), at(hours(1)), alive(), at(hours(2)), alive({ credit: false }), rest).blamed,
    ).toEqual(["- integration", "A police"]);
    expect(
      judge(right, sends(), at(hours(1)), offered("B"), alive(), at(hours(2)), alive({ credit: false }), rest).blamed,
    ).toEqual(["A police", "- integration"]);
  });

  it("is saved by an alarm about several", () => {
    expect(judge(noRight, sends(), alerted(["B", "A"]), rest)).toEqual(held1);
  });

  it("must act by a quarter of the copy's life, whenever it was sent", () => {
    const short: Item = [
      noRight,
      at(days(1)),
      submitted("A", { sender: "police" }),
      offered("A", { ...inbox, to: "4601", lifeEndsMs: days(5) }),
    ];
    expect(judge(short, over(days(2)))).toEqual(notExercised);
    expect(judge(short, over(days(2) + 1))).toEqual(blind);
  });

  it("is saved where the right comes in time to a reader who was there", () => {
    expect(judge(noRight, alive(reads), sends(), at(hours(1)), entitled("Kari", inbox), rest)).toEqual(held1);
  });

  it("is inconclusive where nothing tells who may read", () => {
    expect(judge(police, phase("rage"), sends(), rest)).toEqual({ judged: 0, blamed: [], doubts: 1 });
  });

  it("fails without a view of rights where the reader there was is long gone", () => {
    expect(judge(police, phase("rage"), alive(reads), at(days(5)), sends(), rest)).toEqual(blind);
  });

  it("blames a sender that is not under test where rights show, and judges nothing by it", () => {
    const reader: Item = [entitled("Kari", { ...inbox, granted: false }), sends(), rest];
    expect(judge(reader)).toEqual({ judged: 0, blamed: ["A police"], doubts: 0 });
    expect(judge(sends(), rest)).toEqual(notExercised);
    expect(judge(entitled("Kari", inbox), alive(reads), sends(), rest)).toEqual(notExercised);
    expect(judge(entitled("Kari", inbox), sends(), alerted(["A"]), rest)).toEqual(notExercised);
  });
});

describe("watched-channel, for a sender of dispatches to municipalities that nobody told of the channel", () => {
  const nobody = entitled(municipality, { ...inbox, granted: false });
  const blind = { judged: 1, blamed: ["A sender"], doubts: 0 };

  it("fails where nobody there is entitled, and nobody was told by T_warn", () => {
    const sentA: Item = [senderRun(), nobody, submitted("A"), dispatches("A")];
    expect(judge(sentA, over(days(2)))).toEqual(notExercised);
    expect(judge(sentA, over(days(2) + 1))).toEqual(blind);
    expect(judge(sentA, at(days(2)), alerted(["A"]), rest)).toEqual(held1);
  });

  it("does not count time in which the world kept the sender down, and gives a day where it cut off the alarm", () => {
    const sentA: Item = [senderRun(), nobody, submitted("A"), dispatches("A")];
    const down: Item = [sentA, at(hours(40)), stopped("sender"), at(hours(50)), started("sender")];
    expect(judge(down, at(hours(58)), alerted(["A"]), rest)).toEqual(held1);
    expect(judge(down, at(hours(58) + 1), alerted(["A"]), rest)).toEqual(blind);
    const cut: Item = [
      asked("alarm.raise(A)/1", { asker: "sender", copies: ["A"] }),
      untold("alarm.raise(A)/1", { to: "sender" }),
    ];
    expect(judge(sentA, at(hours(47)), cut, at(hours(71)), alerted(["A"]), rest)).toEqual(held1);
    expect(judge(sentA, at(hours(47)), cut, at(hours(71) + 1), alerted(["A"]), rest)).toEqual(blind);
  });

  it("asks recipient by recipient", () => {
    const other = { channel: "altinn-dispatch", resource: "dispatch/4602" };
    const awake: Item = [entitled("Kari", other), alive({ ...other, reader: "Kari", how: "poll" })];
    expect(judge(senderRun(), nobody, awake, submitted("A"), dispatches("A"), rest)).toEqual(blind);
  });

  it("goes by the last look before something was sent, which is told of only then", () => {
    const looked = (lastMs: number): Item => [
      senderRun(),
      entitled("Kari", inbox),
      at(days(10)),
      alive({ ...inbox, reader: "Kari", how: "poll", lastMs }),
      submitted("A"),
      dispatches("A", days(10)),
      ends(days(13)),
    ];
    // From Monday 15 May three working days go past two holidays; from Thursday 11 May they end on Tuesday 16 May.
    expect(judge(looked(days(7)))).toEqual(held1);
    expect(judge(looked(days(3)))).toEqual(blind);
  });

  it("has nothing to watch where the portal took the debt", () => {
    expect(judge(senderRun(), submitted("A"), handsIn("A"), rest)).toEqual(held1);
  });

  it("holds for mail that no clock ends where somebody reads, and fails at T_warn where nobody does", () => {
    const mailed: Item = [submitted("A"), mails("A"), rest];
    const reads: Item = [entitled("Kari", mailbox), alive({ ...mailbox, reader: "Kari", how: "poll" })];
    expect(judge(senderRun(), reads, mailed)).toEqual(held1);
    expect(judge(senderRun(), entitled(municipality, { ...mailbox, granted: false }), mailed)).toEqual(blind);
  });
});

describe("watched-channel, for a municipality", () => {
  const nobody = entitled(municipality, { ...inbox, granted: false });
  const notice = (outcome: "delivered" | "bounced" | "none" = "delivered"): Item =>
    notified("Administrator", { outcome, message: "A", delivery: "A", copy: "A" });
  const sentA: Item = [senderRun(), nobody, submitted("A"), dispatches("A"), alerted(["A"])];
  const deaf = { judged: 1, blamed: [`A ${municipality}`], doubts: 0 };

  it("fails where it was told of a copy, and nobody who may read has looked for three working days", () => {
    expect(judge(sentA, notice(), over(days(3)))).toEqual(held1);
    expect(judge(sentA, notice(), over(days(3) + 1))).toEqual(deaf);
    expect(judge(sentA, notice(), at(days(1)), notice(), over(days(3) + 1))).toEqual(deaf);
  });

  it("breaks no duty where nobody told it", () => {
    for (const untold of [[], notice("bounced"), notice("none")]) expect(judge(sentA, untold, rest)).toEqual(held1);
  });

  it("is saved by a look of somebody who has been given the right, and not by one who has not", () => {
    const looks = alive({ ...inbox, reader: "Kari", how: "poll" });
    const given = entitled("Kari", inbox);
    expect(judge(sentA, notice(), at(days(3)), given, looks, rest)).toEqual(held1);
    expect(judge(sentA, notice(), at(days(3) + 1), given, looks, rest)).toEqual(deaf);
    expect(judge(sentA, notice(), at(days(1)), looks, rest)).toEqual(deaf);
    expect(judge(sentA, notice(), at(days(1)), given, rest)).toEqual(deaf);
    const before: Item = [at(days(1)), given, alive({ ...inbox, reader: "Kari", how: "poll", lastMs: 0 })];
    expect(judge(sentA, at(hours(1)), notice(), before, over(days(9)))).toEqual(deaf);
  });

  it("is saved by a person who opens something there, and not by a machine", () => {
    expect(judge(sentA, notice(), at(days(3)), opened("A", { copy: "A" }), rest)).toEqual(held1);
    expect(judge(sentA, notice(), opened("A", { copy: "A", opener: "machine" }), rest)).toEqual(deaf);
  });

  it("counts a machine of its own by the hours of machines", () => {
    const machine = alive({ ...inbox, reader: municipality, how: "poll" });
    const late: Item = [at(hours(24) + 1), submitted("A"), dispatches("A", hours(24) + 1), over(days(9))];
    expect(judge(senderRun(), entitled(municipality, inbox), machine, late).blamed).toEqual(["A sender"]);
  });
});

describe("watched-channel, for an integration that polls", () => {
  const mine = { ...mailbox, reader: "integration", how: "poll" } as const;
  const police = { to: "integration", sender: "police" };
  const mailA: Item = [submitted("A", { sender: "police" }), mails("A", police)];
  const may = entitled("integration", mailbox);
  const mayNot = entitled("integration", { ...mailbox, granted: false });
  const idle = (fromMs: number, toMs: number): Item => ({
    kind: "idle",
    operation: "list",
    asker: "integration",
    count: 9,
    fromMs,
    toMs,
    exchange: "altinn-correspondence.list(idle)@altinn-correspondence.list(news(A))/1",
  });
  const polls = (fromMs: number, toMs: number): Item => [
    idle(fromMs, toMs),
    alive({
      ...mine,
      lastMs: toMs,
      exchange: "altinn-correspondence.list(idle)@altinn-correspondence.list(news(A))/1",
    }),
  ];

  it("holds where its polls are never 24 hours apart, also where several are told of in one entry", () => {
    expect(judge(may, mailA, at(hours(30)), polls(hours(20), hours(30)), over(hours(54)))).toEqual(held1);
    expect(judge(may, mailA, at(hours(30)), polls(hours(20), hours(30)), over(hours(54) + 1))).toEqual(unread);
    expect(judge(may, mailA, at(hours(40)), polls(hours(24) + 1, hours(40)), over(hours(54)))).toEqual(unread);
  });

  it("counts a sign of life at its own instant, not where it is told of", () => {
    const told = (lastMs: number): Item => [
      may,
      alive(mine),
      mailA,
      at(hours(40)),
      alive({ ...mine, lastMs }),
      over(hours(48)),
    ];
    expect(judge(told(hours(24)))).toEqual(held1);
    expect(judge(told(hours(24) + 1))).toEqual(unread);
    expect(judge(told(hours(23)))).toEqual(unread);
  });

  it("fails where it never looks at a channel it was given", () => {
    expect(judge(may, mailA, over(hours(24)))).toEqual(notExercised);
    expect(judge(may, mailA, over(hours(24) + 1))).toEqual(unread);
  });

  describe("that has lost its right", () => {
    const alarm = alerted([], { about: "altinn.right-lost" });
    const lost: Item = [may, mailA, alive(mine), at(hours(2)), mayNot];

    it("holds where it tells somebody of the channel within 24 hours, and not a ms later", () => {
      expect(judge(lost, at(hours(26)), alarm, over(days(9)))).toEqual(held1);
      expect(judge(lost, at(hours(26) + 1), alarm, over(days(9)))).toEqual(unread);
      expect(judge(lost, over(days(9)))).toEqual(unread);
    });

    it("is not saved by an alarm that bounced, that is about a message, or that came before", () => {
      for (const useless of [alerted([], { bounced: true }), alerted([], { owner: "" }), alerted(["A"])])
        expect(judge(lost, useless, over(days(9)))).toEqual(unread);
      expect(judge(may, mailA, alive(mine), alarm, at(hours(2)), mayNot, over(days(9)))).toEqual(unread);
    });

    it("must read again within 24 hours once it has its right back", () => {
      const back: Item = [lost, alarm, at(days(3)), may];
      expect(judge(back, at(days(4)), alive(mine), over(days(5)))).toEqual(held1);
      expect(judge(back, at(days(4) + 1), alive(mine), over(days(5)))).toEqual(unread);
    });

    it("holds where it never had it, told somebody at its start, and mail came days later", () => {
      const never: Item = [mayNot, at(hours(1)), alarm, at(days(5)), mailA];
      expect(judge(never, over(days(9)))).toEqual({ ...notExercised, blamed: ["A police"] });
      expect(judge(mayNot, at(days(5)), mailA, over(days(9))).blamed).toContain("- integration");
    });
  });
});
