import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { resolve } from "node:path";
import { createInterface } from "node:readline";
import { afterAll, describe, expect, it } from "vitest";
import { seededRandom } from "../../worlds/random.ts";
import { apiKey, Intake, message } from "./intake.ts";
import { places } from "./places.ts";

const { all, cluster, close } = await places();
afterAll(close);

/** `KOMFREM_KILLS=500` for a night; the seed draws what is asked and when it is killed. */
const kills = Number(process.env.KOMFREM_KILLS ?? 12);
const seed = Number(process.env.KOMFREM_KILL_SEED ?? 1);
const atOnce = 8;
const launcher = resolve(import.meta.dirname, "../../bin/komfrem.mjs");

/** A receiver as a process of its own. */
class Receiver {
  baseUrl = "";
  #child: ChildProcess | undefined;

  async start(store: string): Promise<void> {
    const child = spawn(process.execPath, [launcher, "receiver", "--store", store, "--api-key", apiKey], {
      stdio: ["ignore", "pipe", "pipe"],
    });
    this.#child = child;
    let complaints = "";
    child.stderr.on("data", (text: Buffer) => {
      complaints += String(text);
    });
    for await (const line of createInterface({ input: child.stdout })) {
      this.baseUrl = (JSON.parse(line) as { readonly receiver: { readonly baseUrl: string } }).receiver.baseUrl;
      return;
    }
    throw new Error(`The receiver did not start: ${complaints}`);
  }

  /** Ends it with a signal, and waits until it is gone. */
  async end(signal: NodeJS.Signals): Promise<number | null> {
    const child = this.#child;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return null;
    const gone = once(child, "exit");
    child.kill(signal);
    const [code] = (await gone) as [number | null];
    return code;
  }
}

/** What was heard under a key: status and case. */
type Heard = { readonly status: number; readonly caseId: unknown };

describe.each(all.filter(({ outlives }) => outlives))("kept in $name", (place) => {
  /** Asks from `atOnce` sides at once until `strike` has struck, which it does at an instant drawn for each round. */
  async function hammered(rounds: number, strike: (receiver: Receiver, store: string) => Promise<void>) {
    const random = seededRandom(seed, place.name);
    const heard = new Map<string, Heard[]>();
    const store = await place.emptied();
    const receiver = new Receiver();
    const intake = new Intake(() => receiver.baseUrl);
    const register = async (key: string): Promise<void> => {
      const { status, said } = await intake.register(key, message(key));
      heard.get(key)?.push({ status, caseId: said.caseId });
      if (status === 503) await new Promise((wait) => setTimeout(wait, 50));
    };
    try {
      await receiver.start(store);
      for (let round = 0; round < rounds; round++) {
        const strikesAt = random.between(1, 150);
        const afterMs = random.between(0, 4);
        let asks = 0;
        let over = false;
        let struck: Promise<void> | undefined;
        const side = async (): Promise<void> => {
          while (!over) {
            const keys = [...heard.keys()];
            const repeated = random.next() < 0.2 ? keys[random.between(0, keys.length)] : undefined;
            const key = repeated ?? `r${round}-${asks}`;
            if (!heard.has(key)) heard.set(key, []);
            asks += 1;
            const asked = register(key).catch(() => {
              // It is gone: whoever asked has heard nothing.
              over = true;
            });
            if (asks >= strikesAt)
              struck ??= new Promise<void>((wait) => setTimeout(wait, afterMs)).then(() => strike(receiver, store));
            await asked;
          }
        };
        const sides = Promise.all(Array.from({ length: atOnce }, side));
        while (struck === undefined) await Promise.race([sides, new Promise((turn) => setImmediate(turn))]);
        await struck;
        over = true;
        await sides;
      }
      return await settled(receiver, intake, heard);
    } finally {
      await receiver.end("SIGKILL");
    }
  }

  /** Reads everything back and asks for everything once more. */
  async function settled(receiver: Receiver, intake: Intake, heard: ReadonlyMap<string, readonly Heard[]>) {
    const count = { answered: 0, unanswered: 0, stoodAllTheSame: 0 };
    const wrong: string[] = [];
    const cases = new Set<unknown>();
    for (const [key, answers] of heard) {
      const given = answers.filter(({ status }) => status === 201 || status === 200);
      const odd = answers.filter(({ status }) => ![200, 201, 503].includes(status));
      const known = await intake.known(key);
      const again = await intake.register(key, message(key));
      const ids = new Set([...given, ...known, again.said].map(({ caseId }) => caseId));
      count.answered += given.length > 0 ? 1 : 0;
      count.unanswered += given.length > 0 ? 0 : 1;
      count.stoodAllTheSame += given.length === 0 && known.length > 0 ? 1 : 0;
      if (given.length > 0 && known.length === 0) wrong.push(`${key} was answered and is not there`);
      if (known.length > 1 || given.filter(({ status }) => status === 201).length > 1)
        wrong.push(`${key} is there twice`);
      if (ids.size !== 1) wrong.push(`${key} has the cases ${[...ids].join(", ")}`);
      if (again.status !== (known.length > 0 ? 200 : 201)) wrong.push(`${key} again: ${again.status}`);
      for (const { status } of odd) wrong.push(`${key} was answered ${status}`);
      for (const id of ids) cases.add(id);
    }
    if (cases.size !== heard.size) wrong.push(`${heard.size} messages have ${cases.size} cases`);
    expect(await receiver.end("SIGTERM")).toBe(0);
    return { wrong, count };
  }

  it(
    `has all that it answered, once, after ${kills} times kill -9 while it wrote`,
    async ({ skip }) => {
      if (place.missing !== undefined) skip(place.missing);
      const { wrong, count } = await hammered(kills, async (receiver, store) => {
        await receiver.end("SIGKILL");
        await receiver.start(store);
      });
      console.log(`${place.name}, seed ${seed}, ${kills} kills: ${JSON.stringify(count)}`);
      expect(wrong).toEqual([]);
      expect(count.unanswered).toBeGreaterThan(0);
    },
    60_000 + kills * 5000,
  );

  const killed = (): void =>
    it("has all that it answered, once, after PostgreSQL itself was killed while it wrote", async ({ skip }) => {
      if (place.missing !== undefined) skip(place.missing);
      const { wrong, count } = await hammered(3, async (receiver) => {
        const restart = await cluster?.crash();
        await restart?.();
        const intake = new Intake(() => receiver.baseUrl);
        while ((await intake.lookup("x")).status !== 200 || (await intake.upload("x")).status > 201)
          await new Promise((wait) => setTimeout(wait, 50));
      });
      console.log(`PostgreSQL killed 3 times: ${JSON.stringify(count)}`);
      expect(wrong).toEqual([]);
    }, 120_000);
  if (place.name === "PostgreSQL") killed();
});
