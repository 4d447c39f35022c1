import { type ChildProcess, spawn } from "node:child_process";
import { appendFileSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { JournalReader, journalName } from "../../worlds/live/journal.ts";
import { Journal } from "./journal.ts";

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "komfrem-journal-"));
  path = join(folder, journalName);
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe("the store of a process", () => {
  it("has after a restart what was written before it, bytes and objects alike", async () => {
    const { store } = new Journal(path);
    await store.set("in/A", { bytes: Uint8Array.of(0, 255, 10), at: 7 });
    await store.set("in/B", "gone");
    await store.delete("in/B");
    const again = new Journal(path).store;
    expect(await again.get("in/A")).toEqual({ bytes: Uint8Array.of(0, 255, 10), at: 7 });
    expect(await again.keys("in/")).toEqual(["in/A"]);
  });

  it("cuts off a last line that a kill has torn, and keeps all before and after it", async () => {
    await new Journal(path).store.set("A", 1);
    appendFileSync(path, '[["B","/w9');
    const torn = new Journal(path);
    expect(torn.tornBytes).toBe(10);
    await torn.store.set("C", 3);
    const again = new Journal(path);
    expect(again.tornBytes).toBe(0);
    expect(await again.store.keys()).toEqual(["A", "C"]);
  });

  it("refuses a file in which a line before the last is broken", async () => {
    await new Journal(path).store.set("A", 1);
    appendFileSync(path, "garbage\n");
    appendFileSync(path, '"synced"\n');
    expect(() => new Journal(path)).toThrow(/cannot be opened\.\n {2}Why: .*byte \d+/);
  });

  it("makes a transaction as one line, and runs it again when another write came between", async () => {
    const { store } = new Journal(path);
    await store.set("count", 1);
    let runs = 0;
    await store.transaction(async (view) => {
      const count = (await view.get("count")) as number;
      if (runs++ === 0) await store.set("count", 10);
      await view.set("count", count + 1);
      await view.set("last", count);
    });
    expect(runs).toBe(2);
    expect(await store.get("count")).toBe(11);
    expect(readFileSync(path, "utf8").trimEnd().split("\n")).toHaveLength(3);
  });

  it("gives up a transaction that always meets other writes, as a ConflictError", async () => {
    const { store } = new Journal(path);
    const never = store.transaction(async (view) => {
      await view.get("A");
      await store.set("A", 1);
    });
    await expect(never).rejects.toMatchObject({ name: "ConflictError" });
  });

  it("shows from outside what is synced, and only that", async () => {
    const seen: string[][] = [];
    const reader = new JournalReader(folder, (changed) => seen.push([...changed.keys()]));
    reader.follow();
    const { store } = new Journal(path);
    await store.set("A", 1);
    reader.follow();
    expect(seen).toEqual([]);
    await store.set("B", 2);
    await store.sync();
    await store.set("C", 3);
    reader.follow();
    expect(seen).toEqual([["A", "B"]]);
    reader.close();
  });
});

/** Adds one to `count` in a process of its own, so many times; `done` are those that it was told have been written. */
function counting(times: number): { readonly child: ChildProcess; readonly done: Promise<number> } {
  const program = `import { Journal } from ${JSON.stringify(new URL("./journal.ts", import.meta.url).href)};
const { store } = new Journal(${JSON.stringify(path)});
for (let nth = 0; nth < ${times}; nth++)
  try {
    await store.transaction(async (view) => {
      const count = ((await view.get("count")) ?? 0);
      await new Promise(setImmediate);
      await view.set("count", count + 1);
      await view.set("long", "x".repeat(20000));
    });
    process.stdout.write(".");
  } catch (error) {
    if (error.name !== "ConflictError") throw error;
    nth -= 1;
  }
`;
  const child = spawn(process.execPath, ["--import", "tsx", "--input-type=module", "-e", program], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  let said = 0;
  child.stdout?.on("data", (bytes: Buffer) => {
    said += bytes.length;
  });
  return { child, done: new Promise((resolve) => child.on("close", () => resolve(said))) };
}

describe("a store that two processes have at once", () => {
  it("loses nothing of either, also where one is killed while it writes", async () => {
    const staying = counting(150);
    const killed = counting(100_000);
    killed.child.stdout?.once("data", () => setTimeout(() => killed.child.kill("SIGKILL"), 100));
    const [stayed, before] = await Promise.all([staying.done, killed.done]);
    expect(stayed).toBe(150);
    const count = await new Journal(path).store.get("count");
    expect(before).toBeGreaterThan(0);
    // What was written when the kill came may not have been told.
    expect([stayed + before, stayed + before + 1]).toContain(count);
  });
});
