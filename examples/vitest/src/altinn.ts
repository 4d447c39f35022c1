import { createHash } from "node:crypto";
import { type Answer, ask, isPassing, jsonOf, NoRight, Passing, Refused, textOf } from "./answer.ts";
import type { Tokens } from "./tokens.ts";

export type Fields = Readonly<Record<string, unknown>>;
export type Attachment = { readonly id: string; readonly fileName?: string; readonly checksum?: string };
export type File = { readonly name: string; readonly bytes: Uint8Array<ArrayBuffer> };

const lookBackMs = 90 * 24 * 3_600_000;
/** Altinn's code for a right that is lacking; it comes with 401 like a bad token. */
const noRight = /0?4001\b/;

/** The recipient's side of Altinn Correspondence. */
export class Altinn {
  readonly #url: string;
  readonly #tokens: Tokens;

  constructor(baseUrl: string, tokens: Tokens) {
    this.#url = `${baseUrl}/correspondence/api/v1/correspondence`;
    this.#tokens = tokens;
  }

  /** Ids of what lies in a resource, oldest first. */
  async list(resourceId: string): Promise<readonly string[]> {
    const from = new Date(Date.now() - lookBackMs).toISOString();
    const query = new URLSearchParams({ resourceId, role: "Recipient", from });
    const { ids } = jsonOf(await this.#ask("GET", `?${query}`)) as { readonly ids: readonly string[] };
    return ids.toReversed();
  }

  async overview(id: string): Promise<Fields> {
    return jsonOf(await this.#ask("GET", `/${id}`)) as Fields;
  }

  async download(id: string, { id: attachment, fileName = "", checksum }: Attachment): Promise<File> {
    const { bytes } = await this.#ask("GET", `/${id}/attachment/${attachment}/download`);
    const sum = createHash("md5").update(bytes).digest("hex");
    if (checksum !== undefined && checksum !== null && sum !== checksum.toLowerCase())
      throw new Passing("a file has another checksum");
    return { name: fileName, bytes };
  }

  /** @returns Whether Altinn has noted it: that it was accepted does not say so. */
  async confirm(id: string): Promise<boolean> {
    const { statusHistory } = jsonOf(await this.#ask("GET", `/${id}/details`)) as {
      readonly statusHistory: readonly { readonly status: string }[];
    };
    if (statusHistory.some(({ status }) => status === "Confirmed")) return true;
    await this.#ask("POST", `/${id}/confirm`);
    return false;
  }

  async markAsRead(id: string): Promise<void> {
    await this.#ask("POST", `/${id}/markasread`);
  }

  async #ask(method: string, path: string): Promise<Answer> {
    for (let tries = 1; ; tries++) {
      const answer = await ask(method, this.#url + path, { authorization: `Bearer ${await this.#tokens.get()}` });
      const { status } = answer;
      if (status < 300) return answer;
      if (status === 403 || (status === 401 && noRight.test(textOf(answer)))) throw new NoRight("no right");
      if (status === 401 && tries === 1) this.#tokens.forget();
      else if (isPassing(status)) throw new Passing(`Altinn answered ${status}`);
      else throw new Refused(`altinn-refused:${status}`);
    }
  }
}
