import { PassThrough } from "node:stream";
import { HarnessError } from "../../core/error.ts";
import { type Container, isGone, messageOf, type RunNetwork, remove } from "./engine.ts";
import { type Ended, LastLines, Lines, lastWordsMs, type Started, type Watch } from "./started.ts";

/** What a container is made of, by name, and the network that it is to be on. */
export type ContainerOrigin = { readonly image: string; readonly network: RunNetwork };

/**
 * One start of the system under test as a container, made anew: only its data directory is that of the start before.
 *
 * The engine takes its time for a start, a kill or a pause. Until a kill is carried out the container is `here` and
 * `killed`, and nothing is served to it any more; until a start or a pause is, it is `busy`.
 */
export class SystemContainer implements Started {
  readonly incarnation: number;
  readonly startedMs: number = performance.now();
  /** Settled once it has been removed. */
  readonly removed: Promise<void>;
  readonly #watch: Watch;
  readonly #last = new LastLines();
  #container: Container | undefined;
  #stopSignal = "SIGTERM";
  #begun!: () => void;
  /** What the engine is asked for, one after the other, once it has begun. */
  #acts: Promise<void> = new Promise((begun) => {
    this.#begun = begun;
  });
  #under = 1;
  #over = false;
  #killed = false;
  address: string | undefined;
  group: number | undefined;
  paused = false;
  ready = false;

  /** @param make Makes the container, which has not begun. */
  constructor(incarnation: number, from: ContainerOrigin, make: () => Promise<Container>, watch: Watch) {
    this.incarnation = incarnation;
    this.#watch = watch;
    this.removed = this.#live(from, make);
  }

  get here(): boolean {
    return !this.#over;
  }

  get killed(): boolean {
    return this.#killed;
  }

  get busy(): boolean {
    return !this.#over && this.#under > 0;
  }

  kill(): void {
    this.#killed = true;
    // Before whatever else the engine has still to do.
    if (!this.#over && this.#container !== undefined) void this.#done(this.#container.kill({ signal: "SIGKILL" }));
  }

  askToStop(): void {
    this.#act((container) => container.kill({ signal: this.#stopSignal }));
  }

  pause(): void {
    this.paused = true;
    this.#act((container) => container.pause());
  }

  resume(): void {
    this.paused = false;
    this.#act((container) => container.unpause());
  }

  still(does: () => void): void {
    this.#act(async (container) => {
      // One that has just ended stands still as well.
      await this.#done(container.pause());
      does();
      await this.#done(container.unpause());
    });
  }

  /** Has the engine do something, after what it was asked for before. */
  #act(does: (container: Container) => Promise<unknown>): void {
    this.#under += 1;
    this.#acts = this.#acts.then(async () => {
      if (this.#container !== undefined) await this.#done(does(this.#container));
      this.#settled();
    });
  }

  async #done(act: Promise<unknown>): Promise<void> {
    try {
      await act;
    } catch (error) {
      // What has ended meanwhile needs no more.
      if (!isGone(error)) this.#watch.line(`komfrem: the container engine says: ${messageOf(error)}`);
    }
  }

  #settled(): void {
    this.#under -= 1;
    this.#watch.changed();
  }

  async #live({ image, network }: ContainerOrigin, make: () => Promise<Container>): Promise<void> {
    let container: Container | undefined;
    let end: Ended;
    try {
      container = await make();
      this.#container = container;
      const said = await this.#said(container);
      await this.#begin(container, network);
      const { StatusCode: code } = (await container.wait()) as { StatusCode: number };
      await Promise.race([said.over, new Promise((resolve) => setTimeout(resolve, lastWordsMs).unref())]);
      if (!this.#killed && (await container.inspect()).State.OOMKilled)
        this.#hear("komfrem: it was ended for want of memory (limits.memoryMb)");
      end = { code, signal: null, lastLines: this.#last.lines };
    } catch (error) {
      const cannot = new HarnessError({
        happened: `A container of ${image} could not be started.`,
        because: `${messageOf(error)}.`,
        next: "See to what the engine says, then run again; docker run shows the same.",
      });
      end = { code: null, signal: null, lastLines: this.#last.lines, cannot };
    }
    this.#over = true;
    this.#begun();
    this.#watch.ended(end);
    if (container !== undefined) await remove(container);
  }

  /** Passes on what it writes; `over` once it writes no more. */
  async #said(container: Container): Promise<{ readonly over: Promise<unknown> }> {
    const stream = await container.attach({ stream: true, stdout: true, stderr: true });
    const to = (line: (text: string) => void): PassThrough => {
      const lines = new Lines(line);
      const through = new PassThrough();
      through.setEncoding("utf8").on("data", (text: string) => lines.hear(text));
      stream.on("end", () => lines.end());
      return through;
    };
    container.modem.demuxStream(
      stream,
      to(this.#watch.line),
      to((text) => this.#hear(text)),
    );
    return { over: new Promise((resolve) => stream.on("end", resolve)) };
  }

  #hear(text: string): void {
    this.#last.add(text);
    this.#watch.line(text);
  }

  async #begin(container: Container, network: RunNetwork): Promise<void> {
    if (this.#killed) return;
    await container.start();
    const { Config, NetworkSettings, State } = await container.inspect();
    this.#stopSignal = (Config as { StopSignal?: string }).StopSignal ?? this.#stopSignal;
    const { IPAddress, Gateway } = Object.values(NetworkSettings.Networks)[0] ?? {};
    if (Gateway !== undefined && Gateway !== "" && Gateway !== network.nobody)
      throw new Error("the engine gave it a way out of its network, and content may go nowhere but to us");
    this.address = IPAddress;
    this.group = State.Pid;
    // What was asked for before it ran came to nothing.
    if (this.#killed) this.kill();
    this.#begun();
    this.#settled();
  }
}
