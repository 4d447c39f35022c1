import { customHeaders } from "../../contracts/fiks/headers.ts";
import { feilet, mottatt, serverfeil, tidsavbrudd, typeOf } from "../../contracts/fiks/types.ts";
import { addWorkingDays, dayMs, hourMs, minuteMs } from "../../core/calendar.ts";
import type { Due } from "../../core/clock.ts";
import type { ReasonClass } from "../../core/ledger.ts";
import {
  type CopyId,
  type DeliveryId,
  deliveryOf,
  type Label,
  type PartyId,
  type RecipientId,
  recipientId,
} from "../../core/names.ts";
import type { District, Municipality, SwitchValues } from "../../core/scenario.ts";
import type { Manifest, SentDelivery } from "../manifest.ts";
import { switchChoice, switchNumber } from "../switch-value.ts";
import type { Bytes, Given, HttpOperation, HttpSimulator, WireRequest } from "../wire.ts";
import { portalOperations } from "./http.ts";
import { afterMove, type PortalMove, type PortalState } from "./state.ts";
import { submissionOf } from "./submission.ts";
import { portalSwitches } from "./switches.ts";

/** What the portal needs of Fiks IO. */
export type PortalChannel = {
  send(envelope: {
    readonly copy: CopyId;
    readonly from: string;
    readonly to: string;
    readonly type: string;
    readonly ttlMs: number;
    readonly headers: Readonly<Record<string, string>>;
    readonly body: Bytes;
  }): string;
  onMessage(account: string, then: (message: HeardMessage) => void): void;
};

/** What arrives in the portal's own account. */
export type HeardMessage = {
  readonly type: string;
  /** `melding-id` that this answers. */
  readonly replyTo?: string | undefined;
  /** `seq` of the entry that led here. */
  readonly cause?: number | undefined;
};

/** Somebody who may use the sender API. */
export type PortalSender = {
  readonly fiksOrgId: string;
  readonly integrationId: string;
  readonly integrationPassword: string;
  /** Organisation number its tokens are issued for. */
  readonly organizationNumber: string;
};

export type PortalSetup = {
  readonly manifest: Manifest;
  readonly municipalities: readonly Municipality[];
  readonly channel: PortalChannel;
  /** The portal's own account in Fiks IO. */
  readonly account: string;
  /** Fiks IO account of a district, `4601-01`; a district without one gets paper. */
  readonly accounts: ReadonlyMap<RecipientId, string>;
  readonly tokens: {
    valid(token: string, scope: string): boolean;
    read(token: string): { readonly consumer: string } | undefined;
  };
  /** Who answers at a district, and owes the message once it has said `mottatt`. */
  readonly readerOf: (recipient: RecipientId) => PartyId;
  /** The first is the world's own sender. */
  readonly senders: readonly [PortalSender, ...PortalSender[]];
  /** A living token of the world's own sender. */
  readonly token: () => string;
  /** PEM: what senders encrypt for the print vendor and for districts with. */
  readonly certificates: { readonly print: string; readonly districts: string };
  readonly switches?: SwitchValues;
};

/** One entry of a message's history. */
export type HistoryEntry = { readonly atMs: number; readonly state: PortalState };

type Held = {
  readonly id: string;
  readonly fiksOrgId: string;
  /** Absent where nobody announced what was sent: nothing about it can then be told from another. */
  readonly delivery: DeliveryId | undefined;
  readonly firstCopy: CopyId | undefined;
  lastCopy: CopyId | undefined;
  readonly recipient: RecipientId;
  readonly account: string | undefined;
  readonly resourceId: string;
  readonly type: string;
  readonly body: Bytes;
  state: PortalState;
  readonly history: HistoryEntry[];
  /** Paper that is due unless a receipt comes first. */
  paper: Due | undefined;
};

/** What a submission is known to be. */
export type Submission = {
  readonly delivery: SentDelivery;
  readonly container: Bytes;
  readonly type: string;
};

/** The national portal: takes messages on, dispatches them, hears receipts, falls back to paper, deletes. */
export class Portal implements HttpSimulator {
  readonly party = "portal";
  readonly operations: readonly HttpOperation[];
  readonly setup: PortalSetup;
  readonly given: Given;
  readonly newerVersionAccepted: boolean;
  readonly #ttlMs: number;
  readonly #dispatchMs: number;
  readonly #retentionMs: number;
  readonly #paperAfterDays: number;
  readonly #handoverMs: number;
  readonly #postedMs: number;
  readonly #printerRefuses: boolean;
  readonly #messages = new Map<string, Held>();
  readonly #byDelivery = new Map<DeliveryId, Held>();
  readonly #sent = new Map<string, { readonly message: Held; readonly copy: CopyId }>();
  /** The bodies we made ourselves: the same bytes are the same submission, however often they come. */
  readonly #submissions = new WeakMap<Bytes, Submission>();
  readonly #resourceIds = new Map<RecipientId, string>();

  constructor(given: Given, setup: PortalSetup) {
    const switches = setup.switches ?? {};
    const number = (name: keyof typeof portalSwitches): number => switchNumber(portalSwitches, switches, name);
    this.given = given;
    this.setup = setup;
    this.newerVersionAccepted = switchChoice(portalSwitches, switches, "newerVersionAccepted") === true;
    this.#printerRefuses = switchChoice(portalSwitches, switches, "printerRefuses") === true;
    this.#ttlMs = number("ttlHours") * hourMs;
    this.#dispatchMs = number("dispatchSeconds") * 1000;
    this.#retentionMs = number("retentionDays") * dayMs;
    this.#paperAfterDays = number("paperAfterWorkingDays");
    this.#handoverMs = number("printHandoverMinutes") * minuteMs;
    this.#postedMs = number("postedAfterHours") * hourMs;
    const resources = given.random.fork("district-resources");
    for (const { number: municipality, districts } of setup.municipalities)
      for (const district of districts)
        this.#resourceIds.set(recipientId(municipality, district.number), resources.uuid());
    setup.channel.onMessage(setup.account, (message) => {
      // Heard after what led here is over, so that it is no part of that exchange.
      given.clock.after(0, () => this.#hear(message));
    });
    this.operations = portalOperations(this);
  }

  /** The request that the world's own sender makes to submit a message. Announces the delivery if nobody has. */
  submission(delivery: SentDelivery, container: Bytes): WireRequest {
    const { manifest, senders, token } = this.setup;
    if (manifest.delivery(delivery.id) === undefined) manifest.announce(delivery);
    const request = submissionOf(delivery, container, senders[0], token());
    const type = delivery.sentAs ?? typeOf(delivery.messageKind, delivery.version);
    this.#submissions.set(request.body, { delivery, container, type });
    return request;
  }

  /** What a body is known to be, if the world made it. */
  submissionIn(body: Bytes): Submission | undefined {
    return this.#submissions.get(body);
  }

  /** The district a message goes to: the one named, or for `00` the standard one; undefined if there is none such. */
  district(municipalityNumber: string, number: string): District | undefined {
    const municipality = this.setup.municipalities.find((one) => one.number === municipalityNumber);
    return municipality?.districts.find((one) => (number === "00" ? one.standard : one.number === number));
  }

  /** Takes a message on and gives its id. */
  accept(
    order: { readonly fiksOrgId: string; readonly municipalityNumber: string; readonly district: District },
    what: { readonly delivery: DeliveryId | undefined; readonly type: string; readonly body: Bytes },
  ): { readonly id: string; readonly copy: CopyId | undefined } {
    const { manifest, accounts } = this.setup;
    const { facts, random } = this.given;
    const id = random.uuid();
    const recipient = recipientId(order.municipalityNumber, order.district.number);
    const copy = what.delivery === undefined ? undefined : manifest.newCopy(what.delivery);
    const message: Held = {
      id,
      fiksOrgId: order.fiksOrgId,
      delivery: what.delivery,
      firstCopy: copy,
      lastCopy: copy,
      recipient,
      account: accounts.get(recipient),
      resourceId: this.#resourceIds.get(recipient) ?? "",
      type: what.type,
      body: what.body,
      state: "accepted",
      history: [{ atMs: this.given.clock.now(), state: "accepted" }],
      paper: undefined,
    };
    this.#messages.set(id, message);
    if (copy !== undefined && what.delivery !== undefined) {
      this.#byDelivery.set(what.delivery, message);
      facts.record({ kind: "effected", change: "submitted → accepted", delivery: what.delivery, copy });
      manifest.link(copy, customHeaders.concernId, id);
      facts.record({
        kind: "held",
        party: this.party,
        durability: "power",
        ok: true,
        delivery: what.delivery,
        copy,
      });
    }
    this.given.clock.after(this.#dispatchMs, () => {
      if (message.account === undefined || copy === undefined) this.#paper(message, "undeliverable");
      else this.#dispatch(message, copy);
    });
    return { id, copy };
  }

  /** A message's history, oldest first; undefined where this organisation has sent no such message, or it was deleted. */
  history(fiksOrgId: string, id: string): readonly HistoryEntry[] | undefined {
    const message = this.#messages.get(id);
    return message?.fiksOrgId === fiksOrgId ? message.history : undefined;
  }

  /** The copy a message was first sent as. */
  copyOf(id: string): CopyId | undefined {
    return this.#messages.get(id)?.firstCopy;
  }

  /**
   * The operator sends a message once more: a new copy under the same `bekymringsmelding-id`.
   *
   * @returns False where that cannot be: it is delivered, deleted, not yet dispatched, or was never taken on.
   * @source fiks.md 1.3: answered 400 once LEVERT, 404 where unknown
   */
  resend(label: Label): boolean {
    const message = this.#byDelivery.get(label);
    if (message === undefined || message.delivery === undefined || message.account === undefined) return false;
    if (!this.#messages.has(message.id) || message.state === "delivered" || message.state === "accepted") return false;
    const { manifest } = this.setup;
    const of = message.lastCopy ?? message.delivery;
    const as = manifest.newCopy(message.delivery);
    message.lastCopy = as;
    this.given.facts.record({ kind: "resent", of, as, delivery: message.delivery, copy: as });
    manifest.link(as, customHeaders.concernId, message.id);
    this.#dispatch(message, as);
    return true;
  }

  #dispatch(message: Held, copy: CopyId): void {
    const { channel, account } = this.setup;
    if (message.account === undefined) return;
    this.#move(message, "dispatch");
    const sentId = channel.send({
      copy,
      from: account,
      to: message.account,
      type: message.type,
      ttlMs: this.#ttlMs,
      headers: {
        [customHeaders.districtResourceId]: message.resourceId,
        [customHeaders.concernId]: message.id,
        [customHeaders.clientId]: message.id,
      },
      body: message.body,
    });
    this.#sent.set(sentId, { message, copy });
    if (message.state !== "dispatched") return;
    const now = this.given.clock.now();
    message.paper?.cancel();
    message.paper = this.given.clock.after(addWorkingDays(now, this.#paperAfterDays) - now, () =>
      this.#paper(message, "unreceipted"),
    );
  }

  #hear(heard: HeardMessage): void {
    const sent = heard.replyTo === undefined ? undefined : this.#sent.get(heard.replyTo);
    // A status update that fits no message is refused: fiks.md 1.3.
    if (sent === undefined || sent.message.delivery === undefined) return;
    const { message, copy } = sent;
    switch (heard.type) {
      case mottatt:
        this.#received(message, copy, heard);
        break;
      case feilet:
        this.#refused(message, copy, heard);
        break;
      case tidsavbrudd:
        this.#told(copy, "negative", "tidsavbrudd", heard);
        this.#fallBack(message, copy, "expired");
        break;
      case serverfeil:
        this.#told(copy, "negative", "serverfeil", heard);
        this.#fallBack(message, copy, "undeliverable");
        break;
    }
  }

  #received(message: Held, copy: CopyId, heard: HeardMessage): void {
    const relieved = this.#move(message, "receive");
    this.#told(copy, "positive", "mottatt", heard, relieved ? this.setup.readerOf(message.recipient) : undefined);
    if (!relieved) return;
    message.paper?.cancel();
    this.#keepUntilPurge(message);
  }

  #refused(message: Held, copy: CopyId, heard: HeardMessage): void {
    this.#told(copy, "negative", "feilet", heard);
    if (!this.#move(message, "refuse")) return;
    const { delivery } = message;
    if (delivery !== undefined)
      this.given.facts.record({ kind: "returned", to: this.party, reason: "refused", delivery });
    this.#paper(message, "refused");
  }

  /** Paper, unless a later copy is still on its way. */
  #fallBack(message: Held, copy: CopyId, reason: ReasonClass): void {
    if (message.state === "dispatched" && message.lastCopy === copy) this.#paper(message, reason);
  }

  #paper(message: Held, reason: ReasonClass): void {
    const { clock, facts } = this.given;
    message.paper?.cancel();
    message.paper = clock.after(this.#handoverMs, () => {
      if (!this.#move(message, "handToPrinter")) return;
      message.paper = clock.after(this.#postedMs, () => {
        if (!this.#move(message, this.#printerRefuses ? "printerRefuses" : "post")) return;
        if (message.state !== "delivered") return;
        if (message.delivery !== undefined)
          facts.record({ kind: "printed", to: message.recipient, reason, delivery: message.delivery });
        this.#keepUntilPurge(message);
      });
    });
  }

  #keepUntilPurge(message: Held): void {
    this.given.clock.after(this.#retentionMs, () => {
      this.#messages.delete(message.id);
      const { delivery, firstCopy } = message;
      if (delivery === undefined || firstCopy === undefined) return;
      this.given.facts.record({
        kind: "dropped",
        party: this.party,
        why: "purged",
        lastPath: true,
        delivery,
        copy: firstCopy,
      });
    });
  }

  #move(message: Held, move: PortalMove): boolean {
    const state = afterMove(message.state, move);
    if (state === undefined) return false;
    message.state = state;
    message.history.push({ atMs: this.given.clock.now(), state });
    return true;
  }

  #told(copy: CopyId, saying: "positive" | "negative", code: string, heard: HeardMessage, takesDebt?: PartyId): void {
    this.given.facts.record({
      kind: "told",
      to: this.party,
      saying,
      code,
      copies: [copy],
      ...(takesDebt === undefined ? {} : { takesDebt }),
      delivery: deliveryOf(copy),
      copy,
      ...(heard.cause === undefined ? {} : { cause: heard.cause }),
    });
  }
}
