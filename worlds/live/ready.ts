import { statSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import type { ReadyCheck } from "../world.ts";
import type { Started } from "./started.ts";

const lookEveryMs = 50;
const answerWithinMs = 2000;

/**
 * Waits until a start is what its config calls ready, and marks it; given up once it has ended.
 *
 * @param dataDirectory Where a file is looked for that was written in this start.
 * @param then Told once it is ready.
 * @returns To be told of each line that it writes.
 * @source PORT.md, *Life of a system under test*
 */
export function whenReady(
  check: ReadyCheck,
  start: Started,
  dataDirectory: string,
  then: () => void,
): (line: string) => void {
  const ready = (): void => {
    if (start.ready || !start.here || start.killed) return;
    start.ready = true;
    then();
  };
  if (check.kind === "log") {
    const pattern = new RegExp(check.pattern);
    return (line) => {
      if (pattern.test(line)) ready();
    };
  }
  void looked(check, start, dataDirectory).then((is) => {
    if (is) ready();
  });
  return () => {};
}

async function looked(
  check: Exclude<ReadyCheck, { readonly kind: "log" }>,
  start: Started,
  dataDirectory: string,
): Promise<boolean> {
  const sinceMs = Date.now() - (performance.now() - start.startedMs);
  while (start.here && !start.killed) {
    if (check.kind === "file" && writtenSince(join(dataDirectory, check.path), sinceMs)) return true;
    if (check.kind !== "file" && start.address !== undefined) {
      const { address } = start;
      if (await (check.kind === "port" ? accepts(address, check.port) : answers(address, check))) return true;
    }
    await new Promise((resolve) => setTimeout(resolve, lookEveryMs));
  }
  return false;
}

/** Whether a file is there, and not from an earlier start. */
function writtenSince(path: string, sinceMs: number): boolean {
  // Times of files may be kept in whole ticks of the machine.
  return (statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0) >= sinceMs - 10;
}

function accepts(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port, timeout: answerWithinMs });
    const over = (is: boolean) => (): void => {
      socket.destroy();
      resolve(is);
    };
    socket.on("connect", over(true)).on("error", over(false)).on("timeout", over(false));
  });
}

async function answers(host: string, at: { readonly port: number; readonly path: string }): Promise<boolean> {
  try {
    const { ok } = await fetch(`http://${host}:${at.port}${at.path}`, { signal: AbortSignal.timeout(answerWithinMs) });
    return ok;
  } catch {
    return false;
  }
}
