import type { EntryOf, LedgerBody, LedgerEntry, Stamp } from "../core/ledger.ts";
import { type Finding, type RuleId, ruleIds } from "../core/rule.ts";
import type { Scenario } from "../core/scenario.ts";
import { type OutcomeClass, outcomeClasses, type RuleOutcome, type Verdict } from "../core/verdict.ts";
import type { Run } from "../worlds/world.ts";

const day = 86_400_000;
const sha256 = "0".repeat(64);

export const scenario: Scenario = {
  schema: "komfrem.scenario/v1",
  id: "store-fails-once",
  title: "The store fails once",
  because: "A receipt must not run ahead of the store.",
  origin: "incidents.md, case A",
  startsAt: "2023-05-08T08:00:00",
  municipalities: [
    {
      number: "4601",
      name: "Fjordvik",
      organizationNumber: "310000000",
      districts: [{ number: "01", name: "Sentrum", standard: true, supports: "V2" }],
      served: true,
    },
  ],
  people: [],
  switches: { retentionDays: 14 },
  steps: [
    {
      kind: "sends",
      label: "A",
      messageKind: "offentlig",
      version: 2,
      to: { municipality: "4601", district: "01" },
      content: "short",
    },
  ],
  faults: [{ id: "store-fails", at: "receiver.register(A)/1:asked", does: { kind: "answer", status: 503 } }],
  mustHold: ["no-loss", "no-false-receipt"],
};

const head: EntryOf<"run"> = {
  seq: 0,
  atMs: 0,
  by: "world",
  kind: "run",
  schema: "komfrem.ledger/v1",
  ruleVersions: {},
  scenario: scenario.id,
  scenarioHash: sha256,
  seed: 1,
  generatorVersion: "1",
  tierByDomain: { world: "driven" },
  suts: [{ party: "integration", role: "integration", hash: sha256 }],
  parameters: {
    profile: "default",
    startsAt: "2023-05-08T08:00:00+02:00",
    durability: "power",
    channels: [{ name: "fiks-io", lifeMs: day, drainMs: day }],
    recipients: ["4601-01"],
    longestLifeMs: 14 * day,
  },
  fidelity: {},
  switches: [{ name: "retentionDays", value: 14, evidence: "press" }],
  observers: [],
};

type Line = LedgerBody & Partial<Stamp> & { readonly atMs: number };

/** A ledger about delivery A from its lines, in order. */
export function ledgerOf(lines: readonly Line[]): LedgerEntry[] {
  const about = { by: "world", message: "A", delivery: "A", copy: "A" } as const;
  return [head, ...lines.map((line, i): LedgerEntry => ({ ...about, seq: i + 1, ...line }))];
}

const submit = "portal.submit(A)/1";
const deliver = "fiks-io.deliver(A)/1";
const receipt = "fiks-io.receipt(A)/1";
const settle = "fiks-io.settle(A)/1";
const register = "receiver.register(A)/1";
const asked = { kind: "asked", attempt: 1, copies: ["A"], bytes: 812 } as const;

const sent: readonly Line[] = [
  {
    atMs: 0,
    kind: "submitted",
    sender: "sender",
    deliveries: [{ id: "A", municipalityNumber: "4601", district: "01" }],
    parts: [{ name: "form.json", sha256, length: 812 }],
    messageKind: "offentlig",
    version: "v2",
    class: "confidential",
    sameAs: {},
  },
  { atMs: 0, ...asked, exchange: submit, operation: "submit", asker: "sender" },
  { atMs: 0, kind: "effected", exchange: submit, change: "submitted → accepted" },
  { atMs: 0, kind: "held", exchange: submit, party: "portal", durability: "power", ok: true },
  {
    atMs: 20,
    kind: "told",
    exchange: submit,
    to: "sender",
    saying: "positive",
    code: "201",
    copies: ["A"],
    takesDebt: "portal",
  },
  { atMs: 900, kind: "held", party: "fiks-io", durability: "power", ok: true },
  { atMs: 900, kind: "offered", channel: "fiks-io", resource: "4601-01", to: "integration", lifeEndsMs: day + 900 },
  { atMs: 1000, ...asked, exchange: deliver, operation: "deliver", asker: "integration" },
  { atMs: 1010, kind: "told", exchange: deliver, to: "integration", saying: "news", code: "deliver", copies: ["A"] },
  { atMs: 1010, kind: "fetched", exchange: deliver, reader: "integration", received: 812, total: 812 },
];

const receipted = (atMs: number): readonly Line[] => [
  { atMs, ...asked, exchange: receipt, operation: "receipt", asker: "integration" },
  { atMs, kind: "effected", exchange: receipt, change: "unreceipted → mottatt" },
  { atMs, kind: "receipted", exchange: receipt, saying: "positive", reason: "receipt" },
  {
    atMs: atMs + 20,
    kind: "told",
    exchange: receipt,
    to: "integration",
    saying: "positive",
    code: "202",
    copies: ["A"],
  },
  {
    atMs: atMs + 50,
    kind: "told",
    to: "portal",
    saying: "positive",
    code: "mottatt",
    copies: ["A"],
    takesDebt: "integration",
  },
];

const settled = (atMs: number): readonly Line[] => [
  { atMs, ...asked, exchange: settle, operation: "settle", asker: "integration" },
  { atMs, kind: "settled", exchange: settle, how: "ack", positive: true },
  { atMs, kind: "dropped", exchange: settle, party: "fiks-io", why: "released", lastPath: false },
  {
    atMs: atMs + 10,
    kind: "told",
    exchange: settle,
    to: "integration",
    saying: "positive",
    code: "ack",
    copies: ["A"],
  },
];

/** Receipt first, and the store fails: the Familia mechanism. Entry 13 is the false receipt, 23 the portal's deletion. */
export const lostLedger: readonly LedgerEntry[] = ledgerOf([
  ...sent,
  ...receipted(1100),
  ...settled(1200),
  { atMs: 1300, ...asked, exchange: register, operation: "register", asker: "integration" },
  {
    atMs: 1300,
    kind: "faulted",
    exchange: register,
    faultId: "store-fails",
    boundary: `${register}:asked`,
    family: "network",
    outcome: "injected",
  },
  { atMs: 1300, kind: "told", exchange: register, to: "integration", saying: "negative", code: "503", copies: ["A"] },
  { atMs: 14 * day + 1150, kind: "dropped", party: "portal", why: "purged", lastPath: true },
]);

/** Stored, then receipted, then taken off the queue. */
export const soundLedger: readonly LedgerEntry[] = ledgerOf([
  ...sent,
  { atMs: 1100, ...asked, exchange: register, operation: "register", asker: "integration" },
  { atMs: 1100, kind: "held", exchange: register, party: "receiver", durability: "power", ok: true },
  {
    atMs: 1100,
    kind: "registered",
    exchange: register,
    caseId: "x3",
    municipalityNumber: "4601",
    district: "01",
    parts: [],
    whole: true,
  },
  { atMs: 1150, kind: "told", exchange: register, to: "integration", saying: "positive", code: "201", copies: ["A"] },
  ...receipted(1200),
  ...settled(1300),
]);

export const falseReceipt: Finding = {
  rule: "no-false-receipt",
  delivery: "A",
  blames: "integration",
  happened: "A was said to be received, and never became a case.",
  because: "The portal believes a receipt: it stops looking, and deletes its copy.",
  next: "Register A first, and send the receipt once the receiver has answered 201.",
  entries: [13, 23],
};

const loss: Finding = { ...falseReceipt, rule: "no-loss", happened: "Nobody holds A.", entries: [23] };

type Came = {
  readonly verdict: Verdict;
  readonly outcome: OutcomeClass;
  readonly broken?: Run["judged"]["broken"];
  readonly exercised?: readonly RuleId[];
};

/** A run as it might have come out; what is not given is plain. */
export function runOf(came: Came, run: Partial<Run> = {}): Run {
  const rules = Object.fromEntries(
    ruleIds.map((rule): [RuleId, RuleOutcome] => {
      const judged = (came.exercised ?? ["no-loss", "no-false-receipt"]).includes(rule) ? 1 : 0;
      return [rule, { kind: judged === 0 ? "not exercised" : "held", judged, because: [] }];
    }),
  ) as Record<RuleId, RuleOutcome>;
  const counts = Object.fromEntries(
    outcomeClasses.map((outcome) => [outcome, outcome === came.outcome ? 1 : 0]),
  ) as Record<OutcomeClass, number>;
  return {
    scenario,
    sut: { name: "correct/store-then-receipt", role: "integration", module: "/store-then-receipt.ts" },
    seed: 1,
    world: "simulated",
    ledger: soundLedger,
    hash: sha256,
    judged: {
      verdict: came.verdict,
      rules,
      broken: came.broken ?? [],
      elsewhere: [],
      excuses: [],
      notices: [],
      doubts: [],
      outcomes: new Map([["A", came.outcome]]),
      counts,
    },
    log: [],
    tookMs: 12,
    ...run,
  };
}

export const passing: Run = runOf({ verdict: { kind: "passed" }, outcome: "registered" });

export const failing: Run = runOf(
  {
    verdict: { kind: "failed", findings: [falseReceipt, loss] },
    outcome: "lost",
    broken: [{ delivery: "A", primary: falseReceipt, attached: [loss] }],
  },
  {
    sut: { name: "faulty/receipt-before-store", role: "integration", module: "/receipt-before-store.ts" },
    ledger: lostLedger,
  },
);

export const doubtful: Run = runOf({
  verdict: { kind: "inconclusive", because: "no-loss had nothing to judge." },
  outcome: "unknown",
});
