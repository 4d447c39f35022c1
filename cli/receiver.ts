import { randomBytes, randomInt } from "node:crypto";
import { HarnessError } from "../core/error.ts";
import { memoryOnly, type ReceiverStore } from "../simulators/receiver/kept.ts";
import { PostgresStore } from "../simulators/receiver/postgres-store.ts";
import { SqliteStore } from "../simulators/receiver/sqlite-store.ts";
import type { Strain } from "../simulators/receiver/state.ts";
import { machineClock } from "../worlds/live/machine-clock.ts";
import { StandingReceiver } from "../worlds/live/standing-receiver.ts";
import { seededRandom } from "../worlds/random.ts";
import { oneOf, parsed, wholeNumber } from "./flags.ts";

const flags = {
  store: { type: "string", default: "sqlite:komfrem-receiver.sqlite" },
  port: { type: "string", default: "0" },
  "api-key": { type: "string" },
  strain: { type: "string", multiple: true, default: [] as string[] },
} as const;

const strains = ["slow", "queues", "overloaded", "locked", "full"] as const satisfies readonly Strain[];
const answersWithinMs = 10_000;

/**
 * `komfrem receiver`: the receiver by itself, until SIGTERM or SIGINT. Its first line on standard output is where it is,
 * as in the endpoints file: `{"receiver":{"baseUrl":"…","apiKey":"…"}}`.
 *
 * @throws {HarnessError} The store or the port cannot be used (exit 3).
 */
export async function receiver(args: readonly string[]): Promise<number> {
  const { values } = parsed(args, flags);
  const apiKey = values["api-key"] ?? process.env.KOMFREM_RECEIVER_API_KEY ?? randomBytes(16).toString("hex");
  const standing = await StandingReceiver.open({
    store: storeAt(values.store),
    apiKey,
    clock: machineClock,
    random: seededRandom(randomInt(2 ** 32)),
    port: wholeNumber("--port", values.port, 0, 65_535),
    strains: values.strain.map((strain) => oneOf("--strain", strain, strains)),
    answersWithinMs,
    say: (line) => console.error(line),
  });
  console.log(JSON.stringify({ receiver: { baseUrl: standing.baseUrl, apiKey } }));
  await new Promise<void>((asked) => {
    for (const signal of ["SIGTERM", "SIGINT"] as const) process.once(signal, () => asked());
  });
  await standing.close();
  return 0;
}

function storeAt(named: string): ReceiverStore {
  if (named === "memory") return memoryOnly;
  if (/^postgres(ql)?:\/\//.test(named) && URL.canParse(named)) return new PostgresStore(named);
  const path = /^sqlite:(.+)$/.exec(named)?.[1];
  if (path !== undefined) return new SqliteStore(path);
  throw new HarnessError({
    // Not what was given: an address may hold a password.
    happened: "The receiver was not started.",
    because: "--store takes sqlite:<file>, postgres://user:password@host:port/database, or memory.",
    next: "komfrem receiver --store sqlite:komfrem-receiver.sqlite",
  });
}
