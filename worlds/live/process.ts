import { type ChildProcess, spawn } from "node:child_process";
import type { Launch } from "./launch.ts";
import { LastLines, Lines, lastWordsMs, type Started, type Watch } from "./started.ts";

/** One start of the system under test as a process with a group of its own, so that all it starts ends with it. */
export class SystemProcess implements Started {
  readonly incarnation: number;
  readonly startedMs: number = performance.now();
  readonly busy = false;
  readonly address = "127.0.0.1";
  readonly #child: ChildProcess;
  readonly #last = new LastLines();
  #over = false;
  #killed = false;
  paused = false;
  ready = false;

  constructor(incarnation: number, command: Launch, watch: Watch) {
    this.incarnation = incarnation;
    this.#child = spawn(command.file, [...command.args], {
      cwd: command.folder,
      env: command.environment,
      stdio: ["ignore", "pipe", "pipe"],
      detached: true,
    });
    running.add(this);
    for (const from of ["stdout", "stderr"] as const) {
      const lines = new Lines((text) => {
        if (from === "stderr") this.#last.add(text);
        watch.line(text);
      });
      this.#child[from]?.setEncoding("utf8").on("data", (text: string) => lines.hear(text));
      this.#child[from]?.on("end", () => lines.end());
    }
    let lastWords: NodeJS.Timeout | undefined;
    const ended = (code: number | null, signal: NodeJS.Signals | null): void => {
      clearTimeout(lastWords);
      if (this.#over) return;
      this.#over = true;
      running.delete(this);
      // What it started and left behind ends with it.
      this.#signalTree("SIGKILL");
      this.#child.stdout?.destroy();
      this.#child.stderr?.destroy();
      watch.ended({ code, signal, lastLines: this.#last.lines });
    };
    this.#child.on("error", (error) => {
      this.#last.add(error.message);
      if (this.#child.pid === undefined) ended(null, null);
    });
    this.#child.on("exit", (code, signal) => {
      lastWords = setTimeout(() => ended(code, signal), lastWordsMs).unref();
    });
    this.#child.on("close", ended);
  }

  get here(): boolean {
    return !this.#over;
  }

  get group(): number | undefined {
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
    this.#signalTree("SIGSTOP");
  }

  resume(): void {
    this.paused = false;
    this.#signalTree("SIGCONT");
  }

  still(does: () => void): void {
    this.#signalTree("SIGSTOP");
    does();
    this.#signalTree("SIGCONT");
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
