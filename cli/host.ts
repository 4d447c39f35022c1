import { statSync } from "node:fs";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { HarnessError } from "../core/error.ts";
import { type Main, mainOf } from "../worlds/main.ts";
import { defaultExport } from "./default-export.ts";
import { exitError } from "./exit.ts";
import { endpointsFrom } from "./process-host/endpoints.ts";
import { processHost } from "./process-host/host.ts";
import { takeOrders } from "./process-host/orders.ts";

/** The integration failed: a crash, and whoever watches starts it again. */
const exitCrashed = 1;

/**
 * `komfrem host <module>`: runs an integration or a sender as this process, with a `Host` built from `KOMFREM_ENDPOINTS`;
 * a sender takes orders at its `sendUrl`. SIGTERM and SIGINT ask it to stop. The process ends when the module does: 0 when
 * it has returned, 1 when it failed.
 *
 * @throws {HarnessError} The module or the endpoints cannot be used (exit 3).
 */
export async function host(args: readonly string[]): Promise<number> {
  const endpoints = endpointsFrom(process.env);
  const main = await moduleIn(args);
  const { sendUrl } = endpoints;
  if (main.send !== undefined && sendUrl === undefined)
    throw new HarnessError({
      happened: "The sender was not started.",
      because: "The endpoints file has no sendUrl: nothing says where it takes orders.",
      next: "Let Komfrem start it (komfrem run --world live), or add sendUrl, http://127.0.0.1:8081/send.",
    });
  const running = await processHost(endpoints, (why) => {
    process.stderr.write(`The integration is ended: ${why}\n`);
    process.exit(exitError);
  });
  for (const signal of ["SIGTERM", "SIGINT"] as const) process.on(signal, () => running.stop());
  // What an integration waits for may be nothing that keeps a process alive.
  const alive = setInterval(() => {}, 2 ** 30);
  let code = 0;
  try {
    const { send } = main;
    if (send !== undefined && sendUrl !== undefined)
      await takeOrders(sendUrl, (order) => send(order, running.host), running.host.log);
    await main.run(running.host);
  } catch (error) {
    code = exitCrashed;
    process.stderr.write(`${stackOf(error)}\nThe integration failed: ${whyOf(error)}\n`);
  }
  clearInterval(alive);
  running.close();
  // What it left behind, open connections and timers, ends with it.
  process.exit(code);
}

async function moduleIn(args: readonly string[]): Promise<Main> {
  const [given, ...more] = args;
  if (given === undefined || more.length > 0)
    throw new HarnessError({
      happened: "The integration was not started.",
      because: given === undefined ? "No module was named." : `komfrem host takes one module, not ${args.length}.`,
      next: "Name it: komfrem host ./mine.ts",
    });
  const path = resolve(given);
  if (!statSync(path, { throwIfNoEntry: false })?.isFile())
    throw new HarnessError({
      happened: `There is no integration at ${path}.`,
      because: "No such file.",
      next: "Give the path of a TypeScript or JavaScript module: komfrem host ./mine.ts",
    });
  const { register } = await import("tsx/esm/api");
  register();
  let module: { readonly default?: unknown };
  try {
    module = (await import(pathToFileURL(path).href)) as { readonly default?: unknown };
  } catch (error) {
    throw new HarnessError({
      happened: `The integration ${path} could not be loaded.`,
      because: stackOf(error),
      next: "Correct the module so that it loads, then start it again.",
    });
  }
  const main = defaultExport(module);
  const found = mainOf(main);
  if (found !== undefined) return found;
  throw new HarnessError({
    happened: `${path} cannot be run as an integration.`,
    because:
      main === undefined
        ? "It has no default export."
        : `Its default export is of type ${typeof main}, neither a function nor a sender with run and send.`,
    next: "Export default an async function that takes the host: export default async (host) => { … }; or a sender: docs/port.md.",
  });
}

function stackOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

function whyOf(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
}
