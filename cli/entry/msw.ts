import type { HttpHandler } from "msw";
import { minuteMs } from "../../core/calendar.ts";
import { HarnessError } from "../../core/error.ts";
import type { Fault } from "../../core/fault.ts";
import type { LedgerEntry } from "../../core/ledger.ts";
import type { Label } from "../../core/names.ts";
import { peer } from "../../core/peer.ts";
import type { Finding } from "../../core/rule.ts";
import type { ChannelName, Municipality, Person, Scenario, Step, SwitchValues } from "../../core/scenario.ts";
import { fault as faultAt, ms, type Sending, type Span, sends } from "../../core/scenario-verbs.ts";
import type { Judged } from "../../core/verdict.ts";
import type { Endpoints } from "../../port/endpoints.ts";
import type { Order } from "../../port/host.ts";
import { awake, dutyOfficer, fjordvik, staffOf } from "../../scenarios/places.ts";
import type { Addresses } from "../../worlds/cast.ts";
import { type FakedTimers, InProcessWorld } from "../../worlds/in-process/in-process-world.ts";
import type { StageOptions } from "../../worlds/stage.ts";
import type { Run } from "../../worlds/world.ts";

export { isPattern } from "../../core/boundary.ts";
export type { Fault, FaultAction } from "../../core/fault.ts";
export type { LedgerEntry } from "../../core/ledger.ts";
export type { Finding } from "../../core/rule.ts";
export type { ChannelName, Content, Municipality, Person, Scenario, Step } from "../../core/scenario.ts";
export {
  away,
  disconnects,
  grants,
  receiverCrashes,
  resends,
  revokes,
  type Sending,
  type Span,
  strains,
  unreachable,
} from "../../core/scenario-verbs.ts";
export type { Endpoints } from "../../port/endpoints.ts";
export type { Order } from "../../port/host.ts";
export { fjordvik, naboset, storhamn } from "../../scenarios/places.ts";
export type { FakedTimers } from "../../worlds/in-process/in-process-world.ts";
export type { Run } from "../../worlds/world.ts";

const { http } = await peer("msw", () => import("msw"), "komfrem/msw could not be loaded.");

/** Where the simulators stand: origins that nobody can reach but through MSW. */
const origins = {
  maskinporten: "http://maskinporten.komfrem.test",
  altinn: "http://altinn.komfrem.test",
  fiksApi: "http://fiks.komfrem.test",
  receiver: "http://receiver.komfrem.test",
  alarm: "http://alarm.komfrem.test",
} as const;

/** What `createWorld` is asked for. */
export type WorldOptions = {
  /** What the code under test reads; of a sender, the ways it sends. */
  readonly channels: readonly ChannelName[];
  /** The same seed, calls and answers give the same ledger; 1 unless said. */
  readonly seed?: number;
  /** What the code under test does; it receives unless said. */
  readonly tests?: "integration" | "sender";
  /** Looks for messages once. Called as often as the endpoints suggest while time passes. */
  readonly poll?: () => unknown;
  /** How often that is: every hour unless said; of 1, 5, 15 and 60 minutes. */
  readonly pollEvery?: Span;
  /** A sender under test is told to send; it is told again where this throws. */
  readonly order?: (order: Order) => unknown;
  /** `vi`, or `jest`, where the test fakes timers: the faked time is then the world's. */
  readonly timers?: FakedTimers;
  /**
   * Oslo local time the world begins, `2023-05-08T08:00:00`. Unless it is said, or timers are faked, the world begins
   * within the last week and tokens go by the machine's clock, so that code under test may use `Date.now()`.
   */
  readonly startsAt?: string;
  /** Origins that the code under test knows the parties by, `https://platform.altinn.no`; names of ours unless said. */
  readonly origins?: Partial<Readonly<Record<keyof typeof origins, string>>>;
  /** One municipality, Fjordvik, unless said. */
  readonly municipalities?: readonly Municipality[];
  readonly people?: readonly Person[];
  readonly switches?: SwitchValues;
  readonly profile?: "default" | "strict";
  /** Fiks IO itself, from `komfrem/msw/fiks`. */
  readonly fiksIo?: StageOptions["fiksIo"];
  /** How reports call the code under test. */
  readonly name?: string;
};

/** Everybody around the code under test, in a test's own process. */
export type TestWorld = {
  /** For `setupServer` of `msw/node`, or `server.use`. */
  readonly handlers: readonly HttpHandler[];
  /** Where everything is and with which keys, as a product is told: docs/port.md. */
  readonly endpoints: Endpoints;
  /** Everything observed so far. */
  readonly ledger: readonly LedgerEntry[];
  /** What was done so far, as `komfrem.scenario/v1`: `komfrem run` performs it with a product or a module. */
  readonly scenario: Scenario;
  /** The world's time, ms since the epoch. */
  now(): number;
  /** Sends a message on the first of the channels, or has the sender under test do it. */
  send(label: Label, how?: Sending & { readonly to?: Municipality }): void;
  /** Does what a verb says, at once: `world.does(strains("overloaded", { hours: 5 }))`. */
  does(step: Step): void;
  /** Somebody on the roster opens a message in Altinn. */
  opens(who: string, label: Label): void;
  /** A fault from now on: `world.fault({ at: "receiver.register(A)/1:done", does: { kind: "reset" } })`. */
  fault(fault: Omit<Fault, "id"> & { readonly id?: string }): void;
  /** Ends every fault. */
  heal(): void;
  /** Lets time pass; settles when the code under test is at rest again. */
  advance(span: Span): Promise<void>;
  /** The code under test has stored this durably, under a key of its own: text, bytes, or an object with such. */
  stored(key: string, value: unknown): void;
  /** A line that the code under test logged: no content may stand in it. */
  logged(line: string): void;
  /** What is broken for good, so far: the earliest broken handover of each delivery. */
  findings(): readonly Finding[];
  /** What all rules say so far. */
  judged(): Judged;
  /** The run so far, as evidence takes it. */
  run(): Run;
  /**
   * Ends faults, sends one fresh message, and lets days pass with a poll each interval, until everything that was to
   * arrive must have; then judges all of it.
   */
  end(): Promise<Run>;
};

/**
 * A world for a unit test, and the MSW handlers that lead into it.
 *
 *     const world = createWorld({ channels: ["altinn-correspondence"], poll: () => intake.poll() });
 *     const server = setupServer(...world.handlers);
 *
 *     world.send("A");
 *     world.fault({ at: "receiver.register(A)/1:done", does: { kind: "reset" } });
 *     await world.advance({ hours: 2 });
 *     expect(world.findings()).toEqual([]);
 *
 * @throws {HarnessError} The world cannot be had as asked for.
 */
export function createWorld(options: WorldOptions): TestWorld {
  const places = addressesOf(options);
  const world = new InProcessWorld({
    scenario: scenarioOf(options),
    seed: options.seed ?? 1,
    profile: options.profile ?? "default",
    name: options.name ?? "the code under test",
    addresses: places,
    startsAsSaid: options.startsAt !== undefined,
    ...(options.poll === undefined ? {} : { poll: options.poll }),
    ...(options.order === undefined ? {} : { send: options.order }),
    ...(options.timers === undefined ? {} : { timers: options.timers }),
    ...(options.fiksIo === undefined ? {} : { fiksIo: options.fiksIo }),
  });
  const { maskinporten, altinn, fiksApi, receiver, alarm } = places;
  const stands = new Set<string>([maskinporten, altinn, fiksApi, receiver, alarm]);
  const [channel] = options.channels;
  const by = options.tests === "sender" || channel === "fiks-io" || channel === undefined ? {} : { by: channel };
  const first = world.scenario.municipalities[0] ?? fjordvik;
  return {
    // One for all: MSW asks each about each request, and five took a tenth of all that a request takes.
    handlers: [
      http.all(
        ({ request }) => stands.has(new URL(request.url).origin),
        ({ request }) => world.respond(request),
      ),
    ],
    endpoints: world.endpoints,
    ledger: world.ledger,
    scenario: world.scenario,
    now: () => world.now(),
    send: (label, { to = first, ...how } = {}) =>
      world.perform(sends(label, to.number, { district: to.districts[0]?.number ?? "01", ...by, ...how })),
    does: (step) => world.perform(step),
    opens: (who, label) => world.opens(who, label),
    fault: ({ id, at, does, times }) => {
      const named = faultAt(at, does, times);
      world.arm(id === undefined ? named : { ...named, id });
    },
    heal: () => world.heal(),
    advance: (span) => world.advance(ms(span)),
    stored: (key, value) => world.stored(key, value),
    logged: (line) => world.logged(line),
    findings: () => world.run().judged.broken.map(({ primary }) => primary),
    judged: () => world.run().judged,
    run: () => world.run(),
    end: () => world.end(),
  };
}

function scenarioOf(options: WorldOptions): ConstructorParameters<typeof InProcessWorld>[0]["scenario"] {
  const { channels, tests, pollEvery = { hours: 1 }, municipalities = [fjordvik] } = options;
  if (channels.length === 0)
    throw new HarnessError({
      happened: "The world was not made.",
      because: "It has no channel, so that no message could come.",
      next: 'Name what the code under test reads: createWorld({ channels: ["altinn-correspondence"] }).',
    });
  if (channels.includes("fiks-io") && tests !== "sender" && options.fiksIo === undefined)
    throw new HarnessError({
      happened: "The world was not made: Fiks IO is not there.",
      because: "It brings an AMQP server, which nobody is to load who reads Altinn alone.",
      next: 'import { fiksIo } from "komfrem/msw/fiks", and createWorld({ channels: ["fiks-io"], fiksIo }).',
    });
  return {
    schema: "komfrem.scenario/v1",
    id: "unit-test",
    title: "What a unit test does",
    because: "What comes in must come through, whatever the test does to the world.",
    origin: "a unit test",
    ...(tests === undefined ? {} : { tests }),
    channels,
    startsAt: options.startsAt ?? "2023-05-08T08:00:00",
    municipalities,
    people: options.people ?? [
      ...staffOf(...municipalities),
      // Where an integration reads nobody else does, unless the test says so.
      ...(tests === "sender" ? [...awake(...municipalities), dutyOfficer] : []),
    ],
    switches: { pollIntervalMinutes: ms(pollEvery) / minuteMs, ...options.switches },
    steps: [],
    faults: [],
    mustHold: [],
  };
}

function addressesOf(options: WorldOptions): Addresses {
  const given = { ...origins, ...options.origins };
  const wrong = Object.entries(given).find(([, origin]) => !URL.canParse(origin) || new URL(origin).origin !== origin);
  if (wrong !== undefined)
    throw new HarnessError({
      happened: `origins.${wrong[0]} cannot be used.`,
      because: `"${wrong[1]}" is not a scheme and a host alone.`,
      next: "Give an origin, without path and trailing slash: https://platform.altinn.no",
    });
  const twice = Object.entries(given).find(([, origin], i, all) => all.findIndex(([, one]) => one === origin) !== i);
  if (twice !== undefined)
    throw new HarnessError({
      happened: `origins.${twice[0]} cannot be used.`,
      because: `Somebody else stands at ${twice[1]} already.`,
      next: "Give each party an origin of its own.",
    });
  // Neither of the two is reached through MSW.
  const nowhere = { host: "nowhere.komfrem.test", port: 1 };
  return { ...given, amqp: nowhere, smtp: nowhere };
}
