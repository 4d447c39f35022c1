/**
 * Measures the receiver by itself: `node tools/bench-receiver.ts`. Registrations a second of one process, whose every 201
 * is durable (PostgreSQL with fsync on, SQLite with synchronous FULL), by how many ask at once; the client is this
 * process, so both share the machine.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { Agent, request } from "node:http";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";
import { apiKey, message } from "../test/receiver/intake.ts";
import { postgresCluster } from "../test/receiver/postgres-cluster.ts";

const launcher = resolve(import.meta.dirname, "../bin/komfrem.mjs");
const warmUp = 200;
const registrations = 3000;
const sides = [1, 8, 64];

function register(baseUrl: string, agent: Agent, id: string): Promise<void> {
  return new Promise((registered, failed) => {
    const asked = request(
      `${baseUrl}/intake/v1/messages`,
      { method: "POST", agent, headers: { authorization: `Bearer ${apiKey}`, "idempotency-key": id } },
      (answer) => {
        answer.resume().on("end", () => {
          if (answer.statusCode === 201) registered();
          else failed(new Error(`${id} was answered ${answer.statusCode}`));
        });
      },
    );
    asked.on("error", failed).end(JSON.stringify(message(id)));
  });
}

/** @returns Registrations a second, and the time that 99 of 100 took at most, ms. */
async function measured(baseUrl: string, atOnce: number, name: string, count: number): Promise<[number, number]> {
  const agent = new Agent({ keepAlive: true, maxSockets: atOnce });
  const tookMs: number[] = [];
  let next = 0;
  const began = performance.now();
  await Promise.all(
    Array.from({ length: atOnce }, async () => {
      while (next < count) {
        const asked = performance.now();
        await register(baseUrl, agent, `${name}-${atOnce}-${next++}`);
        tookMs.push(performance.now() - asked);
      }
    }),
  );
  const rate = (count / (performance.now() - began)) * 1000;
  agent.destroy();
  tookMs.sort((a, b) => a - b);
  return [rate, tookMs[Math.floor(tookMs.length * 0.99)] ?? Number.NaN];
}

const folder = mkdtempSync(join(tmpdir(), "komfrem-bench-receiver-"));
const cluster = await postgresCluster({ fsync: true });
if (typeof cluster === "string") console.log(`PostgreSQL is left out: ${cluster}.`);
const stores: readonly (readonly [string, string])[] = [
  ["memory", "memory"],
  ["SQLite", `sqlite:${join(folder, "receiver.sqlite")}`],
  ...(typeof cluster === "string" ? [] : ([["PostgreSQL", cluster.url]] as const)),
];
try {
  for (const [name, store] of stores) {
    const child = spawn(process.execPath, [launcher, "receiver", "--store", store, "--api-key", apiKey], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    for await (const line of createInterface({ input: child.stdout })) {
      const { baseUrl } = (JSON.parse(line) as { readonly receiver: { readonly baseUrl: string } }).receiver;
      await measured(baseUrl, 8, "warm", warmUp);
      for (const atOnce of sides) {
        const [rate, p99Ms] = await measured(baseUrl, atOnce, "measured", registrations);
        console.log(`${name}, ${atOnce} at once: ${Math.round(rate)} registrations/s, p99 ${p99Ms.toFixed(1)} ms`);
      }
      break;
    }
    const gone = once(child, "exit");
    child.kill("SIGTERM");
    await gone;
  }
} finally {
  if (typeof cluster !== "string") await cluster.stop();
  rmSync(folder, { recursive: true, force: true });
}
