import { mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { HarnessError } from "../core/error.ts";
import { asStruck } from "../core/fault.ts";
import { fileName } from "../core/file-name.ts";
import type { Run } from "../worlds/world.ts";
import { LedgerFile } from "./ledger-file.ts";
import type { Report } from "./report.ts";

/**
 * The folder that runs are written to: `<system>/<scenario>/ledger.ndjson`, `scenario.json` and the
 * system's `log.txt` for each, `report.json`
 * and `junit.xml` for all. Each file appears whole or not at all: it is written under another name and renamed.
 */
export class RunFolder {
  readonly path: string;
  readonly #taken = new Set<string>();

  /** @throws {HarnessError} The folder cannot be made or written to. */
  constructor(path: string) {
    this.path = path;
    this.#doing(path, () => {
      mkdirSync(path, { recursive: true });
      const trial = join(path, `.komfrem-${process.pid}`);
      writeFileSync(trial, "");
      rmSync(trial);
    });
  }

  /**
   * Writes one run and gives its folder. A further run of the same system and scenario gets its seed in the name.
   *
   * @throws {HarnessError} It cannot be written; what was written before stays readable.
   */
  run(run: Run): string {
    const folder = join(this.path, this.#folderOf(run));
    this.#whole(join(folder, "ledger.ndjson"), (at) => {
      const file = new LedgerFile(at);
      for (const entry of run.ledger) file.append(entry);
      file.close();
    });
    const scenario = { ...run.scenario, faults: asStruck(run.scenario.faults, run.ledger) };
    this.#text(join(folder, "scenario.json"), `${JSON.stringify(scenario, null, 2)}\n`);
    if (run.log.length > 0) this.#text(join(folder, "log.txt"), `${run.log.join("\n")}\n`);
    return folder;
  }

  /** Writes what is said of all runs; an earlier report in the folder is replaced. */
  report(report: Report, junit: string): void {
    this.#text(join(this.path, "report.json"), `${JSON.stringify(report, null, 2)}\n`);
    this.#text(join(this.path, "junit.xml"), junit);
  }

  #folderOf(run: Run): string {
    const plain = join(fileName(run.sut.name), fileName(run.scenario.id));
    const seeded = `${plain}.seed-${run.seed}`;
    const wanted = this.#taken.has(plain) ? seeded : plain;
    let folder = wanted;
    for (let nth = 2; this.#taken.has(folder); nth++) folder = `${wanted}.${nth}`;
    this.#taken.add(folder);
    return folder;
  }

  #text(path: string, text: string): void {
    this.#whole(path, (at) => writeFileSync(at, text));
  }

  #whole(path: string, write: (at: string) => void): void {
    const unfinished = `${path}.unfinished`;
    this.#doing(path, () => {
      mkdirSync(dirname(path), { recursive: true });
      write(unfinished);
      renameSync(unfinished, path);
    });
  }

  #doing(path: string, does: () => void): void {
    try {
      does();
    } catch (error) {
      throw new HarnessError({
        happened: `${path} could not be written.`,
        because: error instanceof HarnessError ? error.because : error instanceof Error ? error.message : String(error),
        next: "Choose a folder that can be written to and has room, with --out; what was written before stays readable.",
      });
    }
  }
}
