import type { Channel } from "./endpoints.ts";

/** What a vendor says of its product in `komfrem.config.ts`. Real times are those of the product's own clock. */
export type Config = {
  /** How reports call it. */
  readonly name: string;
  /** The program and its arguments; started again after a crash, stopped by SIGTERM. */
  readonly command: readonly [string, ...string[]];
  /** Where it is started; relative to the config. Default: the config's own folder. */
  readonly folder?: string;
  /** The channels that it reads. */
  readonly channels: readonly Extract<Channel, "fiks-io" | "altinn-correspondence" | "altinn-dispatch">[];
  /**
   * What it finds in its environment under its own names. `$KOMFREM_ALTINN_BASE_URL` and the like stand for what the
   * endpoints say, where a run has it: docs/port.md, *Endpoints file*.
   */
  readonly environment?: Readonly<Record<string, string>>;
  /**
   * Where what it stores or queues in is, `{ db: "127.0.0.1:5432" }`. It is to go through us instead, at
   * `$KOMFREM_DEPENDENCY_DB` (or `…_DB_HOST` and `…_DB_PORT`): then that can be slow, break off and be away.
   */
  readonly dependencies?: Readonly<Record<string, string>>;
  /** Default: `compressed`, a day in three seconds. */
  readonly clock?: ConfigClock;
  /**
   * Makes it as if it had never run, before each run: a program and its arguments. Needed where it keeps anything
   * anywhere but in `KOMFREM_DATA_DIRECTORY`, which each run has anew.
   */
  readonly reset?: readonly [string, ...string[]];
  /** Longest that it waits before it tries again, real ms. It lengthens D, and is shown. Default 0. */
  readonly maxRetryDelayMs?: number;
  /** What it may take to be done with a message, real ms. It lengthens D. Default 500, and 0 where we drive its clock. */
  readonly settleMs?: number;
  /** How long a start may take until it first asks for anything, real ms. Default 30 000. */
  readonly readyWithinMs?: number;
};

/** @source DESIGN.md, section 5, Clock tiers. */
export type ConfigClock =
  /** It asks `clock.nowUrl` for the time and waits by it: time passes as fast as it comes to rest. */
  | { readonly tier: "driven" }
  | {
      /** It has its own clock. Lifetimes are as many times shorter as its days are: ratios are kept. */
      readonly tier: "compressed";
      /** How long a day of the world takes, real ms. Default 3000. */
      readonly dayTakesMs?: number;
      /** How often it polls, real ms: told to it as `pollIntervalMs`. Default 250. */
      readonly pollIntervalMs?: number;
    };

/** Gives the config back as it is; for the types. */
export function defineConfig(config: Config): Config {
  return config;
}
