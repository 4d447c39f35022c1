import type { Channel } from "../../port/endpoints.ts";
import type { Content } from "./concern.ts";

/** One message at hand, from whichever channel, not yet settled. */
export type Item = {
  readonly channel: Channel;
  /** What people are told of it by; absent where the message breaks the protocol. */
  readonly id?: string;
  /** Aborted when it will be handed over again: the connection is lost, or we are asked to stop. */
  readonly signal: AbortSignal;
  read(): Promise<Reading>;
  /** As it came, to be kept. Only once it was read as a concern. */
  kept(): Kept;
  /** Tells the sender that we have it, where it wants to know, until that is known to be heard. */
  confirm(): Promise<void>;
  /** It stands in the case system: nobody needs to be reminded of it any more. */
  markAsRead(): Promise<void>;
  /** It is done with, and not handed over again. */
  settle(): Promise<void>;
  /** Settles it at one go with these: every other one that was handed over before it and is not settled. */
  settleWith(earlier: readonly Item[]): Promise<void>;
  /** Never to be registered: the sender hears of it where the channel can say so, a person always. */
  refuse(reason: string): Promise<void>;
  /** A message about a message of ours: no concern, and not answered. */
  takeNote(): Promise<void>;
  /** Gives it back to the channel, which hands it over again if it is to be queued again. */
  putBack(requeue: boolean): void;
};

/** What an item is. */
export type Reading = Content | { readonly kind: "note" } | { readonly kind: "unknown" };

/** A message as it came, in a form that outlives the process. */
export type Kept =
  | {
      readonly channel: "fiks-io";
      readonly accountId: string;
      readonly id: string;
      readonly type: string;
      readonly sourceId: string;
      readonly body: Uint8Array;
    }
  | {
      readonly channel: "altinn-correspondence";
      readonly sourceId: string;
      /** The overview, JSON, with the text of the message in it. */
      readonly overview: string;
      readonly files: readonly { readonly name: string; readonly bytes: Uint8Array }[];
    };

/** Takes on one message. What it throws when the item's signal is not aborted ends the integration. */
export type Take = (item: Item) => Promise<void>;

/** A channel as an integration sees it. */
export type Source = {
  readonly channel: Channel;
  /** Hands over messages until we are asked to stop. */
  run(take: Take): Promise<void>;
  /** Reads what was kept; undefined where it cannot be read any more. */
  reread(kept: Kept): Content | undefined;
  /** As `Item.markAsRead`, for what was kept. */
  markAsRead(kept: Kept, signal: AbortSignal): Promise<void>;
};
