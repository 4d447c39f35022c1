import type { CopyId, PartyId } from "../../core/names.ts";
import type { Right } from "../../core/scenario.ts";

/** One place in Altinn where somebody may read: a municipality's mail of one kind. */
export type Place = {
  readonly channel: "altinn-correspondence" | "altinn-dispatch";
  /** As the ledger calls it: `correspondence/4690`, `confidential/4690`, `dispatch/4690`. */
  readonly resource: string;
  /** Municipality number. */
  readonly municipality: string;
  /** All of these are needed to see what lies there. */
  readonly rights: readonly Right[];
};

/** Where mail of a kind lies for a municipality. */
export function placeOf(kind: "correspondence" | "confidential" | "dispatch", municipality: string): Place {
  return {
    channel: kind === "dispatch" ? "altinn-dispatch" : "altinn-correspondence",
    resource: `${kind}/${municipality}`,
    municipality,
    rights: kind === "dispatch" ? ["dispatch-message", "dispatch-file"] : [kind],
  };
}

/** Who holds what in Altinn, as the simulators ask. `who` is a person's name, or a party such as `integration`. */
export type Rights = {
  /** Whether `who` holds everything that is needed to read there, now. */
  mayRead(who: string, place: Place): boolean;
  /** Whether somebody there has one of the register roles that confidential mail demands. */
  qualified(municipality: string): boolean;
};

/** One item that lies in a mailbox, as people handle it. */
export type MailItem = {
  readonly copy: CopyId;
  readonly place: Place;
  /** Whether its sender asked for a confirmation. */
  readonly confirmation: boolean;
  /** False once its content is gone: there is nothing to open. */
  isThere(): boolean;
  isOpened(): boolean;
  /** It is opened: the channel writes `opened` and moves its state. */
  open(opener: "person" | "machine", who: string): void;
  /** What it says stands in the case system: confirms or archives it, where the channel has such a thing. */
  settle(who: string): void;
  /** The parts of the message as this copy carries them, for the case system: `intact` is judged by them. */
  readonly parts: readonly CarriedPart[];
};

/** A part as a copy carries it on a channel. */
export type CarriedPart = { readonly name: string; readonly bytes: Uint8Array };

/** The people (and the idle machines) behind mailboxes. Implemented by `simulators/people`. */
export type Readers = {
  /** The party that a copy is offered to there: `integration` where the system under test reads, else the municipality. */
  readerOf(place: Place): PartyId;
  /** Right before a copy is offered: writes the last sign of life of whoever may read there. */
  beforeOffer(place: Place): void;
  /** Right after: whoever may read there does so in their own time. */
  afterOffer(item: MailItem): void;
  /** A notice goes to the municipality's registered address: writes `notified` and tells what became of it. */
  notice(place: Place, copy: CopyId): "delivered" | "bounced" | "none";
};
