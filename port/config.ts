import type { Channel } from "./endpoints.ts";

/**
 * What a vendor says of its product in `komfrem.config.ts`. Real times are those of the product's own clock.
 *
 * How it is started is said by exactly one of `command`, `image`, `dockerfile`, `compose` and `address`.
 */
export type Config = {
  /** How reports call it. */
  readonly name: string;
  /** What it does: takes in what is sent to municipalities, or sends. Default `integration`. */
  readonly role?: "integration" | "sender";
  /**
   * Senders: where it takes orders (`contracts/sender/openapi.yaml`), a port of its own and a path, `8081/send`. Default,
   * where `command` starts it: a free port of each run's, which it finds in `KOMFREM_SEND_URL`.
   */
  readonly send?: string;
  /** The program and its arguments; started again after a crash, stopped by SIGTERM. */
  readonly command?: readonly [string, ...string[]];
  /** The image of the container that it is, `registry.example.no/intake:4.2`; pulled where the machine has it not. */
  readonly image?: string;
  /** A Dockerfile, or the folder that has one, relative to the config; its image is built before the first run. */
  readonly dockerfile?: string;
  /** A compose file, relative to the config, and which of its services this is; the others run beside it. */
  readonly compose?: { readonly file: string; readonly service: string };
  /** Something else runs it, on this machine: systemd, an application server. */
  readonly address?: ConfigAddress;
  /** Where in the container its data directory is to be found as well, `/var/lib/intake`; nothing else outlives a start. */
  readonly data?: string;
  /**
   * What the container may have at most: MiB of memory, no swap beside it; processors, `0.5`; MiB of room in its data
   * directory (root on Linux); MiB that it may write to its disk a second. The last two exclude each other.
   */
  readonly limits?: {
    readonly memoryMb?: number;
    readonly cpus?: number;
    readonly diskMb?: number;
    readonly writeMbPerSecond?: number;
  };
  /** Where it is started; relative to the config. Default: the config's own folder. */
  readonly folder?: string;
  /** The channels that it reads, or that it can send on. */
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
  /**
   * Whether it reaches us over TLS only, by certificates of an authority that each run makes: `$KOMFREM_TLS_CA_FILE`, and
   * `$KOMFREM_TLS_TRUSTSTORE_FILE` for a JVM. Default false.
   */
  readonly tls?: boolean;
  /** Default: `compressed`, a day in three seconds. */
  readonly clock?: ConfigClock;
  /**
   * Makes it as if it had never run, before each run: a program and its arguments. Needed where it keeps anything
   * anywhere but in `KOMFREM_DATA_DIRECTORY`, which each run has anew.
   */
  readonly reset?: readonly [string, ...string[]];
  /**
   * What a scenario upgrades it to, over the same data: a program and its arguments; of a container another image, by name or
   * as a Dockerfile. Default: the same one again.
   */
  readonly next?: readonly [string, ...string[]] | { readonly image: string } | { readonly dockerfile: string };
  /**
   * Whether two starts of it may run at once on its data, as while it is rolled out: commands on their own clock or ours,
   * Linux. Default false: scenarios that do so are left out.
   */
  readonly overlaps?: boolean;
  /**
   * How what it keeps outside `KOMFREM_DATA_DIRECTORY` is kept and put back, for scenarios that restore a backup: programs
   * that find the folder in `KOMFREM_BACKUP_FOLDER`. The data directory itself is copied by us.
   */
  readonly backup?: { readonly take: readonly [string, ...string[]]; readonly put: readonly [string, ...string[]] };
  /** Longest that it waits before it tries again, real ms. It lengthens D, and is shown. Default 0. */
  readonly maxRetryDelayMs?: number;
  /** What it may take to be done with a message, real ms. It lengthens D. Default 500, and 0 where we drive its clock. */
  readonly settleMs?: number;
  /** What says that a start is ready. Default: that it has asked us for something and been answered. */
  readonly ready?: ConfigReady;
  /** How long a start may take until it is ready, real ms. Default 30 000. */
  readonly readyWithinMs?: number;
  /** Tells what it durably holds, where it is the case system itself. Without one our receiver stands behind it. */
  readonly probe?: ConfigProbe;
  /**
   * What may stay open, with who says so and until when: a run whose being inconclusive lies within these ends with 0.
   * Nothing that fails can be accepted.
   */
  readonly accepts?: readonly ConfigLimit[];
  /** Runs of it at once. Default: six on a clock of its own that keep to their data directory, else one. */
  readonly runsAtOnce?: number;
  /**
   * How long it is explored where the command line does not say, `{ fuzz: "10m", sweep: "30m" }`: in s, m or h, above 0 and
   * 720h at most. Default: fuzz 60s, sweep 10m.
   */
  readonly budgets?: { readonly fuzz?: string; readonly sweep?: string };
};

/** What is known not to hold, and accepted: told in every report, and no reason to fail. */
export type ConfigLimit = {
  /** Id of a rule, `right-recipient`. Default: whatever stays open. */
  readonly rule?: string;
  /** Id of a scenario. Default: all. */
  readonly scenario?: string;
  readonly because: string;
  /** Who has accepted it: a person or a role. */
  readonly owner: string;
  /** Its last day, `2027-01-31`; after that it counts no more. */
  readonly until: string;
};

/**
 * How the product tells what it durably holds (`komfrem.probe/v1`): one JSON object a line, or a row a message. Texts may
 * name leaves of the endpoints file, `$KOMFREM_DATA_DIRECTORY` and the like.
 */
export type ConfigProbe = (
  | /** A program and its arguments, with `KOMFREM_RUN_TOKEN` in its environment. */ {
      readonly command: readonly [string, ...string[]];
    }
  | /** Asked by GET, with `token` as a query parameter. */ { readonly url: string }
  | /** `$1` is the run's token; the columns are the fields of an item. */ {
      readonly postgres: string;
      readonly query: string;
    }
  | /** A file; `?` is the run's token. */ { readonly sqlite: string; readonly query: string }
  | /** Each file or folder in it is a case. */ { readonly directory: string }
) & {
  /** What is kept of each kind of part. Default: the form's fields, the text of mail, every file byte by byte. */
  readonly fidelity?: Readonly<
    Partial<Record<"form" | "pdf" | "text" | "file", "bytes" | "text" | "fields" | "rendered" | "absent">>
  >;
  /** How often it is asked, real ms. Default 250. */
  readonly everyMs?: number;
  /** What may lie between a case being made and it being read, real ms. It lengthens D. Default 1000, driven 0. */
  readonly settleMs?: number;
};

/**
 * How a product is reached that something else runs: by commands, each of which ends with 0 once it is done. Without
 * `kill`, a run that crashes it proves nothing; without `stop`, it is killed where it should stop.
 */
export type ConfigAddress = {
  /** Where its own ports are. Default `127.0.0.1`. */
  readonly host?: string;
  /** Has it run, and use the endpoints in this command's environment. */
  readonly start: readonly [string, ...string[]];
  readonly stop?: readonly [string, ...string[]];
  /** Ends it at once, as a crash would. */
  readonly kill?: readonly [string, ...string[]];
};

/** One of these; waited for anew in each start. */
export type ConfigReady = {
  /** A line that it writes: a regular expression. */
  readonly log?: string;
  /** Its own answer with 2xx: a port and a path, `8080/health`. */
  readonly http?: string;
  /** A port of its own that accepts connections. */
  readonly port?: number;
  /** A file that it writes in its data directory: a path in there. */
  readonly file?: string;
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
    }
  /**
   * libfaketime moves its clock, which is otherwise the machine's: time passes as fast as it comes to rest. Linux, programs
   * that are linked dynamically, and channels that are polled; a product that does not follow is found out.
   */
  | {
      readonly tier: "faketime";
      /** How often it polls, ms of its own clock: told to it as `pollIntervalMs`. Default: what the scenario says. */
      readonly pollIntervalMs?: number;
    };

/** Gives the config back as it is; for the types. */
export function defineConfig(config: Config): Config {
  return config;
}
