const realImmediate = setImmediate;

/**
 * The one queue of what happens outside the run's thread (asynchronous crypto, compression, reading a file or a blob).
 * Time stands still until it is empty, and results come back in the order they were asked for, whichever was ready
 * first: one a turn of the event loop, so that all a result leads to comes before the next one.
 */
export class Outside {
  readonly #queue: { does: (() => void) | undefined }[] = [];
  readonly #stirred: () => void;
  #resting = false;

  constructor(stirred: () => void) {
    this.#stirred = stirred;
  }

  get pending(): number {
    return this.#queue.length;
  }

  /** Something has begun; call what this gives when it has ended, with what to do then. */
  begin(): (then: () => void) => void {
    const place: { does: (() => void) | undefined } = { does: undefined };
    this.#queue.push(place);
    return (then) => {
      place.does = then;
      this.#next();
    };
  }

  #next(): void {
    const does = this.#queue[0]?.does;
    if (this.#resting || does === undefined) return;
    this.#resting = true;
    this.#queue.shift();
    realImmediate(() => {
      this.#resting = false;
      this.#next();
    });
    this.#stirred();
    does();
  }
}
