import { afterAll, describe, expect, it } from "vitest";
import type { Scenario } from "../core/scenario.ts";
import { disconnects, sends, strains, waits, withMailbox } from "../core/scenario-verbs.ts";
import { catalogue, type Shipped } from "../integrations/index.ts";
import { scenarios } from "../scenarios/index.ts";
import { dutyOfficer, fjordvik, staffOf } from "../scenarios/places.ts";
import { SimulatedWorld } from "../worlds/simulated/simulated-world.ts";
import { surveyedOf } from "../worlds/survey.ts";
import { type Run, type Surveyed, suits } from "../worlds/world.ts";
import { shipped } from "./systems.ts";

const world = new SimulatedWorld(2);
afterAll(() => world.close());

const of = (kind: Shipped["kind"]): Shipped[] => catalogue.filter((one) => one.kind === kind);

type Seen = Surveyed & { readonly scenario: string };

/** Every rule that a run's system is found to have broken. */
function rulesBroken({ broken }: Seen): string[] {
  return [...new Set(broken.flatMap(({ primary, attached }) => [primary, ...attached].map(({ rule }) => rule)))];
}

function surveyAll(name: string, wanted: readonly Scenario[] = scenarios): Promise<Seen[]> {
  const sut = shipped(name);
  return Promise.all(
    wanted
      .filter((scenario) => suits(scenario, sut))
      .map(async (scenario) => ({ ...(await world.survey(scenario, sut, { seed: 1 })), scenario: scenario.id })),
  );
}

async function performAll(name: string): Promise<Seen[]> {
  const suited = scenarios.filter((scenario) => suits(scenario, shipped(name)));
  return Promise.all(
    suited.map(async (scenario) => ({ ...surveyedOf(await performedBy(name, scenario)), scenario: scenario.id })),
  );
}

/** One scenario after another until the system is found to have broken a rule. */
async function surveyUntil(name: string, rule: string, wanted: readonly Scenario[]): Promise<Seen[]> {
  const seen: Seen[] = [];
  for (let at = 0; at < wanted.length && !seen.flatMap(rulesBroken).includes(rule); at += 2)
    seen.push(...(await surveyAll(name, wanted.slice(at, at + 2))));
  return seen;
}

const notBy = (verdict: Surveyed["verdict"], seen: readonly Seen[]): string[] =>
  seen.filter((one) => one.verdict !== verdict).map(({ scenario }) => scenario);

/** Reads what other systems are only surveyed for: one integration and one sender. */
const references = ["correct/store-then-receipt", "correct/police-sender"];
const performed = new Map<string, Promise<Run>>();

/** A shipped scenario with a reference, performed once for whoever asks. */
function performedBy(name: string, scenario: Scenario): Promise<Run> {
  const key = `${name} ${scenario.id}`;
  const run = performed.get(key) ?? world.run(scenario, shipped(name), { seed: 1 });
  performed.set(key, run);
  return run;
}

describe("a scenario", () => {
  it.each(scenarios.filter(({ channels }) => channels !== undefined).map((one) => [one.id, one] as const))(
    "%s offers something on the first of its channels",
    async (_, one) => {
      const [integration = "", sender = ""] = references;
      const { ledger } = await performedBy(one.tests === "sender" ? sender : integration, one);
      const offered = new Set(ledger.flatMap((entry) => (entry.kind === "offered" ? [entry.channel] : [])));
      expect([...offered]).toEqual(
        expect.arrayContaining(one.tests === "sender" ? [one.channels?.[0]] : [...(one.channels ?? [])]),
      );
    },
  );
});

describe("a sound system", () => {
  it("is shipped for both roles", () => {
    expect(
      of("sound")
        .map(({ role }) => role)
        .sort(),
    ).toEqual([...Array.from({ length: 7 }, () => "integration"), "sender"]);
  });

  it.each(of("sound").map(({ name }) => name))(
    "%s passes every scenario, and nothing is inconclusive",
    async (name) => {
      const inAll = references.includes(name) ? await performAll(name) : await surveyAll(name);
      expect(notBy("passed", inAll)).toEqual([]);
    },
  );
});

/** Flaws in reading mail show where there is mail, those in reading Fiks IO where there is that; a sender's anywhere. */
function whereItShows(name: string): readonly Scenario[] {
  const channel = isAboutMail(name) ? "altinn-correspondence" : "fiks-io";
  const own = shownBy.get(name);
  if (own !== undefined) return [own];
  const wanted = scenarios.filter(
    ({ tests, channels = ["fiks-io"] }) => tests === "sender" || channels.includes(channel),
  );
  return wanted.toSorted((a, b) => placeOf(a) - placeOf(b));
}

/** Together these show most of what is shipped; whatever they do not show is looked for in all others. */
const tellMost = [
  "upgrade-in-flight",
  "sender-crashes",
  "mail-every-kind",
  "poison-among-healthy",
  "bad-network",
  "districts",
  "nobody-entitled",
  "mail-receiver-down",
];

function placeOf({ id }: Scenario): number {
  const place = tellMost.indexOf(id);
  return place < 0 ? tellMost.length : place;
}

/** `faulty/one-file-per-type`: only mail has more files than one. */
function isAboutMail(name: string): boolean {
  return name.startsWith("faulty/mail-") || name === "faulty/one-file-per-type";
}

const small: Pick<Scenario, "schema" | "because" | "origin" | "startsAt" | "municipalities" | "people" | "switches"> = {
  schema: "komfrem.scenario/v1",
  because: "No scenario that we ship shows this flaw.",
  origin: "test/verdicts.test.ts",
  startsAt: "2023-05-08T08:00:00",
  municipalities: [fjordvik],
  people: staffOf(fjordvik),
  switches: {},
};

/** What no scenario that we ship comes by, and the smallest that does: exploring has to find it. */
const shownBy: ReadonlyMap<string, Scenario> = new Map<string, Scenario>([
  [
    "faulty/skips-what-it-has-seen",
    {
      ...small,
      id: "disconnected-under-way",
      title: "The connection is lost while a message waits for the receiver",
      steps: [
        strains("overloaded", { minutes: 5 }),
        sends("A", fjordvik.number),
        waits({ seconds: 10 }),
        disconnects(),
        waits({ hours: 1 }),
      ],
      faults: [],
      mustHold: ["no-false-receipt"],
    },
  ],
  [
    "faulty/police-closes-refused",
    {
      ...small,
      id: "confidential-refused",
      title: "Altinn refuses confidential mail where nobody may read it",
      tests: "sender",
      channels: ["altinn-correspondence", "fiks-io"],
      municipalities: [withMailbox(fjordvik, { qualified: false })],
      people: [dutyOfficer],
      steps: [sends("A", fjordvik.number), waits({ days: 8 })],
      faults: [],
      mustHold: ["end-state-deadline"],
    },
  ],
]);

describe("a faulty system", () => {
  const faulty = of("faulty").flatMap((one) => (one.kind === "faulty" ? [one] : []));

  it("is shipped for every kind of mistake", () => {
    expect(new Set(faulty.map(({ family }) => family)).size).toBe(14);
    expect(faulty.length).toBeGreaterThanOrEqual(45);
  });

  it.each(faulty.map(({ name, breaks }) => [name, breaks] as const))("%s fails by %s", async (name, rule) => {
    const seen = await surveyUntil(name, rule, whereItShows(name));
    expect(seen.flatMap(rulesBroken)).toContain(rule);
    for (const { broken, verdict } of seen) if (broken.length > 0) expect(verdict).toBe("failed");
  });

  it.each([...shownBy])("%s is shown by a scenario that sound systems pass", async (name, scenario) => {
    const { role } = shipped(name);
    const bySound = await Promise.all(
      of("sound").flatMap((one) => (one.role === role ? [surveyAll(one.name, [scenario])] : [])),
    );
    expect(notBy("passed", bySound.flat())).toEqual([]);
    expect((await surveyAll(name)).flatMap(rulesBroken)).toEqual([]);
  });
});

/** incidents.md, invariant 22: false success is impossible to configure. */
describe("a sink", () => {
  it.each(of("sink").map((one) => [one.name, one.kind === "sink" ? one.breaks : ""] as const))(
    "%s is red in every scenario that has a healthy message, and fails by %s",
    async (name, rule) => {
      const healthy = scenarios.filter(({ steps }) =>
        steps.some((step) => step.kind === "sends" && step.defect === undefined && step.by !== "letter"),
      );
      expect(healthy.length).toBeGreaterThan(20);
      const seen = await surveyAll(name, healthy);
      expect(notBy("failed", seen)).toEqual([]);
      expect(seen.flatMap(rulesBroken)).toContain(rule);
    },
  );
});
