import { codeOf, type ErrorName } from "../../../contracts/altinn/errors.ts";
import { fetchedApart } from "../../../contracts/altinn/lifetimes.ts";
import type { CorrespondenceStatus } from "../../../contracts/altinn/statuses.ts";
import { type CorrespondenceSwitch, correspondenceSwitches } from "../../../contracts/altinn/switches.ts";
import { dayMs, minuteMs, secondMs } from "../../../core/calendar.ts";
import type { CopyId, DeliveryId, PartyId } from "../../../core/names.ts";
import type { SwitchValues } from "../../../core/scenario.ts";
import { latin1 } from "../../latin1.ts";
import type { Manifest } from "../../manifest.ts";
import { switchChoice, switchNumber } from "../../switch-value.ts";
import type { Given, HttpOperation, HttpSimulator } from "../../wire.ts";
import { type CarriedPart, type MailItem, type Place, placeOf, type Readers, type Rights } from "../seams.ts";
import { Signs } from "../signs.ts";
import { type Attachment, Attachments, hasBeen } from "./attachment.ts";
import type { FormFile } from "./form.ts";
import { correspondenceOperations } from "./http.ts";
import { carriedFrom, hasItsFiles, type Item, isThere, isWhole, type Notice } from "./item.ts";
import { type Order, organizationUrn } from "./order.ts";
import { lastEndOf, pairedWith, refusalOfOrder } from "./ruling.ts";
import { Shelf, Unshown } from "./shelf.ts";
import { History, type Move, refusalOf } from "./state.ts";

/** An organisation that Altinn knows. */
export type Organization =
  | { readonly kind: "municipality"; readonly number: string }
  /** Owns the resources: it alone may send. */
  | { readonly kind: "sender" };

export type CorrespondenceSetup = {
  readonly manifest: Manifest;
  /** By organisation number. */
  readonly organizations: ReadonlyMap<string, Organization>;
  /** Ids of the sender's two resources. */
  readonly resources: { readonly ordinary: string; readonly confidential: string };
  readonly readers: Readers;
  readonly rights: Rights;
  /** Altinn's own tokens. */
  readonly tokens: {
    read(token: string): { readonly consumer: string; readonly scopes: readonly string[] } | undefined;
  };
  /** Ms since the run began. */
  readonly sinceStart: (epochMs: number) => number;
  /** How much later than it was asked to be a copy is published, ms: its scan takes so long. */
  readonly publishedLateMs?: (copy: CopyId) => number;
  readonly switches?: SwitchValues;
};

/** A place, and the organisation whose it is. */
export type Mailbox = { readonly place: Place; readonly organizationNumber: string };

/** One of the sender's resources, and all that was sent through it. */
export type Resource = {
  readonly isConfidential: boolean;
  readonly shelf: Shelf;
  readonly mailboxes: readonly Mailbox[];
};

/** What was taken on. */
export type Taken = {
  readonly kind: "taken";
  readonly items: readonly Item[];
  readonly attachments: readonly Attachment[];
};

/** Altinn Correspondence: takes mail on, publishes it, and shows it to whoever holds the right. @source altinn.md, section 2 */
export class Correspondence implements HttpSimulator {
  readonly party: PartyId = "altinn-correspondence";
  readonly operations: readonly HttpOperation[];
  readonly setup: CorrespondenceSetup;
  readonly given: Given;
  readonly attachments: Attachments;
  readonly unshown: Unshown = new Unshown();
  readonly leastFileMs: number;
  readonly listCap: number;
  readonly downloadsAll: boolean;
  readonly #resources: ReadonlyMap<string, Resource>;
  readonly #items = new Map<string, Item>();
  readonly #byKey = new Map<string, Item>();
  readonly signs: Signs;
  readonly #dialogMs: number;
  readonly #confirmMs: number;
  readonly #isVerified: boolean;
  readonly #readEndsIt: boolean;
  readonly #noticeMs: number;
  readonly #reminderMs: number;

  constructor(given: Given, setup: CorrespondenceSetup) {
    const { manifest, organizations, resources, switches = {} } = setup;
    const number = (name: CorrespondenceSwitch): number => switchNumber(correspondenceSwitches, switches, name);
    const isOn = (name: CorrespondenceSwitch): boolean => switchChoice(correspondenceSwitches, switches, name) === true;
    this.given = given;
    this.setup = setup;
    this.signs = new Signs(given);
    this.leastFileMs = number("leastFileDays") * dayMs;
    this.listCap = number("mailListCap");
    this.downloadsAll = isOn("downloadAll");
    this.#dialogMs = number("dialogSeconds") * secondMs;
    this.#confirmMs = number("confirmSeconds") * secondMs;
    this.#isVerified = isOn("confirmVerified");
    this.#readEndsIt = isOn("readEndsIt");
    this.#noticeMs = number("noticeMinutes") * minuteMs;
    this.#reminderMs = number("reminderDays") * dayMs;
    this.attachments = new Attachments(given, {
      scanMs: number("scanSeconds") * secondMs,
      findsMalware: isOn("scanFindsMalware"),
      deliveriesIn: (bytes) => manifest.deliveriesIn(latin1(bytes)),
      scanned: (attachment) => this.#scanned(attachment),
    });
    const mailboxes = (kind: "correspondence" | "confidential"): Mailbox[] =>
      [...organizations].flatMap(([organizationNumber, organization]) =>
        organization.kind === "municipality" ? [{ organizationNumber, place: placeOf(kind, organization.number) }] : [],
      );
    this.#resources = new Map([
      [resources.ordinary, { isConfidential: false, shelf: new Shelf(), mailboxes: mailboxes("correspondence") }],
      [resources.confidential, { isConfidential: true, shelf: new Shelf(), mailboxes: mailboxes("confidential") }],
    ]);
    this.operations = correspondenceOperations(this);
  }

  item(id: string): Item | undefined {
    return this.#items.get(id);
  }

  /** What was sent with an idempotent key. */
  itemWithKey(key: string): Item | undefined {
    return this.#byKey.get(key);
  }

  resource(id: string): Resource | undefined {
    return this.#resources.get(id);
  }

  isSender(organizationNumber: string): boolean {
    return this.setup.organizations.get(organizationNumber)?.kind === "sender";
  }

  /** Takes on an order: one correspondence for each recipient, or none at all. */
  initialize(
    sender: string,
    order: Order,
    uploads: readonly FormFile[],
    deliveries: readonly DeliveryId[],
  ): Taken | { readonly kind: "refused"; readonly name: ErrorName } {
    const refused = (name: ErrorName) => ({ kind: "refused", name }) as const;
    const { idempotentKey } = order;
    if (idempotentKey !== undefined) {
      if (order.recipients.length > 1) return refused("keyForSeveral");
      if (this.#byKey.has(idempotentKey)) return refused("sentAlready");
    }
    const resource = this.#resources.get(order.resourceId);
    const { rights } = this.setup;
    const refusal = refusalOfOrder(order, {
      nowMs: this.given.clock.now(),
      resource:
        resource === undefined
          ? undefined
          : { isConfidential: resource.isConfidential, isOwner: this.isSender(sender) },
      isKnown: (recipient) => this.#municipalityOf(recipient) !== undefined,
      isQualified: (recipient) => rights.qualified(this.#municipalityOf(recipient) ?? ""),
      attachment: (id) => this.attachments.get(id),
      sender,
      uploads,
      leastFileMs: this.leastFileMs,
    });
    if (refusal !== undefined) return refused(refusal);
    const attachments: Attachment[] = [];
    for (const [i, upload] of (pairedWith(order.files, uploads) ?? []).entries()) {
      const file = order.files[i];
      if (file === undefined) continue;
      const attachment = this.attachments.begin(sender, order.resourceId, file, deliveries);
      const failed = this.attachments.upload(attachment, upload.bytes);
      if (failed !== undefined) return refused(failed);
      attachments.push(attachment);
    }
    for (const id of order.existingAttachments) {
      const attachment = this.attachments.get(id);
      if (attachment !== undefined) attachments.push(attachment);
    }
    const items = order.recipients.map((recipient) => this.#take(sender, order, recipient, attachments, deliveries));
    return { kind: "taken", items, attachments };
  }

  /** The error that a move by a reader or sender would end in. */
  refusal(move: Move, item: Item): ErrorName | undefined {
    // An experiment takes what can be read, not what can be said of it: a confirmation may still be made good.
    if (item.end === "discarded" && move !== "confirm" && move !== "markAsRead") return "notFound";
    return refusalOf(move, item.history, item.order);
  }

  /** A reader has been shown it. */
  fetch(item: Item, reader: PartyId, isApart: boolean): void {
    const now = this.given.clock.now();
    const last = item.fetchedAtMs.get(reader);
    if (isApart && last !== undefined && now < last + fetchedApart.lasts.ms) return;
    if (isApart) item.fetchedAtMs.set(reader, now);
    this.#change(item, "Fetched");
  }

  /** A reader has been given its text. */
  readText(item: Item, reader: PartyId): void {
    this.fetch(item, reader, true);
    this.read(item, "machine", reader);
    this.#fetched(item, reader, Buffer.byteLength(item.order.body));
  }

  /** It is read, by whoever opens it. */
  read(item: Item, opener: "person" | "machine", who: string): void {
    if (!item.history.hasBeen("Read")) this.#change(item, "Read");
    const { copy } = item;
    if (copy === undefined) return;
    if (!item.openedBy.has(who)) {
      item.openedBy.add(who);
      this.given.facts.record({ kind: "opened", opener, who, copy });
    }
    if (this.#readEndsIt && opener === "machine") this.#receipt(item);
  }

  /** A reader has been given files. */
  download(item: Item, reader: PartyId, bytes: number): void {
    this.#change(item, "AttachmentsDownloaded");
    this.#fetched(item, reader, bytes);
  }

  /** A confirmation is accepted; the status comes later, if it comes. */
  confirm(item: Item): void {
    const { clock, facts } = this.given;
    if (item.isConfirming) return;
    item.isConfirming = true;
    if (item.copy !== undefined)
      facts.record({ kind: "effected", change: changeOf(item, "Confirmed"), copy: item.copy });
    this.#receipt(item);
    const acceptedAtMs = clock.now();
    clock.after(this.#confirmMs, () => {
      item.isConfirming = false;
      if (!this.#isVerified || item.history.isPurged() || item.end === "discarded") return;
      this.#add(item, "Confirmed", acceptedAtMs);
    });
  }

  purge(item: Item, as: "PurgedByRecipient" | "PurgedByAltinn"): void {
    this.#change(item, as);
    for (const { attachment } of item.files) {
      const isShared = attachment.items.some((other) => other !== item && !other.history.isPurged());
      if (!isShared && attachment.bytes !== undefined) this.attachments.end(attachment, "Purged");
    }
    this.#drop(item, "purged");
  }

  /** A copy is gone at once, as if it had never been there: for experiments. */
  discard(copy: CopyId): void {
    for (const item of this.#items.values()) {
      if (item.copy !== copy || item.end === "discarded") continue;
      this.#drop(item, "discarded");
      this.#resources.get(item.order.resourceId)?.shelf.touch();
    }
  }

  #municipalityOf(recipient: string): string | undefined {
    if (!recipient.startsWith(organizationUrn)) return undefined;
    const organization = this.setup.organizations.get(recipient.slice(organizationUrn.length));
    return organization?.kind === "municipality" ? organization.number : undefined;
  }

  #take(
    sender: string,
    order: Order,
    recipient: string,
    attachments: readonly Attachment[],
    deliveries: readonly DeliveryId[],
  ): Item {
    const { manifest, publishedLateMs } = this.setup;
    const { clock, random, facts } = this.given;
    const now = clock.now();
    const municipality = this.#municipalityOf(recipient) ?? "";
    const delivery = this.#deliveryTo(municipality, deliveries);
    const copy = delivery === undefined ? undefined : manifest.newCopy(delivery);
    const requestedAtMs = order.requestedPublishMs ?? now;
    const lateMs = copy === undefined ? 0 : (publishedLateMs?.(copy) ?? 0);
    const livesFromMs = Math.max(requestedAtMs, now);
    const item: Item = {
      id: random.uuid(),
      order,
      sender,
      recipient,
      place: placeOf(order.isConfidential ? "confidential" : "correspondence", municipality),
      copy,
      createdAtMs: now,
      requestedAtMs,
      readyAtMs: Math.max(requestedAtMs, now + this.#dialogMs) + lateMs,
      files: attachments.map((attachment) => {
        const days = attachment.file.expirationInDays;
        return {
          attachment,
          createdAtMs: now,
          expiresAtMs: days === undefined ? undefined : livesFromMs + days * dayMs,
        };
      }),
      history: new History(),
      notices: [],
      publishedAtMs: undefined,
      fetchedAtMs: new Map(),
      openedBy: new Set(),
      isConfirming: false,
      isReceipted: false,
      end: undefined,
    };
    this.#items.set(item.id, item);
    if (order.idempotentKey !== undefined) this.#byKey.set(order.idempotentKey, item);
    for (const attachment of attachments) attachment.items.push(item);
    this.#add(item, "Initialized");
    this.#resources.get(order.resourceId)?.shelf.add(item);
    if (hasItsFiles(item)) this.#add(item, "ReadyForPublish");
    if (order.notification !== undefined) this.#notice(item, false);
    if (copy !== undefined) {
      facts.record({ kind: "effected", change: "submitted → accepted", copy });
      manifest.link(copy, "correspondenceId", item.id);
      facts.record({ kind: "held", party: this.party, durability: "power", ok: true, copy });
    }
    clock.after(item.readyAtMs - now, () => this.#publish(item));
    for (const { attachment, expiresAtMs } of item.files)
      if (expiresAtMs !== undefined) clock.after(expiresAtMs - now, () => this.#expire(item, attachment));
    return item;
  }

  /** Which of the messages that an order holds goes to a recipient. */
  #deliveryTo(municipality: string, deliveries: readonly DeliveryId[]): DeliveryId | undefined {
    if (deliveries.length === 1) return deliveries[0];
    const there = deliveries.filter(
      (delivery) => this.setup.manifest.delivery(delivery)?.municipalityNumber === municipality,
    );
    return there.length === 1 ? there[0] : undefined;
  }

  #scanned(attachment: Attachment): void {
    for (const item of attachment.items)
      if (hasBeen(attachment, "Failed")) this.#fail(item, "Failed", "malware");
      else this.#publish(item);
  }

  /** Publishes what is ready; what waits for its files is published when their scan is over. */
  #publish(item: Item): void {
    const { readers, rights, sinceStart } = this.setup;
    const { clock, facts } = this.given;
    const { history, place, copy, order } = item;
    if (clock.now() < item.readyAtMs || !hasItsFiles(item)) return;
    if (history.hasBeen("Published") || history.hasBeen("Failed") || history.isPurged() || item.end !== undefined)
      return;
    if (order.isConfidential && !rights.qualified(place.municipality)) {
      this.#fail(item, "Recipient lacks roles required to read the correspondence.", codeOf("recipientLacksRole"));
      return;
    }
    if (copy !== undefined) readers.beforeOffer(place);
    if (!history.hasBeen("ReadyForPublish")) this.#add(item, "ReadyForPublish");
    item.publishedAtMs = clock.now();
    this.#change(item, "Published");
    if (order.notification !== undefined) this.#send(item, item.notices[0], this.#noticeMs);
    if (order.notification?.sendReminder) this.#send(item, this.#notice(item, true), this.#reminderMs);
    if (order.isConfidential) this.#remind(item);
    if (copy === undefined) return;
    const ends = item.files.flatMap(({ expiresAtMs }) => (expiresAtMs === undefined ? [] : [expiresAtMs]));
    facts.record({
      kind: "offered",
      channel: this.party,
      resource: place.resource,
      to: readers.readerOf(place),
      ...(ends.length === 0 ? {} : { lifeEndsMs: sinceStart(Math.min(...ends)) }),
      copy,
    });
    readers.afterOffer(this.#mailItem(item, copy));
  }

  #fail(item: Item, text: string, code: string): void {
    if (item.history.hasBeen("Failed") || item.history.isPurged()) return;
    this.#change(item, "Failed", text);
    if (item.copy !== undefined)
      this.given.facts.record({ kind: "refused", party: this.party, permanent: true, code, copy: item.copy });
  }

  #expire(item: Item, attachment: Attachment): void {
    const now = this.given.clock.now();
    if (attachment.bytes !== undefined && (lastEndOf(attachment) ?? 0) <= now)
      this.attachments.end(attachment, "Expired");
    if (!item.history.isPurged()) this.#drop(item, "files expired");
  }

  /** It is no more, or not all of it. */
  #drop(item: Item, end: NonNullable<Item["end"]>): void {
    const before = item.end;
    item.end = end;
    if (item.copy === undefined || before !== undefined) return;
    this.given.facts.record({
      kind: "dropped",
      party: this.party,
      ...(end === "discarded"
        ? { why: "lost", lastPath: false }
        : { why: end === "purged" ? "purged" : "expired", lastPath: true }),
      copy: item.copy,
    });
  }

  #mailItem(item: Item, copy: CopyId): MailItem {
    // Whoever has opened it has it in front of them, also once it is gone here.
    let opened: readonly CarriedPart[] | undefined;
    return {
      copy,
      place: item.place,
      confirmation: item.order.isConfirmationNeeded,
      isThere: () => isWhole(item, this.given.clock.now()),
      isOpened: () => item.history.hasBeen("Read"),
      open: (opener, who) => {
        if (!isWhole(item, this.given.clock.now())) return;
        opened = carriedFrom(item);
        if (!item.history.hasBeen("Fetched")) this.#change(item, "Fetched");
        this.read(item, opener, who);
      },
      settle: () => {
        if (item.order.isConfirmationNeeded && this.refusal("confirm", item) === undefined) this.confirm(item);
      },
      get parts() {
        return opened ?? carriedFrom(item);
      },
    };
  }

  #notice(item: Item, isReminder: boolean): Notice {
    const now = this.given.clock.now();
    const id = this.given.random.uuid();
    const notice: Notice = {
      id,
      isReminder,
      createdAtMs: now,
      requestedAtMs: now,
      result: "waiting",
      resultAtMs: now,
    };
    item.notices.push(notice);
    return notice;
  }

  /** Altinn asks at the last moment whether a notice is still needed. */
  #send(item: Item, notice: Notice | undefined, afterMs: number): void {
    if (notice === undefined) return;
    const { clock } = this.given;
    notice.requestedAtMs = clock.now() + afterMs;
    clock.after(afterMs, () => {
      notice.resultAtMs = clock.now();
      const isNeeded = isThere(item) && !(notice.isReminder && item.history.hasBeen("Read"));
      notice.result = isNeeded ? this.#sendOut(item) : "not needed";
    });
  }

  /** Where its sender named addresses in place of the registered ones, those get it and the organisation nothing. */
  #sendOut(item: Item): "delivered" | "bounced" | "none" {
    return item.order.notification?.overridesRegistered === true ? "delivered" : this.#tell(item);
  }

  /** Confidential mail that nobody has read gets a reminder, whether or not its sender asked for one. */
  #remind(item: Item): void {
    const { clock } = this.given;
    const dueMs = Math.max(item.requestedAtMs, item.createdAtMs) + this.#reminderMs;
    clock.after(Math.max(0, dueMs - clock.now()), () => {
      if (isThere(item) && !item.history.hasBeen("Read")) this.#tell(item);
    });
  }

  #tell(item: Item): "delivered" | "bounced" | "none" {
    return item.copy === undefined ? "none" : this.setup.readers.notice(item.place, item.copy);
  }

  #fetched(item: Item, reader: PartyId, bytes: number): void {
    if (item.copy !== undefined)
      this.given.facts.record({ kind: "fetched", reader, received: bytes, total: bytes, copy: item.copy });
  }

  #receipt(item: Item): void {
    if (item.copy === undefined || item.isReceipted) return;
    item.isReceipted = true;
    this.given.facts.record({ kind: "receipted", saying: "positive", reason: "receipt", copy: item.copy });
  }

  /** Gives it a status, and writes that down if it never had it before. */
  #change(item: Item, status: CorrespondenceStatus, text?: string): void {
    const change = changeOf(item, status);
    if (this.#add(item, status, this.given.clock.now(), text) && item.copy !== undefined)
      this.given.facts.record({ kind: "effected", change, copy: item.copy });
  }

  #add(
    item: Item,
    status: CorrespondenceStatus,
    atMs: number = this.given.clock.now(),
    text: string = status,
  ): boolean {
    const anew = item.history.add({ status, atMs, text });
    if (anew) this.#resources.get(item.order.resourceId)?.shelf.note(item, status);
    return anew;
  }
}

/** `readyForPublish → published` */
function changeOf({ history }: Item, to: CorrespondenceStatus): string {
  return `${lowered(history.highest().status)} → ${lowered(to)}`;
}

function lowered(status: CorrespondenceStatus): string {
  return status.charAt(0).toLowerCase() + status.slice(1);
}
