import type { Socket } from "node:net";
import { opened } from "./process-table.ts";
import { resettable } from "./resettable.ts";
import type { Started } from "./started.ts";

/** The starts of the system under test in one run, and the connections between them and us. */
export class Starts {
  /** The last one, over or not; undefined before the first. */
  last: Started | undefined;
  /** The start that the last one is taking over from, as long as that is here. */
  outgoing: Started | undefined;
  readonly #closed: () => void;
  /** Open connections, but for those to the clock, and whose they are. */
  readonly #sockets = new Map<Socket, number>();
  /** Bytes on connections that have closed, and their number. */
  #past = 0;

  /** @param closed Told whenever a connection has closed. */
  constructor(closed: () => void) {
    this.#closed = closed;
  }

  /** What is here of the system: one start, or two where one is taking over. */
  get here(): readonly Started[] {
    return [this.outgoing, this.last].filter((start) => start?.here === true) as Started[];
  }

  at(incarnation: number): Started | undefined {
    return this.here.find((start) => start.incarnation === incarnation);
  }

  /** One begins; one that was still at work is being taken over from. */
  begun(begin: () => Started | undefined): void {
    const before = this.last;
    if (before?.here && !before.killed) this.outgoing = before;
    this.last = begin();
  }

  /** The start of this number has ended, and all its connections; undefined where it was none of the last. */
  ended(incarnation: number): Started | undefined {
    for (const [socket, whose] of this.#sockets) if (whose === incarnation) socket.resetAndDestroy();
    const ended = [this.outgoing, this.last].find((start) => start?.incarnation === incarnation);
    if (ended !== undefined && ended === this.outgoing) this.outgoing = undefined;
    return ended;
  }

  /** What a start still says is not heard. */
  mute(incarnation: number): void {
    for (const [socket, whose] of this.#sockets) if (whose === incarnation) socket.pause();
  }

  /** Whose a new connection is. While there are two, the machine knows. */
  opener(socket: Socket): Started | undefined {
    if (this.outgoing?.here !== true) return this.last;
    const ends = { theirs: socket.remotePort ?? 0, ours: socket.localPort ?? 0 };
    return this.here.find(({ group }) => group !== undefined && opened(group, ends));
  }

  /** Whose an open connection is: TLS in front of it has the same ports. */
  of(from: Socket): Started | undefined {
    if (this.outgoing?.here !== true) return this.last;
    for (const [socket, incarnation] of this.#sockets)
      if (socket === from || socket.remotePort === from.remotePort) return this.at(incarnation);
    return undefined;
  }

  /** Notes a connection of the system; one that comes from a start that has ended is cut. */
  connected(socket: Socket): boolean {
    resettable(socket).on("error", () => {});
    const running = this.opener(socket);
    if (running === undefined || !running.here || running.killed) {
      socket.resetAndDestroy();
      return false;
    }
    this.watch(socket, running.incarnation);
    return true;
  }

  /** What moves on a connection of a start is movement, and the connection ends with that start. */
  watch(socket: Socket, incarnation: number): void {
    this.#sockets.set(socket, incarnation);
    this.#past += 1;
    socket.on("close", () => {
      this.#past += socket.bytesRead + socket.bytesWritten + 1;
      this.#sockets.delete(socket);
      this.#closed();
    });
  }

  /** Whether a start still has a connection open. */
  isConnected(incarnation: number): boolean {
    return [...this.#sockets.values()].includes(incarnation);
  }

  /** Grows whenever a connection is opened or closed, or a byte moves on one. */
  traffic(): number {
    let sum = this.#past;
    for (const socket of this.#sockets.keys()) sum += socket.bytesRead + socket.bytesWritten;
    return sum;
  }

  /** Closes every connection. */
  close(): void {
    for (const socket of this.#sockets.keys()) socket.destroy();
  }
}
