import { ContainerError, type ContainerFile, formName, pdfName, unpack } from "../../contracts/fiks/container.ts";
import type { FormKind } from "../../contracts/fiks/types.ts";
import type { Account } from "./accounts.ts";
import type { Arrival } from "./arrival.ts";
import type { Concern, Content } from "./concern.ts";
import { registered } from "./documents.ts";
import type { Policy } from "./policy.ts";

const decoder = new TextDecoder("utf-8", { fatal: true });

/**
 * Reads a message of a known type, and holds it against the account it came on.
 *
 * @param nowMs Ms since the epoch; only some compare what they read with the time.
 */
export function contentOf(arrival: Arrival, form: FormKind, policy: Policy, nowMs: number): Content {
  const defective = (reason: string): Content => ({ kind: "defective", reason });
  if (arrival.id === undefined || arrival.sourceId === undefined) return defective("no-id");
  let files: readonly ContainerFile[] = [];
  try {
    files = unpack(arrival.body);
  } catch (error) {
    if (!(error instanceof ContainerError)) throw error;
    if (policy.container === "whole") return defective("container-not-whole");
  }
  const formFile = files.find((file) => file.name === formName);
  const documents = files.filter((file) => file !== formFile && !isEnvelope(file.name));
  if (policy.container === "whatever is there" && formFile === undefined) return { kind: "nothing" };
  if (formFile === undefined) return defective("form-missing");
  if (policy.container === "whole" && !documents.some((file) => file.name === pdfName)) return defective("pdf-missing");
  let text: string;
  let value: unknown;
  try {
    text = policy.letters === "utf-8" ? decoder.decode(formFile.bytes) : latin1(formFile.bytes);
    value = JSON.parse(text);
  } catch {
    return defective("form-not-json");
  }
  const lacking = lackingIn(value, form);
  if (lacking !== undefined) return defective(`form-lacks:${lacking}`);
  const head = value as Head;
  if (policy.times === "with zone only" && !/(Z|[+-]\d\d:\d\d)$/.test(head.sendingstidspunkt))
    return defective("form-time-without-zone");
  if (policy.times === "as UTC, and none to come" && Date.parse(`${head.sendingstidspunkt.slice(0, 19)}Z`) > nowMs)
    return defective("form-time-to-come");
  if (head.kommunenummer !== arrival.account.municipalityNumber) return defective("other-municipality");
  const district = districtOf(head.bydelsnummer, arrival.account, policy);
  if (district === undefined) return defective("other-district");
  if (policy.district === "addressed, or none at all" && head.bydelsnummer === noDistrict) return { kind: "nothing" };
  return {
    kind: "concern",
    concern: {
      channel: "fiks-io",
      sourceId: arrival.sourceId,
      id: arrival.id,
      sameAs: { "bekymringsmelding-id": arrival.sourceId },
      type: arrival.type,
      municipalityNumber: head.kommunenummer,
      district,
      confidential: true,
      payload: payloadOf(text, value as Form, policy),
      documents: registered(documents, policy),
    },
  };
}

type Head = { readonly kommunenummer: string; readonly bydelsnummer: string; readonly sendingstidspunkt: string };
type Form = Record<string, unknown>;

const noDistrict = "00";
const column = 255;

function latin1(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("latin1");
}

function payloadOf(text: string, form: Form, { payload }: Policy): string {
  switch (payload) {
    case "unchanged":
      return text;
    case "fields of version 1":
      return withoutNewFields(form);
    case "texts of 255 letters":
      return JSON.stringify(form, (_, value: unknown) => (typeof value === "string" ? value.slice(0, column) : value));
  }
}

/** Files that a signed container holds about itself. */
function isEnvelope(name: string): boolean {
  return name === "mimetype" || name.startsWith("META-INF/");
}

/** The district the form names; where it names none, that of the account. Undefined where it is not served here. */
function districtOf(named: string, account: Account, policy: Policy): string | undefined {
  if (policy.district === "standard") return account.districts[0];
  if (named === noDistrict || named === account.district) return account.district;
  return account.districts.includes(named) ? named : undefined;
}

type Check = (value: unknown) => boolean;
const isText: Check = (value) => typeof value === "string";
const isBoolean: Check = (value) => typeof value === "boolean";
const isObject = (value: unknown): value is Form =>
  typeof value === "object" && value !== null && !Array.isArray(value);
const digits =
  (count: number): Check =>
  (value) =>
    typeof value === "string" && value.length === count && /^\d+$/.test(value);
const has =
  (fields: Readonly<Record<string, Check>>): Check =>
  (value) =>
    isObject(value) && Object.entries(fields).every(([name, check]) => check(value[name]));
const listOf =
  (check: Check, least: number, most = Number.POSITIVE_INFINITY): Check =>
  (value) =>
    Array.isArray(value) && value.length >= least && value.length <= most && value.every(check);

const address = has({ adresselinje1: isText });
const head: Readonly<Record<string, Check>> = {
  kommunenummer: digits(4),
  kommunenavn: isText,
  bydelsnummer: digits(2),
  bydelsnavn: isText,
  sendingstidspunkt: isText,
  leveringskanal: isText,
};
/** What a form must have; more than that is welcome. */
const required: Readonly<Record<FormKind, Readonly<Record<string, Check>>>> = {
  offentlig: {
    ...head,
    offentligMelder: has({
      personnavn: isText,
      rolle: isText,
      telefonnummer: isText,
      epost: isText,
      virksomhet: has({ navn: isText, adresse: address }),
    }),
    offentligBarn: listOf(
      has({ fnr: isText, ufoedt: isBoolean, personnavn: isText, adresse: address, orientert: isBoolean }),
      1,
    ),
    foresatte: listOf(has({ personnavn: isText, orientert: isBoolean }), 1, 2),
    melding: has({ melding: isText, historie: isText }),
  },
  privat: {
    ...head,
    privatMelder: has({ personnavn: isText }),
    privatBarn: listOf(has({ personnavn: isText, adresse: address }), 0),
    melding: isText,
  },
};

/** The first field of the form that is missing or of the wrong kind. */
function lackingIn(value: unknown, form: FormKind): string | undefined {
  if (!isObject(value)) return "everything";
  for (const [name, check] of Object.entries(required[form])) if (!check(value[name])) return name.toLowerCase();
  return undefined;
}

function withoutNewFields(form: Form): string {
  const { melding } = form;
  if (!isObject(melding)) return JSON.stringify(form);
  const { andreSynspunkter: _, ...known } = melding;
  return JSON.stringify({ ...form, melding: known });
}

/** Whom the concern is about, by which some hold two messages to be the same. Only a form names them. */
export function childrenIn({ channel, sourceId, payload }: Concern): string {
  if (channel !== "fiks-io") return `${channel} ${sourceId}`;
  const form = JSON.parse(payload) as {
    readonly offentligBarn?: readonly { readonly fnr: string; readonly adresse: unknown }[];
    readonly privatBarn?: readonly { readonly adresse: unknown }[];
  };
  return JSON.stringify([
    ...(form.offentligBarn ?? []).map(({ fnr, adresse }) => [fnr, adresse]),
    ...(form.privatBarn ?? []).map(({ adresse }) => adresse),
  ]);
}
