import type { Fault } from "../../core/fault.ts";
import type { Scenario, Step } from "../../core/scenario.ts";
import type { Sending } from "./steps.ts";

type Sends = Extract<Step, { kind: "sends" }>;

/** What a stretch is made of besides messages and the time between them. */
export type Meanwhile = Extract<Step, { kind: "away" | "entitles" }>;

/** Many messages that are not all alike, on their way at one pace or another. */
export type Stretch = {
  readonly sends: readonly Sends[];
  /** The time between messages, where it is the same throughout. */
  readonly everyMs?: number;
  readonly lastsMs: number;
  readonly meanwhile: readonly Meanwhile[];
};

/** What is told in one breath. */
export type Part =
  | { readonly kind: "sending"; readonly sending: Sending }
  | { readonly kind: "stretch"; readonly stretch: Stretch }
  | { readonly kind: "step"; readonly step: Exclude<Step, Sends> }
  /** The parts up to `roundsOver` happen so many times. */
  | { readonly kind: "round"; readonly times: number }
  | { readonly kind: "roundsOver"; readonly labels: readonly string[] };

/** The label of the one message that a fault is about. */
export function labelOf(fault: Fault): string | undefined {
  return /\(([A-Za-z0-9][A-Za-z0-9._-]*)[@~)]/.exec(fault.at)?.[1];
}

/** Labels of messages with faults of their own: they are told one by one. */
type Struck = ReadonlySet<string | undefined>;

/**
 * A scenario's steps as they are told: steps that come round again and again once, messages alike that come at one pace
 * in one sentence, and many that are not alike by their numbers.
 */
export function partsOf(scenario: Scenario): Part[] {
  const { steps, faults } = scenario;
  const struck: Struck = new Set(faults.map(labelOf));
  const rounds = roundsIn(steps, struck);
  if (rounds === undefined) return plainParts(steps, scenario, struck);
  const { from, period, times } = rounds;
  const over = from + period * times;
  const labels = steps.slice(from, over).flatMap((step) => (step.kind === "sends" ? [step.label] : []));
  return [
    ...plainParts(steps.slice(0, from), scenario, struck),
    { kind: "round", times },
    ...plainParts(steps.slice(from, from + period), scenario, struck),
    { kind: "roundsOver", labels },
    ...plainParts(steps.slice(over), scenario, struck),
  ];
}

const leastPeriod = 3;
/** A longer round is no help to a reader. */
const mostPeriod = 60;
const leastTimes = 3;

type Rounds = { readonly from: number; readonly period: number; readonly times: number };

/** The part of the steps that repeats most, with messages alike in all but their labels; none with a fault of their own. */
function roundsIn(steps: readonly Step[], struck: Struck): Rounds | undefined {
  const shapes = shapesOf(steps, struck, ["label"]);
  const whoever = shapesOf(steps, struck, ["label", "to"]);
  let best: Rounds | undefined;
  const isBetter = ({ from, period, times }: Rounds): boolean => {
    if (best === undefined) return true;
    const more = period * times - best.period * best.times;
    return more > 0 || (more === 0 && from < best.from);
  };
  for (let period = leastPeriod; period <= mostPeriod && period * leastTimes <= steps.length; period++) {
    let from = 0;
    for (let at = period; at <= steps.length; at++) {
      if (at < steps.length && shapes[at] === shapes[at - period]) continue;
      const rounds = { from, period, times: Math.floor((at - from) / period) };
      const isCounted = isSteady(shapes, rounds) || (at - from >= 2 * leastStretch && isSteady(whoever, rounds));
      if (rounds.times >= leastTimes && !isCounted && isBetter(rounds)) best = rounds;
      from = at - period + 1;
    }
  }
  return best;
}

/** Whether it is one step, or a message and a wait, over and over: that is told as messages at one pace. */
function isSteady(shapes: readonly number[], { from, period, times }: Rounds): boolean {
  return [1, 2].some((stride) => {
    for (let at = from + stride; at < from + period * times; at++) if (shapes[at] !== shapes[at - stride]) return false;
    return true;
  });
}

/**
 * A number for each step, equal for steps that are told alike; one of its own for what must be told by itself.
 *
 * @param but Fields in which messages alike may differ.
 */
function shapesOf(steps: readonly Step[], struck: Struck, but: readonly (keyof Sends)[]): number[] {
  const known = new Map<string, number>();
  return steps.map((step, i) => {
    if (step.kind === "resends" || (step.kind === "sends" && (step.twinOf !== undefined || struck.has(step.label))))
      return -1 - i;
    const shape = step.kind === "sends" ? shapeOf(step, but) : JSON.stringify(step);
    const number = known.get(shape) ?? known.size;
    known.set(shape, number);
    return number;
  });
}

function plainParts(steps: readonly Step[], scenario: Scenario, struck: Struck): Part[] {
  const parts: Part[] = [];
  for (let i = 0; i < steps.length; ) {
    const step = steps[i];
    if (step === undefined) break;
    if (step.kind !== "sends") {
      parts.push({ kind: "step", step });
      i += 1;
      continue;
    }
    const atOnce = alike(steps, i, 1);
    const spaced = alike(steps, i, 2);
    const pace = spaced.length > atOnce.length && spaced.length > 2 ? 2 : 1;
    const group = pace === 2 ? spaced : atOnce;
    const taken = pace === 2 ? 2 * group.length - 1 : group.length;
    const { stretch, length } = stretchFrom(steps, i, struck);
    if (length > taken && stretch.sends.length >= leastStretch) {
      parts.push({ kind: "stretch", stretch });
      i += length;
      continue;
    }
    const wait = steps[i + 1];
    parts.push({
      kind: "sending",
      sending: {
        first: step,
        labels: group.map((one) => one.label),
        scenario,
        ...(pace === 2 && wait?.kind === "waits" ? { everyMs: wait.ms } : {}),
      },
    });
    i += taken;
  }
  return parts;
}

/** Messages like the one at `from`: each the next step, or with one equal wait between them where `stride` is 2. */
function alike(steps: readonly Step[], from: number, stride: 1 | 2): Sends[] {
  const first = steps[from];
  const pause = steps[from + 1];
  if (first?.kind !== "sends") return [];
  const group = [first];
  for (let i = from + stride; i < steps.length; i += stride) {
    const next = steps[i];
    const between = steps[i - 1];
    if (next?.kind !== "sends" || !sameShape(first, next)) break;
    if (stride === 2 && !(pause?.kind === "waits" && between?.kind === "waits" && between.ms === pause.ms)) break;
    group.push(next);
  }
  return group;
}

function sameShape(a: Sends, b: Sends): boolean {
  if (a.twinOf !== undefined || b.twinOf !== undefined) return false;
  return shapeOf(a, ["label"]) === shapeOf(b, ["label"]);
}

/** Equal for messages that differ in nothing but these fields. */
export function shapeOf(step: Sends, but: readonly (keyof Sends)[]): string {
  return JSON.stringify(step, (key, value) =>
    key !== "" && (but as readonly string[]).includes(key) ? undefined : value,
  );
}

/** So many messages are counted rather than told one by one. */
const leastStretch = 20;

/** The longest stretch from a message on, of what can be told by numbers; it ends with a message. */
function stretchFrom(
  steps: readonly Step[],
  from: number,
  struck: Struck,
): { readonly stretch: Stretch; readonly length: number } {
  let end = from;
  for (let i = from; i < steps.length; i++) {
    const step = steps[i];
    if (step === undefined || !isCountable(step, struck)) break;
    if (step.kind === "sends") end = i + 1;
  }
  const within = steps.slice(from, end);
  const sends = within.filter((step) => step.kind === "sends");
  const waits = within.filter((step) => step.kind === "waits").map(({ ms }) => ms);
  const [everyMs] = waits;
  const steady = waits.length === sends.length - 1 && waits.every((ms) => ms === everyMs);
  return {
    length: within.length,
    stretch: {
      sends,
      ...(steady && everyMs !== undefined ? { everyMs } : {}),
      lastsMs: waits.reduce((sum, ms) => sum + ms, 0),
      meanwhile: within.filter((step) => step.kind === "away" || step.kind === "entitles"),
    },
  };
}

function isCountable(step: Step, struck: Struck): boolean {
  switch (step.kind) {
    case "sends":
      return step.twinOf === undefined && step.defect === undefined && !struck.has(step.label);
    case "waits":
    case "away":
    case "entitles":
      return true;
    default:
      return false;
  }
}
