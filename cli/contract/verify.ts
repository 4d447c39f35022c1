import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { HarnessError } from "../../core/error.ts";
import { parsed } from "../flags.ts";
import { Broker } from "./broker.ts";
import { Desk } from "./desk.ts";
import { Description } from "./openapi.ts";
import type { Interaction, PactFile } from "./pact-file.ts";
import { readPact } from "./read-pact.ts";
import { verified } from "./verifier.ts";

const flags = {
  provider: { type: "string" },
  pact: { type: "string" },
  states: { type: "string" },
  "token-file": { type: "string" },
  broker: { type: "string" },
  "broker-token-file": { type: "string" },
  "publish-as": { type: "string" },
  json: { type: "boolean", default: false },
} as const;

/** What became of one interaction: it held, it did not, or it could not be looked at. */
export type Outcome = {
  readonly description: string;
  readonly state: string;
  readonly outcome: "held" | "broken" | "not checked";
  readonly why: readonly string[];
};

const ofContracts = (path: string): string => fileURLToPath(new URL(`../../contracts/${path}`, import.meta.url));
/** The description that answers of a party are held to besides. */
const descriptions: Readonly<Record<string, string>> = { receiver: "receiver/openapi.yaml" };

/**
 * `komfrem contract verify`: whether a provider keeps to a contract, told interaction by interaction.
 *
 * @returns 0 all held, 1 one did not, 2 none was broken and not all could be looked at.
 */
export async function verify(args: readonly string[]): Promise<number> {
  const { values } = parsed(args, flags);
  if (values.provider === undefined || !URL.canParse(values.provider))
    throw new HarnessError({
      happened: "The contract was not verified.",
      because: values.provider === undefined ? "No provider was named." : `${values.provider} is no URL.`,
      next: "komfrem contract verify --provider http://127.0.0.1:8080 --token-file key.txt",
    });
  const file = values.pact ?? ofContracts("receiver/pact/integration-receiver.json");
  const pact = readPact(file);
  const token = values["token-file"] === undefined ? undefined : tokenIn(values["token-file"]);
  const outcomes = await outcomesOf(pact, {
    provider: values.provider,
    ...(values.states === undefined ? {} : { states: values.states }),
    ...(token === undefined ? {} : { token }),
  });
  console.log(
    values.json
      ? JSON.stringify({ pact: file, provider: values.provider, outcomes })
      : told(pact, values.provider, outcomes),
  );
  const code = codeOf(outcomes);
  if (values["publish-as"] !== undefined && values.broker !== undefined)
    await published(pact, values["publish-as"], code, values.broker, values["broker-token-file"]);
  return code;
}

/** What is half known is no result: nothing is published then. */
async function published(
  pact: PactFile,
  version: string,
  code: number,
  url: string,
  tokenFile: string | undefined,
): Promise<void> {
  if (code === 2) return console.error("Nothing was published: not everything could be checked.");
  const broker = new Broker(url, tokenFile === undefined ? undefined : tokenIn(tokenFile));
  await broker.verified(pact, version, code === 0);
  console.error(`Published: ${pact.provider.name} ${version} ${code === 0 ? "keeps" : "does not keep"} the contract.`);
}

/** @throws {HarnessError} The file is not there, or empty. */
export function tokenIn(path: string): string {
  let text = "";
  try {
    text = readFileSync(path, "utf8").trim();
  } catch {
    // Told below.
  }
  if (text !== "") return text;
  throw new HarnessError({
    happened: `No token was read from ${path}.`,
    because: "The file is not there, or empty.",
    next: "Write the token into a file of its own, readable by you alone, and name that.",
  });
}

/** Holds a provider to each interaction by itself, with ids that no other has used. */
export async function outcomesOf(
  pact: PactFile,
  options: ConstructorParameters<typeof Desk>[0],
): Promise<readonly Outcome[]> {
  const described = descriptions[pact.provider.name];
  const description = described === undefined ? undefined : new Description(ofContracts(described));
  const desk = await new Desk(options).open();
  const outcomes: Outcome[] = [];
  try {
    await desk.reach();
    for (const interaction of pact.interactions) outcomes.push(await outcomeOf(interaction, pact, desk, description));
  } finally {
    await desk.close();
  }
  return outcomes;
}

async function outcomeOf(
  interaction: Interaction,
  pact: PactFile,
  desk: Desk,
  described: Description | undefined,
): Promise<Outcome> {
  const { description, providerStates = [] } = interaction;
  const state = providerStates.map(({ name }) => name).join(" and ");
  const unchecked = (why: string): Outcome => ({ description, state, outcome: "not checked", why: [why] });
  if (interaction.type !== "Synchronous/HTTP")
    return unchecked("it is a message, and a provider at a URL is only asked");
  if (providerStates.length > 1) return unchecked("it needs several states at once");
  const made = await desk.prepare(providerStates[0] ?? { name: "nothing has happened yet" });
  if (!made.made) return unchecked(made.why);
  try {
    // The state is made: the verifier need not know of it.
    const alone: PactFile = { ...pact, interactions: [{ ...interaction, providerStates: [] }] };
    const [result] = await verified(alone, { providerUrl: desk.url });
    const misfits = desk.last === undefined ? [] : (described?.problems(desk.last) ?? []);
    const why = [...(result?.why ?? []), ...misfits];
    return { description, state, outcome: why.length === 0 && result?.held === true ? "held" : "broken", why };
  } finally {
    await desk.settle();
  }
}

function codeOf(outcomes: readonly Outcome[]): number {
  if (outcomes.some(({ outcome }) => outcome === "broken")) return 1;
  return outcomes.some(({ outcome }) => outcome === "not checked") || outcomes.length === 0 ? 2 : 0;
}

const marks = { held: "✓", broken: "✗", "not checked": "–" } as const;

function told(pact: PactFile, provider: string, outcomes: readonly Outcome[]): string {
  const lines = outcomes.flatMap(({ description, state, outcome, why }) => [
    `  ${marks[outcome]} ${description}${state === "" ? "" : `, when ${state}`}`,
    ...why.map((line) => `      ${line}`),
  ]);
  const count = (which: Outcome["outcome"]): number => outcomes.filter(({ outcome }) => outcome === which).length;
  return [
    `${provider} as ${pact.provider.name}, for ${pact.consumer.name}`,
    ...lines,
    `${count("held")} held, ${count("broken")} broken, ${count("not checked")} not checked.`,
  ].join("\n");
}
