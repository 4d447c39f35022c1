import { type Chain, hasEnded, startChain, stepChain } from "../../core/custody.ts";
import type { LedgerEntry } from "../../core/ledger.ts";
import { type ActName, type Event, type Ordering, orderingInWords } from "../../explore/orderings.ts";
import type { VirtualClock } from "../../worlds/clock.ts";
import type { LedgerWriter } from "../../worlds/ledger-writer.ts";
import { balanceOf, even } from "./balance.ts";
import { custodyInWords, heardInWords, type Model } from "./model.ts";
import type { Plant } from "./surroundings.ts";

/** Simulators as an ordering is put to them: everybody who does something with the message, and nobody else. */
export type Stand = {
  readonly clock: VirtualClock;
  readonly ledger: LedgerWriter;
  /** What whoever does it hears. */
  act(act: ActName): string;
  /** Whoever looks in now and then does; the stand at rest, after each event. */
  looksIn?(): void;
};

/** One channel, and one way of using it. */
export type Channel = {
  readonly name: string;
  /** What each event is here. */
  readonly means: Readonly<Record<Event["name"], string>>;
  /** The lifetimes that its ends are ends of, each alone enough to be told from one a ms longer. */
  readonly lifetimesMs: readonly number[];
  readonly stand: (plant?: Plant) => Stand;
  readonly model: () => Model;
};

/** Past every lifetime, ms. */
const ageMs = 200 * 24 * 3_600_000;
const delivery = "A";

/** Simulators and model, with one ordering being put to both. */
export class Performance {
  readonly #stand: Stand;
  readonly #model: Model;
  readonly #startMs: number;
  readonly #ordering: Event[] = [];
  readonly #chain: Chain = startChain();
  #folded = 0;
  #isAhead = false;
  /** Where the two first differed, to be printed; undefined while they do not. */
  disagreement: string | undefined;

  constructor({ stand, model }: Channel) {
    this.#stand = stand();
    this.#model = model();
    this.#startMs = this.#stand.clock.now();
    this.#stand.ledger.record({
      kind: "submitted",
      sender: "sender",
      deliveries: [{ id: delivery, municipalityNumber: "4690", district: "01" }],
      parts: [],
      messageKind: "offentlig",
      version: "1",
      class: "confidential",
      sameAs: {},
      message: delivery,
    });
  }

  /**
   * Makes an event happen to both, and compares them.
   *
   * @returns Why it cannot happen, and then nothing has; undefined where it did.
   */
  happen(event: Event): string | undefined {
    if (event.moment === undefined) {
      const impossible = this.#model.impossible(event.name);
      if (impossible !== undefined) return impossible;
      this.#ordering.push(event);
      const heard = this.#model.act(event.name);
      this.#put((stand) => this.#compare("heard", stand.act(event.name), heard));
      if (!this.#isAhead) this.#passTo(this.#model.nowMs, false);
    } else {
      const endsMs = this.#model.endOf(event.name);
      if (endsMs === undefined) return `${event.name}: no such lifetime is running`;
      const toMs = endsMs + (event.moment === "-1 ms" ? -1 : event.moment === "+1 ms" ? 1 : 0);
      const isAhead = event.moment === "0 ms, ahead";
      const { nowMs } = this.#model;
      if (toMs < nowMs || (toMs === nowMs && (isAhead || !this.#isAhead)))
        return `${event.name}: that moment has gone by`;
      this.#ordering.push(event);
      this.#passTo(toMs, isAhead);
    }
    this.#rest();
    return undefined;
  }

  /** Lets every lifetime end, and counts what went in and what came out. */
  age(): void {
    this.#passTo(this.#model.nowMs + ageMs, false);
    this.#rest();
    this.#put(({ ledger }) => this.#compare("the balance", balanceOf(ledger.entries), even));
  }

  #passTo(ms: number, isAhead: boolean): void {
    this.#put(({ clock }) => {
      clock.advanceTo(this.#startMs + ms - (isAhead ? 1 : 0));
      // The channel's own clock rings at this instant; whatever is done now is done before anybody hears it.
      clock.moveTo(this.#startMs + ms);
    });
    this.#model.passTo(ms, isAhead);
    this.#isAhead = isAhead;
  }

  /** Once the two differ nothing more is put to the simulators: what they make of it says nothing new. */
  #put(does: (stand: Stand) => void): void {
    if (this.disagreement !== undefined) return;
    try {
      does(this.#stand);
    } catch (error) {
      this.disagreement = `${orderingInWords(this.#ordering)}\n  the simulators broke: ${error}`;
    }
  }

  #rest(): void {
    this.#put((stand) => stand.looksIn?.());
    this.#model.looksIn?.();
    const { entries } = this.#stand.ledger;
    const facts: string[] = [];
    for (; this.#folded < entries.length; this.#folded++) {
      const entry = entries[this.#folded] as LedgerEntry;
      stepChain(this.#chain, entry);
      const fact = factIn(entry);
      if (fact !== undefined) facts.push(`${entry.atMs} ${fact}`);
    }
    this.#compare("written down", facts.toSorted().join("\n    "), this.#model.facts.toSorted().join("\n    "));
    this.#model.facts = [];
    this.#compare("custody", custodyIn(this.#chain), this.#model.custody());
  }

  #compare(what: string, here: string, there: string): void {
    if (here === there || this.disagreement !== undefined) return;
    this.disagreement = `${orderingInWords(this.#ordering)}\n  ${what}, by the simulators:\n    ${here}\n  and by the facts:\n    ${there}`;
  }
}

/** Puts a whole ordering to both and ages them. Gives why its last event cannot happen, or where they differ. */
export function performed(
  channel: Channel,
  ordering: Ordering,
): { readonly impossible?: string; readonly disagreement?: string } {
  const performance = new Performance(channel);
  for (const event of ordering) {
    const impossible = performance.happen(event);
    if (impossible !== undefined) return { impossible };
  }
  performance.age();
  const { disagreement } = performance;
  return disagreement === undefined ? {} : { disagreement };
}

/** What both have an opinion on. What the integration hears is left out: it is compared as the act that it is. */
function factIn(entry: LedgerEntry): string | undefined {
  switch (entry.kind) {
    case "held":
      return `${entry.party} holds ${entry.copy}`;
    case "dropped":
      return `${entry.party} drops ${entry.copy}: ${entry.why}`;
    case "offered":
      return `${entry.copy} is offered until ${entry.lifeEndsMs ?? "for ever"}`;
    case "fetched":
      return `${entry.copy} is fetched`;
    case "opened":
      return `${entry.copy} is opened`;
    case "receipted":
      return `${entry.copy} is receipted ${entry.saying}`;
    case "resent":
      return `${entry.of} is resent as ${entry.as}`;
    case "returned":
      return `returned to ${entry.to}`;
    case "printed":
      return `printed: ${entry.reason}`;
    case "told":
      return entry.to === "integration" || entry.saying === "news" || entry.saying === "empty"
        ? undefined
        : heardInWords(entry.to, entry.saying, entry.copies, entry.takesDebt);
    case "doubted":
      return `doubted: ${entry.what}`;
    default:
      return undefined;
  }
}

function custodyIn(chain: Chain): string {
  const custody = chain.deliveries.get(delivery);
  if (custody === undefined || custody.accepted < 0) return "not taken on";
  const holdings = custody.holdings.map(({ party, copy }) => `${party} ${copy}`);
  return custodyInWords(holdings, custody.debtor, hasEnded(custody), custody.lost >= 0);
}
