import type { Socket } from "node:net";

/**
 * What the world says to the system under test, in order. While it is held nothing leaves: an event of the world takes
 * place, the system is told what time it is, and only then hears of the event.
 */
export class Outbox {
  #holds = 0;
  #waiting: (() => void)[] = [];

  /** Says it now, or once what is held is released. */
  say(does: () => void): void {
    if (this.#holds > 0) this.#waiting.push(does);
    else does();
  }

  get waiting(): boolean {
    return this.#waiting.length > 0;
  }

  hold(): void {
    this.#holds += 1;
  }

  /** Says what was held, unless it is held for something else as well. */
  release(): void {
    this.#holds -= 1;
    if (this.#holds > 0) return;
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const does of waiting) does();
  }
}

/** Puts everything that is said on a socket, its end and its reset too, through an outbox. */
export function saidThrough(outbox: Outbox, socket: Socket): Socket {
  const write = socket.write.bind(socket) as (...given: unknown[]) => boolean;
  const end = socket.end.bind(socket) as (...given: unknown[]) => Socket;
  const reset = socket.resetAndDestroy.bind(socket);
  const destroy = socket.destroy.bind(socket);
  Object.assign(socket, {
    write: (...given: unknown[]): boolean => {
      outbox.say(() => write(...given));
      return true;
    },
    end: (...given: unknown[]): Socket => {
      outbox.say(() => end(...given));
      return socket;
    },
    resetAndDestroy: (): Socket => {
      outbox.say(reset);
      return socket;
    },
    destroy: (error?: Error): Socket => {
      outbox.say(() => destroy(error));
      return socket;
    },
  });
  return socket;
}
