import { HarnessError } from "../core/error.ts";
import { exitError } from "./exit.ts";
import { help } from "./help.ts";

/**
 * The `komfrem` command.
 *
 * @param args What stands after the command's name.
 * @returns The exit code: 0 passed, 1 failed, 2 inconclusive, 3 the harness could not do its job.
 */
export async function main(args: readonly string[]): Promise<number> {
  const [command, ...rest] = args;
  try {
    switch (command) {
      case "run":
        return await (await import("./run.ts")).run(rest);
      case "showcase":
        return await (await import("./showcase.ts")).showcase(rest);
      case "init":
        return (await import("./init.ts")).init(rest);
      case "host":
        return await (await import("./host.ts")).host(rest);
      case "tell":
        return await (await import("./tell.ts")).tellScenarios(rest);
      case "fuzz":
        return await (await import("./fuzz.ts")).fuzz(rest);
      case "sweep":
        return await (await import("./sweep.ts")).sweep(rest);
      case "replay":
        return await (await import("./replay.ts")).replay(rest);
      case "merge":
        return await (await import("./merge.ts")).merge(rest);
      case "receiver":
        return await (await import("./receiver.ts")).receiver(rest);
      case "doctor":
        return await (await import("./doctor.ts")).doctor(rest);
      case "contract":
        return await (await import("./contract.ts")).contract(rest);
      case "--version":
      case "version":
        console.log((await import("./version.ts")).version);
        return 0;
      case undefined:
      case "help":
      case "--help":
      case "-h":
        console.log(help);
        return command === undefined ? exitError : 0;
      default:
        throw new HarnessError({
          happened: `There is no command "${command}".`,
          because:
            "The commands are run, fuzz, sweep, replay, merge, doctor, contract, receiver, showcase, tell, init and host.",
          next: "komfrem help shows what each does.",
        });
    }
  } catch (error) {
    if (error instanceof HarnessError) {
      console.error(error.message);
      return exitError;
    }
    console.error(error instanceof Error ? error.stack : error);
    console.error("This is an error of Komfrem's, not a verdict.");
    return exitError;
  }
}
