import type { Stage } from "../stage.ts";
import type { UnderWay } from "./http-server.ts";
import type { ProbeObserver } from "./observers/probe.ts";
import type { Outbox } from "./outbox.ts";
import type { Started } from "./started.ts";

/** Bytes on no line, and no answer under way, for so long: real ms. */
export const quietMs = 2;

const realTimeout = setTimeout;

/**
 * What of a run those see that let time pass in it: `time-driven.ts` for a system that asks us for the time,
 * `time-along.ts` for one on its own, `time-faked.ts` for one whose clock we move.
 */
export type Passing = {
  readonly stage: Stage;
  readonly outbox: Outbox;
  readonly underWay: UnderWay;
  readonly probe: ProbeObserver | undefined;
  /** Its last start, over or not; undefined before the first. */
  readonly process: Started | undefined;
  /** The start that it is taking over from, as long as that is here. */
  readonly outgoing: Started | undefined;
  /** Whether it was ever ready, in one start or another. */
  readonly wasReady: boolean;
  /** Whether time stands still: while the system starts or has the grace of a stop, and while the machine takes away one that was killed. */
  readonly standsStill: boolean;
  /** How often anything was heard from the system. */
  readonly asks: number;
  /** Real time that the system may take to come to rest, ms. */
  readonly restlessMs: number;
  /** Whether a start is what its config waits for, and as we wanted it. */
  isUp(running: Started | undefined): boolean;
  /** Whether a start still has a connection open. */
  isConnected(incarnation: number): boolean;
  /** Grows whenever a connection is opened or closed, or a byte moves on one. */
  traffic(): number;
  /** Until something of the system's has changed, but no longer than this, real ms. */
  woke(atMostMs: number): Promise<void>;
};

/** Real ms go by. */
export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => realTimeout(resolve, ms));
}
