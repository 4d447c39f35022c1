import type { Phase } from "../../core/boundary.ts";
import type { FaultAction } from "../../core/fault.ts";
import type { ChannelName, Scenario } from "../../core/scenario.ts";

/** An exchange that a fault can be put at: its operation, and what stands between the parentheses. */
export type Place = {
  /** `receiver.register`. */
  readonly operation: string;
  /** `*` stands for a message's label. */
  readonly subject: string;
};

/** One cell of what can be broken: where, at which phase, how. */
export type Cell = Place & { readonly phase: Phase; readonly does: FaultAction };

const about = (operation: string, ...subjects: readonly string[]): Place[] =>
  subjects.map((subject) => ({ operation, subject }));

const tokens = about("maskinporten.grant", "start", "expired");
const altinnTokens = about("altinn-authentication.exchange", "start", "expired");

/** Only of what is too large for a message: whoever is aimed at one needs such a message. */
export const uploads: readonly string[] = ["receiver.upload"];

/** Where the exchanges of an integration are, by channel; those with the receiver and with people are the same on all. */
const ofIntegrations: Readonly<Record<ChannelName, readonly Place[]>> = {
  "fiks-io": [
    ...about("fiks-io.connect", "start", "lost"),
    ...about("fiks-io.consume", "sub(4690-01)", "sub(4691-01)", "sub(4691-02)"),
    ...about("fiks-io.deliver", "*"),
    // Of those that consume nothing, and ask for the next message.
    ...about("fiks-io.get", "*"),
    ...about("fiks-io.receipt", "*"),
    ...about("fiks-io.settle", "*"),
  ],
  "altinn-correspondence": [
    ...altinnTokens,
    ...about("altinn-correspondence.list", "start", "news(*)"),
    ...["overview", "details", "content", "fetch", "markasread", "confirm"].flatMap((operation) =>
      about(`altinn-correspondence.${operation}`, "*"),
    ),
  ],
  "altinn-dispatch": [],
};
const withTheReceiver: readonly Place[] = [
  ...[...uploads, "receiver.register", "receiver.lookup", "receiver.await", "receiver.deviate", "alarm.raise"].flatMap(
    (operation) => about(operation, "*"),
  ),
];

const ofSenders: Readonly<Record<ChannelName, readonly Place[]>> = {
  "fiks-io": [
    ...about("portal.districts", "start"),
    ...about("portal.submit", "*", "*~2"),
    ...about("portal.status", "*", "*~2"),
  ],
  "altinn-correspondence": [
    ...altinnTokens,
    ...["attach", "upload", "initialize", "overview", "details"].flatMap((operation) =>
      about(`altinn-correspondence.${operation}`, "*"),
    ),
    ...about("altinn-correspondence.list", "start", "*", "news(*)"),
  ],
  "altinn-dispatch": [
    ...about("altinn-dispatch.send", "*"),
    ...about("altinn-dispatch.status", "*", "news(*)"),
    ...about("altinn-dispatch.unopened", "news(*)"),
  ],
};
const besidesChannels: readonly Place[] = [...about("sender.send", "*"), ...about("alarm.raise", "*")];

const crashes: readonly FaultAction[] = [
  { kind: "crash", class: "process", survives: "none" },
  { kind: "crash", class: "power", survives: "none" },
  { kind: "crash", class: "power", survives: "prefix" },
  { kind: "crash", class: "power", survives: "subset" },
];
/** What happens to the system rather than to the exchange; possible at every phase. */
const toTheSystem: readonly FaultAction[] = [
  ...crashes,
  { kind: "stop", graceMs: 10_000 },
  { kind: "pause", forMs: 5 * 60_000 },
  { kind: "crashParty", downMs: 10 * 60_000 },
];
/** What happens to an answer once the effect is made. */
const toTheAnswer: readonly FaultAction[] = [
  { kind: "reset" },
  { kind: "cut", afterBytes: 0 },
  { kind: "cut", afterBytes: 40 },
  { kind: "stall" },
  { kind: "delay", byMs: 2_000 },
  { kind: "delay", byMs: 90_000 },
  { kind: "answer", status: 504 },
];
/** What happens to a request before anything is done. */
const toTheRequest: readonly FaultAction[] = [
  { kind: "refuse" },
  { kind: "reset" },
  { kind: "stall" },
  { kind: "delay", byMs: 2_000 },
  { kind: "delay", byMs: 90_000 },
  { kind: "repeat" },
  { kind: "answer", status: 429, retryAfterSeconds: 120 },
  { kind: "answer", status: 500 },
  { kind: "answer", status: 503 },
];

const byPhase: Readonly<Record<Phase, readonly FaultAction[]>> = {
  asked: [...toTheRequest, ...toTheSystem],
  done: [...toTheAnswer, ...toTheSystem],
  told: toTheSystem,
};

/** Where exchanges of a system in this role are, on these channels. */
export function placesOf(role: NonNullable<Scenario["tests"]>, channels: readonly ChannelName[]): readonly Place[] {
  const own = role === "sender" ? ofSenders : ofIntegrations;
  const besides = role === "sender" ? besidesChannels : withTheReceiver;
  return [...tokens, ...channels.flatMap((channel) => own[channel]), ...besides];
}

/**
 * Everything that can be broken, as data: every place, at every phase, in every way that can be thought of there. What
 * a wire cannot carry (`repeat` on AMQP) is left out.
 */
export function cellsOf(role: NonNullable<Scenario["tests"]>, channels: readonly ChannelName[]): readonly Cell[] {
  return placesOf(role, channels).flatMap((place) =>
    phases.flatMap((phase) => actionsAt(place.operation, phase).map((does) => ({ ...place, phase, does }))),
  );
}

export const phases: readonly Phase[] = ["asked", "done", "told"];

/** Every way to break an exchange of this operation, `receiver.register`, at a phase. */
export function actionsAt(operation: string, phase: Phase): readonly FaultAction[] {
  return byPhase[phase].filter((does) => carries(operation, does));
}

const frames: ReadonlySet<string> = new Set([
  "fiks-io.connect",
  "fiks-io.consume",
  "fiks-io.deliver",
  "fiks-io.get",
  "fiks-io.settle",
]);

/** Where the same order twice is two orders, and nobody who sends it can tell: no sound sender withstands that. */
const unkeyed: ReadonlySet<string> = new Set(["altinn-dispatch.send", "portal.submit"]);

/**
 * AMQP has no answer of another's making and no request that comes twice; nor has an order to a sender, which is for ever
 * without effect where it stalls for ever.
 */
function carries(operation: string, { kind }: FaultAction): boolean {
  if (frames.has(operation)) return kind !== "answer" && kind !== "repeat";
  if (operation === "sender.send") return kind !== "answer" && kind !== "repeat" && kind !== "stall";
  return kind !== "repeat" || !unkeyed.has(operation);
}
