import { spawn } from "node:child_process";
import { HarnessError } from "../../core/error.ts";
import type { Command, ServiceProduct } from "../world.ts";
import type { Launch } from "./launch.ts";
import { LastLines, Lines, type Started, type Watch } from "./started.ts";

/** How long time stands for a stop to reach it, real ms. */
const stopWithinMs = 2000;

/**
 * One start of a system that something else runs. We know of it what its commands say: that it has ended by itself we do
 * not see. The commands' own lines are the log; the system's stay where it writes them.
 */
export class SystemService implements Started {
  readonly incarnation: number;
  readonly startedMs: number = performance.now();
  readonly paused = false;
  readonly address: string;
  readonly group = undefined;
  ready = false;
  readonly #service: ServiceProduct;
  readonly #launch: Omit<Launch, "file" | "args">;
  readonly #watch: Watch;
  readonly #last = new LastLines();
  readonly #start: Promise<void> | undefined;
  #started = false;
  #stopBeganMs = Number.NEGATIVE_INFINITY;
  #over = false;
  #killed = false;

  constructor(incarnation: number, service: ServiceProduct, launch: Omit<Launch, "file" | "args">, watch: Watch) {
    this.incarnation = incarnation;
    this.address = service.host;
    this.#service = service;
    this.#launch = launch;
    this.#watch = watch;
    this.#start = this.#act("start", service.start, () => {
      this.#started = true;
    });
  }

  get here(): boolean {
    return !this.#over;
  }

  get killed(): boolean {
    return this.#killed;
  }

  get busy(): boolean {
    if (this.#over) return false;
    // What still stops after that may be waiting for a time of the world's.
    return !this.#started || performance.now() - this.#stopBeganMs < stopWithinMs;
  }

  kill(): void {
    if (this.#killed) return;
    this.#killed = true;
    void this.#act("kill", this.#service.kill, () => this.#end({ code: null, signal: "SIGKILL" }));
  }

  askToStop(): void {
    if (this.#service.stop === undefined || this.#over) return;
    this.#stopBeganMs = performance.now();
    void this.#act("stop", this.#service.stop, () => this.#end({ code: 0, signal: null }));
  }

  pause(): void {}

  resume(): void {}

  still(does: () => void): void {
    does();
  }

  /** Runs a command, once it has been started; a missing one is done at once. */
  async #act(name: string, command: Command | undefined, then: () => void): Promise<void> {
    await this.#start;
    if (this.#over) return;
    const why = command === undefined ? undefined : await this.#ran(command);
    if (why === undefined) then();
    // A stop that a kill has overtaken may say what it likes.
    else if (name !== "stop" || !this.#killed) this.#end({ code: null, signal: null, cannot: this.#failed(name, why) });
    this.#watch.changed();
  }

  #end(how: {
    readonly code: number | null;
    readonly signal: NodeJS.Signals | null;
    readonly cannot?: HarnessError;
  }): void {
    if (this.#over) return;
    this.#over = true;
    this.#watch.ended({ ...how, lastLines: this.#last.lines });
  }

  /** Why a command failed; undefined where it did not. */
  #ran([file, ...args]: Command): Promise<string | undefined> {
    return new Promise((resolve) => {
      const { folder: cwd, environment: env } = this.#launch;
      const child = spawn(file, args, { cwd, env, stdio: ["ignore", "pipe", "pipe"] });
      const lines = new Lines((text) => {
        this.#last.add(text);
        this.#watch.line(text);
      });
      for (const from of [child.stdout, child.stderr])
        from.setEncoding("utf8").on("data", (text: string) => lines.hear(text));
      child.on("error", (error) => resolve(error.message));
      // What it has started may keep its lines open.
      child.on("exit", (code, signal) => {
        lines.end();
        resolve(code === 0 ? undefined : `It ended with ${signal ?? `exit code ${code}`}.`);
      });
    });
  }

  #failed(name: string, why: string): HarnessError {
    const said = this.#last.lines.length === 0 ? "" : ` Its last lines: ${this.#last.lines.slice(-5).join(" | ")}`;
    return new HarnessError({
      happened: `The command address.${name} of the config failed.`,
      because: `${why}${said}`,
      next: "Correct it: it is to end with 0, and soon, once it has done what it is for.",
    });
  }
}
