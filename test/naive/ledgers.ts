import fc from "fast-check";
import { addWorkingDays, dayMs, hourMs, minuteMs, parseRfc3339, secondMs } from "../../core/calendar.ts";
import type { Draft, EntryOf, LedgerEntry, Parameters } from "../../core/ledger.ts";
import { type CopyId, copyOf, type DeliveryId, deliveryOf } from "../../core/names.ts";

/** How a registration, a report or a held copy is wrong. */
type Flaw = "none" | "municipality" | "district" | "class" | "part" | "whole" | "second-case" | "shown-elsewhere";

/** How long somebody waits: a while, or until a limit is near. `plusMs` is what a limit is over by. */
type Wait =
  | { readonly ms: number }
  | { readonly until: "drained" | "lifeEnds" | "purgeLead" | "printed"; readonly plusMs: number };

/** One thing an integration does with a message that it was handed. */
export type Act =
  | { readonly does: "holds"; readonly durability: "memory" | "process" | "power"; readonly ok: boolean }
  | { readonly does: "releases" }
  | { readonly does: "registers"; readonly flaw: Flaw; readonly heard: boolean }
  | { readonly does: "isRefused"; readonly code: "503" | "409" | "422" }
  | { readonly does: "receipts"; readonly saying: "positive" | "negative"; readonly heard: boolean }
  | { readonly does: "settles"; readonly how: "ack" | "nack" | "requeue" }
  | {
      readonly does: "alerts";
      readonly about: "copy" | "label" | "wireId" | "another" | "nobody";
      readonly owned: boolean;
      readonly bounced: boolean;
      readonly retrievable: boolean;
    }
  | { readonly does: "quarantines"; readonly retrievable: boolean; readonly forMs: number }
  | { readonly does: "opens"; readonly opener: "person" | "machine" }
  | { readonly does: "crashes"; readonly ours: boolean }
  | { readonly does: "waits"; readonly wait: Wait };

export type MessagePlan = {
  readonly atMs: number;
  /** Index of the recipient among those configured. */
  readonly recipient: number;
  readonly namesDistrict: boolean;
  readonly planted?: "invalid" | "poison";
  readonly submissionHeard: boolean;
  readonly resentAfterMs?: number;
  /** How long after the portal purged it the sender is told, ms. */
  readonly noticeAfterMs?: number;
  /** What is done at each hand-over; soundly handled after the last. */
  readonly handlings: readonly (readonly Act[])[];
};

/** What befalls a ledger after it was written: it stays in order, though it may no longer be true. */
export type Change = { readonly kind: "drop" | "double" | "swap"; readonly at: number };

export type Plan = {
  readonly profile: Parameters["profile"];
  readonly startsAt: string;
  readonly recipients: number;
  readonly healMs: number;
  readonly retentionDays: 14 | 30;
  readonly stop?: { readonly atMs: number; readonly lastsMs: number };
  readonly messages: readonly MessagePlan[];
  readonly changes: readonly Change[];
};

const system = "integration";
const channel = "fiks-io";
const lifeMs = dayMs;
const drainMs = 105 * minuteMs;
const recipients = ["4690-01", "4691-01", "4691-02"] as const;
const parts = ["bekymringsmelding.json", "bekymringsmelding.pdf"] as const;
const fidelity = { "bekymringsmelding.json": "fields", "bekymringsmelding.pdf": "bytes", message: "text" } as const;

/** The sound way: registered, receipted, settled. */
export const soundly: readonly Act[] = [
  { does: "registers", flaw: "none", heard: true },
  { does: "receipts", saying: "positive", heard: true },
  { does: "settles", how: "ack" },
];

type Envelope = { readonly copy: CopyId; handed: number; readonly lifeEndsMs: number; state: "ready" | "out" | "gone" };

type Message = {
  readonly plan: MessagePlan;
  readonly delivery: DeliveryId;
  readonly envelopes: Envelope[];
  portal: "accepted" | "dispatched" | "refused" | "printing" | "delivered";
  paper: number;
  handlings: number;
  relievedAtMs?: number;
  expectedPrintMs?: number;
};

type Due = { readonly atMs: number; readonly order: number; readonly does: () => void };

/** Performs a plan in a small model of portal, Fiks IO, receiver and integration, and writes what the simulators write. */
class Model {
  readonly #plan: Plan;
  /** What was planned, but not before the last message was sent and the last fault began. */
  readonly #healMs: number;
  readonly #entries: LedgerEntry[] = [];
  readonly #due: Due[] = [];
  readonly #messages: Message[] = [];
  readonly #attempts = new Map<string, number>();
  readonly #cases = new Map<DeliveryId, string>();
  readonly #registered = new Set<DeliveryId>();
  #order = 0;
  #nowMs = 0;
  #aliases = 0;
  #up = false;
  #incarnation = 0;
  #held: { readonly copy: CopyId; readonly durability: "memory" | "process" | "power" }[] = [];

  constructor(plan: Plan) {
    this.#plan = plan;
    const begins = [...plan.messages.map(({ atMs }) => atMs), ...(plan.stop === undefined ? [] : [plan.stop.atMs])];
    this.#healMs = Math.max(plan.healMs, ...begins.map((atMs) => atMs + minuteMs));
  }

  perform(): LedgerEntry[] {
    const { retentionDays, stop, messages } = this.#plan;
    const healMs = this.#healMs;
    const longestLifeMs = retentionDays * dayMs;
    this.#write(this.#run(longestLifeMs));
    this.#write({ kind: "phase", phase: "rage" });
    this.#start();
    messages.forEach((plan, at) => {
      this.#at(plan.atMs, () => this.#submit("ABC".charAt(at), plan));
    });
    if (stop !== undefined) this.#at(stop.atMs, () => this.#stop(stop.lastsMs));
    this.#at(healMs, () => {
      this.#write({ kind: "phase", phase: "heal" });
      if (!this.#up) this.#start();
      const morning = { atMs: healMs, recipient: 0, namesDistrict: true, submissionHeard: true, handlings: [] };
      this.#submit("morning-1", morning);
      this.#write({ kind: "phase", phase: "drain" });
    });
    this.#at(healMs + drainMs + 2 * secondMs, () => this.#write({ kind: "phase", phase: "age" }));
    const endMs = healMs + drainMs + 2 * secondMs + longestLifeMs + 30 * hourMs;
    this.#perform(endMs);
    this.#nowMs = endMs;
    this.#write({ kind: "phase", phase: "end" });
    return this.#entries;
  }

  #run(longestLifeMs: number): Draft {
    return {
      kind: "run",
      schema: "komfrem.ledger/v1",
      ruleVersions: {},
      scenario: "naive",
      scenarioHash: "0",
      seed: 1,
      generatorVersion: "naive",
      tierByDomain: { world: "driven", integration: "driven" },
      suts: [{ party: system, role: "integration", hash: "0" }],
      parameters: {
        profile: this.#plan.profile,
        startsAt: this.#plan.startsAt,
        durability: "process",
        channels: [{ name: channel, lifeMs, drainMs }],
        recipients: recipients.slice(0, this.#plan.recipients),
        longestLifeMs,
      },
      fidelity,
      switches: [],
      observers: [{ name: "receiver", reads: ["registered", "held"], settleMs: 0 }],
    };
  }

  // ---- time and paper ----

  #at(atMs: number, does: () => void): void {
    this.#due.push({ atMs: Math.max(atMs, this.#nowMs), order: this.#order++, does });
  }

  #after(ms: number, does: () => void): void {
    this.#at(this.#nowMs + ms, does);
  }

  #perform(endMs: number): void {
    for (;;) {
      this.#due.sort((a, b) => a.atMs - b.atMs || a.order - b.order);
      const next = this.#due[0];
      if (next === undefined || next.atMs > endMs) return;
      this.#due.shift();
      this.#nowMs = next.atMs;
      next.does();
    }
  }

  #write(draft: Draft): number {
    const seq = this.#entries.length;
    this.#entries.push({
      by: "world",
      ...(this.#incarnation > 0 && draft.kind !== "phase" ? { incarnation: this.#incarnation } : {}),
      ...draft,
      seq,
      atMs: this.#nowMs,
    });
    return seq;
  }

  #exchange(party: string, operation: string, subject: string): { readonly name: string; readonly attempt: number } {
    const attempt = (this.#attempts.get(`${party}.${operation}(${subject})`) ?? 0) + 1;
    this.#attempts.set(`${party}.${operation}(${subject})`, attempt);
    return { name: `${party}.${operation}(${subject})/${attempt}`, attempt };
  }

  /** Begins an exchange about a copy. */
  #ask(party: string, operation: string, copy: CopyId, asker: string): string {
    const { name, attempt } = this.#exchange(party, operation, copy);
    this.#write({ kind: "asked", operation, asker, attempt, copies: [copy], bytes: 100, exchange: name });
    return name;
  }

  /** Ends an exchange: its answer is heard, or a fault of ours takes it. */
  #answer(
    exchange: string,
    to: string,
    copy: CopyId,
    heard: boolean,
    saying: EntryOf<"told">["saying"],
    code: string,
  ): void {
    if (heard) {
      this.#write({ kind: "told", to, saying, code, copies: [copy], exchange });
      return;
    }
    const boundary = `${exchange}:done`;
    const faultId = `reset ${boundary}`;
    this.#write({ kind: "faulted", faultId, boundary, family: "network", outcome: "injected", exchange });
    this.#write({ kind: "untold", to, how: "lost", afterBytes: 0, exchange });
  }

  #about(copy: CopyId): { readonly message: string; readonly delivery: DeliveryId; readonly copy: CopyId } {
    return { message: deliveryOf(copy), delivery: deliveryOf(copy), copy };
  }

  #link(copy: CopyId, scope: string, wireId: string): void {
    this.#write({ kind: "linked", ...this.#about(copy), scope, wireId });
  }

  #alias(): string {
    this.#aliases += 1;
    return `x${this.#aliases}`;
  }

  /** Where a message goes: a district that takes what names none, if it names none. */
  #recipientOf({ recipient, namesDistrict }: MessagePlan): string {
    const meant = recipients[recipient % this.#plan.recipients] ?? recipients[0];
    return namesDistrict ? meant : `${meant.slice(0, 4)}-01`;
  }

  // ---- the portal ----

  readonly #concernIds = new Map<DeliveryId, string>();

  #submit(label: string, plan: MessagePlan): void {
    const [municipalityNumber = "", district = ""] = this.#recipientOf(plan).split("-");
    this.#write({
      kind: "submitted",
      message: label,
      sender: "sender",
      deliveries: [{ id: label, municipalityNumber, ...(plan.namesDistrict ? { district } : {}) }],
      parts: parts.map((name) => ({ name, sha256: `${label}-${name}`, length: 50 })),
      messageKind: "offentlig",
      version: "v1",
      class: "confidential",
      sameAs: {},
      ...(plan.planted === undefined ? {} : { planted: plan.planted }),
    });
    const message: Message = { plan, delivery: label, envelopes: [], portal: "accepted", paper: 0, handlings: 0 };
    this.#messages.push(message);
    const exchange = this.#ask("portal", "submit", label, "sender");
    this.#write({ kind: "effected", change: "submitted → accepted", exchange, ...this.#about(label) });
    const concernId = this.#alias();
    this.#concernIds.set(label, concernId);
    this.#write({
      kind: "linked",
      exchange,
      ...this.#about(label),
      scope: "bekymringsmelding-id",
      wireId: concernId,
    });
    this.#write({ kind: "held", exchange, ...this.#about(label), party: "portal", durability: "power", ok: true });
    if (plan.submissionHeard)
      this.#write({
        kind: "told",
        to: "sender",
        saying: "positive",
        code: "201",
        copies: [label],
        takesDebt: "portal",
        exchange,
      });
    else this.#answer(exchange, "sender", label, false, "positive", "201");
    this.#after(secondMs, () => {
      message.portal = "dispatched";
      this.#dispatch(message, label);
    });
    if (plan.resentAfterMs !== undefined)
      this.#after(secondMs + plan.resentAfterMs, () => {
        if (message.portal === "delivered") return;
        const of = message.envelopes.at(-1)?.copy ?? label;
        const as = copyOf(label, message.envelopes.length + 1);
        this.#write({ kind: "resent", of, as, ...this.#about(as) });
        this.#link(as, "bekymringsmelding-id", concernId);
        if (message.portal === "refused") message.portal = "dispatched";
        this.#dispatch(message, as);
      });
  }

  #dispatch(message: Message, copy: CopyId): void {
    const lifeEndsMs = this.#nowMs + lifeMs;
    this.#link(copy, "melding-id", this.#alias());
    this.#link(copy, "klientMeldingId", this.#concernIds.get(message.delivery) ?? "");
    this.#write({ kind: "held", ...this.#about(copy), party: channel, durability: "power", ok: true });
    const resource = this.#recipientOf(message.plan);
    this.#write({ kind: "offered", ...this.#about(copy), channel, resource, to: system, lifeEndsMs });
    const envelope: Envelope = { copy, handed: 0, lifeEndsMs, state: "ready" };
    message.envelopes.push(envelope);
    const startMs = parseRfc3339(this.#plan.startsAt);
    if (message.portal === "dispatched")
      this.#paper(message, "unreceipted", addWorkingDays(startMs + this.#nowMs, 2) - startMs);
    this.#handOver(message, envelope);
    this.#at(lifeEndsMs, () => this.#expire(message, envelope, "expired"));
  }

  #expire(message: Message, envelope: Envelope, why: "expired" | "deadlettered"): void {
    if (envelope.state === "gone" || (why === "expired" && envelope.state === "out")) return;
    envelope.state = "gone";
    const cause = this.#write({ kind: "dropped", ...this.#about(envelope.copy), party: channel, why, lastPath: false });
    this.#after(0, () => {
      const code = why === "expired" ? "tidsavbrudd" : "serverfeil";
      this.#write({
        kind: "told",
        ...this.#about(envelope.copy),
        to: "portal",
        saying: "negative",
        code,
        copies: [envelope.copy],
        cause,
      });
      if (message.portal === "dispatched" && message.envelopes.at(-1) === envelope)
        this.#paper(message, why === "expired" ? "expired" : "undeliverable", this.#nowMs);
    });
  }

  /** Paper is printed one hour and a day after `fromMs`, unless something else comes first. */
  #paper(message: Message, reason: EntryOf<"printed">["reason"], fromMs: number): void {
    message.paper += 1;
    const { paper } = message;
    message.expectedPrintMs = fromMs + 25 * hourMs;
    this.#at(fromMs + hourMs, () => {
      if (message.paper !== paper || message.portal === "delivered") return;
      message.portal = "printing";
      this.#after(dayMs, () => {
        if (message.portal !== "printing") return;
        message.portal = "delivered";
        const to = this.#recipientOf(message.plan);
        this.#write({ kind: "printed", message: message.delivery, delivery: message.delivery, to, reason });
        this.#purgeLater(message);
      });
    });
  }

  #purgeLater(message: Message): void {
    this.#after(this.#plan.retentionDays * dayMs, () => {
      const about = this.#about(message.delivery);
      const cause = this.#write({ kind: "dropped", ...about, party: "portal", why: "purged", lastPath: true });
      if (message.plan.noticeAfterMs === undefined) return;
      const notice = { to: "sender", saying: "negative", code: "deleted", copies: [message.delivery] } as const;
      this.#after(message.plan.noticeAfterMs, () => this.#write({ kind: "told", ...about, ...notice, cause }));
    });
  }

  #hear(message: Message, copy: CopyId, saying: "positive" | "negative", cause: number): void {
    const code = saying === "positive" ? "mottatt" : "feilet";
    const relieves = saying === "positive" && message.portal === "dispatched";
    this.#write({
      kind: "told",
      ...this.#about(copy),
      to: "portal",
      saying,
      code,
      copies: [copy],
      ...(relieves ? { takesDebt: system } : {}),
      cause,
    });
    if (relieves) {
      message.portal = "delivered";
      message.paper += 1;
      message.relievedAtMs = this.#nowMs;
      this.#purgeLater(message);
    } else if (saying === "negative" && message.portal === "dispatched") {
      message.portal = "refused";
      this.#write({
        kind: "returned",
        message: message.delivery,
        delivery: message.delivery,
        to: "portal",
        reason: "refused",
      });
      this.#paper(message, "refused", this.#nowMs);
    }
  }

  // ---- the integration's comings and goings ----

  #start(): void {
    this.#incarnation += 1;
    this.#up = true;
    this.#write({ kind: "started", party: system });
    for (const resource of recipients.slice(0, this.#plan.recipients)) {
      const { name, attempt } = this.#exchange(channel, "consume", `sub(${resource})`);
      const consume = { operation: "consume", asker: system, attempt, copies: [], bytes: 60 };
      this.#write({ kind: "asked", ...consume, exchange: name });
      this.#write({ kind: "effected", change: "detached → attached", exchange: name });
      this.#write({ kind: "alive", reader: system, channel, resource, how: "attach", credit: true, exchange: name });
      this.#write({ kind: "told", to: system, saying: "empty", code: "consume-ok", copies: [], exchange: name });
    }
    for (const message of this.#messages) for (const envelope of message.envelopes) this.#handOver(message, envelope);
  }

  #detach(): void {
    for (const resource of recipients.slice(0, this.#plan.recipients))
      this.#write({ kind: "alive", reader: system, channel, resource, how: "attach", credit: false });
    for (const message of this.#messages)
      for (const envelope of message.envelopes) if (envelope.state === "out") this.#giveBack(message, envelope);
  }

  #giveBack(message: Message, envelope: Envelope): void {
    this.#write({ kind: "effected", ...this.#about(envelope.copy), change: "unacked → requeued" });
    envelope.state = "ready";
    if (envelope.handed >= 3) this.#expire(message, envelope, "deadlettered");
    else if (this.#nowMs >= envelope.lifeEndsMs) this.#expire(message, envelope, "expired");
  }

  #stop(lastsMs: number): void {
    if (!this.#up) return;
    const cause = this.#write({
      kind: "faulted",
      faultId: "stops",
      boundary: "step",
      family: "process",
      outcome: "injected",
    });
    this.#write({ kind: "stopped", party: system, graceMs: 0, clean: true, cause });
    this.#up = false;
    this.#detach();
    this.#after(lastsMs, () => {
      if (!this.#up) this.#start();
    });
  }

  #crash(ours: boolean, boundary: string): void {
    const process = { class: "process", survives: "none" } as const;
    const cause = ours
      ? this.#write({ kind: "faulted", faultId: "crash", boundary, family: "process", outcome: "injected" })
      : undefined;
    if (cause === undefined) this.#write({ kind: "crashed", party: system, ...process, why: "Error: own" });
    else this.#write({ kind: "crashed", party: system, ...process, cause });
    this.#up = false;
    for (const { copy } of this.#held.filter(({ durability }) => durability === "memory"))
      this.#write({ kind: "dropped", ...this.#about(copy), party: system, why: "lost", lastPath: false });
    this.#held = this.#held.filter(({ durability }) => durability !== "memory");
    this.#detach();
    this.#after(secondMs, () => {
      if (!this.#up) this.#start();
    });
  }

  // ---- what it does with a message ----

  #handOver(message: Message, envelope: Envelope): void {
    if (!this.#up || envelope.state !== "ready") return;
    envelope.state = "out";
    envelope.handed += 1;
    const { copy } = envelope;
    const exchange = this.#ask(channel, "deliver", copy, system);
    this.#write({ kind: "effected", ...this.#about(copy), change: "ready → unacked", exchange });
    this.#write({ kind: "told", to: system, saying: "news", code: "deliver", copies: [copy], exchange });
    this.#write({ kind: "fetched", ...this.#about(copy), reader: system, received: 100, total: 100 });
    const acts = message.plan.handlings[message.handlings] ?? soundly;
    message.handlings += 1;
    this.#handle(message, envelope, acts, this.#incarnation);
  }

  #handle(message: Message, envelope: Envelope, acts: readonly Act[], incarnation: number): void {
    const [act, ...rest] = acts;
    if (act === undefined || !this.#up || this.#incarnation !== incarnation) return;
    if (act.does === "waits") {
      this.#at(this.#waitedUntil(message, envelope, act.wait), () =>
        this.#handle(message, envelope, rest, incarnation),
      );
      return;
    }
    this.#act(message, envelope, act);
    this.#after(30, () => this.#handle(message, envelope, rest, incarnation));
  }

  #waitedUntil(message: Message, envelope: Envelope, wait: Wait): number {
    if ("ms" in wait) return this.#nowMs + wait.ms;
    const { retentionDays } = this.#plan;
    const healMs = this.#healMs;
    const offeredMs = envelope.lifeEndsMs - lifeMs;
    switch (wait.until) {
      case "drained":
        return Math.max(healMs, offeredMs) + drainMs + wait.plusMs;
      case "lifeEnds":
        return envelope.lifeEndsMs + wait.plusMs;
      case "purgeLead":
        return (message.relievedAtMs ?? this.#nowMs) + (retentionDays - 1) * dayMs + wait.plusMs;
      case "printed":
        return (message.expectedPrintMs ?? this.#nowMs) + wait.plusMs;
    }
  }

  #act(message: Message, envelope: Envelope, act: Exclude<Act, { does: "waits" }>): void {
    const { copy } = envelope;
    switch (act.does) {
      case "holds":
        this.#held.push({ copy, durability: act.durability });
        this.#write({ kind: "held", ...this.#about(copy), party: system, durability: act.durability, ok: act.ok });
        return;
      case "releases":
        if (!this.#held.some((held) => held.copy === copy)) return;
        this.#held = this.#held.filter((held) => held.copy !== copy);
        this.#write({ kind: "dropped", ...this.#about(copy), party: system, why: "released", lastPath: false });
        return;
      case "registers":
        this.#register(message, copy, act.flaw, act.heard);
        return;
      case "isRefused": {
        const exchange = this.#ask("receiver", "register", copy, system);
        const code = act.code === "409" ? "exists" : act.code;
        if (act.code !== "503")
          this.#write({ kind: "refused", ...this.#about(copy), party: "receiver", permanent: true, code, exchange });
        this.#answer(exchange, system, copy, true, "negative", act.code);
        return;
      }
      case "receipts": {
        const exchange = this.#ask(channel, "receipt", copy, system);
        const reason = act.saying === "positive" ? "receipt" : "content";
        const change = act.saying === "positive" ? "unreceipted → mottatt" : "unreceipted → feilet";
        this.#write({ kind: "effected", ...this.#about(copy), change, exchange });
        const cause = this.#write({ kind: "receipted", ...this.#about(copy), saying: act.saying, reason, exchange });
        this.#hear(message, copy, act.saying, cause);
        this.#answer(exchange, system, copy, act.heard, "positive", "202");
        return;
      }
      case "settles":
        this.#settle(message, envelope, act.how);
        return;
      case "alerts":
        this.#alert(message, copy, act);
        return;
      case "quarantines":
        this.#held.push({ copy, durability: "process" });
        this.#write({
          kind: "quarantined",
          ...this.#about(copy),
          party: system,
          retrievable: act.retrievable,
          untilMs: this.#nowMs + act.forMs,
        });
        return;
      case "opens":
        this.#write({
          kind: "opened",
          message: message.delivery,
          delivery: message.delivery,
          opener: act.opener,
          who: "Saksbehandler",
        });
        return;
      case "crashes":
        this.#crash(act.ours, `fiks-io.deliver(${copy})/${envelope.handed}:told`);
        return;
    }
  }

  #register(message: Message, copy: CopyId, flaw: Flaw, heard: boolean): void {
    const { delivery } = message;
    const exchange = this.#ask("receiver", "register", copy, system);
    const recipient = this.#recipientOf(message.plan);
    const [municipality = "", number = ""] = recipient.split("-");
    if (this.#registered.has(delivery) && flaw === "none") {
      this.#answer(exchange, system, copy, heard, "positive", "200");
      return;
    }
    const municipalityNumber = flaw === "municipality" ? "4699" : municipality;
    const district = flaw === "district" ? "09" : number;
    const known = flaw === "second-case" ? undefined : this.#cases.get(delivery);
    const caseId = known ?? this.#alias();
    this.#cases.set(delivery, this.#cases.get(delivery) ?? caseId);
    this.#registered.add(delivery);
    const sound = flaw !== "part" && flaw !== "whole";
    this.#write({ kind: "effected", ...this.#about(copy), change: "new → staged", exchange });
    this.#write({ kind: "held", ...this.#about(copy), party: "receiver", durability: "power", ok: sound, exchange });
    this.#write({
      kind: "registered",
      ...this.#about(copy),
      caseId,
      municipalityNumber,
      district,
      class: flaw === "class" ? "ordinary" : "confidential",
      parts: parts.map((name) => ({
        name,
        fidelity: fidelity[name],
        ok: !(flaw === "part" && name === "bekymringsmelding.pdf"),
      })),
      whole: flaw !== "whole",
      exchange,
    });
    const shown = { message: delivery, delivery, exchange };
    this.#write({ kind: "shown", ...shown, to: `${municipalityNumber}-${district}` });
    if (flaw === "shown-elsewhere") this.#write({ kind: "shown", ...shown, to: "4699-01" });
    this.#answer(exchange, system, copy, heard, "positive", "201");
  }

  #settle(message: Message, envelope: Envelope, how: "ack" | "nack" | "requeue"): void {
    if (envelope.state !== "out") return;
    const { copy } = envelope;
    const exchange = this.#ask(channel, "settle", copy, system);
    if (how === "requeue") {
      this.#write({ kind: "effected", ...this.#about(copy), change: "unacked → requeued", exchange });
      this.#write({ kind: "settled", ...this.#about(copy), how, positive: false, exchange });
      envelope.state = "ready";
    } else {
      const change = how === "ack" ? "unacked → acked" : "unacked → nacked";
      this.#write({ kind: "effected", ...this.#about(copy), change, exchange });
      this.#write({ kind: "settled", ...this.#about(copy), how, positive: how === "ack", exchange });
      this.#write({
        kind: "dropped",
        ...this.#about(copy),
        party: channel,
        why: "released",
        lastPath: false,
        exchange,
      });
      envelope.state = "gone";
    }
    this.#answer(exchange, system, copy, true, "empty", how);
    if (how !== "requeue") return;
    if (envelope.handed >= 3) this.#expire(message, envelope, "deadlettered");
    else this.#after(secondMs, () => this.#handOver(message, envelope));
  }

  #alert(message: Message, copy: CopyId, act: Extract<Act, { does: "alerts" }>): void {
    const ids: Readonly<Record<typeof act.about, readonly string[]>> = {
      copy: [copy],
      label: [message.delivery],
      wireId: [this.#concernIds.get(message.delivery) ?? ""],
      another: ["Z"],
      nobody: [],
    };
    const { name, attempt } = this.#exchange("receiver", "deviate", copy);
    this.#write({
      kind: "asked",
      operation: "deviate",
      asker: system,
      attempt,
      copies: [copy],
      bytes: 80,
      exchange: name,
    });
    this.#write({
      kind: "alerted",
      ...(act.about === "copy" ? this.#about(copy) : {}),
      sink: "receiver",
      owner: act.owned ? "Avviksvakt Fjordvik" : "",
      ids: ids[act.about],
      about: "content",
      bounced: act.bounced,
      retrievable: act.retrievable,
      exchange: name,
    });
    this.#answer(name, system, copy, true, "positive", "201");
  }
}

/** Writes the ledger of a plan. */
export function ledgerOf(plan: Plan): readonly LedgerEntry[] {
  return plan.changes.reduce(changed, new Model(plan).perform());
}

/** Only entries about messages change places, at one instant; the run, its phases and starts stay. */
function changed(ledger: readonly LedgerEntry[], change: Change): LedgerEntry[] {
  const changeable = ledger.filter(isChangeable);
  const entry = changeable[change.at % Math.max(1, changeable.length)];
  if (entry === undefined) return [...ledger];
  const at = ledger.indexOf(entry);
  const before = ledger.slice(0, at);
  const after = ledger.slice(at + 1);
  const [next, ...rest] = after;
  switch (change.kind) {
    case "drop":
      return numbered([...before, ...after]);
    case "double":
      return numbered([...before, entry, entry, ...after]);
    case "swap":
      return next !== undefined && next.atMs === entry.atMs && isChangeable(next)
        ? numbered([...before, next, entry, ...rest])
        : [...ledger];
  }
}

/** What the portal deletes it once held: without that, nobody can say how long its copy lived. */
function isChangeable(entry: LedgerEntry): boolean {
  return changeableKinds.has(entry.kind) && !(entry.kind === "held" && entry.party === "portal");
}

const changeableKinds: ReadonlySet<string> = new Set([
  "asked",
  "told",
  "held",
  "dropped",
  "settled",
  "receipted",
  "registered",
  "shown",
  "alerted",
  "returned",
  "printed",
]);

/** Numbers entries anew, and what they name as their cause; a cause that is gone is named no more. */
function numbered(entries: readonly LedgerEntry[]): LedgerEntry[] {
  const seqs = new Map(entries.map((entry, seq) => [entry.seq, seq]));
  return entries.map(({ cause, ...entry }, seq) => {
    const led = cause === undefined ? undefined : seqs.get(cause);
    return { ...entry, seq, ...(led === undefined ? {} : { cause: led }) } as LedgerEntry;
  });
}

// ---- plans ----

const often = <T>(usual: T, ...others: readonly T[]): fc.Arbitrary<T> =>
  fc.oneof({ arbitrary: fc.constant(usual), weight: 4 }, { arbitrary: fc.constantFrom(...others), weight: 1 });

const whiles = [
  secondMs,
  minuteMs,
  hourMs - 30,
  hourMs,
  2 * hourMs,
  23 * hourMs,
  dayMs,
  dayMs + hourMs,
  3 * dayMs,
  8 * dayMs,
  13 * dayMs,
];

const wait: fc.Arbitrary<Wait> = fc.oneof(
  fc.record({ ms: fc.constantFrom(...whiles) }),
  fc.record({
    until: fc.constantFrom("drained" as const, "lifeEnds" as const, "purgeLead" as const, "printed" as const),
    plusMs: fc.constantFrom(-1, 0, 1),
  }),
);

const act: fc.Arbitrary<Act> = fc.oneof(
  fc.record({
    does: fc.constant("holds" as const),
    durability: fc.constantFrom("process" as const, "power" as const, "memory" as const),
    ok: often(true, false),
  }),
  fc.record({ does: fc.constant("releases" as const) }),
  {
    weight: 3,
    arbitrary: fc.record({
      does: fc.constant("registers" as const),
      flaw: often<Flaw>("none", "municipality", "district", "class", "part", "whole", "second-case", "shown-elsewhere"),
      heard: often(true, false),
    }),
  },
  fc.record({
    does: fc.constant("isRefused" as const),
    code: fc.constantFrom("503" as const, "409" as const, "422" as const),
  }),
  {
    weight: 3,
    arbitrary: fc.record({
      does: fc.constant("receipts" as const),
      saying: often<"positive" | "negative">("positive", "negative"),
      heard: often(true, false),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      does: fc.constant("settles" as const),
      how: often<"ack" | "nack" | "requeue">("ack", "nack", "requeue"),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      does: fc.constant("alerts" as const),
      about: fc.constantFrom(
        "copy" as const,
        "label" as const,
        "wireId" as const,
        "another" as const,
        "nobody" as const,
      ),
      owned: often(true, false),
      bounced: often(false, true),
      retrievable: fc.boolean(),
    }),
  },
  fc.record({
    does: fc.constant("quarantines" as const),
    retrievable: fc.boolean(),
    forMs: fc.constantFrom(dayMs, 7 * dayMs, 40 * dayMs),
  }),
  fc.record({ does: fc.constant("opens" as const), opener: fc.constantFrom("person" as const, "machine" as const) }),
  fc.record({ does: fc.constant("crashes" as const), ours: fc.boolean() }),
  { weight: 2, arbitrary: fc.record({ does: fc.constant("waits" as const), wait }) },
);

/** What is hardly ever drawn act by act: a false receipt with a report that somebody reads. */
const reported: fc.Arbitrary<readonly Act[]> = wait.map((pause) => [
  { does: "receipts", saying: "positive", heard: true },
  { does: "waits", wait: pause },
  { does: "alerts", about: "label", owned: true, bounced: false, retrievable: false },
]);

const handling: fc.Arbitrary<readonly Act[]> = fc.oneof(
  { weight: 8, arbitrary: fc.array(act, { maxLength: 6 }) },
  { weight: 1, arbitrary: reported },
);

const message: fc.Arbitrary<MessagePlan> = fc
  .record({
    atMs: fc.constantFrom(30, minuteMs, hourMs, 5 * hourMs),
    recipient: fc.nat({ max: 2 }),
    namesDistrict: often(true, false),
    planted: often<"none" | "invalid" | "poison">("none", "invalid", "poison"),
    submissionHeard: often(true, false),
    resentAfterMs: fc.constantFrom(0, 0, 0, minuteMs, hourMs, dayMs + hourMs),
    noticeAfterMs: fc.constantFrom(-1, 0, dayMs, dayMs + 1),
    handlings: fc.array(handling, { maxLength: 3 }),
  })
  .map(({ planted, resentAfterMs, noticeAfterMs, ...rest }) => ({
    ...rest,
    ...(noticeAfterMs < 0 ? {} : { noticeAfterMs }),
    ...(planted === "none" ? {} : { planted }),
    ...(resentAfterMs === 0 ? {} : { resentAfterMs }),
  }));

const stop = fc.record({
  atMs: fc.constantFrom(0, hourMs, 4 * hourMs),
  lastsMs: fc.constantFrom(minuteMs, hourMs, dayMs - hourMs, dayMs, dayMs + 2 * hourMs, 3 * dayMs),
});

/** Plans of small runs: one to three messages, mostly one. */
export const plan: fc.Arbitrary<Plan> = fc
  .record({
    profile: often<Parameters["profile"]>("default", "strict"),
    startsAt: fc.constantFrom("2023-09-12T09:00:00+02:00", "2023-04-05T15:00:00+02:00"),
    recipients: fc.constantFrom(1, 3),
    healMs: fc.constantFrom(hourMs, 6 * hourMs, 30 * hourMs, 4 * dayMs),
    retentionDays: fc.constantFrom(14 as const, 30 as const),
    stop: fc.option(stop, { nil: undefined, freq: 4 }),
    messages: fc.array(message, { minLength: 1, maxLength: 3 }),
    changes: fc.oneof(
      { weight: 3, arbitrary: fc.constant([]) },
      {
        weight: 1,
        arbitrary: fc.array(
          fc.record({
            kind: fc.constantFrom("drop" as const, "double" as const, "swap" as const),
            at: fc.nat({ max: 200 }),
          }),
          { minLength: 1, maxLength: 2 },
        ),
      },
    ),
  })
  .map(({ stop, ...rest }) => ({ ...rest, ...(stop === undefined ? {} : { stop }) }));

/** What is judged besides what is drawn: runs that are seldom drawn, and where the two once differed. */
export const examples: readonly Plan[] = [
  // Two copies at the integration: the one that it had only in memory goes in a crash, the other is stored.
  {
    profile: "default",
    startsAt: "2023-09-12T09:00:00+02:00",
    recipients: 1,
    healMs: hourMs,
    retentionDays: 14,
    stop: { atMs: 0, lastsMs: 2 * hourMs },
    messages: [
      {
        atMs: 30,
        recipient: 0,
        namesDistrict: true,
        submissionHeard: true,
        resentAfterMs: minuteMs,
        handlings: [
          [
            { does: "receipts", saying: "positive", heard: true },
            { does: "holds", durability: "memory", ok: true },
            { does: "waits", wait: { ms: 8 * dayMs } },
            { does: "crashes", ours: false },
          ],
          [{ does: "holds", durability: "process", ok: true }],
          [],
          [],
        ],
      },
    ],
    changes: [],
  },
];
