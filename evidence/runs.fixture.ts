import type { EntryKind, EntryOf, LedgerBody, LedgerEntry, Stamp } from "../core/ledger.ts";
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

export type Line = LedgerBody & Partial<Stamp> & { readonly atMs: number };

/** Entries that name no delivery, even where they are about one. */
const aboutNone: ReadonlySet<EntryKind> = new Set(["entitled", "alive", "alerted", "seen", "phase"]);

/** A ledger about delivery A from its lines, in order. */
export function ledgerOf(lines: readonly Line[], first: EntryOf<"run"> = head): LedgerEntry[] {
  const about = { message: "A", delivery: "A", copy: "A" } as const;
  return [
    first,
    ...lines.map(
      (line, i): LedgerEntry => ({ by: "world", seq: i + 1, ...(aboutNone.has(line.kind) ? {} : about), ...line }),
    ),
  ];
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
  readonly elsewhere?: readonly Finding[];
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
      elsewhere: came.elsewhere ?? [],
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

// ── A sender under test: the police, and what they send in Altinn ──

const hour = 3_600_000;
const order = "sender.send(A)/1";
const dispatch = "altinn-dispatch.send(A)/1";
const dispatched = "dispatch/4690";

/** Case B: nobody in Fjordvik may read a dispatch, and nobody there gives anybody the right. */
export const policeScenario: Scenario = {
  ...scenario,
  id: "nobody-may-read",
  title: "A dispatch that nobody may read",
  because: "Sent is not received.",
  origin: "incidents.md, case B",
  tests: "sender",
  channels: ["altinn-dispatch", "fiks-io"],
  startsAt: "2023-01-09T09:00:00",
  municipalities: scenario.municipalities.map((one) => ({ ...one, number: "4690" })),
  people: [
    { name: "Unn Postfordeler", duty: "mail distributor", municipality: "4690", looksEveryMs: 2 * hour },
    { name: "Vakthavende", duty: "deviations", looksEveryMs: hour },
  ],
  switches: {},
  steps: [
    {
      kind: "sends",
      label: "A",
      messageKind: "offentlig",
      version: 1,
      to: { municipality: "4690", district: "01" },
      content: "short",
    },
  ],
  faults: [],
  mustHold: ["watched-channel", "end-state-deadline"],
};

export const policeHead: EntryOf<"run"> = {
  ...head,
  scenario: policeScenario.id,
  suts: [{ party: "sender", role: "sender", hash: sha256 }],
  switches: [],
  parameters: {
    ...head.parameters,
    startsAt: "2023-01-09T09:00:00+01:00",
    channels: [{ name: "altinn-dispatch", lifeMs: 30 * day, drainMs: 14 * day }],
    recipients: ["4690-01"],
    longestLifeMs: 30 * day,
  },
};

const asksWhatBecame = (nth: number, atMs: number, saying: "news" | "negative"): readonly Line[] => {
  const exchange = `altinn-dispatch.status(A)/${nth}`;
  return [
    { atMs, ...asked, exchange, operation: "status", asker: "sender", attempt: nth },
    { atMs: atMs + 20, kind: "told", exchange, to: "sender", saying, code: "200", copies: ["A"] },
  ];
};

/** Sent in Altinn, where nobody may read it. Entry 11 is the offer. */
export const unread: readonly Line[] = [
  {
    atMs: 0,
    kind: "entitled",
    who: "Unn Postfordeler",
    channel: "altinn-dispatch",
    resource: dispatched,
    granted: false,
  },
  {
    atMs: 0,
    kind: "submitted",
    sender: "sender",
    deliveries: [{ id: "A", municipalityNumber: "4690", district: "01" }],
    parts: [{ name: "form.json", sha256, length: 812 }],
    messageKind: "offentlig",
    version: "v1",
    class: "confidential",
    sameAs: {},
  },
  { atMs: 0, ...asked, exchange: order, operation: "send", asker: "police" },
  { atMs: 10, kind: "held", party: "sender", durability: "power", ok: true },
  { atMs: 10, kind: "effected", exchange: order, change: "ordered → taken" },
  { atMs: 20, kind: "told", exchange: order, to: "police", saying: "positive", code: "sent", copies: ["A"] },
  { atMs: 500, ...asked, exchange: dispatch, operation: "send", asker: "sender" },
  { atMs: 500, kind: "effected", exchange: dispatch, change: "submitted → accepted" },
  { atMs: 500, kind: "linked", exchange: dispatch, wireId: "x1", scope: "dispatchId" },
  { atMs: 500, kind: "held", exchange: dispatch, party: "altinn-dispatch", durability: "power", ok: true },
  {
    atMs: 500,
    kind: "offered",
    exchange: dispatch,
    channel: "altinn-dispatch",
    resource: dispatched,
    to: "municipality#4690",
    lifeEndsMs: 30 * day + 500,
  },
  { atMs: 520, kind: "told", exchange: dispatch, to: "sender", saying: "positive", code: "201", copies: ["A"] },
  ...asksWhatBecame(1, hour, "news"),
];

/** The believing police: they see “sent”, and leave it at that. Entry 15 is the deletion, 16 the end. */
export const believedLedger: readonly LedgerEntry[] = ledgerOf(
  [
    ...unread,
    { atMs: 30 * day + 500, kind: "dropped", party: "altinn-dispatch", why: "expired", lastPath: true },
    { atMs: 45 * day, kind: "phase", phase: "end" },
  ],
  policeHead,
);

/** Warned in time, handed back to a person, and sent by letter, which is carried into the case system by hand. */
export const savedLedger: readonly LedgerEntry[] = ledgerOf(
  [
    ...unread,
    ...asksWhatBecame(2, 2 * day - hour, "news"),
    {
      atMs: 2 * day,
      kind: "alerted",
      sink: "alarm",
      owner: "Vakthavende",
      ids: ["A"],
      about: "unopened",
      bounced: false,
    },
    { atMs: 2 * day + hour, kind: "seen", person: "Vakthavende", alert: 17 },
    {
      atMs: 3 * day,
      kind: "alerted",
      sink: "alarm",
      owner: "Vakthavende",
      ids: ["A"],
      about: "returned: unopened",
      bounced: false,
    },
    { atMs: 3 * day + hour, kind: "seen", person: "Vakthavende", alert: 19 },
    { atMs: 3 * day + hour, kind: "told", to: "police", saying: "negative", code: "returned", copies: ["A"] },
    { atMs: 3 * day + hour, kind: "returned", to: "police", reason: "undeliverable" },
    { atMs: 3 * day + 2 * hour, kind: "printed", to: "municipality#4690", reason: "undeliverable" },
    { atMs: 7 * day, kind: "held", party: "receiver", durability: "power", ok: true },
    {
      atMs: 7 * day,
      kind: "registered",
      caseId: "x3",
      municipalityNumber: "4690",
      district: "01",
      parts: [],
      whole: true,
    },
    { atMs: 7 * day, kind: "shown", to: "4690-01" },
    { atMs: 45 * day, kind: "phase", phase: "end" },
  ],
  policeHead,
);

/** The administrator gives somebody the right, who opens it and carries it into the case system. */
export const openedLedger: readonly LedgerEntry[] = ledgerOf(
  [
    ...unread,
    {
      atMs: day,
      kind: "entitled",
      who: "Unn Postfordeler",
      channel: "altinn-dispatch",
      resource: dispatched,
      granted: true,
    },
    { atMs: day + hour, kind: "opened", opener: "person", who: "Unn Postfordeler" },
    { atMs: day + 2 * hour, kind: "held", party: "receiver", durability: "power", ok: true },
    {
      atMs: day + 2 * hour,
      kind: "registered",
      caseId: "x3",
      municipalityNumber: "4690",
      district: "01",
      parts: [],
      whole: true,
    },
    { atMs: day + 2 * hour, kind: "shown", to: "4690-01" },
    { atMs: day + 2 * hour, kind: "receipted", saying: "positive", reason: "receipt" },
    { atMs: 45 * day, kind: "phase", phase: "end" },
  ],
  policeHead,
);

export const sentBlind: Finding = {
  rule: "watched-channel",
  delivery: "A",
  blames: "sender",
  happened: "sender sent A to dispatch/4690 on altinn-dispatch, where no entitled reader had shown a sign of life.",
  because: "That a recipient has an account says nothing of whether anybody reads it.",
  next: "Without a reader refuse, take another channel, or raise an alarm.",
  entries: [11],
};

export const unwarned: Finding = {
  rule: "end-state-deadline",
  delivery: "A",
  blames: "sender",
  happened:
    "sender sent A on altinn-dispatch and knew of no end at T_warn; by 2023-01-12T09:00:00+01:00 it had warned nobody.",
  because: "Sent, published and delivered to an inbox are no ends: nobody may have read it.",
  next: "Ask what became of each delivery, and raise an alarm at T_warn.",
  entries: [2],
  missed: { limit: "T_warn", atMs: 3 * day },
};

export const expired: Finding = {
  ...unwarned,
  rule: "no-silent-expiry",
  happened: "A expired at altinn-dispatch with nothing behind it, and nobody was warned.",
  entries: [15],
};

export const asleep: Finding = {
  ...sentBlind,
  blames: "municipality#4690",
  happened: "Nobody in municipality#4690 could read dispatch/4690.",
  entries: [11],
};

/** The police believe that sent is received. */
export const believing: Run = runOf(
  {
    verdict: { kind: "failed", findings: [unwarned, sentBlind, expired] },
    outcome: "expired silently",
    broken: [{ delivery: "A", primary: unwarned, attached: [sentBlind, expired] }],
    elsewhere: [asleep],
    exercised: ["end-state-deadline", "watched-channel", "no-silent-expiry", "no-loss"],
  },
  {
    scenario: policeScenario,
    sut: { name: "faulty/believes-sent", role: "sender", module: "/believes-sent.ts" },
    ledger: believedLedger,
  },
);
