/**
 * The one queue of what happens outside the run's thread (asynchronous crypto, compression, reading a blob). Time
 * stands still until it is empty, and results come back in the order they were asked for, whichever was ready first.
 */
export class Outside {
  readonly #queue: { does: (() => void) | undefined }[] = [];
  readonly #stirred: () => void;

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
      for (let first = this.#queue[0]; first?.does !== undefined; first = this.#queue[0]) {
        this.#queue.shift();
        this.#stirred();
        first.does();
      }
    };
  }
}
