/** A system that we ship: sound, or wrong in one mechanism. */
export type Shipped = {
  readonly role: "integration" | "sender";
  /** `correct/store-then-receipt`: how reports call it. */
  readonly name: string;
  /** Its module; the default export is the integration, or the sender. */
  readonly module: URL;
  /** What it does, in one sentence. */
  readonly does: string;
  readonly source: string;
} & (
  | { readonly kind: "sound" }
  /** A correct design with a flaw. `breaks`: the rule it must fail by. */
  | { readonly kind: "faulty"; readonly breaks: string }
  /** Stores nothing, whatever it says: red in every scenario with a healthy message. */
  | { readonly kind: "sink"; readonly breaks: string }
);
