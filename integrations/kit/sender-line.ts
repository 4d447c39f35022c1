import type { Host, HostRequest } from "../../port/host.ts";
import { NoTokenError } from "./maskinporten.ts";
import { ask, type Heard } from "./request.ts";

/** Asks one party, with whatever it wants to see of us; undefined where no answer was heard in full. */
export type Line = (path: string, request?: HostRequest & { readonly headers?: Headers }) => Promise<Heard | undefined>;

type Headers = Readonly<Record<string, string>>;

/** @param headers What each request carries besides its token. */
export function lineTo(
  host: Host,
  baseUrl: string,
  tokens: { get(): Promise<string>; forget(): void },
  headers: Headers = {},
): Line {
  return async (path, request = {}) => {
    let token: string;
    try {
      token = await tokens.get();
    } catch (error) {
      if (error instanceof NoTokenError) return undefined;
      throw error;
    }
    const heard = await ask(host, `${baseUrl}${path}`, {
      ...request,
      headers: { ...headers, ...request.headers, authorization: `Bearer ${token}` },
    });
    if (heard?.status === 401) tokens.forget();
    return heard;
  };
}
