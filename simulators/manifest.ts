import { type Canary, canariesIn, runToken } from "../core/canary.ts";
import { type CopyId, copyOf, type DeliveryId, deliveryOf, type Label } from "../core/names.ts";
import type { Bytes, Facts } from "./wire.ts";

/** The part of mail that is its own text; every other part is a file. */
export const textName = "message";

/** A sender's own id of fewer letters is looked for in no text. */
const shortestReference = 12;

/** One part of a message as it was sent. */
export type SentPart = {
  readonly name: string;
  readonly mediaType: string;
  readonly bytes: Bytes;
  readonly sha256: string;
};

/** A message as it was sent to one recipient, with everything needed to know it again. */
export type SentDelivery = {
  readonly id: DeliveryId;
  readonly label: Label;
  readonly municipalityNumber: string;
  /** Absent where the sender named none. */
  readonly district?: string;
  readonly messageKind: "offentlig" | "privat";
  readonly version: 1 | 2;
  /** The message type it goes by, where that is not what kind and version say. */
  readonly sentAs?: string;
  /** Confidential unless said. */
  readonly class?: "confidential" | "ordinary";
  /** What stands above the text of mail: plain, and with a canary of the text in it. */
  readonly title?: string;
  readonly parts: readonly SentPart[];
  readonly canaries: readonly Canary[];
  /** Synthetic national id numbers in the form: planted like canaries. */
  readonly idNumbers?: readonly string[];
};

/**
 * What was truly sent in this run, and every identifier it has had on a wire. Simulators ask it which message a
 * request is about; the system under test never sees it.
 */
export class Manifest {
  readonly token: string;
  readonly #facts: Facts;
  readonly #deliveries = new Map<DeliveryId, SentDelivery>();
  readonly #copies = new Map<DeliveryId, number>();
  readonly #byWireId = new Map<string, CopyId>();
  readonly #wireIds = new Map<CopyId, { readonly scope: string; readonly wireId: string }[]>();
  readonly #byCanary = new Map<string, Canary>();
  readonly #byIdNumber = new Map<string, Label>();
  readonly #byReference = new Map<string, DeliveryId>();
  readonly #aliases = new Map<string, string>();

  /** @param run Names the run; canaries are drawn from it. */
  constructor(run: string, facts: Facts) {
    this.token = runToken(run);
    this.#facts = facts;
  }

  /** Takes up a delivery that is about to be submitted. */
  announce(delivery: SentDelivery): void {
    this.#deliveries.set(delivery.id, delivery);
    for (const canary of delivery.canaries) this.#byCanary.set(canary.word, canary);
    for (const idNumber of delivery.idNumbers ?? [])
      if (!this.#byIdNumber.has(idNumber)) this.#byIdNumber.set(idNumber, delivery.label);
  }

  /** The message that a national id number was first planted in. */
  withIdNumber(idNumber: string): Label | undefined {
    return this.#byIdNumber.get(idNumber);
  }

  /** Every planted id number. */
  idNumbers(): ReadonlyMap<string, Label> {
    return this.#byIdNumber;
  }

  delivery(id: DeliveryId): SentDelivery | undefined {
    return this.#deliveries.get(id);
  }

  deliveries(): IterableIterator<SentDelivery> {
    return this.#deliveries.values();
  }

  /** The id for one more copy of a delivery. */
  newCopy(delivery: DeliveryId): CopyId {
    const nth = (this.#copies.get(delivery) ?? 0) + 1;
    this.#copies.set(delivery, nth);
    return copyOf(delivery, nth);
  }

  /** Every copy made of a delivery so far, the first one first. */
  copiesOf(delivery: DeliveryId): CopyId[] {
    return Array.from({ length: this.#copies.get(delivery) ?? 0 }, (_, i) => copyOf(delivery, i + 1));
  }

  /** Ties an identifier that a channel gave to a copy. The same identifier may stand on several copies: the first keeps it. */
  link(copy: CopyId, scope: string, wireId: string): void {
    if (!this.#byWireId.has(wireId)) this.#byWireId.set(wireId, copy);
    const ids = this.#wireIds.get(copy);
    if (ids === undefined) this.#wireIds.set(copy, [{ scope, wireId }]);
    else ids.push({ scope, wireId });
    this.#facts.record({ kind: "linked", copy, delivery: deliveryOf(copy), wireId: this.alias(wireId), scope });
  }

  /** Takes up a sender's own id for a delivery, the one that it answered its order with. One given twice means the first. */
  refer(delivery: DeliveryId, reference: string): void {
    if (reference !== delivery && !this.#byReference.has(reference)) this.#byReference.set(reference, delivery);
  }

  /** The deliveries whose senders' own ids stand in a text, or are its source's id; in it a short one could be anything. */
  deliveriesReferredToIn(text: string, sourceId: string): DeliveryId[] {
    const found: DeliveryId[] = [];
    for (const [reference, delivery] of this.#byReference)
      if (reference === sourceId || (reference.length >= shortestReference && text.includes(reference)))
        found.push(delivery);
    return found;
  }

  /** The copy an identifier was first given to. */
  copyWith(wireId: string): CopyId | undefined {
    return this.#byWireId.get(wireId);
  }

  wireIdsOf(copy: CopyId): readonly { readonly scope: string; readonly wireId: string }[] {
    return this.#wireIds.get(copy) ?? [];
  }

  /** A stable stand-in for an identifier in the ledger: `x1`, `x2` by first appearance. */
  alias(wireId: string): string {
    const known = this.#aliases.get(wireId);
    if (known !== undefined) return known;
    const alias = `x${this.#aliases.size + 1}`;
    this.#aliases.set(wireId, alias);
    return alias;
  }

  /** The copies whose identifiers or labels stand in a text, such as an alarm; in order of first link. */
  copiesNamedIn(text: string): CopyId[] {
    const found: CopyId[] = [];
    for (const [wireId, copy] of this.#byWireId) if (text.includes(wireId) && !found.includes(copy)) found.push(copy);
    return found;
  }

  /** The canaries of this run that stand in a text, each once. */
  canariesIn(text: string): Canary[] {
    const found = new Set<Canary>();
    for (const word of canariesIn(text, this.token)) {
      const canary = this.#byCanary.get(word);
      if (canary !== undefined) found.add(canary);
    }
    return [...found];
  }

  /** The delivery that a canary was planted in. */
  deliveryWithCanary(word: string): DeliveryId | undefined {
    const canary = this.#byCanary.get(word);
    if (canary === undefined) return undefined;
    for (const delivery of this.#deliveries.values()) if (delivery.label === canary.message) return delivery.id;
    return undefined;
  }

  /** The deliveries whose canaries stand in a text, each once. */
  deliveriesIn(text: string): DeliveryId[] {
    const labels = new Set(this.canariesIn(text).map((canary) => canary.message));
    return [...this.#deliveries.values()]
      .filter((delivery) => labels.has(delivery.label))
      .map((delivery) => delivery.id);
  }
}
