import { connect, createServer, type Server, type Socket } from "node:net";
import type { FaultAction } from "../../core/fault.ts";
import type { CopyId } from "../../core/names.ts";
import { aboutCopies, aboutNothing } from "../../simulators/about.ts";
import type { Boundaries, Heard, Way } from "../../simulators/boundaries.ts";
import { leaksInText } from "../../simulators/leaks.ts";
import type { Manifest } from "../../simulators/manifest.ts";
import type { About, Asker } from "../../simulators/wire.ts";
import type { UnderWay } from "./http-server.ts";

/** What a relay stands between: the system under test, and something of its own that it stores or queues in. */
export type Relayed = {
  /** How its exchanges are named: `db.flush(A)/1`. */
  readonly name: string;
  readonly to: { readonly host: string; readonly port: number };
};

/** What a relay needs of the run. */
export type RelayStand = {
  readonly boundaries: () => Boundaries;
  readonly manifest: () => Manifest;
  /** A time that passes for the system, and how long a line is silent on it before something new begins, ms. */
  readonly pace: { readonly nowMs: () => number; readonly silentMs: number };
  /** Whose a connection is; undefined where nobody of this run has it. Called whenever something arrives. */
  readonly asker: (from: Socket) => Asker | undefined;
  /** Takes note of a connection; false for one that comes too late. */
  readonly connected: (socket: Socket) => boolean;
  /** Says something to the system, once it may hear it. */
  readonly say: (does: () => void) => void;
  readonly underWay: UnderWay;
};

/** Bytes cannot be answered for, and who stores them twice has stored them twice. */
const carried = (action: FaultAction["kind"]): boolean => action !== "answer" && action !== "repeat";

/**
 * A server that passes bytes on to a dependency of the system's own, and its answers back. What the system sends until
 * it waits for an answer is one exchange, `flush`, and can be broken as any other: before it is passed on, or once the
 * answer is there.
 *
 * It is about the messages whose ids or canaries stand in the bytes, else about what the line was about just before: a
 * commit says nothing of what it commits.
 *
 * @source DESIGN.md, section 5; RULES.md, section C
 */
export function relay(relayed: Relayed, stand: RelayStand): Server {
  return createServer({ allowHalfOpen: true }, (client) => {
    client.on("error", () => {});
    if (!stand.connected(client)) return;
    if (stand.asker(client) === undefined || !stand.boundaries().reachable(relayed.name)) {
      client.resetAndDestroy();
      return;
    }
    new Line(client, relayed, stand);
  });
}

type Finished = { readonly value: Uint8Array };

/** Where the flush of a line stands. */
type State =
  | { readonly kind: "none" }
  /** Not passed on yet: what the system sends meanwhile belongs to it. */
  | { readonly kind: "held"; readonly bytes: Uint8Array[] }
  /** Passed on, and not answered yet. */
  | { readonly kind: "passed"; readonly way: Way<Finished> }
  /** Answered, and the answer not handed over yet. */
  | { readonly kind: "answered"; readonly more: Uint8Array[]; readonly next: Uint8Array[] };

/** One connection through a relay. */
class Line {
  readonly #client: Socket;
  readonly #server: Socket;
  readonly #relayed: Relayed;
  readonly #stand: RelayStand;
  #about: About = aboutNothing();
  #lastMs = 0;
  #state: State = { kind: "none" };
  #isLast = false;

  constructor(client: Socket, relayed: Relayed, stand: RelayStand) {
    this.#client = client;
    this.#relayed = relayed;
    this.#stand = stand;
    this.#server = connect(relayed.to);
    client.setNoDelay(true);
    this.#server.setNoDelay(true);
    client.on("data", (bytes: Uint8Array) => this.#send(bytes));
    client.on("end", () => this.#server.end());
    client.on("close", () => this.#break());
    this.#server.on("data", (bytes: Uint8Array) => this.#answer(bytes));
    this.#server.on("end", () => this.#serverEnds(() => client.end()));
    this.#server.on("close", () => this.#serverEnds(() => this.#break()));
    this.#server.on("error", () => this.#break());
  }

  #send(bytes: Uint8Array): void {
    const state = this.#state;
    switch (state.kind) {
      case "none":
        return this.#begin(bytes);
      case "held":
        state.bytes.push(bytes);
        return;
      case "passed":
        this.#server.write(bytes);
        return;
      case "answered":
        state.next.push(bytes);
    }
  }

  #begin(bytes: Uint8Array): void {
    const asker = this.#stand.asker(this.#client);
    if (asker === undefined) return this.#break();
    this.#about = this.#aboutOf(bytes);
    this.#state = { kind: "held", bytes: [bytes] };
    this.#stand.boundaries().performLater<Finished>(
      {
        party: this.#relayed.name,
        operation: "flush",
        about: this.#about,
        asker,
        bytes: bytes.length,
        carries: carried,
      },
      (way) => this.#passOn(way),
      (heard, confirm) => this.#stand.say(() => this.#handOver(heard, confirm)),
    );
  }

  #passOn(way: Way<Finished>): void {
    const state = this.#state;
    if (state.kind !== "held" || this.#server.destroyed) return way.lose();
    this.#state = { kind: "passed", way };
    this.#stand.underWay.count += 1;
    for (const bytes of state.bytes) this.#server.write(bytes);
  }

  #answer(bytes: Uint8Array): void {
    const state = this.#state;
    switch (state.kind) {
      case "passed":
        this.#state = { kind: "answered", more: [], next: [] };
        this.#stand.underWay.count -= 1;
        return state.way.finish({
          saying: "positive",
          code: "answered",
          copies: this.#about.copies,
          value: { value: bytes },
        });
      case "answered":
        state.more.push(bytes);
        return;
      case "held":
      case "none":
        // Nobody asked for it: the dependency's own doing.
        this.#stand.say(() => this.#client.write(bytes));
    }
  }

  /** An answer that waits to be handed over is its last, and still goes first. */
  #serverEnds(then: () => void): void {
    if (this.#state.kind === "answered") this.#isLast = true;
    else then();
  }

  #handOver(heard: Heard<Finished>, confirm: (inFull: boolean) => void): void {
    const state = this.#state;
    if (this.#client.destroyed || state.kind !== "answered") {
      confirm(false);
      return this.#break();
    }
    switch (heard.kind) {
      case "told": {
        this.#state = { kind: "none" };
        this.#client.write(Buffer.concat([heard.value.value, ...state.more]), (error) => confirm(error == null));
        if (this.#isLast) this.#client.end();
        else if (state.next.length > 0) this.#begin(Buffer.concat(state.next));
        return;
      }
      case "cut":
        this.#client.write(heard.value.value.subarray(0, heard.afterBytes));
        return this.#break();
      case "answered":
      case "refused":
      case "reset":
        return this.#break();
    }
  }

  /** The line is gone in both directions; what was passed on and not answered nobody will ever hear of. */
  #break(): void {
    const state = this.#state;
    this.#state = { kind: "none" };
    if (!this.#client.destroyed) this.#client.resetAndDestroy();
    if (!this.#server.destroyed) this.#server.destroy();
    if (state.kind !== "passed") return;
    this.#stand.underWay.count -= 1;
    state.way.lose();
  }

  #aboutOf(bytes: Uint8Array): About {
    const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("latin1");
    const manifest = this.#stand.manifest();
    const copies = new Set<CopyId>(manifest.copiesNamedIn(text));
    if (copies.size === 0)
      for (const { delivery } of leaksInText(text, "flush", manifest))
        for (const copy of delivery === undefined ? [] : manifest.copiesOf(delivery)) copies.add(copy);
    const { nowMs, silentMs } = this.#stand.pace;
    const isNew = nowMs() - this.#lastMs > silentMs;
    this.#lastMs = nowMs();
    if (copies.size > 0) return aboutCopies([...copies]);
    return isNew ? aboutNothing() : this.#about;
  }
}
