import { dispatchSwitches } from "../../../contracts/altinn-dispatch/switches.ts";
import { dayMs } from "../../../core/calendar.ts";
import type { CopyId, DeliveryId, PartyId } from "../../../core/names.ts";
import type { Municipality, SwitchValues } from "../../../core/scenario.ts";
import type { Manifest } from "../../manifest.ts";
import { switchNumber } from "../../switch-value.ts";
import type { Given, HttpOperation, HttpSimulator } from "../../wire.ts";
import { type CarriedPart, type MailItem, type Place, placeOf, type Readers, type Rights } from "../seams.ts";
import { Signs } from "../signs.ts";
import { dispatchOperations } from "./http.ts";
import type { DispatchFile, Order } from "./order.ts";
import { type DispatchMove, type DispatchState, dispatchMoves } from "./state.ts";

export type DispatchSetup = {
  readonly manifest: Manifest;
  /** Every organisation that can be written to. */
  readonly municipalities: readonly Municipality[];
  readonly rights: Rights;
  readonly readers: Readers;
  readonly tokens: {
    read(token: string): { readonly consumer: string; readonly scopes: readonly string[] } | undefined;
  };
  /** Ms since the run began. */
  readonly sinceStart: (epochMs: number) => number;
  readonly switches?: SwitchValues;
};

/** One dispatch: its shell, and its content while that is there. */
export type Dispatch = {
  readonly id: string;
  /** Organisation number. */
  readonly sender: string;
  readonly recipient: Municipality;
  readonly place: Place;
  /** Undefined where it cannot be told which message it is. */
  readonly copy: CopyId | undefined;
  readonly reference: string | undefined;
  readonly district: string | undefined;
  readonly title: string;
  readonly sentAtMs: number;
  /** Its content is over at this instant, also where that has not been deleted yet: see `contentOf`. */
  readonly endsAtMs: number;
  content: { readonly text: string; readonly files: readonly DispatchFile[] } | undefined;
  state: DispatchState;
  openedAtMs: number | undefined;
  readonly openedBy: Set<string>;
  archived: boolean;
};

/** What one sender has sent, and what it has been told of it. */
export type Outbox = {
  readonly all: Dispatch[];
  /** Never opened, whether their content is still there or not. */
  readonly unopened: Set<Dispatch>;
  /** Opened, or deleted unopened, and no answer has told it yet. */
  readonly untold: Set<Dispatch>;
  /** What the last list of each kind showed that got there in full. */
  readonly shown: Map<"all" | "unopened", ReadonlySet<string>>;
};

/**
 * The Altinn 2 criminal-case dispatch of 2018-2023: mail that is seen with two rights only, content that goes after 30
 * days, and a status that its sender must ask for.
 *
 * @source PORT.md, altinn-dispatch; altinn.md 5; incidents.md, case B
 */
export class DispatchService implements HttpSimulator {
  readonly party: PartyId = "altinn-dispatch";
  readonly operations: readonly HttpOperation[];
  readonly setup: DispatchSetup;
  readonly #given: Given;
  readonly #lifeMs: number;
  readonly #byId = new Map<string, Dispatch>();
  readonly #outboxes = new Map<string, Outbox>();
  /** By municipality number. */
  readonly #inboxes = new Map<string, Dispatch[]>();
  /** By reader, what a list that got there in full has shown it. */
  readonly #shown = new Map<PartyId, Set<Dispatch>>();
  readonly signs: Signs;
  readonly #byOrganization: ReadonlyMap<string, Municipality>;
  readonly #places: readonly Place[];

  constructor(given: Given, setup: DispatchSetup) {
    this.setup = setup;
    this.signs = new Signs(given);
    this.#given = given;
    this.#lifeMs = switchNumber(dispatchSwitches, setup.switches ?? {}, "dispatchLifeDays") * dayMs;
    this.#byOrganization = new Map(setup.municipalities.map((one) => [one.organizationNumber, one]));
    this.#places = setup.municipalities.map(({ number }) => placeOf("dispatch", number));
    this.operations = dispatchOperations(this);
  }

  recipientWith(organizationNumber: string): Municipality | undefined {
    return this.#byOrganization.get(organizationNumber);
  }

  dispatch(id: string): Dispatch | undefined {
    return this.#byId.get(id);
  }

  outboxOf(sender: string): Outbox {
    let outbox = this.#outboxes.get(sender);
    if (outbox === undefined) {
      outbox = { all: [], unopened: new Set(), untold: new Set(), shown: new Map() };
      this.#outboxes.set(sender, outbox);
    }
    return outbox;
  }

  /** Where somebody may read now. */
  placesOf(who: string): readonly Place[] {
    return this.#places.filter((place) => this.setup.rights.mayRead(who, place));
  }

  /** What lies where somebody may read, but for what is archived; oldest first. */
  inboxOf(who: string): readonly Dispatch[] {
    return this.placesOf(who).flatMap(({ municipality }) =>
      (this.#inboxes.get(municipality) ?? []).filter(({ archived }) => !archived),
    );
  }

  /** What a list has shown to this reader. */
  shownTo(who: PartyId): Set<Dispatch> {
    let shown = this.#shown.get(who);
    if (shown === undefined) {
      shown = new Set();
      this.#shown.set(who, shown);
    }
    return shown;
  }

  /** What it holds, until its life is over; what is asked for at that very instant comes too late. */
  contentOf({ content, endsAtMs }: Dispatch): Dispatch["content"] {
    return this.#given.clock.now() < endsAtMs ? content : undefined;
  }

  /** Takes a dispatch on and lays it in the recipient's inbox. */
  send(sender: string, order: Order, recipient: Municipality, delivery: DeliveryId | undefined): Dispatch {
    const { manifest, readers, sinceStart } = this.setup;
    const { clock, random, facts } = this.#given;
    const place = placeOf("dispatch", recipient.number);
    const { reference, district, title, text, files } = order;
    const sent: Dispatch = {
      id: random.uuid(),
      sender,
      recipient,
      place,
      copy: delivery === undefined ? undefined : manifest.newCopy(delivery),
      reference,
      district,
      title,
      sentAtMs: clock.now(),
      endsAtMs: clock.now() + this.#lifeMs,
      content: { text, files },
      state: "sent",
      openedAtMs: undefined,
      openedBy: new Set(),
      archived: false,
    };
    const outbox = this.outboxOf(sender);
    this.#byId.set(sent.id, sent);
    outbox.all.push(sent);
    outbox.unopened.add(sent);
    const inbox = this.#inboxes.get(recipient.number);
    if (inbox === undefined) this.#inboxes.set(recipient.number, [sent]);
    else inbox.push(sent);
    clock.after(this.#lifeMs, () => this.#drop(sent, "expired", true));
    const { copy } = sent;
    if (copy === undefined) return sent;
    facts.record({ kind: "effected", change: "submitted → accepted", copy });
    manifest.link(copy, "dispatchId", sent.id);
    facts.record({ kind: "held", party: this.party, durability: "power", ok: true, copy });
    readers.beforeOffer(place);
    facts.record({
      kind: "offered",
      channel: this.party,
      resource: place.resource,
      to: readers.readerOf(place),
      lifeEndsMs: sinceStart(sent.endsAtMs),
      copy,
    });
    readers.afterOffer(this.#item(sent, copy));
    return sent;
  }

  /** A reader comes by the content over the wire: it is opened, by a machine. */
  fetch(dispatch: Dispatch, reader: PartyId, bytes: number): void {
    const { copy } = dispatch;
    if (copy !== undefined) this.#given.facts.record({ kind: "fetched", reader, received: bytes, total: bytes, copy });
    this.#open(dispatch, "machine", reader);
  }

  /** Out of the inbox. A receipt, unless its content was gone before anybody opened it. */
  archive(dispatch: Dispatch): void {
    if (dispatch.archived) return;
    dispatch.archived = true;
    const { copy } = dispatch;
    if (copy === undefined || (this.contentOf(dispatch) === undefined && dispatch.openedAtMs === undefined)) return;
    const { facts } = this.#given;
    facts.record({ kind: "effected", change: `${dispatch.state} → archived`, copy });
    facts.record({ kind: "receipted", saying: "positive", reason: "receipt", copy });
  }

  /** The content of a copy is gone at once, as if it had never been there: for experiments. */
  discard(copy: CopyId): void {
    for (const dispatch of this.#byId.values()) if (dispatch.copy === copy) this.#drop(dispatch, "lost", false);
  }

  #item(dispatch: Dispatch, copy: CopyId): MailItem {
    // Whoever has opened it has it in front of them, also once it is deleted here.
    let opened: readonly CarriedPart[] | undefined;
    return {
      copy,
      place: dispatch.place,
      confirmation: false,
      isThere: () => this.contentOf(dispatch) !== undefined,
      isOpened: () => dispatch.openedAtMs !== undefined,
      open: (opener, who) => {
        const content = this.contentOf(dispatch);
        if (content === undefined) return;
        opened = carriedFrom(content);
        this.#open(dispatch, opener, who);
      },
      settle: () => this.archive(dispatch),
      get parts() {
        return opened ?? carriedFrom(dispatch.content);
      },
    };
  }

  #open(dispatch: Dispatch, opener: "person" | "machine", who: string): void {
    if (!this.#move(dispatch, "open")) return;
    if (dispatch.openedAtMs === undefined) {
      dispatch.openedAtMs = this.#given.clock.now();
      const outbox = this.outboxOf(dispatch.sender);
      outbox.unopened.delete(dispatch);
      outbox.untold.add(dispatch);
    }
    if (dispatch.copy === undefined || dispatch.openedBy.has(who)) return;
    dispatch.openedBy.add(who);
    this.#given.facts.record({ kind: "opened", opener, who, copy: dispatch.copy });
  }

  #drop(dispatch: Dispatch, why: "expired" | "lost", lastPath: boolean): void {
    if (!this.#move(dispatch, "expire")) return;
    dispatch.content = undefined;
    if (dispatch.openedAtMs === undefined) this.outboxOf(dispatch.sender).untold.add(dispatch);
    if (dispatch.copy === undefined) return;
    this.#given.facts.record({ kind: "dropped", party: this.party, why, lastPath, copy: dispatch.copy });
  }

  #move(dispatch: Dispatch, move: DispatchMove): boolean {
    const state = dispatchMoves[dispatch.state][move];
    if (state === undefined) return false;
    dispatch.state = state;
    return true;
  }
}

/** The files, and the text as one more where there is any. */
function carriedFrom(content: Dispatch["content"]): readonly CarriedPart[] {
  if (content === undefined) return [];
  const { text, files } = content;
  return text === "" ? files : [...files, { name: "text", bytes: Buffer.from(text) }];
}
