import { describe, expect, it } from "vitest";
import { drains, livelockAfter } from "./drains.ts";
import {
  accepted,
  acks,
  alerted,
  alive,
  asked,
  at,
  byHand,
  days,
  deadletters,
  delivered,
  dispatched,
  dispatches,
  dropped,
  expires,
  faulted,
  feilet,
  held,
  hours,
  type Item,
  judgement,
  ledger,
  mails,
  minutes,
  mottatt,
  municipality,
  outage,
  pairRun,
  phase,
  printed,
  purged,
  quarantined,
  receipted,
  refused,
  registers,
  resends,
  restored,
  returned,
  run,
  senderRun,
  sent,
  submitted,
  told,
} from "./fixtures.ts";

const judged = (...items: readonly Item[]) => judgement(drains, ledger(...items));
const findings = (...items: readonly Item[]) => judged(...items).findings;
const heal: Item = [at(hours(1)), phase("heal")];
const end: Item = [at(days(40)), phase("end")];
const livingLong = { lifeEndsMs: days(35) };

describe("drains", () => {
  it("holds while a retry ladder of 46 h 47 min is still climbing, below D", () => {
    const slow = run({
      parameters: { channels: [{ name: "fiks-io", lifeMs: days(7), drainMs: hours(47) }], maxRetryDelayMs: hours(47) },
    });
    const late = hours(1) + hours(46) + minutes(47);
    const said = judged(slow, sent("A", livingLong), heal, at(late), registers("A"), end);
    expect(said).toEqual({ judged: 1, findings: [], doubts: [] });
  });

  it("fails when the consumer is dead and the process alive, although nothing new was offered after heal", () => {
    const entries = ledger(alive(), sent("A"), registers("A"), alive({ credit: false }), heal, end);
    const said = judgement(drains, entries);
    expect(said).toMatchObject({ judged: 2, findings: [{ blames: "integration" }] });
    expect(said.findings[0]?.delivery).toBeUndefined();
    expect(said.findings[0]?.entries.map((seq) => entries[seq])).toMatchObject([{ kind: "alive", credit: false }]);
  });

  it("fails when the morning after is not registered", () => {
    expect(findings(heal, sent("morning-1"), end)).toMatchObject([{ delivery: "morning-1", blames: "integration" }]);
  });

  it("holds at D after heal and fails 1 ms later", () => {
    const healedThen = (ms: number) => findings(sent("A"), heal, at(ms), registers("A"), end);
    expect(healedThen(hours(3))).toEqual([]);
    expect(healedThen(hours(3) + 1)[0]?.happened).toContain("1 ms after");
    const born = (ms: number) => findings(heal, at(hours(5)), sent("A"), at(ms), registers("A"), end);
    expect(born(hours(7))).toEqual([]);
    expect(born(hours(7) + 1)).toHaveLength(1);
  });

  it("names the late end, or the end of the run", () => {
    const brokeAt = (...items: readonly Item[]) => {
      const entries = ledger(...items);
      return entries[judgement(drains, entries).findings[0]?.entries[0] ?? 0];
    };
    expect(brokeAt(sent("A"), heal, at(hours(4)), registers("A"), returned("A"), end)).toMatchObject({
      kind: "registered",
    });
    expect(brokeAt(sent("A"), heal, end)).toMatchObject({ kind: "phase", phase: "end" });
  });

  it("counts from the first offer", () => {
    const again: Item = [at(hours(6)), resends("A", "A~2"), registers("A~2")];
    expect(findings(sent("A"), heal, again, end)).toHaveLength(1);
  });

  it("judges nothing that was never offered to it", () => {
    expect(judged(submitted("A"), accepted("A"), heal, end)).toEqual({ judged: 0, findings: [], doubts: [] });
  });

  it("takes a registration, a return or paper as an end", () => {
    for (const ended of [registers("A"), returned("A"), printed("A"), feilet("A")])
      expect(findings(sent("A"), ended, heal, end)).toEqual([]);
  });

  it("takes an end given by the channel as its sender's affair, unless the system has answered for it", () => {
    expect(findings(sent("A"), expires("A"), heal, end)).toEqual([]);
    expect(findings(sent("A"), deadletters("A"), heal, end)).toEqual([]);
    expect(findings(sent("A"), acks("A"), heal, end)).toHaveLength(1);
    expect(
      findings(sent("A"), held("A", { party: "integration" }), mottatt("A"), expires("A"), heal, end),
    ).toHaveLength(1);
    const elsewhere: Item = {
      kind: "dropped",
      party: "portal",
      why: "expired",
      lastPath: false,
      delivery: "A",
      copy: "A",
    };
    expect(findings(sent("A"), elsewhere, heal, end)).toHaveLength(1);
  });

  describe("a report", () => {
    const poison: Item = [submitted("A", { planted: "poison" }), accepted("A"), dispatched("A", livingLong)];
    it("ends what was planted or refused for good, if it is kept and somebody was reached", () => {
      expect(findings(poison, quarantined("A"), alerted(["A"]), heal, end)).toEqual([]);
      expect(findings(poison, alerted(["A"]), quarantined("A"), heal, end)).toEqual([]);
      expect(findings(poison, alerted(["A"], { retrievable: true }), heal, end)).toEqual([]);
      const invalid: Item = [submitted("A", { planted: "invalid" }), accepted("A"), dispatched("A", livingLong)];
      expect(findings(invalid, quarantined("A"), alerted(["A"]), heal, end)).toEqual([]);
      expect(findings(sent("A"), refused("A"), quarantined("A"), alerted(["A"]), heal, end)).toEqual([]);
    });

    it("ends nothing healthy, unkept, unread or receipted", () => {
      expect(findings(sent("A"), quarantined("A"), alerted(["A"]), heal, end)).toHaveLength(1);
      expect(findings(poison, alerted(["A"]), heal, end)).toHaveLength(1);
      expect(findings(poison, quarantined("A"), heal, end)).toHaveLength(1);
      expect(findings(poison, quarantined("A", { retrievable: false }), alerted(["A"]), heal, end)).toHaveLength(1);
      expect(findings(poison, quarantined("A"), alerted(["A"], { bounced: true }), heal, end)).toHaveLength(1);
      expect(findings(poison, quarantined("A"), alerted(["B"]), heal, end)).toHaveLength(1);
      expect(findings(poison, mottatt("A"), quarantined("A"), alerted(["A"]), heal, end)).toHaveLength(1);
    });
  });

  it("waits for people who are away by scenario, once they were told", () => {
    const away = (untilMs: number, outcome: "injected" | "not-reached" = "injected") =>
      faulted({ boundary: "step", family: "people", untilMs, outcome });
    expect(judged(away(days(7)), sent("A"), alerted(["A"]), heal, end)).toEqual({
      judged: 0,
      findings: [],
      doubts: [],
    });
    expect(findings(away(days(7)), sent("A"), heal, end)).toHaveLength(1);
    expect(findings(away(hours(3)), sent("A"), alerted(["A"]), heal, end)).toHaveLength(1);
    expect(findings(away(days(7), "not-reached"), sent("A"), alerted(["A"]), heal, end)).toHaveLength(1);
    expect(findings(outage(days(7)), sent("A", livingLong), alerted(["A"]), heal, end)).toHaveLength(1);
  });

  describe("a consumer", () => {
    it("is wanted at D after heal, however it came and went before", () => {
      const gone = alive({ credit: false });
      expect(judged(alive(), heal, end)).toEqual({ judged: 1, findings: [], doubts: [] });
      expect(findings(alive(), gone, heal, at(hours(3)), alive(), end)).toEqual([]);
      expect(findings(alive(), gone, heal, at(hours(3) + 1), alive(), end)).toHaveLength(1);
      expect(findings(alive(), heal, at(hours(2)), gone, end)).toHaveLength(1);
      const asks = alive({ how: "poll" });
      expect(findings(alive(), gone, asks, heal, end)).toEqual([]);
      expect(findings(alive(), gone, heal, at(hours(3) + 1), asks, end)).toHaveLength(1);
      expect(findings(alive(), heal, at(hours(3) + 1), gone, end)).toEqual([]);
    });

    it("is wanted on each resource it read, of systems under test, where it attaches", () => {
      const gone = { credit: false };
      expect(findings(alive(gone), alive({ resource: "4601-02" }), heal, end)).toHaveLength(1);
      expect(judged(alive({ ...gone, reader: "Kari Caseworker" }), heal, end).judged).toBe(0);
      const both = run({
        suts: [
          { party: "police", role: "sender", hash: "00" },
          { party: "integration", role: "integration", hash: "00" },
        ],
      });
      expect(findings(both, alive(gone), heal, end)).toHaveLength(1);
      expect(judged(alive({ ...gone, how: "poll" }), heal, end).judged).toBe(0);
    });

    it("is not judged before D is over", () => {
      const until = (ms: number) => judged(alive({ credit: false }), heal, at(ms), phase("end"));
      expect(until(hours(3) - 1)).toMatchObject({ judged: 0, doubts: [{}] });
      expect(until(hours(3)).findings).toHaveLength(1);
      expect(judged(alive({ credit: false }), end).judged).toBe(0);
      expect(judged(alive({ credit: false }), heal).judged).toBe(0);
    });
  });

  describe("a circle", () => {
    const rounds = (n: number, over: { operation?: string; asker?: string; copy?: string } = {}): Item =>
      Array.from({ length: n }, (_, i) =>
        asked(`receiver.register(A)/${i + 2}`, {
          operation: over.operation ?? "register",
          asker: over.asker ?? "integration",
          copies: [over.copy ?? "A"],
        }),
      );
    const done: Item = [sent("A"), registers("A"), heal];
    const late = at(hours(3) + 1);

    it("fails when work on a delivery goes on and on after its time was over", () => {
      const entries = ledger(done, late, rounds(livelockAfter + 1), end);
      const said = judgement(drains, entries);
      expect(said).toMatchObject({ judged: 1, findings: [{ delivery: "A", blames: "integration" }] });
      expect(said.findings[0]?.happened).toContain("101 more exchanges");
      expect(entries[said.findings[0]?.entries[0] ?? 0]).toMatchObject({ exchange: "receiver.register(A)/2" });
    });

    it("is none in few rounds, in time, in looking things up, or by others", () => {
      expect(findings(done, late, rounds(livelockAfter), end)).toEqual([]);
      expect(findings(sent("A"), heal, late, rounds(livelockAfter), end)[0]?.happened).toContain(
        "never came to an end",
      );
      expect(findings(done, at(hours(3)), rounds(livelockAfter + 1), end)).toEqual([]);
      expect(findings(done, late, rounds(livelockAfter + 1, { operation: "lookup" }), end)).toEqual([]);
      // A product that asks its own store at every poll.
      expect(findings(done, late, rounds(livelockAfter + 1, { operation: "flush" }), end)).toEqual([]);
      expect(findings(done, late, rounds(livelockAfter + 1, { asker: "portal" }), end)).toEqual([]);
      expect(findings(done, late, rounds(livelockAfter + 1, { copy: "B" }), end)).toEqual([]);
      const born: Item = [heal, at(hours(9)), sent("A"), registers("A"), rounds(livelockAfter + 1)];
      expect(findings(born, end)).toEqual([]);
      expect(
        findings(sent("A"), registers("A"), late, rounds(livelockAfter + 1), at(hours(5)), phase("heal"), end),
      ).toEqual([]);
    });
  });

  it("decides nothing without a fair chance", () => {
    const poor = run({ tierByDomain: { integration: "offset" } });
    const said = judged(poor, alive({ credit: false, how: "poll" }), sent("A"), heal, end);
    expect(said).toMatchObject({ judged: 0, findings: [], doubts: [{ delivery: "A" }] });
  });

  it("decides nothing before D is over, unless it has ended", () => {
    const until = (ms: number) => judged(sent("A"), heal, at(ms), phase("end"));
    expect(until(hours(3) - 1)).toMatchObject({ judged: 0, doubts: [{ delivery: "A" }] });
    expect(until(hours(3)).findings).toHaveLength(1);
    expect(judged(sent("A"))).toMatchObject({ judged: 0, doubts: [{}] });
    expect(judged(sent("A"), heal)).toMatchObject({ judged: 0, doubts: [{}] });
    expect(judged(sent("A"), registers("A"))).toMatchObject({ judged: 1, doubts: [] });
    expect(judged(delivered("Z"), quarantined("Z"), alerted(["Z"]), heal, end)).toMatchObject({ judged: 0 });
  });
});

describe("drains, where a registered message is never answered for", () => {
  const registered: Item = [sent("A"), delivered("A"), registers("A")];
  const paper = printed("A", { reason: "unreceipted" });

  it("fails once its sender has sent paper as well", () => {
    expect(findings(registered, acks("A"), heal, at(days(2)), paper, end)).toMatchObject([
      { delivery: "A", blames: "integration", happened: expect.stringContaining("on paper as well") },
    ]);
  });

  it("blames whom it was offered to, where its sender is under test as well", () => {
    const ordered = told("sender.send(A)/1", { to: "police", copies: ["A"] });
    const pair: Item = [pairRun(), registered, ordered, acks("A"), heal, at(days(2)), paper, end];
    expect(findings(pair).map(({ delivery, blames }) => `${delivery} ${blames}`)).toEqual(["A integration"]);
  });

  it("decides nothing where the world left no time to answer while it lived", () => {
    const out = (toMs: number): Item => faulted({ boundary: "maskinporten.*(*)/*:asked", untilMs: toMs });
    const dayLong: Item = [
      sent("A", { lifeEndsMs: days(1) }),
      delivered("A"),
      registers("A"),
      at(days(1)),
      phase("heal"),
    ];
    const never: Item = [at(days(2)), paper, end];
    expect(judged(out(days(1)), dayLong, never)).toMatchObject({
      judged: 0,
      findings: [],
      doubts: [{ delivery: "A" }],
    });
    expect(findings(out(hours(1)), dayLong, never)).toHaveLength(1);
  });

  it("holds where a receipt was sent, where paper came first, or for another reason", () => {
    expect(findings(registered, mottatt("A"), heal, at(days(2)), paper, end)).toEqual([]);
    expect(findings(sent("A"), delivered("A"), paper, registers("A"), heal, end)).toEqual([]);
    expect(findings(registered, heal, at(days(2)), printed("A", { reason: "expired" }), end)).toEqual([]);
  });
});

describe("drains, told apart", () => {
  it("judges nothing that a restored backup took away, and nobody has since", () => {
    const story: Item = [sent("A"), at(hours(1)), delivered("A"), held("A", { party: "integration" }), mottatt("A")];
    const gone: Item = [story, acks("A"), purged("A"), restored("integration", minutes(30)), phase("heal"), end];
    expect(judged(gone)).toEqual({ judged: 0, findings: [], doubts: [] });
  });

  it("decides on what ended late, however soon after that the run is over", () => {
    const late: Item = [sent("A"), heal, at(hours(3) + 1), registers("A"), phase("end")];
    expect(judged(late)).toMatchObject({ judged: 1, findings: [{ delivery: "A" }] });
    const [finding] = findings(late);
    expect(finding?.happened).toBe("A came to an end 1 ms after its time was over.");
  });

  it("decides nothing where faults never healed, unless it ended", () => {
    expect(judged(sent("A"), end)).toMatchObject({ judged: 0, doubts: [{ delivery: "A" }] });
    expect(judged(sent("A"), at(days(9)), registers("A"), end)).toEqual({ judged: 1, findings: [], doubts: [] });
  });

  it("takes a canary for no consumer, whatever it says of room", () => {
    expect(judged(alive({ how: "canary", credit: false }), heal, end)).toEqual({ judged: 0, findings: [], doubts: [] });
    expect(judged(alive(), alive({ how: "canary", credit: false }), heal, end).findings).toEqual([]);
  });

  it("takes a consumer's word from before the heal, and of the time up to D after it", () => {
    expect(judged(alive({ credit: false }), at(days(2)), phase("heal"), end).findings).toHaveLength(1);
    expect(judged(at(days(1)), alive({ credit: false }), at(days(2)), phase("heal"), end).findings).toHaveLength(1);
  });

  it("counts paper for want of a receipt once, and blames the entry that came first", () => {
    const paper = printed("A", { reason: "unreceipted" });
    const entries = ledger(
      sent("A"),
      delivered("A"),
      registers("A"),
      heal,
      at(days(2)),
      paper,
      at(days(3)),
      paper,
      end,
    );
    const said = judgement(drains, entries);
    expect(said).toMatchObject({ judged: 1, findings: [{ delivery: "A" }] });
    expect(said.findings[0]?.entries).toContain(entries.findIndex(({ kind }) => kind === "printed"));
  });

  it("lets people be away only while they are, by a fault of that kind", () => {
    const untilMs = days(9);
    const away = (over: Parameters<typeof faulted>[0]): Item => [
      faulted({ family: "people", untilMs, ...over }),
      sent("A"),
      alerted(["A"]),
      heal,
      end,
    ];
    expect(judged(away({}))).toEqual({ judged: 0, findings: [], doubts: [] });
    expect(findings(away({ family: "network" }))).toHaveLength(1);
    expect(findings(away({ outcome: "not-reached" }))).toHaveLength(1);
    expect(findings(faulted({ family: "people", untilMs }), sent("A"), heal, end)).toHaveLength(1);
    expect(findings(away({ untilMs: hours(3) }))).toHaveLength(1);
  });

  it("is not ended by a channel that let go for another reason, nor by a report of what would yet go through", () => {
    expect(findings(sent("A"), dropped("A", { why: "lost" }), heal, end)).toHaveLength(1);
    expect(findings(sent("A"), alerted(["A"], { retrievable: true }), heal, end)).toHaveLength(1);
  });
});

describe("drains, for a sender under test", () => {
  const ordered: Item = [
    senderRun(),
    submitted("A"),
    told("sender.send(A)/1", { to: "police", code: "sent", copies: ["A"] }),
  ];

  it("holds where a channel took it on within D after heal, and fails 1 ms later", () => {
    expect(judged(ordered, heal, at(hours(3)), dispatches("A"), end)).toEqual({ judged: 1, findings: [], doubts: [] });
    expect(findings(ordered, heal, at(hours(3) + 1), dispatches("A"), end)).toMatchObject([{ blames: "sender" }]);
    expect(findings(ordered, heal, end)[0]?.happened).toContain("on no channel");
  });

  it("takes an alarm for an end, and nothing that a municipality does or leaves undone", () => {
    expect(findings(ordered, heal, at(hours(2)), alerted(["A"]), end)).toEqual([]);
    expect(judged(ordered, dispatches("A"), heal, end)).toEqual({ judged: 1, findings: [], doubts: [] });
  });

  it("counts from the first order that it took, and names the late end in its finding", () => {
    const again = told("sender.send(A)/2", { to: "police", code: "sent", copies: ["A"] });
    const late: Item = [ordered, heal, at(hours(9)), again, at(hours(10)), dispatches("A"), end];
    expect(findings(late)).toMatchObject([{ blames: "sender" }]);
    const unnamed = told(undefined, { to: "police", code: "sent", copies: ["A"] });
    expect(judged(senderRun(), submitted("A"), unnamed, heal, end).judged).toBe(0);
  });

  it("asks nothing about what it never said it would send", () => {
    const rejects = told("sender.send(A)/1", { to: "police", saying: "negative", code: "rejected", copies: ["A"] });
    expect(judged(senderRun(), submitted("A"), rejects, heal, end).judged).toBe(0);
  });

  it("is no circle to ask after a message for weeks, but to send it again and again", () => {
    const rounds = (operation: string): Item =>
      Array.from({ length: livelockAfter + 1 }, (_, i) =>
        asked(`altinn-dispatch.${operation}(A)/${i + 2}`, { asker: "sender", copies: ["A"] }),
      );
    const late: Item = [ordered, dispatches("A"), heal, at(days(3))];
    expect(findings(late, rounds("status"), rounds("unopened"), rounds("overview"), end)).toEqual([]);
    expect(findings(late, rounds("send"), end)).toMatchObject([{ blames: "sender" }]);
  });
});

describe("drains, where mail lies in Altinn", () => {
  const police = { to: "integration", sender: "police" };
  const mail = (label: string, over: Parameters<typeof mails>[1] = police): Item => [
    submitted(label, { sender: "police" }),
    mails(label, over),
  ];

  it("asks for no answer where none was asked for", () => {
    expect(findings(mail("A"), registers("A"), heal, at(days(2)), end)).toEqual([]);
  });

  it("asks nothing of people", () => {
    expect(judged(mail("A", { sender: "police" }), heal, end)).toEqual({ judged: 0, findings: [], doubts: [] });
    expect(judged(mail("A", { to: municipality, sender: "police" }), heal, at(days(9)), byHand("A"), end).judged).toBe(
      0,
    );
  });

  it("takes a report for an end of what cannot be read and is kept, though it was confirmed", () => {
    const poison: Item = [submitted("A", { planted: "poison", sender: "police" }), mails("A", police)];
    const kept = held("A", { party: "integration" });
    expect(findings(poison, kept, receipted("A"), alerted(["A"]), heal, end)).toEqual([]);
    expect(findings(poison, receipted("A"), alerted(["A"], { retrievable: true }), heal, end)).toEqual([]);
    expect(findings(poison, receipted("A"), alerted(["A"]), heal, end)).toHaveLength(1);
  });
});
