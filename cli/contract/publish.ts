import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { HarnessError } from "../../core/error.ts";
import { fileName } from "../../core/file-name.ts";
import { writeWhole } from "../../explore/whole-file.ts";
import { parsed } from "../flags.ts";
import { Broker, type Version } from "./broker.ts";
import type { PactFile } from "./pact-file.ts";
import { readPact } from "./read-pact.ts";
import { tokenIn } from "./verify.ts";

const at = { broker: { type: "string" }, "token-file": { type: "string" } } as const;
const publishFlags = { ...at, version: { type: "string" }, branch: { type: "string" } } as const;
const fetchFlags = { ...at, provider: { type: "string" }, out: { type: "string", default: "pacts" } } as const;
const meetFlags = { ...at, of: { type: "string" }, with: { type: "string" }, to: { type: "string" } } as const;

/** `komfrem contract publish <file…>`: gives contracts to a Pact Broker, as a version of their consumer. */
export async function publish(args: readonly string[]): Promise<number> {
  const { values, positionals } = parsed(args, publishFlags);
  const { version, branch } = values;
  if (version === undefined || positionals.length === 0)
    throw missing(
      version === undefined ? "No version was named." : "No contract was named.",
      "komfrem contract publish mine.json --version 1.4.0 --broker https://broker.example --token-file token.txt",
    );
  const broker = brokerAt(values.broker, values["token-file"]);
  const byConsumer = new Map<string, { pact: PactFile; text: string }[]>();
  for (const file of positionals) {
    const pact = readPact(file);
    const known = byConsumer.get(pact.consumer.name) ?? [];
    byConsumer.set(pact.consumer.name, [...known, { pact, text: readFileSync(file, "utf8") }]);
  }
  for (const [name, pacts] of byConsumer) {
    const notices = await broker.publish({ name, version, ...(branch === undefined ? {} : { branch }) }, pacts);
    console.log(`${name} ${version}: ${pacts.length} contracts published`);
    for (const { text } of notices) if (text !== "") console.log(`  ${text}`);
  }
  return 0;
}

/** `komfrem contract fetch`: the latest contracts with a provider, from a Pact Broker; 2 where there is none. */
export async function fetchPacts(args: readonly string[]): Promise<number> {
  const { values } = parsed(args, fetchFlags);
  if (values.provider === undefined)
    throw missing(
      "No provider was named.",
      "komfrem contract fetch --provider receiver --broker https://broker.example",
    );
  const pacts = await brokerAt(values.broker, values["token-file"]).latest(values.provider);
  for (const pact of pacts) {
    const file = join(values.out, `${fileName(`${pact.consumer.name}-${pact.provider.name}`)}.json`);
    writeWhole(resolve(file), `${JSON.stringify(pact, null, 1)}\n`);
    console.log(`${pact.consumer.name}: ${pact.interactions.length} interactions, written to ${file}`);
  }
  if (pacts.length === 0) console.log(`Nobody has a contract with ${values.provider}.`);
  return pacts.length === 0 ? 2 : 0;
}

/** `komfrem contract may-meet`: 0 if a broker says yes, 1 if no, 2 where nobody has verified it. */
export async function mayMeet(args: readonly string[]): Promise<number> {
  const { values } = parsed(args, meetFlags);
  const { of, with: other, to } = values;
  if (of === undefined || (other === undefined) === (to === undefined))
    throw missing(
      of === undefined ? "No version was named." : "It takes one of --with and --to.",
      "komfrem contract may-meet --of intake@1.4.0 --with receiver@7.2 --broker https://broker.example",
    );
  const broker = brokerAt(values.broker, values["token-file"]);
  const one = versionIn(of);
  const { deployable, reason } =
    other === undefined ? await broker.mayGo(one, to ?? "") : await broker.mayMeet(one, versionIn(other));
  const says = deployable === undefined ? "not known" : deployable ? "yes" : "no";
  console.log(`${of} ${other === undefined ? `in ${to}` : `with ${other}`}: ${says}. ${reason}`);
  return deployable === undefined ? 2 : deployable ? 0 : 1;
}

function brokerAt(url: string | undefined, tokenFile: string | undefined): Broker {
  if (url === undefined) throw missing("No broker was named.", "Give its URL: --broker https://broker.example");
  return new Broker(url, tokenFile === undefined ? undefined : tokenIn(tokenFile));
}

/** `intake@1.4.0` */
function versionIn(text: string): Version {
  const found = /^(.+)@([^@]+)$/.exec(text);
  if (found === null) throw missing(`${text} names no version.`, "Write name and version: intake@1.4.0");
  return { name: found[1] ?? "", version: found[2] ?? "" };
}

function missing(because: string, next: string): HarnessError {
  return new HarnessError({ happened: "Nothing was done.", because, next });
}
