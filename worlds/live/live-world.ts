import { HarnessError } from "../../core/error.ts";
import type { Scenario } from "../../core/scenario.ts";
import { judgedOf } from "../judged.ts";
import { ledgerHash } from "../ledger-writer.ts";
import { surveyedOf } from "../survey.ts";
import type { Run, RunOptions, Surveyed, SystemUnderTest, World } from "../world.ts";
import { LiveRun } from "./live-run.ts";

/**
 * The world over sockets: simulators on loopback, the system under test as a process of its own, the world's clock
 * driven by it. What travels and who starts is the machine's; what happens and what is recorded is as in memory.
 *
 * A power cut is carried out as a kill, and the run is then in doubt.
 */
export class LiveWorld implements World {
  readonly kind = "live";
  readonly #running = new Set<LiveRun>();

  async run(scenario: Scenario, sut: SystemUnderTest, options: RunOptions): Promise<Run> {
    if (sut.role === "sender")
      throw new HarnessError({
        happened: `${sut.name} was not run in the live world.`,
        because: "It is a sender, and senders are run in memory only so far.",
        next: "Leave out --world live.",
      });
    if (
      scenario.steps.some(
        (step) => step.kind === "restores" || (step.kind === "upgrades" && step.overlapMs !== undefined),
      )
    )
      throw new HarnessError({
        happened: `${scenario.id} was not performed in the live world.`,
        because: "It restores a backup, or runs two versions at once, and both are done in memory only so far.",
        next: "Leave out --world live.",
      });
    const began = performance.now();
    const live = new LiveRun(scenario, sut, options);
    this.#running.add(live);
    try {
      const { entries, log } = await live.perform();
      return {
        scenario,
        sut,
        seed: options.seed,
        world: this.kind,
        ledger: entries,
        hash: ledgerHash(entries),
        judged: judgedOf(scenario, entries),
        log,
        tookMs: performance.now() - began,
      };
    } finally {
      this.#running.delete(live);
      await live.close();
    }
  }

  async survey(scenario: Scenario, sut: SystemUnderTest, options: RunOptions): Promise<Surveyed> {
    return surveyedOf(await this.run(scenario, sut, options));
  }

  async close(): Promise<void> {
    await Promise.all([...this.#running].map((live) => live.close()));
  }
}
