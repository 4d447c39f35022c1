import { createHash } from "node:crypto";

/**
 * What stands in a contract in place of ids, times, credentials and content: the same in every contract, and made up
 * here. Whoever answers for a provider state puts its own values in their place (docs/contracts.md).
 */
export const agreed = {
  token: "contract-token",
  assertion: "contract.assertion.signature",
  key: "contract-key",
  boundary: "komfrem-contract",
  /** When everything takes place. */
  instant: "2023-05-08T09:00:00+02:00",
  local: "2023-05-08T09:00:00",
  /** Where lists begin: before anything was sent. */
  from: "2023-05-01T00:00:00.000Z",
  municipality: "4690",
  municipalityName: "Fjordvik",
  district: "01",
  organization: "310000000",
  text: "text",
  idNumber: "00000000000",
} as const;

/** Stands for every file. */
export const agreedDocument: Uint8Array = new TextEncoder().encode("%PDF-1.4\n% a document of a contract\n%%EOF\n");

export const documentSha256: string = createHash("sha256").update(agreedDocument).digest("hex");
export const documentMd5: string = createHash("md5").update(agreedDocument).digest("hex");
export const documentBase64: string = Buffer.from(agreedDocument).toString("base64");

export const subjects = [
  "source",
  "melding",
  "account",
  "sender account",
  "correspondence",
  "attachment",
  "dispatch",
  "submission",
  "queue",
  "organization",
  "integration",
  "password",
  "resource",
  "key",
  "other",
] as const;
export type Subject = (typeof subjects)[number];

/** The agreed id of something. */
export function idOf(subject: Subject): string {
  return `c0117ac7-0000-4000-8000-${String(subjects.indexOf(subject) + 1).padStart(12, "0")}`;
}

/** What a field or parameter of this name is the id of. */
const byName: Readonly<Record<string, Subject>> = {
  "source.id": "source",
  "bekymringsmelding-id": "source",
  "egendefinert-header.bekymringsmelding-id": "source",
  klientMeldingId: "source",
  "egendefinert-header.klientMeldingId": "source",
  "melding-id": "melding",
  svarPaMelding: "melding",
  "svar-til": "melding",
  avsenderKontoId: "account",
  mottakerKontoId: "sender account",
  "avsender-id": "sender account",
  correspondenceId: "correspondence",
  attachmentId: "attachment",
  attachmentIds: "attachment",
  existingAttachments: "attachment",
  dispatchId: "dispatch",
  bekymringsmeldingId: "submission",
  organization: "organization",
  integrasjonid: "integration",
  integrasjonpassord: "password",
  "bydel-ressurs-id": "resource",
  "egendefinert-header.bydel-ressurs-id": "resource",
  idempotentKey: "key",
  "idempotency-key": "key",
};

const uuids = "[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}";

/** How values of one kind look, and what stands for them; the first that fits. */
type Look = {
  readonly looks: RegExp;
  /** As Pact's verifier reads it. */
  readonly regex: string;
  readonly stands: (name: string, value: string) => string;
};

const looks: readonly Look[] = [
  {
    looks: new RegExp(`^${uuids}$`),
    regex: `^${uuids}$`,
    stands: (name) => idOf(byName[name] ?? "other"),
  },
  {
    looks: /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/,
    regex: "^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(\\.\\d+)?(Z|[+-]\\d\\d:\\d\\d)$",
    stands: (name) => (name === "from" ? agreed.from : agreed.instant),
  },
  {
    looks: /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?$/,
    regex: "^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(\\.\\d+)?$",
    stands: () => agreed.local,
  },
  { looks: /^[0-9a-f]{64}$/, regex: "^[0-9a-f]{64}$", stands: () => documentSha256 },
  { looks: /^[0-9a-f]{32}$/i, regex: "^[0-9a-fA-F]{32}$", stands: () => documentMd5 },
  {
    looks: /^[\w-]{10,}\.[\w-]{10,}\.[\w-]{10,}$/,
    regex: "^[\\w-]+\\.[\\w-]+\\.[\\w-]+$",
    stands: () => agreed.assertion,
  },
  {
    looks: /^urn:altinn:organization:identifier-no:\d{9}$/,
    regex: "^urn:altinn:organization:identifier-no:\\d{9}$",
    stands: () => `urn:altinn:organization:identifier-no:${agreed.organization}`,
  },
];

const byField: Readonly<Record<string, { readonly value: string; readonly regex?: string }>> = {
  municipality: { value: agreed.municipality, regex: "^\\d{4}$" },
  kommunenummer: { value: agreed.municipality, regex: "^\\d{4}$" },
  municipalityNumber: { value: agreed.municipality, regex: "^\\d{4}$" },
  kommunenavn: { value: agreed.municipalityName },
  district: { value: agreed.district, regex: "^\\d{2}$" },
  bydelsnummer: { value: agreed.district, regex: "^\\d{2}$" },
  organizationNumber: { value: agreed.organization, regex: "^\\d{9}$" },
  orgnr: { value: agreed.organization, regex: "^\\d{9}$" },
  fileName: { value: "file.pdf" },
  displayName: { value: "file.pdf" },
  contentBase64: { value: documentBase64, regex: "^[A-Za-z0-9+/_-]*={0,2}$" },
};

/** What stands in a contract for a text, and how it is matched where its type alone says too little. */
export type Standing = { readonly value: string; readonly regex?: string };

/** @param name Of the field, parameter or header. */
export function standing(name: string, value: string): Standing {
  const field = byField[name];
  if (field !== undefined) return field;
  if (name === "idempotency-key" || name === "idempotentKey")
    return { value: new RegExp(`^${uuids}$`).test(value) ? idOf("key") : agreed.key };
  // Whatever a vendor's id of a message looks like, it is an id of a message.
  if (name === "source.id") return { value: idOf("source") };
  for (const { looks: form, regex, stands } of looks)
    if (form.test(value)) return { value: stands(name, value), regex };
  if (/^\d+$/.test(value)) return { value: "0".repeat(value.length), regex: `^\\d{${value.length}}$` };
  return { value: value === "" ? "" : agreed.text };
}
