import type { Channel } from "../../port/endpoints.ts";

/** A file that came with a message. Names may repeat; order counts. */
export type Document = { readonly name: string; readonly bytes: Uint8Array };

/** A concern message that was read in full and is ours to register. */
export type Concern = {
  readonly channel: Channel;
  readonly sourceId: string;
  /** The envelope's own id, which may be another for every send. */
  readonly id: string;
  /** Every identifier that tells a repeat of the same message, by name. */
  readonly sameAs: Readonly<Record<string, string>>;
  readonly type: string;
  readonly municipalityNumber: string;
  readonly district: string;
  readonly confidential: boolean;
  /** What the channel says of it, JSON. */
  readonly payload: string;
  readonly documents: readonly Document[];
};

/** What reading a message came to. */
export type Content =
  | { readonly kind: "concern"; readonly concern: Concern }
  /** Never to be registered, however often it is tried. `reason` names no content. */
  | { readonly kind: "defective"; readonly reason: string }
  /** Only where a policy takes whatever is there. */
  | { readonly kind: "nothing" };
