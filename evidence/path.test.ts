import { describe, expect, it } from "vitest";
import { chainOf, pathOf } from "./path.ts";
import {
  believedLedger,
  expired,
  falseReceipt,
  type Line,
  ledgerOf,
  lostLedger,
  openedLedger,
  policeHead,
  savedLedger,
  sentBlind,
  soundLedger,
  unread,
  unwarned,
} from "./runs.fixture.ts";

describe("the path of a delivery", () => {
  const lost = pathOf(lostLedger, "A", falseReceipt);
  const kinds = lost.steps.map(({ event }) => event.kind);

  it("tells each exchange once, with what came of it", () => {
    expect(kinds).toEqual([
      "submitted",
      "accepted",
      "offered",
      "delivered",
      "receipted",
      "heard",
      "settled",
      "asked",
      "dropped",
    ]);
    expect(lost.steps[7]?.event).toMatchObject({
      operation: "register",
      answer: { kind: "told", saying: "negative", code: "503" },
    });
    expect(lost.steps[7]?.faults).toEqual(["store-fails"]);
  });

  it("marks where the handover broke, and what else proves it", () => {
    expect(lost.steps.map(({ mark }) => mark)).toEqual([
      "none",
      "none",
      "none",
      "none",
      "broken",
      "none",
      "none",
      "none",
      "proof",
    ]);
  });

  it("knows who holds it and who owes it after each step", () => {
    expect(lost.parties).toEqual(["portal", "fiks-io", "integration"]);
    expect(lost.steps[1]?.standing).toEqual({ portal: { holds: "durably", owes: true } });
    expect(lost.steps[4]?.standing).toMatchObject({
      portal: { owes: true },
      integration: { holds: "in memory", owes: false },
    });
    expect(lost.steps[5]?.standing).toMatchObject({ portal: { owes: false }, integration: { owes: true } });
    expect(lost.steps[6]?.standing).toEqual({
      portal: { holds: "durably", owes: false },
      integration: { holds: "not", owes: true },
    });
  });

  it("says when the last copy goes, and only then", () => {
    expect(lost.steps.map(({ gone }) => gone)).toEqual([...Array(8).fill(false), true]);
    expect(pathOf(soundLedger, "A").steps.some(({ gone }) => gone)).toBe(false);
  });

  it("owes nothing more once it is registered", () => {
    const last = pathOf(soundLedger, "A").steps.at(-1);
    expect(Object.values(last?.standing ?? {}).some(({ owes }) => owes)).toBe(false);
    expect(last?.standing.receiver).toEqual({ holds: "durably", owes: false });
  });

  it("makes one line of what happens again and again", () => {
    const again = (seq: number) =>
      ({
        seq,
        atMs: seq,
        by: "world",
        kind: "refused",
        delivery: "A",
        copy: "A",
        party: "receiver",
        permanent: false,
        code: "503",
      }) as const;
    const { steps } = pathOf([...lostLedger, again(90), again(91), again(95)], "A");
    expect(steps.at(-1)).toMatchObject({
      event: { kind: "refused" },
      times: 3,
      atMs: 90,
      lastMs: 95,
      entries: [90, 91, 95],
    });
  });

  it("tells of a finding about no delivery the entries it rests on", () => {
    const alive = {
      seq: 3,
      atMs: 50,
      by: "world",
      kind: "alive",
      reader: "integration",
      channel: "fiks-io",
      resource: "4601-01",
      how: "attach",
      credit: false,
    } as const;
    const { steps } = pathOf([...lostLedger.slice(0, 3), alive], undefined, { ...falseReceipt, entries: [3] });
    expect(steps).toMatchObject([{ event: { kind: "read" }, mark: "broken" }]);
  });

  it("takes what proves by its time alone that a deadline has passed for just that", () => {
    const at = { seq: 90, atMs: 90_000_000 } as const;
    const granted = { ...at, by: "world", kind: "effected", change: "asked → granted" } as const;
    const ofAnother = { ...at, by: "world", kind: "effected", change: "asked → listed", delivery: "B" } as const;
    for (const entry of [granted, ofAnother]) {
      const { steps } = pathOf([...lostLedger, entry], "A", { ...falseReceipt, entries: [at.seq] });
      expect(steps.at(-1)).toMatchObject({ event: { kind: "overdue" }, mark: "broken" });
    }
  });

  it("leaves out other deliveries, and crashes after its end", () => {
    const crash = {
      seq: 90,
      atMs: 5000,
      by: "world",
      kind: "crashed",
      party: "integration",
      class: "process",
      survives: "none",
    } as const;
    const other = {
      seq: 91,
      atMs: 5001,
      by: "world",
      kind: "registered",
      delivery: "B",
      copy: "B",
      caseId: "x9",
      parts: [],
      whole: true,
    } as const;
    const kindsOf = (path: ReturnType<typeof pathOf>): string[] => path.steps.map(({ event }) => event.kind);
    expect(kindsOf(pathOf([...soundLedger, crash, other], "A"))).toEqual(kindsOf(pathOf(soundLedger, "A")));
    expect(kindsOf(pathOf([...lostLedger.slice(0, 10), crash, other], "A")).at(-1)).toBe("crashed");
  });
});

describe("the path of what a sender under test sent in Altinn", () => {
  const day = 86_400_000;
  const hour = 3_600_000;
  const believed = pathOf(believedLedger, "A", unwarned);
  const sent = (lines: readonly Line[]) => pathOf(ledgerOf([...unread, ...lines], policeHead), "A").steps.slice(6);
  it("begins with the order, and shows that nobody may read it where it lies", () => {
    expect(believed.steps.map(({ event }) => event).slice(0, 6)).toMatchObject([
      { kind: "submitted", ordered: true },
      { kind: "ordered", by: "police", sender: "sender", answer: { kind: "told", saying: "positive" } },
      { kind: "stored", party: "sender" },
      { kind: "accepted", party: "altinn-dispatch" },
      { kind: "offered", to: "municipality#4690", lifeMs: 30 * day, readers: [] },
      { kind: "inquired", asker: "sender", answer: { kind: "told", saying: "news" } },
    ]);
  });

  it("has a column for the municipality, which never had it, and shows that the sender answers for it to the end", () => {
    expect(believed.parties).toEqual(["sender", "altinn-dispatch", "municipality#4690"]);
    expect(believed.steps.at(-1)?.standing).toEqual({ sender: { holds: "durably", owes: true } });
    expect(believed.steps.some(({ gone }) => gone)).toBe(false);
  });

  it("shows when each deadline passed, and breaks at the one that the finding is about", () => {
    const deadlines = believed.steps.flatMap(({ event, atMs, mark }) =>
      event.kind === "deadline" ? [[event.met, atMs / day, mark]] : [],
    );
    expect(deadlines).toEqual([
      ["warn", 2, "none"],
      ["unwarned", 3, "broken"],
      ["escalate", 7, "none"],
    ]);
    expect(believed.steps.filter(({ mark }) => mark === "broken")).toHaveLength(1);
    expect(believed.steps[0]?.mark).toBe("proof");
  });

  it("breaks where it was sent to nobody, with the deadline as proof, by watched-channel", () => {
    const marked = pathOf(believedLedger, "A", sentBlind).steps.filter(({ mark }) => mark !== "none");
    expect(marked).toMatchObject([
      { event: { kind: "offered" }, mark: "broken" },
      { event: { kind: "deadline", met: "warn" }, mark: "proof" },
    ]);
  });

  it("breaks at the deletion, a day after the last moment to warn of it, by no-silent-expiry", () => {
    const marked = pathOf(believedLedger, "A", expired).steps.filter(({ mark }) => mark !== "none");
    expect(marked).toMatchObject([
      { event: { kind: "deadline", met: "lastWarning" }, atMs: 29 * day + 500, mark: "proof" },
      { event: { kind: "dropped", why: "expired" }, mark: "broken" },
    ]);
  });

  it("takes T_escalate for the deadline of a finding that says so, once", () => {
    const stuck = { ...unwarned, missed: { limit: "T_escalate", atMs: 7 * day + 500 } as const };
    const { steps } = pathOf(believedLedger, "A", stuck);
    expect(steps.filter(({ event }) => event.kind === "deadline")).toMatchObject([
      { event: { met: "warn" }, mark: "none" },
      { event: { met: "stuck" }, mark: "broken", atMs: 7 * day + 500 },
    ]);
  });

  it("tells of alarms and who saw them, of the way back and of the letter, and of no deadline that was met", () => {
    const { steps } = pathOf(savedLedger, "A");
    expect(steps.map(({ event }) => event.kind).slice(6)).toEqual([
      "alerted",
      "seen",
      "alerted",
      "seen",
      "heard",
      "returned",
      "printed",
      "stored",
      "registered",
      "shown",
    ]);
    expect(steps[5]).toMatchObject({ event: { kind: "inquired" }, times: 2 });
    expect(steps.at(-2)?.event).toMatchObject({ kind: "registered", byHand: true });
  });

  it("shows when somebody comes to hold the right, and that they have it open until it is registered", () => {
    const steps = pathOf(openedLedger, "A").steps.slice(6);
    expect(steps.map(({ event, standing }) => [event.kind, standing["municipality#4690"]?.holds])).toEqual([
      ["entitled", undefined],
      ["opened", "in sight"],
      ["stored", "in sight"],
      ["registered", undefined],
      ["shown", undefined],
      ["receipted", undefined],
    ]);
    expect(steps.map(({ standing }) => standing.sender?.owes)).toEqual([true, false, false, false, false, false]);
    expect(steps.at(-1)?.event).toMatchObject({ by: "municipality#4690" });
  });

  it("says nothing of rights elsewhere, nor of what was so before", () => {
    const right = { atMs: day, kind: "entitled", who: "Unn Postfordeler", channel: "altinn-dispatch" } as const;
    expect(sent([{ ...right, resource: "dispatch/4691", granted: true }])).toEqual([]);
    expect(sent([{ ...right, resource: "dispatch/4690", granted: false }])).toEqual([]);
    expect(sent([{ ...right, resource: "dispatch/4690", granted: true }])).toMatchObject([
      { event: { kind: "entitled", granted: true } },
    ]);
  });

  it("tells what became of a notice, and that a machine opened it, which puts it in nobody's sight", () => {
    const steps = sent([
      { atMs: hour, kind: "notified", person: "municipality#4690", via: "email", outcome: "bounced" },
      { atMs: 2 * hour, kind: "opened", opener: "machine", who: "municipality#4690" },
    ]);
    expect(steps).toMatchObject([
      { event: { kind: "notified", outcome: "bounced" } },
      { event: { kind: "opened", opener: "machine" } },
    ]);
    expect(steps.at(-1)?.standing["municipality#4690"]).toBeUndefined();
  });

  it("takes from a list of many what it tells of this one", () => {
    const list = { by: "world", atMs: day, exchange: "altinn-dispatch.unopened({A+7})/1" } as const;
    const about = { kind: "asked", operation: "unopened", asker: "sender", attempt: 1, bytes: 0 } as const;
    const told = { kind: "told", to: "sender", code: "200" } as const;
    const listing =
      (...copies: readonly string[]) =>
      (saying: "news" | "positive", of: readonly string[]) =>
        pathOf(
          [
            ...ledgerOf(unread, policeHead),
            { seq: 90, ...list, ...about, copies },
            { seq: 91, ...list, ...told, saying: "news", copies },
            { seq: 92, ...list, ...told, saying, copies: of },
          ],
          "A",
        ).steps;
    expect(listing("B", "C")("news", ["B"])).toHaveLength(6);
    expect(listing("B", "C")("positive", ["A"]).at(-1)?.event).toMatchObject({ answer: { saying: "positive" } });
    expect(listing("A", "B")("positive", ["C"]).at(-1)).toMatchObject({
      event: { answer: { saying: "news" } },
      times: 2,
    });
  });

  it("tells a copy without an end of life as one", () => {
    const offered = {
      atMs: day,
      kind: "offered",
      channel: "altinn-correspondence",
      resource: "confidential/4690",
    } as const;
    const [step] = sent([{ ...offered, to: "municipality#4690" }]);
    expect(step?.event).toEqual({ kind: "offered", channel: "altinn-correspondence", to: "municipality#4690" });
  });
});

describe("the deadlines of a sender under test", () => {
  const day = 86_400_000;
  const met = (lines: readonly Line[]) =>
    pathOf(
      ledgerOf([...unread, ...lines, { atMs: 20 * day, kind: "phase", phase: "end" }], policeHead),
      "A",
    ).steps.flatMap(({ event, atMs }) => (event.kind === "deadline" ? [[event.met, Math.floor(atMs / day)]] : []));
  const byPortal = (atMs: number): readonly Line[] => [
    {
      atMs,
      kind: "told",
      to: "sender",
      saying: "positive",
      code: "201",
      copies: ["A~2"],
      takesDebt: "portal",
      copy: "A~2",
    },
    {
      atMs,
      kind: "offered",
      channel: "fiks-io",
      resource: "4690-01",
      to: "municipality#4690",
      lifeEndsMs: atMs + day,
      copy: "A~2",
    },
  ];

  it("begin anew on another way, where the life of what the portal sends is none of the sender's", () => {
    expect(met(byPortal(5 * day))).toEqual([
      ["warn", 2],
      // Sent on a Saturday: two working days later it is Tuesday.
      ["warn", 8],
      ["escalate", 12],
    ]);
  });

  it("are over once a person has opened it, and not because a machine has", () => {
    const opened = (opener: "person" | "machine"): Line => ({ atMs: 3 * day, kind: "opened", opener, who: "somebody" });
    expect(met([opened("person")])).toEqual([["warn", 2]]);
    expect(met([opened("machine")])).toEqual([
      ["warn", 2],
      ["escalate", 7],
    ]);
  });
});

describe("the chain a path went through", () => {
  it("is the police's where a sender is tested, else that of its first channel, or of the scenario's", () => {
    const none = { delivery: "A", parties: [], steps: [] };
    expect(chainOf(pathOf(believedLedger, "A"), {})).toBe("altinn");
    expect(chainOf(pathOf(lostLedger, "A"), { channels: ["altinn-correspondence"] })).toBe("fiks");
    expect(chainOf(none, {})).toBe("fiks");
    expect(chainOf(none, { tests: "sender" })).toBe("altinn");
    expect(chainOf(none, { channels: ["altinn-correspondence"] })).toBe("altinn");
    expect(chainOf(none, { channels: ["fiks-io", "altinn-correspondence"] })).toBe("fiks");
  });
});
