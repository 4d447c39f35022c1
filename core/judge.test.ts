import { describe, expect, it } from "vitest";
import { HarnessError } from "./error.ts";
import { Judging, judge, tieOrder } from "./judge.ts";
import type { LedgerEntry } from "./ledger.ts";
import { type Finding, type Rule, type RuleId, ruleIds } from "./rule.ts";
import {
  accepted,
  acks,
  alerted,
  alive,
  at,
  byHand,
  causedBy,
  contentGoes,
  crashed,
  days,
  delivered,
  dispatches,
  doubted,
  dropped,
  effected,
  ends,
  entitled,
  faulted,
  feilet,
  handsBack,
  handsIn,
  hears,
  held,
  hours,
  type Item,
  inbox,
  ledger,
  mailbox,
  mails,
  minutes,
  mottatt,
  municipality,
  named,
  offered,
  opened,
  phase,
  printed,
  purged,
  receipted,
  registers,
  resends,
  run,
  seconds,
  senderRun,
  sent,
  settles,
  started,
  submitted,
  told,
  untold,
} from "./rules/fixtures.ts";
import type { Judged, JudgeOptions } from "./verdict.ts";

const options: JudgeOptions = { mustHold: [], suts: ["integration"] };
const judged = (...items: readonly Item[]): Judged => judge(ledger(...items), options);
const failing = ({ broken }: Judged): string[][] =>
  broken.map(({ primary, attached }) => [primary, ...attached].map(({ rule }) => rule));

/** Consumers attached, people at work; then the story; then the rest of the run. */
const story = (...items: readonly Item[]): Item => [started(), alive(), ...items, ends(hours(1))];
const correct = (label: string): Item => [sent(label), delivered(label), registers(label), mottatt(label), acks(label)];

describe("judging the stories of RULES.md", () => {
  it("passes store, then receipt, then acknowledgement", () => {
    const said = judged(story(correct("A")));
    expect(said.verdict).toEqual({ kind: "passed" });
    expect(said.outcomes.get("A")).toBe("registered");
    expect(said.counts).toMatchObject({ registered: 1, lost: 0 });
  });

  it("finds Familia by no-false-receipt, with no-loss attached: receipted from memory, never stored", () => {
    const said = judged(story(sent("A"), delivered("A"), mottatt("A"), acks("A"), at(minutes(1)), purged("A")));
    const [rules] = failing(said);
    expect(rules?.[0]).toBe("no-false-receipt");
    expect(rules).toContain("no-loss");
    expect(rules).not.toContain("receipt-after-store");
    expect(said.verdict.kind).toBe("failed");
    expect(said.outcomes.get("A")).toBe("lost");
  });

  it("finds Familia's store 2 s later by receipt-after-store only", () => {
    const said = judged(story(sent("A"), delivered("A"), mottatt("A"), acks("A"), at(seconds(2)), registers("A")));
    expect(failing(said)).toEqual([["receipt-after-store"]]);
    expect(said.outcomes.get("A")).toBe("registered");
  });

  it("finds the police chain's expiry, which nobody lost", () => {
    const police = run({ suts: [{ party: "police", role: "sender", hash: "00" }] });
    const altinn = { party: "altinn-dispatch" };
    const onAltinn: Item = [
      submitted("A", { sender: "police" }),
      accepted("A", { told: false }),
      dropped("A", { party: "portal" }),
      held("A", { party: "police" }),
      held("A", altinn),
      offered("A", { channel: "altinn-dispatch", resource: "inbox", to: "4601", lifeEndsMs: days(30) }),
      told("altinn-dispatch.send(A)/1", { to: "police", saying: "news", code: "published", copies: ["A"] }),
    ];
    const day30: Item = [at(days(30)), dropped("A", { ...altinn, why: "expired", lastPath: true })];
    const end = ends(days(60));
    const suts = { mustHold: [], suts: ["police"] };
    const kept = judge(ledger(police, onAltinn, day30, end), suts);
    expect(kept.rules["no-loss"].kind).toBe("held");
    expect(kept.rules["no-silent-expiry"].kind).toBe("failed");
    expect(kept.outcomes.get("A")).toBe("expired silently");
    const forgets = judge(ledger(police, onAltinn, dropped("A", { party: "police" }), day30, end), suts);
    expect(forgets.rules["no-loss"].kind).toBe("failed");
    expect(forgets.outcomes.get("A")).toBe("lost");
  });

  it("passes a lost 201 that a retry found again, and calls it recovered", () => {
    const retry: Item = [
      registers("A", { answer: false }),
      {
        kind: "asked",
        exchange: "receiver.register(A)/2",
        operation: "register",
        asker: "integration",
        attempt: 2,
        copies: ["A"],
        bytes: 1,
      },
      told("receiver.register(A)/2", { code: "200", copies: ["A"] }),
    ];
    const said = judged(story(sent("A"), delivered("A"), retry, mottatt("A"), acks("A")));
    expect(said.verdict).toEqual({ kind: "passed" });
    expect(said.outcomes.get("A")).toBe("recovered");
  });

  it("passes a crash after mottatt and before the ack, when the copy comes again", () => {
    const fault = named("f", faulted({ boundary: "fiks-io.settle(A)/1:asked", family: "process" }));
    const again: Item = [
      causedBy("f", crashed()),
      started("integration", 2),
      alive(),
      delivered("A", 2),
      mottatt("A", 2),
      acks("A"),
    ];
    const said = judged(story(sent("A"), delivered("A"), registers("A"), mottatt("A"), fault, again));
    expect(said.verdict).toEqual({ kind: "passed" });
    expect(said.outcomes.get("A")).toBe("registered");
  });

  it("finds refuse-all by delivers", () => {
    const said = judged(story(sent("A"), delivered("A"), feilet("A"), acks("A")));
    expect(failing(said)[0]).toContain("delivers");
    expect(said.outcomes.get("A")).toBe("returned");
  });

  it("passes a durable inbox that answers first, unless the profile is strict", () => {
    const inbox: Item = [
      sent("A"),
      delivered("A"),
      held("A", { party: "integration" }),
      acks("A"),
      mottatt("A"),
      registers("A"),
    ];
    expect(judged(story(inbox)).verdict).toEqual({ kind: "passed" });
    const strict = judged(run({ parameters: { profile: "strict" } }), story(inbox));
    expect(failing(strict)).toEqual([["receipt-after-store"]]);
  });

  it("fails every sink: discards, refuses, never connects, reports all", () => {
    const sinks: readonly Item[] = [
      [delivered("A"), acks("A"), printed("A", { reason: "unreceipted" })],
      [delivered("A"), feilet("A"), acks("A")],
      [],
      [delivered("A"), alerted(["A"], { sink: "receiver", retrievable: true }), acks("A"), printed("A")],
    ];
    for (const sink of sinks) expect(judged(story(sent("A"), sink)).verdict.kind).toBe("failed");
  });
});

describe("the verdict", () => {
  it("is failed before inconclusive, and inconclusive before passed", () => {
    const doubt = doubted("two requests could be about A");
    expect(judged(story(correct("A"), doubt)).verdict).toMatchObject({
      kind: "inconclusive",
      because: doubt.kind === "doubted" ? doubt.what : "",
    });
    expect(judged(story(sent("A"), feilet("A"), doubt)).verdict.kind).toBe("failed");
  });

  it("blames only systems under test; other findings are told apart", () => {
    const said = judge(ledger(story(sent("A"), feilet("A"))), { mustHold: ["delivers"], suts: ["another"] });
    expect(said.verdict.kind).toBe("passed");
    expect(said.broken).toEqual([]);
    expect(said.elsewhere.map(({ rule }) => rule)).toContain("delivers");
    expect(said.rules.delivers.kind).toBe("held");
  });

  it("is inconclusive where a rule that must hold was not exercised", () => {
    const said = judge(ledger(story(correct("A"))), {
      mustHold: ["delivers", "no-silent-expiry"],
      suts: ["integration"],
    });
    expect(said.verdict).toEqual({ kind: "inconclusive", because: "must hold, but not exercised: no-silent-expiry" });
    expect(said.rules["no-silent-expiry"]).toEqual({ kind: "not exercised", judged: 0, because: [] });
  });

  it("reports every rule, with what it judged and why it could not", () => {
    const said = judged(alive(), sent("A"));
    expect(Object.keys(said.rules)).toEqual([...ruleIds]);
    expect(said.rules["all-kinds"].kind).toBe("not exercised");
    expect(said.rules["no-loss"]).toMatchObject({ kind: "inconclusive", judged: 0 });
    expect(said.rules["no-loss"].because[0]).toMatch(/^A: /);
    expect(said.verdict.kind).toBe("inconclusive");
    expect(said.doubts).toContainEqual({ delivery: "A", because: said.rules["no-loss"].because[0]?.slice(3) });
    expect(said.outcomes.get("A")).toBe("unknown");
    expect(judged(story(correct("A"), correct("B"))).rules["no-loss"]).toEqual({
      kind: "held",
      judged: 2,
      because: [],
    });
  });

  it("hands on notices", () => {
    const stranger: Item = [offered("A~2"), registers("A~2", { caseId: "two" })];
    expect(judged(story(correct("A"), stranger)).notices.map(({ delivery }) => delivery)).toContain("A");
  });

  it("hands on what was excused", () => {
    const invalid: Item = [
      submitted("A", { planted: "invalid" }),
      accepted("A"),
      offered("A"),
      delivered("A"),
      feilet("A"),
      acks("A"),
    ];
    expect(judged(story(invalid)).excuses).toMatchObject([{ delivery: "A", because: "planted invalid" }]);
  });
});

describe("the primary finding", () => {
  const finding = (rule: RuleId, delivery: string | undefined, ...entries: number[]): Finding => ({
    rule,
    ...(delivery === undefined ? {} : { delivery }),
    blames: "integration",
    happened: "",
    because: "",
    next: "",
    entries,
  });
  const saying = (...findings: Finding[]): Rule<null>[] =>
    [...new Set(findings.map(({ rule }) => rule))].map((id) => ({
      id,
      version: 1,
      start: () => null,
      step: () => null,
      end: () => ({ judged: 1, findings: findings.filter(({ rule }) => rule === id), doubts: [] }),
    }));
  const by = (...findings: Finding[]): Judged => {
    const judging = new Judging(options, saying(...findings));
    for (const entry of ledger(sent("A"))) judging.step(entry);
    return judging.end();
  };

  it("is the one whose handover broke first, whatever its rule", () => {
    expect(failing(by(finding("receipt-after-store", "A", 9), finding("no-leak", "A", 3)))).toEqual([
      ["no-leak", "receipt-after-store"],
    ]);
  });

  it("is by the order of the rules where they broke at the same entry", () => {
    expect([...tieOrder].sort()).toEqual([...ruleIds].sort());
    const all = [...ruleIds].reverse().map((rule) => finding(rule, "A", 5));
    expect(failing(by(...all))).toEqual([[...tieOrder]]);
  });

  it("is one a delivery, in the order they broke; findings about none stand alone", () => {
    const said = by(
      finding("delivers", "B", 7),
      finding("drains", undefined, 8),
      finding("drains", undefined, 2),
      finding("no-loss", "A", 4),
      finding("no-leak", "B", 9),
    );
    expect(said.broken.map(({ delivery, primary }) => `${delivery} ${primary.rule}`)).toEqual([
      "undefined drains",
      "A no-loss",
      "B delivers",
      "undefined drains",
    ]);
    expect(said.verdict.kind === "failed" && said.verdict.findings.map(({ entries }) => entries[0])).toEqual([
      2, 4, 7, 8, 9,
    ]);
  });
});

describe("an error of the harness", () => {
  const throwing = (where: "start" | "step" | "end"): Rule<null> => {
    const say = (now: string): null => {
      if (now === where) throw new Error("boom");
      return null;
    };
    return {
      id: "no-leak",
      version: 1,
      start: () => say("start"),
      step: () => say("step"),
      end: () => {
        say("end");
        return { judged: 0, findings: [], doubts: [] };
      },
    };
  };
  const judgedBy = (rule: Rule<null>) => (): unknown => {
    const judging = new Judging(options, [rule]);
    for (const entry of ledger(sent("A"))) judging.step(entry);
    return judging.end();
  };

  it("is thrown, never a verdict, where a rule throws", () => {
    for (const where of ["start", "step", "end"] as const) {
      expect(judgedBy(throwing(where))).toThrow(HarnessError);
      expect(judgedBy(throwing(where))).toThrow(/"no-leak".*\n.*boom/);
    }
    expect(judgedBy(throwing("step"))).toThrow(/entry 0 \(run\)/);
  });

  it("is thrown for a ledger that is empty, headless or out of order", () => {
    const [first, second, third] = ledger(sent("A")) as [LedgerEntry, LedgerEntry, LedgerEntry];
    expect(() => judge([], options)).toThrow(/empty/);
    expect(() => judge([second], options)).toThrow(/begins with "phase"/);
    expect(() => judge([first, third, second], options)).toThrow(/stands after/);
    expect(() => judge([first, first], options)).toThrow(HarnessError);
  });
});

describe("a rule that declares what it reads", () => {
  it("is handed nothing else", () => {
    const seen: string[] = [];
    const rule: Rule<null> = {
      id: "no-leak",
      version: 1,
      reads: ["offered", "phase"],
      start: () => null,
      step: (_, entry) => {
        seen.push(entry.kind);
        return null;
      },
      end: () => ({ judged: 1, findings: [], doubts: [] }),
    };
    const judging = new Judging(options, [rule]);
    for (const entry of ledger(sent("A"), phase("heal"))) judging.step(entry);
    expect(seen).toEqual(["phase", "offered", "phase"]);
  });
});

describe("outcomes", () => {
  const outcome = (...items: readonly Item[]): string | undefined => judged(story(...items)).outcomes.get("A");

  it("counts only what was taken on", () => {
    expect(judged(story(submitted("A"))).outcomes.size).toBe(0);
  });

  it("calls dropped what was let go knowingly, with no answer and nothing kept", () => {
    expect(outcome(sent("A"), delivered("A"), settles("A", "nack"))).toBe("dropped");
    expect(outcome(sent("A"), delivered("A"), acks("A"), printed("A"))).toBe("dropped");
    expect(outcome(sent("A"), delivered("A"), settles("A", "requeue"), printed("A"))).toBe("printed");
    expect(outcome(sent("A"), delivered("A"), feilet("A"), settles("A", "nack"))).toBe("returned");
    expect(outcome(sent("A"), delivered("A"), acks("A"), resends("A", "A~2"), registers("A~2"))).toBe("registered");
    expect(outcome(sent("A"), delivered("A"), held("A", { party: "integration" }), acks("A"))).toBe("open");
    const two = run({
      suts: [
        { party: "police", role: "sender", hash: "00" },
        { party: "integration", role: "integration", hash: "00" },
      ],
    });
    const inbox = [sent("A"), delivered("A"), held("A", { party: "integration" }), acks("A")];
    expect(judged(two, story(inbox)).outcomes.get("A")).toBe("open");
  });

  it("calls damaged what is not whole, and duplicated what became two cases", () => {
    expect(outcome(sent("A"), registers("A", { parts: [] }))).toBe("damaged");
    expect(outcome(sent("A"), registers("A"), registers("A", { attempt: 2, caseId: "two" }))).toBe("duplicated");
    const stranger: Item = [offered("A~2"), registers("A~2", { caseId: "two" })];
    expect(outcome(sent("A"), registers("A"), stranger)).toBe("registered");
    const denied: Item = {
      kind: "refused",
      delivery: "A",
      copy: "A",
      party: "receiver",
      permanent: true,
      code: "exists",
    };
    expect(outcome(sent("A"), denied, registers("A"), registers("A", { attempt: 2 }))).toBe("registered");
  });

  it("calls late what was registered more than D after heal and offer", () => {
    const at3 = (ms: number) =>
      judged(
        started(),
        alive(),
        sent("A"),
        at(hours(1)),
        phase("heal"),
        at(ms),
        registers("A"),
        at(days(40)),
        phase("end"),
      ).outcomes.get("A");
    expect(at3(hours(3))).toBe("registered");
    expect(at3(hours(3) + 1)).toBe("late");
    const again = judged(
      sent("A"),
      at(hours(1)),
      phase("heal"),
      at(hours(2)),
      registers("A"),
      at(hours(9)),
      resends("A", "A~2"),
    );
    expect(again.outcomes.get("A")).toBe("registered");
    const second = judged(
      sent("A"),
      phase("heal"),
      at(hours(9)),
      resends("A", "A~2"),
      registers("A~2"),
      at(days(40)),
      phase("end"),
    );
    expect(second.outcomes.get("A")).toBe("registered");
    expect(judged(sent("A"), at(days(3)), registers("A")).outcomes.get("A")).toBe("registered");
  });

  it("calls recovered only what was unknown to the one that registered it", () => {
    expect(outcome(sent("A"), registers("A"), untold("receiver.lookup(A)/1"))).toBe("registered");
    expect(outcome(sent("A"), untold("receiver.register(A)/1"), registers("A", { attempt: 2 }))).toBe("registered");
    expect(outcome(sent("A"), registers("A"), registers("A", { attempt: 2, answer: false }))).toBe("registered");
    expect(outcome(sent("A"), registers("A"), { kind: "untold", to: "integration", how: "lost", afterBytes: 0 })).toBe(
      "registered",
    );
  });

  it("calls quarantined what is kept, can be fetched and was reported", () => {
    const poison: Item = [submitted("A", { planted: "poison" }), accepted("A"), offered("A"), delivered("A")];
    const kept = (over: { retrievable?: boolean } = {}): Item => ({
      kind: "quarantined",
      delivery: "A",
      copy: "A",
      party: "integration",
      retrievable: true,
      untilMs: days(30),
      ...over,
    });
    expect(outcome(poison, kept(), alerted(["A"]), acks("A"))).toBe("quarantined");
    expect(outcome(poison, kept(), acks("A"))).toBe("open");
    expect(outcome(poison, kept(), alerted(["A"], { bounced: true }))).toBe("open");
    expect(outcome(poison, kept(), alerted(["A"], { owner: "" }))).toBe("open");
    expect(outcome(poison, kept({ retrievable: false }), alerted(["A"]))).toBe("open");
  });

  it("calls quarantined what an alarm says can be fetched, or a receiver of mail has kept", () => {
    const poison: Item = [submitted("A", { planted: "poison" }), accepted("A"), offered("A"), delivered("A")];
    expect(outcome(poison, alerted(["A"], { retrievable: true }))).toBe("quarantined");
    expect(outcome(poison, alerted(["A"], { retrievable: false }))).toBe("open");
    expect(outcome(poison, alerted(["A"]))).toBe("open");
    const kept: Item = held("A", { party: "integration" });
    expect(outcome(poison, kept, alerted(["A"]))).toBe("open");
    const mail: Item = [submitted("A", { planted: "poison" }), mails("A", { to: "integration" })];
    expect(outcome(mail, kept, alerted(["A"]))).toBe("quarantined");
    expect(outcome(mail, alerted(["A"]))).toBe("open");
  });

  it("calls dropped mail that was confirmed and not kept, and open what Fiks IO was told was received", () => {
    const mail: Item = [submitted("A"), mails("A", { to: "integration" })];
    expect(outcome(mail, receipted("A"))).toBe("dropped");
    expect(outcome(mail)).toBe("open");
    expect(outcome(sent("A"), delivered("A"), receipted("A"))).not.toBe("dropped");
  });

  it("counts the time to open a message from the first person who did, not from a machine", () => {
    const opens = (...items: Item[]) =>
      judge(ledger(senderRun(), submitted("A"), dispatches("A"), items, at(days(40)), phase("end")), {
        mustHold: [],
        suts: ["sender"],
      }).outcomes.get("A");
    const person: Item = opened("A");
    const machine: Item = opened("A", { opener: "machine" });
    expect(opens(at(days(7)), person, at(days(9)), person, byHand("A"))).toBe("registered");
    expect(opens(at(days(7)), machine, at(days(9)), person, byHand("A"))).toBe("late");
    expect(opens(at(days(7) + 1), person, byHand("A"))).toBe("late");
  });

  it("has no life of the sender's where somebody who took the debt sends on, and half a life where it sends itself", () => {
    const short = { ...inbox, to: municipality, lifeEndsMs: days(4) };
    const opens = (...items: Item[]) =>
      judge(ledger(senderRun(), submitted("A"), items, at(days(40)), phase("end")), {
        mustHold: [],
        suts: ["sender"],
      }).outcomes.get("A");
    const registeredLate: Item = [at(days(3)), byHand("A")];
    expect(opens(accepted("A"), offered("A", short), registeredLate)).toBe("registered");
    expect(opens(accepted("A", { told: false }), offered("A", short), registeredLate)).toBe("late");
    const again: Item = offered("A~2", { ...short, lifeEndsMs: days(30) });
    expect(opens(accepted("A", { told: false }), offered("A", short), again, registeredLate)).toBe("late");
  });

  it("calls lost what a sender was to send, and nobody has; open what somebody holds", () => {
    const sends = (...items: Item[]) =>
      judge(ledger(senderRun(), submitted("A"), items, ends()), { mustHold: [], suts: ["sender"] }).outcomes.get("A");
    expect(sends()).toBe("lost");
    expect(sends(held("A", { party: "sender" }))).toBe("open");
    expect(sends(printed("A"))).toBe("printed");
  });

  it("calls open what a holder still owes, and printed what ended on paper", () => {
    expect(outcome(sent("A"))).toBe("open");
    expect(outcome(sent("A"), printed("A"))).toBe("printed");
  });

  it("calls misdelivered what the wrong people may see", () => {
    const wrong: Rule<null> = {
      id: "right-recipient",
      version: 1,
      start: () => null,
      step: () => null,
      end: () => ({
        judged: 1,
        findings: [
          {
            rule: "right-recipient",
            delivery: "A",
            blames: "integration",
            happened: "",
            because: "",
            next: "",
            entries: [1],
          },
        ],
        doubts: [],
      }),
    };
    const judging = new Judging(options, [wrong]);
    for (const entry of ledger(story(correct("A")))) judging.step(entry);
    expect(judging.end().counts.misdelivered).toBe(1);
  });

  it("calls unknown what could not be decided, but not what has ended", () => {
    const doubt = doubted("what the probe saw could be A or B", { delivery: "A" });
    expect(outcome(sent("A"), doubt)).toBe("unknown");
    expect(outcome(sent("A"), registers("A"), doubt)).toBe("registered");
  });
});

describe("judging the police's dispatches, which nobody was entitled to see", () => {
  const suts: JudgeOptions = {
    mustHold: ["end-state-deadline", "watched-channel", "delivers", "no-loss"],
    suts: ["sender"],
  };
  const nobody: Item = entitled(municipality, { ...inbox, granted: false });
  const kept = held("A", { party: "sender" });
  const dispatchA: Item = [senderRun(), nobody, submitted("A"), kept, dispatches("A")];
  const day30: Item = [at(days(30)), contentGoes("A"), ends(days(31))];
  const verdict = (...items: readonly Item[]): Judged => judge(ledger(...items), suts);
  const sinks = (said: Judged): string[] => (failing(said)[0] ?? []).sort();
  const elsewhere = (said: Judged): string[] => said.elsewhere.map(({ rule, blames }) => `${rule} ${blames}`).sort();

  it("finds a sender that took published for received, and calls what became of it expired silently", () => {
    const said = verdict(dispatchA, day30);
    expect(sinks(said)).toEqual(["delivers", "end-state-deadline", "no-silent-expiry", "watched-channel"]);
    expect(said.broken[0]?.primary.rule).toBe("watched-channel");
    expect(said.rules["no-loss"].kind).toBe("held");
    expect(said.outcomes.get("A")).toBe("expired silently");
    // It was never told of anything, so it broke no duty.
    expect(elsewhere(said)).toEqual([]);
  });

  it("finds one that forgot its copy by no-loss as well, and calls it lost", () => {
    const said = verdict(dispatchA, dropped("A", { party: "sender" }), day30);
    expect(sinks(said)).toContain("no-loss");
    expect(said.outcomes.get("A")).toBe("lost");
  });

  it("finds one that read what had not been opened after it was deleted, and told nobody", () => {
    const said = verdict(
      dispatchA,
      at(days(30)),
      contentGoes("A"),
      at(days(31)),
      hears("negative", "A"),
      ends(days(35)),
    );
    expect(sinks(said)).toEqual([
      "delivers",
      "end-state-deadline",
      "failure-visible",
      "no-silent-expiry",
      "watched-channel",
    ]);
  });

  it("passes one that warns at T_warn, hands back at T_escalate, and has a letter registered by hand; a week is late", () => {
    const told: Item = [at(days(2)), alerted(["A"]), at(days(7)), handsBack("A")];
    const said = verdict(dispatchA, told, at(days(12)), byHand("A"), day30);
    expect(said.verdict).toEqual({ kind: "passed" });
    expect(said.outcomes.get("A")).toBe("late");
    expect(verdict(dispatchA, told, day30).outcomes.get("A")).toBe("returned");
    const early = verdict(dispatchA, at(days(2)), alerted(["A"]), handsBack("A"), at(days(7)), byHand("A"), day30);
    expect(early.outcomes.get("A")).toBe("registered");
  });

  it("passes one that takes another channel, where somebody is", () => {
    const fallsBack: Item = [at(days(2)), alerted(["A"]), handsIn("A~2", days(2)), byHand("A~2")];
    const delivered = hears("positive", "A~2", { exchange: "portal.status(A~2)/1" });
    const said = verdict(dispatchA, fallsBack, delivered, day30);
    expect(said.verdict).toEqual({ kind: "passed" });
    expect(said.outcomes.get("A")).toBe("registered");
  });

  it("calls late what was opened and registered after a week, and registered what was opened before", () => {
    const opens = (ms: number): Judged => verdict(dispatchA, at(ms), opened("A"), at(days(20)), byHand("A"), day30);
    expect(opens(days(7)).outcomes.get("A")).toBe("registered");
    expect(opens(days(7) + 1).outcomes.get("A")).toBe("late");
  });

  it("finds one that rejects every order, and one that says sent and sends nothing", () => {
    const ordered: Item = [senderRun(), submitted("A")];
    const answers = (saying: "positive" | "negative", code: string): Item =>
      told("sender.send(A)/1", { to: "police", saying, code, copies: ["A"] });
    const rejects = verdict(
      ordered,
      answers("negative", "rejected"),
      at(days(1)),
      handsBack("A"),
      byHand("A"),
      ends(days(9)),
    );
    expect(sinks(rejects)).toEqual(["delivers"]);
    const pretends = verdict(ordered, answers("positive", "sent"), ends(days(9)));
    expect(sinks(pretends)).toEqual(["delivers", "drains", "end-state-deadline"]);
    expect(pretends.outcomes.get("A")).toBe("lost");
  });

  it("finds one whose mail a machine opened, though its channel says that it was opened", () => {
    const machine: Item = [
      entitled(municipality, mailbox),
      alive({ ...mailbox, reader: municipality, how: "poll" }),
      submitted("A"),
      kept,
      mails("A"),
      opened("A", { opener: "machine", who: municipality }),
      hears("positive", "A"),
    ];
    const said = verdict(senderRun(), machine, ends(days(9)));
    expect(sinks(said)).toEqual(["delivers", "end-state-deadline"]);
    expect(said.outcomes.get("A")).toBe("open");
  });
});

describe("judging mail from the police, read by an integration", () => {
  const police = { to: "integration", sender: "police" };
  const reads: Item = [entitled("integration", mailbox), alive({ ...mailbox, how: "poll" })];
  const mailA: Item = [reads, submitted("A", { sender: "police" }), held("A", { party: "police" }), mails("A", police)];
  const polling: Item = Array.from(
    { length: 20 },
    (_, i): Item => [at(hours(20) * (i + 1)), alive({ ...mailbox, how: "poll" })],
  );
  const end: Item = [phase("heal"), polling, at(hours(400)), phase("end")];

  it("passes what it registered, asked for a receipt or not", () => {
    expect(judged(mailA, registers("A"), end).verdict).toEqual({ kind: "passed" });
    expect(judged(mailA, registers("A"), receipted("A"), end).verdict).toEqual({ kind: "passed" });
  });

  it("calls dropped what it confirmed and never registered, and quarantined what it kept and reported", () => {
    expect(judged(mailA, receipted("A"), end).outcomes.get("A")).toBe("dropped");
    const keeps: Item = [held("A", { party: "integration" }), alerted(["A"]), receipted("A")];
    expect(judged(mailA, keeps, end).outcomes.get("A")).toBe("quarantined");
  });
});

describe("judging a run of five years", () => {
  it("names each of 11 400 dispatches to 350 municipalities that nobody reads", () => {
    const entries = ledger(senderRun(), fiveYears());
    expect(entries.length).toBeGreaterThan(150_000);
    const said = judge(entries, { mustHold: [], suts: ["sender"] });
    expect(said.counts["expired silently"]).toBe(11_400);
  });
});

/** Each dispatch is sent, lies unread, is asked after ten times, named in a useless alarm, and deleted. */
function fiveYears(): Item {
  const items: Item[] = Array.from({ length: 350 }, (_, i) =>
    entitled(`municipality#${4000 + i}`, {
      channel: "altinn-dispatch",
      resource: `dispatch/${4000 + i}`,
      granted: false,
    }),
  );
  const step = Math.floor(days(5 * 365) / 11_400);
  const going: { readonly atMs: number; readonly label: string }[] = [];
  const go = (untilMs: number): void => {
    for (let next = going[0]; next !== undefined && next.atMs <= untilMs; next = going[0]) {
      items.push(at(next.atMs), contentGoes(next.label));
      going.shift();
    }
  };
  for (let i = 0; i < 11_400; i += 1) {
    const label = `m${i}`;
    const to = 4000 + (i % 350);
    const nowMs = i * step;
    go(nowMs);
    items.push(
      at(nowMs),
      submitted(label),
      held(label, { party: "sender" }),
      effected(`altinn-dispatch.send(${label})/1`, "submitted → accepted", { delivery: label, copy: label }),
      held(label, { party: "altinn-dispatch" }),
      offered(label, { ...inbox, resource: `dispatch/${to}`, to: `municipality#${to}`, lifeEndsMs: nowMs + days(30) }),
      alerted([label, "unknown"], { owner: "" }),
      alerted([`not-${label}`]),
      ...Array.from({ length: 6 }, () => hears("news", label)),
    );
    going.push({ atMs: nowMs + days(30), label });
  }
  go(Number.POSITIVE_INFINITY);
  return [items, at(days(5 * 365 + 31)), phase("heal"), at(days(6 * 365)), phase("end")];
}

describe("what a judging says", () => {
  const rule = (over: Partial<Rule<unknown>>): Rule<unknown> => ({
    id: "no-loss",
    version: 1,
    start: () => null,
    step: (state) => state,
    end: () => ({ judged: 0, findings: [], doubts: [] }),
    ...over,
  });
  const judgeBy = (entries: readonly LedgerEntry[], how: JudgeOptions, by: readonly Rule<unknown>[]): Judged => {
    const judging = new Judging(how, by);
    for (const entry of entries) judging.step(entry);
    return judging.end();
  };
  const fails = (does: () => unknown): HarnessError => {
    try {
      does();
    } catch (thrown) {
      if (thrown instanceof HarnessError) return thrown;
    }
    throw new Error("it did not fail as an error of the harness");
  };
  const boom = () => {
    throw new Error("boom");
  };
  const finding = (over: Partial<Finding>): Finding => ({
    rule: "no-loss",
    blames: "portal",
    happened: "It.",
    because: "So.",
    next: "Do.",
    entries: [1],
    ...over,
  });

  it.each([
    ["at its start", { start: boom }],
    ["at entry 0 (run)", { step: boom }],
    ["at its end", { end: boom }],
  ] as [string, Partial<Rule<unknown>>][])("of a rule that threw: %s", (when, over) => {
    const said = fails(() => judgeBy(ledger(), options, [rule(over)]));
    expect(said).toMatchObject({
      happened: `Rule "no-loss" could not judge this ledger: it threw ${when}.`,
      because: "boom",
      next: "This is an error of Komfrem, not of the system under test. Report it together with the ledger.",
    });
  });

  it("of a ledger that proves nothing: empty, without a beginning, or out of order", () => {
    const [first, second] = ledger();
    if (first === undefined || second === undefined) throw new Error("no ledger");
    const rest = {
      because: "A ledger whose beginning or order is broken proves nothing.",
      next: "Record the run again; if it was read from a file, check that the file is whole.",
    };
    expect(fails(() => judge([], options))).toMatchObject({ happened: "The ledger is empty.", ...rest });
    expect(fails(() => judge([second], options))).toMatchObject({
      happened: 'The ledger begins with "phase", not with "run".',
      ...rest,
    });
    expect(fails(() => judge([first, second, second], options))).toMatchObject({
      happened: "Entry 1 (phase) stands after entry 1.",
      ...rest,
    });
    expect(fails(() => judge([first, { ...second, seq: 0 }], options)).happened).toBe(
      "Entry 0 (phase) stands after entry 0.",
    );
  });

  it("of rules that were not asked: they are not exercised, and say no more", () => {
    const said = judgeBy(ledger(), options, []);
    expect(said.rules["no-loss"]).toEqual({ kind: "not exercised", judged: 0, because: [] });
    expect(said).toMatchObject({ notices: [], excuses: [], doubts: [], elsewhere: [], broken: [] });
  });

  it("why it is inconclusive: each doubt once, then every rule that must hold and was not exercised", () => {
    const entries = ledger(doubted("x"), doubted("x"), doubted("y", { delivery: "A" }));
    const said = judgeBy(entries, { mustHold: ["no-loss", "delivers"], suts: ["integration"] }, []);
    expect(said.verdict).toEqual({
      kind: "inconclusive",
      because: "x; A: y; must hold, but not exercised: no-loss, delivers",
    });
    expect(said.doubts).toEqual([{ because: "x" }, { because: "x" }, { delivery: "A", because: "y" }]);
  });

  it("what broke elsewhere in the order it broke, and by delivery where a finding has one", () => {
    const late = finding({ entries: [3], happened: "Late." });
    const early = finding({ entries: [2], happened: "Early.", delivery: "A" });
    const both: Rule<unknown> = rule({ end: () => ({ judged: 2, findings: [late, early], doubts: [] }) });
    expect(judgeBy(ledger(), options, [both]).elsewhere.map(({ happened }) => happened)).toEqual(["Early.", "Late."]);
    const here = judgeBy(ledger(), { mustHold: [], suts: ["portal"] }, [both]).broken;
    expect(here).toEqual([
      { delivery: "A", primary: early, attached: [] },
      { primary: late, attached: [] },
    ]);
    expect(Object.keys(here[1] ?? {})).not.toContain("delivery");
  });
});
