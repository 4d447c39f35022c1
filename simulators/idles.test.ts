import { describe, expect, it } from "vitest";
import { dayMs, hourMs } from "../core/calendar.ts";
import type { Fault } from "../core/fault.ts";
import { VirtualClock } from "../worlds/clock.ts";
import { LedgerWriter } from "../worlds/ledger-writer.ts";
import { Boundaries, type Heard } from "./boundaries.ts";
import type { About, AlsoTold } from "./wire.ts";

const asker = { party: "integration", incarnation: 1 };
const nothing: About = {
  subject: { kind: "state", state: "idle" },
  copies: [],
  idle: { resource: "confidential/4690" },
};
const start: About = { subject: { kind: "state", state: "start" }, copies: [] };
const newsOfA: About = { subject: { kind: "news", label: "A" }, copies: ["A"] };

function stand(...faults: Fault[]) {
  const clock = new VirtualClock(0);
  const ledger = new LedgerWriter(clock, 0);
  const heard: Heard<string>["kind"][] = [];
  const boundaries = new Boundaries(
    clock,
    ledger,
    { crash: () => {}, stop: () => {}, pause: () => {}, crashParty: () => {}, latencyMs: () => 0 },
    faults,
  );
  const ask = (party: string, operation: string, about: About, also?: readonly AlsoTold[]): void =>
    boundaries.perform<string>(
      { party, operation, about, asker, bytes: 0 },
      () => ({
        saying: "empty",
        code: "200",
        copies: about.copies,
        value: "",
        ...(also === undefined ? {} : { also }),
      }),
      (told, confirm) => {
        heard.push(told.kind);
        confirm(true);
      },
    );
  const polls = (times: number, everyMs: number): void => {
    for (let i = 0; i < times; i++) {
      clock.advanceTo(clock.now() + everyMs);
      ask("altinn-correspondence", "list", nothing);
    }
  };
  const written = () => ledger.entries.map(({ kind, exchange }) => `${kind} ${exchange ?? ""}`.trim());
  ask("maskinporten", "grant", start);
  ledger.entries.length = 0;
  heard.length = 0;
  return { clock, ledger, ask, polls, written, heard };
}

const anchored = "altinn-correspondence.list(idle)@maskinporten.grant(start)/1";

describe("polls that see nothing new", () => {
  it("are one entry with a count, and one sign of life at the last of them", () => {
    const at = stand();
    at.polls(5, hourMs);
    expect(at.ledger.entries).toEqual([]);
    at.ledger.record({ kind: "phase", phase: "heal" });
    expect(at.ledger.entries).toMatchObject([
      { kind: "idle", exchange: anchored, operation: "list", count: 5, fromMs: hourMs, toMs: 5 * hourMs },
      { kind: "alive", reader: "integration", resource: "confidential/4690", how: "poll", lastMs: 5 * hourMs },
      { kind: "phase" },
    ]);
    expect(at.heard).toHaveLength(5);
  });

  it("are written down at least twice a day", () => {
    const at = stand();
    at.polls(48, hourMs);
    const signs = at.ledger.entries.filter(({ kind }) => kind === "alive");
    expect(signs.length).toBeGreaterThanOrEqual(3);
    for (const sign of signs) expect(sign.kind === "alive" && sign.atMs - (sign.lastMs ?? 0)).toBe(hourMs);
    expect(at.clock.now()).toBe(2 * dayMs);
  });

  it("a day apart are a row each", () => {
    const at = stand();
    at.polls(3, dayMs);
    expect(at.ledger.entries.filter(({ kind }) => kind === "alive")).toMatchObject([
      { lastMs: dayMs },
      { lastMs: 2 * dayMs },
    ]);
  });

  it("are named by the last exchange about a message, and written before it", () => {
    const at = stand();
    at.polls(2, hourMs);
    at.ask("altinn-correspondence", "list", newsOfA);
    at.ask("maskinporten", "grant", start);
    at.polls(1, hourMs);
    at.ledger.record({ kind: "phase", phase: "end" });
    expect(at.written().filter((line) => !line.includes("maskinporten.grant(start)/2"))).toEqual([
      `idle ${anchored}`,
      `alive ${anchored}`,
      "asked altinn-correspondence.list(news(A))/1",
      "told altinn-correspondence.list(news(A))/1",
      "idle altinn-correspondence.list(idle)@altinn-correspondence.list(news(A))/1",
      "alive altinn-correspondence.list(idle)@altinn-correspondence.list(news(A))/1",
      "phase",
    ]);
  });

  it("can be struck by name: the one that is struck is written as an exchange", () => {
    const at = stand({ id: "f", at: `${anchored}:done`, does: { kind: "reset" } });
    at.polls(2, hourMs);
    expect(at.heard).toEqual(["reset", "told"]);
    expect(at.written()).toEqual([`asked ${anchored}`, `faulted ${anchored}`, `untold ${anchored}`]);
  });
});

describe("an answer that tells two things", () => {
  it("is told twice, each with its own copies", () => {
    const at = stand();
    at.ask("altinn-dispatch", "unopened", newsOfA, [{ saying: "positive", copies: ["B", "C"] }]);
    expect(at.ledger.entries.filter(({ kind }) => kind === "told")).toMatchObject([
      { saying: "empty", copies: ["A"] },
      { saying: "positive", copies: ["B", "C"], to: "integration", code: "200" },
    ]);
  });
});
