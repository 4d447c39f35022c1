/** What kind of mistake a system makes: how often each is found is counted by these. */
export type Family =
  | "ack before store"
  | "receipt on queue"
  | "lost on restart"
  | "swallowed error"
  | "duplicate effect"
  | "wrong correlation or recipient"
  | "silent expiry"
  | "poison handling"
  | "truncation"
  | "time and token"
  | "paging and cursors"
  | "leak of content"
  | "upgrade and migration"
  | "sender's false belief";

/** A system that we ship: sound, or wrong in one mechanism. */
export type Shipped = {
  readonly role: "integration" | "sender";
  /** `correct/store-then-receipt`: how reports call it. */
  readonly name: string;
  /** Its module; the default export is the integration, or the sender. */
  readonly module: URL;
  /** The module of the version it is upgraded to; the same one starts again where it is absent. */
  readonly next?: URL;
  /** What it does, in one sentence. */
  readonly does: string;
  readonly source: string;
} & (
  | { readonly kind: "sound" }
  /** A correct design with a flaw. `breaks`: the rule it must fail by. */
  | { readonly kind: "faulty"; readonly family: Family; readonly breaks: string }
  /** Stores nothing, whatever it says: red in every scenario with a healthy message. */
  | { readonly kind: "sink"; readonly family: Family; readonly breaks: string }
);
