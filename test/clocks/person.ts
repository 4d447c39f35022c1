import type { MailItem } from "../../simulators/altinn/seams.ts";

const name = "Kari";

/** A person who handles what lies in an inbox. */
export class InboxReader {
  readonly #items: MailItem[] = [];
  readonly #toSettle: MailItem[] = [];
  #lastSettled: MailItem | undefined;

  /** It lies there from now on. */
  comes(item: MailItem): void {
    this.#items.push(item);
  }

  /** Opens all that is there, also what was opened before. */
  opens(): string {
    if (this.#items.length === 0) return "nothing";
    return this.#items
      .map((item) => {
        if (!item.isThere()) return `${item.copy} gone`;
        if (!item.isOpened()) this.#toSettle.push(item);
        item.open("person", name);
        return `${item.copy} opened`;
      })
      .join();
  }

  /** Confirms or archives what was opened first, or the last once more. */
  settles(): string {
    this.#lastSettled = this.#toSettle.shift() ?? this.#lastSettled;
    this.#lastSettled?.settle(name);
    return `settled ${this.#lastSettled?.copy}`;
  }
}
