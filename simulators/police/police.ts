import { addWorkingDays, hourMs, minuteMs } from "../../core/calendar.ts";
import type { ReasonClass } from "../../core/ledger.ts";
import { type CopyId, type DeliveryId, deliveryOf, recipientId } from "../../core/names.ts";
import { handsBack } from "../../core/rules/end-state-deadline.ts";
import type { Municipality, Scenario, SwitchValues } from "../../core/scenario.ts";
import type { Heard } from "../boundaries.ts";
import type { Manifest, SentDelivery } from "../manifest.ts";
import type { Composed, Sends } from "../sender/compose.ts";
import { switchNumber } from "../switch-value.ts";
import type { Answer, Given, WireRequest } from "../wire.ts";
import { correspondenceWay, type ResourceIds } from "./correspondence.ts";
import { dispatchWay } from "./dispatch.ts";
import { afterMove, type PoliceMove, type PoliceState } from "./state.ts";
import { policeSwitches } from "./switches.ts";
import { type Sending, type Sent, type Standing, unsent, type Way } from "./way.ts";

export type PoliceSetup = {
  readonly manifest: Manifest;
  readonly municipalities: readonly Municipality[];
  /** Asks Altinn, as the police. */
  readonly ask: (
    request: WireRequest,
    hear: (heard: Heard<Answer>, confirm: (inFull: boolean) => void) => void,
  ) => void;
  /** A living token of the police that Altinn knows. */
  readonly token: () => string;
  readonly resourceIds: ResourceIds;
  readonly people: {
    /** Calls back for each alarm that somebody has seen. */
    onSeen(then: (alert: number) => void): void;
    /** Gives what is to be called when there is something to look at. */
    worklist(duty: "investigator", look: () => void): () => void;
  };
  /** A letter lies in the office: makes a case of it by hand. False where that cannot be now: it is tried again. */
  readonly carryLetter: (delivery: SentDelivery) => boolean;
  readonly tests?: Scenario["tests"];
  /** Whether the sender under test still has what it hands back; it does unless said. */
  readonly canRetrieve?: (delivery: DeliveryId) => boolean;
  readonly switches?: SwitchValues;
};

/** One message in the journal of the police. */
type Entry = {
  readonly delivery: SentDelivery;
  /** Absent where it does not go through Altinn by their own hand. */
  readonly sending: Sending | undefined;
  state: PoliceState;
  /** The channel's own, once it is known. */
  id: string | undefined;
  /** They know that somebody has opened it. */
  opened: boolean;
};

/** Pauses after an exchange that came to nothing; the last one again and again. */
const pausesMs = [minuteMs, 5 * minuteMs, 15 * minuteMs, hourMs];
/** After nearly two days they write a letter instead. */
const mostFailures = 48;
/** What nobody has opened for longer than this an investigator sends as a letter. @source incidents.md, invariant 12 */
const waitsWorkingDays = 2;

/**
 * The police: hand a message to Altinn or to the post, keep their own copy, and believe the channel. They ask for
 * nothing afterwards unless there is an investigator. What a sender under test hands back to them goes by letter.
 *
 * @source incidents.md, case B: chain, mechanisms 1, 5 and 7
 */
export class Police {
  readonly #given: Given;
  readonly #setup: PoliceSetup;
  readonly #ways: Readonly<Record<"altinn-correspondence" | "altinn-dispatch", Way>>;
  readonly #letterDays: number;
  readonly #filedDays: number;
  readonly #journal = new Map<DeliveryId, Entry>();
  /** Alarms that hand messages back and that nobody has seen yet, by the `seq` of their `alerted` entry. */
  readonly #handedBack = new Map<number, readonly CopyId[]>();
  readonly #wakeInvestigator: () => void;

  constructor(given: Given, setup: PoliceSetup) {
    const switches = setup.switches ?? {};
    this.#given = given;
    this.#setup = setup;
    this.#ways = {
      "altinn-correspondence": correspondenceWay(setup.token, setup.resourceIds),
      "altinn-dispatch": dispatchWay(setup.token),
    };
    this.#letterDays = switchNumber(policeSwitches, switches, "letterDays");
    this.#filedDays = switchNumber(policeSwitches, switches, "letterFiledDays");
    setup.people.onSeen((alert) => this.returnedByAlarm(alert));
    this.#wakeInvestigator = setup.people.worklist("investigator", () => this.#investigate());
  }

  /** Sends a message themselves: in Altinn, or as a letter. */
  send(composed: Composed, step: Sends): void {
    const { delivery } = composed;
    const entry: Entry = {
      delivery,
      sending: this.#sendingOf(composed, step),
      state: "kept",
      id: undefined,
      opened: false,
    };
    this.#journal.set(delivery.id, entry);
    this.#keep(delivery.id);
    if (entry.sending === undefined) {
      this.#given.facts.record({ kind: "effected", change: "submitted → accepted", delivery: delivery.id });
      this.#post(entry, "other");
    } else this.#try(entry, entry.sending, 0);
  }

  /** A sender under test would not take this order, however often it was given: they send it by letter. */
  takeBack({ delivery }: Composed): void {
    const entry = this.#order(delivery);
    if (entry === undefined || afterMove(entry.state, "post") === undefined) return;
    this.#keep(delivery.id);
    this.#post(entry, "refused");
  }

  /** An alarm has reached its owner. One that hands messages back is remembered until it is seen. */
  raised(alert: number, copies: readonly CopyId[], reason: string): void {
    if (reason.startsWith(handsBack) && copies.length > 0) this.#handedBack.set(alert, copies);
  }

  /** A person has seen an alarm. Where it hands orders back they are the police's again, and go by letter. */
  returnedByAlarm(alert: number): void {
    const copies = this.#handedBack.get(alert) ?? [];
    this.#handedBack.delete(alert);
    for (const id of new Set(copies.map(deliveryOf))) {
      const delivery = this.#setup.manifest.delivery(id);
      const entry = delivery === undefined ? undefined : this.#order(delivery);
      if (entry === undefined || afterMove(entry.state, "post") === undefined) continue;
      if (this.#setup.canRetrieve?.(id) === false) continue;
      const { facts } = this.#given;
      facts.record({
        kind: "told",
        to: "police",
        saying: "negative",
        code: "returned",
        copies: copies.filter((copy) => deliveryOf(copy) === id),
        delivery: id,
        cause: alert,
      });
      facts.record({ kind: "returned", to: "police", reason: "undeliverable", delivery: id, cause: alert });
      this.#keep(id);
      this.#post(entry, "undeliverable");
    }
  }

  #sendingOf({ delivery, namedMunicipality }: Composed, { by, mail = {} }: Sends): Sending | undefined {
    if (by === undefined || by === "letter") return undefined;
    const { municipalityNumber } = delivery;
    const recipient = this.#setup.municipalities.find(({ number }) => number === municipalityNumber);
    return {
      delivery,
      mail,
      way: this.#ways[by],
      recipient: recipient?.organizationNumber ?? "",
      municipalityNumber: namedMunicipality ?? municipalityNumber,
      key: this.#given.random.uuid(),
      sentMs: this.#given.clock.now(),
    };
  }

  /** A message that a sender under test was ordered to send; undefined where it is none. */
  #order(delivery: SentDelivery): Entry | undefined {
    if (this.#setup.tests !== "sender") return undefined;
    const known = this.#journal.get(delivery.id);
    if (known !== undefined) return known.sending === undefined ? known : undefined;
    const entry: Entry = { delivery, sending: undefined, state: "kept", id: undefined, opened: false };
    this.#journal.set(delivery.id, entry);
    return entry;
  }

  #keep(delivery: DeliveryId): void {
    this.#given.facts.record({ kind: "held", party: "police", durability: "power", ok: true, delivery });
  }

  // ---- in Altinn ----

  #try(entry: Entry, sending: Sending, failures: number): void {
    const { way } = sending;
    this.#setup.ask(way.send(sending), (heard, confirm) => {
      confirm(true);
      const sent = sentBy(heard, way);
      switch (sent.kind) {
        case "taken":
          return this.#taken(entry, sent.id);
        case "refused":
          return this.#post(entry, "refused");
        case "passing":
          return this.#lookLater(entry, sending, failures + 1);
      }
    });
  }

  /** Nobody knows whether it was taken on: they look before they send it again. */
  #lookLater(entry: Entry, sending: Sending, failures: number): void {
    const { way } = sending;
    if (failures >= mostFailures) return this.#post(entry, "undeliverable");
    const pauseMs = pausesMs[Math.min(failures, pausesMs.length) - 1] ?? hourMs;
    this.#given.clock.after(pauseMs, () =>
      this.#setup.ask(way.find(sending), (heard, confirm) => {
        confirm(true);
        const found = heard.kind === "told" ? way.found(heard.value, sending) : ({ kind: "unheard" } as const);
        switch (found.kind) {
          case "there":
            return this.#taken(entry, found.id);
          case "absent":
            return this.#try(entry, sending, failures);
          case "unheard":
            return this.#lookLater(entry, sending, failures + 1);
        }
      }),
    );
  }

  #taken(entry: Entry, id: string | undefined): void {
    if (!this.#move(entry, "take")) return;
    entry.id = id;
    this.#afterWorkingDays(waitsWorkingDays, () => this.#wakeInvestigator(), 1);
  }

  /** An investigator looks at what has lain for too long. */
  #investigate(): void {
    const now = this.#given.clock.now();
    const old = new Map<Way, Map<string, Entry>>();
    for (const entry of this.#journal.values()) {
      const { sending, id } = entry;
      if (sending === undefined || entry.state !== "sent" || entry.opened) continue;
      if (addWorkingDays(sending.sentMs, waitsWorkingDays) >= now) continue;
      if (id === undefined) this.#learnId(entry, sending);
      else old.set(sending.way, (old.get(sending.way) ?? new Map()).set(id, entry));
    }
    for (const [way, entries] of old) this.#askAbout(way, entries);
  }

  /** It was taken on in an answer that got lost, so they have its id yet to learn. */
  #learnId(entry: Entry, sending: Sending): void {
    const { way } = sending;
    this.#setup.ask(way.find(sending), (heard, confirm) => {
      confirm(true);
      const found = heard.kind === "told" ? way.found(heard.value, sending) : undefined;
      if (found?.kind === "there") entry.id = found.id;
      this.#wakeInvestigator();
    });
  }

  #askAbout(way: Way, entries: ReadonlyMap<string, Entry>): void {
    for (const { request, ids } of way.ask([...entries.keys()]))
      this.#setup.ask(request, (heard, confirm) => {
        confirm(true);
        for (const id of ids) {
          const entry = entries.get(id);
          if (entry !== undefined)
            this.#learn(entry, heard.kind === "told" ? way.standing(heard.value, id) : "unheard");
        }
      });
  }

  #learn(entry: Entry, standing: Standing): void {
    switch (standing) {
      case "opened":
        entry.opened = true;
        return;
      case "unopened":
      case "failed":
        return this.#post(entry, "undeliverable");
      case "unheard":
        return this.#wakeInvestigator();
    }
  }

  // ---- by letter ----

  #post(entry: Entry, reason: ReasonClass): void {
    if (!this.#move(entry, "post")) return;
    const { id, municipalityNumber, district } = entry.delivery;
    this.#given.facts.record({
      kind: "printed",
      to: recipientId(municipalityNumber, district ?? "00"),
      reason,
      delivery: id,
    });
    this.#afterWorkingDays(this.#letterDays, () => {
      this.#move(entry, "arrive");
      this.#afterWorkingDays(this.#filedDays, () => this.#file(entry));
    });
  }

  #file(entry: Entry): void {
    if (this.#setup.carryLetter(entry.delivery)) this.#move(entry, "file");
    else this.#afterWorkingDays(1, () => this.#file(entry));
  }

  #afterWorkingDays(days: number, then: () => void, moreMs = 0): void {
    const { clock } = this.#given;
    clock.after(addWorkingDays(clock.now(), days) - clock.now() + moreMs, then);
  }

  #move(entry: Entry, move: PoliceMove): boolean {
    const state = afterMove(entry.state, move);
    if (state === undefined) return false;
    entry.state = state;
    return true;
  }
}

function sentBy(heard: Heard<Answer>, way: Way): Sent {
  switch (heard.kind) {
    case "told":
      return way.sent(heard.value);
    case "answered":
      return unsent(heard.status);
    case "cut":
    case "refused":
    case "reset":
      return { kind: "passing" };
  }
}
