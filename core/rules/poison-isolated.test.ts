import { describe, expect, it } from "vitest";
import type { Draft } from "../ledger.ts";
import {
  acks,
  alerted,
  asked,
  at,
  crashed,
  days,
  deadletters,
  delivered,
  dropped,
  ends,
  faulted,
  feilet,
  held,
  hours,
  type Item,
  judgement,
  leaked,
  ledger,
  mailbox,
  mails,
  minutes,
  mottatt,
  offered,
  outage,
  paused,
  phase,
  printed,
  purged,
  quarantined,
  registers,
  resends,
  restored,
  returned,
  run,
  sent,
  settles,
  started,
  stopped,
  submitted,
  takenBack,
  told,
  untold,
} from "./fixtures.ts";
import { poisonIsolated } from "./poison-isolated.ts";

const judge = (...items: Item[]) => {
  const { judged, findings, doubts } = judgement(poisonIsolated, ledger(...items));
  return { judged, blamed: findings.map(({ delivery, blames }) => `${delivery} ${blames}`), doubts: doubts.length };
};
const held1 = { judged: 1, blamed: [], doubts: 0 };
const both = { judged: 2, blamed: [], doubts: 0 };
const notExercised = { judged: 0, blamed: [], doubts: 0 };
const rest = ends(days(2));

const planted = (label: string, what: "poison" | "invalid" | "twin", over = {}): Item => [
  submitted(label, { planted: what }),
  held(label, { party: "portal" }),
  held(label, { party: "fiks-io" }),
  offered(label, over),
];
/** Poison that the reader handles as it should: a negative receipt, a report, paper. */
const handled: Item = [planted("P", "poison"), delivered("P"), feilet("P"), acks("P"), alerted(["P"])];
const registersB = (ms: number): Item => [sent("B"), delivered("B"), at(ms), registers("B"), mottatt("B"), acks("B")];
const hurt = { judged: 2, blamed: ["B integration"], doubts: 0 };

describe("poison-isolated, for neighbours", () => {
  it("holds where a neighbour is late by one lock", () => {
    const twin = run({ parameters: { twinLatencyMs: { B: 10 } } });
    expect(judge(twin, phase("rage"), handled, registersB(minutes(5) + 10), rest)).toEqual(both);
    expect(judge(twin, phase("rage"), handled, registersB(minutes(5) + 11), rest)).toEqual(hurt);
  });

  it("fails where a crash loop used up a neighbour's attempts, so that it was dead-lettered and printed", () => {
    const loop = [1, 2, 3].map((attempt) => [
      delivered("P", attempt),
      delivered("B", attempt),
      crashed({ why: "RangeError" }),
      started(),
    ]);
    expect(
      judge(
        planted("P", "poison"),
        sent("B"),
        loop,
        deadletters("P"),
        deadletters("B"),
        printed("P"),
        printed("B"),
        alerted(["P"]),
        rest,
      ),
    ).toEqual(hurt);
  });

  it("holds up to three times the twin run's latency", () => {
    const twin = run({ parameters: { twinLatencyMs: { B: minutes(20) } } });
    expect(judge(twin, phase("rage"), handled, registersB(hours(1)), rest)).toEqual(both);
    expect(judge(twin, phase("rage"), handled, registersB(hours(1) + 1), rest)).toEqual(hurt);
  });

  it("measures from the neighbour's own offer", () => {
    const twin = run({ parameters: { twinLatencyMs: { B: minutes(20) } } });
    const later = (ms: number): Item => [
      twin,
      phase("rage"),
      handled,
      at(hours(10)),
      sent("B"),
      delivered("B"),
      at(hours(10) + ms),
      registers("B"),
      rest,
    ];
    expect(judge(later(hours(1)))).toEqual(both);
    expect(judge(later(hours(1) + 1))).toEqual(hurt);
  });

  it("holds without a twin run while a neighbour is registered within D", () => {
    expect(judge(handled, registersB(hours(2)), rest)).toEqual(both);
    expect(judge(handled, registersB(hours(2) + 1), rest)).toEqual(hurt);
  });

  it("fails where a neighbour is never registered, once D is over", () => {
    expect(judge(handled, sent("B"), rest)).toEqual(hurt);
    expect(judge(handled, sent("B"), at(hours(2)), phase("end"))).toEqual(held1);
  });

  it("fails where a neighbour was dead-lettered first and registered from a resend", () => {
    expect(
      judge(handled, sent("B"), delivered("B"), deadletters("B"), resends("B", "B~2"), registers("B~2"), rest),
    ).toEqual(hurt);
  });

  it("looks at what was offered within the poison's life only", () => {
    const late = (ms: number): Item => [at(ms), sent("B", { lifeEndsMs: ms + hours(24) }), ends(days(3))];
    expect(judge(handled, late(hours(24)))).toEqual(hurt);
    expect(judge(handled, late(hours(24) + 1))).toEqual(held1);
    expect(judge(sent("B"), handled, rest)).toEqual(held1);
    const longer = resends("P", "P~2", { lifeEndsMs: hours(30) });
    expect(judge(handled, longer, late(hours(30)))).toEqual(hurt);
  });

  it("counts no neighbour that is broken itself, but a twin", () => {
    expect(judge(handled, planted("B", "invalid"), rest)).toEqual(held1);
    expect(judge(handled, planted("B", "poison"), delivered("B"), alerted(["B"]), rest)).toEqual(both);
    expect(judge(handled, planted("B", "twin"), rest)).toEqual(hurt);
  });

  it("counts none that was offered to another", () => {
    expect(judge(handled, sent("B", { to: "integration#2" }), rest)).toEqual(held1);
  });

  describe("excuses a neighbour", () => {
    it.each([
      ["by a fault of its own", faulted({ boundary: "receiver.register(B)/1:asked" })],
      ["by a fault of an exchange about several", faulted({ boundary: "fiks-io.settle({A,B})/1:done" })],
      ["by a fault of the connection", faulted({ boundary: "fiks-io.connect(lost)/1:asked" })],
      ["by an outage", outage(hours(1))],
      ["by a crash of ours beside it", faulted({ boundary: "receiver.register(P)/1:done", family: "process" })],
      ["by a kill", crashed()],
      ["by a stop", stopped()],
      ["by a pause", paused()],
      ["by a restored backup", restored("receiver", 0)],
      ["by a fault of a poll", faulted({ boundary: "altinn-broker.list(idle)@fiks-io.deliver(P)/1:asked" })],
      ["by a step", faulted({ boundary: "step", family: "store" })],
    ])("struck %s", (_, fault) => {
      expect(judge(handled, sent("B"), fault, rest)).toEqual(held1);
    });
    it.each([
      ["by a fault of its own", faulted({ boundary: "fiks-io.settle(B)/1:asked" })],
      ["by a stop", stopped()],
    ])("that lost its attempts after it was registered, struck %s", (_, fault) => {
      expect(judge(handled, registersB(hours(1)), fault, deadletters("B"), rest)).toEqual(both);
      expect(judge(handled, registersB(hours(1)), deadletters("B"), at(hours(2)), fault, rest)).toEqual(hurt);
    });
    it("that lost its attempts after it was registered, each with a line that we broke over another", () => {
      const broken = faulted({ boundary: "fiks-io.settle(A)/1:asked" });
      expect(judge(handled, registersB(hours(1)), broken, deadletters("B"), rest)).toEqual(both);
      expect(judge(handled, registersB(hours(1)), delivered("B"), broken, deadletters("B"), rest)).toEqual(hurt);
    });
    it("offered during an outage, until that ends or is healed", () => {
      expect(judge(handled, outage(hours(1)), at(hours(1) - 1), sent("B"), rest)).toEqual(held1);
      expect(judge(handled, outage(hours(1)), at(hours(1)), sent("B"), rest)).toEqual(hurt);
      expect(
        judge(handled, outage(hours(9)), at(hours(1)), phase("heal"), sent("B"), at(days(3)), phase("end")),
      ).toEqual(hurt);
    });
    it("offered while the world held the system down, and not once that was over", () => {
      const offeredAfter = (...before: Item[]) => judge(handled, before, at(hours(1)), sent("B"), rest);
      for (const down of [stopped(), crashed(), paused()]) {
        expect(offeredAfter(down)).toEqual(held1);
        expect(offeredAfter(down, started())).toEqual(hurt);
      }
      expect(offeredAfter(crashed({ why: "RangeError" }))).toEqual(hurt);
      expect(offeredAfter(crashed({ party: "receiver" }))).toEqual(hurt);
    });
    it("offered during an outage, whatever faults came before and whatever phases go by", () => {
      const out: Item = [
        handled,
        faulted({ boundary: "receiver.register(A)/1:asked" }),
        outage(hours(9)),
        at(hours(1)),
        phase("drain"),
        at(hours(2)),
      ];
      expect(judge(out, sent("B"), rest)).toEqual(held1);
    });
    it.each([
      ["struck by a fault of the poison", faulted({ boundary: "receiver.register(P)/1:asked" })],
      ["struck by a fault of another", faulted({ boundary: "receiver.register(A)/1:asked" })],
      [
        "by a fault that was not reached",
        faulted({ boundary: "receiver.register(B)/1:asked", outcome: "not-reached" }),
      ],
      ["by a reader that fell over by itself", crashed({ why: "RangeError" })],
    ])("but not one %s", (_, fault) => {
      expect(judge(handled, sent("B"), fault, rest)).toEqual(hurt);
    });
    it("but not one struck only after it was registered too late, or dead-lettered", () => {
      expect(judge(handled, registersB(hours(3)), crashed(), rest)).toEqual(hurt);
      expect(judge(handled, registersB(hours(3)), faulted({ boundary: "fiks-io.settle(B)/1:asked" }), rest)).toEqual(
        hurt,
      );
      expect(judge(handled, sent("B"), deadletters("B"), crashed(), rest)).toEqual(hurt);
    });
  });

  it("takes a neighbour for late that is only staged within D", () => {
    expect(judge(handled, sent("B"), delivered("B"), held("B"), at(hours(2) + 1), registers("B"), rest)).toEqual(hurt);
    const entries = ledger(handled, sent("B"), delivered("B"), at(hours(2) + 1), registers("B"), rest);
    expect(judgement(poisonIsolated, entries).findings[0]?.entries.map((seq) => entries[seq]?.kind)).toEqual([
      "offered",
      "offered",
      "registered",
    ]);
  });

  it("goes by the first registration", () => {
    expect(judge(handled, registersB(hours(1)), at(hours(9)), registers("B", { attempt: 2 }), rest)).toEqual(both);
  });

  it("judges by what there is where the ledger breaks off", () => {
    expect(judge(handled, sent("B"), at(hours(2) + 1), sent("C"))).toEqual(hurt);
  });

  it("names the poison, the neighbour's offer and what became of it", () => {
    const entries = ledger(handled, sent("B"), delivered("B"), deadletters("B"), rest);
    const [finding] = judgement(poisonIsolated, entries).findings;
    expect(finding?.entries.map((seq) => [entries[seq]?.kind, entries[seq]?.delivery])).toEqual([
      ["offered", "P"],
      ["offered", "B"],
      ["dropped", "B"],
    ]);
  });
});

describe("poison-isolated, for the poison", () => {
  const poisonous: Item = [planted("P", "poison"), at(hours(1)), delivered("P")];
  const failed = { judged: 1, blamed: ["P integration"], doubts: 0 };
  const lets = (...parties: string[]): Item => parties.map((party) => dropped("P", { party }));

  it("holds where it is reported within 24 hours, and not a ms later", () => {
    expect(judge(poisonous, at(hours(25)), alerted(["P"]), rest)).toEqual(held1);
    expect(judge(poisonous, at(hours(25) + 1), alerted(["P"]), rest)).toEqual(failed);
  });

  it.each([
    ["bounced", alerted(["P"], { bounced: true })],
    ["went to nobody", alerted(["P"], { owner: "" })],
    ["named another", alerted(["B"])],
    ["is only claimed", alerted(["P"], { by: "claim" })],
    ["carried content", [leaked({ exchange: "alarm.raise(P)/1" }), alerted(["P"], { exchange: "alarm.raise(P)/1" })]],
  ] as [string, Item][])("fails where the report %s", (_, report) => {
    expect(judge(poisonous, report, rest)).toEqual(failed);
  });

  it("goes by the first report, alone or about several, through whatever sink", () => {
    expect(judge(poisonous, alerted(["P"]), at(hours(40)), alerted(["P"]), rest)).toEqual(held1);
    expect(judge(poisonous, alerted(["B", "P"]), rest)).toEqual(held1);
    expect(judge(poisonous, alerted(["P"], { exchange: "alarm.raise(P)/1" }), rest)).toEqual(held1);
  });

  it("asks nothing of a system for what another was told", () => {
    expect(judge(planted("P", "poison"), told(undefined, { to: "portal", copies: ["P"] }), rest)).toEqual(notExercised);
  });

  it("names its offer, and when it was told or lost", () => {
    const proofs = (...items: Item[]) => {
      const entries = ledger(items, rest);
      return judgement(poisonIsolated, entries).findings[0]?.entries.map((seq) => [
        entries[seq]?.kind,
        entries[seq]?.atMs,
      ]);
    };
    expect(proofs(poisonous)).toEqual([
      ["offered", 0],
      ["told", hours(1)],
    ]);
    expect(proofs(poisonous, alerted(["P"]), at(hours(2)), lets("fiks-io", "portal"))).toEqual([
      ["offered", 0],
      ["dropped", hours(2)],
    ]);
  });

  it("counts seven days from the first offer", () => {
    const later: Item = [at(days(1)), planted("P", "poison", { lifeEndsMs: days(2) }), delivered("P"), alerted(["P"])];
    expect(judge(later, at(days(8) - 1), lets("fiks-io", "portal"), ends(days(9)))).toEqual(failed);
    expect(
      judge(
        later,
        at(days(3)),
        resends("P", "P~2", { lifeEndsMs: days(4) }),
        at(days(8)),
        lets("fiks-io", "portal"),
        ends(days(20)),
      ),
    ).toEqual(held1);
  });

  it("is owed a report from when the sink the world cut off can be reached again", () => {
    const cut: Item = [asked("alarm.raise(P)/1", { copies: ["P"] }), at(hours(20)), untold("alarm.raise(P)/1")];
    expect(judge(poisonous, cut, at(hours(44)), alerted(["P"]), ends(days(3)))).toEqual(held1);
    expect(judge(poisonous, cut, at(hours(44) + 1), alerted(["P"]), ends(days(3)))).toEqual(failed);
  });

  it("asks nothing of a reader that never had it, or could register it", () => {
    expect(judge(planted("P", "poison"), rest)).toEqual(notExercised);
    expect(judge(poisonous, registers("P"), mottatt("P"), acks("P"), rest)).toEqual(notExercised);
  });

  describe("that the channel took back with a broken connection", () => {
    const again = (ms: number): Item => [at(hours(30)), delivered("P", 2), at(hours(54) + ms), alerted(["P"])];

    it("is in nobody's hand until it is handed over again", () => {
      const back: Item = [poisonous, at(hours(2)), takenBack("P")];
      expect(judge(back, rest)).toEqual(notExercised);
      expect(judge(back, again(0), ends(days(3)))).toEqual(held1);
      expect(judge(back, again(1), ends(days(3)))).toEqual(failed);
    });

    it("had been in the system's hand where that fell over by itself, until it is started again", () => {
      const fell: Item = [poisonous, at(hours(2)), crashed({ why: "RangeError" })];
      expect(judge(fell, takenBack("P"), rest)).toEqual(failed);
      expect(judge(fell, started(), delivered("P", 2), takenBack("P"), rest)).toEqual(notExercised);
    });

    it("had been in its hand where the system gave it back itself, or a report was overdue or made", () => {
      const gaveBack: Item = [poisonous, at(hours(2)), settles("P", "requeue")];
      expect(judge(gaveBack, at(hours(25) + 1), alerted(["P"]), ends(days(3)))).toEqual(failed);
      expect(judge(poisonous, at(hours(25)), takenBack("P"), ends(days(3)))).toEqual(notExercised);
      expect(judge(poisonous, at(hours(25) + 1), takenBack("P"), ends(days(3)))).toEqual(failed);
      expect(judge(poisonous, alerted(["P"]), takenBack("P"), rest)).toEqual(held1);
    });
  });

  it("fails where nobody holds it before seven days are over", () => {
    const reported = [poisonous, alerted(["P"])];
    expect(judge(reported, lets("fiks-io", "portal"), rest)).toEqual(failed);
    expect(judge(reported, lets("fiks-io"), rest)).toEqual(held1);
    expect(judge(reported, lets("fiks-io"), at(days(7) - 1), purged("P"), ends(days(9)))).toEqual(failed);
    expect(judge(reported, lets("fiks-io"), at(days(7)), purged("P"), ends(days(9)))).toEqual(held1);
  });

  it("fails by its loss first, where it was not reported either", () => {
    const { findings } = judgement(poisonIsolated, ledger(poisonous, lets("fiks-io", "portal"), rest));
    expect(findings.map(({ happened }) => happened)).toEqual([expect.stringContaining("Nobody held P any more")]);
  });

  it.each([
    ["a reader that keeps it raw", [quarantined("P"), lets("fiks-io", "portal")]],
    ["a reader's own store", [held("P", { party: "integration", durability: "process" }), lets("fiks-io", "portal")]],
    ["paper", [lets("fiks-io", "portal"), printed("P")]],
    ["its sender", [lets("fiks-io", "portal"), returned("P")]],
    ["a copy that comes back", [lets("fiks-io", "portal"), held("P~2", { party: "portal" })]],
  ] as [string, Item][])("holds where it is kept by %s", (_, kept) => {
    expect(judge(poisonous, alerted(["P"]), kept, rest)).toEqual(held1);
  });

  it.each([
    ["memory", held("P", { party: "integration", durability: "memory" })],
    ["a place of unknown worth", held("P", { party: "integration", durability: "unknown" })],
    ["a place nobody can get at", quarantined("P", { retrievable: false })],
  ])("fails where it is kept in %s only", (_, kept) => {
    expect(judge(poisonous, alerted(["P"]), kept, lets("fiks-io", "portal"), rest)).toEqual(failed);
  });

  it("counts who offers it as one who holds it", () => {
    const bare: Item = [submitted("P", { planted: "poison" }), offered("P"), delivered("P"), alerted(["P"])];
    expect(judge(bare, dropped("P", { party: "somebody" }), rest)).toEqual(held1);
    expect(judge(bare, dropped("P"), rest)).toEqual(failed);
  });

  it("does not judge before report and keeping are decided", () => {
    expect(judge(poisonous, at(hours(25)), phase("end"))).toEqual(notExercised);
    expect(judge(poisonous, alerted(["P"]), at(days(7) - 1), phase("end"))).toEqual(notExercised);
    expect(judge(poisonous, alerted(["P"]), at(days(7)), phase("end"))).toEqual(held1);
    expect(judge(poisonous, alerted(["P"]), printed("P"), at(days(2)), phase("end"))).toEqual(held1);
  });

  it("is inconclusive for the poison, not its neighbours, where the clock cannot be moved", () => {
    const tier = (integration: "none" | "compressed") => run({ tierByDomain: { world: "driven", integration } });
    expect(judge(tier("none"), poisonous, sent("B"), rest)).toEqual({
      judged: 1,
      blamed: ["B integration"],
      doubts: 1,
    });
    expect(judge(tier("compressed"), poisonous, rest)).toEqual(failed);
  });

  it("judges nothing without poison", () => {
    expect(judge(sent("A"), rest)).toEqual(notExercised);
    expect(judge(planted("A", "invalid"), delivered("A"), rest)).toEqual(notExercised);
  });
});

describe("poison-isolated, where mail lies in Altinn", () => {
  it("takes what came at any time for a neighbour of poison that no clock ends", () => {
    const police = { to: "integration", sender: "police" };
    const poison: Item = [submitted("P", { planted: "poison", sender: "police" }), mails("P", police)];
    const later: Item = [at(days(90)), submitted("A", { sender: "police" }), mails("A", police)];
    const said = judgement(poisonIsolated, ledger(poison, later, at(days(100)), phase("end")));
    expect(said).toMatchObject({ judged: 1, findings: [{ delivery: "A", blames: "integration" }] });
  });

  it("excuses a neighbour that came while the integration had lost its right", () => {
    const police = { to: "integration", sender: "police" };
    const right = (granted: boolean): Draft => ({ kind: "entitled", who: "integration", ...mailbox, granted });
    const poison: Item = [submitted("P", { planted: "poison", sender: "police" }), mails("P", police)];
    const meanwhile: Item = [at(days(20)), right(false), at(days(20) + hours(1)), submitted("A", { sender: "police" })];
    const story: Item = [poison, meanwhile, mails("A", police), at(days(22)), right(true), registers("A")];
    expect(judgement(poisonIsolated, ledger(story, at(days(60)), phase("end"))).findings).toEqual([]);
  });
});
