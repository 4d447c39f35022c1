import { HarnessError } from "../../core/error.ts";
import type { Scenario } from "../../core/scenario.ts";
import { forgetSignatures } from "../../simulators/maskinporten/jwt.ts";
import { judgedOf } from "../judged.ts";
import { ledgerHash } from "../ledger-writer.ts";
import { surveyedOf } from "../survey.ts";
import type { Run, RunOptions, Surveyed, SystemUnderTest, World } from "../world.ts";
import { type LiveOptions, LiveRun } from "./live-run.ts";
import { clearOrphans } from "./orphans.ts";
import { tried } from "./trials.ts";

/**
 * The world over sockets: simulators on loopback, the system under test as a process of its own, the world's clock
 * driven by it. What travels and who starts is the machine's; what happens and what is recorded is as in memory.
 *
 * A power cut is carried out as a kill, and the run is then in doubt. What an earlier harness left behind when it was
 * killed is cleared away before the first run.
 */
export class LiveWorld implements World {
  readonly kind = "live";
  readonly #running = new Set<LiveRun>();
  /** Runs that wait for their turn, by product: not more at once than it bears. */
  readonly #turns = new Map<string, { running: number; readonly waiting: (() => void)[] }>();
  #isCleared = false;

  async run(scenario: Scenario, sut: SystemUnderTest, options: RunOptions): Promise<Run> {
    const because = inMemoryOnly(scenario, sut);
    if (because !== undefined)
      throw new HarnessError({
        happened: `${scenario.id} was not performed in the live world.`,
        because,
        next: sut.product === undefined ? "Leave out --world live." : "Leave that scenario out.",
      });
    const began = performance.now();
    const { entries, log, witness, costs, judged } = await tried(
      (again) => this.#performed(scenario, sut, { ...options, ...again }),
      (judgeable) => judgedOf(scenario, judgeable),
    );
    return {
      scenario,
      sut,
      seed: options.seed,
      world: this.kind,
      ledger: entries,
      hash: ledgerHash(entries),
      judged,
      log,
      ...(options.witness ? { witness } : {}),
      tookMs: performance.now() - began,
      costs,
    };
  }

  async #performed(scenario: Scenario, sut: SystemUnderTest, options: LiveOptions): ReturnType<LiveRun["perform"]> {
    if (!this.#isCleared) clearOrphans();
    this.#isCleared = true;
    const leave = await this.#turn(sut);
    const live = new LiveRun(scenario, sut, options);
    this.#running.add(live);
    try {
      return await live.perform();
    } finally {
      this.#running.delete(live);
      await live.close();
      forgetSignatures();
      leave();
    }
  }

  /** Waits until one more run of a product may begin; gives what ends its turn. */
  async #turn({ module, product }: SystemUnderTest): Promise<() => void> {
    const turns = this.#turns.get(module) ?? { running: 0, waiting: [] };
    this.#turns.set(module, turns);
    if (turns.running >= (product?.runsAtOnce ?? Number.POSITIVE_INFINITY))
      await new Promise<void>((resolve) => turns.waiting.push(resolve));
    else turns.running += 1;
    return () => {
      // Whoever waits takes over the place.
      const next = turns.waiting.shift();
      if (next === undefined) turns.running -= 1;
      else next();
    };
  }

  async survey(scenario: Scenario, sut: SystemUnderTest, options: RunOptions): Promise<Surveyed> {
    return surveyedOf(await this.run(scenario, sut, options));
  }

  async close(): Promise<void> {
    await Promise.all([...this.#running].map((live) => live.close()));
  }
}

/** Why a scenario cannot be performed over sockets with a system; undefined where it can. */
export function inMemoryOnly({ steps }: Scenario, { role, product, pairedWith }: SystemUnderTest): string | undefined {
  if (pairedWith !== undefined)
    return "It puts a sender and an integration to the test together, and over sockets there is one system.";
  if (steps.some((step) => step.kind === "upgrades" && step.overlapMs !== undefined)) {
    if (role === "sender") return "It runs two versions at once, and both would take orders at one place.";
    if (process.platform !== "linux") return "It runs two versions at once, and only Linux tells which of two asks.";
    if (product !== undefined && product.overlaps !== true)
      return "It runs two versions at once, and the product's config does not say that it may: overlaps.";
  }
  const restores = steps.some((step) => step.kind === "restores" && step.party === "integration");
  if (restores && product !== undefined && product.backup === undefined && product.keepsElsewhere)
    return "It restores a backup, and the product keeps something outside its data directory: backup in its config says how that is kept and put back.";
  return undefined;
}
