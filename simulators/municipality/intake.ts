import { ContainerError, type ContainerFile, unpack } from "../../contracts/fiks/container.ts";
import { mottatt } from "../../contracts/fiks/types.ts";
import { minuteMs } from "../../core/calendar.ts";
import { type CopyId, municipalityParty, type RecipientId } from "../../core/names.ts";
import type { CarriedPart } from "../altinn/seams.ts";
import type { Manifest } from "../manifest.ts";
import type { HeardMessage, PortalChannel } from "../portal/portal.ts";
import type { Bytes, Given } from "../wire.ts";

export type IntakeSetup = {
  readonly manifest: Manifest;
  /** Whose account this is: `4690-01`. */
  readonly recipientOf: (account: string) => RecipientId | undefined;
  /** Makes the case, with whoever has the account. */
  readonly register: (copy: CopyId, parts: readonly CarriedPart[], at: RecipientId) => void;
  /** Ms a copy may wait in the account's queue. */
  readonly ttlMs: number;
  readonly sinceStart: (epochMs: number) => number;
};

/** How long the municipality's own system takes from the queue to the receipt. Inferred: ordinary work. */
const takesMs = 2 * minuteMs;

/**
 * The municipality's end of Fiks IO where a sender is under test: a sound system that registers what comes, and then
 * sends `mottatt`. It stands where Fiks IO stands for the portal.
 */
export class Intake implements PortalChannel {
  readonly #given: Given;
  readonly #setup: IntakeSetup;
  readonly #listeners = new Map<string, (message: HeardMessage) => void>();

  constructor(given: Given, setup: IntakeSetup) {
    this.#given = given;
    this.#setup = setup;
  }

  onMessage(account: string, then: (message: HeardMessage) => void): void {
    this.#listeners.set(account, then);
  }

  send(envelope: Parameters<PortalChannel["send"]>[0]): string {
    const { clock, facts, random } = this.#given;
    const { manifest, recipientOf, ttlMs, sinceStart } = this.#setup;
    const { copy, from, to, body } = envelope;
    const id = random.uuid();
    const recipient = recipientOf(to) ?? "";
    const party = municipalityParty(recipient.slice(0, 4));
    manifest.link(copy, "melding-id", id);
    facts.record({
      kind: "offered",
      channel: "fiks-io",
      resource: recipient,
      to: party,
      lifeEndsMs: sinceStart(clock.now() + Math.min(ttlMs, envelope.ttlMs)),
      copy,
    });
    clock.after(takesMs, () => {
      facts.record({ kind: "fetched", reader: party, received: body.length, total: body.length, copy });
      this.#setup.register(copy, partsIn(body), recipient);
      const cause = facts.record({ kind: "receipted", saying: "positive", reason: "receipt", copy });
      this.#listeners.get(from)?.({ type: mottatt, replyTo: id, cause });
    });
    return id;
  }
}

function partsIn(container: Bytes): readonly CarriedPart[] {
  let files: readonly ContainerFile[] = [];
  try {
    files = unpack(container);
  } catch (error) {
    if (!(error instanceof ContainerError)) throw error;
  }
  return files.map(({ name, bytes }) => ({ name, bytes }));
}
