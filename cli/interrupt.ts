/** What a command that goes on for long watches, so that it can be asked to end. */
export type Interrupt = {
  readonly signal: AbortSignal;
  /** Stops listening: from now on the process ends as any other does. */
  over(): void;
};

/**
 * Hears SIGINT and SIGTERM: the first asks for an end once the runs under way are over, the second ends at once.
 *
 * @param say Told of the first.
 */
export function interruptible(say: (line: string) => void = (line) => console.error(line)): Interrupt {
  const asked = new AbortController();
  const heard = (): void => {
    if (asked.signal.aborted) process.exit(exitInterrupted);
    asked.abort();
    say("Ends after the runs that are under way. Once more ends at once; what was found is written already.");
  };
  const signals = ["SIGINT", "SIGTERM"] as const;
  for (const signal of signals) process.on(signal, heard);
  return {
    signal: asked.signal,
    over: () => {
      for (const signal of signals) process.off(signal, heard);
    },
  };
}

/** As a shell says that SIGINT ended a command. */
const exitInterrupted = 130;
