import { createHash } from "node:crypto";
import type { Channel, Recipient } from "../../port/endpoints.ts";
import type { Host } from "../../port/host.ts";
import type { Document } from "./concern.ts";
import type { Answered, CorrespondenceClient } from "./correspondence-client.ts";
import type { Desk, Passing } from "./desk.ts";
import type { Item, Kept, Reading } from "./item.ts";
import { type Attachment, addressOf, concernIn, type Mail, mailIn, withText } from "./mail.ts";
import type { Policy } from "./policy.ts";
import { quoted } from "./quote.ts";
import type { HeardBytes } from "./request.ts";

const channel = "altinn-correspondence";
/** A file that comes in full and is not what it should be is asked for this often. */
const mostTries = 5;

/** A confirmation that is accepted is noted within seconds: looked for this often before it is given again. */
const checksBeforeRepeat = 6;
/** After that a person is told, and other mail is no longer kept waiting: about two hours. */
const mostChecks = 3 * checksBeforeRepeat;

/** A try that ended, or that is to be made again. */
type Tried<Value> = { readonly kind: "had"; readonly value: Value } | { readonly kind: "gone" } | Passing;

/** What a mailbox does for one item of it. */
export type Mailbox = {
  readonly host: Host;
  readonly client: CorrespondenceClient;
  readonly desk: Desk;
  readonly policy: Policy;
  readonly recipients: readonly Recipient[];
  /** They are done with: no list brings them up again, not even after a crash. */
  done(...ids: readonly string[]): Promise<void>;
  /** The next list brings it up again. */
  again(id: string): void;
};

/** Mail in Altinn: it stays where it is, and who has sent it may ask to be told that we have it. */
export class MailItem implements Item {
  readonly channel: Channel = channel;
  readonly id: string;
  readonly signal: AbortSignal;
  readonly #box: Mailbox;
  #mail: Mail | undefined;
  #files: readonly Document[] = [];
  /** Whether all of it stands with us or in Altinn. */
  #isThere = false;

  constructor(id: string, box: Mailbox, signal: AbortSignal) {
    this.id = id;
    this.signal = signal;
    this.#box = box;
  }

  async read(): Promise<Reading> {
    const { recipients, policy } = this.#box;
    const mail = await this.#look();
    if (mail === undefined) return { kind: "defective", reason: "gone" };
    const addressed = addressOf(mail, recipients, policy);
    if (addressed.kind === "defective") return addressed;
    const files: Document[] = [];
    for (const attachment of policy.attachments === "the first" ? mail.attachments.slice(0, 1) : mail.attachments) {
      const tried = await this.#download(attachment);
      if (tried.kind === "had") files.push({ name: attachment.name, bytes: tried.value });
      else if (policy.container === "whole") return this.#incomplete(files, "attachment-gone");
    }
    // Asking for the text alone is noted as read, so it comes last, and only where there is no other way to it.
    const whole = mail.text === undefined ? await this.#withText(mail) : mail;
    if (whole === undefined) return this.#incomplete(files, "no-text");
    this.#mail = whole;
    this.#files = files;
    return concernIn(whole, files, recipients, policy);
  }

  kept(): Kept {
    return { channel, sourceId: this.id, overview: JSON.stringify(this.#mail?.overview ?? {}), files: this.#files };
  }

  /** Confirms until that is accepted, or can be read back. A repeat is refused: what is noted then tells. */
  async confirm(): Promise<void> {
    const { client, desk, policy } = this.#box;
    const mail = await this.#look();
    if (mail === undefined || !(mail.confirmationAsked || policy.confirmed === "all")) return;
    let checks = 0;
    await this.#until("receipt-not-sent-yet", async (): Promise<Tried<true>> => {
      if (checks % checksBeforeRepeat === 0) {
        const answered = await client.confirm(this.id);
        if (answered.kind === "heard" && policy.confirmedOnce === "accepted") return { kind: "had", value: true };
        if (answered.kind !== "heard" && !isRepeat(answered)) return triedBy(answered);
      }
      checks += 1;
      const history = await client.history(this.id);
      if (history.kind !== "heard") return triedBy(history);
      if (history.answer.includes("Confirmed")) return { kind: "had", value: true };
      if (checks < mostChecks) return passing;
      await desk.report({ channel, id: this.id, reason: "confirmation-not-noted", retrievable: true }, this.signal);
      return { kind: "had", value: true };
    });
  }

  markAsRead(): Promise<void> {
    return markAsRead(this.id, this.#box, this.signal);
  }

  settle(): Promise<void> {
    return this.#box.done(this.id);
  }

  settleWith(earlier: readonly Item[]): Promise<void> {
    return this.#box.done(...earlier.flatMap(({ id }) => id ?? []), this.id);
  }

  /** Kept as far as it could be read and told to a person. There is no negative receipt: it is left unconfirmed. */
  async refuse(reason: string): Promise<void> {
    const { host, desk, policy } = this.#box;
    if (this.#mail !== undefined) {
      await host.store.set(`aside/${this.id}`, this.kept());
      await host.store.sync();
    }
    const quote = new TextEncoder().encode(JSON.stringify(this.#mail?.overview ?? {}));
    await desk.report(
      {
        channel,
        id: this.id,
        reason,
        ...(policy.deviationSays === "content" ? { detail: quoted(quote) } : {}),
        retrievable: this.#isThere,
      },
      this.signal,
    );
    await this.settle();
  }

  /** Mail is about nothing of ours. */
  takeNote(): Promise<void> {
    return this.settle();
  }

  putBack(): void {
    this.#box.again(this.id);
  }

  /** The overview; undefined where the mail is gone. */
  async #look(): Promise<Mail | undefined> {
    if (this.#mail !== undefined) return this.#mail;
    const { client, policy } = this.#box;
    const tried = await this.#until("not-read-yet", async (): Promise<Tried<Mail>> => {
      const answered = await client.overview(this.id);
      if (answered.kind !== "heard") return triedBy(answered);
      const mail = mailIn(this.id, answered.answer);
      return mail === undefined ? passing : { kind: "had", value: mail };
    });
    if (tried.kind === "gone") return undefined;
    this.#mail = tried.value;
    this.#isThere = true;
    if (policy.markedAsRead === "while scanning") await this.markAsRead();
    return tried.value;
  }

  async #withText(mail: Mail): Promise<Mail | undefined> {
    const tried = await this.#until("not-read-yet", async (): Promise<Tried<string>> => {
      const answered = await this.#box.client.content(this.id);
      return answered.kind === "heard" ? { kind: "had", value: answered.answer } : triedBy(answered);
    });
    return tried.kind === "gone" || tried.value === "" ? undefined : withText(mail, tried.value);
  }

  /** A file that was had in full, as it was sent. */
  async #download({ id, checksum }: Attachment): Promise<Exclude<Tried<Uint8Array>, Passing>> {
    let tries = 0;
    return this.#until("not-read-yet", async (): Promise<Tried<Uint8Array>> => {
      tries += 1;
      const answered = await this.#box.client.download(this.id, id);
      if (answered.kind !== "heard") return triedBy(answered);
      if (isWhole(answered.answer, checksum)) return { kind: "had", value: answered.answer.bytes };
      return tries < mostTries ? passing : { kind: "gone" };
    });
  }

  #incomplete(files: readonly Document[], reason: string): Reading {
    this.#files = files;
    this.#isThere = false;
    return { kind: "defective", reason };
  }

  #until<Value>(warning: string, tryOnce: () => Promise<Tried<Value>>): Promise<Exclude<Tried<Value>, Passing>> {
    return this.#box.desk.persist({ channel, id: this.id }, warning, this.signal, tryOnce);
  }
}

/** Marks mail as read, so that nobody is reminded of it; done already where it is refused. */
export async function markAsRead(
  id: string,
  { client, desk }: Pick<Mailbox, "client" | "desk">,
  signal: AbortSignal,
): Promise<void> {
  await desk.persist({ channel, id }, "not-marked-as-read-yet", signal, async () =>
    triedBy(await client.markAsRead(id), true),
  );
}

const passing: Passing = { kind: "passing", retryAfterMs: 0 };

/** Refused because it is done already, or because it could not be done yet: only what is noted tells which. */
function isRepeat(answered: Answered<unknown>): boolean {
  return answered.kind === "refused" && answered.status === 400;
}

/** What is refused is gone; without a right one waits for it, and a person has been told. */
function triedBy<Value>(answered: Exclude<Answered<unknown>, { readonly kind: "heard" }>): Tried<Value>;
function triedBy<Value>(answered: Answered<unknown>, value: Value): Tried<Value>;
function triedBy<Value>(answered: Answered<unknown>, value?: Value): Tried<Value | undefined> {
  switch (answered.kind) {
    case "heard":
      return { kind: "had", value };
    case "refused":
      return { kind: "gone" };
    case "no-right":
      return passing;
    case "passing":
      return { kind: "passing", retryAfterMs: answered.retryAfterMs };
  }
}

function isWhole({ bytes, header }: HeardBytes, checksum: string | undefined): boolean {
  const length = header("content-encoding") === null ? header("content-length") : null;
  if (length !== null && Number(length) !== bytes.length) return false;
  // Where its sender gave none, Altinn says nothing, or an empty one.
  return (
    checksum === undefined ||
    checksum === "" ||
    createHash("md5").update(bytes).digest("hex") === checksum.toLowerCase()
  );
}
