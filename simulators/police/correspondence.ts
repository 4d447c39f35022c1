import { hash } from "node:crypto";
import { dayMs, rfc3339 } from "../../core/calendar.ts";
import type { SentDelivery } from "../manifest.ts";
import type { Bytes, WireRequest } from "../wire.ts";
import { filesOf, jsonIn, listIn, type Sending, type Standing, textOf, unsent, type Way } from "./way.ts";

/** The resources of the police in Altinn. */
export type ResourceIds = { readonly ordinary: string; readonly confidential: string };

const base = "/correspondence/api/v1/correspondence";
const organization = "urn:altinn:organization:identifier-no:";
const boundary = "komfrem-police-mail-part";
const nothing: Bytes = new Uint8Array(0);
/** The law gives the office one week. */
const dueMs = 7 * dayMs;

/** Correspondence, in one upload with all its files, under one idempotency key. */
export function correspondenceWay(token: () => string, resourceIds: ResourceIds): Way {
  const resourceId = ({ delivery }: Sending): string => resourceIds[classOf(delivery)];
  const get = (path: string, query: WireRequest["query"]): WireRequest => ({
    method: "GET",
    path,
    query,
    headers: { authorization: `Bearer ${token()}` },
    body: nothing,
  });
  return {
    send: (sending) => ({
      method: "POST",
      path: `${base}/upload`,
      query: {},
      headers: {
        authorization: `Bearer ${token()}`,
        "content-type": `multipart/form-data; boundary=${boundary}`,
      },
      body: formOf(fieldsOf(sending, resourceId(sending)), filesOf(sending.delivery)),
    }),
    sent(answer) {
      const { status } = answer.reply;
      // The key is known: it was taken on before, and that answer got lost.
      if (status === 409) return { kind: "taken", id: undefined };
      if (status !== 200) return unsent(status);
      const id = listIn(jsonIn(answer), "correspondences")?.[0]?.correspondenceId;
      return { kind: "taken", id: typeof id === "string" ? id : undefined };
    },
    find: (sending) => get(base, { resourceId: resourceId(sending), role: "Sender", idempotentKey: sending.key }),
    found(answer) {
      const ids = answer.reply.status === 200 ? (jsonIn(answer) as { readonly ids?: unknown } | null)?.ids : undefined;
      if (!Array.isArray(ids)) return { kind: "unheard" };
      const [id] = ids;
      return typeof id === "string" ? { kind: "there", id } : { kind: "absent" };
    },
    ask: (ids) => ids.map((id) => ({ request: get(`${base}/${id}/details`, {}), ids: [id] })),
    standing(answer): Standing {
      if (answer.reply.status === 404) return "failed";
      const history = answer.reply.status === 200 ? listIn(jsonIn(answer), "statusHistory") : undefined;
      if (history === undefined) return "unheard";
      const has = (statuses: readonly string[]) => history.some(({ status }) => statuses.includes(String(status)));
      if (has(["Read", "Confirmed"])) return "opened";
      return has(["Failed", "Reserved", "PurgedByRecipient", "PurgedByAltinn"]) ? "failed" : "unopened";
    },
  };
}

function classOf({ class: named }: SentDelivery): "ordinary" | "confidential" {
  return named ?? "confidential";
}

type Field = readonly [name: string, value: string];

/** @source altinn.md 2.2 */
function fieldsOf(
  { delivery, mail, recipient, municipalityNumber, key, sentMs }: Sending,
  resourceId: string,
): Field[] {
  const { label, title = "", district } = delivery;
  const of = (prefix: string, fields: Readonly<Record<string, string | number | boolean>>): Field[] =>
    Object.entries(fields).map(([name, value]) => [`${prefix}${name}`, String(value)]);
  return [
    ...of("Correspondence.", {
      ResourceId: resourceId,
      SendersReference: label,
      IsConfidential: classOf(delivery) === "confidential",
      ...(mail.confirmation === true
        ? { IsConfirmationNeeded: true, DueDateTime: rfc3339(sentMs - (sentMs % 1000) + dueMs) }
        : {}),
      "PropertyList[kommunenummer]": municipalityNumber,
      ...(district === undefined ? {} : { "PropertyList[bydelsnummer]": district }),
    }),
    ...of("Correspondence.Content.", {
      Language: "nb",
      MessageTitle: title,
      MessageSummary: "Henvendelse fra politiet",
      MessageBody: textOf(delivery),
    }),
    ...filesOf(delivery).flatMap(({ name, bytes }, i) =>
      of(`Correspondence.Content.Attachments[${i}].`, {
        FileName: name,
        DisplayName: name,
        IsEncrypted: false,
        Checksum: hash("md5", bytes),
        SendersReference: label,
        DataLocationType: "NewCorrespondenceAttachment",
        ...(mail.filesLiveDays === undefined ? {} : { ExpirationInDays: mail.filesLiveDays }),
      }),
    ),
    ...(mail.notice === true
      ? of("Correspondence.Notification.", {
          NotificationTemplate: "GenericAltinnMessage",
          NotificationChannel: "Email",
          SendReminder: true,
        })
      : []),
    ["Recipients[0]", organization + recipient],
    ["IdempotentKey", key],
  ];
}

function formOf(fields: readonly Field[], files: SentDelivery["parts"]): Bytes {
  const part = (headers: readonly string[], content: Bytes): Bytes[] => [
    Buffer.from(`--${boundary}\r\n${headers.join("\r\n")}\r\n\r\n`),
    content,
    Buffer.from("\r\n"),
  ];
  return Buffer.concat([
    ...fields.flatMap(([name, value]) => part([`Content-Disposition: form-data; name="${name}"`], Buffer.from(value))),
    ...files.flatMap(({ name, mediaType, bytes }) =>
      part(
        [`Content-Disposition: form-data; name="attachments"; filename="${name}"`, `Content-Type: ${mediaType}`],
        bytes,
      ),
    ),
    Buffer.from(`--${boundary}--\r\n`),
  ]);
}
