import { appendFileSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { validate } from "../contracts/komfrem/index.ts";
import { HarnessError } from "../core/error.ts";
import { LedgerFile, ledgerLine, readLedger } from "./ledger-file.ts";
import { report } from "./report.ts";
import { failing, lostLedger, passing } from "./runs.fixture.ts";
import { RunFolder } from "./write.ts";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "komfrem-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

describe("a ledger file", () => {
  it("gives back what was written, entry by entry", () => {
    const path = join(folder, "ledger.ndjson");
    const file = new LedgerFile(path);
    for (const entry of lostLedger) file.append(entry);
    file.close();
    expect(readLedger(path)).toEqual({ entries: lostLedger });
    for (const entry of readLedger(path).entries) expect(validate("ledger", entry)).toEqual([]);
  });

  it("has an intent on disk before its effect, once flushed", () => {
    const path = join(folder, "ledger.ndjson");
    const file = new LedgerFile(path);
    for (const entry of lostLedger.slice(0, 2)) file.append(entry);
    file.flush();
    expect(readLedger(path).entries).toHaveLength(2);
    file.close();
  });

  it("tolerates a torn last line and names it", () => {
    const path = join(folder, "ledger.ndjson");
    writeFileSync(
      path,
      lostLedger
        .slice(0, 3)
        .map((entry) => `${ledgerLine(entry)}\n`)
        .join(""),
    );
    appendFileSync(path, '{"seq":3,"at');
    expect(readLedger(path)).toEqual({ entries: lostLedger.slice(0, 3), torn: { line: 4, bytes: 12 } });
  });

  it("refuses a broken line before the last, and one that is missing", () => {
    const path = join(folder, "ledger.ndjson");
    const [a = "", b = "", c = ""] = lostLedger.map((entry) => `${ledgerLine(entry)}\n`);
    writeFileSync(path, `${a}nonsense\n${c}`);
    expect(() => readLedger(path)).toThrow("Line 2 of the ledger");
    writeFileSync(path, `${a}${c}`);
    expect(() => readLedger(path)).toThrow(HarnessError);
    writeFileSync(path, `${a}${b}`);
    expect(readLedger(path).entries).toHaveLength(2);
  });

  it("says what to do where there is none", () => {
    expect(() => readLedger(join(folder, "none"))).toThrow(/could not be read\.\n {2}Why: {2}ENOENT.*\n {2}Next: /);
  });
});

describe("a run folder", () => {
  it("holds each run's ledger and scenario, and the reports over all", () => {
    const out = new RunFolder(join(folder, "out"));
    out.run(passing);
    out.run(failing);
    out.run({ ...failing, seed: 7 });
    out.report(report([passing, failing]), "<testsuites/>\n");
    expect(
      readdirSync(out.path, { recursive: true })
        .map(String)
        .filter((path) => path.includes("."))
        .sort(),
    ).toEqual([
      "correct-store-then-receipt/store-fails-once/ledger.ndjson",
      "correct-store-then-receipt/store-fails-once/scenario.json",
      "faulty-receipt-before-store/store-fails-once.seed-7",
      "faulty-receipt-before-store/store-fails-once.seed-7/ledger.ndjson",
      "faulty-receipt-before-store/store-fails-once.seed-7/scenario.json",
      "faulty-receipt-before-store/store-fails-once/ledger.ndjson",
      "faulty-receipt-before-store/store-fails-once/scenario.json",
      "junit.xml",
      "report.json",
    ]);
    const scenario = readFileSync(join(out.path, "correct-store-then-receipt/store-fails-once/scenario.json"), "utf8");
    expect(validate("scenario", JSON.parse(scenario))).toEqual([]);
  });

  it("stays within itself whatever a system is called", () => {
    const out = new RunFolder(join(folder, "out"));
    const path = out.run({ ...passing, sut: { ...passing.sut, name: "../../mine v2.ts" } });
    expect(path).toBe(join(folder, "out", "mine-v2.ts", "store-fails-once"));
  });

  it("says what, why and next where it cannot be made, and leaves what was there", () => {
    const path = join(folder, "taken");
    writeFileSync(path, "here first");
    expect(() => new RunFolder(join(path, "out"))).toThrow(
      /could not be written\.\n {2}Why: {2}.*\n {2}Next: Choose a folder/,
    );
    expect(readFileSync(path, "utf8")).toBe("here first");
  });

  it("keeps what was already written readable when a later file cannot be", () => {
    const out = new RunFolder(join(folder, "out"));
    const first = out.run(passing);
    writeFileSync(join(out.path, "faulty-receipt-before-store"), "in the way");
    expect(() => out.run(failing)).toThrow(HarnessError);
    expect(readLedger(join(first, "ledger.ndjson")).entries).toEqual(passing.ledger);
  });

  it("never leaves half a file under its name", () => {
    const out = new RunFolder(join(folder, "out"));
    const bad = {
      ...passing,
      ledger: [
        ...passing.ledger.slice(0, 2),
        {
          toJSON: () => {
            throw new Error("no");
          },
        } as never,
      ],
    };
    expect(() => out.run(bad)).toThrow(HarnessError);
    expect(existsSync(join(out.path, "correct-store-then-receipt/store-fails-once/ledger.ndjson"))).toBe(false);
  });
});
