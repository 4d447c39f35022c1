/**
 * Measures judging alone: `node --expose-gc tools/bench-judging.ts [most deliveries, 1000000]`. Ledgers are made entry by
 * entry while they are judged, so what is measured is what the rules remember. Goals: DESIGN.md, section 9.
 */
import { pathToFileURL } from "node:url";
import { dayMs, minuteMs } from "../core/calendar.ts";
import { Judging } from "../core/judge.ts";
import type { LedgerBody, LedgerEntry, Stamp } from "../core/ledger.ts";
import type { Judged } from "../core/verdict.ts";

const goals = { entriesPerSecond: 2_000_000, exponent: 1.05, bytes: 1e9 };
const kept = 14 * dayMs;
const batch = 18;
const everyMs = minuteMs;

const run: LedgerBody = {
  kind: "run",
  schema: "komfrem.ledger/v1",
  ruleVersions: {},
  scenario: "bench-judging",
  scenarioHash: "",
  seed: 1,
  generatorVersion: "",
  tierByDomain: { world: "driven", integration: "driven" },
  suts: [{ party: "integration", role: "integration", hash: "" }],
  parameters: {
    profile: "default",
    startsAt: "2023-05-08T08:00:00+02:00",
    durability: "process",
    channels: [{ name: "fiks-io", lifeMs: dayMs, drainMs: 105 * minuteMs }],
    recipients: ["4690-01", "4690-02"],
    longestLifeMs: kept,
  },
  fidelity: {},
  switches: [],
  observers: [{ name: "receiver", reads: ["registered", "held"], settleMs: 0 }],
};

const sentParts = [
  { name: "bekymringsmelding.json", sha256: "", length: 1270 },
  { name: "bekymringsmelding.pdf", sha256: "", length: 822 },
] as const;
const registeredParts = [
  { name: "bekymringsmelding.json", fidelity: "fields", ok: true },
  { name: "bekymringsmelding.pdf", fidelity: "bytes", ok: true },
] as const;

/**
 * The ledger of a sound system over Fiks IO, entry by entry: 18 messages a minute, each registered and answered at once,
 * each purged by its portal 14 days later. Deterministic; 31 entries a delivery.
 */
export function* longLedger(deliveries: number): Generator<LedgerEntry> {
  let seq = 0;
  const at = (atMs: number, body: LedgerBody, about: Partial<Stamp> = {}): LedgerEntry =>
    ({ seq: seq++, atMs, by: "world", ...about, ...body }) as LedgerEntry;
  const idOf = (nth: number): string => `m${nth}`;
  let purged = 0;
  function* purge(untilMs: number): Generator<LedgerEntry> {
    for (; purged < deliveries; purged++) {
      const purgedMs = Math.floor(purged / batch) * everyMs + kept;
      if (purgedMs > untilMs) return;
      const id = idOf(purged);
      const about = { message: id, delivery: id, copy: id };
      yield at(purgedMs, { kind: "dropped", party: "portal", why: "purged", lastPath: true }, about);
    }
  }
  yield at(0, run);
  yield at(0, { kind: "phase", phase: "rage" });
  yield at(0, { kind: "started", party: "integration" });
  let nowMs = 0;
  for (let first = 0; first < deliveries; first += batch) {
    nowMs = (first / batch) * everyMs;
    yield* purge(nowMs);
    const ids = Array.from({ length: Math.min(batch, deliveries - first) }, (_, i) => idOf(first + i));
    for (const id of ids) yield* submits(at, nowMs, id);
    yield at(nowMs, {
      kind: "alive",
      reader: "integration",
      channel: "fiks-io",
      resource: "4690-01",
      how: "attach",
      credit: true,
    });
    for (const id of ids) yield* arrives(at, nowMs + 1000, id);
    for (const id of ids) yield* registers(at, nowMs + 1067, id);
    for (const id of ids) yield* answers(at, nowMs + 1105, id);
  }
  nowMs += everyMs;
  yield at(nowMs, { kind: "phase", phase: "heal" });
  yield at(nowMs, { kind: "phase", phase: "age" });
  yield* purge(Number.POSITIVE_INFINITY);
  yield at(nowMs + kept + dayMs, { kind: "phase", phase: "end" });
}

type At = (atMs: number, body: LedgerBody, about?: Partial<Stamp>) => LedgerEntry;

function* submits(at: At, atMs: number, id: string): Generator<LedgerEntry> {
  const exchange = `portal.submit(${id})/1`;
  const about = { exchange, message: id, delivery: id, copy: id };
  yield at(
    atMs,
    {
      kind: "submitted",
      sender: "sender",
      deliveries: [{ id, municipalityNumber: "4690", district: "01" }],
      parts: sentParts,
      messageKind: "offentlig",
      version: "v1",
      class: "confidential",
      sameAs: {},
    },
    { message: id },
  );
  yield at(atMs, asked("submit", "sender", id), { exchange });
  yield at(atMs, { kind: "effected", change: "submitted → accepted" }, about);
  yield at(atMs, { kind: "linked", wireId: `x-${id}`, scope: "bekymringsmelding-id" }, about);
  yield at(atMs, { kind: "held", party: "portal", durability: "power", ok: true }, about);
  yield at(
    atMs,
    { kind: "told", to: "sender", saying: "positive", code: "201", copies: [id], takesDebt: "portal" },
    { exchange },
  );
}

function* arrives(at: At, atMs: number, id: string): Generator<LedgerEntry> {
  const exchange = `fiks-io.deliver(${id})/1`;
  const own = { message: id, delivery: id, copy: id };
  const about = { exchange, ...own };
  yield at(atMs, { kind: "linked", wireId: `y-${id}`, scope: "melding-id" }, own);
  yield at(atMs, { kind: "linked", wireId: `x-${id}`, scope: "klientMeldingId" }, own);
  yield at(atMs, { kind: "held", party: "fiks-io", durability: "power", ok: true }, own);
  yield at(
    atMs,
    { kind: "offered", channel: "fiks-io", resource: "4690-01", to: "integration", lifeEndsMs: atMs + dayMs },
    own,
  );
  yield at(atMs, asked("deliver", "integration", id), { exchange });
  yield at(atMs, { kind: "effected", change: "ready → unacked" }, about);
  yield at(atMs, { kind: "told", to: "integration", saying: "news", code: "deliver", copies: [id] }, { exchange });
  yield at(atMs, { kind: "fetched", reader: "integration", received: 2352, total: 2352 }, own);
}

function* registers(at: At, atMs: number, id: string): Generator<LedgerEntry> {
  const exchange = `receiver.register(${id})/1`;
  const about = { exchange, message: id, delivery: id, copy: id };
  yield at(atMs, asked("register", "integration", id), { exchange });
  yield at(atMs, { kind: "effected", change: "new → staged" }, about);
  yield at(atMs, { kind: "held", party: "receiver", durability: "power", ok: true }, about);
  yield at(
    atMs,
    {
      kind: "registered",
      caseId: `c-${id}`,
      municipalityNumber: "4690",
      district: "01",
      class: "confidential",
      parts: registeredParts,
      whole: true,
    },
    about,
  );
  yield at(atMs, { kind: "shown", to: "4690-01" }, about);
  yield at(atMs, { kind: "told", to: "integration", saying: "positive", code: "201", copies: [id] }, { exchange });
}

function* answers(at: At, atMs: number, id: string): Generator<LedgerEntry> {
  const receipt = `fiks-io.receipt(${id})/1`;
  const settle = `fiks-io.settle(${id})/1`;
  const own = { message: id, delivery: id, copy: id };
  yield at(atMs, asked("receipt", "integration", id), { exchange: receipt });
  yield at(atMs, { kind: "effected", change: "unreceipted → mottatt" }, { exchange: receipt, ...own });
  yield at(atMs, { kind: "receipted", saying: "positive", reason: "receipt" }, { exchange: receipt, ...own });
  yield at(
    atMs,
    { kind: "told", to: "portal", saying: "positive", code: "mottatt", copies: [id], takesDebt: "integration" },
    own,
  );
  const empty = { kind: "told", to: "integration", saying: "positive", copies: [id] } as const;
  yield at(atMs, { ...empty, code: "202" }, { exchange: receipt });
  yield at(atMs, asked("settle", "integration", id), { exchange: settle });
  yield at(atMs, { kind: "effected", change: "unacked → acked" }, { exchange: settle, ...own });
  yield at(atMs, { kind: "settled", how: "ack", positive: true }, { exchange: settle, ...own });
  yield at(atMs, { kind: "dropped", party: "fiks-io", why: "released", lastPath: false }, { exchange: settle, ...own });
  yield at(atMs, { ...empty, saying: "empty", code: "ack" }, { exchange: settle });
}

function asked(operation: string, asker: string, id: string): LedgerBody {
  return { kind: "asked", operation, asker, attempt: 1, copies: [id], bytes: 3493 };
}

/** What judging a ledger of so many deliveries came to. */
export type Measured = {
  readonly deliveries: number;
  readonly entries: number;
  /** Processor time of this thread for judging alone: what making the entries takes is taken off. */
  readonly ms: number;
  /** Of the heap, by what the rules remember just before the end; NaN without `--expose-gc`. */
  readonly bytes: number;
  readonly verdict: Judged["verdict"]["kind"];
};

const { gc: collect } = globalThis as { gc?: () => void };

/** Processor time of this thread so far, ms: other work on the machine does not count. */
function usedMs(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1000;
}

/** @param Judge For comparisons: another `Judging`. */
export function measure(deliveries: number, Judge: typeof Judging = Judging): Measured {
  collect?.();
  const before = process.memoryUsage().heapUsed;
  let entries = 0;
  let making = usedMs();
  for (const entry of longLedger(deliveries)) entries += entry.seq < 0 ? 0 : 1;
  making = usedMs() - making;
  const judging = new Judge({ mustHold: ["no-loss", "delivers"], suts: ["integration"] });
  let began = usedMs();
  for (const entry of longLedger(deliveries)) judging.step(entry);
  let ms = usedMs() - began - making;
  collect?.();
  const bytes = collect !== undefined ? process.memoryUsage().heapUsed - before : Number.NaN;
  began = usedMs();
  const { verdict } = judging.end();
  ms += usedMs() - began;
  return { deliveries, entries, ms, bytes, verdict: verdict.kind };
}

/** How time grows from each size to the next: 1 is linear. */
function exponent(from: Measured, to: Measured): number {
  return Math.log(to.ms / from.ms) / Math.log(to.deliveries / from.deliveries);
}

/** Rows for `npm run bench`: what, value, and what is asked. */
export function judging(most = 100_000): (readonly [string, string, string])[] {
  for (let i = 0; i < 5; i++) measure(10_000);
  const rows: (readonly [string, string, string])[] = [];
  let before: Measured | undefined;
  for (let deliveries = 10_000; deliveries <= most; deliveries *= 10) {
    const tries = Array.from({ length: deliveries > 100_000 ? 1 : 3 }, () => measure(deliveries));
    const found = tries.reduce((best, each) => (each.ms < best.ms ? each : best));
    const { entries, ms, bytes, verdict } = found;
    rows.push([
      `judging ${deliveries} deliveries: entries a second`,
      String(Math.round((entries / ms) * 1000)),
      `floor ${goals.entriesPerSecond}`,
    ]);
    rows.push([
      "  verdict, bytes a delivery",
      `${verdict}, ${Math.round(bytes / deliveries)}`,
      `goal ${goals.bytes / 1e7}`,
    ]);
    if (before !== undefined)
      rows.push([
        "  growth exponent from a tenth of it",
        exponent(before, found).toFixed(3),
        `at most ${goals.exponent}`,
      ]);
    before = found;
  }
  return rows;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href)
  for (const [what, value, beside] of judging(Number(process.argv[2] ?? 1_000_000)))
    console.log(`${what.padEnd(56)} ${value.padStart(18)}  ${beside}`);
