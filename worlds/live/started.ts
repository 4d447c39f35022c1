import type { HarnessError } from "../../core/error.ts";

/** How long output may follow the end of a start, real ms: what it left behind may hold the lines for ever. */
export const lastWordsMs = 500;

/** One start of the system under test, wherever it runs. It takes all that it has started with it when it ends. */
export type Started = {
  readonly incarnation: number;
  /** When it was started, by `performance.now()`. */
  readonly startedMs: number;
  /** Whether it may still do something. One that was killed is here until the machine says it has gone. */
  readonly here: boolean;
  readonly killed: boolean;
  readonly paused: boolean;
  /** The machine has not yet carried out what was asked for: a start, a pause. */
  readonly busy: boolean;
  /** It was answered, or what its config waits for has come. */
  ready: boolean;
  /** Where its own ports are; undefined as long as it has no address. */
  readonly address: string | undefined;
  /** Id of its group of processes on this machine; undefined where it has none, or none yet. */
  readonly group: number | undefined;
  /** Ends it at once. */
  kill(): void;
  askToStop(): void;
  pause(): void;
  resume(): void;
  /** Does something while all of it is held, and lets it go on: in the run no time passes. */
  still(does: () => void): void;
};

export type Ended = {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** Its last lines on standard error. */
  readonly lastLines: readonly string[];
  /** Set where it never began: the harness could not start it. */
  readonly cannot?: HarnessError;
};

/** What is told of a start: each line that it writes, whatever changes with it, where it wanted to go, and once how it ended, after its last line. */
export type Watch = {
  readonly line: (text: string) => void;
  readonly changed: () => void;
  /** Where to it wanted to go, outside the run: a host and a port. It was refused. */
  readonly wentOut: (to: string) => void;
  readonly ended: (end: Ended) => void;
};

/** Splits what is written into lines; `end` gives the last one, that has no line break. */
export class Lines {
  readonly #line: (text: string) => void;
  #rest = "";

  constructor(line: (text: string) => void) {
    this.#line = line;
  }

  hear(text: string): void {
    const lines = (this.#rest + text).split("\n");
    this.#rest = lines.pop() ?? "";
    for (const one of lines) this.#line(one);
  }

  end(): void {
    if (this.#rest !== "") this.#line(this.#rest);
    this.#rest = "";
  }
}

/** The last lines of a start. */
export class LastLines {
  readonly lines: string[] = [];

  add(text: string): void {
    this.lines.push(text);
    if (this.lines.length > 20) this.lines.shift();
  }
}
