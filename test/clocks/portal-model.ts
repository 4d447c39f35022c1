import { copyLife, elapsedMs, paperAfter, retention } from "../../contracts/fiks/lifetimes.ts";
import { addWorkingDays } from "../../core/calendar.ts";
import { type CopyId, copyOf } from "../../core/names.ts";
import type { ActName, EndName } from "../../explore/orderings.ts";
import { Course, type Model } from "./model.ts";

/** What a retry is, and what a receipt says. */
export type Way = {
  /** The portal's operator sends again, or the reader's connection is lost and what it had in hand comes again. */
  readonly retry: "resent" | "redelivered";
  readonly answer: "mottatt" | "feilet";
  /** Failed deliveries after which a copy is dead-lettered: as published, or few enough for two retries to get there. */
  readonly attempts: number;
};

/** From choosing paper to the print vendor, and from there to the post: not published, simulators/portal/switches.ts. */
const handoverMs = 3_600_000;
const postedMs = 24 * 3_600_000;

type Copy = {
  readonly id: CopyId;
  readonly of: Message;
  readonly endsMs: number;
  readonly place: number;
  where: "waiting" | "in hand" | "gone";
  returns: number;
};

type Message = {
  readonly firstCopy: CopyId;
  state: "accepted" | "dispatched" | "refused" | "printing" | "delivered";
  lastCopy: CopyId;
  /** When what comes next on the way to paper comes, ms. */
  paper: { readonly atMs: number; readonly callOff: () => void } | undefined;
  purgeMs: number | undefined;
};

/** The portal and its channel. @source fiks.md 1.3, 1.4, 3.5; incidents.md, case A */
export class PortalModel extends Course implements Model {
  readonly #way: Way;
  readonly #startMs: number;
  readonly #messages: Message[] = [];
  readonly #copies: Copy[] = [];
  #inHand: Copy[] = [];
  #lastRead: Copy | undefined;

  constructor(way: Way, startMs: number) {
    super();
    this.#way = way;
    this.#startMs = startMs;
  }

  impossible(act: ActName): string | undefined {
    if (act !== "send" && this.#messages.length === 0) return "nothing is sent yet";
    if (act === "receipt" && this.#lastRead === undefined) return "receipt: who has read nothing knows no id to answer";
    if (act === "retry" && this.#way.retry === "redelivered" && this.#inHand.length === 0)
      return "retry: nothing is in hand that could come again";
    return undefined;
  }

  act(act: ActName): string {
    switch (act) {
      case "send":
        return this.#send();
      case "retry":
        return this.#way.retry === "resent" ? this.#resend() : this.#loseConnection();
      case "read":
        return this.#read();
      case "receipt":
        return this.#receipt();
    }
  }

  endOf(end: EndName): number | undefined {
    const ends =
      end === "expiry"
        ? this.#copies.filter(({ where }) => where !== "gone").map(({ endsMs }) => endsMs)
        : this.#messages.map((message) => this.#purgeOf(message));
    const ahead = ends.filter((ms) => ms >= this.nowMs);
    return ahead.length === 0 ? undefined : Math.min(...ahead);
  }

  /** When a message is deleted if nobody does any more about it. */
  #purgeOf({ purgeMs, paper, state }: Message): number {
    if (purgeMs !== undefined) return purgeMs;
    const from = (paper?.atMs ?? this.nowMs) + elapsedMs(retention);
    return from + (state === "printing" ? 0 : handoverMs + postedMs);
  }

  #newCopy(): CopyId {
    this.#made += 1;
    return copyOf("A", this.#made);
  }
  #made = 0;

  #send(): string {
    const id = this.#newCopy();
    const message: Message = { firstCopy: id, state: "accepted", lastCopy: id, paper: undefined, purgeMs: undefined };
    this.#messages.push(message);
    this.holds("portal", id);
    this.hears("sender", "positive", id, "portal");
    this.after(0, () => this.#dispatch(message, id));
    return "201";
  }

  #resend(): string {
    const message = this.#messages.at(-1) as Message;
    if (message.state === "delivered" || message.state === "accepted") return "refused";
    const id = this.#newCopy();
    this.fact(`${message.lastCopy} is resent as ${id}`);
    message.lastCopy = id;
    this.#dispatch(message, id);
    return "sent again";
  }

  #dispatch(message: Message, id: CopyId): void {
    if (message.state === "accepted") message.state = "dispatched";
    const endsMs = this.nowMs + elapsedMs(copyLife);
    const copy: Copy = { id, of: message, endsMs, place: this.#copies.length, where: "waiting", returns: 0 };
    this.#copies.push(copy);
    this.holds("fiks-io", id);
    this.fact(`${id} is offered until ${endsMs}`);
    this.after(elapsedMs(copyLife), () => this.#expireOverdue());
    // Whatever is done with a queue finds what is over at its head.
    this.#expireOverdue();
    if (message.state !== "dispatched" || paperAfter.lasts.unit !== "working") return;
    const now = this.#startMs + this.nowMs;
    this.#paperIn(message, addWorkingDays(now, paperAfter.lasts.days) - now, () =>
      this.#toPaper(message, "unreceipted"),
    );
  }

  /** Whatever was foreseen on the way to paper is not any more; this is. */
  #paperIn(message: Message, ms: number, does: () => void): void {
    message.paper?.callOff();
    message.paper = { atMs: this.nowMs + ms, ...this.after(ms, does) };
  }

  #toPaper(message: Message, reason: string): void {
    this.#paperIn(message, handoverMs, () => {
      message.state = "printing";
      this.#paperIn(message, postedMs, () => {
        this.ends(`printed: ${reason}`);
        this.#deliver(message);
      });
    });
  }

  #deliver(message: Message): void {
    message.state = "delivered";
    message.paper?.callOff();
    message.paper = undefined;
    message.purgeMs = this.nowMs + elapsedMs(retention);
    this.after(elapsedMs(retention), () => {
      message.purgeMs = Number.NEGATIVE_INFINITY;
      this.drops("portal", message.firstCopy, "purged");
    });
  }

  /** What waits longest goes first, and only it can expire: what stands behind it must wait, overdue or not. */
  #expireOverdue(): void {
    for (;;) {
      const [head] = this.#waiting();
      if (head === undefined || head.endsMs > this.nowMs) return;
      head.where = "gone";
      this.drops("fiks-io", head.id, "expired");
      this.#notice(head, "expired");
    }
  }

  #notice(copy: Copy, reason: string): void {
    this.after(0, () => {
      this.hears("portal", "negative", copy.id);
      if (copy.of.state === "dispatched" && copy.of.lastCopy === copy.id) this.#toPaper(copy.of, reason);
    });
  }

  #waiting(): Copy[] {
    return this.#copies.filter(({ where }) => where === "waiting").sort((one, other) => one.place - other.place);
  }

  #read(): string {
    this.#expireOverdue();
    const came = this.#waiting();
    for (const copy of came) {
      copy.where = "in hand";
      this.fact(`${copy.id} is fetched`);
      this.#inHand.push(copy);
      this.#lastRead = copy;
    }
    return came.length === 0 ? "nothing" : came.map(({ id }) => id).join();
  }

  #loseConnection(): string {
    for (const copy of this.#inHand) {
      copy.where = "waiting";
      copy.returns += 1;
      if (copy.returns < this.#way.attempts) continue;
      copy.where = "gone";
      this.drops("fiks-io", copy.id, "deadlettered");
      this.#notice(copy, "undeliverable");
    }
    this.#inHand = [];
    this.#expireOverdue();
    return "reset";
  }

  #receipt(): string {
    const answered = this.#inHand.shift();
    const copy = answered ?? (this.#lastRead as Copy);
    this.#lastRead = copy;
    const isPositive = this.#way.answer === "mottatt";
    this.fact(`${copy.id} is receipted ${isPositive ? "positive" : "negative"}`);
    this.after(0, () => (isPositive ? this.#received(copy) : this.#refused(copy)));
    if (answered !== undefined) {
      answered.where = "gone";
      this.drops("fiks-io", answered.id, "released");
      this.#expireOverdue();
    }
    return `202 for ${copy.id}`;
  }

  /** A receipt counts while the message is dispatched; what comes later is heard and changes nothing. */
  #received({ id, of }: Copy): void {
    const counts = of.state === "dispatched";
    this.hears("portal", "positive", id, counts ? "integration" : undefined);
    if (counts) this.#deliver(of);
  }

  #refused({ id, of }: Copy): void {
    this.hears("portal", "negative", id);
    if (of.state !== "dispatched") return;
    of.state = "refused";
    this.ends("returned to portal");
    this.#toPaper(of, "refused");
  }
}
