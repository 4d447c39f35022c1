import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { clearOrphans, runFolder } from "./orphans.ts";

const folder = mkdtempSync(join(tmpdir(), "komfrem-orphans-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** One that has ended and that nobody has asked after (Z) does not run. */
function runs(pid: number): boolean {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    return !stat.slice(stat.lastIndexOf(")")).startsWith(") Z");
  } catch {
    return false;
  }
}

const canLook = existsSync("/proc/self/environ");
if (!canLook) console.log("skipped: orphans are not looked for on a machine without /proc");

describe.skipIf(!canLook)("what a killed harness left behind", () => {
  it("is ended and removed, and nothing of one that still runs", async () => {
    const harness = join(folder, "harness.mjs");
    writeFileSync(
      harness,
      `import { spawn } from "node:child_process";
import { join } from "node:path";
import { runFolder } from ${JSON.stringify(resolve("worlds/live/orphans.ts"))};
const folder = runFolder();
const product = spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"], {
  detached: true, stdio: "ignore", env: { ...process.env, KOMFREM_ENDPOINTS: join(folder, "endpoints.json") },
});
console.log(JSON.stringify({ folder, pid: product.pid }));
setInterval(() => {}, 1000);`,
    );
    const child = spawn(process.execPath, [harness], { stdio: ["ignore", "pipe", "inherit"] });
    const said = await new Promise<string>((heard) => child.stdout.once("data", (text: Buffer) => heard(String(text))));
    const left = JSON.parse(said) as { readonly folder: string; readonly pid: number };
    const mine = runFolder();

    clearOrphans();
    expect([runs(left.pid), existsSync(left.folder)]).toEqual([true, true]);

    child.kill("SIGKILL");
    await new Promise((gone) => child.once("exit", gone));
    expect(clearOrphans()).toBeGreaterThanOrEqual(1);
    await expect.poll(() => runs(left.pid)).toBe(false);
    expect([existsSync(left.folder), existsSync(mine)]).toEqual([false, true]);
    rmSync(mine, { recursive: true });
  });
});
