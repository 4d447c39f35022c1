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
  causedBy,
  crashed,
  days,
  delivered,
  doubted,
  dropped,
  ends,
  faulted,
  feilet,
  held,
  hours,
  type Item,
  ledger,
  minutes,
  mottatt,
  named,
  offered,
  phase,
  printed,
  purged,
  registers,
  resends,
  run,
  seconds,
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
