import fc from "fast-check";
import type { Label } from "../../core/names.ts";
import type { ChannelName, Scenario, Step, SwitchValues } from "../../core/scenario.ts";
import { sends } from "../../core/scenario-verbs.ts";
import { faultOf, type Strike, strikes } from "./faults.ts";
import { type Cell, cellsOf, uploads } from "./grid.ts";
import {
  city,
  dutyOfficer,
  inAltinn,
  nextDoor,
  type Reading,
  readersOf,
  readings,
  staffOf,
  village,
} from "./places.ts";
import { type Act, acts, type Ground, plentifulActs, type Trouble, troubles } from "./steps.ts";

/** Names how scenarios are drawn: the same seed and number give the same scenario where this is the same. */
export const drawingVersion = "drawn-8 fast-check-4.10";

/** One run in so many has more than is usual. It shares no factor with how many sets of channels there are: 1, 2 or 4. */
const plentyEvery = 33;

/** What a system serves, and so what is drawn for it. */
export type Drawing = {
  readonly role: "integration" | "sender";
  /** A sender's first way first. */
  readonly channels: readonly ChannelName[];
};

/** Days on which calendars go wrong, and ordinary ones: Oslo local time. */
const beginnings: readonly string[] = [
  "2023-05-08T08:00:00",
  "2023-09-21T13:07:00",
  // Friday afternoon, and the night before a Saturday.
  "2023-10-06T15:55:00",
  "2023-10-06T23:30:00",
  // Wednesday before Easter, Christmas Eve, New Year's Eve.
  "2023-04-05T14:00:00",
  "2024-12-24T11:00:00",
  "2025-12-31T23:59:50",
  // The nights when summer time begins and ends, and the eve of a leap day.
  "2026-03-29T01:30:00",
  "2026-10-25T01:30:00",
  "2028-02-28T22:00:00",
];

/**
 * Values of the switches in which sources differ; each is left alone more often than not. Those that make it harder to
 * be sound than PORT.md lets a vendor expect are not drawn: what only fails by them is disputed.
 */
const switchable: Readonly<Record<"fiks-io" | "altinn-correspondence", SwitchValues>> = {
  "fiks-io": {
    retentionDays: 14,
    bareHeaders: true,
    prefetchedAttempts: false,
    expiresAtHead: false,
    ttlHours: 48,
  },
  "altinn-correspondence": {
    readEndsIt: true,
    confirmSeconds: 3600,
    scanSeconds: 60,
    altinnTokenMinutes: 5,
    noticeMinutes: 0,
    downloadAll: false,
  },
};

/**
 * The scenario of one run of a fuzzing campaign. It depends on nothing but the seed, the run's number and what is drawn
 * for: whoever performs it, and whatever came before.
 *
 * Run by run the cells of the grid are aimed at in an order of the seed's own, so that any so many runs in a row have
 * aimed at each; round that the run draws its own subset of troubles.
 */
export function drawnScenario(drawing: Drawing, seed: number, run: number): Scenario {
  const sets = channelSets(drawing);
  const channels = sets[run % sets.length] ?? drawing.channels;
  const nth = Math.floor(run / sets.length);
  const cells = cellsOf(drawing.role, channels);
  const aim = shuffled(cells, seed + Math.floor(nth / cells.length))[nth % cells.length];
  if (aim === undefined) throw new Error("There is nothing to aim at.");
  const isPlentiful = run % plentyEvery === plentyEvery - 1;
  const scenario = scenarios({ ...drawing, channels }, cells, aim, isPlentiful ? plentifulActs : acts);
  const [drawn] = fc.sample(fc.noBias(scenario), { seed: mixed(seed, run), numRuns: 1 });
  if (drawn === undefined) throw new Error("fast-check drew nothing.");
  return { ...drawn, id: `fuzz-${seed}-${run}`, title: `Run ${run} of seed ${seed}` };
}

/** Every cell that campaigns for this aim at. */
export function cellsDrawn(drawing: Drawing): readonly Cell[] {
  return channelSets(drawing).flatMap((channels) => cellsOf(drawing.role, channels));
}

/**
 * What runs are given, in turn: an integration one channel at a time, and all of them, with a run on Fiks IO between, which
 * takes a fifth of the time of one with mail; a sender each way into Altinn with the portal behind it.
 */
function channelSets({ role, channels }: Drawing): readonly (readonly ChannelName[])[] {
  if (channels.length === 1) return [channels];
  if (role === "integration") {
    const others = [...channels.filter((name) => name !== "fiks-io").map((name) => [name]), channels];
    return channels.includes("fiks-io") ? others.flatMap((set) => [["fiks-io"] as const, set]) : others;
  }
  const [portal, ways] = [channels.filter((name) => name === "fiks-io"), channels.filter((name) => name !== "fiks-io")];
  return ways.map((way) => [way, ...portal]);
}

function scenarios(
  drawing: Drawing,
  cells: readonly Cell[],
  aim: Cell,
  actsOn: (ground: Ground) => fc.Arbitrary<readonly Act[]>,
): fc.Arbitrary<Omit<Scenario, "id" | "title">> {
  return fc
    .record({
      startsAt: fc.constantFrom(...beginnings),
      places: fc.constantFrom([village], [village], [city], [village, city], [city, nextDoor]),
      reading: fc.constantFrom<Reading>("awake", "awake", ...readingsOf(drawing)),
      present: fc.subarray([...troubles], { minLength: 1 }),
      switches: fc.oneof({ weight: 2, arbitrary: fc.constant({}) }, switchesOf(drawing)),
    })
    .chain((around) => {
      const places = around.places.map((place) => (place.served ? place : { ...place }));
      const ground: Ground = { ...drawing, places, troubles: new Set<Trouble>(around.present) };
      return fc
        .record({ acts: actsOn(ground).map((drawn) => reaching(aim, drawn)), strikes: strikes(cells, ground, aim) })
        .map((drawn) => assembled(ground, around, drawn));
    });
}

/** The acts, the first message being one that leads to the cell that the run is aimed at, as far as messages do. */
function reaching({ operation }: Cell, [first, ...rest]: readonly Act[]): readonly Act[] {
  if (first?.kind !== "send") return rest;
  return [uploads.includes(operation) ? { ...first, how: { ...first.how, content: "large" } } : first, ...rest];
}

/** A dispatch is opened by people only. */
function readingsOf({ channels }: Drawing): readonly Reading[] {
  return channels.includes("altinn-dispatch") ? readings.filter((reading) => reading !== "machine") : readings;
}

type Around = {
  readonly startsAt: string;
  readonly reading: Reading;
  readonly switches: SwitchValues;
};

function assembled(
  ground: Ground,
  { startsAt, reading, switches }: Around,
  drawn: { readonly acts: readonly Act[]; readonly strikes: readonly Strike[] },
): Omit<Scenario, "id" | "title"> {
  const { role, channels, places } = ground;
  const served = places.filter((place) => place.served);
  const { steps, labels } = played(ground, drawn.acts);
  return {
    schema: "komfrem.scenario/v1",
    because: "Drawn at random.",
    origin: "komfrem fuzz",
    ...(role === "sender" ? { tests: role } : {}),
    ...(role === "sender" || channels.some((channel) => channel !== "fiks-io") ? { channels } : {}),
    startsAt,
    municipalities: role === "sender" ? places.map((place) => inAltinn(place, reading)) : places,
    people:
      role === "sender" ? [...served.flatMap((place) => readersOf(place, reading)), dutyOfficer] : staffOf(served),
    switches: {
      ...(channels.includes("altinn-correspondence") && role === "integration" ? { pollIntervalMinutes: 360 } : {}),
      ...switches,
    },
    steps,
    faults: distinct(drawn.strikes.map((strike) => faultOf(strike, labels))),
    mustHold: [],
  };
}

function switchesOf({ role, channels }: Drawing): fc.Arbitrary<SwitchValues> {
  if (role === "sender") return fc.constant({});
  const all = channels.flatMap((channel) => (channel === "altinn-dispatch" ? [] : Object.entries(switchable[channel])));
  return fc.subarray(all, { minLength: 1, maxLength: 2 }).map((some) => Object.fromEntries(some));
}

/** The acts as steps: references become labels, and what refers to nothing is left out. */
function played(
  { role, channels, places }: Ground,
  drawn: readonly Act[],
): { readonly steps: readonly Step[]; readonly labels: readonly Label[] } {
  const served = places.filter((place) => place.served);
  const steps: Step[] = [];
  const labels: Label[] = [];
  const byPortal: Label[] = [];
  /** Where a message to an integration comes by mail. */
  const mailChannel = (nth: number): "altinn-correspondence" | undefined => {
    const channel = channels[nth % channels.length];
    return role === "integration" && channel === "altinn-correspondence" ? channel : undefined;
  };
  const wait = (ms: number): void => {
    if (ms > 0) steps.push({ kind: "waits", ms });
  };
  for (const act of drawn) {
    wait(act.afterMs);
    switch (act.kind) {
      case "send": {
        const to = served[act.to % served.length];
        if (to === undefined || labels.includes(act.word)) break;
        const { messageKind, version, content, namesDistrict, twin, defect, mail } = act.how;
        const by = mailChannel(act.how.channel);
        const district = to.districts[act.to % to.districts.length];
        const alike = twin === undefined ? undefined : labels[twin % Math.max(1, labels.length)];
        steps.push(
          sends(act.word, to.number, {
            messageKind,
            version: version === 2 && district?.supports === "V2" ? 2 : 1,
            content,
            ...(namesDistrict && district !== undefined ? { district: district.number } : {}),
            ...(alike === undefined ? {} : { twinOf: alike }),
            ...(defect === undefined || by !== undefined ? {} : { defect }),
            ...(by === undefined ? {} : { by }),
            ...(by === undefined && role === "integration" ? {} : { mail }),
          }),
        );
        labels.push(act.word);
        if (by === undefined) byPortal.push(act.word);
        break;
      }
      case "crowd": {
        const to = served[act.to % served.length];
        const by = mailChannel(act.channel);
        for (let nth = 1; to !== undefined && nth <= act.count; nth++) {
          const district = to.districts[nth % to.districts.length];
          steps.push(
            sends(`crowd-${nth}`, to.number, {
              messageKind: nth % 3 === 0 ? "privat" : "offentlig",
              ...(district === undefined ? {} : { district: district.number }),
              ...(by === undefined ? {} : { by }),
            }),
          );
        }
        break;
      }
      case "resend": {
        const label = byPortal.at(-1 - (act.which % Math.max(1, byPortal.length)));
        if (label !== undefined) steps.push({ kind: "resends", label });
        break;
      }
      case "step":
        steps.push(act.step);
        if (act.later !== undefined) {
          wait(act.later.afterMs);
          steps.push(act.later.step);
        }
        break;
    }
  }
  return { steps, labels };
}

/** Faults have ids by their place and what they do: one of each is enough. */
function distinct(faults: Scenario["faults"]): Scenario["faults"] {
  return [...new Map(faults.map((fault) => [fault.id, fault])).values()];
}

/** A 32-bit seed for the run, of both numbers. */
function mixed(seed: number, run: number): number {
  let h = Math.imul(seed ^ 0x9e3779b9, 0x85ebca6b) ^ Math.imul(run + 1, 0xc2b2ae35);
  h = Math.imul(h ^ (h >>> 16), 0x45d9f3b);
  return (h ^ (h >>> 13)) | 0;
}

/** All of them in an order that the seed decides. */
function shuffled<T>(items: readonly T[], seed: number): readonly T[] {
  return items
    .map((item, at) => ({ item, key: mixed(seed, at) }))
    .sort((a, b) => a.key - b.key)
    .map(({ item }) => item);
}
