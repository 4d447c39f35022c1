import { Folds } from "../folds.ts";
import type { Draft, EntryOf, Fidelity, LedgerEntry, Parameters, RegisteredPart, Stamp } from "../ledger.ts";
import { type CopyId, deliveryOf, type ExchangeName, messageOf, municipalityParty, type PartyId } from "../names.ts";
import type { Doubt, Judgement, Rule } from "../rule.ts";

/**
 * Literal ledgers for the tests of rules: `ledger(submitted("A"), accepted("A"), at(hours(2)), dispatched("A"), …)`.
 *
 * Single entries are named by their kind; a word that stands for a whole exchange says what the party does
 * (`accepted`, `dispatched`, `delivered`, `registers`, `mottatt`, `feilet`, `acks`, …).
 */

/** Sets the time of all that follows, ms since the run began. Without one all happens at 0. */
export type Moment = { readonly atMs: number };
/** An entry other entries name as their cause. */
export type Named = { readonly named: string; readonly draft: Draft };
/** An entry whose cause is a named one before it. */
export type Caused = { readonly causedBy: string; readonly draft: Draft };
export type Item = Draft | Moment | Named | Caused | readonly Item[];

export const seconds = (n: number): number => n * 1000;
export const minutes = (n: number): number => n * 60_000;
export const hours = (n: number): number => n * 3_600_000;
export const days = (n: number): number => n * 86_400_000;
export const at = (atMs: number): Moment => ({ atMs });
export const named = (name: string, draft: Draft): Named => ({ named: name, draft });
export const causedBy = (name: string, draft: Draft): Caused => ({ causedBy: name, draft });

type Fields<K extends LedgerEntry["kind"]> = Partial<Omit<EntryOf<K>, "kind">>;
type Marks = Partial<Omit<Stamp, "seq" | "atMs">>;

/** The parameters all fixtures are judged by unless they say otherwise: life 24 h, D 2 h, oldest thing 30 days. */
export const parameters: Parameters = {
  profile: "default",
  startsAt: "2023-05-08T08:00:00+02:00",
  durability: "process",
  channels: [{ name: "fiks-io", lifeMs: hours(24), drainMs: hours(2) }],
  recipients: ["4601-01", "4601-02"],
  longestLifeMs: days(30),
};

/** What a run's entry says, where that is not as usual. */
export type RunOver = Omit<Fields<"run">, "parameters"> & { readonly parameters?: Partial<Parameters> };

export function run(over: RunOver = {}): Draft {
  return {
    kind: "run",
    schema: "komfrem.ledger/v1",
    ruleVersions: {},
    scenario: "fixture",
    scenarioHash: "00",
    seed: 1,
    generatorVersion: "1",
    tierByDomain: { world: "driven", integration: "driven" },
    suts: [{ party: "integration", role: "integration", hash: "00" }],
    fidelity: { form: "bytes", pdf: "bytes" },
    switches: [],
    observers: [],
    ...over,
    parameters: { ...parameters, ...over.parameters },
  };
}

/**
 * The entries, numbered from 0 and timed. Where the first is no `run`, a default `run` and `phase rage` come first, so
 * that the first entry given has seq 2.
 */
export function ledger(...items: readonly Item[]): LedgerEntry[] {
  const entries: LedgerEntry[] = [];
  const names = new Map<string, number>();
  let atMs = 0;
  const write = (draft: Draft): void => {
    entries.push({ by: "world", ...draft, seq: entries.length, atMs } as LedgerEntry);
  };
  const take = (item: Item): void => {
    if (Array.isArray(item)) for (const inner of item as readonly Item[]) take(inner);
    else if ("named" in item) {
      names.set(item.named, entries.length);
      write(item.draft);
    } else if ("causedBy" in item) {
      const cause = names.get(item.causedBy);
      if (cause === undefined) throw new Error(`No entry named ${item.causedBy} stands before its effect.`);
      write({ ...item.draft, cause });
    } else if ("kind" in item) write(item);
    else atMs = (item as Moment).atMs;
  };
  const first = items.flat(9)[0] as Item | undefined;
  if (first === undefined || !("kind" in first) || first.kind !== "run") take([run(), phase("rage")]);
  take(items);
  return entries;
}

/**
 * What a rule says of a ledger.
 *
 * @throws {Error} It says so in a way that nobody could use (`untellable`), or says something else once entries about
 *   nobody stand between (`strays`), whatever the test is about.
 */
export function judgement<State>(rule: Rule<State>, entries: readonly LedgerEntry[]): Judgement {
  const judged = said(rule, entries);
  const wrong = untellable(rule, judged, entries.length);
  if (wrong.length > 0) throw new Error(`${rule.id}: ${wrong.join("; ")}.`);
  const { among, standsAt } = withStrays(entries);
  const expected = JSON.stringify(judged);
  const known = JSON.stringify(asBefore(said(rule, among), standsAt));
  if (known !== expected) throw new Error(`${rule.id}: strays change ${expected} to ${known}.`);
  return judged;
}

function said<State>(rule: Rule<State>, entries: readonly LedgerEntry[]): Judgement {
  const folds = new Folds();
  let state = rule.start(folds);
  for (const entry of entries) {
    folds.step(entry);
    if (rule.reads === undefined || rule.reads.includes(entry.kind)) state = rule.step(state, entry);
  }
  return rule.end(state);
}

/**
 * Entries that no delivery of the run is in: of a message that nobody was seen to send, and of none at all, between
 * parties that play no part. A real ledger has them wherever a party did something that could not be told whose it was.
 */
function strays(): Draft[] {
  const nobody = "elsewhere";
  const exchange = `${nobody}.put(?1)/1`;
  const of = (marks: Marks, copies: readonly CopyId[]): Draft[] => [
    { kind: "asked", operation: "put", asker: nobody, attempt: 1, copies, bytes: 0, ...marks },
    { kind: "effected", change: "submitted → accepted", ...marks },
    { kind: "effected", change: "new → staged", ...marks },
    { kind: "told", to: nobody, saying: "positive", code: "200", copies, takesDebt: nobody, ...marks },
    { kind: "told", to: nobody, saying: "negative", code: "422", copies, ...marks },
    { kind: "untold", to: nobody, how: "lost", afterBytes: 0, ...marks },
    { kind: "held", party: nobody, durability: "power", ok: true, ...marks },
    { kind: "offered", channel: nobody, resource: nobody, to: nobody, ...marks },
    { kind: "receipted", saying: "positive", reason: "receipt", ...marks },
    { kind: "receipted", saying: "negative", reason: "refused", ...marks },
    { kind: "settled", how: "ack", positive: true, ...marks },
    { kind: "settled", how: "requeue", positive: false, ...marks },
    { kind: "quarantined", party: nobody, retrievable: true, untilMs: 0, ...marks },
    { kind: "refused", party: nobody, permanent: true, code: "422", ...marks },
    { kind: "opened", opener: "machine", who: nobody, ...marks },
    { kind: "returned", to: nobody, reason: "other", ...marks },
    { kind: "printed", to: nobody, reason: "other", ...marks },
    { kind: "dropped", party: nobody, why: "released", lastPath: false, ...marks },
    { kind: "dropped", party: nobody, why: "expired", lastPath: true, ...marks },
  ];
  return [
    ...of({}, []),
    ...of({ exchange }, []),
    ...of({ ...about("stray"), exchange }, ["stray"]),
    ...of(about("stray"), ["stray"]),
  ];
}

/** A ledger with strays after its beginning, in its middle and before its end; `standsAt`: where each entry stands then. */
function withStrays(entries: readonly LedgerEntry[]): { among: readonly LedgerEntry[]; standsAt: readonly number[] } {
  const after = new Set([2, entries.length >> 1, entries.length - 2]);
  const among: LedgerEntry[] = [];
  const standsAt: number[] = [];
  for (const [i, entry] of entries.entries()) {
    standsAt.push(among.length);
    among.push({
      ...entry,
      seq: among.length,
      ...(entry.cause === undefined ? {} : { cause: standsAt[entry.cause] }),
      ...(entry.kind === "seen" ? { alert: standsAt[entry.alert] ?? entry.alert } : {}),
    } as LedgerEntry);
    if (i >= 1 && after.has(i))
      for (const stray of strays())
        among.push({ by: "world", ...stray, seq: among.length, atMs: entry.atMs } as LedgerEntry);
  }
  return { among, standsAt };
}

/** What was said of a ledger with strays, as if they were not there. */
function asBefore({ judged, findings, doubts, excuses, notices }: Judgement, standsAt: readonly number[]): Judgement {
  const before = (seq: number): number => standsAt.indexOf(seq);
  const read = (doubt: Doubt): Doubt => ({
    ...doubt,
    because: doubt.because.replace(/(?<=^Entry )\d+/, (seq) => String(before(Number(seq)))),
  });
  return {
    judged,
    findings: findings.map((finding) => ({ ...finding, entries: finding.entries.map(before) })),
    doubts: doubts.map(read),
    ...(excuses === undefined ? {} : { excuses: excuses.map((each) => ({ ...each, entry: before(each.entry) })) }),
    ...(notices === undefined ? {} : { notices }),
  };
}

/** What is wrong with how a rule says it: a finding tells three things in whole sentences, names what it is about, and proves it. */
function untellable(rule: Rule<unknown>, judged: Judgement, entries: number): string[] {
  const isEntry = (seq: number): boolean => Number.isInteger(seq) && seq >= 0 && seq < entries;
  const findings = judged.findings.flatMap((finding) => {
    const told = [finding.happened, finding.because, finding.next];
    const wrong: string[] = [];
    if (finding.rule !== rule.id) wrong.push(`it is a finding of ${finding.rule}`);
    if (!told.every((sentence) => /^\S.*\S\.$/s.test(sentence))) wrong.push("it tells less than three sentences");
    if (told.some((sentence) => /undefined|NaN|\[object/.test(sentence))) wrong.push("it names what there is not");
    if (finding.delivery !== undefined && !finding.happened.includes(finding.delivery))
      wrong.push("it does not say of which delivery");
    if (finding.entries.length === 0 || !finding.entries.every(isEntry))
      wrong.push("no entries of the ledger prove it");
    if (new Set(finding.entries).size < finding.entries.length) wrong.push("an entry proves it twice");
    return wrong.map((what) => `${what} (${JSON.stringify(finding)})`);
  });
  const reasons = [...judged.doubts, ...(judged.excuses ?? []), ...(judged.notices ?? [])];
  const unsaid = reasons.filter(({ because }) => because === "" || /undefined|NaN|\[object/.test(because));
  const unproved = (judged.excuses ?? []).filter(({ entry }) => !isEntry(entry));
  return [
    ...findings,
    ...unsaid.map((reason) => `no reason (${JSON.stringify(reason)})`),
    ...unproved.map((excuse) => `no entry excuses it (${JSON.stringify(excuse)})`),
  ];
}

/** The fields of an entry about a copy. */
export function about(copy: CopyId): { message: string; delivery: string; copy: CopyId } {
  return { message: messageOf(copy), delivery: deliveryOf(copy), copy };
}

// ---- the run ----

export const phase = (name: EntryOf<"phase">["phase"]): Draft => ({ kind: "phase", phase: name });

/**
 * The rest of a run whose faults end at `healMs`: heal, drain (2 h unless said), age past the longest life (30 days),
 * end. Put what happens after heal between `heal` and this by hand where it matters.
 */
export function ends(healMs: number = hours(1), drainMs: number = hours(2), longestLifeMs: number = days(30)): Item {
  return [
    at(healMs),
    phase("heal"),
    phase("drain"),
    at(healMs + drainMs),
    phase("age"),
    at(healMs + drainMs + longestLifeMs),
    phase("end"),
  ];
}

/** Drain and later phases, where heal was written by hand. */
export function drains(fromMs: number, drainMs: number = hours(2), longestLifeMs: number = days(30)): Item {
  return [
    at(fromMs),
    phase("drain"),
    at(fromMs + drainMs),
    phase("age"),
    at(fromMs + drainMs + longestLifeMs),
    phase("end"),
  ];
}

export const faulted = (over: Fields<"faulted"> = {}): Draft => ({
  kind: "faulted",
  faultId: "f1",
  boundary: "receiver.register(A)/1:asked",
  family: "network",
  outcome: "injected",
  ...over,
});
/** Fiks IO out of reach until `untilMs`. */
export const outage = (untilMs: number): Draft =>
  faulted({ boundary: "fiks-io.*(*)/*:asked", outcome: "injected", untilMs });
export const started = (party: PartyId = "integration", incarnation = 1): Draft => ({
  kind: "started",
  party,
  incarnation,
});
export const stopped = (party: PartyId = "integration", incarnation = 1): Draft => ({
  kind: "stopped",
  party,
  graceMs: 10_000,
  clean: true,
  incarnation,
});
export const crashed = (over: Fields<"crashed"> = {}): Draft => ({
  kind: "crashed",
  party: "integration",
  class: "process",
  survives: "none",
  ...over,
});
export const paused = (party: PartyId = "integration"): Draft => ({ kind: "paused", party });
export const resumed = (party: PartyId = "integration"): Draft => ({ kind: "resumed", party });
export const restored = (party: PartyId, toMs: number): Draft => ({ kind: "restored", party, toMs });
export const doubted = (what: string, marks: Marks = {}): Draft => ({ kind: "doubted", what, ...marks });

// ---- single entries ----

export const asked = (exchange: ExchangeName, over: Fields<"asked"> = {}): Draft => ({
  kind: "asked",
  exchange,
  operation: exchange.slice(exchange.indexOf(".") + 1, exchange.indexOf("(")),
  asker: "integration",
  attempt: Number(exchange.slice(exchange.lastIndexOf("/") + 1)),
  copies: [],
  bytes: 0,
  ...over,
});
export const effected = (exchange: ExchangeName, change: string, marks: Marks = {}): Draft => ({
  kind: "effected",
  exchange,
  change,
  ...marks,
});
export const told = (exchange: ExchangeName | undefined, over: Fields<"told"> = {}): Draft => ({
  kind: "told",
  ...(exchange === undefined ? {} : { exchange }),
  to: "integration",
  saying: "positive",
  code: "200",
  copies: [],
  ...over,
});
export const untold = (exchange: ExchangeName, over: Fields<"untold"> = {}): Draft => ({
  kind: "untold",
  exchange,
  to: "integration",
  how: "lost",
  afterBytes: 0,
  ...over,
});
/** A message of two parts, `form` and `pdf`, to district 01 of municipality 4601. */
export const submitted = (label: string, over: Fields<"submitted"> = {}): Draft => ({
  kind: "submitted",
  message: label,
  sender: "sender",
  deliveries: [{ id: label, municipalityNumber: "4601", district: "01" }],
  parts: [
    { name: "form", sha256: "f0", length: 100 },
    { name: "pdf", sha256: "f1", length: 5000 },
  ],
  messageKind: "offentlig",
  version: "v1",
  class: "confidential",
  sameAs: {},
  ...over,
});
export const linked = (copy: CopyId, scope: string, wireId: string, over: Fields<"linked"> = {}): Draft => ({
  kind: "linked",
  ...about(copy),
  scope,
  wireId,
  ...over,
});
export const held = (copy: CopyId, over: Fields<"held"> = {}): Draft => ({
  kind: "held",
  ...about(copy),
  party: "receiver",
  durability: "power",
  ok: true,
  ...over,
});
export const dropped = (copy: CopyId, over: Fields<"dropped"> = {}): Draft => ({
  kind: "dropped",
  ...about(copy),
  party: "fiks-io",
  why: "released",
  lastPath: false,
  ...over,
});
export const offered = (copy: CopyId, over: Fields<"offered"> = {}): Draft => ({
  kind: "offered",
  ...about(copy),
  channel: "fiks-io",
  resource: "4601-01",
  to: "integration",
  lifeEndsMs: hours(24),
  ...over,
});
export const fetched = (copy: CopyId, over: Fields<"fetched"> = {}): Draft => ({
  kind: "fetched",
  ...about(copy),
  reader: "integration",
  received: 2,
  total: 2,
  ...over,
});
export const settled = (copy: CopyId, over: Fields<"settled"> = {}): Draft => ({
  kind: "settled",
  ...about(copy),
  how: "ack",
  positive: true,
  ...over,
});
export const receipted = (copy: CopyId, over: Fields<"receipted"> = {}): Draft => ({
  kind: "receipted",
  ...about(copy),
  saying: "positive",
  reason: "receipt",
  ...over,
});
export const whole = (fidelity: Fidelity = "bytes"): RegisteredPart[] => [
  { name: "form", fidelity, ok: true },
  { name: "pdf", fidelity, ok: true },
];
export const registered = (copy: CopyId, over: Fields<"registered"> = {}): Draft => ({
  kind: "registered",
  ...about(copy),
  caseId: `case-${deliveryOf(copy)}`,
  municipalityNumber: "4601",
  district: "01",
  class: "confidential",
  parts: whole(),
  whole: true,
  ...over,
});
export const quarantined = (copy: CopyId, over: Fields<"quarantined"> = {}): Draft => ({
  kind: "quarantined",
  ...about(copy),
  party: "integration",
  retrievable: true,
  untilMs: days(14),
  ...over,
});
export const shown = (delivery: string, to = "4601-01"): Draft => ({
  kind: "shown",
  message: messageOf(delivery),
  delivery,
  to,
});
export const opened = (delivery: string, over: Fields<"opened"> = {}): Draft => ({
  kind: "opened",
  message: messageOf(delivery),
  delivery,
  opener: "person",
  who: "Kari Caseworker",
  ...over,
});
export const refused = (copy: CopyId, over: Fields<"refused"> = {}): Draft => ({
  kind: "refused",
  ...about(copy),
  party: "receiver",
  permanent: true,
  code: "422",
  ...over,
});
export const returned = (delivery: string, over: Fields<"returned"> = {}): Draft => ({
  kind: "returned",
  message: messageOf(delivery),
  delivery,
  to: "portal",
  reason: "refused",
  ...over,
});
export const printed = (delivery: string, over: Fields<"printed"> = {}): Draft => ({
  kind: "printed",
  message: messageOf(delivery),
  delivery,
  to: "4601-01",
  reason: "refused",
  ...over,
});
export const entitled = (who: string, over: Fields<"entitled"> = {}): Draft => ({
  kind: "entitled",
  who,
  channel: "fiks-io",
  resource: "4601-01",
  granted: true,
  ...over,
});
export const alive = (over: Fields<"alive"> = {}): Draft => ({
  kind: "alive",
  reader: "integration",
  channel: "fiks-io",
  resource: "4601-01",
  how: "attach",
  credit: true,
  ...over,
});
export const notified = (person: string, over: Fields<"notified"> = {}): Draft => ({
  kind: "notified",
  person,
  via: "mail",
  outcome: "delivered",
  ...over,
});
/** An alarm at the staffed sink, naming these copies or labels. */
export const alerted = (ids: readonly string[], over: Fields<"alerted"> = {}): Draft => ({
  kind: "alerted",
  sink: "alarm",
  owner: "deviations@4601",
  ids,
  about: "refused",
  bounced: false,
  ...over,
});
export const leaked = (over: Fields<"leaked"> = {}): Draft => ({
  kind: "leaked",
  where: "url",
  encoding: "percent",
  planted: "A form head",
  ...over,
});

// ---- whole exchanges, as simulators write them ----

/** The portal takes a message on: `effected`, held, and the sender told so. */
export function accepted(copy: CopyId, over: { readonly told?: boolean } = {}): Item {
  const exchange = `portal.submit(${copy})/1`;
  return [
    asked(exchange, { asker: "sender", copies: [copy] }),
    effected(exchange, "submitted → accepted", about(copy)),
    linked(copy, "bekymringsmelding-id", `bekymring-${deliveryOf(copy)}`, { exchange }),
    held(copy, { party: "portal", exchange }),
    over.told === false
      ? untold(exchange, { to: "sender" })
      : told(exchange, { to: "sender", code: "201", copies: [copy], takesDebt: "portal" }),
  ];
}

/** The portal dispatches a copy on Fiks IO, where it lives 24 h unless said. */
export function dispatched(copy: CopyId, over: Fields<"offered"> = {}): Item {
  return [linked(copy, "melding-id", `melding-${copy}`), held(copy, { party: "fiks-io" }), offered(copy, over)];
}

/** `submitted`, `accepted` and `dispatched` in one. */
export function sent(label: string, over: Fields<"offered"> = {}): Item {
  return [submitted(label), accepted(label), dispatched(label, over)];
}

/** Fiks IO hands a copy over to the integration. */
export function delivered(copy: CopyId, attempt = 1): Item {
  const exchange = `fiks-io.deliver(${copy})/${attempt}`;
  return [
    asked(exchange, { copies: [copy] }),
    effected(exchange, "ready → unacked", about(copy)),
    told(exchange, { saying: "news", code: "deliver", copies: [copy] }),
    fetched(copy, { exchange }),
  ];
}

/** The integration registers a copy; `answer: false` loses the 201. */
export function registers(
  copy: CopyId,
  over: Fields<"registered"> & { readonly attempt?: number; readonly answer?: boolean } = {},
): Item {
  const { attempt = 1, answer = true, ...fields } = over;
  const exchange = `receiver.register(${copy})/${attempt}`;
  return [
    asked(exchange, { copies: [copy] }),
    effected(exchange, "new → staged", about(copy)),
    held(copy, { exchange }),
    registered(copy, { exchange, ...fields }),
    answer ? told(exchange, { code: "201", copies: [copy] }) : untold(exchange),
  ];
}

/** The integration answers `mottatt`, and the portal hears it. */
export function mottatt(copy: CopyId, attempt = 1): Item {
  const exchange = `fiks-io.receipt(${copy})/${attempt}`;
  return [
    asked(exchange, { copies: [copy] }),
    effected(exchange, "unreceipted → mottatt", about(copy)),
    receipted(copy, { exchange }),
    told(exchange, { code: "202", copies: [copy] }),
    told(undefined, { to: "portal", code: "mottatt", copies: [copy], takesDebt: "integration", ...about(copy) }),
  ];
}

/** The integration answers `feilet`; the portal hears it and turns to paper. */
export function feilet(copy: CopyId, over: { readonly attempt?: number; readonly printed?: boolean } = {}): Item {
  const exchange = `fiks-io.receipt(${copy})/${over.attempt ?? 1}`;
  return [
    asked(exchange, { copies: [copy] }),
    effected(exchange, "unreceipted → feilet", about(copy)),
    receipted(copy, { exchange, saying: "negative", reason: "content" }),
    told(exchange, { code: "202", copies: [copy] }),
    told(undefined, { to: "portal", saying: "negative", code: "feilet", copies: [copy], ...about(copy) }),
    returned(deliveryOf(copy)),
    over.printed === false ? [] : printed(deliveryOf(copy)),
  ];
}

/** The integration settles a copy on the queue; unless requeued Fiks IO lets it go. */
export function settles(copy: CopyId, how: "ack" | "nack" | "requeue" = "ack", attempt = 1): Item {
  const exchange = `fiks-io.settle(${copy})/${attempt}`;
  const became = { ack: "acked", nack: "nacked", requeue: "requeued" }[how];
  return [
    asked(exchange, { copies: [copy] }),
    effected(exchange, `unacked → ${became}`, about(copy)),
    settled(copy, { exchange, how, positive: how === "ack" }),
    how === "requeue" ? [] : dropped(copy),
    told(exchange, { code: how, copies: [copy] }),
  ];
}

/** Fiks IO takes back what it had handed over: its connection is gone. */
export const takenBack = (copy: CopyId): Draft => ({
  kind: "effected",
  change: "unacked → requeued",
  ...about(copy),
});

/** The integration acknowledges a copy. */
export const acks = (copy: CopyId, attempt = 1): Item => settles(copy, "ack", attempt);

/** The copy's life on Fiks IO ends; the portal is told `tidsavbrudd`. */
export function expires(copy: CopyId, over: { readonly told?: boolean; readonly lastPath?: boolean } = {}): Item {
  return [
    dropped(copy, { why: "expired", lastPath: over.lastPath ?? false }),
    over.told === false
      ? []
      : told(undefined, { to: "portal", saying: "negative", code: "tidsavbrudd", copies: [copy], ...about(copy) }),
  ];
}

/** Three attempts used up: Fiks IO gives the copy up and tells the portal `serverfeil`. */
export function deadletters(copy: CopyId): Item {
  return [
    dropped(copy, { why: "deadlettered" }),
    told(undefined, { to: "portal", saying: "negative", code: "serverfeil", copies: [copy], ...about(copy) }),
  ];
}

/** The portal deletes what was receipted. */
export const purged = (copy: CopyId, over: Fields<"dropped"> = {}): Draft =>
  dropped(copy, { party: "portal", why: "purged", lastPath: true, ...over });

/** A resend by the portal's operator, offered as a further copy of the same delivery. */
export function resends(of: CopyId, as: CopyId, over: Fields<"offered"> = {}): Item {
  return [
    { kind: "resent", of, as, ...about(as) },
    linked(as, "bekymringsmelding-id", `bekymring-${deliveryOf(as)}`),
    dispatched(as, over),
  ];
}

// ---- Altinn, and a sender under test ----

/** Municipality 4601 where it is not under test: its people, or a machine of theirs. */
export const municipality: PartyId = municipalityParty("4601");

/** A run that tests `sender`; the municipality is played by the world. */
export function senderRun(over: RunOver = {}): Item {
  return [
    run({
      suts: [{ party: "sender", role: "sender", hash: "00" }],
      tierByDomain: { world: "driven", sender: "driven" },
      ...over,
    }),
    phase("rage"),
  ];
}

/** A run that tests `sender` and the integration that reads what it sends. */
export function pairRun(over: RunOver = {}): Item {
  return senderRun({
    suts: [
      { party: "sender", role: "sender", hash: "00" },
      { party: "integration", role: "integration", hash: "00" },
    ],
    tierByDomain: { world: "driven", sender: "driven", integration: "driven" },
    ...over,
  });
}

/** Where a criminal-case dispatch lies for 4601. */
export const inbox = { channel: "altinn-dispatch", resource: "dispatch/4601" } as const;
/** Where confidential mail lies for 4601. */
export const mailbox = { channel: "altinn-correspondence", resource: "confidential/4601" } as const;

/** A dispatch is sent, and published where its content lives 30 days from `fromMs`. */
export function dispatches(copy: CopyId, fromMs = 0, over: { readonly told?: boolean } = {}): Item {
  const exchange = `altinn-dispatch.send(${copy})/1`;
  return [
    asked(exchange, { asker: "sender", copies: [copy] }),
    effected(exchange, "submitted → accepted", about(copy)),
    linked(copy, "dispatchId", `dispatch-${copy}`, { exchange }),
    held(copy, { party: "altinn-dispatch", exchange }),
    offered(copy, { ...inbox, to: municipality, lifeEndsMs: fromMs + days(30), exchange }),
    over.told === false
      ? untold(exchange, { to: "sender" })
      : told(exchange, { to: "sender", code: "201", copies: [copy] }),
  ];
}

/** The content of a dispatch is deleted; its shell stays, and nobody is notified. */
export const contentGoes = (copy: CopyId): Draft =>
  dropped(copy, { party: "altinn-dispatch", why: "expired", lastPath: true });

/** Mail is initialized and published at once, where no clock ends it unless said. Offered to the municipality unless said. */
export function mails(copy: CopyId, over: Fields<"offered"> & { readonly sender?: PartyId } = {}): Item {
  const { sender = "sender", ...fields } = over;
  const exchange = `altinn-correspondence.initialize(${copy})/1`;
  return [
    asked(exchange, { asker: sender, copies: [copy] }),
    effected(exchange, "submitted → accepted", about(copy)),
    linked(copy, "correspondenceId", `mail-${copy}`, { exchange }),
    held(copy, { party: "altinn-correspondence", exchange }),
    told(exchange, { to: sender, copies: [copy] }),
    { kind: "effected", change: "readyForPublish → published", ...about(copy) },
    { kind: "offered", ...about(copy), ...mailbox, to: municipality, ...fields },
  ];
}

/** The portal takes a further copy of a sender under test on, and has a district's system take it from Fiks IO. */
export function handsIn(copy: CopyId, fromMs = 0): Item {
  return [accepted(copy), dispatched(copy, { to: municipality, lifeEndsMs: fromMs + hours(24) })];
}

/** What a sender hears when it asks after a copy. */
export const hears = (saying: EntryOf<"told">["saying"], copy: CopyId, over: Fields<"told"> = {}): Draft =>
  told(`altinn-dispatch.status(${copy})/1`, { to: "sender", saying, copies: [copy], ...over });

/** A person carries what they have read into the case system. */
export const byHand = (copy: CopyId, over: Fields<"registered"> = {}): Draft =>
  registered(copy, { exchange: `receiver.register(${copy})/1`, ...over });

/** The sender hands a message back by an alarm; somebody sees it and sends a letter. */
export function handsBack(delivery: string, over: Fields<"alerted"> = {}): Item {
  return [
    alerted([delivery], { owner: "Duty officer", about: "returned:unread", ...over }),
    returned(delivery, { to: "police", reason: "undeliverable" }),
    told(undefined, { to: "police", saying: "negative", code: "returned", copies: [delivery] }),
    printed(delivery, { reason: "undeliverable" }),
  ];
}
