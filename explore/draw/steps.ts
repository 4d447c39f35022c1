import fc from "fast-check";
import type { Label } from "../../core/names.ts";
import {
  type ChannelName,
  type Content,
  contents,
  type Defect,
  type Mail,
  type Municipality,
  type Step,
} from "../../core/scenario.ts";
import { ms, type Span } from "../../core/scenario-verbs.ts";

/** Kinds of trouble. Each run draws its own subset: what never comes alone is found as well as what needs company. */
export const troubles = [
  "crashes",
  "stops",
  "outages",
  "strains",
  "receiver crashes",
  "disconnects",
  "upgrades",
  "restores",
  "resends",
  "twins",
  "defects",
  "rights",
  "people away",
  "requests",
  "answers",
  "slowness",
  "refusals",
] as const;

export type Trouble = (typeof troubles)[number];

/** What is decided before the steps are drawn. */
export type Ground = {
  readonly role: "integration" | "sender";
  readonly channels: readonly ChannelName[];
  readonly places: readonly Municipality[];
  readonly troubles: ReadonlySet<Trouble>;
};

/** Short everyday words of the coast; a message keeps its own when others vanish. */
const words =
  "alke bekk bris dun eik elv fjell flo foss fyr gran hav hegg holme ise jarl kai krabbe kvist lom lyng mose myr naust nes odde orre os pil rev rim ro rogn sel sild siv skjell snø sol stein strand sund svale tang tare terne tind torsk vann varde vik vind voll ørn øy ås".split(
    " ",
  );
/** Labels have no letters outside ASCII. */
const labels: readonly Label[] = words.filter((word) => /^[a-z]+$/.test(word));

const defects: readonly Defect[] = [
  "empty-container",
  "truncated-container",
  "not-json",
  "missing-pdf",
  "missing-field",
  "other-municipality",
  "unknown-type",
  "unsupported-version",
];

/** Time that passes between two things, ms; around the limits that channels have, also one ms to either side. */
const pauses: readonly (readonly [weight: number, Span])[] = [
  [8, {}],
  [4, { seconds: 1 }],
  [4, { seconds: 20 }],
  [5, { minutes: 1 }],
  [4, { minutes: 6 }],
  [3, { minutes: 25 }],
  [4, { hours: 1 }],
  [3, { hours: 5 }],
  [3, { hours: 14 }],
  [2, { days: 1 }],
  [2, { days: 3 }],
  [1, { days: 8 }],
];
/** Lifetimes of the channels: 2 h grace, 24 h in a queue, 7 d for a receipt, 14 and 30 d in the portal and in Altinn. */
const lives: readonly Span[] = [{ hours: 2 }, { hours: 24 }, { days: 7 }, { days: 14 }, { days: 30 }];

const waiting: fc.Arbitrary<number> = fc.oneof(
  ...pauses.map(([weight, span]) => ({ weight, arbitrary: fc.constant(ms(span)) })),
  {
    weight: 1,
    arbitrary: fc
      .tuple(fc.constantFrom(...lives), fc.constantFrom(-1, 0, 1))
      .map(([span, offset]) => ms(span) + offset),
  },
);
const spans = (...all: readonly Span[]): fc.Arbitrary<number> => fc.constantFrom(...all.map(ms));
const whileDown = spans({ seconds: 5 }, { minutes: 1 }, { minutes: 20 }, { hours: 3 }, { hours: 20 });

/** Something happens, after a while. References to messages are by number among those sent so far. */
export type Act = { readonly afterMs: number } & (
  | { readonly kind: "send"; readonly word: Label; readonly to: number; readonly how: How }
  /** So many messages at one moment, to all districts of a place in turn. */
  | { readonly kind: "crowd"; readonly count: number; readonly to: number; readonly channel: number }
  /** `which` counts from the last message back. */
  | { readonly kind: "resend"; readonly which: number }
  | { readonly kind: "step"; readonly step: Step; readonly later?: { readonly afterMs: number; readonly step: Step } }
);

type How = {
  readonly messageKind: "offentlig" | "privat";
  readonly version: 1 | 2;
  readonly content: Content;
  readonly namesDistrict: boolean;
  readonly twin?: number;
  readonly defect?: Defect;
  readonly channel: number;
  readonly mail: Mail;
};

const sometimes = <T>(weight: number, arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> =>
  fc.option(arbitrary, { nil: undefined, freq: weight });

const mailOf = (role: Ground["role"]): fc.Arbitrary<Mail> =>
  fc
    .record({
      // A sender may take a way on which all is confidential.
      ordinary: role === "integration" ? fc.boolean() : fc.constant(false),
      furtherFiles: fc.constantFrom(0, 0, 1, 2, 5),
      confirmation: fc.boolean(),
      notice: fc.boolean(),
      filesLiveDays: fc.constantFrom(undefined, undefined, 14, 30),
      publishedLateMs: fc.constantFrom(undefined, undefined, undefined, ms({ minutes: 20 }), ms({ hours: 2 })),
    })
    .map(({ ordinary, furtherFiles, confirmation, notice, filesLiveDays, publishedLateMs }) => ({
      ...(ordinary ? { ordinary } : {}),
      ...(furtherFiles > 0 ? { furtherFiles } : {}),
      ...(confirmation ? { confirmation } : {}),
      ...(notice ? { notice } : {}),
      ...(filesLiveDays === undefined ? {} : { filesLiveDays }),
      ...(publishedLateMs === undefined ? {} : { publishedLateMs }),
    }));

function sending({ troubles, role }: Ground): fc.Arbitrary<How> {
  return fc
    .record({
      messageKind: fc.constantFrom("offentlig", "offentlig", "privat"),
      version: fc.constantFrom(1, 2),
      content: fc.oneof(
        { weight: 25, arbitrary: fc.constant<Content>("short") },
        { weight: 14, arbitrary: fc.constantFrom(...contents.filter((content) => content !== "large")) },
        // The portal, to which a sender may turn, takes no more than five megabytes.
        { weight: 1, arbitrary: fc.constant<Content>(role === "integration" ? "large" : "long") },
      ),
      namesDistrict: fc.oneof({ weight: 4, arbitrary: fc.constant(true) }, fc.constant(false)),
      twin: troubles.has("twins") ? sometimes(2, fc.nat(20)) : fc.constant(undefined),
      defect:
        troubles.has("defects") && role === "integration"
          ? sometimes(3, fc.constantFrom(...defects))
          : fc.constant(undefined),
      channel: fc.nat(20),
      mail: mailOf(role),
    })
    .map(({ twin, defect, ...how }) => ({
      ...(how as Omit<How, "twin" | "defect">),
      ...(twin === undefined ? {} : { twin }),
      ...(defect === undefined ? {} : { defect }),
    }));
}

/** With a time of its own, or after whatever is drawn. */
type Incident = Omit<Extract<Act, { kind: "resend" | "step" }>, "afterMs"> & { readonly afterMs?: number };

/** What a run of this ground may have besides messages: each with its weight. */
function incidents(ground: Ground): fc.WeightedArbitrary<Incident>[] {
  const { role, channels, troubles } = ground;
  const places = ground.places.filter((place) => place.served);
  const step = (arbitrary: fc.Arbitrary<Step>): fc.Arbitrary<{ kind: "step"; step: Step }> =>
    arbitrary.map((one) => ({ kind: "step", step: one }));
  const parties = [
    "maskinporten",
    ...(role === "integration" ? ["receiver"] : ["portal"]),
    ...channels.filter((channel) => role === "integration" || channel !== "fiks-io"),
  ];
  const all: readonly (readonly [Trouble, boolean, fc.WeightedArbitrary<Incident>])[] = [
    [
      "crashes",
      true,
      {
        weight: 2,
        arbitrary: step(
          fc
            .record({
              how: fc.constantFrom(
                { class: "process", survives: "none" } as const,
                { class: "power", survives: "none" } as const,
                { class: "power", survives: "prefix" } as const,
                { class: "power", survives: "subset" } as const,
              ),
              downMs: whileDown,
            })
            .map(({ how, downMs }): Step => ({ kind: "crashes", ...how, downMs })),
        ),
      },
    ],
    [
      "stops",
      true,
      { weight: 2, arbitrary: step(whileDown.map((downMs): Step => ({ kind: "stops", graceMs: 10_000, downMs }))) },
    ],
    [
      "upgrades",
      role === "integration",
      {
        weight: 3,
        arbitrary: step(
          fc
            .record({
              to: fc.constantFrom("next", "next", "first"),
              downMs: spans({ seconds: 5 }, { minutes: 10 }),
              overlapMs: fc.constantFrom(undefined, undefined, ms({ minutes: 10 })),
            })
            .map(
              ({ to, downMs, overlapMs }): Step => ({
                kind: "upgrades",
                to: to as "next",
                graceMs: 10_000,
                downMs,
                ...(overlapMs === undefined ? {} : { overlapMs }),
              }),
            ),
        ),
      },
    ],
    [
      "restores",
      role === "integration",
      {
        weight: 2,
        arbitrary: step(
          fc
            .record({
              party: fc.constantFrom("integration", "receiver"),
              agoMs: spans({ hours: 1 }, { hours: 10 }, { days: 1 }),
              downMs: spans({ minutes: 1 }, { hours: 1 }),
            })
            .map(({ party, agoMs, downMs }): Step => ({ kind: "restores", party: party as "receiver", agoMs, downMs })),
        ),
      },
    ],
    [
      "outages",
      true,
      {
        weight: 2,
        arbitrary: step(
          fc
            .record({
              party: fc.constantFrom(...parties),
              forMs: spans({ minutes: 2 }, { minutes: 50 }, { hours: 7 }, { hours: 30 }, { days: 3 }),
            })
            .map(({ party, forMs }): Step => ({ kind: "unreachable", party, forMs })),
        ),
      },
    ],
    [
      "strains",
      role === "integration",
      {
        weight: 3,
        arbitrary: step(
          fc
            .record({
              how: fc.constantFrom("slow", "queues", "queues", "overloaded", "locked", "full"),
              forMs: spans({ minutes: 10 }, { minutes: 40 }, { hours: 6 }, { hours: 30 }),
            })
            .map(({ how, forMs }): Step => ({ kind: "strains", how: how as "slow", forMs })),
        ),
      },
    ],
    [
      "receiver crashes",
      role === "integration",
      { weight: 2, arbitrary: step(whileDown.map((downMs): Step => ({ kind: "receiverCrashes", downMs }))) },
    ],
    [
      "disconnects",
      role === "integration" && channels.includes("fiks-io"),
      { weight: 2, arbitrary: step(fc.constant<Step>({ kind: "disconnects" })) },
    ],
    [
      "resends",
      role === "integration" && channels.includes("fiks-io"),
      // An operator sends again soon, while it is not known what became of the first copy.
      {
        weight: 4,
        arbitrary: fc.record({
          kind: fc.constant("resend"),
          which: fc.constantFrom(0, 0, 0, 1, 2),
          afterMs: spans({ seconds: 1 }, { seconds: 20 }, { minutes: 5 }, { hours: 1 }),
        }),
      },
    ],
    [
      "rights",
      role === "integration" && channels.includes("altinn-correspondence"),
      {
        weight: 1,
        arbitrary: fc
          .record({ place: fc.constantFrom(...places), forMs: spans({ hours: 3 }, { hours: 30 }) })
          .map(({ place, forMs }) => ({
            kind: "step" as const,
            step: entitles(place, false),
            later: { afterMs: forMs, step: entitles(place, true) },
          })),
      },
    ],
    [
      "people away",
      role === "sender",
      {
        weight: 3,
        arbitrary: step(
          fc
            .record({
              place: fc.constantFrom(...places),
              forMs: spans({ days: 2 }, { days: 8 }, { days: 28 }),
            })
            .map(({ place, forMs }): Step => ({ kind: "away", person: `Postfordeler ${place.name}`, forMs })),
        ),
      },
    ],
  ];
  return all.filter(([trouble, applies]) => applies && troubles.has(trouble)).map(([, , weighted]) => weighted);
}

function entitles(place: Municipality, granted: boolean): Step {
  return { kind: "entitles", who: "integration", municipality: place.number, right: "confidential", granted };
}

/** Just more than what programs have room for: pages, windows and what is kept of ids often end at these. */
const crowded = [11, 17, 33, 51, 101];
/** Files beside the first that a message of Altinn's may have, and hardly any has. */
const piled = [12, 33];

/**
 * As `acts`, and somewhere among them more than is usual: a crowd of messages, and where there is mail a message with
 * many files.
 */
export function plentifulActs(ground: Ground): fc.Arbitrary<readonly Act[]> {
  const crowd = fc
    .record({ afterMs: waiting, count: fc.constantFrom(...crowded), to: fc.nat(20), channel: fc.nat(20) })
    .map((one): Act => ({ kind: "crowd", ...one }));
  const pile = fc
    .record({
      afterMs: waiting,
      to: fc.nat(20),
      how: sending(ground),
      // Names come by number: only so are there enough for all of them.
      content: fc.constantFrom<Content | undefined>("odd-names", undefined),
      furtherFiles: fc.constantFrom(...piled),
    })
    .map(
      ({ how, content = how.content, furtherFiles, ...one }): Act => ({
        kind: "send",
        word: "pile",
        ...one,
        how: { ...how, content, mail: { ...how.mail, furtherFiles } },
      }),
    );
  const hasMail = ground.channels.some((channel) => channel !== "fiks-io");
  const plenty = hasMail ? fc.tuple(crowd, pile) : fc.tuple(crowd);
  return fc
    .tuple(acts(ground), plenty, fc.nat(20))
    .map(([usual, much, at]) => usual.toSpliced(1 + (at % usual.length), 0, ...much));
}

/** A message, and then whatever the ground allows: up to a dozen things, one after the other. */
export function acts(ground: Ground): fc.Arbitrary<readonly Act[]> {
  const send = fc
    .record({ word: fc.constantFrom(...labels), to: fc.nat(20), how: sending(ground) })
    .map((one) => ({ kind: "send" as const, ...one }));
  const happening = fc
    .record({
      afterMs: waiting,
      what: fc.oneof({ weight: 8, arbitrary: send }, ...incidents(ground)),
    })
    .map(({ afterMs, what }) => ({ afterMs, ...what }) as Act);
  return fc
    .tuple(send, fc.array(happening, { maxLength: 11, size: "max" }))
    .map(([first, rest]) => [{ afterMs: 0, ...first }, ...rest]);
}
