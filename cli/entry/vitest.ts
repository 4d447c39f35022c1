import { availableParallelism } from "node:os";
import { relative } from "node:path";
import { fileURLToPath } from "node:url";
import type { Matchers as VitestMatchers } from "vitest";
import { peer } from "../../core/peer.ts";
import type { ChannelName, Scenario } from "../../core/scenario.ts";
import { failureReport } from "../../evidence/console.ts";
import { replayCommand, replayFileCommand } from "../../evidence/replay.ts";
import type { Run, RunOptions, SystemUnderTest, World } from "../../worlds/world.ts";
import { page } from "./words.ts";

export type { ChannelName, Scenario } from "../../core/scenario.ts";
export type { Run } from "../../worlds/world.ts";

const { afterAll, describe, expect, it } = await peer(
  "vitest",
  () => import("vitest"),
  "komfrem/vitest could not be loaded.",
);

/** A run, or a world of `komfrem/msw` whose run is not over. */
export type Performed =
  | Run
  | {
      /** The run so far. */
      run(): Run;
    };

declare module "vitest" {
  interface Matchers<R extends void | Promise<void> = void | Promise<void>, T = unknown> {
    /**
     * All rules hold. Of a run that is over: it passed. Of a world in the middle of one: nothing is broken so far.
     *
     *     expect(await world.end()).toLoseNothing();
     */
    toLoseNothing(): R;
  }
}
/** Vitest's own: whoever augments a module must have looked at it. @internal */
export type Matchers = VitestMatchers;

expect.extend({
  toLoseNothing(received: unknown) {
    const run = runIn(received);
    const because = brokenIn(run, replayOf(run));
    return {
      pass: because === undefined,
      message: () => because ?? "Nothing was lost, and something should have been.",
    };
  },
});

/** What is put to the test, and how. */
export type Tested = {
  /** A module, or a config of a product; a path as on the command line, or `new URL("./intake.ts", import.meta.url)`. */
  readonly integration: string | URL;
  /** What it serves; Fiks IO, or what its config says, unless said. */
  readonly channels?: readonly ChannelName[];
  /** 1 unless said. */
  readonly seed?: number;
  readonly profile?: "default" | "strict";
  readonly world?: World["kind"];
  /** Of one test, real ms. */
  readonly timeoutMs?: number;
};

/** How `scenario` puts it to the test. */
export type ScenarioOptions = Tested & {
  /** The version it is upgraded to. */
  readonly upgradeTo?: string | URL;
  /** Seeds from `seed` on, each a test of its own; 1 unless said. */
  readonly seeds?: number;
};

/** How `scenarios` puts it to the test, and by which of them. */
export type ScenariosOptions = ScenarioOptions & {
  /** Scenarios whose id contains one of these; all that suit what it serves unless said. */
  readonly only?: readonly string[];
  /** `1/3`: a third of them. Vitest shards files, not tests: three files with a third each can be three shards. */
  readonly part?: string;
};

/** How `fuzzed` puts it to the test. */
export type FuzzedOptions = Tested & {
  /** Scenarios that are drawn. */
  readonly runs: number;
  /** `1/3`: a third of the runs. */
  readonly part?: string;
  /** Where what fails is kept, and replayed first the next time; `komfrem-regressions` unless said. */
  readonly regressions?: string;
};

/** Only whoever performs scenarios loads what performs them: the matcher alone is light. */
const performing = (): Promise<typeof import("./tested.ts")> => import("./tested.ts");

const timeoutUnsaidMs = 60_000;
const fuzzingTimeoutMs = 10 * 60_000;
/** Failures of one run that are told in full. */
const mostTold = 3;

/**
 * One test for each scenario that suits the system.
 *
 *     scenarios({ integration: "./src/intake.ts", channels: ["altinn-correspondence"] });
 */
export function scenarios(options: ScenariosOptions): void {
  suite(options, async (tested) => {
    const { scenariosNamed, partOf, pairsOf } = await performing();
    const asked = await scenariosNamed([], options.only ?? []);
    for (const pair of partOf(pairsOf([tested.sut], asked, { said: tested.said, byName: false }), options.part))
      performs(pair.scenario, tested, options);
  });
}

/** One test for one scenario: the id of one of ours, the path of a file, or a scenario itself. */
export function scenario(which: string | Scenario, options: ScenarioOptions): void {
  suite(options, async (tested) => {
    const { scenariosNamed, pairsOf } = await performing();
    const asked = typeof which === "string" ? await scenariosNamed([which], []) : [which];
    for (const pair of pairsOf([tested.sut], asked, { said: tested.said, byName: true }))
      performs(pair.scenario, tested, options);
  });
}

/**
 * One test that draws scenarios, and fails with the smallest one that the system fails; and one for each that it has
 * failed before.
 *
 *     fuzzed({ integration: "./src/intake.ts", runs: 200, seed: 1 });
 */
export function fuzzed(options: FuzzedOptions): void {
  const { seed = 1, runs, part, timeoutMs = fuzzingTimeoutMs } = options;
  const folder = options.regressions ?? "komfrem-regressions";
  suite(options, async (tested) => {
    const { keptOf, keptNow, firstFailed, storyOf } = await performing();
    const { sut, world } = tested;
    for (const kept of keptOf(tested, folder)) {
      const file = relative("", kept.path);
      it(`${file}: ${kept.regression.rule}`, { timeout: timeoutMs }, async () => {
        const now = await keptNow(kept, tested);
        if (now.status === "FIXED") return;
        const { scenario, seed, profile } = kept.regression;
        const why = now.because === undefined ? [] : [now.because];
        const run = now.surveyed === undefined ? undefined : await world().run(scenario, sut, { seed, profile });
        const story = run === undefined ? undefined : brokenIn(run, () => replayFileCommand(file));
        throw failure([`${now.status}: ${file}`, ...why, story ?? replayFileCommand(file)].join("\n"));
      });
    }
    it(`${runs} drawn scenarios, seed ${seed}${part === undefined ? "" : `, part ${part}`}`, {
      timeout: timeoutMs,
    }, async () => {
      const found = await firstFailed(tested, options);
      if (found !== undefined) throw failure(await storyOf(found, tested, options, folder));
    });
  });
}

/** A system, and the world that it is run in: begun with the first run. @internal */
export type Stand = {
  readonly sut: SystemUnderTest;
  /** The channels that it is said to serve. */
  readonly said: readonly ChannelName[] | undefined;
  readonly options: RunOptions;
  readonly world: () => World;
};

function suite(
  options: Tested & { readonly upgradeTo?: string | URL },
  collect: (tested: Stand) => Promise<void>,
): void {
  const { integration, upgradeTo, channels, seed = 1, profile = "default" } = options;
  const name = pathOf(integration);
  describe(relative("", name) === "" ? name : name.startsWith("/") ? relative("", name) : name, async () => {
    const { systemsNamed, worldFor } = await performing();
    const [sut, another] = await systemsNamed([name], upgradeTo === undefined ? undefined : pathOf(upgradeTo));
    if (sut === undefined || another !== undefined) throw new Error(`${name} is not one system.`);
    let world: World | undefined;
    afterAll(() => world?.close());
    await collect({
      // Reports call it as the command line would.
      sut: sut.product === undefined && sut.name.startsWith("/") ? { ...sut, name: relative("", sut.name) } : sut,
      said: channels,
      options: { seed, profile },
      world: () => (world ??= worldFor(options.world ?? "simulated", availableParallelism())),
    });
  });
}

function performs(scenario: Scenario, { sut, options, world }: Stand, { seeds = 1, timeoutMs }: ScenarioOptions): void {
  for (let seed = options.seed; seed < options.seed + seeds; seed++) {
    const which = seeds === 1 ? scenario.id : `${scenario.id}, seed ${seed}`;
    it(`${scenario.title} (${which})`, { timeout: timeoutMs ?? timeoutUnsaidMs }, async () => {
      const run = await world().run(scenario, sut, { ...options, seed });
      const because = brokenIn(run, replayCommand);
      if (because !== undefined) throw failure(because);
    });
  }
}

/** What of a run did not hold, in words; undefined where all of it did. */
function brokenIn(run: Run, replay: (run: Run) => string): string | undefined {
  const { verdict, broken } = run.judged;
  const told = broken.slice(0, mostTold).map((one) => failureReport(run, one, { ...page, replay: () => replay(run) }));
  if (broken.length > mostTold) told.push(`… and ${broken.length - mostTold} deliveries more.`);
  if (told.length > 0) return told.join("\n\n");
  if (verdict.kind === "passed" || !isOver(run)) return undefined;
  const because = verdict.kind === "inconclusive" ? verdict.because : "a rule failed";
  return `? ${run.sut.name}: inconclusive, which is not passed (${run.scenario.id}, seed ${run.seed})\n    ${because}\n    ${replay(run)}`;
}

function isOver({ ledger }: Run): boolean {
  return ledger.some((entry) => entry.kind === "phase" && entry.phase === "end");
}

function runIn(received: unknown): Run {
  const given = received as Partial<Run> & { readonly run?: () => Run };
  if (typeof given?.run === "function") return given.run();
  if (given?.judged !== undefined && Array.isArray(given.ledger)) return given as Run;
  throw new TypeError("expect(…).toLoseNothing() takes a run, or a world of komfrem/msw: expect(await world.end())");
}

/** A run of a scenario that Komfrem performed is repeated by it; one that a test performed, by that test. */
function replayOf(run: Run): (run: Run) => string {
  if (run.sut.module !== "") return replayCommand;
  return () => {
    const { testPath, currentTestName = "" } = expect.getState();
    const name = currentTestName.split(" > ").at(-1) ?? "";
    return `npx vitest run ${relative("", testPath ?? "")} -t '${name.replaceAll("'", "'\\''")}'`;
  };
}

/** An error that is all message: where in our own files it was thrown tells nobody anything. */
function failure(message: string): Error {
  const error = new Error(message);
  error.name = "LostSomething";
  error.stack = `${error.name}: ${message}`;
  return error;
}

function pathOf(given: string | URL): string {
  return given instanceof URL ? fileURLToPath(given) : given;
}
