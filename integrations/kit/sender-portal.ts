import { formName, pack, pdfName } from "../../contracts/fiks/container.ts";
import { meaningOf } from "../../contracts/fiks/types.ts";
import type { Endpoints } from "../../port/endpoints.ts";
import type { Host } from "../../port/host.ts";
import type { Tokens } from "./maskinporten.ts";
import { field, jsonOf } from "./request.ts";
import { type SenderChannel, type Sent, type Standing, unsent } from "./sender-channel.ts";
import { type Limits, peoplesLimits, waysLimit } from "./sender-deadline.ts";
import type { Delivery, Part } from "./sender-journal.ts";
import { type Line, lineTo } from "./sender-line.ts";

const boundary = "komfrem-police-part";
const standardDistrict = "00";

/** The portal goes to paper by itself where its receiver is silent for two working days: that is waited for. */
const portalsLimits: Limits = { warn: peoplesLimits.warn, otherWay: waysLimit };
/** Answers that say that nothing was taken on. */
const untriedCodes: ReadonlySet<number> = new Set([401, 429, 503]);

/**
 * The portal's producer API. It knows no key and no reference, so what became of a try without an answer cannot be
 * looked up: whether it can be reached is asked before, and after such a try it is not tried again.
 *
 * @source fiks.md, section 1
 */
export function portalChannel(host: Host, portal: NonNullable<Endpoints["portal"]>, tokens: Tokens): SenderChannel {
  const line = lineTo(host, portal.apiBaseUrl, tokens, {
    IntegrasjonId: portal.integrationId,
    IntegrasjonPassord: portal.integrationPassword,
  });
  const base = (version: number): string => `/bekymringsmelding/api/v${version}/mottak/fagsystem/${portal.fiksOrgId}`;
  return {
    name: "fiks-io",
    limits: portalsLimits,
    takes: ({ kind }, parts) =>
      meaningOf(kind).kind === "content" &&
      [formName, pdfName].every((needed) => parts.some(({ name }) => name === needed)),
    async hindered({ kind, recipient, district }: Delivery) {
      const meaning = meaningOf(kind);
      if (meaning.kind !== "content") return { kind: "refused", reason: "not-for-this-channel" };
      return notServed(line, meaning.version, recipient.municipalityNumber, district ?? standardDistrict);
    },
    async send({ kind, recipient, district: number }: Delivery, _key, parts): Promise<Sent> {
      const meaning = meaningOf(kind);
      if (meaning.kind !== "content") return { kind: "refused", reason: "not-for-this-channel" };
      const district = number ?? standardDistrict;
      const heard = await line(`${base(meaning.version)}/${recipient.municipalityNumber}/${district}/${meaning.form}`, {
        method: "POST",
        headers: { "content-type": `multipart/form-data; boundary=${boundary}` },
        body: multipart(parts),
      });
      const id = heard?.status === 201 ? field(jsonOf(heard), "uuid") : undefined;
      if (id !== undefined) return { kind: "sent", id };
      const tried = unsent(heard);
      return tried.kind === "passing" && heard !== undefined && untriedCodes.has(heard.status)
        ? { ...tried, untried: true }
        : tried;
    },
    find: async () => ({ kind: "unsure" }),
    async ask(watched): Promise<ReadonlyMap<string, Standing> | undefined> {
      const standings = new Map<string, Standing>();
      for (const { id, delivery } of watched) {
        const meaning = meaningOf(delivery.kind);
        const version = meaning.kind === "content" ? meaning.version : 1;
        const heard = await line(`${base(version)}/bekymringsmelding/${id}/status`);
        const history = heard?.status === 200 ? jsonOf(heard) : undefined;
        if (heard?.status === 404) standings.set(id, { kind: "failed", reason: "not-known-any-more", gone: true });
        else if (Array.isArray(history)) standings.set(id, standingOf(history));
        else return undefined;
      }
      return standings;
    },
  };
}

/** Why nothing can be sent there now, or ever. An empty list: the municipality is not there. */
async function notServed(
  line: Line,
  version: number,
  municipality: string,
  district: string,
): Promise<Exclude<Sent, { readonly kind: "sent" }> | undefined> {
  const heard = await line(`/bekymringsmelding/api/v${version}/kommuner/${municipality}/bydeler`);
  const districts = heard?.status === 200 ? jsonOf(heard) : undefined;
  if (!Array.isArray(districts)) return { kind: "passing", retryAfterMs: 0, untried: true };
  const found = districts.some((one) => district === standardDistrict || field(one, "bydelsnummer") === district);
  return found ? undefined : { kind: "refused", reason: "no-such-district" };
}

/** Refused by the receiver's system it goes to paper by itself; refused by the printer too it goes nowhere. */
function standingOf(history: readonly unknown[]): Standing {
  const states = history.map((entry) => field(entry, "tilstand"));
  if (states.includes("LEVERT")) return { kind: "ended" };
  return states.includes("AVVIST_PRINT") ? { kind: "failed", reason: "not-printed", gone: true } : { kind: "open" };
}

/** The PDF for the print vendor, and all of it for the receiver. */
function multipart(parts: readonly Part[]): Uint8Array {
  const head = (name: string, fileName: string): string =>
    `--${boundary}\r\nContent-Disposition: form-data; name="${name}"; filename="${fileName}"\r\nContent-Type: application/octet-stream\r\n\r\n`;
  const pdf = parts.find(({ name }) => name === pdfName)?.bytes ?? new Uint8Array(0);
  return Buffer.concat([
    Buffer.from(head("bekymringsmelding", pdfName)),
    pdf,
    Buffer.from(`\r\n${head("asice", "asice.zip")}`),
    pack(parts),
    Buffer.from(`\r\n--${boundary}--\r\n`),
  ]);
}
