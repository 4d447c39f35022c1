import { type ChildProcess, spawn } from "node:child_process";
import type { Launch } from "./launch.ts";

/** How long output may follow the end of a process, real ms: one that it left behind may hold the pipes for ever. */
const lastWordsMs = 500;

export type ProcessEnd = {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** Its last lines on standard error. */
  readonly lastLines: readonly string[];
};

/** One start of the system under test as a process with a group of its own, so that all it starts ends with it. */
export class SystemProcess {
  readonly incarnation: number;
  readonly #child: ChildProcess;
  readonly #lastLines: string[] = [];
  #over = false;
  #killed = false;
  paused = false;
  /** It has asked for something and heard an answer. */
  heard = false;
  readonly startedMs: number = performance.now();

  /** @param then Told once how it ended, after its last line. */
  constructor(incarnation: number, command: Launch, log: (line: string) => void, then: (end: ProcessEnd) => void) {
    this.incarnation = incarnation;
    this.#child = spawn(command.file, [...command.args], {
      cwd: command.folder,
      env: command.environment,
      stdio: ["ignore", "pipe", "pipe"],
      detached: true,
    });
    running.add(this);
    for (const from of ["stdout", "stderr"] as const) {
      let rest = "";
      const line = (text: string): void => {
        if (from === "stderr") {
          this.#lastLines.push(text);
          if (this.#lastLines.length > 20) this.#lastLines.shift();
        }
        log(text);
      };
      this.#child[from]?.setEncoding("utf8").on("data", (text: string) => {
        const lines = (rest + text).split("\n");
        rest = lines.pop() ?? "";
        for (const one of lines) line(one);
      });
      this.#child[from]?.on("end", () => {
        if (rest !== "") line(rest);
      });
    }
    const ended = (code: number | null, signal: NodeJS.Signals | null): void => {
      if (this.#over) return;
      this.#over = true;
      running.delete(this);
      // What it started and left behind ends with it.
      this.#signalTree("SIGKILL");
      this.#child.stdout?.destroy();
      this.#child.stderr?.destroy();
      then({ code, signal, lastLines: this.#lastLines });
    };
    this.#child.on("error", (error) => {
      this.#lastLines.push(error.message);
      if (this.#child.pid === undefined) ended(null, null);
    });
    this.#child.on("exit", (code, signal) => {
      setTimeout(() => ended(code, signal), lastWordsMs).unref();
    });
    this.#child.on("close", ended);
  }

  /** Whether it may still do something. One that was killed is here until the machine says it has gone. */
  get here(): boolean {
    return !this.#over;
  }

  /** Undefined where it could not be started. */
  get pid(): number | undefined {
    return this.#child.pid;
  }

  get killed(): boolean {
    return this.#killed;
  }

  kill(): void {
    this.#killed = true;
    this.#signalTree("SIGKILL");
  }

  askToStop(): void {
    if (!this.#over) this.#child.kill("SIGTERM");
  }

  pause(): void {
    this.paused = true;
    this.stand(true);
  }

  resume(): void {
    this.paused = false;
    this.stand(false);
  }

  /** Holds the whole tree for a moment in which the run's time does not pass, or lets it go on. */
  stand(still: boolean): void {
    this.#signalTree(still ? "SIGSTOP" : "SIGCONT");
  }

  #signalTree(signal: NodeJS.Signals): void {
    const { pid } = this.#child;
    if (pid === undefined) return;
    try {
      process.kill(-pid, signal);
    } catch {
      // The whole group has gone already.
    }
  }
}

const running = new Set<SystemProcess>();
// A world that is ended before it could close leaves no process behind.
process.on("exit", () => {
  for (const one of running) one.kill();
});
