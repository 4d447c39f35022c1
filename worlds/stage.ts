import { createHash } from "node:crypto";
import type { Duplex } from "node:stream";
import { osloEpochMs, rfc3339 } from "../core/calendar.ts";
import type { Clock } from "../core/clock.ts";
import { HarnessError } from "../core/error.ts";
import type { Fault } from "../core/fault.ts";
import type { Draft, Fidelity, LedgerEntry, Parameters } from "../core/ledger.ts";
import type { DeliveryId, PartyId } from "../core/names.ts";
import { rules } from "../core/rules/index.ts";
import type { BadCertificate, Municipality, Scenario, Step } from "../core/scenario.ts";
import type { Endpoints } from "../port/endpoints.ts";
import { aboutCopy } from "../simulators/about.ts";
import { placeOf } from "../simulators/altinn/seams.ts";
import { Boundaries, type Heard } from "../simulators/boundaries.ts";
import { leaksIn, leaksInText, recordLeaks } from "../simulators/leaks.ts";
import { Manifest } from "../simulators/manifest.ts";
import { receiverFidelity } from "../simulators/receiver/judge.ts";
import { exchangeAt, Router } from "../simulators/router.ts";
import { type Composed, compose, type Sends, submitted } from "../simulators/sender/compose.ts";
import { orderOf } from "../simulators/sender/order.ts";
import type { Answer, Asker, Given, Reply, WireRequest } from "../simulators/wire.ts";
import { type Addresses, type Cast, type Casting, castFor } from "./cast.ts";
import { VirtualClock } from "./clock.ts";
import type { Unstored } from "./judged.ts";
import { LedgerWriter } from "./ledger-writer.ts";
import { parametersOf } from "./parameters.ts";
import { generatorVersion, seededRandom } from "./random.ts";
import { type Answered, System, type SystemControl } from "./system.ts";
import type { Witness, Witnessed } from "./witness.ts";
import type { RunOptions, SystemUnderTest } from "./world.ts";

/** How long a system may take until it first shows that it is there, ms: PORT.md, *Life of a system under test*. */
const readyWithinMs = 30_000;
const senderRetriesMs = 60_000;
const senderTries = 5;
/** An order that was not answered is given again, with growing pauses, and one that was rejected too; the last for ever. */
const ordersAgainMs = [60_000, 5 * 60_000, 15 * 60_000, 60 * 60_000, 60 * 60_000, 4 * 60 * 60_000];
/** For three days, which outlasts what we do to Altinn; then the police take the order back. */
const mostOrders = 24;
/** Whoever orders hears nothing for so long, and orders again. */
const orderBearsSilenceMs = 60_000;
const senderReadyMs = 1000;
/** What a party showed, as doubts say it. */
const spokenOf: Readonly<Record<BadCertificate, string>> = {
  expired: "a certificate that has expired",
  "untrusted-root": "a certificate of an authority that nobody was told to trust",
  "wrong-host": "a certificate for another name",
};
const grantsTokens: ReadonlySet<string> = new Set(["maskinporten", "altinn-authentication"]);
/** Whoever restores a backup stops the system first, as for an upgrade. */
const restoringGraceMs = 10_000;
const mostLogLines = 10_000;
const mostLineLength = 2000;
const mostReasonLength = 200;

export type StageOptions = RunOptions & {
  readonly addresses: Addresses;
  /** How bytes travel and code runs; the stage does everything else. */
  readonly control: SystemControl;
  readonly latencyMs: (asker: Asker) => number;
  readonly tier: "driven" | "compressed" | "offset" | "none";
  readonly sutHash: string;
  /** Of a pair, how the integration that reads runs, and what identifies its code. */
  readonly reader?: { readonly control: SystemControl; readonly sutHash: string };
  /** Of the version it is upgraded to, where the scenario does that and there is one. */
  readonly nextHash?: string;
  /** When the run begins, epoch ms, where that is not the scenario's `startsAt`. */
  readonly startMs?: number;
  /** The system's own time, where it is not the world's: whoever grants tokens goes by it. */
  readonly systemClock?: Clock;
  /** Longest that the system waits before it tries again, ms of the world. */
  readonly maxRetryDelayMs?: number;
  /** What the system may take to be done with a message, ms of the world. */
  readonly settleMs?: number;
  /** What the system itself tells of what it holds, where it is asked, and how it keeps each part. */
  readonly probe?: { readonly settleMs: number; readonly fidelity: Readonly<Record<string, Fidelity>> };
  /**
   * Resets the connections that rest at an origin, so that whoever asks next is shown a certificate; false where none is
   * ever shown. Absent in memory, where all lines are taken to be over TLS.
   */
  readonly showAnew?: (origin: string) => boolean;
  readonly startHeartbeat?: (everyMs: number, beat: () => void) => () => void;
  /** Brings Fiks IO: `Casting`. */
  readonly fiksIo?: Casting["fiksIo"];
  /** Whoever stages the run performs each step, and `heal` after the last: the scenario's steps are those so far. */
  readonly byHand?: true;
  /** Isolate-and-kill: once each of these is answered for S is killed, and every other source of it removed. */
  readonly isolate?: readonly Unstored[];
};

/**
 * Where a scenario is performed: the simulators, the system under test, the steps in their order, and after them heal,
 * the morning after, drain and age (RULES.md, *End of a run*). Both worlds stage a run with this; they differ in how
 * bytes travel and what moves the clock.
 */
export class Stage {
  readonly clock: VirtualClock;
  readonly ledger: LedgerWriter;
  readonly boundaries: Boundaries;
  readonly manifest: Manifest;
  readonly system: System;
  /** Of a pair, the integration that reads what the system sends. */
  readonly reader: System | undefined;
  readonly cast: Cast;
  readonly endpoints: Endpoints;
  readonly log: string[] = [];
  readonly #exchanges: Witnessed[] = [];
  /** Why the run could not be finished; set once. */
  error: HarnessError | undefined;
  ended = false;
  readonly #scenario: Scenario;
  readonly #sut: SystemUnderTest;
  readonly #options: StageOptions;
  readonly #routers = new Map<string, Router>();
  readonly #startMs: number;
  /** Canaries are drawn from it. */
  readonly #runName: string;
  readonly #leakedToLog = new Set<string>();
  #ready = false;

  constructor(scenario: Scenario, sut: SystemUnderTest, options: StageOptions) {
    this.#scenario = scenario;
    this.#sut = sut;
    this.#options = options;
    this.#startMs = options.startMs ?? osloEpochMs(scenario.startsAt);
    this.clock = new VirtualClock(this.#startMs);
    this.ledger = new LedgerWriter(this.clock, this.#startMs);
    this.system = new System(scenario.tests ?? "integration", this.clock, this.ledger, options.control);
    this.reader =
      options.reader === undefined
        ? undefined
        : new System("integration", this.clock, this.ledger, options.reader.control);
    this.boundaries = new Boundaries(
      this.clock,
      this.ledger,
      {
        crash: (how, cause) => {
          this.#askerAt(cause).crash(how, cause);
          this.#isolateAt(cause);
        },
        stop: (graceMs, cause) => this.#askerAt(cause).stop(graceMs, 1000, cause),
        pause: (forMs, cause) => this.#askerAt(cause).pause(forMs, cause),
        crashParty: (party, downMs, cause) => this.#crashParty(party, downMs, cause),
        latencyMs: options.latencyMs,
      },
      options.isolate?.map(isolateAndKill) ?? scenario.faults,
    );
    const random = seededRandom(options.seed);
    this.#runName = `${scenario.id}/${options.seed}`;
    this.manifest = new Manifest(this.#runName, this.ledger);
    const given = (name: string): Given => ({
      clock: grantsTokens.has(name) ? (options.systemClock ?? this.clock) : this.clock,
      random: random.fork(name),
      facts: this.ledger,
    });
    this.cast = castFor(scenario, {
      given,
      manifest: this.manifest,
      boundaries: this.boundaries,
      addresses: options.addresses,
      sinceStart: (epochMs) => this.ledger.sinceStart(epochMs),
      hasDeleted: (delivery) => {
        const last = this.entries.findLast(
          (entry) =>
            (entry.kind === "held" || entry.kind === "dropped") &&
            entry.party === this.system.party &&
            entry.delivery === delivery,
        );
        return last?.kind === "dropped";
      },
      askAltinn: (request, hear) =>
        this.ask(options.addresses.altinn, request, { party: "police", incarnation: 1 }, hear),
      ...(options.fiksIo === undefined ? {} : { fiksIo: options.fiksIo }),
      paired: options.reader !== undefined,
      ...(options.startHeartbeat === undefined ? {} : { startHeartbeat: options.startHeartbeat }),
      ...(options.witness === true
        ? { handedOver: (message) => this.#exchanges.push({ kind: "message", party: "fiks-io", ...message }) }
        : {}),
    });
    this.endpoints = this.cast.endpoints;
    for (const [origin, simulators] of this.cast.origins) this.#routers.set(origin, new Router(simulators));
  }

  /** Seed of a system's own randomness in its nth start. */
  randomOf(incarnation: number, of: System = this.system): ReturnType<typeof seededRandom> {
    return seededRandom(this.#options.seed, `run/${of === this.reader ? "reader" : "integration"}/${incarnation}`);
  }

  /** A system under test by its party; undefined where that is none. */
  systemOf(party: PartyId): System | undefined {
    if (party === this.system.party) return this.system;
    return party === this.reader?.party ? this.reader : undefined;
  }

  /** Writes the run's first entries and starts everybody. */
  begin(): void {
    this.ledger.record(this.#runEntry());
    this.ledger.record({ kind: "phase", phase: "rage" });
    this.cast.rights.begin();
    this.reader?.start();
    this.system.start();
    if (this.#options.byHand) {
      this.#ready = true;
      return;
    }
    // A sender has nothing to connect to until it is told to send.
    if (this.#scenario.tests === "sender") this.clock.after(senderReadyMs, () => this.markReady());
    this.clock.after(readyWithinMs, () => {
      if (this.#ready) return;
      if (this.ledger.entries.some((entry) => entry.kind === "faulted")) return this.markReady();
      this.error = this.#neverReady();
      this.ended = true;
    });
  }

  /**
   * A request by the system under test, or by the sender, to whoever answers at an origin.
   *
   * @param shown The certificate that the asker was shown instead of the right one, and did not mind.
   * @returns False where nobody answers there.
   */
  ask(
    origin: string,
    request: WireRequest,
    asker: Asker,
    hear: (heard: Heard<Answer>, confirm: (inFull: boolean) => void) => void,
    shown?: BadCertificate,
  ): boolean {
    const router = this.#routers.get(origin);
    const isUnderTest = this.systemOf(asker.party) !== undefined;
    if (isUnderTest) {
      // Who has a key of another authority, or a name of its own, is not known to be the party.
      const isStranger = router === undefined || (shown !== undefined && shown !== "expired");
      const bodyTo = isStranger ? "a stranger" : this.#mayHaveContent(origin, asker.party) ? undefined : "a party";
      recordLeaks(this.ledger, leaksIn(request, this.manifest, bodyTo));
    }
    if (router === undefined) {
      this.say(`Nobody answers at ${origin}.`);
      return false;
    }
    if (shown !== undefined) {
      const found = router.find(request.method, request.path);
      this.spokenTo(found?.simulator.party ?? origin, shown);
      // The right one is shown again, but not on this connection.
      if (found === undefined || this.certificateAtOrigin(origin) === undefined) {
        hear({ kind: "refused", certificate: shown }, () => {});
        return true;
      }
    }
    const known = exchangeAt(router, this.boundaries, request, asker, (heard, confirm) => {
      if (!this.#ready && heard.kind === "told" && isUnderTest && heard.value.reply.status < 300) this.markReady();
      if (this.#options.witness !== true) return hear(heard, confirm);
      hear(heard, (inFull) => {
        confirm(inFull);
        if (inFull && heard.kind === "told") this.#witness(router, request, asker, heard.value.reply);
      });
    });
    if (!known) {
      this.say(`No operation ${request.method} ${request.path} at ${origin}.`);
      hear({ kind: "answered", status: 404 }, () => {});
    }
    return true;
  }

  #witness(router: Router, request: WireRequest, asker: Asker, { status, headers, body }: Reply): void {
    const found = this.systemOf(asker.party) !== undefined ? router.find(request.method, request.path) : undefined;
    if (found === undefined) return;
    this.#exchanges.push({
      kind: "http",
      party: found.simulator.party,
      template: found.operation.path,
      params: found.params,
      ...{ method: request.method, query: request.query, headers: request.headers, body: request.body },
      status,
      answerHeaders: headers,
      answer: body instanceof Uint8Array ? body : new Uint8Array(0),
    });
  }

  /** Whether content may go there: to the receiver, from a sender to its channels; the alarm sink scans what it gets. */
  #mayHaveContent(origin: string, from: PartyId): boolean {
    const { receiver, alarm, fiksApi, altinn } = this.#options.addresses;
    if (origin === receiver || origin === alarm) return true;
    return from === "sender" && (origin === fiksApi || origin === altinn);
  }

  /** Who takes connections at a port of ours, while they can be reached. */
  acceptorAt(port: number): ((end: Duplex, asker: Asker) => void) | undefined {
    const { amqp, smtp } = this.#options.addresses;
    const { fiksIo } = this.cast;
    if (port === amqp.port && fiksIo !== undefined && this.boundaries.reachable("fiks-io"))
      return (end, asker) => fiksIo.accept(end, asker, 0);
    if (port === smtp.port && this.boundaries.reachable("alarm") && this.certificateOf("alarm") === undefined)
      return (end, asker) => this.cast.smtp.accept(end, asker);
    return undefined;
  }

  /** The certificate that is shown at a port of ours instead of the right one. Mail is in the clear, and has none. */
  certificateAt(port: number): BadCertificate | undefined {
    return port === this.#options.addresses.amqp.port ? this.certificateOf("fiks-io") : undefined;
  }

  /** The certificate that a party shows the system under test instead of its own, where it can be reached. */
  certificateOf(party: PartyId): BadCertificate | undefined {
    return this.boundaries.reachable(party) ? this.boundaries.shownBy(party, this.system.party) : undefined;
  }

  /** The same of whoever answers at an origin. */
  certificateAtOrigin(origin: string): BadCertificate | undefined {
    for (const { party } of this.cast.origins.get(origin) ?? []) {
      const certificate = this.certificateOf(party);
      if (certificate !== undefined) return certificate;
    }
    return undefined;
  }

  /**
   * The system under test spoke with a party all the same that had shown it this. What it would have done had it minded was
   * not seen: that is a doubt, said once.
   */
  spokenTo(party: PartyId, shown: BadCertificate): void {
    const what = `the system spoke with ${party}, which showed ${spokenOf[shown]}`;
    if (this.entries.some((entry) => entry.kind === "doubted" && entry.what === what)) return;
    this.ledger.record({ kind: "doubted", what });
  }

  /** A line of the run's log: the system's own, or what the harness noticed for it. */
  say(line: string): void {
    if (this.log.length < mostLogLines) this.log.push(line.slice(0, mostLineLength));
  }

  /** A line that the system under test logged: evidence, and scanned for content that must not be there. */
  hearLog(line: string): void {
    this.say(line);
    for (const leak of leaksInText(line, "log", this.manifest)) {
      // One line that is logged a thousand times is one leak.
      if (this.#leakedToLog.has(leak.planted)) continue;
      this.#leakedToLog.add(leak.planted);
      this.ledger.record({ kind: "leaked", ...leak });
    }
  }

  /** Why the system fell over, in a line that can be shown: what it threw is logged, and may quote content. */
  reason(why: string): string {
    this.hearLog(why);
    if (leaksInText(why, "log", this.manifest).length > 0) return "for a reason that quotes content";
    return (why.split("\n")[0] ?? "").slice(0, mostReasonLength);
  }

  get witness(): Witness {
    return { exchanges: this.#exchanges, sent: [...this.manifest.deliveries()] };
  }

  get entries(): readonly LedgerEntry[] {
    return this.ledger.entries;
  }

  #neverReady(): HarnessError {
    const within = `Within ${readyWithinMs / 1000} s of the world's time it neither got a token nor opened a connection.`;
    const crashed = this.entries.find((entry) => entry.kind === "crashed" && entry.party === this.system.party);
    if (crashed?.kind === "crashed" && crashed.why !== undefined)
      return new HarnessError({
        happened: `${this.#sut.name} was never ready: it ended first.`,
        because: `${crashed.why}.${lastLines(this.log)}`,
        next: "Correct that; an integration gets a token and connects when it starts, and returns only once it was asked to stop.",
      });
    return new HarnessError({
      happened: `${this.#sut.name} was never ready.`,
      because: `${within}${lastLines(this.log)}`,
      next: `Have the module fetch a token from endpoints.maskinporten and connect to its channels (${this.endpoints.channels.join(", ")}) when it starts; run it where it serves them: --channel.`,
    });
  }

  /** The system is ready, and the scenario begins. What we answer it for the first time says so too. */
  markReady(): void {
    if (this.#ready) return;
    this.#ready = true;
    for (const ms of backupsFor(this.#scenario.steps)) this.clock.after(ms, () => this.#options.control.backUp?.());
    this.clock.after(0, () => this.#play(0));
  }

  #play(at: number): void {
    const step = this.#scenario.steps[at];
    if (step === undefined) return this.heal();
    const passes = step.kind === "waits" ? step.ms : 0;
    if (step.kind !== "waits") this.perform(step);
    this.clock.after(passes, () => this.#play(at + 1));
  }

  /** Does what a step says, at this instant. */
  perform(step: Exclude<Step, { kind: "waits" }>): void {
    switch (step.kind) {
      case "sends":
        return this.#submit(step);
      case "resends":
        if (!this.cast.portal.resend(step.label)) this.say(`The portal cannot send ${step.label} again.`);
        return;
      case "crashes": {
        const cause = this.#faulted("crashes", "process");
        return this.system.crash(step, cause, step.downMs);
      }
      case "stops":
        return this.system.stop(step.graceMs, step.downMs, this.#faulted("stops", "process"));
      case "upgrades":
        return this.system.upgrade(step, this.#faulted("upgrades", "process"));
      case "restores":
        // What the experiment removed everywhere else a backup of the system would take from it as well.
        if (this.#options.isolate === undefined || step.party !== "integration") this.#restore(step);
        return;
      case "unreachable":
        return this.#cutOff(step);
      case "strains":
        this.#faulted(`receiver-${step.how}`, "store", this.clock.now() + step.forMs);
        return this.cast.receiver.strain(step.how, step.forMs);
      case "receiverCrashes":
        return this.#crashParty(
          "receiver",
          step.downMs,
          this.#faulted("receiver-crashes", "process", this.clock.now() + step.downMs),
        );
      case "disconnects":
        this.#faulted("disconnects", "network");
        return this.cast.fiksIo?.disconnect();
      case "entitles":
        return this.cast.rights.set(step.who, step.municipality, step.right, step.granted);
      case "away":
        this.#faulted("away", "people", this.clock.now() + step.forMs);
        return this.cast.people.away(step.person, step.forMs, step.deputy);
    }
  }

  #cutOff({ party, forMs, certificate }: Extract<Step, { kind: "unreachable" }>): void {
    const untilMs = this.clock.now() + forMs;
    const out = (who: PartyId, faultId: string): void => {
      this.ledger.record({
        kind: "faulted",
        faultId,
        boundary: `${who}.*(*)/*:asked`,
        family: "network",
        outcome: "injected",
        untilMs: this.ledger.sinceStart(untilMs),
      });
      if (who === "fiks-io") this.cast.fiksIo?.disconnect();
    };
    const [origin, there = []] = [...this.cast.origins].find(([, all]) => all.some((one) => one.party === party)) ?? [];
    const { showAnew = () => true } = this.#options;
    if (certificate === undefined || origin === undefined || !showAnew(origin)) {
      if (certificate !== undefined) this.say(`komfrem: ${party} has no certificate to show here: it refuses instead.`);
      this.boundaries.cutOff(party, untilMs);
      out(party, `unreachable-${party}`);
      return;
    }
    const to = new Set([this.system.party, ...(this.reader === undefined ? [] : [this.reader.party])]);
    // A certificate is that of an address: all who answer there show it.
    for (const { party: who } of there) {
      this.boundaries.show(who, { certificate, to, untilMs });
      out(who, `certificate-${certificate}-${who}`);
    }
  }

  /** A party's durable store is put back to what it was: what it has taken on since is gone from it. */
  #restore({ party, agoMs, downMs }: Extract<Step, { kind: "restores" }>): void {
    const thenMs = Math.max(this.#startMs, this.clock.now() - agoMs);
    const restored = (who: PartyId): void => {
      this.ledger.record({ kind: "restored", party: who, toMs: this.ledger.sinceStart(thenMs) });
    };
    if (party === "integration") {
      const cause = this.#faulted("restores-integration", "store");
      return this.system.restore(restoringGraceMs, downMs, cause, () => {
        restored(this.system.party);
        this.#options.control.restore(thenMs);
      });
    }
    const untilMs = this.clock.now() + downMs;
    this.#faulted("restores-receiver", "store", untilMs);
    this.boundaries.cutOff("receiver", untilMs);
    restored("receiver");
    this.cast.receiver.restore(thenMs);
  }

  #faulted(faultId: string, family: "network" | "process" | "store" | "people", untilMs?: number): number {
    return this.ledger.record({
      kind: "faulted",
      faultId,
      boundary: "step",
      family,
      outcome: "injected",
      ...(untilMs === undefined ? {} : { untilMs: this.ledger.sinceStart(untilMs) }),
    });
  }

  #submit(step: Sends): void {
    const sent = compose(step, {
      run: this.#runName,
      nowMs: this.clock.now(),
      scenario: this.#scenario,
    });
    this.manifest.announce(sent.delivery);
    const underTest = this.#scenario.tests === "sender";
    this.ledger.record(submitted(sent, step.by === undefined ? "sender" : "police"));
    if (step.by !== undefined) return this.cast.police.send(sent, step);
    if (underTest) return this.#order(sent, step, 0);
    this.#handIn(this.cast.portal.submission(sent.delivery, sent.container), 1);
  }

  /** Orders the sender under test to send, again and again until it has said that it did. */
  #order(sent: Composed, step: Sends, tries: number): void {
    const municipality = this.#scenario.municipalities.find(({ number }) => number === step.to.municipality);
    if (municipality === undefined) return this.say(`There is no municipality ${step.to.municipality} to send to.`);
    const order = orderOf(sent, step, municipality);
    const again = (): void => {
      const waitMs = ordersAgainMs[Math.min(tries, ordersAgainMs.length - 1)] ?? 0;
      if (tries + 1 >= mostOrders) return this.cast.police.takeBack(sent);
      this.clock.after(waitMs, () => this.#order(sent, step, tries + 1));
    };
    if (!this.system.running) return again();
    this.boundaries.performLater<Exclude<Answered["kind"], "lost">>(
      {
        party: this.system.party,
        operation: "send",
        about: aboutCopy(sent.delivery.id),
        asker: { party: "police", incarnation: 1 },
        bytes: sent.delivery.parts.reduce((sum, { bytes }) => sum + bytes.length, 0),
        asksTheSystem: true,
        bearsSilenceMs: orderBearsSilenceMs,
      },
      ({ finish, lose }) =>
        this.#options.control.order(this.system.incarnation, order, (answered) => {
          if (answered.kind === "lost") return lose();
          if (answered.kind === "sent" && answered.reference !== undefined)
            this.manifest.refer(sent.delivery.id, answered.reference);
          const saying = answered.kind === "sent" ? "positive" : "negative";
          finish({ saying, code: answered.kind, copies: [sent.delivery.id], value: answered.kind });
        }),
      (heard, confirm) => {
        confirm(true);
        const answered = heard.kind === "told" ? heard.value : "lost";
        if (answered === "refused") this.cast.police.takeBack(sent);
        else if (answered !== "sent") again();
      },
    );
  }

  /** Hands a message in at the portal, again and again until the portal has said that it took it on. */
  #handIn(request: WireRequest, tries: number): void {
    this.ask(this.#options.addresses.fiksApi, request, { party: "sender", incarnation: 1 }, (heard, confirm) => {
      confirm(true);
      const again = heard.kind !== "told" || heard.value.reply.status >= 500;
      if (again && tries < senderTries) this.clock.after(senderRetriesMs, () => this.#handIn(request, tries + 1));
    });
  }

  #crashParty(party: PartyId, downMs: number, cause: number): void {
    this.ledger.record({ kind: "crashed", party, class: "process", survives: "none", cause });
    const untilMs = this.clock.now() + downMs;
    this.boundaries.cutOff(party, untilMs);
    if (party === "receiver") this.cast.receiver.crash();
    if (party === "fiks-io") this.cast.fiksIo?.disconnect();
  }

  /** The system whose exchange a fault struck: of a pair either asks. */
  #askerAt(cause: number): System {
    const exchange = this.entries[cause]?.exchange;
    const asked = this.entries.findLast((entry) => entry.kind === "asked" && entry.exchange === exchange);
    return (asked?.kind === "asked" ? this.systemOf(asked.asker) : undefined) ?? this.system;
  }

  /** Removes every source of a delivery but what the system has stored, if it was killed for that. */
  #isolateAt(cause: number): void {
    const fault = this.entries[cause];
    if (fault?.kind !== "faulted") return;
    const isolated = this.#options.isolate?.find(({ delivery }) => isolationId(delivery) === fault.faultId);
    if (isolated === undefined) return;
    for (const copy of this.manifest.copiesOf(isolated.delivery)) {
      this.cast.fiksIo?.discard(copy);
      this.cast.correspondence.discard(copy);
    }
  }

  /** Ends all faults; the morning after, drain and age follow by themselves as time passes, and then the run's end. */
  heal(): void {
    this.ledger.record({ kind: "phase", phase: "heal" });
    // The experiment goes on with what is sent on the morning after.
    if (this.#options.isolate === undefined) this.boundaries.heal();
    else this.boundaries.endOutages();
    this.cast.receiver.relieve();
    this.system.heal();
    this.reader?.heal();
    this.clock.after(0, () => this.#morningAfter());
  }

  #morningAfter(): void {
    let nth = 0;
    for (const municipality of this.#scenario.municipalities) {
      if (!municipality.served) continue;
      for (const district of municipality.districts)
        for (const by of this.#waysTo(municipality)) {
          nth += 1;
          this.#submit({
            kind: "sends",
            label: `morning-${nth}`,
            messageKind: "offentlig",
            version: 1,
            to: { municipality: municipality.number, district: district.number },
            content: "short",
            ...(by === undefined ? {} : { by }),
          });
        }
    }
    this.ledger.record({ kind: "phase", phase: "drain" });
    const { longestLifeMs } = parametersOf(this.#scenario);
    const drainMs = Math.max(...this.#channels().map((channel) => channel.drainMs));
    this.clock.after(drainMs + 1, () => {
      this.ledger.record({ kind: "phase", phase: "age" });
      this.clock.after(longestLifeMs + 1, () => {
        this.ledger.record({ kind: "phase", phase: "end" });
        this.ended = true;
        this.system.over();
        this.reader?.over();
      });
    });
  }

  /** Who sends the fresh messages; a sender's own goes where somebody may read it. */
  #waysTo(municipality: Municipality): readonly Sends["by"][] {
    const channels = this.#scenario.channels ?? ["fiks-io"];
    if (this.reader !== undefined) return [undefined];
    if (this.#scenario.tests === "sender") {
      const kinds = (["confidential", "dispatch"] as const).map((kind) => placeOf(kind, municipality.number));
      const read = kinds.some(
        (place) => channels.includes(place.channel) && this.cast.rights.readersAt(place).length > 0,
      );
      return read ? [undefined] : [];
    }
    return channels.map((channel) => (channel === "fiks-io" ? undefined : channel));
  }

  /** D of each channel holds the system's own longest retry, and what it takes for its work: RULES.md, *End of a run*. */
  #channels(): Parameters["channels"] {
    const { maxRetryDelayMs = 0, settleMs = 0, probe } = this.#options;
    const ownMs = maxRetryDelayMs + settleMs + (probe?.settleMs ?? 0);
    return this.cast.parameters.channels.map((one) => ({ ...one, drainMs: one.drainMs + ownMs }));
  }

  #runEntry(): Extract<Draft, { kind: "run" }> {
    const { seed, profile, tier, sutHash, nextHash, maxRetryDelayMs, probe, reader } = this.#options;
    const sut = { party: this.system.party, role: this.#sut.role };
    const suts = [
      { ...sut, hash: sutHash },
      ...(nextHash === undefined ? [] : [{ ...sut, hash: nextHash }]),
      ...(this.reader === undefined || reader === undefined
        ? []
        : [{ party: this.reader.party, role: "integration" as const, hash: reader.sutHash }]),
    ];
    const parameters: Parameters = {
      ...this.cast.parameters,
      channels: this.#channels(),
      ...(maxRetryDelayMs === undefined ? {} : { maxRetryDelayMs }),
      profile: profile ?? "default",
      startsAt: rfc3339(this.#startMs),
    };
    return {
      kind: "run",
      schema: "komfrem.ledger/v1",
      ruleVersions: Object.fromEntries(rules.map(({ id, version }) => [id, version])),
      scenario: this.#scenario.id,
      scenarioHash: createHash("sha256").update(JSON.stringify(this.#scenario)).digest("hex"),
      seed,
      generatorVersion,
      tierByDomain: { world: "driven", ...Object.fromEntries(suts.map(({ party }) => [party, tier])) },
      suts,
      parameters,
      fidelity: probe?.fidelity ?? receiverFidelity,
      switches: this.cast.switches,
      observers: [
        { name: "receiver", reads: ["registered", "held"], settleMs: 0 },
        { name: "log", reads: ["log"], settleMs: 0 },
        ...(probe === undefined
          ? []
          : [{ name: "product", reads: ["registered", "held", "opened", "shown"], settleMs: probe.settleMs }]),
      ],
    };
  }
}

/** When the backups are taken that a scenario restores the system from, ms since its first step. */
function backupsFor(steps: readonly Step[]): readonly number[] {
  const found: number[] = [];
  let passed = 0;
  for (const step of steps) {
    if (step.kind === "waits") passed += step.ms;
    if (step.kind === "restores" && step.party === "integration" && step.agoMs <= passed)
      found.push(passed - step.agoMs);
  }
  return found;
}

function isolationId(delivery: DeliveryId): string {
  return `isolate-and-kill ${delivery}`;
}

/** Kills the system once its answer for a delivery has taken effect, and before it hears of that. */
function isolateAndKill({ delivery, answer }: Unstored): Fault {
  return {
    id: isolationId(delivery),
    // Without faults its first try has effect.
    at: `${answer.replace(/\/\d+$/, "/1")}:done`,
    does: { kind: "crash", class: "power", survives: "none" },
  };
}

function lastLines(log: readonly string[]): string {
  if (log.length === 0) return "";
  return ` Its last lines: ${log.slice(-5).join(" | ")}`;
}
