/** Message types of the concern-message protocol over Fiks IO. @source fiks.md, section 2 */
export const offentligV1 = "no.ks.fiks.bekymringsmelding.offentlig.v1";
export const offentligV2 = "no.ks.fiks.bekymringsmelding.offentlig.v2";
export const privatV1 = "no.ks.fiks.bekymringsmelding.privat.v1";
export const privatV2 = "no.ks.fiks.bekymringsmelding.privat.v2";
/** Receiver to portal, no body: imported *and stored*. There is no v2: both versions are answered with v1. */
export const mottatt = "no.ks.fiks.bekymringsmelding.mottatt.v1";
/** Receiver to portal, body with `feilmelding.json`: could not be stored; the portal sends paper. */
export const feilet = "no.ks.fiks.bekymringsmelding.feilet.v1";
/** Fiks IO to whoever sent a message that expired; no body, `svar-til` names the message. */
export const tidsavbrudd = "no.ks.fiks.kvittering.tidsavbrudd";
/** Fiks IO to the sender of a message that failed its third delivery. */
export const serverfeil = "no.ks.fiks.kvittering.serverfeil.v1";

export type FormKind = "offentlig" | "privat";
export type FormVersion = 1 | 2;

/** What a message type is, to the one who receives it. */
export type TypeMeaning =
  | { readonly kind: "content"; readonly form: FormKind; readonly version: FormVersion }
  | { readonly kind: "receipt"; readonly saying: "positive" | "negative" }
  /** About a message that was sent, never a concern itself: consumed, and not answered. */
  | { readonly kind: "control" }
  | { readonly kind: "unknown" };

const controlPrefix = "no.ks.fiks.kvittering.";
const unknown: TypeMeaning = { kind: "unknown" };
const control: TypeMeaning = { kind: "control" };
const meanings: ReadonlyMap<string, TypeMeaning> = new Map<string, TypeMeaning>([
  [offentligV1, { kind: "content", form: "offentlig", version: 1 }],
  [offentligV2, { kind: "content", form: "offentlig", version: 2 }],
  [privatV1, { kind: "content", form: "privat", version: 1 }],
  [privatV2, { kind: "content", form: "privat", version: 2 }],
  [mottatt, { kind: "receipt", saying: "positive" }],
  [feilet, { kind: "receipt", saying: "negative" }],
  [tidsavbrudd, control],
  [serverfeil, control],
]);

/** What a type means; every `no.ks.fiks.kvittering.…` is control, what is not known here is unknown. */
export function meaningOf(type: string): TypeMeaning {
  return meanings.get(type) ?? (type.startsWith(controlPrefix) ? control : unknown);
}

/** The type a concern message is sent as. */
export function typeOf(form: FormKind, version: FormVersion): string {
  if (form === "offentlig") return version === 1 ? offentligV1 : offentligV2;
  return version === 1 ? privatV1 : privatV2;
}
