import type { Channel, Recipient } from "../../port/endpoints.ts";
import type { Host } from "../../port/host.ts";
import { AltinnTokens } from "./altinn-tokens.ts";
import type { Content } from "./concern.ts";
import { CorrespondenceClient, type Place } from "./correspondence-client.ts";
import type { Desk } from "./desk.ts";
import type { Kept, Source, Take } from "./item.ts";
import { concernIn, mailIn } from "./mail.ts";
import { type Mailbox, MailItem, markAsRead } from "./mail-item.ts";
import { NoTokenError } from "./maskinporten.ts";
import type { Policy } from "./policy.ts";
import type { Deviation } from "./receiver-client.ts";
import { stopped, within } from "./request.ts";

const channel = "altinn-correspondence";
/**
 * How far back a list goes. It is cut by the time that publication was asked for, and nobody says how much later than
 * that a scan, or a right that is given back, lets a message appear.
 */
const lookBackMs = 90 * 24 * 60 * 60_000;
/** A list holds no more, and has no second page: with this many, older ones may be hidden. */
const listCap = 1000;
/** Lists that could not be heard for this long are for a person, and so is mail that was not read for as long. */
const unheardMs = 6 * 60 * 60_000;
/** What is under way when we are asked to stop has this long to end; then the next start begins it again. */
const stopMs = 2000;

/** Mail that was listed, and has not had its turn. */
type Waiting = { readonly id: string; readonly sinceMs: number; isTold: boolean };

/** Altinn Correspondence as a source of messages: asks for lists, and takes on what it has not dealt with before. */
export class MailSource implements Source {
  readonly channel: Channel = channel;
  readonly #host: Host;
  readonly #desk: Desk;
  readonly #policy: Policy;
  readonly #box: Mailbox;
  readonly #places: readonly Place[];
  /** Ids that are done with, under way, or waiting for their turn. */
  readonly #known = new Set<string>();
  readonly #waiting: Waiting[] = [];
  readonly #underWay = new Set<Promise<void>>();
  /** When a list of a place was last heard; at first, when we began. */
  readonly #heardMs = new Map<Place, number>();

  constructor(host: Host, desk: Desk, policy: Policy) {
    this.#host = host;
    this.#desk = desk;
    this.#policy = policy;
    const { recipients } = host.endpoints;
    this.#places = placesOf(recipients);
    this.#box = {
      host,
      client: new CorrespondenceClient(host),
      desk,
      policy,
      recipients,
      done: async (...ids) => {
        for (const id of ids) await host.store.set(doneKey(id), true);
        if (policy.sync === "always") await host.store.sync();
      },
      again: (id) => this.#known.delete(id),
    };
  }

  /** Asks, at most once in a poll interval, until we are asked to stop. */
  async run(take: Take): Promise<void> {
    const { signal, clock, endpoints } = this.#host;
    if (this.#policy.mail === "left alone") return this.#leaveAlone();
    const over = new AbortController();
    const end = (): void => over.abort(new Error("no more mail is taken"));
    if (signal.aborted) end();
    else signal.addEventListener("abort", end, { once: true });
    let failed: { readonly why: unknown } | undefined;
    const fill = (): void => {
      while (!over.signal.aborted && this.#underWay.size < this.#policy.prefetch) {
        const next = this.#waiting.shift();
        if (next === undefined) return;
        const work: Promise<void> = take(new MailItem(next.id, this.#box, over.signal))
          .catch((why: unknown) => {
            if (over.signal.aborted) return;
            failed = { why };
            end();
          })
          .finally(() => {
            this.#underWay.delete(work);
            fill();
          });
        this.#underWay.add(work);
      }
    };
    while (!over.signal.aborted) {
      const heard = await this.#poll(fill);
      if (!heard && this.#policy.connectionLost === "carry on") await stopped(over.signal);
      await clock.sleep(endpoints.pollIntervalMs, over.signal).catch(() => {});
    }
    signal.removeEventListener("abort", end);
    await within(this.#host, stopMs, "ending", Promise.all(this.#underWay)).catch(() => {});
    if (failed !== undefined) throw failed.why;
  }

  reread(kept: Kept): Content | undefined {
    if (kept.channel !== channel) return undefined;
    const mail = mailIn(kept.sourceId, kept.overview);
    return mail === undefined ? undefined : concernIn(mail, kept.files, this.#box.recipients, this.#policy);
  }

  markAsRead(kept: Kept, signal: AbortSignal): Promise<void> {
    return markAsRead(kept.sourceId, this.#box, signal);
  }

  /** One list of each place. @returns Whether all of them were heard. */
  async #poll(fill: () => void): Promise<boolean> {
    let allHeard = true;
    for (const place of this.#places) {
      const nowMs = this.#host.clock.now();
      const heardMs = this.#heardMs.get(place);
      const byLast = this.#policy.mailSince === "last poll" && heardMs !== undefined;
      const listed = await this.#box.client.list(place, byLast ? heardMs : nowMs - lookBackMs);
      switch (listed.kind) {
        case "heard":
          this.#heardMs.set(place, nowMs);
          this.#desk.passed(deviationAt("no-right", place));
          if (listed.answer.length >= listCap) await this.#tell("list-full", place);
          // Newest first: the oldest has waited longest.
          for (const id of [...this.#read(listed.answer)].reverse()) await this.#note(id);
          fill();
          break;
        case "no-right":
          allHeard = false;
          await this.#tell("no-right", place);
          break;
        case "refused":
        case "passing":
          allHeard = false;
          if (heardMs === undefined) this.#heardMs.set(place, nowMs);
          else if (nowMs - heardMs >= unheardMs) await this.#tell("list-not-heard", place);
      }
    }
    await this.#tellOfWaiting();
    return allHeard;
  }

  /** What has waited long for its turn, behind others that do not get on, is for a person too. */
  async #tellOfWaiting(): Promise<void> {
    const nowMs = this.#host.clock.now();
    for (const mail of this.#waiting)
      if (!mail.isTold && nowMs - mail.sinceMs >= unheardMs)
        mail.isTold = await this.#desk.tryReport({ channel, id: mail.id, reason: "not-read-yet" });
  }

  /** The ids of a list that are looked at. */
  #read(ids: readonly string[]): readonly string[] {
    if (this.#policy.mailRead === "to the end") return ids;
    const known = ids.findIndex((id) => this.#known.has(id));
    return known < 0 ? ids : ids.slice(0, known);
  }

  /** Puts an id in the queue, unless it is known. */
  async #note(id: string): Promise<void> {
    if (this.#known.has(id)) return;
    this.#known.add(id);
    if ((await this.#host.store.get(doneKey(id))) !== undefined) return;
    if (this.#policy.mailDone === "when listed") await this.#box.done(id);
    this.#waiting.push({ id, sinceMs: this.#host.clock.now(), isTold: false });
  }

  #tell(what: string, place: Place): Promise<void> {
    return this.#desk.reportDaily(deviationAt(what, place));
  }

  /** Up and running to look at. Whoever shows no sign of life at all is an error of the run, not a verdict. */
  async #leaveAlone(): Promise<void> {
    try {
      await new AltinnTokens(this.#host).get();
    } catch (error) {
      if (!(error instanceof NoTokenError)) throw error;
    }
    await stopped(this.#host.signal);
  }
}

/** A deviation of the channel, not of a message. */
function deviationAt(what: string, { resourceId, onBehalfOf = "" }: Place): Pick<Deviation, "channel" | "reason"> {
  const where = `${resourceId}:${onBehalfOf}`.replace(/:$/, "").toLowerCase();
  return { channel, reason: `${what}:${where.replace(/[^a-z0-9:.-]/g, "-")}`.slice(0, 80) };
}

function doneKey(id: string): string {
  return `mail/${id}`;
}

/**
 * Every place in which mail for us may lie, once. Where several of our recipients share a resource each is asked for by
 * itself: one list for all of them would go on without the one whose right is lost.
 */
function placesOf(recipients: readonly Recipient[]): readonly Place[] {
  const sharing = new Map<string, Set<string>>();
  for (const { altinn, organizationNumber } of recipients)
    for (const id of [altinn?.resourceIds.correspondence, altinn?.resourceIds.confidentialCorrespondence])
      if (id !== undefined) sharing.set(id, (sharing.get(id) ?? new Set()).add(organizationNumber));
  return [...sharing].flatMap(([resourceId, organizations]): Place[] =>
    organizations.size === 1 ? [{ resourceId }] : [...organizations].map((onBehalfOf) => ({ resourceId, onBehalfOf })),
  );
}
