import type { Altinn, Attachment, Fields } from "./altinn.ts";
import { NoRight, Refused } from "./answer.ts";
import type { CaseSystem } from "./case-system.ts";

export type Municipality = {
  readonly organizationNumber: string;
  readonly municipalityNumber: string;
  readonly districts: readonly string[];
};

type Work = { readonly sinceMs: number; isRegistered: boolean; isDone: boolean; told: string };

const warnAfterMs = 20 * 3_600_000;
/** What changes while a message lies there: the same message must be the same content however often it is registered. */
const changing = /^(status.*|read|notifications?)$/;

/**
 * Reads a municipality's mail in Altinn and files it with the case system: registered first, confirmed and marked as
 * read only then. What does not succeed is tried again at the next poll.
 */
export class Intake {
  readonly #altinn: Altinn;
  readonly #cases: CaseSystem;
  readonly #resources: readonly string[];
  readonly #municipalities: readonly Municipality[];
  readonly #now: () => number;
  readonly #work = new Map<string, Work>();
  readonly #told = new Map<string, number>();
  readonly #heardMs = new Map<string, number>();

  constructor(given: {
    readonly altinn: Altinn;
    readonly cases: CaseSystem;
    readonly resources: readonly string[];
    readonly municipalities: readonly Municipality[];
    readonly now: () => number;
  }) {
    this.#altinn = given.altinn;
    this.#cases = given.cases;
    this.#resources = given.resources;
    this.#municipalities = given.municipalities;
    this.#now = given.now;
  }

  /** One look at everything. */
  async poll(): Promise<void> {
    for (const resource of this.#resources) await this.#look(resource);
    for (const [id, work] of this.#work) if (!work.isDone) await this.#attempt(id, work);
  }

  async #look(resource: string): Promise<void> {
    const nowMs = this.#now();
    const heardMs = this.#heardMs.get(resource) ?? nowMs;
    this.#heardMs.set(resource, heardMs);
    try {
      for (const id of await this.#altinn.list(resource))
        if (!this.#work.has(id)) this.#work.set(id, { sinceMs: nowMs, isRegistered: false, isDone: false, told: "" });
      this.#heardMs.set(resource, nowMs);
    } catch (error) {
      if (error instanceof NoRight) await this.#tellDaily(`no-right:${resource}`);
      else if (nowMs - heardMs >= warnAfterMs) await this.#tellDaily(`list-not-heard:${resource}`);
    }
  }

  async #attempt(id: string, work: Work): Promise<void> {
    try {
      if (!work.isRegistered) await this.#register(id);
      work.isRegistered = true;
      work.isDone = await this.#finish(id);
    } catch (error) {
      if (error instanceof Refused) await this.#tell(error.message, id, work);
      else if (this.#now() - work.sinceMs >= warnAfterMs) await this.#tell("not-done-yet", id, work);
    }
  }

  async #register(id: string): Promise<void> {
    const overview = await this.#altinn.overview(id);
    const { attachments = [] } = overview.content as { readonly attachments?: readonly Attachment[] };
    const files = [];
    for (const attachment of attachments) files.push(await this.#altinn.download(id, attachment));
    const confidential = overview.isConfidential === true;
    const payload = unchanging(overview);
    await this.#cases.register({
      id,
      ...this.#addressed(overview),
      type: String(overview.resourceId),
      confidential,
      payload,
      files,
    });
  }

  /** @returns Whether nothing is left to do. */
  async #finish(id: string): Promise<boolean> {
    const { isConfirmationNeeded } = await this.#altinn.overview(id);
    if (isConfirmationNeeded === true && !(await this.#altinn.confirm(id))) return false;
    await this.#altinn.markAsRead(id);
    return true;
  }

  #addressed(overview: Fields): { readonly municipalityNumber: string; readonly district: string } {
    const number = String(overview.recipient).slice(-9);
    const ours = this.#municipalities.find(({ organizationNumber }) => organizationNumber === number);
    if (ours === undefined) throw new Refused("other-recipient");
    const named = (overview.propertyList ?? {}) as Readonly<Record<string, string>>;
    if ((named.kommunenummer ?? ours.municipalityNumber) !== ours.municipalityNumber)
      throw new Refused("other-municipality");
    const wanted = named.bydelsnummer ?? "00";
    const district = wanted === "00" ? ours.districts[0] : ours.districts.find((one) => one === wanted);
    if (district === undefined) throw new Refused("other-district");
    return { municipalityNumber: ours.municipalityNumber, district };
  }

  /** Tells people of one message, once for each reason; again at the next poll where nobody could be told. */
  async #tell(reason: string, id: string, work: Work): Promise<void> {
    if (work.told === reason) return;
    try {
      await this.#cases.report(reason, id);
      work.told = reason;
    } catch {
      // The next poll tells it.
    }
  }

  async #tellDaily(reason: string): Promise<void> {
    const nowMs = this.#now();
    if (nowMs - (this.#told.get(reason) ?? Number.NEGATIVE_INFINITY) < warnAfterMs) return;
    try {
      await this.#cases.report(reason, undefined);
      this.#told.set(reason, nowMs);
    } catch {
      // The next poll tells it.
    }
  }
}

function unchanging(fields: Fields): Fields {
  const kept = Object.fromEntries(Object.entries(fields).filter(([name]) => !changing.test(name)));
  const content = kept.content as { readonly attachments?: readonly Fields[] } | undefined;
  if (content?.attachments === undefined) return kept;
  return { ...kept, content: { ...content, attachments: content.attachments.map(unchanging) } };
}
