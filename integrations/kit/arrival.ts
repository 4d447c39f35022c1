import type { Account } from "./accounts.ts";

/** One message as it was handed over by Fiks IO, not yet settled. */
export type Arrival = {
  readonly account: Account;
  /** `melding-id`; absent where the message breaks the protocol. */
  readonly id?: string;
  readonly type: string;
  /** Account to which a receipt is sent. */
  readonly sender?: string;
  /** `bekymringsmelding-id`, else `melding-id`: the same however often it arrives. */
  readonly sourceId?: string;
  /** `melding-id` of the message of ours that this is about. */
  readonly answers?: string;
  readonly body: Uint8Array;
  /** Aborted when the connection is lost or we are asked to stop: the message is then handed over again. */
  readonly signal: AbortSignal;
  /** Settles it; does nothing where the connection is gone. */
  ack(): void;
  /** Settles it together with everything that was handed over before it and is not settled. */
  ackWithEarlier(): void;
  nack(requeue: boolean): void;
};
