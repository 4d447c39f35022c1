import type { DeliveryId } from "./names.ts";

/**
 * The deliveries of a run, numbered from 0 in the order they are first spoken of.
 *
 * Many rules ask about the delivery of one entry, one after the other. It is looked up once for all of them; what each
 * knows of it stands in an array (`ByDelivery`). A run may have millions.
 */
export class Deliveries {
  readonly #numbers = new Map<DeliveryId, number>();
  readonly #ids: DeliveryId[] = [];
  #latest: DeliveryId = "";
  #latestNumber = -1;

  /** The number of a delivery; -1 where it was never spoken of. */
  numberOf(id: DeliveryId): number {
    if (id !== this.#latest) {
      this.#latest = id;
      this.#latestNumber = this.#numbers.get(id) ?? -1;
    }
    return this.#latestNumber;
  }

  /** The number of a delivery, which it is given now if it has none. */
  number(id: DeliveryId): number {
    const known = this.numberOf(id);
    if (known >= 0) return known;
    this.#latestNumber = this.#ids.push(id) - 1;
    this.#numbers.set(id, this.#latestNumber);
    return this.#latestNumber;
  }

  /** @throws {RangeError} There is no such number. */
  idOf(number: number): DeliveryId {
    const id = this.#ids[number];
    if (id === undefined) throw new RangeError(`There is no delivery ${number}.`);
    return id;
  }
}

/** What is known of each delivery: a map that is iterated in the order deliveries were first spoken of. */
export class ByDelivery<Known> implements Iterable<[DeliveryId, Known]> {
  readonly #deliveries: Deliveries;
  readonly #known: (Known | undefined)[] = [];

  constructor(deliveries: Deliveries) {
    this.#deliveries = deliveries;
  }

  get(id: DeliveryId): Known | undefined {
    const number = this.#deliveries.numberOf(id);
    return number < 0 ? undefined : this.#known[number];
  }

  has(id: DeliveryId): boolean {
    return this.get(id) !== undefined;
  }

  set(id: DeliveryId, known: Known): void {
    const number = this.#deliveries.number(id);
    // Without a gap an array stays what it is: a list, and not a table.
    while (this.#known.length < number) this.#known.push(undefined);
    this.#known[number] = known;
  }

  delete(id: DeliveryId): void {
    const number = this.#deliveries.numberOf(id);
    if (number >= 0 && number < this.#known.length) this.#known[number] = undefined;
  }

  *values(): Generator<Known> {
    for (const known of this.#known) if (known !== undefined) yield known;
  }

  *[Symbol.iterator](): Generator<[DeliveryId, Known]> {
    for (let number = 0; number < this.#known.length; number++) {
      const known = this.#known[number];
      if (known !== undefined) yield [this.#deliveries.idOf(number), known];
    }
  }
}
