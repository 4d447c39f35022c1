import { attachmentStatusNumbers, roleNumbers, statusNumbers } from "../../contracts/altinn/statuses.ts";
import { operations } from "../../contracts/boundaries.ts";
import { failureName, formName, pdfName } from "../../contracts/fiks/container.ts";
import * as types from "../../contracts/fiks/types.ts";
import { resourceIds } from "../../worlds/endpoints.ts";

/** The words of the wires themselves: whatever is none of them may be somebody's, and stands in no contract. */
const words: ReadonlySet<string> = new Set<string>([
  ...Object.keys(statusNumbers),
  ...Object.keys(attachmentStatusNumbers),
  ...Object.keys(roleNumbers),
  ...Object.keys(operations),
  ...Object.values(types).filter((value) => typeof value === "string"),
  ...Object.values(resourceIds),
  ...["fiks-io", "altinn-broker", "altinn-correspondence", "altinn-dispatch", "eformidling", "svarinn"],
  ...["queued", "registered", "rejected"],
  ...["sent", "opened", "contentDeleted"],
  ...["offentlig", "privat", "v1", "v2", "V1", "V2"],
  ...["true", "false", "nb", "nn", "en"],
  ...["AKSEPTERT", "SENDT_FAGSYSTEM", "LEVERT", "AVVIST_FAGSYSTEM", "SENDT_PRINT", "AVVIST_PRINT"],
  ...["application/pdf", "application/octet-stream", "application/json", "text/plain", "image/jpeg"],
  ...["GenericAltinnMessage", "EmailPreferred", "Email", "Sms", "SmsPreferred"],
  ...[formName, pdfName, failureName],
  "urn:ietf:params:oauth:grant-type:jwt-bearer",
  "Bearer",
]);

export function isWord(text: string): boolean {
  return words.has(text);
}
