import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, describe, expect, it } from "vitest";

const folder = mkdtempSync(join(tmpdir(), "komfrem-host-"));
const endpoints = join(folder, "endpoints.json");
writeFileSync(
  endpoints,
  JSON.stringify({ version: 1, channels: [], recipients: [], pollIntervalMs: 0, dataDirectory: join(folder, "data") }),
);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

type Ended = { readonly code: number | null; readonly said: string };

/** Runs `komfrem host` on a module with this text; `stopAt` is a line after which it is asked to stop. */
function host(text: string, environment: NodeJS.ProcessEnv, stopAt?: string): Promise<Ended> {
  const module = join(folder, "integration.ts");
  writeFileSync(module, text);
  const child = spawn(process.execPath, [resolve("bin/komfrem.mjs"), "host", module], {
    env: { PATH: process.env.PATH, ...environment },
  });
  let said = "";
  const hear = (text: Buffer): void => {
    said += text;
    if (stopAt !== undefined && said.includes(`${stopAt}\n`)) child.kill("SIGTERM");
  };
  child.stdout.on("data", hear);
  child.stderr.on("data", hear);
  return new Promise((done) => child.on("close", (code) => done({ code, said })));
}

const given = { KOMFREM_ENDPOINTS: endpoints };

describe("komfrem host", () => {
  it("ends with 3 and says what to do where nothing says who is where", async () => {
    const { code, said } = await host("export default async () => {};", {});
    expect(code).toBe(3);
    expect(said).toMatch(/KOMFREM_ENDPOINTS is not set.*\n {2}Next: /);
  });

  it("ends with 3 where nothing says where a sender takes orders", async () => {
    const { code, said } = await host(
      'export default { role: "sender", run: async () => {}, send: async () => {} };',
      given,
    );
    expect(code).toBe(3);
    expect(said).toMatch(/no sendUrl.*\n {2}Next: /);
  });

  it("ends with 3 where the module does not load", async () => {
    const { code, said } = await host('import "./not-there";', given);
    expect(code).toBe(3);
    expect(said).toMatch(/could not be loaded\.[\s\S]*not-there[\s\S]*Next: /);
  });

  it("keeps an integration that waits for nothing but its end, and ends with 0 once it has stopped", async () => {
    const { code, said } = await host(
      `export default async (host) => {
  await host.store.set("A", 1);
  await host.store.sync();
  await host.clock.sleep(5);
  host.log("running");
  await new Promise((resolve) => host.signal.addEventListener("abort", resolve));
  setInterval(() => {}, 1000);
  host.log("stopped");
};`,
      given,
      "running",
    );
    expect([code, said]).toEqual([0, "running\nstopped\n"]);
  });

  it("ends with 1 and says why when the integration fails", async () => {
    const { code, said } = await host('export default async () => { throw new RangeError("no such case"); };', given);
    expect(code).toBe(1);
    expect(said).toContain("The integration failed: RangeError: no such case\n");
  });
});
