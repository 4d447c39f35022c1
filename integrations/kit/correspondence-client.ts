import type { Host, HostRequest } from "../../port/host.ts";
import { AltinnTokens } from "./altinn-tokens.ts";
import { NoTokenError } from "./maskinporten.ts";
import { ask, askForBytes, field, type Heard, type HeardBytes, jsonOf, retryAfterMs } from "./request.ts";

/** What asking came to. */
export type Answered<Answer> =
  | { readonly kind: "heard"; readonly answer: Answer }
  /** The token is good, and what it is used for is not allowed. */
  | { readonly kind: "no-right" }
  /** Never, however often it is asked for. `code` is the bare number of Altinn's own code. */
  | { readonly kind: "refused"; readonly status: number; readonly code: number | undefined }
  /** Not now, or not known: the same again, later. */
  | { readonly kind: "passing"; readonly retryAfterMs: number };

/** Where mail lies: in a resource, and where that is several organisations', for one of them. */
export type Place = { readonly resourceId: string; readonly onBehalfOf?: string };

/** Altinn's codes that are acted upon. @source altinn.md, section 2 */
export const codes = { noRight: 4001 } as const;

const dayMs = 24 * 60 * 60_000;

/** The recipient's side of Altinn Correspondence: every operation once, nothing tried again but a token. @source altinn.md, section 2 */
export class CorrespondenceClient {
  readonly #host: Host;
  readonly #baseUrl: string;
  readonly #tokens: AltinnTokens;
  /** When a token was last thrown away because a right was lacking. */
  #doubtedMs = Number.NEGATIVE_INFINITY;

  constructor(host: Host) {
    this.#host = host;
    this.#tokens = new AltinnTokens(host);
    this.#baseUrl = `${host.endpoints.altinn?.baseUrl}/correspondence/api/v1/correspondence`;
  }

  /** Ids of what lies there, newest first; at most a thousand. */
  async list({ resourceId, onBehalfOf }: Place, fromMs: number): Promise<Answered<readonly string[]>> {
    const query = new URLSearchParams({ resourceId, role: "Recipient", from: new Date(fromMs).toISOString() });
    if (onBehalfOf !== undefined) query.set("onBehalfOf", `urn:altinn:organization:identifier-no:${onBehalfOf}`);
    const answered = await this.#ask(`?${query}`);
    if (answered.kind !== "heard") return answered;
    const { ids } = (jsonOf(answered.answer) ?? {}) as { readonly ids?: readonly string[] };
    return Array.isArray(ids) ? { kind: "heard", answer: ids } : { kind: "passing", retryAfterMs: 0 };
  }

  /** As JSON text. The recipient's asking is noted as fetched. */
  async overview(id: string): Promise<Answered<string>> {
    return textOf(await this.#ask(`/${id}`));
  }

  /** The text of the message. The recipient's asking is noted as read. */
  async content(id: string): Promise<Answered<string>> {
    return textOf(await this.#ask(`/${id}/content`));
  }

  async download(id: string, attachmentId: string): Promise<Answered<HeardBytes>> {
    return this.#with(askForBytes, `/${id}/attachment/${encodeURIComponent(attachmentId)}/download`);
  }

  async confirm(id: string): Promise<Answered<Heard>> {
    return this.#ask(`/${id}/confirm`, { method: "POST" });
  }

  async markAsRead(id: string): Promise<Answered<Heard>> {
    return this.#ask(`/${id}/markasread`, { method: "POST" });
  }

  /** Every status it ever had, which the overview hides behind the highest. */
  async history(id: string): Promise<Answered<readonly string[]>> {
    const answered = await this.#ask(`/${id}/details`);
    if (answered.kind !== "heard") return answered;
    const { statusHistory } = (jsonOf(answered.answer) ?? {}) as { readonly statusHistory?: readonly unknown[] };
    if (!Array.isArray(statusHistory)) return { kind: "passing", retryAfterMs: 0 };
    return { kind: "heard", answer: statusHistory.map((each) => field(each, "status") ?? "") };
  }

  async #ask(path: string, request: HostRequest = {}): Promise<Answered<Heard>> {
    return this.#with(ask, path, request);
  }

  async #with<Any extends Heard | HeardBytes>(
    how: (host: Host, url: string, request: HostRequest) => Promise<Any | undefined>,
    path: string,
    request: HostRequest = {},
  ): Promise<Answered<Any>> {
    const once = async (): Promise<Any | undefined> => {
      const headers = { authorization: `Bearer ${await this.#tokens.get()}` };
      return how(this.#host, this.#baseUrl + path, { ...request, headers });
    };
    try {
      let heard = await once();
      if (heard?.status === 401 && this.#isTokenInDoubt(heard)) {
        this.#tokens.forget();
        heard = await once();
      }
      return answeredBy(heard);
    } catch (error) {
      if (error instanceof NoTokenError) return { kind: "passing", retryAfterMs: 0 };
      throw error;
    }
  }

  /** A lost right is answered with 401 as well: a new token is tried once a day, and a loop would only hide it. */
  #isTokenInDoubt(heard: Heard | HeardBytes): boolean {
    if (codeOf(heard) !== codes.noRight) return true;
    const nowMs = this.#host.clock.now();
    if (nowMs - this.#doubtedMs < dayMs) return false;
    this.#doubtedMs = nowMs;
    return true;
  }
}

function answeredBy<Any extends Heard | HeardBytes>(heard: Any | undefined): Answered<Any> {
  if (heard === undefined) return { kind: "passing", retryAfterMs: 0 };
  const { status } = heard;
  if (status >= 200 && status < 300) return { kind: "heard", answer: heard };
  const code = codeOf(heard);
  if (status === 403 || (status === 401 && code === codes.noRight)) return { kind: "no-right" };
  if (status < 400 || status >= 500 || status === 401 || status === 408 || status === 429)
    return { kind: "passing", retryAfterMs: retryAfterMs(heard) };
  return { kind: "refused", status, code };
}

function textOf(answered: Answered<Heard>): Answered<string> {
  return answered.kind === "heard" ? { kind: "heard", answer: answered.answer.text } : answered;
}

/** `errorCode`, or the number in `code` (`CORR-04001`). */
function codeOf(heard: Heard | HeardBytes): number | undefined {
  const text = "text" in heard ? heard.text : new TextDecoder().decode(heard.bytes.subarray(0, 10_000));
  try {
    const problem = JSON.parse(text) as { readonly errorCode?: unknown; readonly code?: unknown };
    if (typeof problem.errorCode === "number") return problem.errorCode;
    const digits = typeof problem.code === "string" ? /(\d+)$/.exec(problem.code)?.[1] : undefined;
    return digits === undefined ? undefined : Number(digits);
  } catch {
    return undefined;
  }
}
