import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync } from "node:fs";
import type { Socket } from "node:net";
import { join } from "node:path";
import { dayMs, minuteMs } from "../../core/calendar.ts";
import { HarnessError } from "../../core/error.ts";
import type { LedgerEntry } from "../../core/ledger.ts";
import type { DeliveryId } from "../../core/names.ts";
import type { Scenario, Version } from "../../core/scenario.ts";
import { FiksIo } from "../../simulators/fiks-io/fiks-io.ts";
import type { Asker } from "../../simulators/wire.ts";
import { Holdings } from "../holdings.ts";
import { bundleOf } from "../simulated/bundle.ts";
import { Stage, type StageOptions } from "../stage.ts";
import {
  type Costs,
  isUpgraded,
  type Product,
  type ProductTime,
  type ReadyCheck,
  type RunOptions,
  type SendPlace,
  type SystemProbe,
  type SystemUnderTest,
} from "../world.ts";
import { Backups } from "./backups.ts";
import { ClockServer } from "./clock-server.ts";
import { limitDisk } from "./disk.ts";
import { cannotStart, neverReady, whyOf } from "./endings.ts";
import { writeEndpoints } from "./endpoints-file.ts";
import { FakedClock, neededLibfaketime } from "./faked-clock.ts";
import type { UnderWay } from "./http-server.ts";
import { JournalReader } from "./journal.ts";
import { resetProduct, surroundingsOf } from "./launch.ts";
import { machineClock } from "./machine-clock.ts";
import { ProbeObserver } from "./observers/probe.ts";
import { declaredFidelity } from "./observers/probe-reading.ts";
import { placed } from "./observers/probe-source.ts";
import { freePort, Orders } from "./orders.ts";
import { removeFolder, runFolder } from "./orphans.ts";
import { Outbox } from "./outbox.ts";
import type { Passing } from "./passing.ts";
import { whenReady } from "./ready.ts";
import { Servers } from "./servers.ts";
import { dataName, type Inability, type Site, siteOf } from "./site.ts";
import type { Ended, Started, Watch } from "./started.ts";
import { Starts } from "./starts.ts";
import { Starved } from "./starved.ts";
import { passAlong } from "./time-along.ts";
import { passDriven } from "./time-driven.ts";
import { passFaked } from "./time-faked.ts";
import { startingNear, TimeFlow } from "./time-flow.ts";
import { Tls, trusting } from "./tls.ts";

const heartbeatSeconds = 60;
/** Real time a system may take to come to rest, ms; before it was ever heard of, this is how long its start may take. */
const restlessMs = 30_000;
/** How long a grace is in real time at most, ms. */
const longestGraceMs = 10_000;
/** Exit code of `komfrem host` where it could not start the module at all. */
const hostCannot = 3;

/** How far ahead of the machine's a clock that we move begins, at least: nothing on the machine is older then. */
const aheadMs = dayMs;

const realTimeout = setTimeout;

export type LiveOptions = RunOptions & Pick<StageOptions, "isolate"> & { readonly shownHeld?: readonly DeliveryId[] };

/** One run of a scenario against a process: its servers, its files, its processes. Ended once, with everything it opened. */
export class LiveRun implements Passing {
  readonly #scenario: Scenario;
  readonly #sut: SystemUnderTest;
  readonly #options: LiveOptions;
  readonly outbox: Outbox = new Outbox();
  readonly underWay: UnderWay = { count: 0 };
  readonly #starts: Starts = new Starts(() => this.#wake());
  readonly #clockSockets = new Map<Socket, Started | undefined>();
  readonly #folder: string = runFolder();
  readonly restlessMs: number;
  #servers!: Servers;
  #stage!: Stage;
  #clock!: ClockServer;
  /** What stands in the store that `komfrem host` gives; looked at before anything else the system does counts. */
  #journal!: JournalReader;
  #holdings!: Holdings;
  #flow: TimeFlow | undefined;
  #probe: ProbeObserver | undefined;
  /** Set for a sender. */
  #orders: Orders | undefined;
  #ready: ReadyCheck | undefined;
  #backups: Backups | undefined;
  /** The start that was last asked to stop, and when its grace is over, by `performance.now()`. */
  #stopping: { readonly running: Started; readonly untilMs: number } | undefined;
  /** The instant of the backup that is to be put back, epoch ms. */
  #putBackTo: number | undefined;
  #site: Site | undefined;
  #faked: FakedClock | undefined;
  #environment: NodeJS.ProcessEnv = {};
  readonly #costs: { resetMs?: number; readonly startsMs: number[] } = { startsMs: [] };
  /** Places outside the run that it was refused. */
  readonly #refused = new Set<string>();
  #isPausing = false;
  /** What its config waits for has come, in one start or another. */
  #hasBeenReady = false;
  #woken: (() => void)[] = [];
  /** Entries that were looked through for what is not of this run. */
  #lookedAt = 0;
  /** How often anything was heard from the system. */
  #asks = 0;

  constructor(scenario: Scenario, sut: SystemUnderTest, options: LiveOptions) {
    this.#scenario = timed(scenario, sut.product?.time);
    this.#sut = sut;
    this.#options = options;
    this.restlessMs = options.watchdogMs ?? restlessMs;
  }

  /** @throws {HarnessError} The system could not be started, was never ready, or a port could not be had. */
  async perform(): Promise<Pick<Stage, "entries" | "log" | "witness"> & { readonly costs: Costs }> {
    const { module } = this.#sut;
    if (!existsSync(module))
      throw new HarnessError({
        happened: `There is no integration at ${module}.`,
        because: "No such file.",
        next: "Give the path of a TypeScript or JavaScript module: komfrem run --world live --integration ./mine.ts",
      });
    this.#site = await siteOf(this.#sut, this.#folder);
    const { product } = this.#sut;
    this.#servers = this.#serversOf(product);
    const addresses = await this.#servers.listen();
    const place =
      this.#sut.role === "sender" ? (product?.send ?? { port: await freePort(), path: "/send" }) : undefined;
    if (place !== undefined) this.#orders = this.#ordersAt(place);
    this.#ready = product?.ready ?? (place === undefined ? undefined : { kind: "port", port: place.port });
    const compressed = product?.time.tier === "compressed" ? product.time : undefined;
    const ratio = compressed === undefined ? 1 : dayMs / compressed.dayTakesMs;
    const isDriven = product === undefined || product.time.tier === "driven";
    if (product?.time.tier === "faketime")
      this.#faked = new FakedClock(this.#folder, neededLibfaketime(), surroundings());
    const nearMs = Date.now() + (this.#faked === undefined ? 0 : aheadMs + weekMs);
    this.#stage = new Stage(this.#scenario, this.#sut, {
      ...this.#options,
      addresses,
      fiksIo: (given, setup) => new FiksIo(given, setup),
      tier: compressed === undefined ? "driven" : "compressed",
      ...(isDriven ? {} : { startMs: startingNear(this.#scenario.startsAt, nearMs) }),
      ...(compressed === undefined ? {} : { systemClock: machineClock }),
      ...(product === undefined
        ? {}
        : {
            maxRetryDelayMs: Math.ceil(product.maxRetryDelayMs * ratio),
            settleMs: Math.ceil(product.settleMs * ratio),
            ...(product.probe === undefined
              ? {}
              : {
                  probe: {
                    settleMs: Math.ceil(product.probe.settleMs * ratio),
                    fidelity: declaredFidelity(product.probe.fidelity),
                  },
                }),
          }),
      sutHash: await hashOf(module, this.#site.identity),
      ...(isUpgraded(this.#scenario, this.#sut) ? { nextHash: await hashOf(this.#sut.next) } : {}),
      // As in memory: what the system does at the same time has arrived before an answer leaves.
      latencyMs: (asker) =>
        asker.party === this.#stage.system.party && isDriven ? 1 + Math.floor(latency.next() * 40) : 0,
      showAnew: (origin) => this.#servers.showAnew(origin),
      startHeartbeat: (everyMs, beat) => {
        const heart = setInterval(beat, everyMs);
        heart.unref();
        return () => clearInterval(heart);
      },
      control: {
        start: (nth, version) => this.#start(nth, version),
        kill: (nth, how) => this.#kill(nth, how.class),
        askToStop: (nth, graceMs) => this.#askToStop(nth, graceMs),
        pause: (nth) => this.#pause(nth),
        resume: (nth) => this.outbox.say(() => this.#starts.at(nth)?.resume()),
        order: (nth, order, then) => {
          const running = this.#starts.at(nth);
          if (running === undefined || this.#orders === undefined) then({ kind: "lost" });
          else this.#orders.give(running, order, then);
        },
        backUp: () => this.#backUp(),
        restore: (epochMs) => {
          this.#putBackTo = epochMs;
          this.#putBack();
        },
      },
    });
    const latency = this.#stage.randomOf(0).fork("latency");
    this.#clock = new ClockServer(
      this.#stage.clock,
      () => this.#wake(),
      (waiting) =>
        this.#starts.here.length < 2 ||
        this.#starts.here.every((start) => waiting.some((from) => this.#clockSockets.get(from) === start)),
    );
    const clockPort = await this.#servers.open(this.#clock.server, (socket) => {
      this.#clockSockets.set(socket, this.#starts.opener(socket));
      socket.on("close", () => this.#clockSockets.delete(socket));
    });
    const nowUrl = `http://${this.#address}:${clockPort}/`;
    const dataDirectory = join(this.#folder, dataName);
    mkdirSync(dataDirectory);
    const diskMb = product?.container?.limits?.diskMb;
    if (diskMb !== undefined) limitDisk(dataDirectory, diskMb);
    const starved = new Starved(() => this.#starts.last?.group);
    if (!isDriven)
      this.#flow =
        this.#faked === undefined
          ? new TimeFlow(
              this.#stage.clock,
              ratio,
              () => this.standsStill,
              () => starved.sinceMs(),
            )
          : new TimeFlow(this.#stage.clock, ratio, () => this.#isStopping);
    this.#faked?.set(this.#stage.clock.now());
    this.#holdings = new Holdings(this.#stage, this.#options.shownHeld ?? []);
    this.#journal = new JournalReader(dataDirectory, (changed) => this.#holdings.changed(changed));
    const { pollIntervalMs } = compressed ?? this.#stage.endpoints;
    const { authority } = this.#servers;
    const leaves = writeEndpoints(
      this.#folder,
      {
        ...this.#stage.endpoints,
        pollIntervalMs,
        ...(place === undefined ? {} : { sendUrl: `http://${this.#ownHost}:${place.port}${place.path}` }),
      },
      {
        dataDirectory,
        nowUrl: isDriven ? nowUrl : undefined,
        ...(authority === undefined ? {} : { authority }),
      },
    );
    this.#environment = {
      ...surroundings(),
      ...trusting(leaves, surroundings()),
      ...this.#faked?.environment,
      ...(await this.#relays()),
      ...leaves,
    };
    const began = performance.now();
    await resetProduct(this.#sut, { ...surroundings(), KOMFREM_DATA_DIRECTORY: dataDirectory });
    if (product?.reset !== undefined) this.#costs.resetMs = performance.now() - began;
    if (isRestored(this.#scenario))
      this.#backups = new Backups(this.#folder, dataDirectory, product, {
        ...surroundings(),
        KOMFREM_DATA_DIRECTORY: dataDirectory,
      });
    if (product?.probe !== undefined) this.#probe = this.#probeOf(product, product.probe);
    this.#stage.begin();
    if (!(await this.#letTimePass())) this.#giveUp();
    await this.#probe?.conclude();
    this.#journal.follow();
    if (this.#stage.error !== undefined) throw this.#stage.error;
    return { entries: this.#judgeable(), log: this.#stage.log, witness: this.#stage.witness, costs: this.#costs };
  }

  /** Ends the system, closes every port, removes every file. */
  async close(): Promise<void> {
    for (const start of this.#starts.here) start.kill();
    const deadline = performance.now() + 5000;
    while (this.#starts.here.length > 0 && performance.now() < deadline) await this.woke(50);
    this.#clock?.close();
    this.#journal?.close();
    this.#starts.close();
    for (const socket of this.#clockSockets.keys()) socket.destroy();
    await this.#servers?.close();
    await this.#site?.close();
    removeFolder(this.#folder);
  }

  #serversOf(product: Product | undefined): Servers {
    const tls =
      product?.tls === true
        ? new Tls([this.#address, "localhost"], (why) =>
            this.#stage.say(`komfrem: a TLS connection was not made: ${why}`),
          )
        : undefined;
    return new Servers(this.#address, tls, {
      outbox: this.outbox,
      underWay: this.underWay,
      starts: this.#starts,
      stage: () => this.#stage,
      asker: (running) => this.#asker(running),
      heard: () => this.#catchUp(),
      asked: (request) => this.#faked?.look(request, this.#stage.clock.now()),
      answered: (running) => this.#answered(running),
      done: () => {
        if (product !== undefined) this.#lookForStrangers();
      },
      heartbeatSeconds: () => (this.#faked === undefined ? heartbeatSeconds : 0),
    });
  }

  #ordersAt(place: SendPlace): Orders {
    return new Orders({
      outbox: this.outbox,
      underWay: this.underWay,
      place,
      connected: (socket, incarnation) => this.#starts.watch(socket, incarnation),
      heard: () => this.#catchUp(),
      say: (line) => this.#stage.say(line),
    });
  }

  /** Where the system is to listen; a container has an address that it does not know. */
  get #ownHost(): string {
    const { product } = this.#sut;
    if (product?.container !== undefined) return "0.0.0.0";
    return product?.service?.host ?? "127.0.0.1";
  }

  #probeOf(product: Product, probe: SystemProbe): ProbeObserver {
    const environment = surroundingsOf(product, this.#environment);
    const source = placed(probe.source, this.#environment);
    return new ProbeObserver(this.#stage, { ...probe, source }, { environment, folder: product.folder });
  }

  /** Puts a relay before each of the system's own dependencies, and gives their places as leaves. */
  async #relays(): Promise<Readonly<Record<string, string>>> {
    const leaves: Record<string, string> = {};
    for (const { name, host, port: at } of this.#sut.product?.dependencies ?? []) {
      const to = { host: this.#site?.hosts?.[host] ?? host, port: at };
      const place = await this.#servers.relay(
        { name, to },
        this.#flow === undefined || this.#faked !== undefined
          ? { nowMs: () => this.#stage.clock.now(), silentMs: 60_000 }
          : machinePace,
      );
      const leaf = `KOMFREM_DEPENDENCY_${name.toUpperCase().replaceAll("-", "_")}`;
      Object.assign(leaves, {
        [leaf]: `${place.host}:${place.port}`,
        [`${leaf}_HOST`]: place.host,
        [`${leaf}_PORT`]: String(place.port),
      });
    }
    return leaves;
  }

  /** A product that is connected to anything real must not hand it to us: the run ends at the first of it. */
  #lookForStrangers(): void {
    const { entries } = this.#stage;
    for (; this.#lookedAt < entries.length; this.#lookedAt++) {
      const exchange = entries[this.#lookedAt]?.exchange ?? "";
      if (!exchange.startsWith("receiver.register(?")) continue;
      this.#stage.error = new HarnessError({
        happened: `${this.#sut.name} registered something that was not sent in this run.`,
        because:
          "It names no message of ours, and nothing that we have planted stands in it: it may be real. Nothing of it was kept or shown.",
        next: "See that the product is connected to nothing else, and that reset in its config leaves nothing of an earlier run behind.",
      });
      this.#stage.ended = true;
    }
  }

  /** Whatever the system does now, it does at this time, and after what it has stored. */
  #catchUp(): void {
    this.#asks += 1;
    if (this.#flow !== undefined && !this.standsStill) this.#flow.catchUp();
    this.#journal.follow();
    this.#holdings.shown();
  }

  traffic(): number {
    return this.#starts.traffic();
  }

  get stage(): Stage {
    return this.#stage;
  }

  get process(): Started | undefined {
    return this.#starts.last;
  }

  get outgoing(): Started | undefined {
    return this.#starts.outgoing;
  }

  get probe(): ProbeObserver | undefined {
    return this.#probe;
  }

  get asks(): number {
    return this.#asks;
  }

  isConnected(incarnation: number): boolean {
    return this.#starts.isConnected(incarnation);
  }

  #letTimePass(): Promise<boolean> {
    if (this.#flow === undefined) return passDriven(this, this.#clock);
    return this.#faked === undefined ? passAlong(this, this.#flow) : passFaked(this, this.#faked, this.#flow);
  }

  #asker(running: Started | undefined): Asker | undefined {
    if (running === undefined || !running.here || running.killed) return undefined;
    return { party: this.#stage.system.party, incarnation: running.incarnation };
  }

  get #address(): string {
    return this.#site?.address ?? "127.0.0.1";
  }

  /** It has heard from us: ready, where its config waits for nothing else. */
  #answered(running: Started | undefined): void {
    if (running === undefined || running.ready || this.#ready !== undefined) return;
    running.ready = true;
    this.#costs.startsMs.push(performance.now() - running.startedMs);
  }

  #backUp(): void {
    const atMs = this.#stage.clock.now();
    const take = (): void => this.#attempt(() => this.#backups?.take(atMs));
    // What is being written is half there, as it would be in a copy of a disk.
    const running = this.#starts.here.filter(({ paused }) => !paused);
    running.reduce<() => void>((does, start) => () => start.still(does), take)();
  }

  /** Whatever cannot be done ends the run with its error. */
  #attempt(does: () => void): void {
    try {
      does();
    } catch (error) {
      if (!(error instanceof HarnessError)) throw error;
      this.#failed(error);
    }
  }

  /** Puts a backup back, once the machine has taken away whatever still writes there. */
  #putBack(): void {
    const epochMs = this.#putBackTo;
    if (epochMs === undefined || this.#starts.here.length > 0) return;
    this.#putBackTo = undefined;
    this.#attempt(() => {
      this.#journal.follow();
      this.#backups?.putBack(epochMs);
      this.#holdings.putBack(this.#journal.afresh());
    });
  }

  #start(nth: number, version: Version): void {
    // Randomness as in memory: drawn from the seed, anew in each start.
    const environment = { ...this.#environment, KOMFREM_SEED: `${this.#options.seed}/${nth}` };
    const check = this.#ready;
    let toReady: ((line: string) => void) | undefined;
    let started: Started | undefined;
    const watch: Watch = {
      line: (line) => {
        this.#stage.hearLog(line);
        toReady?.(line);
      },
      changed: () => {
        this.#paused();
        this.#wake();
      },
      wentOut: (to) => this.#wentOut(to),
      ended: (end) => {
        if (started?.group !== undefined) this.#faked?.forget(started.group);
        this.#paused();
        this.#ended(nth, end);
        this.#wake();
      },
    };
    this.#attempt(() => {
      this.#starts.begun(() => {
        started = this.#site?.start(nth, version, environment, watch);
        return started;
      });
    });
    if (check === undefined || started === undefined) return;
    toReady = whenReady(check, started, join(this.#folder, dataName), () => {
      this.#hasBeenReady = true;
      if (started !== undefined) this.#costs.startsMs.push(performance.now() - started.startedMs);
      this.#stage.markReady();
      this.#wake();
    });
  }

  /** Whoever is refused what he would get elsewhere does not show here what he does there. */
  #wentOut(to: string): void {
    if (this.#refused.has(to) || this.#stage.ended) return;
    this.#refused.add(to);
    this.#catchUp();
    this.#stage.ledger.record({ kind: "doubted", what: `the system tried to go out to ${to}, and was refused` });
  }

  #failed(error: HarnessError): void {
    this.#stage.error = error;
    this.#stage.ended = true;
  }

  #ended(nth: number, end: Ended): void {
    const ended = this.#starts.ended(nth);
    this.#orders?.over(nth);
    this.#putBack();
    if (ended === undefined || this.#stage.ended) return;
    if (end.cannot !== undefined) return this.#failed(end.cannot);
    if (ended.killed) return;
    if (!this.wasReady) {
      if (this.#sut.product === undefined && end.code === hostCannot) return this.#failed(cannotStart(this.#sut, end));
      if (this.#sut.product !== undefined)
        return this.#failed(this.#neverReady(`It ended before that: ${whyOf(end) ?? "exit code 0"}.`));
    }
    this.#stage.system.ended(nth, whyOf(end));
  }

  #kill(nth: number, how: "process" | "power"): void {
    this.#orders?.over(nth);
    const running = this.#starts.at(nth);
    if (running === undefined) return;
    if (how === "power")
      this.#stage.ledger.record({
        kind: "doubted",
        what: "a power cut was carried out as a kill: a process of this world loses nothing that it wrote, synced or not",
      });
    this.#attempted("kill", "kill it");
    running.kill();
    // What it still says is not heard: the machine takes its time to end it.
    this.#starts.mute(nth);
  }

  #askToStop(nth: number, graceMs: number): void {
    const running = this.#starts.at(nth);
    if (running === undefined) return;
    // Where its clock is ours, or shown by us, its grace passes as all time does.
    if (this.#sut.product?.time.tier === "compressed")
      this.#stopping = { running, untilMs: performance.now() + Math.min(graceMs, longestGraceMs) };
    this.outbox.say(() => running.askToStop());
  }

  /** Whether it was asked to stop, and has some of its grace left: that is as long in real time as it is in the world's. */
  get #isStopping(): boolean {
    if (this.#stopping === undefined) return false;
    const { running, untilMs } = this.#stopping;
    return running.here && !running.killed && performance.now() < untilMs;
  }

  /** Until the machine has paused it, it hears nothing more. */
  #pause(nth: number): void {
    const running = this.#starts.at(nth);
    if (running === undefined) return;
    this.#attempted("pause", "pause it");
    running.pause();
    if (!running.busy || this.#isPausing) return;
    this.#isPausing = true;
    this.outbox.hold();
  }

  #paused(): void {
    if (!this.#isPausing || this.#starts.last?.busy) return;
    this.#isPausing = false;
    this.outbox.release();
  }

  /** What cannot be done to it is not as if it had been done. */
  #attempted(what: Inability, said: string): void {
    if (this.#stage.ended || !this.#site?.cannot.includes(what)) return;
    this.#stage.ledger.record({ kind: "doubted", what: `nothing in its config says how to ${said}: it went on` });
  }

  /** Whether a start is what its config waits for, and as we wanted it. */
  isUp(running: Started | undefined): boolean {
    return running === undefined || (!running.busy && (this.#ready === undefined || running.ready));
  }

  get wasReady(): boolean {
    if (this.#ready !== undefined) return this.#hasBeenReady;
    return this.#stage.entries.some((entry) => entry.kind === "told" && entry.to === this.#stage.system.party);
  }

  /** Whether time stands still: while the system starts, and while the machine takes away one that was killed. */
  get standsStill(): boolean {
    const running = this.#starts.last;
    if (running === undefined || this.#sut.product === undefined) return false;
    if (running.killed || !running.here) return running.here;
    if (this.#starts.outgoing?.killed) return this.#starts.outgoing.here;
    if (this.#isStopping) return true;
    return running.busy || (!running.ready && performance.now() - running.startedMs < this.#sut.product.readyWithinMs);
  }

  /** The system does not come to rest: never ready, or a run that proves nothing. */
  #giveUp(): void {
    if (!this.wasReady) {
      this.#stage.error = this.#neverReady();
      return;
    }
    const seconds = Math.round(this.restlessMs / 1000);
    const last = this.#stage.entries.findLast((entry) => entry.exchange !== undefined);
    this.#stage.ledger.record({
      kind: "doubted",
      what:
        this.#clock.asked === 0
          ? "the system never asked the world's clock, so time could not be moved"
          : `spins at ${last?.exchange ?? "its start"}: the system did not come to rest within ${seconds} s of real time`,
    });
  }

  #neverReady(why?: string): HarnessError {
    return neverReady(this.#sut, {
      check: this.#ready,
      withinMs: this.#sut.product?.readyWithinMs ?? this.restlessMs,
      ...(why === undefined ? {} : { why }),
      log: this.#stage.log,
    });
  }

  /** The ledger, with the clock's tier as it was seen to be. */
  #judgeable(): readonly LedgerEntry[] {
    const [run, ...rest] = this.#stage.entries;
    if (run?.kind === "run" && this.#faked !== undefined)
      return [{ ...run, tierByDomain: { ...run.tierByDomain, [this.#stage.system.party]: this.#faked.tier } }, ...rest];
    if (run?.kind !== "run" || this.#clock.asked > 0 || this.#flow !== undefined) return this.#stage.entries;
    return [{ ...run, tierByDomain: { ...run.tierByDomain, [this.#stage.system.party]: "none" } }, ...rest];
  }

  #wake(): void {
    for (const woken of this.#woken.splice(0)) woken();
  }

  /** Until something of the system's has changed, but no longer than this, real ms. */
  woke(atMostMs: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = realTimeout(resolve, atMostMs);
      this.#woken.push(() => {
        clearTimeout(timer);
        resolve();
      });
    });
  }
}

const weekMs = 7 * dayMs;

/** What a system on its own does at a time is within a fraction of a second. */
const machinePace = { nowMs: () => performance.now(), silentMs: 200 } as const;

/** The scenario with polls as far apart as they truly are. */
function timed(scenario: Scenario, time: ProductTime | undefined): Scenario {
  if (time?.tier !== "compressed" && time?.tier !== "faketime") return scenario;
  if (time.pollIntervalMs === undefined) return scenario;
  const pollMs = time.tier === "compressed" ? (time.pollIntervalMs / time.dayTakesMs) * dayMs : time.pollIntervalMs;
  const pollIntervalMinutes = Math.max(1, Math.ceil(pollMs / minuteMs));
  return { ...scenario, switches: { ...scenario.switches, pollIntervalMinutes } };
}

function isRestored({ steps }: Scenario): boolean {
  return steps.some((step) => step.kind === "restores" && step.party === "integration");
}

/** The same as in memory where the module can be bundled; else that of its one file. */
async function hashOf(module: string, identity?: string): Promise<string> {
  const hash = await bundleOf(module).then(
    (bundle) => bundle.hash,
    () => createHash("sha256").update(readFileSync(module)).digest("hex"),
  );
  return identity === undefined ? hash : createHash("sha256").update(`${hash}\n${identity}`).digest("hex");
}

/** What a system finds in its environment besides ours: nothing of another run, and nothing that alters Node. */
function surroundings(): NodeJS.ProcessEnv {
  return Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !/^(KOMFREM_|NODE_OPTIONS$|NODE_V8_COVERAGE$|VITEST)/.test(name)),
  );
}
