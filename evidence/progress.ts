import type { Run } from "../worlds/world.ts";
import { cut } from "./page.ts";

/** Where progress goes: mostly standard error. */
export type ProgressStream = {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
};

const startOfLine = "\r\u001b[2K";

/** How far a set of runs has come: one line that changes on a terminal, one line a run elsewhere. */
export class Progress {
  readonly #total: number;
  readonly #stream: ProgressStream;
  #ended = 0;
  #failed = 0;
  #shown = false;

  constructor(total: number, stream: ProgressStream) {
    this.#total = total;
    this.#stream = stream;
  }

  ended(run: Run): void {
    if (run.judged.verdict.kind === "failed") this.#failed += 1;
    this.#say(run.judged.verdict.kind, run.scenario.id, run.sut.name);
  }

  /** A run could not be performed. */
  failed(scenario: string, system: string): void {
    this.#say("not run", scenario, system);
  }

  /** Takes the changing line away, so that the report begins on a clean one. */
  end(): void {
    if (this.#shown) this.#stream.write(startOfLine);
    this.#shown = false;
  }

  #say(how: string, scenario: string, system: string): void {
    this.#ended += 1;
    const count = `${this.#ended}/${this.#total}`;
    if (this.#stream.isTTY !== true) {
      this.#stream.write(`${count} ${how}: ${scenario}, ${system}\n`);
      return;
    }
    const failed = this.#failed === 0 ? "" : `, ${this.#failed} failed`;
    this.#stream.write(
      startOfLine + cut(`${count}${failed}  ${scenario}, ${system}`, (this.#stream.columns ?? 80) - 1),
    );
    this.#shown = true;
  }
}
