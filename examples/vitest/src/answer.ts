/** Not now, or not known: the same again, later. */
export class Passing extends Error {}

/** The token is good, and what it is used for is not allowed. */
export class NoRight extends Passing {}

/** Never, however often it is asked for. */
export class Refused extends Error {}

/** An answer heard in full. */
export type Answer = { readonly status: number; readonly headers: Headers; readonly bytes: Uint8Array<ArrayBuffer> };

const patienceMs = 20_000;

/** @throws {Passing} No answer came, or not all of it. */
export async function ask(
  method: string,
  url: string,
  headers: Readonly<Record<string, string>>,
  body?: string | Uint8Array<ArrayBuffer>,
): Promise<Answer> {
  try {
    const signal = AbortSignal.timeout(patienceMs);
    const heard = await fetch(url, { method, headers, body: body ?? null, signal });
    const bytes = new Uint8Array(await heard.arrayBuffer());
    return { status: heard.status, headers: heard.headers, bytes };
  } catch (error) {
    throw new Passing(`no answer: ${(error as Error).name}`);
  }
}

export const textOf = ({ bytes }: Answer): string => new TextDecoder().decode(bytes);
export const jsonOf = (answer: Answer): unknown => JSON.parse(textOf(answer));

/** Whether it may yet be otherwise. */
export function isPassing(status: number): boolean {
  return status < 400 || status >= 500 || [401, 408, 423, 429].includes(status);
}
