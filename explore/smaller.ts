import { asStruck, type Fault, type FaultAction } from "../core/fault.ts";
import type { Label } from "../core/names.ts";
import type { Scenario, Step, SwitchValues } from "../core/scenario.ts";
import { fault as faultAt, ms } from "../core/scenario-verbs.ts";
import type { Surveyed } from "../worlds/world.ts";
import { durationsOf, sizeOf, usualMs } from "./size.ts";

/** Ways to make a scenario smaller or plainer, the boldest first. */
export type Candidates = (scenario: Scenario, surveyed: Surveyed) => readonly Scenario[];

/** Without a half of the faults, a quarter, and so on down to one. */
export const fewerFaults: Candidates = (scenario) =>
  withoutChunks(scenario.faults).map((faults) => ({ ...scenario, faults }));

/** Without a half of the steps, a quarter, and so on down to one. */
export const fewerSteps: Candidates = (scenario) =>
  withoutChunks(scenario.steps)
    .map((steps) => sensible({ ...scenario, steps }))
    // What is sent on the morning after is no story of its own.
    .filter(({ steps }) => steps.some(({ kind }) => kind === "sends"));

/** Each two waits that follow each other as one, and each wait right before what it need not wait for left out. */
export const fewerWaits: Candidates = (scenario) =>
  scenario.steps.flatMap((step, at) => {
    const next = scenario.steps[at + 1];
    if (step.kind !== "waits" || next?.kind !== "waits") return [];
    const merged: Step = { kind: "waits", ms: step.ms + next.ms };
    return [{ ...scenario, steps: scenario.steps.toSpliced(at, 2, merged) }];
  });

/** Faults at the places where they struck, once each, doing the plainest thing of their kind. */
export const plainerFaults: Candidates = (scenario, { reached }) => {
  const struck = asStruck(scenario.faults, faultedAs(reached));
  const concrete = struck.some(({ at }, i) => at !== scenario.faults[i]?.at) ? [{ ...scenario, faults: struck }] : [];
  const one = scenario.faults.flatMap((fault, at) =>
    plainerFault(fault, reached).map((faults) => ({
      ...scenario,
      faults: scenario.faults.toSpliced(at, 1, ...faults),
    })),
  );
  return [...concrete, ...one];
};

/** Faults that do the same at one attempt after the other of an exchange, as one that strikes so often. */
export const joinedFaults: Candidates = (scenario) => {
  const joined = new Map<string, Fault>();
  for (const fault of scenario.faults) {
    const at = fault.at.replace(/\/\d+:/, "/*:");
    const key = `${at} ${JSON.stringify(fault.does)}`;
    const before = joined.get(key);
    const times = (before?.times ?? (before === undefined ? 0 : 1)) + (fault.times ?? 1);
    joined.set(key, before === undefined ? fault : { ...before, at, times });
  }
  return joined.size === scenario.faults.length ? [] : [{ ...scenario, faults: [...joined.values()] }];
};

/** Each step in its plainest form that differs from what it is. */
export const plainerSteps: Candidates = (scenario) =>
  scenario.steps.flatMap((step, at) =>
    plainerStep(step, scenario).map((plainer) => sensible({ ...scenario, steps: scenario.steps.with(at, plainer) })),
  );

/** Each duration as it usually is, or rounder than it is. */
export const plainerDurations: Candidates = (scenario) => [
  ...scenario.steps.flatMap((step, at) =>
    otherDurations(step).map((other) => ({ ...scenario, steps: scenario.steps.with(at, other) })),
  ),
  ...scenario.faults.flatMap((one, at) =>
    otherDurations(one.does).map((does) => ({
      ...scenario,
      faults: scenario.faults.with(at, { ...faultAt(one.at, does, one.times) }),
    })),
  ),
];

/** Fewer people, places, switches and channels, and an ordinary day. */
export const plainerSurroundings: Candidates = (scenario) => {
  const { municipalities, people, switches, channels, tests } = scenario;
  const used = new Set(scenario.steps.flatMap(municipalitiesIn));
  const needed = municipalities.filter(({ number }) => used.has(number));
  const fewer: Scenario[] = [];
  if (needed.length > 0 && needed.length < municipalities.length) {
    const numbers = new Set(needed.map(({ number }) => number));
    fewer.push({
      ...scenario,
      municipalities: needed,
      people: people.filter(({ municipality }) => municipality === undefined || numbers.has(municipality)),
    });
  }
  for (const place of municipalities) {
    const districts = place.districts.filter(
      ({ standard, number }) =>
        standard ||
        scenario.steps.some(
          (step) => step.kind === "sends" && step.to.municipality === place.number && step.to.district === number,
        ),
    );
    if (districts.length < place.districts.length)
      fewer.push({
        ...scenario,
        municipalities: municipalities.map((one) => (one === place ? { ...place, districts } : one)),
      });
  }
  const spare = Object.keys(switches).filter((name) => name !== polling);
  if (spare.length > 1) fewer.push({ ...scenario, switches: withoutAll(switches, spare) });
  for (const name of spare) fewer.push({ ...scenario, switches: withoutAll(switches, [name]) });
  if (channels !== undefined && channels.length > 1 && tests !== "sender")
    for (const channel of channels) fewer.push({ ...scenario, channels: channels.filter((one) => one !== channel) });
  if (scenario.startsAt !== ordinaryDay) fewer.push({ ...scenario, startsAt: ordinaryDay });
  return fewer;
};

/** How often mailboxes are polled is left as usual last of all: a run that polls every quarter takes ten times as long. */
export const usualPolling: Candidates = ({ switches, ...scenario }) =>
  polling in switches ? [{ ...scenario, switches: withoutAll(switches, [polling]) }] : [];

const polling = "pollIntervalMinutes";

function withoutAll(switches: SwitchValues, names: readonly string[]): SwitchValues {
  return Object.fromEntries(Object.entries(switches).filter(([name]) => !names.includes(name)));
}

/**
 * One message alone, and the receiver out of reach for an hour or a day, or one of the faults at each boundary that the
 * run came by: what looks like a long story is often a short one with the trouble in another place. Only what is smaller
 * than the scenario as it stands.
 */
export const troubleElsewhere: Candidates = (scenario, { reached, broken }) => {
  const label = broken.find(({ delivery }) => scenario.steps.some((step) => isSentAs(step, delivery)))?.delivery;
  const send = scenario.steps.find((step) => isSentAs(step, label));
  if (send?.kind !== "sends") return [];
  const { twinOf: _, ...alone } = send;
  const { defect: __, ...sound } = alone;
  const wait: Step = { kind: "waits", ms: usualMs("waits", "ms") };
  const outages = scenario.tests === "sender" ? [] : [usualMs("unreachable", "forMs"), ms({ days: 1 })];
  const cutOff = outages.map((forMs) => ({
    ...scenario,
    steps: [{ kind: "unreachable", party: "receiver", forMs } as const, sound, { kind: "waits", ms: forMs } as const],
    faults: [],
  }));
  const steps: Step[] = [alone, wait];
  const doing = new Map(scenario.faults.map(({ does }) => [JSON.stringify(does), does]));
  const about = reached.exchanges.filter((name) => name.includes(`(${send.label})/`));
  const struck = about
    .flatMap((exchange) => phases.map((phase) => `${exchange}:${phase}`))
    .flatMap((at) => [...doing.values()].map((does) => ({ ...scenario, steps, faults: [faultAt(at, does)] })));
  return [...cutOff, ...struck].filter((candidate) => sizeOf(candidate) < sizeOf(scenario));
};

const phases = ["asked", "done", "told"] as const;

function isSentAs(step: Step, delivery: string | undefined): boolean {
  return step.kind === "sends" && step.label === delivery;
}

/** Messages called A, B, C in the order they are sent. */
export const plainerLabels: Candidates = (scenario) => {
  const labels = scenario.steps.flatMap((step) => (step.kind === "sends" ? [step.label] : []));
  const names = new Map(labels.map((label, nth) => [label, labelOf(nth)]));
  if (labels.every((label) => names.get(label) === label)) return [];
  return [renamed(scenario, (label) => names.get(label) ?? label)];
};

const ordinaryDay = "2023-05-08T08:00:00";
const mostLetters = 26;

function labelOf(nth: number): Label {
  const letter = String.fromCharCode(65 + (nth % mostLetters));
  return nth < mostLetters ? letter : `${letter}${Math.floor(nth / mostLetters)}`;
}

/** All but a chunk: halves first, then ever smaller ones, the last ones first. */
function withoutChunks<T>(items: readonly T[]): T[][] {
  const fewer: T[][] = [];
  for (let length = items.length; length >= 1; length = length === 1 ? 0 : Math.ceil(length / 2))
    for (let from = Math.max(0, items.length - length); from >= 0; from = from === 0 ? -1 : Math.max(0, from - length))
      fewer.push(items.toSpliced(from, length));
  return fewer;
}

/** What refers to a message that is not sent any more goes with it. */
function sensible(scenario: Scenario): Scenario {
  const sent = new Set<Label>();
  const steps = scenario.steps.flatMap((step): Step[] => {
    if (step.kind === "resends") return sent.has(step.label) ? [step] : [];
    if (step.kind !== "sends") return [step];
    sent.add(step.label);
    if (step.twinOf === undefined || sent.has(step.twinOf)) return [step];
    const { twinOf: _, ...alone } = step;
    return [alone];
  });
  return { ...scenario, steps };
}

function faultedAs({ faults }: Surveyed["reached"]): Parameters<typeof asStruck>[1] {
  return faults.map(
    ({ faultId, boundary, outcome }) =>
      ({ kind: "faulted", faultId, boundary, outcome }) as Parameters<typeof asStruck>[1][number],
  );
}

function plainerFault(one: Fault, reached: Surveyed["reached"]): (readonly Fault[])[] {
  const struck = [
    ...new Set(reached.faults.filter(({ faultId }) => faultId === one.id).map(({ boundary }) => boundary)),
  ];
  const alone = struck.length > 1 ? struck.map((at) => [faultAt(at, one.does)]) : [];
  const doing = plainerActions(one.does).map((does) => [faultAt(one.at, does, one.times)]);
  return [...alone, ...doing];
}

function plainerActions(does: FaultAction): FaultAction[] {
  switch (does.kind) {
    case "crash": {
      const killed: FaultAction = { kind: "crash", class: "process", survives: "none" };
      if (does.class === "process") return does.survives === "none" ? [] : [killed];
      return does.survives === "none" ? [killed] : [killed, { ...does, survives: "none" }];
    }
    case "cut":
    case "stall":
    case "answer":
      return [{ kind: "reset" }];
    case "stop":
    case "pause":
      return [{ kind: "crash", class: "process", survives: "none" }];
    default:
      return [];
  }
}

function plainerStep(step: Step, scenario: Scenario): Step[] {
  switch (step.kind) {
    case "sends": {
      const { twinOf, defect, mail, to, ...rest } = step;
      const plain: Step = {
        ...rest,
        to: plainDistrict(step.to, scenario),
        messageKind: "offentlig",
        version: 1,
        content: "short",
      };
      const kept = {
        ...(mail === undefined ? {} : { mail }),
        ...(defect === undefined ? {} : { defect }),
        ...(twinOf === undefined ? {} : { twinOf }),
      };
      const all: Step[] = [
        plain,
        { ...plain, ...kept },
        { ...step, messageKind: "offentlig" },
        { ...step, version: 1 },
        { ...step, content: "short" },
        { ...step, to: plain.to },
        ...([twinOf, defect, mail].some((one) => one !== undefined) ? withoutEach(step) : []),
        ...(mail?.furtherFiles === undefined ? [] : [{ ...step, mail: { ...mail, furtherFiles: 1 } }]),
        ...(mail === undefined ? [] : Object.keys(mail).map((name) => ({ ...step, mail: without(mail, name) }))),
      ];
      return all.filter((one) => JSON.stringify(one) !== JSON.stringify(step));
    }
    case "crashes":
      return step.class === "process" && step.survives === "none"
        ? []
        : [
            { ...step, class: "process", survives: "none" },
            ...(step.survives === "none" ? [] : [{ ...step, survives: "none" as const }]),
          ];
    case "stops":
      return [{ kind: "crashes", class: "process", survives: "none", downMs: step.downMs }];
    case "away":
      return step.deputy === undefined ? [] : [without(step, "deputy")];
    default:
      return [];
  }
}

/** In its municipality's own district, which every scenario has. */
function plainDistrict(to: Extract<Step, { kind: "sends" }>["to"], { municipalities }: Scenario): typeof to {
  const district = municipalities
    .find(({ number }) => number === to.municipality)
    ?.districts.find(({ standard }) => standard);
  return district === undefined ? to : { municipality: to.municipality, district: district.number };
}

function withoutEach(step: Extract<Step, { kind: "sends" }>): Step[] {
  return (["twinOf", "defect", "mail"] as const).flatMap((name) =>
    step[name] === undefined ? [] : [without(step, name)],
  );
}

function without<T extends object, K extends keyof T>(whole: T, name: K | string): T {
  return Object.fromEntries(Object.entries(whole).filter(([key]) => key !== name)) as T;
}

/** Round lengths of time, the shorter the plainer. */
const round: readonly number[] = [
  ms({ seconds: 1 }),
  ms({ minutes: 1 }),
  ms({ minutes: 10 }),
  ms({ hours: 1 }),
  ms({ hours: 6 }),
  ms({ days: 1 }),
  ms({ days: 3 }),
  ms({ days: 14 }),
  ms({ days: 31 }),
];

function otherDurations<T extends Step | FaultAction>(one: T): T[] {
  return durationsOf(one).flatMap(({ name, value }) => {
    const usual = usualMs(one.kind, name);
    if (value === usual) return [];
    const rounder = round.filter(
      (other) => other !== usual && (other < value || !round.includes(value)) && other !== value,
    );
    // Once it is round it only gets shorter, so that this comes to an end.
    const shorter = round.includes(value) ? rounder.filter((other) => other < value) : rounder;
    return [usual, ...shorter].map((other) => ({ ...one, [name]: other }));
  });
}

function municipalitiesIn(step: Step): string[] {
  if (step.kind === "sends") return [step.to.municipality];
  return step.kind === "entitles" ? [step.municipality] : [];
}

function renamed(scenario: Scenario, to: (label: Label) => Label): Scenario {
  const steps = scenario.steps.map((step): Step => {
    if (step.kind === "resends") return { ...step, label: to(step.label) };
    if (step.kind !== "sends") return step;
    return { ...step, label: to(step.label), ...(step.twinOf === undefined ? {} : { twinOf: to(step.twinOf) }) };
  });
  const faults = scenario.faults.map(({ at, does, times }) =>
    faultAt(at.replaceAll(/[A-Za-z0-9][A-Za-z0-9._-]*(?=[)~@,}+])/g, to), does, times),
  );
  return { ...scenario, steps, faults };
}
