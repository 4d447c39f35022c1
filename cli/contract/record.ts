import { existsSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { HarnessError } from "../../core/error.ts";
import { writeWhole } from "../../explore/whole-file.ts";
import { leaksInText } from "../../simulators/leaks.ts";
import { Manifest } from "../../simulators/manifest.ts";
import type { Witnessed } from "../../worlds/witness.ts";
import type { Run } from "../../worlds/world.ts";
import { mostSeed, oneOf, parsed, wholeNumber } from "../flags.ts";
import { pairsOf } from "../pairs.ts";
import { scenariosNamed, systemsNamed } from "../selection.ts";
import { worldFor } from "../world.ts";
import { integrationsIn, ourContracts, sendersIn } from "./ours.ts";
import { type PactFile, pactOf, textOf } from "./pact-file.ts";
import { recorded } from "./recording.ts";

const flags = {
  integration: { type: "string" },
  channel: { type: "string", multiple: true },
  party: { type: "string", multiple: true },
  name: { type: "string" },
  seed: { type: "string", default: "1" },
  world: { type: "string", default: "simulated" },
  out: { type: "string" },
} as const;

/**
 * `komfrem contract record`: what a system exchanges in scenarios, as a Pact file with shapes in place of values.
 *
 * @returns 0; 3 where there is nothing to write.
 */
export async function record(args: readonly string[]): Promise<number> {
  const { values, positionals } = parsed(args, flags);
  const { integration, out } = values;
  if (integration === undefined || out === undefined)
    throw new HarnessError({
      happened: "Nothing was recorded.",
      because: integration === undefined ? "No system was named." : "No file was named.",
      next: "komfrem contract record --integration ./mine.ts --out mine.json",
    });
  const seed = wholeNumber("--seed", values.seed, 0, mostSeed);
  const systems = await systemsNamed([integration]);
  const named = positionals.length > 0 ? positionals : [...integrationsIn, ...sendersIn];
  const asked = await scenariosNamed(named, []);
  const pairs = pairsOf(systems.slice(0, 1), asked, { said: values.channel, byName: positionals.length > 0 });
  const world = worldFor(oneOf("--world", values.world, ["simulated", "live"]), 1);
  const runs: Run[] = [];
  try {
    for (const { scenario, sut } of pairs) runs.push(await world.run(scenario, sut, { seed, witness: true }));
  } finally {
    await world.close();
  }
  const { pact, leftOut } = pactFrom(runs, values.name ?? nameOf(integration), values.party);
  writeWhole(resolve(out), textOf(pact));
  console.log(`${pact.interactions.length} interactions of ${pairs.length} runs, written to ${out}`);
  for (const [what, times] of leftOut) console.log(`  left out: ${what}, ${times} times; no terms are agreed for it`);
  return 0;
}

/**
 * The contract that runs of one system come to.
 *
 * @param parties Whom it is with; all of them unless said, and then the provider is called `komfrem`.
 * @throws {HarnessError} Nothing was exchanged, or content of a message stands in what was made.
 */
export function pactFrom(
  runs: readonly Run[],
  consumer: string,
  parties?: readonly string[],
): { readonly pact: PactFile; readonly leftOut: ReadonlyMap<string, number> } {
  const role = runs[0]?.sut.role ?? "integration";
  const exchanges: Witnessed[] = runs.flatMap(({ witness }) => witness?.exchanges ?? []);
  const wanted = parties === undefined ? exchanges : exchanges.filter(({ party }) => parties.includes(party));
  const { interactions, leftOut } = recorded(wanted, { role });
  if (interactions.length === 0)
    throw new HarnessError({
      happened: "Nothing was recorded.",
      because:
        parties === undefined
          ? "The system exchanged nothing that terms are agreed for."
          : `It exchanged nothing with ${parties.join(", ")}; it did with ${[...new Set(exchanges.map(({ party }) => party))].join(", ")}.`,
      next: "Run komfrem doctor on it, or name other scenarios.",
    });
  const [only] = parties ?? [];
  const provider = parties?.length === 1 && only !== undefined ? only : "komfrem";
  const pact = pactOf(
    consumer,
    provider,
    role,
    interactions.map(({ party: _, ...interaction }) => interaction),
  );
  refuseContent(textOf(pact), runs);
  return { pact, leftOut };
}

/** @throws {HarnessError} Something planted in a message stands in the text, plain or encoded. */
export function refuseContent(text: string, runs: readonly Run[]): void {
  for (const { scenario, seed, witness } of runs) {
    const manifest = new Manifest(`${scenario.id}/${seed}`, { record: () => 0 });
    for (const delivery of witness?.sent ?? []) manifest.announce(delivery);
    const [leak] = leaksInText(text, "contract", manifest);
    if (leak !== undefined)
      throw new HarnessError({
        happened: "The contract was not written.",
        because: `Content of a message would stand in it: ${leak.planted} of ${scenario.id}, ${leak.encoding}.`,
        next: "This is an error of Komfrem's. Report it with the scenario; nothing was written.",
      });
  }
}

function nameOf(integration: string): string {
  return integration.replace(/^.*[\\/](?=[^\\/]+$)/, "").replace(/\.\w+$/, "");
}

const oursFlags = {
  /** Those that this Komfrem ships, wherever it is started. */
  out: { type: "string", default: fileURLToPath(new URL("../../contracts", import.meta.url)) },
  check: { type: "boolean", default: false },
} as const;

/** `komfrem contract ours`: writes the contracts of our sound designs; `--check` says which are not current. */
export async function writeOurs(args: readonly string[]): Promise<number> {
  const { values } = parsed(args, oursFlags);
  let stale = 0;
  for (const { path, text } of await ourContracts()) {
    const file = resolve(join(values.out, path));
    if (existsSync(file) && readFileSync(file, "utf8") === text) continue;
    stale += 1;
    if (!values.check) writeWhole(file, text);
    console.log(`${values.check ? "not current" : "written"}: ${path}`);
  }
  if (stale === 0) console.log("All contracts are current.");
  return values.check && stale > 0 ? 1 : 0;
}
