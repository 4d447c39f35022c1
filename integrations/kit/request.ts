import type { Host, HostRequest, HostResponse } from "../../port/host.ts";

/** An answer that was heard in full. */
export type Heard = {
  readonly status: number;
  readonly text: string;
  header(name: string): string | null;
};

const timeoutMs = 60_000;

/** An answer with a body of bytes that was heard in full. */
export type HeardBytes = Omit<Heard, "text"> & { readonly bytes: Uint8Array };

/** Asks and reads the whole answer; undefined where none was heard in full within a minute, whatever happened there. */
export async function ask(host: Host, url: string, request: HostRequest): Promise<Heard | undefined> {
  return hear(host, url, request, async (response) => ({ text: await response.text() }));
}

/** As `ask`, for a file. */
export async function askForBytes(host: Host, url: string, request: HostRequest): Promise<HeardBytes | undefined> {
  return hear(host, url, request, async (response) => ({ bytes: new Uint8Array(await response.arrayBuffer()) }));
}

async function hear<Body>(
  host: Host,
  url: string,
  request: HostRequest,
  read: (response: HostResponse) => Promise<Body>,
): Promise<(Body & Omit<Heard, "text">) | undefined> {
  const timeout = new AbortController();
  const timer = host.clock.setTimeout(() => timeout.abort(new Error("no answer within a minute")), timeoutMs);
  try {
    const response = await host.fetch(url, { ...request, signal: timeout.signal });
    const body = await read(response);
    return { ...body, status: response.status, header: (name) => response.headers.get(name) };
  } catch {
    return undefined;
  } finally {
    host.clock.clear(timer);
  }
}

/** Waits for a promise, but no longer than this. The promise itself goes on. */
export async function within<T>(host: Host, ms: number, what: string, promise: Promise<T>): Promise<T> {
  let timer: ReturnType<Host["clock"]["setTimeout"]> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = host.clock.setTimeout(() => reject(new Error(`${what} took more than ${ms} ms`)), ms);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    if (timer !== undefined) host.clock.clear(timer);
  }
}

/** Resolves once the signal is aborted. */
export function stopped(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener("abort", () => resolve(), { once: true });
  });
}

/** Pause that an answer asks for, in ms; the date form of Retry-After is not used by these parties. */
export function retryAfterMs(heard: Pick<Heard, "header">): number {
  const seconds = Number(heard.header("retry-after") ?? 0);
  return Number.isFinite(seconds) ? seconds * 1000 : 0;
}

/** The JSON of an answer, or undefined where it is none. */
export function jsonOf(heard: Heard): unknown {
  try {
    return JSON.parse(heard.text);
  } catch {
    return undefined;
  }
}

/** A text field of an answer. */
export function field(value: unknown, name: string): string | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  const found = (value as Record<string, unknown>)[name];
  return typeof found === "string" ? found : undefined;
}
