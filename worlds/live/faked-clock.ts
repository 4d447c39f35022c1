import { existsSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { HarnessError } from "../../core/error.ts";
import type { ClockTier } from "../../core/ledger.ts";
import type { WireRequest } from "../../simulators/wire.ts";

/** Where Linux distributions put it, one folder a machine architecture. */
const libraryFolders = ["/usr/lib", "/usr/lib64", "/usr/local/lib"];
const libraryName = "faketime/libfaketimeMT.so.1";
/** What the system says of the time may be off by as much: it asked, was answered, and worked meanwhile. */
const toleranceMs = 120_000;
/** Polls that were due right after the clock had been moved, before anything is believed of its timers. */
const probes = 3;

/**
 * A clock that a program takes for the machine's: libfaketime, preloaded, shows what stands in a file. That it takes it
 * for that is believed only as far as it was seen: whether it polls again when its clock has been moved, and what time it
 * signs grants with.
 *
 * @source DESIGN.md, section 5, Clock tiers.
 */
export class FakedClock {
  /** What the program finds in its environment. */
  readonly environment: Readonly<Record<string, string>>;
  readonly #file: string;
  #aheadMs = Number.NEGATIVE_INFINITY;
  #due = 0;
  #polled = 0;
  #right = 0;
  #wrong: string | undefined;

  /**
   * @param folder Of the run.
   * @param library Path of libfaketime.
   * @param around What the program's environment holds anyway.
   */
  constructor(folder: string, library: string, around: NodeJS.ProcessEnv) {
    this.#file = join(folder, "clock");
    this.environment = {
      LD_PRELOAD: [library, around.LD_PRELOAD].filter(Boolean).join(":"),
      FAKETIME_TIMESTAMP_FILE: this.#file,
      FAKETIME_NO_CACHE: "1",
      // Times of files stay as they are: what a program compares with each other would seem to have changed.
      NO_FAKE_STAT: "1",
    };
  }

  /** From now on the program's clock shows this, and goes on from there. Epoch ms; in the future, and never backwards. */
  set(epochMs: number): void {
    this.#aheadMs = Math.max(this.#aheadMs, epochMs - Date.now());
    writeFileSync(`${this.#file}.new`, `+${(this.#aheadMs / 1000).toFixed(3)}\n`);
    renameSync(`${this.#file}.new`, this.#file);
  }

  /** Its clock was moved to where it polls; whether it did. */
  pollWasDue(did: boolean): void {
    if (this.#due >= probes) return;
    this.#due += 1;
    if (did) this.#polled += 1;
  }

  /** Looks at what time the program believes it is, if a request says so. @param nowMs What its clock shows. */
  look(request: WireRequest, nowMs: number): void {
    const saidMs = issuedAt(request);
    if (saidMs === undefined) return;
    if (Math.abs(saidMs - nowMs) <= toleranceMs) this.#right += 1;
    else this.#wrong ??= `it signed a grant at ${isoOf(saidMs)} when its clock showed ${isoOf(nowMs)}`;
  }

  /** What speaks against its following the clock; undefined while nothing does. */
  get against(): string | undefined {
    if (this.#wrong !== undefined) return this.#wrong;
    if (this.#due < probes || this.#polled === probes) return undefined;
    return `its clock was moved to ${probes} of its polls, and it polled at ${this.#polled}: it waits by another clock, polls more seldom, or not at all`;
  }

  /** As far as was seen. */
  get tier(): ClockTier {
    if (this.#right === 0 || this.#wrong !== undefined) return "none";
    return this.#due >= probes && this.#polled >= probes ? "driven" : "offset";
  }

  /** Removes what libfaketime leaves in shared memory when a program is killed. */
  forget(pid: number): void {
    for (const name of [`faketime_shm_${pid}`, `sem.faketime_sem_${pid}`]) rmSync(`/dev/shm/${name}`, { force: true });
  }
}

/** When a grant was signed, by its `iat`, epoch ms; undefined for any other request. */
function issuedAt({ headers, body }: WireRequest): number | undefined {
  if (headers["content-type"]?.startsWith("application/x-www-form-urlencoded") !== true) return undefined;
  const assertion = new URLSearchParams(Buffer.from(body).toString("latin1")).get("assertion");
  if (assertion === null) return undefined;
  try {
    const claims: unknown = JSON.parse(Buffer.from(assertion.split(".")[1] ?? "", "base64url").toString());
    const { iat } = claims as { readonly iat?: unknown };
    return typeof iat === "number" ? iat * 1000 : undefined;
  } catch {
    return undefined;
  }
}

const isoOf = (epochMs: number): string => new Date(epochMs).toISOString().slice(0, 19);

/** Where libfaketime is on this machine, if anywhere. */
export function libfaketime(): string | undefined {
  for (const folder of libraryFolders) {
    const inner = existsSync(folder) ? readdirSync(folder).filter((name) => /linux-(gnu|musl)/.test(name)) : [];
    for (const at of [".", ...inner]) {
      const path = join(folder, at, libraryName);
      if (existsSync(path)) return path;
    }
  }
  return undefined;
}

/** @throws {HarnessError} There is no libfaketime on this machine. */
export function neededLibfaketime(): string {
  const path = libfaketime();
  if (path !== undefined) return path;
  throw new HarnessError({
    happened: "The product was not started.",
    because: "Its config says that libfaketime moves its clock, and there is none on this machine.",
    next: "Install it (Debian: apt-get install faketime), or give the config another clock: docs/live.md, Time.",
  });
}
