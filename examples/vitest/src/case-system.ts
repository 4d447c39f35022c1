import { createHash } from "node:crypto";
import type { Fields, File } from "./altinn.ts";
import { ask, isPassing, Passing, Refused } from "./answer.ts";

/** A message as the case system takes it in. */
export type Concern = {
  readonly id: string;
  readonly municipalityNumber: string;
  readonly district: string;
  readonly type: string;
  readonly confidential: boolean;
  readonly payload: Fields;
  readonly files: readonly File[];
};

const inlineBytes = 4_000_000;

/** The case system's intake. */
export class CaseSystem {
  readonly #url: string;
  readonly #key: Readonly<Record<string, string>>;

  constructor(baseUrl: string, apiKey: string) {
    this.#url = `${baseUrl}/intake/v1`;
    this.#key = { authorization: `Bearer ${apiKey}` };
  }

  /** Settles once the message is durably a case. 202 is not: it is only queued in memory. */
  async register(concern: Concern): Promise<void> {
    const documents: object[] = [];
    for (const { name, bytes } of concern.files) {
      const sha256 = createHash("sha256").update(bytes).digest("hex");
      const document = { name, mediaType: "application/octet-stream", sha256 };
      if (bytes.length <= inlineBytes) {
        documents.push({ ...document, contentBase64: Buffer.from(bytes).toString("base64") });
        continue;
      }
      judge((await ask("PUT", `${this.#url}/documents/${sha256}`, this.#key, bytes)).status);
      documents.push({ ...document, uploaded: true });
    }
    const { id, municipalityNumber, district, type, confidential, payload } = concern;
    const message = {
      source: { channel: "altinn-correspondence", id, sameAs: { correspondenceId: id } },
      recipient: { municipalityNumber, district },
      type,
      confidential,
      receivedAt: new Date().toISOString(),
      payload,
      documents,
    };
    const key = { ...this.#key, "content-type": "application/json", "idempotency-key": `altinn-correspondence:${id}` };
    judge((await ask("POST", `${this.#url}/messages`, key, JSON.stringify(message))).status);
  }

  /** Puts something on the worklist for deviations; says which message it is, and nothing of what is in it. */
  async report(reason: string, id: string | undefined): Promise<void> {
    const source = { channel: "altinn-correspondence", ...(id === undefined ? {} : { id }) };
    const headers = { ...this.#key, "content-type": "application/json" };
    const body = JSON.stringify({ source, reason, retrievable: true });
    judge((await ask("POST", `${this.#url}/deviations`, headers, body)).status);
  }
}

function judge(status: number): void {
  if (status === 200 || status === 201) return;
  if (isPassing(status)) throw new Passing(`the case system answered ${status}`);
  throw new Refused(`case-system-refused:${status}`);
}
