import { linkSync, readFileSync, unlinkSync, writeFileSync } from "node:fs";

/** Real ms between two looks at a turn that somebody else has. */
const againMs = 1;
const sleeper = new Int32Array(new SharedArrayBuffer(4));

/**
 * Lets processes of one machine do something one after the other, by a file that says whose turn it is. Whoever was killed
 * in his turn has none any more.
 */
export class Turns {
  readonly #path: string;
  /** Says who we are; the other is a second name of it, so that it never stands there empty. */
  readonly #ours: string;

  constructor(path: string) {
    this.#path = path;
    this.#ours = `${path}.${process.pid}`;
    writeFileSync(this.#ours, String(process.pid));
  }

  /** The event loop waits until it is our turn. */
  take<T>(does: () => T): T {
    while (!this.#taken()) {
      if (this.#isForsaken()) remove(this.#path);
      else Atomics.wait(sleeper, 0, 0, againMs);
    }
    try {
      return does();
    } finally {
      remove(this.#path);
    }
  }

  close(): void {
    remove(this.#ours);
  }

  #taken(): boolean {
    try {
      linkSync(this.#ours, this.#path);
      return true;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
      throw error;
    }
  }

  #isForsaken(): boolean {
    let pid: number;
    try {
      pid = Number(readFileSync(this.#path, "utf8"));
    } catch {
      return false;
    }
    // In a container each start may have the same id; we never ask in our own turn.
    if (pid === process.pid) return true;
    try {
      process.kill(pid, 0);
      return false;
    } catch (error) {
      return (error as NodeJS.ErrnoException).code === "ESRCH";
    }
  }
}

function remove(path: string): void {
  try {
    unlinkSync(path);
  } catch {
    // It is gone already.
  }
}
