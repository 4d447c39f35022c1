import { describe, expect, it } from "vitest";
import type { FaultAction } from "../core/fault.ts";
import type { Draft, LedgerEntry } from "../core/ledger.ts";
import { type Begun, Boundaries, type Heard } from "./boundaries.ts";

/** Time that stands where it is put; what is due happens when it is moved. */
function clockwork(): {
  now(): number;
  after(ms: number, then: () => void): { cancel(): void };
  pass(ms: number): void;
} {
  let now = 0;
  let due: { at: number; does: () => void }[] = [];
  return {
    now: () => now,
    after(ms, then) {
      const one = { at: now + ms, does: then };
      due.push(one);
      return { cancel: () => (due = due.filter((other) => other !== one)) };
    },
    pass(ms) {
      now += ms;
      const ready = due.filter(({ at }) => at <= now).sort((a, b) => a.at - b.at);
      due = due.filter(({ at }) => at > now);
      for (const { does } of ready) does();
    },
  };
}

type Outcome = {
  /** What reached the asker, in order. */
  readonly heard: readonly Heard<string>["kind"][];
  readonly effects: number;
  /** `asked`, `effected`, `told`, `untold lost`, `faulted` … in order. */
  readonly written: readonly string[];
  readonly controls: readonly string[];
};

/** What one wire can do, and bear. */
type Wire = Pick<Begun, "carries" | "bearsSilenceMs">;

/** Begins one exchange about A with a fault; time stands. */
function begun(at: string, does?: FaultAction, wire: Wire = {}) {
  const clock = clockwork();
  const entries: LedgerEntry[] = [];
  const controls: string[] = [];
  const heard: Heard<string>["kind"][] = [];
  const effects: string[] = [];
  const record = (draft: Draft): number => {
    entries.push({ seq: entries.length, atMs: clock.now(), by: "world", ...draft });
    return entries.length - 1;
  };
  const boundaries = new Boundaries(
    clock,
    { record, within: (_exchange, _incarnation, work) => work(), sinceStart: (ms) => ms, before: () => {} },
    {
      crash: () => controls.push("crash"),
      stop: () => controls.push("stop"),
      pause: () => controls.push("pause"),
      crashParty: (party) => controls.push(`crash ${party}`),
      latencyMs: () => 0,
    },
    does === undefined ? [] : [{ id: "f", at, does }],
  );
  boundaries.perform<string>(
    {
      party: "receiver",
      operation: "register",
      about: { subject: { kind: "one", label: "A" }, copies: ["A"] },
      asker: { party: "integration", incarnation: 1 },
      bytes: 7,
      ...wire,
    },
    () => {
      effects.push("new → staged");
      record({ kind: "effected", change: "new → staged" });
      return { saying: "positive", code: "201", copies: ["A"], value: "201" };
    },
    (one, confirm) => {
      heard.push(one.kind);
      confirm(true);
    },
  );
  return { clock, boundaries, entries, controls, heard, effects };
}

/** Performs one exchange about A with a fault, and lets an hour pass before everything heals. */
function exchanged(at: string, does?: FaultAction, wire?: Wire): Outcome {
  const { clock, boundaries, entries, controls, heard, effects } = begun(at, does, wire);
  clock.pass(3_600_000);
  boundaries.heal();
  const written = entries.map((entry) => {
    if (entry.kind === "untold") return `untold ${entry.how}`;
    if (entry.kind === "faulted") return entry.outcome;
    return entry.kind === "asked" ? `asked/${entry.attempt}` : entry.kind;
  });
  return { heard, effects: effects.length, written, controls };
}

const register = (phase: string): string => `receiver.register(A)/1:${phase}`;
const crash: FaultAction = { kind: "crash", class: "process", survives: "none" };

describe("an exchange without faults", () => {
  it("is asked, done and told, once each", () => {
    expect(exchanged("")).toEqual({
      heard: ["told"],
      effects: 1,
      written: ["asked/1", "effected", "told"],
      controls: [],
    });
  });
});

describe("a fault before the effect (asked)", () => {
  const none = { effects: 0 };
  it.each<[string, FaultAction, Partial<Outcome>]>([
    [
      "a refusal is never seen by the party",
      { kind: "refuse" },
      { ...none, heard: ["refused"], written: ["asked/1", "injected", "untold lost"] },
    ],
    [
      "a reset has no effect",
      { kind: "reset" },
      { ...none, heard: ["reset"], written: ["asked/1", "injected", "untold lost"] },
    ],
    [
      "a stall is heard of only when faults heal",
      { kind: "stall" },
      { ...none, heard: ["reset"], written: ["asked/1", "injected", "untold stalled"] },
    ],
    [
      "a delay only comes late",
      { kind: "delay", byMs: 60_000 },
      { effects: 1, heard: ["told"], written: ["asked/1", "injected", "effected", "told"] },
    ],
    [
      "another answer is told, and nothing is done",
      { kind: "answer", status: 503 },
      { ...none, heard: ["answered"], written: ["asked/1", "injected", "told"] },
    ],
    [
      "a repeat is done twice, and the second answer is heard",
      { kind: "repeat" },
      {
        effects: 2,
        heard: ["told"],
        written: ["asked/1", "injected", "effected", "untold lost", "asked/2", "effected", "told"],
      },
    ],
    [
      "a crash takes the asker and its request",
      crash,
      { ...none, heard: [], controls: ["crash"], written: ["asked/1", "injected", "untold lost"] },
    ],
    [
      "a crash of the party refuses",
      { kind: "crashParty", downMs: 1000 },
      { ...none, heard: ["refused"], controls: ["crash receiver"] },
    ],
    [
      "a graceful stop lets the exchange end",
      { kind: "stop", graceMs: 1 },
      { effects: 1, heard: ["told"], controls: ["stop"] },
    ],
    [
      "a pause lets the exchange end",
      { kind: "pause", forMs: 1 },
      { effects: 1, heard: ["told"], controls: ["pause"] },
    ],
  ])("%s", (_title, does, outcome) => {
    expect(exchanged(register("asked"), does)).toMatchObject(outcome);
  });
});

describe("a fault after the effect (done)", () => {
  it.each<[string, FaultAction, Partial<Outcome>]>([
    [
      "a lost answer leaves the effect",
      { kind: "reset" },
      { heard: ["reset"], written: ["asked/1", "effected", "injected", "untold lost"] },
    ],
    [
      "a cut answer is heard in part",
      { kind: "cut", afterBytes: 3 },
      { heard: ["cut"], written: ["asked/1", "effected", "injected", "untold cut"] },
    ],
    [
      "a stalled answer is lost when faults heal",
      { kind: "stall" },
      { heard: ["reset"], written: ["asked/1", "effected", "injected", "untold stalled"] },
    ],
    [
      "a delayed answer is told late",
      { kind: "delay", byMs: 60_000 },
      { heard: ["told"], written: ["asked/1", "effected", "injected", "told"] },
    ],
    [
      "a false answer hides the effect",
      { kind: "answer", status: 500 },
      { heard: ["answered"], written: ["asked/1", "effected", "injected", "untold lost"] },
    ],
    [
      "a crash takes the asker before it hears",
      crash,
      { heard: [], controls: ["crash"], written: ["asked/1", "effected", "injected", "untold lost"] },
    ],
    [
      "a crash of the party loses the answer",
      { kind: "crashParty", downMs: 1000 },
      { heard: ["reset"], controls: ["crash receiver"] },
    ],
  ])("%s", (_title, does, outcome) => {
    expect(exchanged(register("done"), does)).toMatchObject({ effects: 1, ...outcome });
  });
});

describe("a fault once the answer was told", () => {
  it("a crash takes what was just heard", () => {
    expect(exchanged(register("told"), crash)).toEqual({
      heard: [],
      effects: 1,
      written: ["asked/1", "effected", "injected", "told"],
      controls: ["crash"],
    });
  });

  it("a crash of the party comes after its answer", () => {
    expect(exchanged(register("told"), { kind: "crashParty", downMs: 1 })).toMatchObject({
      heard: ["told"],
      controls: ["crash receiver"],
    });
  });
});

describe("a stall on a wire that does not bear silence for ever", () => {
  it.each(["asked", "done"])("is a lost connection once that is over, and no second one at heal (%s)", (phase) => {
    const { clock, boundaries, entries, heard } = begun(
      register(phase),
      { kind: "stall" },
      { bearsSilenceMs: 120_000 },
    );
    clock.pass(119_999);
    expect(heard).toEqual([]);
    clock.pass(1);
    expect(heard).toEqual(["reset"]);
    boundaries.heal();
    expect(heard).toEqual(["reset"]);
    expect(entries.filter(({ kind }) => kind === "untold")).toMatchObject([{ how: "stalled", atMs: 120_000 }]);
  });

  it("is one at heal where that comes first, and no second one later", () => {
    const { clock, boundaries, heard } = begun(register("done"), { kind: "stall" }, { bearsSilenceMs: 120_000 });
    boundaries.heal();
    clock.pass(120_000);
    expect(heard).toEqual(["reset"]);
  });
});

describe("what could not be injected", () => {
  it("is said where the boundary was never reached", () => {
    expect(exchanged("receiver.register(B)/1:asked", crash).written).toEqual([
      "asked/1",
      "effected",
      "told",
      "not-reached",
    ]);
  });

  it.each<[string, FaultAction]>([
    ["done", { kind: "repeat" }],
    ["told", { kind: "reset" }],
    ["told", { kind: "delay", byMs: 1 }],
    ["told", { kind: "answer", status: 500 }],
  ])("is said where it makes no sense: at %s, %j", (phase, does) => {
    expect(exchanged(register(phase), does)).toMatchObject({
      heard: ["told"],
      written: ["asked/1", "effected", "not-injectable", "told"],
    });
  });

  it("is said where the wire cannot carry it, and the exchange goes on", () => {
    const outcome = exchanged(
      register("done"),
      { kind: "answer", status: 500 },
      { carries: (action) => action !== "answer" },
    );
    expect(outcome).toMatchObject({ heard: ["told"], written: ["asked/1", "effected", "not-injectable", "told"] });
  });
});

describe("a certificate that is not the right one", () => {
  const showing = (): ReturnType<typeof begun> => {
    const one = begun(register("asked"));
    one.boundaries.show("receiver", { certificate: "expired", to: new Set(["integration"]), untilMs: 1000 });
    return one;
  };

  it("is shown until its time is over", () => {
    const { clock, boundaries } = showing();
    clock.pass(999);
    expect(boundaries.shownBy("receiver", "integration")).toBe("expired");
    clock.pass(1);
    expect(boundaries.shownBy("receiver", "integration")).toBeUndefined();
  });

  it("is shown no longer than until outages end", () => {
    const { boundaries } = showing();
    boundaries.endOutages();
    expect(boundaries.shownBy("receiver", "integration")).toBeUndefined();
  });

  it("takes the place of the one before, for as long as either was to be shown", () => {
    const { clock, boundaries } = showing();
    boundaries.show("receiver", { certificate: "wrong-host", to: new Set(["integration"]), untilMs: 10 });
    clock.pass(999);
    expect(boundaries.shownBy("receiver", "integration")).toBe("wrong-host");
  });
});
