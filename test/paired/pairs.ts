import { hourMs } from "../../core/calendar.ts";
import type { EntryOf, LedgerEntry } from "../../core/ledger.ts";
import { type DeliveryId, deliveryOf, isOperation, type PartyId } from "../../core/names.ts";
import { type ChannelName, contents, type Scenario, type Step } from "../../core/scenario.ts";
import { disconnects, sends, unreachable, waits } from "../../core/scenario-verbs.ts";
import type { Verdict } from "../../core/verdict.ts";
import { faultOf } from "../../explore/draw/faults.ts";
import { type Cell, cellsOf } from "../../explore/draw/grid.ts";
import { city, dutyOfficer, staffOf, village } from "../../explore/draw/places.ts";
import { catalogue } from "../../integrations/index.ts";
import { seededRandom } from "../../worlds/random.ts";
import type { SimulatedWorld } from "../../worlds/simulated/simulated-world.ts";
import type { SystemUnderTest } from "../../worlds/world.ts";
import { shipped } from "../systems.ts";

/** Who sends, and on which channels. */
export type Sending = {
  /** The sender that we ship, or the world's own portal or police. */
  readonly by: "correct/police-sender" | "portal" | "police";
  /** A sender's first way first. */
  readonly channels: Channels;
  /**
   * Only while the channel does as it should. The portal knows no key: whatever it did not answer goes to a person, where
   * there is no other way, and whether that is the sender's fault no ledger can tell.
   */
  readonly unfailing?: true;
};
type Channels = readonly [ChannelName, ...ChannelName[]];

/** Every way from a sender of ours to an integration: on dispatch nobody reads, so that the sender must take the other. */
export const sendings: readonly Sending[] = [
  { by: "correct/police-sender", channels: ["fiks-io"], unfailing: true },
  { by: "correct/police-sender", channels: ["altinn-correspondence", "fiks-io"] },
  { by: "correct/police-sender", channels: ["altinn-dispatch", "fiks-io"] },
  { by: "portal", channels: ["fiks-io"] },
  { by: "police", channels: ["altinn-correspondence"] },
];

export const readers: readonly string[] = catalogue.flatMap(({ kind, role, name }) =>
  kind === "sound" && role === "integration" ? [name] : [],
);

/** The system under test that a pair is run as: the sender with its reader, or where the world sends the reader alone. */
export function pairOf(by: string, reader: string): SystemUnderTest {
  return by === "portal" || by === "police" ? shipped(reader) : { ...shipped(by), pairedWith: shipped(reader) };
}

/** The parties between a sender and an integration. */
const between: Readonly<Record<ChannelName, readonly PartyId[]>> = {
  "fiks-io": ["portal", "fiks-io"],
  "altinn-correspondence": ["altinn-correspondence", "altinn-authentication"],
  "altinn-dispatch": ["altinn-dispatch", "altinn-authentication"],
};

/** Whether a party is of the channel, and neither of the two that it lies between. */
export function isBetween(party: PartyId): boolean {
  return Object.values(between).some((parties) => parties.includes(party));
}

/** Happens to the sender or the integration, and so not in the channel. */
const toASystem: ReadonlySet<string> = new Set(["crash", "stop", "pause"]);

/** What can go wrong in the channel and nowhere else. */
export function cellsBetween(channels: readonly ChannelName[]): readonly Cell[] {
  const parties = new Set(channels.flatMap((channel) => between[channel]));
  return (["sender", "integration"] as const)
    .flatMap((role) => cellsOf(role, channels))
    .filter(
      ({ operation, does }) => parties.has(operation.slice(0, operation.indexOf("."))) && !toASystem.has(does.kind),
    );
}

/**
 * A scenario with nothing but the channel between a sender and an integration: what it draws depends on seed and number
 * alone. `faults`: the channel fails now and then, and for a while.
 */
export function pairScenario({ by, channels }: Sending, seed: number, run: number, faults: boolean): Scenario {
  const random = seededRandom(seed, `pair/${by}/${channels.join("+")}/${run}`);
  const oneOf = <T>(first: T, ...rest: readonly T[]): T => [first, ...rest][random.between(0, rest.length)] ?? first;
  const chance = (one: number): boolean => random.between(1, one) === 1;
  const steps: Step[] = [];
  const labels: string[] = [];
  for (const label of ["A", "B", "C", "D"].slice(0, random.between(2, 4))) {
    if (faults && chance(4)) {
      const party = oneOf(channels[0], ...channels.flatMap((channel) => between[channel]));
      steps.push(chance(4) ? disconnects() : unreachable(party, oneOf({ minutes: 20 }, { hours: 5 }, { hours: 30 })));
    }
    const place = oneOf(village, city);
    const district = oneOf(undefined, ...place.districts);
    steps.push(
      sends(label, place.number, {
        ...(district === undefined ? {} : { district: district.number }),
        messageKind: oneOf("offentlig", "offentlig", "privat"),
        version: district?.supports === "V2" ? oneOf(1, 2) : 1,
        content: oneOf("short", ...contents.filter((content) => content !== "large")),
        ...(labels.length > 0 && chance(4) ? { twinOf: oneOf(labels[0] ?? "", ...labels) } : {}),
        ...(by === "police" ? { by: "altinn-correspondence" } : {}),
        ...(by === "portal" ? {} : { mail: { furtherFiles: oneOf(0, 0, 1, 2), confirmation: true } }),
      }),
      waits(oneOf({ seconds: 1 }, { minutes: 6 }, { hours: 5 }, { days: 1 })),
    );
    labels.push(label);
  }
  const cells = cellsBetween(channels);
  const struck = faults
    ? Array.from({ length: random.between(1, 3) }, () => cells[random.between(0, cells.length - 1)])
    : [];
  const drawn = struck.flatMap((cell) =>
    cell === undefined
      ? []
      : [
          faultOf(
            {
              cell,
              which: oneOf<number | undefined>(undefined, 0, 1),
              attempt: oneOf<1 | 2 | "*">(1, 1, 2, "*"),
              times: oneOf(1, 3),
            },
            labels,
          ),
        ],
  );
  return {
    ...around(channels, by !== "portal" && by !== "police"),
    id: `pair-${channels.join("-")}-${seed}-${run}`,
    title: `${by} on ${channels.join(", ")}, run ${run} of seed ${seed}`,
    startsAt: oneOf("2023-05-08T08:00:00", "2023-10-06T15:55:00", "2026-03-29T01:30:00"),
    steps: [...steps, waits({ hours: 8 })],
    faults: [...new Map(drawn.map((fault) => [fault.id, fault])).values()],
  };
}

/** Messages to every place, some in the same minute, with and without a district and further files; sent by a system of ours. */
export function everyPlace(channels: Channels, faults: Scenario["faults"]): Scenario {
  return {
    ...around(channels, true),
    id: `pair-${channels.join("-")}-every-place`,
    title: "Messages to every place",
    startsAt: "2023-05-08T08:00:00",
    steps: [
      sends("A", village.number, { district: "01" }),
      sends("B", city.number, { district: "02", version: 2, mail: { furtherFiles: 2, confirmation: true } }),
      sends("C", city.number, { twinOf: "B" }),
      waits({ days: 8 }),
    ],
    faults,
  };
}

function around(
  channels: Channels,
  testsSender: boolean,
): Omit<Scenario, "id" | "title" | "startsAt" | "steps" | "faults"> {
  return {
    schema: "komfrem.scenario/v1",
    because: "What our sender says it sent our receiver must hold.",
    origin: "test/paired",
    ...(testsSender ? { tests: "sender" } : {}),
    channels,
    municipalities: [village, city],
    people: [...staffOf([village, city]), ...(testsSender ? [dutyOfficer] : [])],
    switches: { pollIntervalMinutes: 720 },
    mustHold: [],
  };
}

/** Of a copy on Fiks IO. */
const shortestLifeMs = 24 * hourMs;

/** By which a sender says, or is told, that something is sent. */
const sayings = [
  ["sender", "send"],
  ["portal", "submit"],
  ["altinn-correspondence", "initialize"],
] as const;

/**
 * What the ledger shows between the two, by no rule of ours: each delivery that its sender said it sent, or was told is
 * taken on, stands in the case system, whole and where it was addressed to. On paper it may be only where the channel was
 * cut off for as long as a message lives there.
 *
 * @returns A line for each that does not.
 */
export function missingIn(ledger: readonly LedgerEntry[]): readonly string[] {
  const sent = new Map<DeliveryId, EntryOf<"submitted">["deliveries"][number]>();
  const said = new Set<DeliveryId>();
  const cases = new Map<DeliveryId, EntryOf<"registered">[]>();
  const onPaper = new Set<DeliveryId>();
  let isCutOff = false;
  for (const entry of ledger) {
    const { exchange, delivery } = entry;
    if (entry.kind === "submitted") for (const one of entry.deliveries) sent.set(one.id, one);
    if (entry.kind === "faulted" && (entry.untilMs ?? 0) - entry.atMs >= shortestLifeMs) isCutOff = true;
    if (entry.kind === "printed" && delivery !== undefined && isCutOff) onPaper.add(delivery);
    if (entry.kind === "registered" && delivery !== undefined)
      cases.set(delivery, [...(cases.get(delivery) ?? []), entry]);
    if (entry.kind !== "told" || entry.saying !== "positive" || exchange === undefined) continue;
    if (sayings.some(([party, operation]) => isOperation(exchange, party, operation)))
      for (const copy of entry.copies) said.add(deliveryOf(copy));
  }
  return [...said].flatMap((id) => {
    const { municipalityNumber, district } = sent.get(id) ?? {};
    const found = cases.get(id) ?? [];
    const isHeld = found.some(
      (one) =>
        one.municipalityNumber === municipalityNumber &&
        (district === undefined || one.district === district) &&
        one.whole &&
        one.parts.every(({ ok }) => ok),
    );
    if (isHeld || (found.length === 0 && onPaper.has(id))) return [];
    return [`${id} was said to be sent, and ${found.length === 0 ? "stands in no case" : "no case is what was sent"}`];
  });
}

/** A pair's run: what is missing between the two, and what the rules find, by whom they blame. */
export async function performed(
  world: SimulatedWorld,
  scenario: Scenario,
  pair: SystemUnderTest,
  seed: number,
): Promise<{ readonly missing: readonly string[]; readonly verdict: Verdict; readonly blamed: readonly string[] }> {
  const { ledger, judged } = await world.run(scenario, pair, { seed });
  const findings = [...judged.broken.flatMap(({ primary, attached }) => [primary, ...attached])];
  const blamed = findings.map(({ blames, rule, delivery = "" }) => `${blames}: ${rule} ${delivery}`);
  return { missing: missingIn(ledger), verdict: judged.verdict, blamed };
}

/**
 * So many runs of each pair, seed by seed, every other one with a channel that fails.
 *
 * @returns A line for each run that did not pass, or in which something is missing; what is inconclusive is counted.
 */
export async function allPairs(
  world: SimulatedWorld,
  { runs, seed, width }: { readonly runs: number; readonly seed: number; readonly width: number },
  signal: AbortSignal,
): Promise<{ readonly runs: number; readonly inconclusive: number; readonly complaints: readonly string[] }> {
  const complaints: string[] = [];
  let done = 0;
  let inconclusive = 0;
  const wanted = function* (): Generator<readonly [Sending, string, number], void> {
    for (let run = 0; run < runs; run++)
      for (const sending of sendings) for (const reader of readers) if (!signal.aborted) yield [sending, reader, run];
  };
  const jobs = wanted();
  const work = async (): Promise<void> => {
    for (const [sending, reader, run] of jobs) {
      const scenario = pairScenario(sending, seed, run, run % 2 === 1 && sending.unfailing !== true);
      const { missing, verdict, blamed } = await performed(world, scenario, pairOf(sending.by, reader), seed);
      done += 1;
      if (verdict.kind === "inconclusive") inconclusive += 1;
      if (verdict.kind === "failed" || missing.length > 0)
        complaints.push(`${scenario.title}, ${reader}: ${[...blamed, ...missing].join("; ")}`);
    }
  };
  await Promise.all(Array.from({ length: width }, work));
  return { runs: done, inconclusive, complaints };
}
