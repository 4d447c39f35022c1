import type { SentDelivery } from "../simulators/manifest.ts";
import type { Bytes } from "../simulators/wire.ts";

/** What a run was seen to exchange, and what it was about: none of the second may stand in what is made of the first. */
export type Witness = {
  readonly exchanges: readonly Witnessed[];
  readonly sent: readonly SentDelivery[];
};

/** One exchange of the system under test as it crossed the wire, answered in full and by the party itself. */
export type Witnessed =
  | {
      readonly kind: "http";
      readonly party: string;
      readonly method: string;
      /** As the operation is published: `/intake/v1/queue/{id}`. */
      readonly template: string;
      readonly params: Readonly<Record<string, string>>;
      readonly query: Readonly<Record<string, string>>;
      /** Names in lower case. */
      readonly headers: Readonly<Record<string, string>>;
      readonly body: Bytes;
      readonly status: number;
      readonly answerHeaders: readonly (readonly [string, string])[];
      /** Empty where it was streamed. */
      readonly answer: Bytes;
    }
  | {
      /** A message that was handed over from a queue. */
      readonly kind: "message";
      readonly party: string;
      readonly headers: Readonly<Record<string, string>>;
      readonly body: Bytes;
    };
