import { type DeliveryId, deliveryOf, type PartyId } from "../core/names.ts";
import type { Stage } from "./stage.ts";
import { tracesIn } from "./traces.ts";

/** Which deliveries stand whole in the system's own synced store: writes `held`, and `dropped` once they no longer do. */
export class Holdings {
  readonly #stage: Stage;
  readonly #party: PartyId;
  /** Shown by isolate-and-kill to be stored, though nothing readable stands there; not yet written down. */
  readonly #shownHeld: Set<DeliveryId>;
  readonly #byKey = new Map<string, ReadonlySet<string>>();
  readonly #held = new Set<DeliveryId>();

  /** @param party Whose store it is: of a pair either. */
  constructor(stage: Stage, shownHeld: readonly DeliveryId[], party: PartyId = stage.system.party) {
    this.#stage = stage;
    this.#party = party;
    this.#shownHeld = new Set(shownHeld);
  }

  /** Writes down what was shown to be stored, once the system has fetched it. */
  shown(): void {
    for (const id of this.#shownHeld) {
      if (!this.#stage.entries.some((entry) => entry.kind === "fetched" && entry.delivery === id)) continue;
      this.#shownHeld.delete(id);
      for (const copy of this.#stage.manifest.copiesOf(id))
        this.#stage.ledger.record({
          kind: "held",
          by: "probe:isolate-and-kill",
          party: this.#party,
          durability: "power",
          ok: true,
          copy,
          delivery: id,
        });
    }
  }

  /** A sender has a message before any channel has a copy: what it keeps is the delivery's first. */
  #copiesOf(id: DeliveryId): readonly string[] {
    return this.#party === "sender" ? [id] : this.#stage.manifest.copiesOf(id);
  }

  /** Told of each key whose synced value changed; undefined where it is gone. */
  changed(changed: ReadonlyMap<string, Uint8Array | undefined>): void {
    this.#follow(changed, "released");
  }

  /** Told of each key that is otherwise since a backup was restored. What stands there whole is held anew. */
  putBack(changed: ReadonlyMap<string, Uint8Array | undefined>): void {
    this.#follow(changed, "restored");
  }

  #follow(changed: ReadonlyMap<string, Uint8Array | undefined>, why: "released" | "restored"): void {
    const touched = new Set<string>();
    for (const [key, bytes] of changed) {
      for (const word of this.#byKey.get(key) ?? []) touched.add(word);
      const traces = bytes === undefined ? undefined : tracesIn(bytes, this.#stage.manifest.token);
      if (traces === undefined || traces.size === 0) this.#byKey.delete(key);
      else this.#byKey.set(key, traces);
      for (const word of traces ?? []) touched.add(word);
    }
    this.shown();
    if (touched.size === 0) return;
    const deliveries = new Set<DeliveryId>();
    for (const word of touched) {
      const delivery = this.#stage.manifest.deliveryWithCanary(word);
      if (delivery !== undefined) deliveries.add(delivery);
    }
    for (const id of deliveries) {
      const words = this.#stage.manifest.delivery(id)?.canaries ?? [];
      const whole =
        words.length > 0 && words.every(({ word }) => [...this.#byKey.values()].some((there) => there.has(word)));
      if (whole === this.#held.has(id) && !(whole && why === "restored")) continue;
      if (whole) this.#held.add(id);
      else this.#held.delete(id);
      for (const copy of this.#copiesOf(id))
        this.#stage.ledger.record(
          whole
            ? {
                kind: "held",
                party: this.#party,
                durability: "power",
                ok: true,
                copy,
                delivery: deliveryOf(copy),
              }
            : {
                kind: "dropped",
                party: this.#party,
                why,
                lastPath: false,
                copy,
                delivery: deliveryOf(copy),
              },
        );
    }
  }
}
