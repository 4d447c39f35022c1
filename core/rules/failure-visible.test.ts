import { describe, expect, it } from "vitest";
import { failureVisible } from "./failure-visible.ts";
import {
  acks,
  alerted,
  asked,
  at,
  byHand,
  crashed,
  days,
  deadletters,
  delivered,
  dispatches,
  dropped,
  ends,
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
  leaked,
  ledger,
  mails,
  minutes,
  mottatt,
  municipality,
  offered,
  opened,
  paused,
  phase,
  printed,
  quarantined,
  receipted,
  refused,
  registered,
  registers,
  resends,
  resumed,
  returned,
  run,
  senderRun,
  sent,
  settles,
  started,
  stopped,
  submitted,
  takenBack,
  told,
  untold,
} from "./fixtures.ts";

const judge = (...items: Item[]) => {
  const { judged, findings, doubts } = judgement(failureVisible, ledger(...items));
  return { judged, blamed: findings.map(({ delivery, blames }) => `${delivery} ${blames}`), doubts: doubts.length };
};
const held1 = { judged: 1, blamed: [], doubts: 0 };
const failed = { judged: 1, blamed: ["A integration"], doubts: 0 };
const notExercised = { judged: 0, blamed: [], doubts: 0 };

/** The receiver answers a registration: in time, for good, or not at all. */
const answers = (code: string, attempt = 1, copy = "A"): Item => {
  const exchange = `receiver.register(${copy})/${attempt}`;
  return [asked(exchange, { copies: [copy] }), told(exchange, { saying: "negative", code, copies: [copy] })];
};
/** A permanent refusal that the system hears of at 1 h. */
const refusedA: Item = [started(), sent("A"), delivered("A"), at(hours(1)), answers("422")];
const rest = ends(hours(2), hours(2));
const raises = (attempt: number, ...inside: Item[]): Item => {
  const exchange = `alarm.raise(A)/${attempt}`;
  return [asked(exchange, { copies: ["A"] }), inside, told(exchange, { copies: ["A"] })];
};

describe("failure-visible", () => {
  it("holds where three passing errors end in a registration within the hour", () => {
    expect(
      judge(
        sent("A"),
        delivered("A"),
        at(minutes(10)),
        answers("503", 1),
        answers("503", 2),
        answers("503", 3),
        at(minutes(50)),
        registers("A", { attempt: 4 }),
        mottatt("A"),
        acks("A"),
        rest,
      ),
    ).toEqual(notExercised);
  });

  it("fails where only a log knows of a permanent refusal", () => {
    expect(judge(refusedA, rest)).toEqual(failed);
  });

  it.each([
    ["bounced", alerted(["A"], { bounced: true })],
    ["went to a sink nobody owns", alerted(["A"], { owner: "" })],
    ["was a digest without ids", alerted([])],
    ["named another message", alerted(["B"])],
    ["is only claimed", alerted(["A"], { by: "claim" })],
  ])("fails where the alarm %s", (_, alert) => {
    expect(judge(refusedA, alert, rest)).toEqual(failed);
  });

  it.each([
    ["its label", "A", {}],
    ["one of its copies", "A~2", {}],
    ["its first wire id", "bekymring-A", {}],
    ["another wire id", "melding-A", {}],
  ])("holds where the alarm names the delivery by %s", (_, id) => {
    expect(judge(refusedA, alerted([id]), rest)).toEqual(held1);
  });

  it("holds where the sink was given the delivery, or a copy of it, by name", () => {
    expect(judge(refusedA, alerted([], { delivery: "A" }), rest)).toEqual(held1);
    expect(judge(refusedA, alerted([], { copy: "A~2" }), rest)).toEqual(held1);
  });

  it("holds for each recipient where the alarm names the message", () => {
    const both = ["A@4601-01", "A@4601-02"].map((copy) => [offered(copy), delivered(copy), answers("422", 1, copy)]);
    expect(judge(both, alerted(["A"]), rest)).toEqual({ judged: 2, blamed: [], doubts: 0 });
    expect(judge(both, alerted(["A@4601-01"]), rest).blamed).toEqual(["A@4601-02 integration"]);
  });

  it("takes an alarm at the last instant, and none a ms later", () => {
    expect(judge(refusedA, phase("heal"), at(hours(25)), alerted(["A"]), ends(hours(26)))).toEqual(held1);
    expect(judge(refusedA, phase("heal"), at(hours(25) + 1), alerted(["A"]), ends(hours(26)))).toEqual(failed);
  });

  it("takes an alarm that came before the negative receipt it is about", () => {
    expect(judge(sent("A"), delivered("A"), alerted(["A"]), at(minutes(1)), feilet("A"), acks("A"), rest)).toEqual(
      held1,
    );
  });

  it("counts a probe's alarm from the last instant at which it may have come", () => {
    expect(
      judge(
        refusedA,
        at(hours(25)),
        alerted(["A"], { by: "probe:mail", notBeforeMs: hours(20), notAfterMs: hours(26) }),
        ends(hours(26)),
      ),
    ).toEqual(failed);
  });

  it("does not judge where the run ends before the alarm is due", () => {
    expect(judge(refusedA, at(hours(25)), phase("end"))).toEqual(notExercised);
    expect(judge(refusedA, at(hours(25) + 1), phase("end"))).toEqual(failed);
  });

  it("fails by the first entry after the silence, then names the deviation and the alarm that did not count, and no content", () => {
    const entries = ledger(refusedA, alerted(["A"], { bounced: true }), rest);
    const [finding] = judgement(failureVisible, entries).findings;
    expect(finding?.entries.map((seq) => entries[seq]?.kind)).toEqual(["phase", "told", "alerted"]);
    expect(finding?.happened).toContain("bounced");
    expect(finding?.happened).toContain("2023-05-08T09:00:00+02:00");
    expect(finding?.next).toContain("24 hours");
  });

  it("judges by what there is where the ledger breaks off", () => {
    expect(judge(refusedA, at(hours(25)), alerted(["B"]))).toEqual(notExercised);
    expect(judge(refusedA, at(hours(25) + 1), alerted(["B"]))).toEqual(failed);
  });

  it("goes by the earliest deviation, whichever was noticed first", () => {
    const entries = ledger(sent("A"), delivered("A"), at(hours(10)), answers("422"), ends(days(3)));
    const [finding, ...more] = judgement(failureVisible, entries).findings;
    expect(more).toEqual([]);
    expect(finding?.entries.map((seq) => entries[seq]?.kind)).toEqual(["phase", "phase"]);
    expect(finding?.happened).toContain("past its warning time at 2023-05-08T14:00:00+02:00");
  });

  it("is not satisfied by a report of one deviation where another came too early or late for it", () => {
    expect(
      judge(
        sent("A"),
        delivered("A"),
        feilet("A"),
        at(hours(26)),
        told(undefined, { saying: "negative", code: "serverfeil", copies: ["A"] }),
        alerted(["A"]),
        ends(days(3)),
      ),
    ).toEqual(failed);
    expect(
      judge(
        refusedA,
        at(hours(2)),
        alerted(["A"]),
        at(hours(5)),
        registers("A", { attempt: 2 }),
        mottatt("A"),
        at(days(7)),
        told(undefined, { saying: "negative", code: "tidsavbrudd", copies: ["A"] }),
        ends(days(9)),
      ),
    ).toEqual(failed);
    expect(
      judge(sent("A"), delivered("A"), at(hours(10)), feilet("A"), at(hours(33)), alerted(["A"]), ends(days(3))),
    ).toEqual(failed);
    expect(
      judge(refusedA, at(hours(3)), quarantined("A"), at(hours(3) + minutes(30)), registers("A", { attempt: 2 }), rest),
    ).toEqual(failed);
  });

  it.each([
    ["refused for good", [answers("422")]],
    ["negative receipt", [feilet("A")]],
    ["discarded A", [settles("A", "nack"), printed("A")]],
    ["put A aside", [quarantined("A"), printed("A")]],
    ["was given up", [settles("A", "requeue"), deadletters("A"), printed("A")]],
    ["past its warning time", [answers("503")]],
    [
      "receipt for A never arrived",
      [registered("A"), told(undefined, { saying: "negative", code: "tidsavbrudd", copies: ["A"] })],
    ],
  ] as [string, Item][])("says what happened: %s", (words, items) => {
    const { findings } = judgement(failureVisible, ledger(sent("A"), delivered("A"), items, ends(days(3))));
    expect(findings.map(({ happened }) => happened)).toEqual([expect.stringContaining(words)]);
  });

  describe("owes an alarm for", () => {
    it("a negative receipt of its own, even where its answer was lost", () => {
      expect(judge(sent("A"), delivered("A"), feilet("A"), acks("A"), rest)).toEqual(failed);
    });
    it.each(["400", "413", "422"])("a %s", (code) => {
      expect(judge(sent("A"), delivered("A"), answers(code), rest).blamed).toEqual(["A integration"]);
    });
    it("a refusal for good that is told later, when it asks what became of what was queued", () => {
      const told202 = [
        refused("A"),
        told("receiver.await(A)/2", { saying: "negative", code: "rejected", copies: ["A"] }),
      ];
      const paper = [at(hours(2)), printed("A"), ends(hours(3))];
      expect(judge(sent("A"), delivered("A"), told202, paper)).toEqual(failed);
    });
    it("what it put aside", () => {
      expect(
        judge(sent("A"), delivered("A"), mottatt("A"), quarantined("A"), at(minutes(1)), printed("A"), rest),
      ).toEqual(failed);
    });
    it("what it discarded from the queue", () => {
      expect(judge(sent("A"), delivered("A"), settles("A", "nack"), printed("A"), rest)).toEqual(failed);
    });
    it("what was dead-lettered after it gave it back", () => {
      expect(
        judge(sent("A"), delivered("A"), settles("A", "requeue"), at(hours(1)), deadletters("A"), printed("A"), rest),
      ).toEqual(failed);
    });
    it("what was dead-lettered after it fell over with it in hand", () => {
      expect(
        judge(
          started(),
          sent("A"),
          delivered("A"),
          crashed({ why: "TypeError" }),
          started(),
          deadletters("A"),
          printed("A"),
          rest,
        ),
      ).toEqual(failed);
    });
    it("what it let expire in its own store", () => {
      expect(
        judge(sent("A"), delivered("A"), dropped("A", { party: "integration", why: "purged" }), printed("A"), rest),
      ).toEqual(failed);
    });
    it("an expiry that it was told of", () => {
      expect(
        judge(
          sent("A"),
          expires("A"),
          told(undefined, { saying: "negative", code: "expired", copies: ["A"] }),
          printed("A"),
          rest,
        ),
      ).toEqual(failed);
    });
    it("its receipt that never arrived, though the case is registered", () => {
      const registeredA = [sent("A"), delivered("A"), registers("A"), mottatt("A"), acks("A"), at(days(7))];
      const expired = told(undefined, { saying: "negative", code: "tidsavbrudd", copies: ["A"] });
      expect(judge(registeredA, expired, ends(days(8)))).toEqual(failed);
      expect(judge(registeredA, expired, alerted(["A"]), ends(days(8)))).toEqual(held1);
      expect(judge(registeredA, expired, at(days(7) + hours(1)), mottatt("A", 2), ends(days(8)))).toEqual(notExercised);
      expect(judge(registeredA, expired, at(days(7) + hours(1) + 1), mottatt("A", 2), ends(days(8)))).toEqual(failed);
      expect(
        judge(sent("A"), delivered("A"), alerted(["A"]), mottatt("A"), at(1), expired, registered("A"), ends(days(8))),
      ).toEqual(failed);
    });
    it("what is older than its warning time: a quarter of its life", () => {
      const tries = [sent("A"), delivered("A"), answers("503")];
      expect(judge(tries, rest)).toEqual(failed);
      expect(judge(tries, at(hours(30)), alerted(["A"]), ends(hours(31)))).toEqual(held1);
      expect(judge(tries, at(hours(30) + 1), alerted(["A"]), ends(hours(31)))).toEqual(failed);
    });
    it("what is older than two working days, which is later in Easter week", () => {
      const easter = run({ parameters: { startsAt: "2023-04-05T10:00:00+02:00" } });
      const tries = [easter, phase("rage"), sent("A", { lifeEndsMs: days(60) }), delivered("A"), answers("503")];
      expect(judge(tries, at(days(8)), alerted(["A"]), ends(days(9)))).toEqual(held1);
      expect(judge(tries, at(days(8) + 1), alerted(["A"]), ends(days(9)))).toEqual(failed);
      expect(judge(tries, at(days(7) + hours(1)), registers("A", { attempt: 2 }), ends(days(9)))).toEqual(notExercised);
    });
  });

  describe("owes nothing for", () => {
    const waits = (ms: number): Item => [
      sent("A"),
      delivered("A"),
      at(ms),
      registers("A"),
      mottatt("A"),
      acks("A"),
      ends(ms),
    ];
    it("what is registered within an hour of its warning time, but a ms later", () => {
      expect(judge(waits(hours(7)))).toEqual(notExercised);
      expect(judge(waits(hours(7) + 1))).toEqual(failed);
    });
    it("a refusal that is healed and registered within the hour, but a ms later", () => {
      const heals = (ms: number) => judge(refusedA, at(ms), registers("A", { attempt: 2 }), ends(ms));
      expect(heals(hours(2))).toEqual(notExercised);
      expect(heals(hours(2) + 1)).toEqual(failed);
    });
    it("a refusal it was never told of", () => {
      expect(
        judge(
          sent("A"),
          delivered("A"),
          asked("receiver.register(A)/1", { copies: ["A"] }),
          refused("A"),
          untold("receiver.register(A)/1"),
          at(hours(2)),
          printed("A"),
          rest,
        ),
      ).toEqual(notExercised);
    });
    it("a passing refusal, a refused report, or a refusal told to somebody else", () => {
      const other = told("receiver.register(A)/9", { to: "portal", saying: "negative", code: "422", copies: ["A"] });
      const refusedReport = told("receiver.deviate(A)/1", { saying: "negative", code: "422", copies: ["A"] });
      expect(
        judge(
          sent("A"),
          delivered("A"),
          refused("A", { permanent: false }),
          answers("503"),
          answers("401", 2),
          refusedReport,
          other,
          at(hours(2)),
          registers("A"),
          rest,
        ),
      ).toEqual(notExercised);
    });
    it("an expiry or dead-lettering that it had no way to see", () => {
      expect(judge(sent("A"), expires("A"), printed("A"), rest)).toEqual(notExercised);
      expect(
        judge(started(), sent("A"), delivered("A"), crashed(), started(), deadletters("A"), printed("A"), rest),
      ).toEqual(notExercised);
    });
    it("what it never heard of, however old", () => {
      expect(judge(sent("A"), rest)).toEqual(notExercised);
    });
    it("what went on paper before its warning time", () => {
      expect(judge(sent("A"), delivered("A"), at(hours(3)), printed("A"), rest)).toEqual(notExercised);
    });
    it("what it gave back to its sender before its warning time", () => {
      expect(judge(sent("A"), delivered("A"), at(hours(3)), returned("A"), rest)).toEqual(notExercised);
    });
    it("a passing error, for as long as it is not overdue", () => {
      expect(
        judge(sent("A"), delivered("A"), answers("503"), at(hours(5)), registers("A", { attempt: 2 }), rest),
      ).toEqual(notExercised);
      expect(
        judge(
          sent("A"),
          delivered("A"),
          at(hours(3)),
          expires("A"),
          resends("A", "A~2", { lifeEndsMs: hours(27) }),
          delivered("A~2"),
          answers("503", 1, "A~2"),
          at(hours(8)),
          registers("A~2"),
          rest,
        ),
      ).toEqual(notExercised);
    });
    it("what expired before its warning time", () => {
      expect(judge(sent("A"), delivered("A"), at(hours(3)), expires("A"), rest)).toEqual(notExercised);
    });
    it("what it was only told well of", () => {
      expect(judge(sent("A"), told("receiver.lookup(A)/1", { copies: ["A"] }), rest)).toEqual(notExercised);
      expect(
        judge(sent("A"), expires("A"), told("receiver.lookup(A)/1", { copies: ["A"] }), printed("A"), rest),
      ).toEqual(notExercised);
    });
    it("what was given up though it had acknowledged it", () => {
      expect(judge(sent("A"), delivered("A"), acks("A"), deadletters("A"), printed("A"), rest)).toEqual(notExercised);
    });
    it("what was given up while only the receiver told it no, which says nothing of the channel", () => {
      const takenBack: Item = [sent("A"), delivered("A"), deadletters("A")];
      expect(judge(takenBack, answers("423"), printed("A"), rest)).toEqual(notExercised);
      const channelToo = told("altinn-correspondence.fetch(A)/1", { saying: "negative", code: "404", copies: ["A"] });
      expect(judge(takenBack, channelToo, printed("A"), rest)).toEqual(failed);
    });
    it("what another put aside", () => {
      expect(
        judge(sent("A"), delivered("A"), quarantined("A", { party: "receiver" }), at(1), printed("A"), rest),
      ).toEqual(notExercised);
    });
    it("a refusal of what is registered, even when its receipt had expired", () => {
      expect(
        judge(
          sent("A"),
          delivered("A"),
          registers("A"),
          mottatt("A"),
          acks("A"),
          at(days(7)),
          told(undefined, { saying: "negative", code: "tidsavbrudd", copies: ["A"] }),
          answers("422", 2),
          at(days(7) + minutes(30)),
          mottatt("A", 2),
          ends(days(9)),
        ),
      ).toEqual(notExercised);
    });
    it("what was offered to somebody else", () => {
      expect(judge(sent("A", { to: "integration#2" }), delivered("A"), feilet("A"), rest)).toEqual(notExercised);
    });
    it("a resend of what it has registered", () => {
      expect(
        judge(
          sent("A"),
          delivered("A"),
          registers("A"),
          mottatt("A"),
          acks("A"),
          resends("A", "A~2"),
          delivered("A~2"),
          rest,
        ),
      ).toEqual(notExercised);
    });
    it("having reported what is registered later", () => {
      expect(judge(sent("A"), delivered("A"), alerted(["A"]), at(hours(2)), registers("A"), rest)).toEqual(
        notExercised,
      );
    });
  });

  describe("calls overdue", () => {
    it("by the life of the copy, whenever it was offered", () => {
      const late: Item = [at(hours(10)), sent("A", { lifeEndsMs: hours(34) }), delivered("A")];
      expect(judge(late, at(hours(17)), registers("A"), rest)).toEqual(notExercised);
      expect(judge(late, at(hours(17) + 1), registers("A"), rest)).toEqual(failed);
    });
    it("from when it first knew, not from a redelivery", () => {
      expect(
        judge(
          sent("A"),
          delivered("A"),
          at(hours(6) + minutes(30)),
          delivered("A", 2),
          at(hours(7) + minutes(10)),
          registers("A"),
          rest,
        ),
      ).toEqual(failed);
    });
    it("what expired, was printed or was returned after its warning time", () => {
      expect(judge(sent("A"), delivered("A"), at(hours(10)), expires("A"), rest)).toEqual(failed);
      expect(judge(sent("A"), delivered("A"), at(hours(10)), printed("A"), rest)).toEqual(failed);
      expect(judge(sent("A"), delivered("A"), at(hours(10)), returned("A"), rest)).toEqual(failed);
    });
    it("what it has in hand while somebody else falls over", () => {
      expect(judge(sent("A"), delivered("A"), at(1), crashed({ party: "receiver" }), rest)).toEqual(failed);
    });
  });

  describe("counts only time in which the system could act", () => {
    it("puts the alarm off by the time the world kept the system down", () => {
      const down: Item = [at(hours(2)), stopped(), at(hours(12)), started()];
      expect(judge(refusedA, down, at(hours(35)), alerted(["A"]), ends(hours(36)))).toEqual(held1);
      expect(judge(refusedA, down, at(hours(35) + 1), alerted(["A"]), ends(hours(36)))).toEqual(failed);
    });
    it("puts nothing off while another is down, or for what comes after the alarm was due", () => {
      const other: Item = [at(hours(2)), stopped("receiver"), at(hours(12)), started("receiver")];
      expect(judge(refusedA, other, at(hours(35)), alerted(["A"]), ends(hours(36)))).toEqual(failed);
      const later: Item = [at(hours(26)), alerted(["A"]), at(hours(40)), stopped(), at(hours(50)), started()];
      expect(judge(refusedA, later, ends(hours(60)))).toEqual(failed);
    });
    it("is down until it is started itself", () => {
      const down: Item = [at(hours(2)), stopped(), at(hours(3)), started("receiver"), at(hours(12)), started()];
      expect(judge(refusedA, down, at(hours(35)), alerted(["A"]), ends(hours(36)))).toEqual(held1);
    });
    it("puts nothing off for a system that fell over by itself", () => {
      const down: Item = [at(hours(2)), crashed({ why: "TypeError" }), at(hours(12)), started()];
      expect(judge(refusedA, down, at(hours(35)), alerted(["A"]), ends(hours(36)))).toEqual(failed);
    });
    it("does not call overdue what it was killed with, registers when it comes again", () => {
      const again: Item = [at(hours(9)), started(), delivered("A", 2), registers("A"), mottatt("A"), acks("A"), rest];
      expect(judge(started(), sent("A"), delivered("A"), at(1), crashed(), again)).toEqual(notExercised);
      expect(judge(started(), sent("A"), delivered("A"), at(hours(7) + 1), crashed(), again)).toEqual(failed);
    });
    it("calls overdue what it finds in its own store when it is started again", () => {
      const stored: Item = [started(), sent("A"), delivered("A"), held("A", { party: "integration" }), acks("A")];
      expect(judge(stored, at(1), crashed(), at(hours(9)), started(), rest)).toEqual(failed);
      expect(
        judge(
          stored,
          dropped("A", { party: "integration", why: "lost" }),
          at(1),
          crashed(),
          at(hours(9)),
          started(),
          rest,
        ),
      ).toEqual(notExercised);
    });
    it.each([
      ["stopped", stopped()],
      ["killed", crashed()],
    ])("does not call overdue what it was %s with", (_, down) => {
      expect(judge(started(), sent("A"), delivered("A"), at(1), down, at(hours(9)), started(), rest)).toEqual(
        notExercised,
      );
    });
    it("does not take what is broken, or kept by another, or started by another, for its own store", () => {
      const keeps = (...kept: Item[]): Item => [
        started(),
        sent("A"),
        delivered("A"),
        kept,
        at(1),
        crashed(),
        at(hours(9)),
        started(),
      ];
      expect(judge(keeps(held("A", { party: "integration", ok: false })), rest)).toEqual(notExercised);
      expect(judge(keeps(held("A")), rest)).toEqual(notExercised);
      expect(
        judge(
          started(),
          sent("A"),
          delivered("A"),
          held("A", { party: "integration" }),
          at(1),
          crashed(),
          at(hours(9)),
          started("receiver"),
          rest,
        ),
      ).toEqual(notExercised);
      expect(judge(started(), sent("A"), at(hours(9)), started(), rest)).toEqual(notExercised);
    });
    it("knows its store again from its own start, not from another's", () => {
      const stored: Item = [
        started(),
        sent("A"),
        delivered("A"),
        held("A", { party: "integration" }),
        at(1),
        crashed(),
        at(hours(9)),
        started("receiver"),
        at(hours(12)),
        started(),
      ];
      expect(judge(stored, at(hours(13)), registers("A"), rest)).toEqual(notExercised);
      expect(judge(stored, at(hours(13) + 1), registers("A"), rest)).toEqual(failed);
    });
    it("does not know after a pause what it did not know before, or was killed with", () => {
      expect(judge(started(), sent("A"), at(1), paused(), at(hours(9)), resumed(), rest)).toEqual(notExercised);
      const killed: Item = [
        started(),
        sent("A"),
        delivered("A"),
        at(1),
        paused(),
        at(2),
        crashed(),
        at(hours(9)),
        started(),
      ];
      expect(judge(killed, rest)).toEqual(notExercised);
      expect(judge(killed, paused(), at(hours(10)), resumed(), rest)).toEqual(notExercised);
    });
    it("calls overdue what it has in hand when it is resumed", () => {
      const asleep: Item = [started(), sent("A"), delivered("A"), at(1), paused(), at(hours(9)), resumed()];
      expect(judge(asleep, at(hours(10)), registers("A"), rest)).toEqual(notExercised);
      expect(judge(asleep, rest)).toEqual(failed);
    });
    it("does not make a message younger by resending it", () => {
      const twice: Item = [
        sent("A"),
        delivered("A"),
        at(hours(5)),
        resends("A", "A~2", { lifeEndsMs: hours(29) }),
        delivered("A~2"),
      ];
      expect(judge(twice, at(hours(8)), registers("A"), rest)).toEqual(failed);
    });
    it("starts anew with a copy sent after the first was given up", () => {
      const anew: Item = [
        sent("A"),
        delivered("A"),
        at(hours(5)),
        expires("A"),
        resends("A", "A~2", { lifeEndsMs: hours(29) }),
        delivered("A~2"),
      ];
      expect(judge(anew, at(hours(12)), registers("A~2"), rest)).toEqual(notExercised);
    });
  });

  describe("where it forgot by no doing of its own", () => {
    const inHand: Item = [started(), sent("A"), delivered("A")];
    /** Handed over again at 8 h, so that T_warn is at 14 h, and registered so long after the hour that heals it. */
    const toldAnew = (lateMs = 0): Item => [
      at(hours(8)),
      delivered("A", 2),
      at(hours(15) + lateMs),
      registers("A"),
      ends(hours(16)),
    ];
    const killed: Item = [at(hours(1)), crashed(), at(hours(2)), started()];
    const stored = held("A", { party: "integration" });

    it.each([
      ["the channel took back with a broken connection", [at(hours(1)), takenBack("A")]],
      ["our kill made it forget", killed],
      ["our stop made it forget", [at(hours(1)), stopped(), at(hours(2)), started()]],
    ] as [string, Item][])("counts T_warn anew from when it is told again of what %s", (_, forgot) => {
      expect(judge(inHand, forgot, toldAnew())).toEqual(notExercised);
      expect(judge(inHand, forgot, toldAnew(1))).toEqual(failed);
      expect(judge(inHand, forgot, rest)).toEqual(notExercised);
    });

    it.each([
      ["had stored when the channel took it back", [stored, at(hours(1)), takenBack("A")]],
      ["had stored when we killed it", [stored, killed]],
      ["fell over with", [at(hours(1)), crashed({ why: "TypeError" }), takenBack("A"), at(hours(2)), started()]],
      ["gave back itself", [at(hours(1)), settles("A", "requeue")]],
      ["had in hand past its warning time", [at(hours(7) + 1), takenBack("A")]],
    ] as [string, Item][])("counts it from the offer of what it %s", (_, before) => {
      const tooLate: Item = [at(hours(7) + 1), delivered("A", 2), registers("A"), ends(hours(8))];
      expect(judge(inHand, before, tooLate)).toEqual(failed);
    });

    const answeredA: Item = [inHand, feilet("A")];
    it("owes no alarm for a negative receipt that our kill made it forget, and whose copy was then dead-lettered", () => {
      expect(judge(answeredA, crashed(), started(), deadletters("A"), rest)).toEqual(notExercised);
    });

    it.each([
      ["it had stored the message", [stored, crashed(), deadletters("A"), started(), at(hours(28)), alerted(["A"])]],
      ["it fell over by itself", [crashed({ why: "TypeError" }), started(), deadletters("A")]],
      [
        "it gave the message back itself",
        [settles("A", "requeue"), crashed(), started(), at(hours(20)), deadletters("A"), at(hours(30)), alerted(["A"])],
      ],
      ["it was told of it again", [crashed(), started(), delivered("A", 2), deadletters("A")]],
      ["the copy is not dead-lettered but expires", [crashed(), started(), expires("A")]],
    ] as [string, Item][])("owes one for a negative receipt where %s", (_, then) => {
      expect(judge(answeredA, then, ends(days(2)))).toEqual(failed);
    });
  });

  describe("where the world cut the report off", () => {
    const outage = (sink: string, untilMs: number): Item => faulted({ boundary: `${sink}.*(*)/*:asked`, untilMs });
    const lost = (sink: string, attempt = 1): Item => [
      asked(`${sink}(A)/${attempt}`, { copies: ["A"] }),
      untold(`${sink}(A)/${attempt}`),
    ];
    it("is owed within 24 hours from when the alarm can be reached again", () => {
      const cut = [refusedA, outage("alarm", hours(20))];
      expect(judge(cut, at(hours(44)), alerted(["A"]), ends(hours(45)))).toEqual(held1);
      expect(judge(cut, at(hours(44) + 1), alerted(["A"]), ends(hours(45)))).toEqual(failed);
    });
    it("is owed so after each of several outages", () => {
      const cut = [refusedA, outage("alarm", hours(20)), at(hours(60)), outage("alarm", hours(61))];
      expect(judge(cut, at(hours(61)), alerted(["A"]), ends(hours(99)))).toEqual(failed);
      expect(
        judge(
          refusedA,
          outage("alarm", hours(20)),
          at(hours(40)),
          outage("alarm", hours(41)),
          at(hours(65)),
          alerted(["A"]),
          ends(hours(99)),
        ),
      ).toEqual(held1);
      expect(
        judge(
          refusedA,
          outage("alarm", hours(20)),
          at(hours(44)),
          alerted(["A"]),
          at(hours(60)),
          outage("alarm", hours(61)),
          ends(hours(99)),
        ),
      ).toEqual(held1);
    });
    it("is owed from heal where that comes first", () => {
      const cut = [refusedA, outage("alarm", days(9)), at(hours(20)), phase("heal")];
      expect(judge(cut, at(hours(44)), alerted(["A"]), at(days(10)), phase("end"))).toEqual(held1);
      expect(judge(cut, at(hours(44) + 1), alerted(["A"]), at(days(10)), phase("end"))).toEqual(failed);
    });
    it("is not put off by a fault at a sink the system does not use, or that was over before", () => {
      expect(judge(refusedA, outage("receiver", hours(20)), at(hours(44)), alerted(["A"]), ends(hours(45)))).toEqual(
        failed,
      );
      expect(judge(outage("alarm", minutes(30)), refusedA, at(hours(25) + 1), alerted(["A"]), ends(hours(45)))).toEqual(
        failed,
      );
      expect(
        judge(
          refusedA,
          faulted({ boundary: "alarm.*(*)/*:asked", untilMs: hours(20), outcome: "not-injectable" }),
          at(hours(44)),
          alerted(["A"]),
          ends(hours(45)),
        ),
      ).toEqual(failed);
    });
    it("is put off by a fault at the receiver where that is where it reports", () => {
      const cut = [outage("receiver", hours(20)), refusedA, lost("receiver.deviate")];
      expect(judge(cut, at(hours(44)), alerted(["A"]), ends(hours(45)))).toEqual(held1);
    });
    it("is owed within 24 hours of the last try, while they follow each other", () => {
      const tries = [
        refusedA,
        lost("alarm.raise"),
        at(hours(20)),
        lost("alarm.raise", 2),
        at(hours(40)),
        lost("alarm.raise", 3),
      ];
      expect(judge(tries, at(hours(64)), alerted(["A"]), ends(hours(65)))).toEqual(held1);
      expect(judge(tries, at(hours(64) + 1), alerted(["A"]), ends(hours(65)))).toEqual(failed);
      expect(
        judge(refusedA, lost("alarm.raise"), at(hours(40)), lost("alarm.raise", 2), alerted(["A"]), ends(hours(65))),
      ).toEqual(failed);
    });
    it("is owed anew where the sink is busy, not where it refuses the report", () => {
      const busy = (code: string): Item => [
        asked("alarm.raise(A)/1", { copies: ["A"] }),
        at(hours(20)),
        told("alarm.raise(A)/1", { saying: "negative", code, copies: ["A"] }),
      ];
      expect(judge(refusedA, busy("503"), at(hours(44)), alerted(["A"]), ends(hours(45)))).toEqual(held1);
      expect(judge(refusedA, busy("429"), at(hours(44)), alerted(["A"]), ends(hours(45)))).toEqual(held1);
      expect(judge(refusedA, busy("400"), at(hours(44)), alerted(["A"]), ends(hours(45)))).toEqual(failed);
    });
    it("is put off by outage and tries in the order they came", () => {
      const late: Item = [refusedA, outage("alarm", hours(20)), at(hours(30)), lost("alarm.raise")];
      expect(judge(late, at(hours(54)), alerted(["A"]), ends(days(3)))).toEqual(held1);
      expect(judge(late, at(hours(54) + 1), alerted(["A"]), ends(days(3)))).toEqual(failed);
    });
    it("is put off by a try at the last instant, not by one a ms later", () => {
      expect(judge(refusedA, at(hours(25)), lost("alarm.raise"), at(hours(49)), alerted(["A"]), ends(days(3)))).toEqual(
        held1,
      );
      expect(
        judge(refusedA, at(hours(25) + 1), lost("alarm.raise"), at(hours(49)), alerted(["A"]), ends(days(3))),
      ).toEqual(failed);
    });
    it("is not put off by the report of another", () => {
      const other: Item = [
        asked("alarm.raise(A)/1", { asker: "portal", copies: ["A"] }),
        at(hours(20)),
        untold("alarm.raise(A)/1", { to: "portal" }),
      ];
      expect(judge(refusedA, other, at(hours(44)), alerted(["A"]), ends(days(3)))).toEqual(failed);
    });
    it("is put off for the message it was about only", () => {
      const other: Item = [asked("alarm.raise(B)/1", { copies: ["B"] }), at(hours(20)), untold("alarm.raise(B)/1")];
      expect(judge(refusedA, other, at(hours(44)), alerted(["A"]), ends(hours(45)))).toEqual(failed);
    });
  });

  it("fails where the alarm carries planted content, before or after it was found", () => {
    const alert = alerted(["A"], { exchange: "alarm.raise(A)/1" });
    const leak = leaked({ exchange: "alarm.raise(A)/1", where: "alarm" });
    expect(judge(refusedA, raises(1, leak, alert), rest)).toEqual(failed);
    expect(judge(refusedA, raises(1, alert, leak), rest)).toEqual(failed);
    expect(
      judge(refusedA, raises(1, alert), leaked({ exchange: "receiver.register(A)/1" }), leaked({ where: "log" }), rest),
    ).toEqual(held1);
  });

  it("does not take a claim for content in an alarm", () => {
    const claim = leaked({ exchange: "alarm.raise(A)/1", by: "claim" });
    expect(judge(refusedA, raises(1, claim, alerted(["A"], { exchange: "alarm.raise(A)/1" })), rest)).toEqual(held1);
  });

  describe("where the run shows who looks", () => {
    const looks = { kind: "seen", person: "Kari", alert: -1 } as const;
    const unread: Item = [refusedA, alerted(["A"]), looks];
    const seenBy = (atMs: number) => {
      const entries = ledger(unread, at(atMs), { ...looks, alert: 0 }, ends(days(2)));
      const alert = entries.find(({ kind }) => kind === "alerted")?.seq ?? 0;
      return judgement(
        failureVisible,
        entries.map((entry) => (entry.kind === "seen" && entry.alert === 0 ? { ...entry, alert } : entry)),
      ).findings.map(({ blames }) => blames);
    };
    it("blames the owner of an alarm that was not read within 24 hours, not the system", () => {
      expect(judge(unread, rest)).toEqual({ judged: 1, blamed: ["A deviations@4601"], doubts: 0 });
      expect(seenBy(hours(25))).toEqual([]);
      expect(seenBy(hours(25) + 1)).toEqual(["deviations@4601"]);
    });
    it("holds where a second alarm went out within 24 hours of that", () => {
      expect(judge(unread, at(hours(49)), alerted(["A"]), rest).blamed).toHaveLength(1);
      const entries = ledger(unread, at(hours(49)), alerted(["A"]), at(hours(50)), phase("end"));
      expect(judgement(failureVisible, entries).findings).toEqual([]);
      const late = ledger(unread, at(hours(49) + 1), alerted(["A"]), at(hours(50)), phase("end"));
      expect(judgement(failureVisible, late).findings).toHaveLength(1);
    });
    it("says nothing of an alarm that nobody could read, and tells of one about several once", () => {
      expect(judge(refusedA, alerted(["A"], { bounced: true }), looks, rest)).toEqual(failed);
      expect(
        judge(
          sent("A"),
          sent("B"),
          delivered("A"),
          delivered("B"),
          feilet("A"),
          feilet("B"),
          alerted(["A", "B"]),
          looks,
          rest,
        ).blamed,
      ).toEqual(["A deviations@4601"]);
    });
    it("says nothing where the clock cannot be moved, or before it is due", () => {
      expect(judge(run({ tierByDomain: { world: "offset" } }), unread, rest)).toEqual({
        judged: 0,
        blamed: [],
        doubts: 1,
      });
      expect(judge(unread, at(hours(49)), phase("end")).blamed).toEqual([]);
      expect(judge(unread, at(hours(49) + 1), phase("end")).blamed).toEqual(["A deviations@4601"]);
    });
    it("says nothing where the run does not show who looks", () => {
      expect(judge(refusedA, alerted(["A"]), rest)).toEqual(held1);
    });
  });

  describe("is inconclusive", () => {
    const tiers = (integration: "none" | "offset" | "compressed") =>
      run({ tierByDomain: { world: "driven", integration } });
    it("where the system's clock cannot be moved", () => {
      const doubtful = { judged: 0, blamed: [], doubts: 1 };
      expect(judge(tiers("none"), refusedA, rest)).toEqual(doubtful);
      expect(judge(tiers("offset"), refusedA, rest)).toEqual(doubtful);
      expect(judge(tiers("compressed"), refusedA, rest)).toEqual(failed);
    });
    it("where no alarm sink is declared", () => {
      const none = run({ switches: [{ name: "alarmSink", value: "none", evidence: "inferred" }] });
      expect(judge(none, refusedA, rest)).toEqual({ judged: 0, blamed: [], doubts: 1 });
      const other = run({ switches: [{ name: "paper", value: "none", evidence: "inferred" }] });
      expect(judge(other, refusedA, rest)).toEqual(failed);
    });
  });

  it("judges nothing where only a sender is under test", () => {
    const sender = run({ suts: [{ party: "police", role: "sender", hash: "00" }] });
    expect(judge(sender, refusedA, rest)).toEqual(notExercised);
  });

  it("finds the deviations in the order they came about", () => {
    expect(judge(sent("A"), sent("B"), delivered("A"), delivered("B"), feilet("B"), feilet("A"), rest).blamed).toEqual([
      "B integration",
      "A integration",
    ]);
  });
});

describe("failure-visible, for a sender under test", () => {
  const mailA: Item = [senderRun(), submitted("A"), mails("A")];
  const blames = (...items: Item[]) => judge(...items).blamed;
  const failed = hears("negative", "A", { exchange: "altinn-correspondence.details(A)/1" });

  it("holds where it told somebody by id within 24 hours that a copy has failed, and not a ms later", () => {
    expect(judge(mailA, failed, at(hours(24)), alerted(["A"]), rest)).toEqual({ judged: 1, blamed: [], doubts: 0 });
    expect(judge(mailA, failed, at(hours(24) + 1), alerted(["A"]), rest)).toEqual({
      judged: 1,
      blamed: ["A sender"],
      doubts: 0,
    });
    expect(blames(mailA, failed, alerted(["mail-A"]), rest)).toEqual([]);
    expect(blames(mailA, failed, alerted(["mail-B"]), rest)).toEqual(["A sender"]);
  });

  it.each([
    ["a refusal", "400"],
    ["a right it lacks", "403"],
    ["too large a body", "413"],
    ["content that is deleted, or a publication that failed", "200"],
    ["an error of the portal's", "serverfeil"],
  ])("takes %s for a deviation", (_, code) => {
    expect(blames(mailA, hears("negative", "A", { code }), rest)).toEqual(["A sender"]);
  });

  it.each(["401", "408", "409", "423", "429", "500", "503"])("takes %s for a passing answer", (code) => {
    expect(judge(mailA, hears("negative", "A", { code }), rest)).toEqual({ judged: 0, blamed: [], doubts: 0 });
  });

  it.each([
    ["a case", byHand("A")],
    ["a person who opened it", opened("A")],
    ["a return", returned("A", { to: "police" })],
    ["a copy that another channel took on", handsIn("A~2")],
  ] as [string, Item][])("is healed within the hour by %s, and not a ms later", (_, healed) => {
    expect(blames(mailA, failed, at(hours(1)), healed, rest)).toEqual([]);
    expect(blames(mailA, failed, at(hours(1) + 1), healed, rest)).toEqual(["A sender"]);
  });

  it("is healed by a copy that another channel took on before, unless that has failed as well", () => {
    const both: Item = [senderRun(), submitted("A"), dispatches("A~2"), mails("A")];
    expect(blames(both, at(hours(1)), failed, rest)).toEqual([]);
    expect(blames(both, hears("negative", "A~2"), at(hours(2)), failed, rest)).not.toEqual([]);
  });

  it("is healed by another copy on the same channel only where none had been taken on", () => {
    expect(blames(mailA, failed, mails("A~2"), rest)).toEqual(["A sender"]);
    expect(blames(senderRun(), submitted("A"), hears("negative", "A", { code: "400" }), mails("A"), rest)).toEqual([]);
  });

  it("counts each copy that fails", () => {
    const second = hears("negative", "A~2", { exchange: "portal.status(A~2)/1" });
    expect(blames(mailA, failed, handsIn("A~2"), at(hours(5)), second, rest)).toEqual(["A sender"]);
    expect(blames(mailA, failed, handsIn("A~2"), at(hours(5)), failed, rest)).toEqual([]);
  });

  it("says nothing of what had ended, was read, or is another's debt", () => {
    const confirmed = hears("positive", "A", { takesDebt: municipality });
    for (const over of [byHand("A"), handsBack("A"), opened("A"), confirmed])
      expect(judge(mailA, over, at(days(2)), failed, rest)).toEqual({ judged: 0, blamed: [], doubts: 0 });
  });

  it("leaves what only grows old to end-state-deadline, and a municipality's answers to it", () => {
    expect(judge(mailA, rest)).toEqual({ judged: 0, blamed: [], doubts: 0 });
    const no = receipted("A", { saying: "negative", reason: "content" });
    expect(blames(mailA, failed, alerted(["A"]), at(days(2)), no, rest)).toEqual([]);
  });
});
