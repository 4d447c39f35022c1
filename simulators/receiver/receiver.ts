import { hash } from "node:crypto";
import { uploadKeptMs } from "../../contracts/receiver/lifetimes.ts";
import { dayMs, rfc3339 } from "../../core/calendar.ts";
import type { Due } from "../../core/clock.ts";
import {
  type CopyId,
  type DeliveryId,
  deliveryOf,
  type PartyId,
  type RecipientId,
  recipientId,
} from "../../core/names.ts";
import type { SwitchValues } from "../../core/scenario.ts";
import { aboutCopies, aboutCopy, aboutNothing, Unknowns } from "../about.ts";
import type { CarriedPart } from "../altinn/seams.ts";
import { leaksInText, recordLeaks } from "../leaks.ts";
import type { Manifest, SentDelivery } from "../manifest.ts";
import { switchNumber } from "../switch-value.ts";
import type { About, Given, HttpOperation, HttpSimulator } from "../wire.ts";
import { judgeCarried } from "./carried.ts";
import { sameJson, withoutStanding } from "./equal.ts";
import { receiverOperations } from "./http.ts";
import { type CheckedDocument, type Judged, judgeParts } from "./judge.ts";
import type { Kept } from "./kept.ts";
import type { Deviation, Registration, Unfit } from "./message.ts";
import { type IntakeMove, type IntakeState, intakeMoves, type Strain, type StrainEffect, strainOn } from "./state.ts";
import { receiverSwitches } from "./switches.ts";

export type ReceiverSetup = {
  readonly manifest: Manifest;
  readonly apiKey: string;
  readonly people: {
    owner(): string;
    registered(delivery: DeliveryId, recipient: RecipientId): void;
    alerted(alert: number): void;
  };
  /** `receiver` unless it is a second one: `receiver#2`. */
  readonly party?: PartyId;
  readonly switches?: SwitchValues;
  /** Whether the content of a delivery can be had where its reporter says; the claim alone is recorded without it. */
  readonly canRetrieve?: (delivery: DeliveryId) => boolean;
  /** Told of what is to outlive the process, where there is one; the answer that says so waits until it is durable. */
  readonly keeps?: (kept: Kept) => void;
};

/** A registration the receiver knows of, by its idempotency key. */
type Item = {
  readonly key: string;
  readonly copy: CopyId | undefined;
  registration: Registration;
  state: IntakeState;
  /** Set once staged, where it is known what was sent. */
  judged: Judged | undefined;
  caseId: string;
  stagedAtMs: number;
  registeredAtMs: number;
  /** Set while it is, or was, queued: in memory only. */
  location: string | undefined;
  problem: string | undefined;
  due: Due | undefined;
};

/** What came of a registration. */
export type Registering =
  | { readonly kind: "registered"; readonly caseId: string; readonly registeredAt: string; readonly anew: boolean }
  | { readonly kind: "queued"; readonly location: string }
  | { readonly kind: "conflict"; readonly caseId: string | undefined }
  | Unfit;

/** What a message that is read back, or awaited, looks like. */
export type Shown = {
  readonly caseId?: string;
  readonly status: "queued" | "registered" | "rejected";
  readonly registeredAt?: string;
  readonly problem?: string;
  readonly source: { readonly channel: string; readonly id: string; readonly sameAs: Readonly<Record<string, string>> };
  readonly documents: readonly { readonly name: string; readonly sha256: string }[];
};

/** How a message that somebody carries into the case system by hand reached them. */
export type CarriedFrom = {
  /** Whose mail it lay in; the municipality it was sent to unless said. */
  readonly municipalityNumber?: string;
  /** Whose of its districts; the one it was sent to unless said. */
  readonly district?: string;
  /** Confidential unless said. */
  readonly class?: "confidential" | "ordinary";
};

type Upload = { readonly content: Uint8Array; readonly atMs: number; readonly untilMs: number };

/** The municipality's case system: stages, registers, queues in memory under strain, and has a worklist for deviations. */
export class Receiver implements HttpSimulator {
  readonly party: PartyId;
  readonly operations: readonly HttpOperation[];
  readonly setup: ReceiverSetup;
  readonly #given: Given;
  readonly #queuedForMs: number;
  readonly #stagesAfterMs: number;
  readonly #registersAfterMs: number;
  readonly #items = new Map<string, Item>();
  readonly #bySource = new Map<string, Item[]>();
  readonly #locations = new Map<string, Item>();
  /** What a location was about, for the name of an exchange: outlives the receiver's own memory. */
  readonly #locationCopies = new Map<string, CopyId>();
  readonly #uploads = new Map<string, Upload>();
  readonly #deviations = new Map<string, { readonly id: string; readonly atMs: number }>();
  /** Copies that somebody made a case of by hand, and when. */
  readonly #byHand = new Map<CopyId, number>();
  readonly #strains = new Map<Strain, number>();
  /** What is queued and waits for a strain to end, and how it goes on. */
  readonly #kept = new Map<Item, () => void>();
  #cases = 0;
  readonly #unknownMessages = new Unknowns();
  readonly #unknownUploads = new Unknowns();
  readonly #unknownDeviations = new Unknowns();

  constructor(given: Given, setup: ReceiverSetup) {
    const switches = setup.switches ?? {};
    this.party = setup.party ?? "receiver";
    this.setup = setup;
    this.#given = given;
    this.#queuedForMs = switchNumber(receiverSwitches, switches, "receiverQueuedForMs");
    this.#stagesAfterMs = switchNumber(receiverSwitches, switches, "receiverStagesAfterMs");
    this.#registersAfterMs = switchNumber(receiverSwitches, switches, "receiverRegistersAfterMs");
    this.operations = receiverOperations(this);
  }

  // ---- what the world does to it ----

  /** From now its store or process is strained. Strains of different kinds add up; the same again is prolonged. */
  strain(how: Strain, forMs: number): void {
    const until = this.#given.clock.now() + forMs;
    this.#strains.set(how, Math.max(until, this.#strains.get(how) ?? 0));
  }

  /** Ends every strain: what is queued is worked off in its own time, and what waited for the end of one goes on. */
  relieve(): void {
    this.#strains.clear();
    for (const [item, workOff] of this.#kept) {
      item.due?.cancel();
      item.due = this.#given.clock.after(0, workOff);
    }
    this.#kept.clear();
  }

  /**
   * Its process is killed: what was only in memory is gone, what was staged stays staged. That nobody reaches it while
   * it is down is the wrapper's business.
   */
  crash(): void {
    this.#kept.clear();
    for (const item of this.#items.values()) {
      item.due?.cancel();
      item.due = undefined;
      const before = item.state;
      if (!this.#move(item, "crash") || item.state !== "new") continue;
      this.#forget(item);
      if (before === "queued" && item.copy !== undefined)
        this.#given.facts.record({
          kind: "dropped",
          party: this.party,
          why: "lost",
          lastPath: false,
          delivery: deliveryOf(item.copy),
          copy: item.copy,
        });
    }
    for (const item of this.#locations.values()) item.location = undefined;
    this.#locations.clear();
  }

  /**
   * Its store is put back to what it was at an instant, and what it had in memory is gone as in a crash. The worklist
   * for deviations has a store of its own, which stays.
   */
  restore(toMs: number): void {
    this.crash();
    for (const item of [...this.#items.values()]) {
      if (item.stagedAtMs > toMs) this.#undo(item);
      else if (item.state === "registered" && item.registeredAtMs > toMs) item.state = "staged";
    }
    for (const [copy, atMs] of this.#byHand) if (atMs > toMs) this.#byHand.delete(copy);
    for (const [sha256, { atMs }] of this.#uploads) if (atMs > toMs) this.#uploads.delete(sha256);
  }

  /** Takes up what an earlier process kept. Nothing of it is told to `keeps` again. */
  recall(kept: readonly Kept[]): void {
    const cases = new Map<string, Item>();
    for (const one of kept)
      switch (one.kind) {
        case "staged": {
          const { nth, key, caseId, registration, atMs } = one;
          const item: Item = { ...newItem(key, undefined, registration), state: "staged", caseId, stagedAtMs: atMs };
          this.#cases = Math.max(this.#cases, nth);
          this.#keep(item);
          cases.set(caseId, item);
          break;
        }
        case "registered": {
          const item = cases.get(one.caseId);
          if (item === undefined) break;
          this.#move(item, "register");
          item.registeredAtMs = one.atMs;
          break;
        }
        case "uploaded":
          this.#uploads.set(one.sha256, one);
          break;
        case "deviated":
          this.#deviations.set(one.key, one);
      }
  }

  #undo(item: Item): void {
    this.#forget(item);
    if (item.copy === undefined) return;
    this.#given.facts.record({
      kind: "dropped",
      party: this.party,
      why: "restored",
      lastPath: false,
      delivery: deliveryOf(item.copy),
      copy: item.copy,
    });
  }

  #forget(item: Item): void {
    this.#items.delete(item.key);
    const listed = this.#bySource.get(sourceKey(item.registration.channel, item.registration.sourceId));
    listed?.splice(listed.indexOf(item), 1);
  }

  /** What strain does to an operation now. */
  strainOn(operation: string): StrainEffect {
    return strainOn(operation, this.#strains, this.#given.clock.now());
  }

  // ---- which message an exchange is about ----

  /** By `source.id` and `sameAs`, else the idempotency key, else canaries: RULES.md, section C rule 2. */
  aboutMessage(sourceId: string | undefined, sameAs: readonly string[], key: string, body: () => string): About {
    const copy = (sourceId === undefined ? undefined : this.#copyNamed(sourceId, sameAs)) ?? this.#copyOfKey(key);
    if (copy !== undefined) return aboutCopy(copy);
    const found = this.setup.manifest.deliveriesIn(body());
    return found.length > 0
      ? aboutCopies(found)
      : this.#unknownMessages.about("A message's source.id was never given to it, and it holds no canary of this run.");
  }

  aboutLookup(sourceId: string | undefined): About {
    const copy = sourceId === undefined ? undefined : this.setup.manifest.copyWith(sourceId);
    return copy === undefined
      ? this.#unknownMessages.about("A source.id was looked up that no channel gave to a message.")
      : aboutCopy(copy);
  }

  aboutLocation(location: string): About {
    const copy = this.#locationCopies.get(location);
    return copy === undefined
      ? this.#unknownMessages.about("A location was asked for that was never given.")
      : aboutCopy(copy);
  }

  aboutUpload(sha256: string, content: Uint8Array): About {
    const { manifest } = this.setup;
    for (const { id, parts } of manifest.deliveries())
      if (parts.some((part) => part.sha256 === sha256)) return aboutCopy(id);
    const found = manifest.deliveriesIn(Buffer.from(content).toString("latin1"));
    return found.length > 0
      ? aboutCopies(found)
      : this.#unknownUploads.about("A document is no part of a message of this run, and holds no canary of it.");
  }

  aboutDeviation(sourceId: string | undefined): About {
    if (sourceId === undefined) return aboutNothing();
    const copy = this.setup.manifest.copyWith(sourceId);
    if (copy !== undefined) return aboutCopy(copy);
    const named = this.setup.manifest.copiesNamedIn(sourceId);
    return named.length > 0
      ? aboutCopies(named)
      : this.#unknownDeviations.about("A deviation names a source.id that no channel gave to a message.");
  }

  /** The first copy with this id, or the later one of the same delivery that `sameAs` names. */
  #copyNamed(sourceId: string, sameAs: readonly string[]): CopyId | undefined {
    const { manifest } = this.setup;
    const first = manifest.copyWith(sourceId);
    let best = first;
    for (const id of sameAs) {
      const copy = manifest.copyWith(id);
      if (copy === undefined || copy === first) continue;
      if (first === undefined || deliveryOf(copy) === deliveryOf(first)) best = copy;
    }
    return best;
  }

  #copyOfKey(key: string): CopyId | undefined {
    return key === "" ? undefined : (this.setup.manifest.copyWith(key) ?? this.setup.manifest.copiesNamedIn(key)[0]);
  }

  // ---- what it does ----

  register(key: string, registration: Registration, copies: readonly CopyId[]): Registering {
    const known = this.#items.get(key);
    if (known !== undefined) return this.#again(known, registration);
    if (this.setup.keeps !== undefined && !canBeKept(registration))
      return { kind: "unfit", status: 422, detail: "payload is nested too deep to be kept." };
    const effect = this.strainOn("register");
    const item = newItem(key, copies.length === 1 ? copies[0] : undefined, registration);
    if (effect.kind === "queues") return this.#queue(item, effect.strain);
    const documents = this.#checked(registration);
    if ("status" in documents) return documents;
    this.#keep(item);
    this.#stage(item, documents, "new → staged");
    this.#register(item);
    return this.#registered(item, true);
  }

  /** Messages under a source, as a reader sees them; only what is registered outlives a crash. */
  find(channel: string, sourceId: string): readonly Shown[] {
    return (this.#bySource.get(sourceKey(channel, sourceId)) ?? [])
      .filter((item) => item.state !== "staged" || item.location !== undefined)
      .map((item) => this.#shown(item));
  }

  /** What is, or was, queued at a location; undefined where memory knows nothing of it. */
  await(location: string): Shown | undefined {
    const item = this.#locations.get(location);
    return item === undefined ? undefined : this.#shown(item);
  }

  /** @returns Whether it was not there before; undefined where the content is not what its sum says. */
  upload(sha256: string, content: Uint8Array): boolean | undefined {
    if (hash("sha256", content) !== sha256) return undefined;
    const now = this.#given.clock.now();
    const anew = (this.#uploads.get(sha256)?.untilMs ?? 0) <= now;
    const untilMs = now + uploadKeptMs.value;
    this.#uploads.set(sha256, { content, atMs: now, untilMs });
    this.setup.keeps?.({ kind: "uploaded", sha256, content, atMs: now, untilMs });
    return anew;
  }

  /**
   * Somebody makes a case by hand of what they have in front of them. Where this copy, or another that shares an
   * identifier with it, is a case already, they find that case.
   *
   * @returns Whether it stands in the case system now; false while the store refuses.
   */
  registerByHand(copy: CopyId, carried: readonly CarriedPart[], from: CarriedFrom = {}): boolean {
    const sent = this.setup.manifest.delivery(deliveryOf(copy));
    if (this.strainOn("register").kind === "refuses") return false;
    if (sent === undefined || this.#isCase(copy)) return true;
    this.#byHand.set(copy, this.#given.clock.now());
    this.#fileByHand(sent, carried, from, { delivery: sent.id, copy });
    return true;
  }

  /**
   * Somebody makes a case of a letter, which holds all that was sent and none of the identifiers that copies have.
   *
   * @returns False where no case can be made now: it is tried again.
   */
  registerLetter(sent: SentDelivery): boolean {
    if (this.strainOn("register").kind === "refuses") return false;
    this.#fileByHand(sent, sent.parts, {}, { delivery: sent.id });
    return true;
  }

  #fileByHand(
    sent: SentDelivery,
    carried: readonly CarriedPart[],
    from: CarriedFrom,
    about: { readonly delivery: DeliveryId; readonly copy?: CopyId },
  ): void {
    const { manifest, people } = this.setup;
    const { facts } = this.#given;
    const municipalityNumber = from.municipalityNumber ?? sent.municipalityNumber;
    const district = from.district ?? sent.district ?? "00";
    const { parts, whole } = judgeCarried(sent, carried);
    facts.record({ kind: "effected", change: "new → staged", ...about });
    facts.record({
      kind: "held",
      party: this.party,
      durability: "power",
      ok: whole && parts.every(({ ok }) => ok),
      ...about,
    });
    facts.record({
      kind: "registered",
      ...about,
      caseId: manifest.alias(this.#newCaseId()),
      municipalityNumber,
      district,
      class: from.class ?? sent.class ?? "confidential",
      parts,
      whole,
    });
    people.registered(about.delivery, recipientId(municipalityNumber, district));
  }

  /** Puts an item on the staffed worklist; the same one again is the same item. */
  deviate(
    deviation: Deviation,
    copies: readonly CopyId[],
    body: string,
  ): { readonly id: string; readonly anew: boolean } {
    const { people, manifest, canRetrieve } = this.setup;
    const { clock, facts, random } = this.#given;
    recordLeaks(facts, leaksInText(body, "deviation", manifest));
    const key = JSON.stringify([deviation.channel, deviation.sourceId, deviation.reason]);
    const known = this.#deviations.get(key);
    const isAboutNone = deviation.sourceId === undefined;
    if (known !== undefined && !isAboutNone) return { id: known.id, anew: false };
    // One about no message says how things stand: whoever has it on the worklist is told again, and a day later it is news.
    const repeats = known !== undefined && clock.now() - known.atMs <= dayMs;
    const id = repeats ? known.id : random.uuid();
    if (!repeats) {
      this.#deviations.set(key, { id, atMs: clock.now() });
      this.setup.keeps?.({ kind: "deviated", id, key, atMs: clock.now() });
    }
    const [only] = copies.length === 1 ? copies : [];
    const confirmed = only === undefined || canRetrieve === undefined || canRetrieve(deliveryOf(only));
    const alert = facts.record({
      kind: "alerted",
      sink: this.party,
      owner: people.owner(),
      ids: copies,
      about: deviation.reason,
      bounced: false,
      retrievable: deviation.retrievable && confirmed,
      ...(only === undefined ? {} : { delivery: deliveryOf(only), copy: only }),
    });
    if (repeats) return { id, anew: false };
    people.alerted(alert);
    return { id, anew: true };
  }

  /** Content that a refused deviation held is as much out as that of one that was taken. */
  scan(body: string): void {
    recordLeaks(this.#given.facts, leaksInText(body, "deviation", this.setup.manifest));
  }

  // ---- one registration ----

  #again(item: Item, registration: Registration): Registering {
    if (!sameContent(item.registration, registration))
      return { kind: "conflict", caseId: item.caseId === "" ? undefined : item.caseId };
    switch (item.state) {
      case "registered":
        return this.#registered(item, false);
      case "staged":
        if (item.location !== undefined) return { kind: "queued", location: item.location };
        // A crash came between staging and registering: this repeat completes it.
        this.#effected(item, "staged → registered");
        this.#register(item);
        return this.#registered(item, true);
      case "queued":
        return { kind: "queued", location: item.location ?? "" };
      case "rejected":
        return { kind: "unfit", status: 422, detail: item.problem ?? "" };
      case "new":
        return { kind: "unfit", status: 422, detail: "It is not known any more." };
    }
  }

  #queue(item: Item, strain: "slow" | "queues"): Registering {
    const { clock, random } = this.#given;
    const location = `/intake/v1/queue/${random.uuid()}`;
    item.location = location;
    this.#keep(item);
    this.#referTo(item.registration);
    this.#move(item, "queue");
    this.#locations.set(location, item);
    if (item.copy !== undefined) this.#locationCopies.set(location, item.copy);
    this.#effected(item, "new → queued");
    this.#held(item, "memory", true);
    const wait = strain === "slow" ? this.#stagesAfterMs : this.#queuedForMs;
    const gap = strain === "slow" ? Math.max(0, this.#registersAfterMs - this.#stagesAfterMs) : 0;
    item.due = clock.after(wait, () => this.#workOff(item, gap));
    return { kind: "queued", location };
  }

  /** Takes something out of the queue once the store lets it, and registers it `gapMs` after staging. */
  #workOff(item: Item, gapMs: number): void {
    const { clock } = this.#given;
    const effect = this.strainOn("register");
    if (effect.kind === "refuses") {
      const until = this.#strains.get(effect.strain) ?? clock.now();
      const again = (): void => this.#workOff(item, gapMs);
      this.#kept.set(item, again);
      item.due = clock.after(until - clock.now(), again);
      return;
    }
    this.#kept.delete(item);
    const documents = this.#checked(item.registration);
    if ("status" in documents) {
      this.#move(item, "reject");
      item.problem = documents.detail;
      item.due = undefined;
      this.#effected(item, "queued → rejected");
      return;
    }
    this.#stage(item, documents, "queued → staged");
    if (gapMs === 0) this.#register(item);
    else item.due = clock.after(gapMs, () => this.#register(item));
  }

  /** The documents with their content, each checked against its sum. */
  #checked(registration: Registration): readonly CheckedDocument[] | Unfit {
    const checked: CheckedDocument[] = [];
    for (const { sha256, content } of registration.documents) {
      if (content !== undefined && hash("sha256", content) !== sha256)
        return { kind: "unfit", status: 422, detail: "A document's content does not fit its sha256." };
      const there = content ?? this.#uploaded(sha256);
      if (there === undefined)
        return { kind: "unfit", status: 422, detail: "A document that is to be uploaded is not here." };
      checked.push({ sha256, content: there });
    }
    return checked;
  }

  /** What a queued message refers to is kept for as long as that waits. */
  #referTo({ documents }: Registration): void {
    for (const { sha256 } of documents) {
      const upload = this.#uploads.get(sha256);
      if (upload !== undefined && this.#uploaded(sha256) !== undefined)
        this.#uploads.set(sha256, { ...upload, untilMs: Number.POSITIVE_INFINITY });
    }
  }

  #uploaded(sha256: string): Uint8Array | undefined {
    const upload = this.#uploads.get(sha256);
    return upload !== undefined && upload.untilMs > this.#given.clock.now() ? upload.content : undefined;
  }

  /** First durable step. */
  #stage(item: Item, documents: readonly CheckedDocument[], change: string): void {
    this.#move(item, "stage");
    item.stagedAtMs = this.#given.clock.now();
    item.judged = this.#judge(item, documents);
    item.caseId = this.#newCaseId();
    item.registration = withoutContent(item.registration);
    this.setup.keeps?.({
      kind: "staged",
      nth: this.#cases,
      key: item.key,
      caseId: item.caseId,
      registration: item.registration,
      contents: documents.map(({ content }) => content),
      atMs: item.stagedAtMs,
    });
    this.#effected(item, change);
    this.#held(item, "power", item.judged?.whole !== false && item.judged?.parts.every(({ ok }) => ok) !== false);
  }

  /** Second durable step: now it is a case that the recipient's staff sees. */
  #register(item: Item): void {
    const { clock, facts } = this.#given;
    this.#move(item, "register");
    item.due = undefined;
    item.registeredAtMs = clock.now();
    this.setup.keeps?.({ kind: "registered", caseId: item.caseId, atMs: item.registeredAtMs });
    const { judged } = item;
    if (judged === undefined || item.copy === undefined) return;
    const { municipalityNumber, district, confidential } = item.registration;
    const delivery = deliveryOf(item.copy);
    facts.record({
      kind: "registered",
      delivery,
      copy: item.copy,
      caseId: this.setup.manifest.alias(item.caseId),
      municipalityNumber,
      district,
      class: confidential ? "confidential" : "ordinary",
      parts: judged.parts,
      whole: judged.whole,
    });
    this.setup.people.registered(delivery, recipientId(municipalityNumber, district));
  }

  #judge(item: Item, documents: readonly CheckedDocument[]): Judged | undefined {
    const sent = item.copy === undefined ? undefined : this.setup.manifest.delivery(deliveryOf(item.copy));
    return sent === undefined ? undefined : judgeParts(sent, item.registration.payload, documents);
  }

  #newCaseId(): string {
    this.#cases += 1;
    return `sak-${this.#cases}-${this.#given.random.between(100_000, 999_999)}`;
  }

  /** Whether a copy, or one that shares an identifier with it, has become a case. */
  #isCase(copy: CopyId): boolean {
    const { manifest } = this.setup;
    const ids = new Set(manifest.wireIdsOf(copy).map(({ wireId }) => wireId));
    const isSame = (other: CopyId): boolean =>
      other === copy || manifest.wireIdsOf(other).some(({ wireId }) => ids.has(wireId));
    for (const other of this.#byHand.keys()) if (isSame(other)) return true;
    for (const item of this.#items.values())
      if (item.state === "registered" && item.copy !== undefined && isSame(item.copy)) return true;
    return false;
  }

  #keep(item: Item): void {
    this.#items.set(item.key, item);
    const source = sourceKey(item.registration.channel, item.registration.sourceId);
    const listed = this.#bySource.get(source);
    if (listed === undefined) this.#bySource.set(source, [item]);
    else listed.push(item);
  }

  #registered(item: Item, anew: boolean): Registering {
    return { kind: "registered", caseId: item.caseId, registeredAt: rfc3339(item.registeredAtMs), anew };
  }

  #shown(item: Item): Shown {
    const { channel, sourceId, sameAs, documents } = item.registration;
    const shown = {
      source: { channel, id: sourceId, sameAs },
      documents: documents.map(({ name, sha256 }) => ({ name, sha256 })),
    };
    switch (item.state) {
      case "registered":
        return { caseId: item.caseId, status: "registered", registeredAt: rfc3339(item.registeredAtMs), ...shown };
      case "rejected":
        return { status: "rejected", ...(item.problem === undefined ? {} : { problem: item.problem }), ...shown };
      case "new":
      case "queued":
      case "staged":
        return { status: "queued", ...shown };
    }
  }

  #move(item: Item, move: IntakeMove): boolean {
    const state = intakeMoves[item.state][move];
    if (state === undefined) return false;
    item.state = state;
    return true;
  }

  #effected(item: Item, change: string): void {
    if (item.copy === undefined) return;
    this.#given.facts.record({ kind: "effected", change, delivery: deliveryOf(item.copy), copy: item.copy });
  }

  #held(item: Item, durability: "memory" | "power", ok: boolean): void {
    if (item.copy === undefined) return;
    this.#given.facts.record({
      kind: "held",
      party: this.party,
      durability,
      ok,
      delivery: deliveryOf(item.copy),
      copy: item.copy,
    });
  }
}

function newItem(key: string, copy: CopyId | undefined, registration: Registration): Item {
  return {
    key,
    copy,
    registration,
    state: "new",
    judged: undefined,
    caseId: "",
    stagedAtMs: 0,
    registeredAtMs: 0,
    location: undefined,
    problem: undefined,
    due: undefined,
  };
}

/** What can be read cannot always be written: it would fail the commit, time and again, and whatever else is in that. */
function canBeKept({ payload }: Registration): boolean {
  try {
    JSON.stringify(payload);
    return true;
  } catch {
    return false;
  }
}

/** What was judged is let go: a repeat is compared by sums. */
function withoutContent(registration: Registration): Registration {
  return { ...registration, documents: registration.documents.map((one) => ({ ...one, content: undefined })) };
}

const sourceKey = (channel: string, id: string): string => `${channel}\n${id}`;

/**
 * PORT.md, *same content*: everything but `receivedAt`. `sameAs` names the envelope, which a resend changes, so it does
 * not count either. Documents compare in order, by sum.
 */
function sameContent(a: Registration, b: Registration): boolean {
  return (
    a.channel === b.channel &&
    a.sourceId === b.sourceId &&
    a.municipalityNumber === b.municipalityNumber &&
    a.district === b.district &&
    a.type === b.type &&
    a.confidential === b.confidential &&
    a.documents.length === b.documents.length &&
    a.documents.every(({ name, mediaType, sha256 }, i) => {
      const other = b.documents[i];
      return name === other?.name && mediaType === other.mediaType && sha256 === other.sha256;
    }) &&
    (sameJson(a.payload, b.payload) || sameJson(withoutStanding(a.payload), withoutStanding(b.payload)))
  );
}
