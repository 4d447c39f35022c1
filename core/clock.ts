/** Something due at an instant; call `cancel` to have it never happen. */
export type Due = { cancel(): void };

/** The run's time. All times in ms; `now` counts from the Unix epoch, as integrations see it. */
export type Clock = {
  now(): number;
  /** Calls back once, `ms` from now (0 or more). What is due at the same instant happens in the order it was asked for. */
  after(ms: number, then: () => void): Due;
};

/** Seeded randomness; a fork draws from a stream of its own, so that one party's draws never move another's. */
export type Random = {
  /** Uniform in [0, 1). */
  next(): number;
  /** Uniform integer in [low, high]. */
  between(low: number, high: number): number;
  uuid(): string;
  fork(name: string): Random;
};
