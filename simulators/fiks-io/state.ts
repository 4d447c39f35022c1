import { HarnessError } from "../../core/error.ts";
import type { CopyId } from "../../core/names.ts";
import type { About } from "../wire.ts";

/** Where an envelope in an account's queue stands. */
export type QueuedState = "ready" | "unacked" | "acked" | "nacked" | "expired" | "deadlettered" | "discarded";

export type MoveName =
  | "deliver"
  | "handOver"
  | "ack"
  | "nack"
  | "requeue"
  | "expire"
  | "expireFetched"
  | "deadletter"
  | "discard"
  | "discardFetched";
export type Move = { readonly from: QueuedState; readonly to: QueuedState; readonly change: string };

function move(from: QueuedState, to: QueuedState, said: string = to): Move {
  return { from, to, change: `${from} → ${said}` };
}

/**
 * Everything that can happen to an envelope in a queue, as data.
 *
 * @source fiks.md 3.5
 */
export const moves: Readonly<Record<MoveName, Move>> = {
  deliver: move("ready", "unacked"),
  /** To a consumer that has said it will never ack. */
  handOver: move("ready", "acked"),
  ack: move("unacked", "acked"),
  /** Without requeue: destroyed, and nobody is told. */
  nack: move("unacked", "nacked"),
  requeue: move("unacked", "ready", "requeued"),
  /** At the head of the queue, its time being over. */
  expire: move("ready", "expired"),
  /** Only where the switch `prefetchedMessagesExpire` is on. */
  expireFetched: move("unacked", "expired"),
  /** After its last attempt. */
  deadletter: move("ready", "deadlettered"),
  /** Taken away by an experiment. */
  discard: move("ready", "discarded"),
  discardFetched: move("unacked", "discarded"),
};

/** One envelope in an account's queue. Times in ms since the epoch. */
export type Queued = {
  readonly id: string;
  readonly type: string;
  readonly from: string;
  readonly to: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
  readonly ttlMs: number;
  readonly expiresAtMs: number;
  readonly replyTo: string | undefined;
  readonly replyToType: string | undefined;
  readonly copy: CopyId | undefined;
  /** What exchanges about it are called. */
  readonly about: About;
  /** Its place in the queue, kept when it comes back. */
  readonly place: number;
  /** Its content header on the wire, made when first needed. */
  wireHeader: Uint8Array | undefined;
  state: QueuedState;
  /** How often it has come back. */
  attempts: number;
  /** It has left the queue before. */
  redelivered: boolean;
};

/** Moves an envelope on and gives what changed. */
export function moved(queued: Queued, name: MoveName): string {
  const { from, to, change } = moves[name];
  if (queued.state !== from)
    throw new HarnessError({
      happened: `Fiks IO was to ${name} ${queued.copy ?? queued.id}, which is ${queued.state}.`,
      because: `Only what is ${from} can.`,
      next: "This is a defect of the simulator: report it with the command that replays the run.",
    });
  queued.state = to;
  return change;
}

/** What comes of a returned envelope that has used up so many attempts. */
export function afterReturn(attempts: number, most: number): "ready" | "deadlettered" {
  return attempts >= most ? "deadlettered" : "ready";
}

/** Ready envelopes in the order of their places; what comes back goes where it stood, as in RabbitMQ. */
export class ReadyLine {
  #line: (Queued | undefined)[] = [];
  #head = 0;

  get length(): number {
    return this.#line.length - this.#head;
  }

  head(): Queued | undefined {
    return this.#line[this.#head];
  }

  /** Takes the head away. */
  take(): Queued | undefined {
    const head = this.#line[this.#head];
    if (head === undefined) return undefined;
    this.#line[this.#head++] = undefined;
    if (this.#head === this.#line.length) {
      this.#line.length = 0;
      this.#head = 0;
    } else if (this.#head >= 1024 && this.#head * 2 >= this.#line.length) {
      this.#line = this.#line.slice(this.#head);
      this.#head = 0;
    }
    return head;
  }

  /** Puts an envelope in its place: mostly last, or first again. */
  put(queued: Queued): void {
    const line = this.#line;
    let at = line.length;
    while (at > this.#head && (line[at - 1] as Queued).place > queued.place) at--;
    if (at === this.#head && this.#head > 0) line[--this.#head] = queued;
    else line.splice(at, 0, queued);
  }

  /** All that is ready, in order. */
  all(): Queued[] {
    return this.#line.slice(this.#head) as Queued[];
  }

  /** Takes an envelope away wherever it stands; false if it is not there. */
  remove(queued: Queued): boolean {
    const at = this.#line.indexOf(queued, this.#head);
    if (at < 0) return false;
    this.#line.splice(at, 1);
    return true;
  }
}
