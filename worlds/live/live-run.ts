import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import type { Server as HttpServer } from "node:http";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import { join } from "node:path";
import { dayMs, minuteMs } from "../../core/calendar.ts";
import type { Clock } from "../../core/clock.ts";
import { HarnessError } from "../../core/error.ts";
import type { LedgerEntry } from "../../core/ledger.ts";
import type { DeliveryId } from "../../core/names.ts";
import type { Scenario, Version } from "../../core/scenario.ts";
import { FiksIo } from "../../simulators/fiks-io/fiks-io.ts";
import type { Asker } from "../../simulators/wire.ts";
import type { Addresses } from "../cast.ts";
import { Holdings } from "../holdings.ts";
import { bundleOf } from "../simulated/bundle.ts";
import { Stage, type StageOptions } from "../stage.ts";
import {
  isUpgraded,
  type Product,
  type ProductTime,
  type RunOptions,
  type SystemProbe,
  type SystemUnderTest,
} from "../world.ts";
import { Backups } from "./backups.ts";
import { ClockServer } from "./clock-server.ts";
import { writeEndpoints } from "./endpoints-file.ts";
import { httpServer, type UnderWay } from "./http-server.ts";
import { JournalReader } from "./journal.ts";
import { launchOf, resetProduct, surroundingsOf } from "./launch.ts";
import { ProbeObserver } from "./observers/probe.ts";
import { declaredFidelity } from "./observers/probe-reading.ts";
import { placed } from "./observers/probe-source.ts";
import { runFolder } from "./orphans.ts";
import { Outbox, saidThrough } from "./outbox.ts";
import { type ProcessEnd, SystemProcess } from "./process.ts";
import { relay } from "./relay.ts";
import { startingNear, TimeFlow } from "./time-flow.ts";

const loopback = "127.0.0.1";
const heartbeatSeconds = 60;
/** Real time a system may take to come to rest, ms; before it was ever heard of, this is how long its start may take. */
const restlessMs = 30_000;
/** Bytes on no line, and no answer under way, for so long: real ms. */
const quietMs = 2;
/** How often in a row the system must ask for the time again without doing anything else. */
const quietRounds = 2;
/** Times the system may be woken at one instant before it is going round in circles. */
const mostWakesAtOnce = 2000;
/** Exit code of `komfrem host` where it could not start the module at all. */
const hostCannot = 3;

const realTimeout = setTimeout;

export type LiveOptions = RunOptions & Pick<StageOptions, "isolate"> & { readonly shownHeld?: readonly DeliveryId[] };

/** One run of a scenario against a process: its servers, its files, its processes. Ended once, with everything it opened. */
export class LiveRun {
  readonly #scenario: Scenario;
  readonly #sut: SystemUnderTest;
  readonly #options: LiveOptions;
  readonly #outbox = new Outbox();
  readonly #underWay: UnderWay = { count: 0 };
  readonly #servers: (Server | HttpServer)[] = [];
  /** Open connections of the system, but for those to the clock, and whose they are. */
  readonly #sockets = new Map<Socket, number>();
  readonly #clockSockets = new Set<Socket>();
  readonly #folder: string = runFolder();
  readonly #restlessMs: number;
  #stage!: Stage;
  #clock!: ClockServer;
  /** What stands in the store that `komfrem host` gives; looked at before anything else the system does counts. */
  #journal!: JournalReader;
  #holdings!: Holdings;
  #flow: TimeFlow | undefined;
  #probe: ProbeObserver | undefined;
  #backups: Backups | undefined;
  /** The instant of the backup that is to be put back, epoch ms. */
  #putBackTo: number | undefined;
  #process: SystemProcess | undefined;
  #environment: NodeJS.ProcessEnv = {};
  /** Bytes on connections that have closed, and their number. */
  #past = 0;
  #woken: (() => void)[] = [];

  constructor(scenario: Scenario, sut: SystemUnderTest, options: LiveOptions) {
    this.#scenario = timed(scenario, sut.product?.time);
    this.#sut = sut;
    this.#options = options;
    this.#restlessMs = options.watchdogMs ?? restlessMs;
  }

  /** @throws {HarnessError} The system could not be started, was never ready, or a port could not be had. */
  async perform(): Promise<Pick<Stage, "entries" | "log" | "witness">> {
    const { module } = this.#sut;
    if (!existsSync(module))
      throw new HarnessError({
        happened: `There is no integration at ${module}.`,
        because: "No such file.",
        next: "Give the path of a TypeScript or JavaScript module: komfrem run --world live --integration ./mine.ts",
      });
    const addresses = await this.#listen();
    const { product } = this.#sut;
    const compressed = product?.time.tier === "compressed" ? product.time : undefined;
    const ratio = compressed === undefined ? 1 : dayMs / compressed.dayTakesMs;
    this.#stage = new Stage(this.#scenario, this.#sut, {
      ...this.#options,
      addresses,
      fiksIo: (given, setup) => new FiksIo(given, setup),
      tier: product?.time.tier ?? "driven",
      ...(compressed === undefined
        ? {}
        : { startMs: startingNear(this.#scenario.startsAt, Date.now()), systemClock: machineClock }),
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
      sutHash: await hashOf(module),
      ...(isUpgraded(this.#scenario, this.#sut) ? { nextHash: await hashOf(this.#sut.next) } : {}),
      // As in memory: what the system does at the same time has arrived before an answer leaves.
      latencyMs: (asker) =>
        asker.party === this.#stage.system.party && compressed === undefined ? 1 + Math.floor(latency.next() * 40) : 0,
      startHeartbeat: (everyMs, beat) => {
        const heart = setInterval(beat, everyMs);
        heart.unref();
        return () => clearInterval(heart);
      },
      control: {
        start: (nth, version) => this.#start(nth, version),
        kill: (nth, how) => this.#kill(nth, how.class),
        askToStop: (nth) => this.#outbox.say(() => this.#processOf(nth)?.askToStop()),
        pause: (nth) => this.#processOf(nth)?.pause(),
        resume: (nth) => this.#outbox.say(() => this.#processOf(nth)?.resume()),
        order: (_nth, _order, then) => then({ kind: "lost" }),
        backUp: () => this.#backUp(),
        restore: (epochMs) => {
          this.#putBackTo = epochMs;
          this.#putBack();
        },
      },
    });
    const latency = this.#stage.randomOf(0).fork("latency");
    this.#clock = new ClockServer(this.#stage.clock, () => this.#wake());
    const nowUrl = `http://${loopback}:${await this.#open(this.#clock.server, (socket) => this.#clockSockets.add(socket))}/`;
    const dataDirectory = join(this.#folder, "data");
    mkdirSync(dataDirectory);
    if (compressed !== undefined) this.#flow = new TimeFlow(this.#stage.clock, ratio);
    this.#holdings = new Holdings(this.#stage, this.#options.shownHeld ?? []);
    this.#journal = new JournalReader(dataDirectory, (changed) => this.#holdings.changed(changed));
    const { pollIntervalMs } = compressed ?? this.#stage.endpoints;
    this.#environment = {
      ...surroundings(),
      ...(await this.#relays()),
      ...writeEndpoints(
        this.#folder,
        { ...this.#stage.endpoints, pollIntervalMs },
        {
          dataDirectory,
          nowUrl: compressed === undefined ? nowUrl : undefined,
        },
      ),
    };
    await resetProduct(this.#sut, { ...surroundings(), KOMFREM_DATA_DIRECTORY: dataDirectory });
    if (isRestored(this.#scenario))
      this.#backups = new Backups(this.#folder, dataDirectory, product, {
        ...surroundings(),
        KOMFREM_DATA_DIRECTORY: dataDirectory,
      });
    if (product?.probe !== undefined) this.#probe = this.#probeOf(product, product.probe);
    this.#stage.begin();
    await (this.#flow === undefined ? this.#play() : this.#playAlong(this.#flow));
    await this.#probe?.conclude();
    this.#journal.follow();
    if (this.#stage.error !== undefined) throw this.#stage.error;
    return { entries: this.#judgeable(), log: this.#stage.log, witness: this.#stage.witness };
  }

  /** Ends the system, closes every port, removes every file. */
  async close(): Promise<void> {
    this.#process?.kill();
    const deadline = performance.now() + 5000;
    while (this.#process?.here && performance.now() < deadline) await this.#woke(50);
    this.#clock?.close();
    this.#journal?.close();
    for (const socket of [...this.#sockets.keys(), ...this.#clockSockets]) socket.destroy();
    await Promise.all(this.#servers.map((server) => new Promise<void>((resolve) => server.close(() => resolve()))));
    rmSync(this.#folder, { recursive: true, force: true });
  }

  /** Opens the ports before anybody stands behind them: the addresses are part of what everybody is told. */
  async #listen(): Promise<Addresses> {
    const http = async (origin: { url: string }): Promise<string> => {
      const server = httpServer(
        (request, hear) => {
          this.#catchUp();
          const asker = this.#asker();
          if (asker === undefined) return hear({ kind: "refused" }, () => {});
          const running = this.#process;
          this.#stage.ask(origin.url, request, asker, (heard, confirm) => {
            if (running !== undefined && heard.kind === "told") running.heard = true;
            hear(heard, confirm);
          });
        },
        this.#outbox,
        this.#underWay,
      );
      origin.url = `http://${loopback}:${await this.#open(server, (socket) => this.#connected(socket))}`;
      return origin.url;
    };
    const amqp = createServer((socket) => {
      if (!this.#connected(socket)) return;
      const asker = this.#asker();
      if (asker === undefined || !this.#stage.boundaries.reachable("fiks-io")) {
        socket.resetAndDestroy();
        return;
      }
      socket.setNoDelay(true);
      socket.on("data", () => this.#catchUp());
      this.#stage.cast.fiksIo?.accept(saidThrough(this.#outbox, socket), asker, heartbeatSeconds);
    });
    const smtp = createServer((socket) => {
      if (!this.#connected(socket)) return;
      const asker = this.#asker();
      if (asker === undefined || !this.#stage.boundaries.reachable("alarm")) {
        socket.resetAndDestroy();
        return;
      }
      socket.on("data", () => this.#catchUp());
      this.#stage.cast.smtp.accept(saidThrough(this.#outbox, socket), asker);
    });
    return {
      fiksApi: await http({ url: "" }),
      maskinporten: await http({ url: "" }),
      receiver: await http({ url: "" }),
      alarm: await http({ url: "" }),
      altinn: await http({ url: "" }),
      smtp: { host: loopback, port: await this.#open(smtp, () => {}) },
      amqp: { host: loopback, port: await this.#open(amqp, () => {}) },
    };
  }

  #probeOf(product: Product, probe: SystemProbe): ProbeObserver {
    const environment = surroundingsOf(product, this.#environment);
    const source = placed(probe.source, this.#environment);
    return new ProbeObserver(this.#stage, { ...probe, source }, { environment, folder: product.folder });
  }

  /** Puts a relay before each of the system's own dependencies, and gives their places as leaves. */
  async #relays(): Promise<Readonly<Record<string, string>>> {
    const leaves: Record<string, string> = {};
    for (const { name, ...to } of this.#sut.product?.dependencies ?? []) {
      const server = relay(
        { name, to },
        {
          boundaries: () => this.#stage.boundaries,
          manifest: () => this.#stage.manifest,
          pace: this.#flow === undefined ? { nowMs: () => this.#stage.clock.now(), silentMs: 60_000 } : machinePace,
          asker: () => {
            this.#catchUp();
            return this.#asker();
          },
          connected: (socket) => this.#connected(socket),
          say: (does) => this.#outbox.say(does),
          underWay: this.#underWay,
        },
      );
      const port = String(await this.#open(server, () => {}));
      const leaf = `KOMFREM_DEPENDENCY_${name.toUpperCase().replaceAll("-", "_")}`;
      Object.assign(leaves, { [leaf]: `${loopback}:${port}`, [`${leaf}_HOST`]: loopback, [`${leaf}_PORT`]: port });
    }
    return leaves;
  }

  /** Whatever the system does now, it does at this time, and after what it has stored. */
  #catchUp(): void {
    if (this.#flow !== undefined && !this.#stands()) this.#flow.catchUp();
    this.#journal.follow();
    this.#holdings.shown();
  }

  #open(server: Server | HttpServer, connected: (socket: Socket) => void): Promise<number> {
    this.#servers.push(server);
    (server as Server).on("connection", connected);
    return new Promise((resolve, reject) => {
      server.once("error", (error) =>
        reject(
          new HarnessError({
            happened: "The live world could not open a port.",
            because: error.message,
            next: `Allow Komfrem to listen on ${loopback}, then run again.`,
          }),
        ),
      );
      server.listen(0, loopback, () => resolve((server.address() as AddressInfo).port));
    });
  }

  /** Notes a connection of the system; one that comes from a start that has ended is cut. */
  #connected(socket: Socket): boolean {
    socket.on("error", () => {});
    const running = this.#process;
    if (running === undefined || !running.here || running.killed) {
      socket.resetAndDestroy();
      return false;
    }
    this.#sockets.set(socket, running.incarnation);
    this.#past += 1;
    socket.on("close", () => {
      this.#past += socket.bytesRead + socket.bytesWritten + 1;
      this.#sockets.delete(socket);
      this.#wake();
    });
    return true;
  }

  /** Grows whenever a connection is opened or closed, or a byte moves on one. */
  #traffic(): number {
    let sum = this.#past;
    for (const socket of this.#sockets.keys()) sum += socket.bytesRead + socket.bytesWritten;
    return sum;
  }

  #asker(): Asker | undefined {
    const running = this.#process;
    if (running === undefined || !running.here || running.killed) return undefined;
    return { party: this.#stage.system.party, incarnation: running.incarnation };
  }

  #processOf(nth: number): SystemProcess | undefined {
    return this.#process?.incarnation === nth && this.#process.here ? this.#process : undefined;
  }

  #backUp(): void {
    this.#attempt(() => {
      const running = this.#process;
      // What is being written is half there, as it would be in a copy of a disk.
      if (running?.paused === false) running.stand(true);
      this.#backups?.take(this.#stage.clock.now());
      if (running?.paused === false) running.stand(false);
    });
  }

  /** Whatever cannot be done ends the run with its error. */
  #attempt(does: () => void): void {
    try {
      does();
    } catch (error) {
      if (!(error instanceof HarnessError)) throw error;
      this.#stage.error = error;
      this.#stage.ended = true;
    }
  }

  /** Puts a backup back, once the machine has taken away whatever still writes there. */
  #putBack(): void {
    const epochMs = this.#putBackTo;
    if (epochMs === undefined || this.#process?.here) return;
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
    this.#attempt(() => {
      this.#process = new SystemProcess(
        nth,
        launchOf(this.#sut, version, environment),
        (line) => this.#stage.hearLog(line),
        (end) => {
          this.#ended(nth, end);
          this.#wake();
        },
      );
    });
  }

  #ended(nth: number, end: ProcessEnd): void {
    this.#cut(nth);
    this.#putBack();
    if (this.#process?.incarnation !== nth || this.#process.killed || this.#stage.ended) return;
    if (this.#sut.product === undefined && end.code === hostCannot && !this.#ready()) {
      this.#stage.error = cannotStart(this.#sut, end);
      this.#stage.ended = true;
      return;
    }
    this.#stage.system.ended(nth, whyOf(end));
  }

  #kill(nth: number, how: "process" | "power"): void {
    const running = this.#processOf(nth);
    if (running === undefined) return;
    if (how === "power")
      this.#stage.ledger.record({
        kind: "doubted",
        what: "a power cut was carried out as a kill: a process of this world loses nothing that it wrote, synced or not",
      });
    running.kill();
    this.#cut(nth);
  }

  /** Closes the connections of a start that has ended: what it still had on its way is gone. */
  #cut(nth: number): void {
    for (const [socket, whose] of this.#sockets) if (whose === nth) socket.resetAndDestroy();
  }

  #ready(): boolean {
    return this.#stage.entries.some((entry) => entry.kind === "told" && entry.to === this.#stage.system.party);
  }

  /** Lets the world's events happen one after the other, each once the system has come to rest. */
  async #play(): Promise<void> {
    const { clock, system } = this.#stage;
    let atOnce = 0;
    let instant = Number.NaN;
    let stirred = true;
    let events = 0;
    while (!this.#stage.ended) {
      if (stirred && !(await this.#rest())) return this.#giveUp();
      // Time stands still while a product that rests is asked what it holds.
      if (stirred && this.#probe?.isBehind) await this.#probe.read();
      if (this.#stage.ended) return;
      stirred = false;
      const waited = this.#process?.here && !this.#process.paused ? this.#clock.earliest : undefined;
      const due = clock.nextAt();
      if (due === undefined && (waited === undefined || waited > latestDate)) {
        this.#stage.ledger.record({ kind: "doubted", what: "nothing was due, yet the scenario had not ended" });
        return;
      }
      const before = this.#process;
      let woken = false;
      this.#outbox.hold();
      try {
        if (due !== undefined && due <= (waited ?? Number.POSITIVE_INFINITY)) clock.runNext();
        else clock.moveTo(waited ?? clock.now());
        woken = waited !== undefined && waited <= clock.now();
        if (woken || this.#outbox.waiting) {
          stirred = true;
          await this.#tellTime();
        }
      } finally {
        this.#outbox.release();
      }
      stirred ||= this.#process !== before || this.#process?.killed === true;
      if (++events % 500 === 0) {
        const seen = this.#traffic();
        await turn();
        stirred ||= seen !== this.#traffic();
      }
      if (clock.now() !== instant) {
        instant = clock.now();
        atOnce = 0;
      } else if (woken && ++atOnce > mostWakesAtOnce) {
        system.livelocked(`woken ${mostWakesAtOnce} times without time passing`);
        atOnce = 0;
        stirred = true;
      }
    }
  }

  /** Whether time stands still: while the system starts, and while the machine takes away one that was killed. */
  #stands(): boolean {
    const running = this.#process;
    if (running === undefined || this.#sut.product === undefined) return false;
    if (running.killed || !running.here) return running.here;
    return !running.heard && performance.now() - running.startedMs < this.#sut.product.readyWithinMs;
  }

  /** Lets the world's events happen as time goes by for a system that is on its own. */
  async #playAlong(flow: TimeFlow): Promise<void> {
    while (!this.#stage.ended) {
      const running = this.#process;
      if (this.#stands()) {
        flow.stand();
        await this.#woke(10);
        continue;
      }
      if (running?.here && !running.heard && !running.killed && !this.#ready()) return this.#giveUp();
      flow.catchUp();
      if (this.#stage.ended) return;
      this.#probe?.readAlong();
      await this.#woke(flow.untilNextMs());
    }
  }

  /** Tells the system what time it is, and waits until it has heard. */
  async #tellTime(): Promise<void> {
    const running = this.#process;
    this.#clock.nudge();
    const deadline = performance.now() + this.#restlessMs;
    while (running?.here && !running.paused && !running.killed && this.#clock.earliest === undefined) {
      if (performance.now() > deadline) return;
      await this.#woke(50);
    }
  }

  /** Waits until the system is at rest. False if it does not come to rest in real time. */
  async #rest(): Promise<boolean> {
    const deadline = performance.now() + this.#restlessMs;
    let rounds = 0;
    let seen = this.#traffic();
    while (!this.#stage.ended) {
      if (performance.now() > deadline) return false;
      const running = this.#process;
      if (running?.killed || running?.here === false) {
        // Time stands still until the machine has taken away all that the last start had.
        if (running.here || [...this.#sockets.values()].includes(running.incarnation)) await this.#woke(50);
        else if (this.#process === running) return true;
        continue;
      }
      if (running !== undefined && !running.paused) {
        if (rounds > 0 || this.#clock.earliest !== undefined) this.#clock.nudge();
        while (running.here && !running.paused && this.#clock.earliest === undefined && performance.now() < deadline)
          await this.#woke(50);
      }
      await pause(quietMs);
      const now = this.#traffic();
      const idle = running?.paused !== false || this.#clock.earliest !== undefined;
      if (!idle || now !== seen || this.#underWay.count > 0 || this.#process !== running) {
        seen = now;
        rounds = 0;
      } else if (++rounds >= quietRounds) return true;
    }
    return true;
  }

  /** The system does not come to rest: never ready, or a run that proves nothing. */
  #giveUp(): void {
    const seconds = Math.round((this.#sut.product?.readyWithinMs ?? this.#restlessMs) / 1000);
    if (!this.#ready()) {
      this.#stage.error = new HarnessError({
        happened: `${this.#sut.name} was never ready.`,
        because: `Within ${seconds} s of real time it neither got a token nor opened a connection.${lastLines(this.#stage.log)}`,
        next: "Have the module fetch a token from endpoints.maskinporten and connect to endpoints.fiks.amqp when it starts.",
      });
      return;
    }
    const last = this.#stage.entries.findLast((entry) => entry.exchange !== undefined);
    this.#stage.ledger.record({
      kind: "doubted",
      what:
        this.#clock.asked === 0
          ? "the system never asked the world's clock, so time could not be moved"
          : `spins at ${last?.exchange ?? "its start"}: the system did not come to rest within ${seconds} s of real time`,
    });
  }

  /** The ledger, with the clock's tier as it was seen to be. */
  #judgeable(): readonly LedgerEntry[] {
    const [run, ...rest] = this.#stage.entries;
    if (run?.kind !== "run" || this.#clock.asked > 0 || this.#flow !== undefined) return this.#stage.entries;
    return [{ ...run, tierByDomain: { ...run.tierByDomain, integration: "none" } }, ...rest];
  }

  #wake(): void {
    for (const woken of this.#woken.splice(0)) woken();
  }

  /** Until something of the system's has changed, but no longer than this, real ms. */
  #woke(atMostMs: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = realTimeout(resolve, atMostMs);
      this.#woken.push(() => {
        clearTimeout(timer);
        resolve();
      });
    });
  }
}

const latestDate = 8.64e15 - 1;

/** What a system on its own does at a time is within a fraction of a second. */
const machinePace = { nowMs: () => performance.now(), silentMs: 200 } as const;

/** The machine's own time. */
const machineClock: Clock = {
  now: () => Date.now(),
  after: (ms, then) => {
    const timer = realTimeout(then, ms);
    return { cancel: () => clearTimeout(timer) };
  },
};

/** The scenario with polls as far apart as they truly are for a system whose day is short. */
function timed(scenario: Scenario, time: ProductTime | undefined): Scenario {
  if (time?.tier !== "compressed") return scenario;
  const pollIntervalMinutes = Math.max(1, Math.ceil(((time.pollIntervalMs / time.dayTakesMs) * dayMs) / minuteMs));
  return { ...scenario, switches: { ...scenario.switches, pollIntervalMinutes } };
}

function isRestored({ steps }: Scenario): boolean {
  return steps.some((step) => step.kind === "restores" && step.party === "integration");
}

/** The same as in memory where the module can be bundled; else that of its one file. */
async function hashOf(module: string): Promise<string> {
  return bundleOf(module).then(
    (bundle) => bundle.hash,
    () => createHash("sha256").update(readFileSync(module)).digest("hex"),
  );
}

/** What a system finds in its environment besides ours: nothing of another run, and nothing that alters Node. */
function surroundings(): NodeJS.ProcessEnv {
  return Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !/^(KOMFREM_|NODE_OPTIONS$|NODE_V8_COVERAGE$|VITEST)/.test(name)),
  );
}

function cannotStart(sut: SystemUnderTest, end: ProcessEnd): HarnessError {
  const said = end.lastLines.join("\n");
  const part = (from: string): string | undefined => new RegExp(`^ {2}${from}: +(.*)$`, "m").exec(said)?.[1];
  return new HarnessError({
    happened: `${sut.name} could not be started as a process.`,
    because: part("Why") ?? (said === "" ? "It ended at once and said nothing." : said),
    next: part("Next") ?? `Run komfrem host ${sut.module} by hand, with KOMFREM_ENDPOINTS set, to see more.`,
  });
}

/** Why a process ended by itself; undefined where it returned. */
function whyOf(end: ProcessEnd): string | undefined {
  if (end.code === 0) return undefined;
  const how = end.signal === null ? `exit code ${end.code ?? "unknown"}` : `signal ${end.signal}`;
  const failed = end.lastLines.findLast((line) => line.startsWith("The integration failed: "));
  const last = failed?.slice("The integration failed: ".length) ?? end.lastLines.findLast((line) => line.trim() !== "");
  return last === undefined ? how : `${last} (${how})`;
}

function lastLines(log: readonly string[]): string {
  return log.length === 0 ? " It logged nothing." : ` Its last lines: ${log.slice(-5).join(" | ")}`;
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => realTimeout(resolve, ms));
}

function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
