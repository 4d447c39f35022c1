import { pdfName } from "../../contracts/fiks/container.ts";
import type { SentDelivery } from "../manifest.ts";
import type { Bytes, WireRequest } from "../wire.ts";
import type { PortalSender } from "./portal.ts";

const boundary = "komfrem-portal-part";
const part = (name: string, fileName: string): Bytes =>
  Buffer.from(
    `--${boundary}\r\nContent-Disposition: form-data; name="${name}"; filename="${fileName}"\r\nContent-Type: application/octet-stream\r\n\r\n`,
  );
const pdfHead = part("bekymringsmelding", pdfName);
const containerHead = Buffer.concat([Buffer.from("\r\n"), part("asice", "asice.zip")]);
const end = Buffer.from(`\r\n--${boundary}--\r\n`);
const emptyPage: Bytes = Buffer.from("%PDF-1.4\n%%EOF\n");

/** The multipart upload of fiks.md 1.2: the PDF for the print vendor, the container for the receiver. */
export function submissionOf(
  delivery: SentDelivery,
  container: Bytes,
  sender: PortalSender,
  token: string,
): WireRequest {
  const pdf = delivery.parts.find(({ name }) => name === pdfName)?.bytes ?? emptyPage;
  return {
    method: "POST",
    path: `/bekymringsmelding/api/v${delivery.version}/mottak/fagsystem/${sender.fiksOrgId}/${delivery.municipalityNumber}/${delivery.district ?? "00"}/${delivery.messageKind}`,
    query: {},
    headers: {
      authorization: `Bearer ${token}`,
      integrasjonid: sender.integrationId,
      integrasjonpassord: sender.integrationPassword,
      "content-type": `multipart/form-data; boundary=${boundary}`,
    },
    body: Buffer.concat([pdfHead, pdf, containerHead, container, end]),
  };
}
