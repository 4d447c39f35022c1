import type { Fold } from "../folds.ts";
import type { ClockTier, EntryKind, EntryOf, LedgerEntry, Parameters } from "../ledger.ts";
import type { PartyId } from "../names.ts";

/** What several rules need to know of how a run went. Times in ms since the run began. */
export type Course = {
  run: EntryOf<"run"> | undefined;
  /** H; undefined until faults have healed. */
  healMs: number | undefined;
  /** When the run ended, with the `seq` of that entry; undefined where the ledger breaks off. */
  endMs: number | undefined;
  endSeq: number;
  /** Whether anything was done to anybody on purpose. */
  faultless: boolean;
};

/** The kinds of entry that say how a run went. */
export const courseReads: readonly EntryKind[] = [
  "run",
  "phase",
  "faulted",
  "stopped",
  "paused",
  "crashed",
  "restored",
];

export function startCourse(): Course {
  return { run: undefined, healMs: undefined, endMs: undefined, endSeq: -1, faultless: true };
}

export function stepCourse(course: Course, entry: LedgerEntry): void {
  switch (entry.kind) {
    case "run":
      course.run = entry;
      return;
    case "phase":
      if (entry.phase === "heal") course.healMs = entry.atMs;
      if (entry.phase === "end") {
        course.endMs = entry.atMs;
        course.endSeq = entry.seq;
      }
      return;
    case "faulted":
      if (entry.outcome === "injected") course.faultless = false;
      return;
    case "crashed":
      if (entry.cause !== undefined) course.faultless = false;
      return;
    case "stopped":
    case "paused":
    case "restored":
      course.faultless = false;
      return;
    default:
      return;
  }
}

/** How a run went, for all rules at once. */
export const course: Fold<Course> = { reads: courseReads, start: startCourse, step: stepCourse };

/** @throws {Error} The ledger has no `run` entry: it cannot be judged at all. */
export function parametersOf(course: Course): Parameters {
  if (course.run === undefined) throw new Error("the ledger has no run entry");
  return course.run.parameters;
}

/** The system under test that receives, or else the first one. */
export function sutOf(course: Course): PartyId {
  const suts = course.run?.suts ?? [];
  return (suts.find(({ role }) => role === "integration") ?? suts[0])?.party ?? "integration";
}

/** Whether a party is a system under test. */
export function isSut(course: Course, party: PartyId): boolean {
  return isUnderTest(course, party, undefined);
}

/** Whether a party is a system under test that receives. */
export function isIntegration(course: Course, party: PartyId): boolean {
  return isUnderTest(course, party, "integration");
}

/** Whether a party is a system under test that sends. */
export function isSender(course: Course, party: PartyId): boolean {
  return isUnderTest(course, party, "sender");
}

function isUnderTest({ run }: Course, party: PartyId, as: "integration" | "sender" | undefined): boolean {
  if (run === undefined) return false;
  for (const sut of run.suts) if (sut.party === party && (as === undefined || sut.role === as)) return true;
  return false;
}

/** D of a channel, ms; the longest of all where the channel is not listed. */
export function drainBoundMs(course: Course, channel: PartyId): number {
  const { channels } = parametersOf(course);
  const listed = channels.find(({ name }) => name === channel);
  return listed?.drainMs ?? Math.max(0, ...channels.map(({ drainMs }) => drainMs));
}

const tiers: readonly ClockTier[] = ["none", "offset", "compressed", "driven"];

/** Whether every domain's clock is at least this good. */
export function clockAtLeast(course: Course, least: ClockTier): boolean {
  const values = Object.values(course.run?.tierByDomain ?? {});
  return values.every((tier) => tiers.indexOf(tier) >= tiers.indexOf(least));
}
