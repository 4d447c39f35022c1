import type { DeliveryId } from "../names.ts";

/**
 * Whose a wire id is. There are several for every delivery, and most are never asked for: they are written down as they
 * come, and put in order only when somebody asks.
 */
export class WireIds {
  readonly #deliveries = new Map<string, DeliveryId[]>();
  #learnt: { readonly wireId: string; readonly delivery: DeliveryId }[] = [];

  learn(wireId: string, delivery: DeliveryId): void {
    this.#learnt.push({ wireId, delivery });
  }

  /** The deliveries whose copies have carried it so far. */
  of(wireId: string): readonly DeliveryId[] {
    for (const { wireId: id, delivery } of this.#learnt) {
      const known = this.#deliveries.get(id);
      if (known === undefined) this.#deliveries.set(id, [delivery]);
      else if (!known.includes(delivery)) known.push(delivery);
    }
    this.#learnt = [];
    return this.#deliveries.get(wireId) ?? [];
  }
}
