import { contentLife } from "../../contracts/altinn-dispatch/lifetimes.ts";
import { type CopyId, copyOf } from "../../core/names.ts";
import type { ActName, EndName } from "../../explore/orderings.ts";
import { Course, heardInWords, type Model } from "./model.ts";

/** How the message is sent, and how its sender learns what became of it. */
export type DispatchWay = {
  /** Whether the sender hears that it was taken on, or must look for it. */
  readonly answer: "told" | "lost";
  /** It asks for each that it knows the id of, or for the list of what is unopened. */
  readonly asks: "each" | "list";
  /** Over the wire, or a person in the inbox, who opens what is there and archives what they opened. */
  readonly reader: "integration" | "person";
};

type Dispatch = {
  readonly id: CopyId;
  readonly endsMs: number;
  isOpened: boolean;
  /** The channel's clock has rung, and the content is deleted. */
  isDeleted: boolean;
  isArchived: boolean;
};

const channel = "altinn-dispatch";

/** Altinn 2's dispatch: content of 30 days, a shell that stays. @source PORT.md, altinn-dispatch; altinn.md 5 */
export class DispatchModel extends Course implements Model {
  readonly #way: DispatchWay;
  readonly #sent: Dispatch[] = [];
  readonly #known = new Set<Dispatch>();
  /** Opened, or deleted unopened, and no answer has told it yet: every one tells it once. */
  #untold: Dispatch[] = [];
  readonly #seen = new Set<Dispatch>();
  #toArchive: Dispatch[] = [];
  #lastArchived: Dispatch | undefined;

  constructor(way: DispatchWay) {
    super();
    this.#way = way;
  }

  impossible(act: ActName): string | undefined {
    if (act !== "send" && this.#sent.length === 0) return "nothing is sent yet";
    if (act === "receipt" && this.#seen.size === 0) return "receipt: who has seen nothing knows no id to archive";
    return undefined;
  }

  act(act: ActName): string {
    switch (act) {
      case "send":
        return this.#send();
      case "retry":
        return this.#look();
      case "read":
        return this.#read();
      case "receipt":
        return this.#archive();
    }
  }

  /** Nothing else on this channel has an end: shells stay. */
  endOf(end: EndName): number | undefined {
    const ends = end === "expiry" ? this.#sent.map(({ endsMs }) => endsMs) : [];
    const ahead = ends.filter((ms) => ms >= this.nowMs);
    return ahead.length === 0 ? undefined : Math.min(...ahead);
  }

  looksIn(): void {
    if (this.#way.asks === "each") for (const one of this.#known) this.#asksFor(one);
    else this.#asksForAll();
  }

  #asksFor(one: Dispatch): void {
    const isUntold = this.#untold.includes(one);
    this.#untold = this.#untold.filter((other) => other !== one);
    if (one.isDeleted) this.hears("sender", "negative", one.id);
    // Its time of opening stands there also once the content is gone.
    if (one.isOpened && (isUntold || !one.isDeleted)) this.hears("sender", "positive", one.id);
  }

  #asksForAll(): void {
    for (const saying of ["positive", "negative"] as const) {
      const about = this.#untold.filter(({ isOpened }) => isOpened === (saying === "positive"));
      const copies = about.map(({ id }) => id);
      if (copies.length > 0) this.fact(heardInWords("sender", saying, copies));
    }
    this.#untold = [];
  }

  #send(): string {
    const id = copyOf("A", this.#sent.length + 1);
    const endsMs = this.nowMs + contentLife.lasts.ms;
    const one: Dispatch = { id, endsMs, isOpened: false, isDeleted: false, isArchived: false };
    if (this.#sent.length === 0) this.holds("sender", id);
    this.#sent.push(one);
    this.holds(channel, id);
    this.fact(`${id} is offered until ${endsMs}`);
    this.after(contentLife.lasts.ms, () => {
      one.isDeleted = true;
      this.drops(channel, id, "expired");
      if (!one.isOpened) this.#untold.push(one);
    });
    if (this.#way.answer === "lost") return "nothing";
    this.hears("sender", "positive", id);
    this.#known.add(one);
    return "201";
  }

  /** A repeat would be a second dispatch: whoever heard nothing looks for the reference first. */
  #look(): string {
    for (const one of this.#sent) this.#known.add(one);
    if (this.#way.asks === "list") this.#asksForAll();
    return this.#sent.map(({ id }) => id).join();
  }

  #read(): string {
    const listed = this.#sent.filter(({ isArchived }) => !isArchived || this.#way.reader === "person");
    if (listed.length === 0) return "nothing";
    return listed.map((one) => (this.#way.reader === "person" ? this.#openedBy(one) : this.#fetched(one))).join();
  }

  #fetched(one: Dispatch): string {
    this.#sees(one);
    if (this.#isOver(one)) return `${one.id} shell 410`;
    this.fact(`${one.id} is fetched`);
    this.#opened(one);
    return `${one.id} text 200`;
  }

  #openedBy(one: Dispatch): string {
    if (this.#isOver(one)) return `${one.id} gone`;
    this.#sees(one);
    this.#opened(one);
    return `${one.id} opened`;
  }

  #sees(one: Dispatch): void {
    if (!this.#seen.has(one)) this.#toArchive.push(one);
    this.#seen.add(one);
  }

  #opened(one: Dispatch): void {
    if (one.isOpened) return;
    this.fact(`${one.id} is opened`);
    one.isOpened = true;
    this.#untold.push(one);
  }

  /** A receipt, unless nobody can have had what is archived. */
  #archive(): string {
    const one = this.#toArchive.shift() ?? (this.#lastArchived as Dispatch);
    this.#lastArchived = one;
    if (!one.isArchived && (one.isOpened || !this.#isOver(one))) this.fact(`${one.id} is receipted positive`);
    one.isArchived = true;
    return this.#way.reader === "person" ? `settled ${one.id}` : `204 for ${one.id}`;
  }

  #isOver({ endsMs }: Dispatch): boolean {
    return this.nowMs >= endsMs;
  }
}
