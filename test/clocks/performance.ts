import { type Chain, hasEnded, startChain, stepChain } from "../../core/custody.ts";
import type { LedgerEntry } from "../../core/ledger.ts";
import {
  type ActName,
  type EndName,
  type Enumerated,
  type Event,
  everyOrdering,
  type Ordering,
  orderingInWords,
} from "../../explore/orderings.ts";
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
  /** What whoever clears up when time has come to the end of a clean-up, hears; absent where the channel does it alone. */
  clearsUp?(): string;
  /** Whoever looks in now and then does; the stand at rest, after each event. */
  looksIn?(): void;
};

/** One channel, and one way of using it. */
export type Channel = {
  readonly name: string;
  /** What each event is here. */
  readonly means: Readonly<Record<Event["name"], string>>;
  /** Lifetimes, ms, by whose ends something happens: each is told from one that is a ms longer or shorter. */
  readonly lifetimesMs: readonly number[];
  readonly stand: (plant?: Plant) => Stand;
  readonly model: () => Model;
};

type EndEvent = Extract<Event, { readonly name: EndName }>;

/** Past every lifetime, ms. */
const ageMs = 200 * 24 * 3_600_000;
/** More than is ever due between two events, by far. */
const mostDue = 10_000;
const delivery = "A";

/** Simulators and model, with one ordering being put to both; or to the model alone, which is a hundred times quicker. */
export class Performance {
  readonly #stand: Stand | undefined;
  readonly #model: Model;
  readonly #startMs: number = 0;
  readonly #ordering: Event[] = [];
  readonly #chain: Chain = startChain();
  #folded = 0;
  #isAhead = false;
  /** Where the two first differed, to be printed; undefined while they do not. */
  disagreement: string | undefined;

  constructor({ stand, model }: Channel, to: "both" | "the model" = "both") {
    this.#model = model();
    if (to === "the model") return;
    this.#stand = stand();
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

  /** Why an event cannot happen now, by the facts alone; undefined where it can. */
  impossible(event: Event): string | undefined {
    if (event.moment === undefined) return this.#model.impossible(event.name);
    const toMs = this.#timeOf(event);
    if (toMs === undefined) return `${event.name}: no such lifetime is running`;
    const { nowMs } = this.#model;
    const isGoneBy = toMs < nowMs || (toMs === nowMs && (isAheadOf(event) || !this.#isAhead));
    return isGoneBy ? `${event.name}: that moment has gone by` : undefined;
  }

  /** Makes an event happen to both, and compares them. False where it cannot happen, and then nothing has. */
  happen(event: Event): boolean {
    if (this.impossible(event) !== undefined) return false;
    this.#ordering.push(event);
    if (event.moment === undefined)
      this.#happen("heard", (stand) => stand.act(event.name), this.#model.act(event.name));
    else {
      this.#passTo(this.#timeOf(event) ?? this.#model.nowMs, isAheadOf(event));
      if (event.name === "clean-up")
        this.#happen("cleared up", (stand) => stand.clearsUp?.(), this.#model.clearsUp?.());
    }
    this.#rest();
    return true;
  }

  /** When the lifetime ends that an event stands by, give or take; undefined where none is running. */
  #timeOf({ name, moment }: EndEvent): number | undefined {
    const endsMs = this.#model.endOf(name);
    return endsMs === undefined ? undefined : endsMs + (moment === "-1 ms" ? -1 : moment === "+1 ms" ? 1 : 0);
  }

  /** Lets every lifetime end, and counts what went in and what came out. */
  age(): void {
    this.#passTo(this.#model.nowMs + ageMs, false);
    this.#rest();
    this.#put(({ ledger }) => this.#compare("the balance", balanceOf(ledger.entries), even));
  }

  #passTo(ms: number, isAhead: boolean): void {
    this.#put(({ clock }) => {
      const limitMs = this.#startMs + ms - (isAhead ? 1 : 0);
      for (let done = 0; clock.runNext(limitMs); done++)
        if (done === mostDue) throw new RangeError("time does not get on: something is due for ever");
      // The channel's own clock rings at this instant; whatever is done now is done before anybody hears it.
      clock.moveTo(this.#startMs + ms);
    });
    this.#model.passTo(ms, isAhead);
    this.#isAhead = isAhead;
  }

  /** It is done by the facts already; what is due at once comes at once, unless what is due now has yet to come. */
  #happen(what: string, does: (stand: Stand) => string | undefined, heard: string | undefined): void {
    this.#put((stand) => this.#compare(what, does(stand) ?? "", heard ?? ""));
    if (!this.#isAhead) this.#passTo(this.#model.nowMs, false);
  }

  /** Once the two differ nothing more is put to the simulators: what they make of it says nothing new. */
  #put(does: (stand: Stand) => void): void {
    if (this.#stand === undefined || this.disagreement !== undefined) return;
    try {
      does(this.#stand);
    } catch (error) {
      this.disagreement = `${orderingInWords(this.#ordering)}\n  the simulators broke: ${error}`;
    }
  }

  #rest(): void {
    this.#put((stand) => stand.looksIn?.());
    this.#model.looksIn?.();
    this.#put(({ ledger }) => this.#compareFacts(ledger.entries));
    this.#model.facts = [];
  }

  #compareFacts(entries: readonly LedgerEntry[]): void {
    const facts: string[] = [];
    for (; this.#folded < entries.length; this.#folded++) {
      const entry = entries[this.#folded] as LedgerEntry;
      stepChain(this.#chain, entry);
      const fact = factIn(entry);
      if (fact !== undefined) facts.push(`${entry.atMs} ${fact}`);
    }
    this.#compare("written down", facts.toSorted().join("\n    "), this.#model.facts.toSorted().join("\n    "));
    this.#compare("custody", custodyIn(this.#chain), this.#model.custody());
  }

  #compare(what: string, here: string, there: string): void {
    if (here === there || this.disagreement !== undefined) return;
    this.disagreement = `${orderingInWords(this.#ordering)}\n  ${what}, by the simulators:\n    ${here}\n  and by the facts:\n    ${there}`;
  }
}

function isAheadOf({ moment }: EndEvent): boolean {
  return moment === "0 ms, ahead";
}

/** Puts an ordering that can happen to both, and ages them. Gives where they differ. */
export function performed(channel: Channel, ordering: Ordering): string | undefined {
  const performance = new Performance(channel);
  for (const event of ordering) performance.happen(event);
  performance.age();
  return performance.disagreement;
}

/**
 * Enumerates the orderings of a channel that can happen, by the facts alone.
 *
 * @param put Is given each of them.
 */
export function everyPossible(channel: Channel, most: number, put: (ordering: Ordering) => void): Enumerated {
  const before = [new Performance(channel, "the model")];
  return everyOrdering((ordering) => {
    const { length } = ordering;
    const impossible = before[length - 1]?.impossible(ordering[length - 1] as Event);
    if (impossible !== undefined) return impossible;
    put(ordering);
    if (length === most) return undefined;
    const here = new Performance(channel, "the model");
    for (const event of ordering) here.happen(event);
    before[length] = here;
    return undefined;
  }, most);
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
    case "notified":
      return `${entry.copy} is notified`;
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
