import { createHash } from "node:crypto";
import type { Host } from "../../port/host.ts";
import type { AltinnTokens } from "./altinn-tokens.ts";
import { field, type Heard, jsonOf } from "./request.ts";
import { type Found, type SenderChannel, type Sent, type Standing, unsent, type Watched } from "./sender-channel.ts";
import { hourMs, peoplesLimits } from "./sender-deadline.ts";
import type { Delivery, Part } from "./sender-journal.ts";
import { type Line, lineTo } from "./sender-line.ts";
import type { SenderPolicy } from "./sender-policy.ts";

const correspondences = "/correspondence/api/v1/correspondence";
const attachments = "/correspondence/api/v1/attachment";
const organization = "urn:altinn:organization:identifier-no:";
const dueMs = 7 * 24 * hourMs;
/** Details may be asked for ten times a minute. */
const detailsApartMs = 6500;
const scanMs = 5000;
const firstLookMs = hourMs / 2;

/** Says nothing of what it is about: whoever sees the inbox sees this. */
const content = {
  language: "nb",
  messageTitle: "Henvendelse fra politiet",
  messageSummary: "Henvendelse fra politiet",
  messageBody:
    "Politiet har sendt dere en henvendelse. Innholdet ligger i vedleggene. Bekreft når dere har tatt den imot.",
  attachments: [],
};

/**
 * Correspondence, with a confirmation asked for and a notice. What was confirmed or failed is on two lists; all others
 * are asked about one by one, ever less often, and when something must be done about them.
 *
 * @source altinn.md, section 2 and C1-C12
 */
export function correspondenceChannel(
  host: Host,
  baseUrl: string,
  tokens: AltinnTokens,
  policy: SenderPolicy,
): SenderChannel {
  const line = lineTo(host, baseUrl, tokens);
  const resourceOf = ({ recipient, confidential }: Delivery): string | undefined => {
    const ids = host.endpoints.recipients.find(
      ({ organizationNumber }) => organizationNumber === recipient.organizationNumber,
    )?.altinn?.resourceIds;
    return confidential ? ids?.confidentialCorrespondence : ids?.correspondence;
  };
  const nextLooks = new Map<string, number>();
  /** What was uploaded for a copy that is not sent yet, in the order of its parts. */
  const uploads = new Map<string, string[]>();
  return {
    name: "altinn-correspondence",
    limits: peoplesLimits,
    takes: (delivery) => resourceOf(delivery) !== undefined,
    async send(delivery, key, parts): Promise<Sent> {
      const resourceId = resourceOf(delivery);
      if (resourceId === undefined) return { kind: "refused", reason: "not-for-this-channel" };
      const ids = uploads.get(key) ?? [];
      uploads.set(key, ids);
      for (const part of parts.slice(ids.length)) {
        const uploaded = await upload(line, delivery, resourceId, part);
        if (uploaded.kind !== "sent") return uploaded;
        ids.push(uploaded.id);
      }
      for (const id of ids) {
        const scanned = await scan(line, id);
        if (scanned !== "clean") return scanned;
      }
      const heard = await postJson(line, correspondences, {
        correspondence: correspondenceOf(delivery, resourceId, host.clock.now()),
        recipients: [organization + delivery.recipient.organizationNumber],
        existingAttachments: ids,
        idempotentKey: key,
      });
      // It was taken on before: which one that is stands on a list only.
      if (heard?.status === 409) {
        const found = await findIn(line, resourceId, key);
        return found.kind === "sent" ? found : { kind: "passing", retryAfterMs: 0 };
      }
      const made = heard?.status === 200 ? jsonOf(heard) : undefined;
      const [first] = (made as { readonly correspondences?: readonly unknown[] } | undefined)?.correspondences ?? [];
      const id = field(first, "correspondenceId");
      if (id === undefined) return unsent(heard);
      uploads.delete(key);
      return { kind: "sent", id };
    },
    find: async (delivery, key) => findIn(line, resourceOf(delivery) ?? "", key),
    async ask(watched): Promise<ReadonlyMap<string, Standing> | undefined> {
      const noted = await notedIn(line, watched, resourceOf, policy);
      if (noted === undefined) return undefined;
      const standings = new Map<string, Standing>();
      for (const { id, sentMs, pressing } of watched) {
        const now = host.clock.now();
        if (!pressing && !noted.has(id) && now < (nextLooks.get(id) ?? 0)) continue;
        if (standings.size > 0) await host.clock.sleep(detailsApartMs, host.signal);
        const heard = await line(`${correspondences}/${id}/details`);
        if (heard?.status === 404) standings.set(id, { kind: "failed", reason: "not-known-any-more", gone: true });
        else if (heard?.status === 200) standings.set(id, standingOf(jsonOf(heard), policy));
        else return standings.size > 0 ? standings : undefined;
        nextLooks.set(id, now + Math.max(now - sentMs, firstLookMs));
        if (standings.get(id)?.kind === "ended") nextLooks.delete(id);
      }
      return standings;
    },
  };
}

function correspondenceOf(
  { reference, district, recipient, confidential }: Delivery,
  resourceId: string,
  nowMs: number,
) {
  return {
    resourceId,
    sendersReference: reference,
    content,
    dueDateTime: new Date(nowMs + dueMs).toISOString(),
    isConfirmationNeeded: true,
    isConfidential: confidential,
    propertyList: {
      kommunenummer: recipient.municipalityNumber,
      ...(district === undefined ? {} : { bydelsnummer: district }),
    },
    notification: {
      notificationTemplate: "GenericAltinnMessage",
      notificationChannel: "EmailPreferred",
      sendReminder: true,
    },
  };
}

/** An attachment that was begun and not used stays behind, and is nobody's message. */
async function upload(line: Line, { reference }: Delivery, resourceId: string, part: Part): Promise<Sent> {
  const begun = await postJson(line, attachments, {
    resourceId,
    fileName: part.name,
    displayName: part.name,
    sendersReference: reference,
    isEncrypted: false,
    checksum: createHash("md5").update(part.bytes).digest("hex"),
  });
  const id = begun?.status === 200 ? jsonOf(begun) : undefined;
  if (typeof id !== "string") return unsent(begun);
  const heard = await line(`${attachments}/${id}/upload`, {
    method: "POST",
    headers: { "content-type": "application/octet-stream" },
    body: part.bytes,
  });
  if (heard?.status === 200) return { kind: "sent", id };
  if (heard?.status !== 400) return unsent(heard);
  // A file is taken once: what is refused may be what came a second time, on a line that repeats.
  const seen = await line(`${attachments}/${id}`);
  if (seen?.status !== 200) return unsent(seen);
  return field(jsonOf(seen), "status") === "Initialized" ? unsent(heard) : { kind: "sent", id };
}

/** Whether a file was found clean; it is part of no correspondence before. */
async function scan(line: Line, id: string): Promise<"clean" | Sent> {
  const heard = await line(`${attachments}/${id}`);
  const status = heard?.status === 200 ? field(jsonOf(heard), "status") : undefined;
  if (status === "Published") return "clean";
  if (status === "Failed" || status === "Purged") return { kind: "refused", reason: "file-refused" };
  return { kind: "passing", retryAfterMs: scanMs, untried: true };
}

async function findIn(line: Line, resourceId: string, key: string): Promise<Found> {
  const ids = idsIn(await line(`${correspondences}?${query({ resourceId, role: "Sender", idempotentKey: key })}`));
  if (ids === undefined) return { kind: "passing", retryAfterMs: 0 };
  const [id] = ids;
  return id === undefined ? { kind: "absent" } : { kind: "sent", id };
}

/** Those of which a list says that something has happened. Lists go by the time of asking for publication. */
async function notedIn(
  line: Line,
  watched: readonly Watched[],
  resourceOf: (delivery: Delivery) => string | undefined,
  policy: SenderPolicy,
): Promise<ReadonlySet<string> | undefined> {
  const from = new Date(Math.min(...watched.map(({ sentMs }) => sentMs)) - 24 * hourMs).toISOString();
  const noted = new Set<string>();
  for (const resourceId of new Set(watched.map(({ delivery }) => resourceOf(delivery) ?? "")))
    for (const status of [policy.end === "read" ? "Read" : "Confirmed", "Failed"]) {
      const ids = idsIn(await line(`${correspondences}?${query({ resourceId, role: "Sender", status, from })}`));
      if (ids === undefined) return undefined;
      for (const id of ids) noted.add(id);
    }
  return noted;
}

const failures: ReadonlyMap<string, string> = new Map([
  ["Failed", "not-published"],
  ["Reserved", "reserved"],
  ["PurgedByRecipient", "purged-unread"],
  ["PurgedByAltinn", "purged-unread"],
]);

/** The history tells; the one status of the overview is the highest and not the last. That it was read says nothing of people. */
function standingOf(details: unknown, policy: SenderPolicy): Standing {
  const { statusHistory = [], notifications = [] } = (details ?? {}) as {
    readonly statusHistory?: readonly unknown[];
    readonly notifications?: readonly unknown[];
  };
  const statuses = statusHistory.map((event) => field(event, "status") ?? "");
  if (statuses.includes("Confirmed") || (policy.end === "read" && statuses.includes("Read"))) return { kind: "ended" };
  for (const status of statuses) {
    const reason = failures.get(status);
    if (reason !== undefined) return { kind: "failed", reason, gone: true };
  }
  const notices = notifications.flatMap(sendStatusesIn);
  if (notices.length > 0 && notices.every((status) => status.startsWith("Failed")))
    return { kind: "failed", reason: "notice-failed", gone: false };
  return { kind: "open" };
}

type Receipt = { readonly sendStatus?: { readonly status?: unknown } } | null;

/** What became of a notice at each address. A reminder comes a week later, if at all. */
function sendStatusesIn(notification: unknown): string[] {
  const { isReminder, notificationStatusDetails: details } = (notification ?? {}) as {
    readonly isReminder?: boolean;
    readonly notificationStatusDetails?: {
      readonly email?: Receipt;
      readonly sms?: Receipt;
      readonly emails?: readonly Receipt[] | null;
      readonly smses?: readonly Receipt[] | null;
    } | null;
  };
  if (isReminder === true) return [];
  return [details?.email, details?.sms, ...(details?.emails ?? []), ...(details?.smses ?? [])].flatMap((receipt) => {
    const status = receipt?.sendStatus?.status;
    return typeof status === "string" ? [status] : [];
  });
}

function idsIn(heard: Heard | undefined): readonly string[] | undefined {
  if (heard?.status !== 200) return undefined;
  const { ids } = (jsonOf(heard) ?? {}) as { readonly ids?: unknown };
  return Array.isArray(ids) ? ids.filter((id) => typeof id === "string") : undefined;
}

async function postJson(line: Line, path: string, value: object): Promise<Heard | undefined> {
  return line(path, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(value),
  });
}

function query(fields: Readonly<Record<string, string>>): string {
  return new URLSearchParams(fields).toString();
}
