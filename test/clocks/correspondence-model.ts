import { confirmDelay, leastFileLife, noticeDelay, reminderDelay } from "../../contracts/altinn/lifetimes.ts";
import { dayMs } from "../../core/calendar.ts";
import { type CopyId, copyOf } from "../../core/names.ts";
import type { ActName, EndName } from "../../explore/orderings.ts";
import { Course, type Model } from "./model.ts";

/** How the message is sent, and when its reader clears up. */
export type MailWay = {
  /** Ordinary mail with a notice and its reminder, or confidential mail with the reminder that it always gets. */
  readonly mail: "ordinary" | "confidential";
  /** Whether the sender hears that it was taken on, or must ask again. */
  readonly answer: "told" | "lost";
  /** Over the wire, or a person in the inbox, who opens what is there with its file and settles what they opened. */
  readonly reader: "integration" | "person";
  /** The reader purges what it has read once that is confirmed, or so many days after it was sent. */
  readonly purges: number | "once confirmed" | "never";
};

type Item = {
  readonly id: CopyId;
  readonly sentMs: number;
  isPublished: boolean;
  isRead: boolean;
  confirmation: "none" | { readonly inForceMs: number } | "in force";
  hasItsFile: boolean;
  isPurged: boolean;
};

const channel = "altinn-correspondence";

/** Altinn Correspondence: one text and one file to one municipality, to be confirmed. @source altinn.md 2.2 to 2.6 */
export class CorrespondenceModel extends Course implements Model {
  readonly #way: MailWay;
  readonly #items: Item[] = [];
  readonly #known = new Set<Item>();
  /** What the reader has read, in that order, and not had confirmed, or not purged. */
  #toConfirm: Item[] = [];
  #toPurge: Item[] = [];
  #lastConfirmed: Item | undefined;

  constructor(way: MailWay) {
    super();
    this.#way = way;
  }

  impossible(act: ActName): string | undefined {
    if (act !== "send" && this.#items.length === 0) return "nothing is sent yet";
    if (act === "receipt" && this.#toConfirm.length === 0 && this.#lastConfirmed === undefined)
      return "receipt: who has read nothing knows no id to confirm";
    return undefined;
  }

  act(act: ActName): string {
    switch (act) {
      case "send":
        return this.#send();
      case "retry":
        return this.#sendAgain();
      case "read":
        return this.#read();
      case "receipt":
        return this.#confirm();
    }
  }

  endOf(end: EndName): number | undefined {
    const there = this.#items.filter(({ isPurged }) => !isPurged);
    const ends =
      end === "expiry"
        ? there.map(({ sentMs }) => sentMs + leastFileLife.lasts.ms)
        : there.flatMap((item) => this.#clearingOf(item));
    const ahead = ends.filter((ms) => ms >= this.nowMs);
    return ahead.length === 0 ? undefined : Math.min(...ahead);
  }

  #clearingOf({ sentMs, confirmation }: Item): readonly number[] {
    const { purges } = this.#way;
    if (purges === "never") return [];
    if (purges !== "once confirmed") return [sentMs + purges * dayMs];
    return typeof confirmation === "object" ? [confirmation.inForceMs] : [];
  }

  /** What has not been confirmed stays; what is confirmed may be purged once that is in force. */
  clearsUp(): string {
    const came = this.#toPurge.map((item) => {
      if (item.confirmation !== "in force") return `${item.id} 400`;
      item.isPurged = true;
      if (item.hasItsFile) this.drops(channel, item.id, "purged");
      return `${item.id} 200`;
    });
    this.#toPurge = this.#toPurge.filter(({ isPurged }) => !isPurged);
    return came.join();
  }

  /** The sender asks what became of all that it knows the id of. */
  looksIn(): void {
    for (const item of this.#known) {
      if (item.isPurged) this.hears("sender", "negative", item.id);
      else if (item.confirmation === "in force") this.hears("sender", "positive", item.id, "integration");
      else if (item.isRead) this.hears("sender", "positive", item.id);
      else if (!item.hasItsFile) this.hears("sender", "negative", item.id);
    }
  }

  #send(): string {
    const id = copyOf("A", this.#items.length + 1);
    const item: Item = {
      id,
      sentMs: this.nowMs,
      isPublished: false,
      isRead: false,
      confirmation: "none",
      hasItsFile: true,
      isPurged: false,
    };
    if (this.#items.length === 0) this.holds("sender", id);
    this.#items.push(item);
    this.holds(channel, id);
    this.after(0, () => this.#publish(item));
    this.after(leastFileLife.lasts.ms, () => this.#losesItsFile(item));
    if (this.#way.answer === "lost") return "nothing";
    this.hears("sender", "positive", id);
    this.#known.add(item);
    return "200";
  }

  /** A key is known for ever, and the answer does not say what it was given to: that must be looked up. */
  #sendAgain(): string {
    const item = this.#items.at(-1) as Item;
    this.#known.add(item);
    return `409, and there is ${item.id}`;
  }

  #publish(item: Item): void {
    item.isPublished = true;
    this.fact(`${item.id} is offered until ${item.sentMs + leastFileLife.lasts.ms}`);
    if (this.#way.mail === "ordinary") this.after(noticeDelay.lasts.ms, () => this.#notify(item));
    this.after(reminderDelay.lasts.ms, () => {
      if (!item.isRead) this.#notify(item);
    });
  }

  #notify({ id, isPurged }: Item): void {
    if (!isPurged) this.fact(`${id} is notified`);
  }

  #losesItsFile(item: Item): void {
    if (!item.isPurged) this.drops(channel, item.id, "expired");
    item.hasItsFile = false;
  }

  /** What was purged still stands in the list. The text stays when the file has gone. */
  #read(): string {
    const listed = this.#items.filter(({ isPublished }) => isPublished);
    if (listed.length === 0) return "nothing";
    return listed.map((item) => (this.#way.reader === "person" ? this.#openedBy(item) : this.#fetched(item))).join();
  }

  #fetched(item: Item): string {
    const { id } = item;
    if (item.isPurged) return `${id} 404`;
    this.fact(`${id} is fetched`);
    this.#opened(item);
    if (this.#isFileOver(item)) return `${id} 200 400`;
    this.fact(`${id} is fetched`);
    return `${id} 200 200`;
  }

  #openedBy(item: Item): string {
    if (this.#isFileOver(item)) return `${item.id} gone`;
    this.#opened(item);
    return `${item.id} opened`;
  }

  #opened(item: Item): void {
    if (item.isRead) return;
    this.fact(`${item.id} is opened`);
    item.isRead = true;
    this.#toConfirm.push(item);
    this.#toPurge.push(item);
  }

  #isFileOver({ sentMs }: Item): boolean {
    return this.nowMs >= sentMs + leastFileLife.lasts.ms;
  }

  /** Accepted at once, and in force only later. */
  #confirm(): string {
    const item = this.#toConfirm.shift() ?? (this.#lastConfirmed as Item);
    this.#lastConfirmed = item;
    const heard = this.#confirmed(item);
    return this.#way.reader === "person" ? `settled ${item.id}` : `${heard} for ${item.id}`;
  }

  #confirmed(item: Item): number {
    if (item.isPurged) return 404;
    if (item.confirmation === "in force") return 400;
    if (item.confirmation === "none") {
      this.fact(`${item.id} is receipted positive`);
      item.confirmation = { inForceMs: this.nowMs + confirmDelay.lasts.ms };
      this.after(confirmDelay.lasts.ms, () => {
        item.confirmation = "in force";
      });
    }
    return 200;
  }
}
