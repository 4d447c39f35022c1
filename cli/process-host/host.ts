import { randomInt } from "node:crypto";
import { subscribe } from "node:diagnostics_channel";
import { connect, type Socket } from "node:net";
import { join } from "node:path";
import { connect as connectOverTls } from "node:tls";
import type { Random } from "../../core/clock.ts";
import { HarnessError } from "../../core/error.ts";
import type { Endpoints } from "../../port/endpoints.ts";
import type { Host, HostRequest, HostResponse } from "../../port/host.ts";
import { journalName } from "../../worlds/live/journal.ts";
import { seededRandom } from "../../worlds/random.ts";
import type { ProcessClock } from "./clock.ts";
import { Journal } from "./journal.ts";
import { realClock } from "./real-clock.ts";
import { worldClock } from "./world-clock.ts";

/** A `Host` for an integration that runs as a process of its own. */
export type ProcessHost = {
  readonly host: Host;
  /** Asks the integration to stop: aborts `host.signal`. */
  stop(): void;
  close(): void;
};

/**
 * Builds the `Host` from what the endpoints file says.
 *
 * Randomness is that of `KOMFREM_SEED` where it is set; `fetch` and `connect` are Node's own. Only `host.clock` is the world's: the global
 * `Date`, `setTimeout` and what libraries do with them stay real. No connection of the process gathers small writes
 * (`TCP_NODELAY`): bytes that the machine keeps back for 40 ms would look like rest.
 *
 * @param lost Called when the world's clock is gone.
 * @throws {HarnessError} No data directory is given, or the store in it is broken.
 * @source PORT.md, *Host*.
 */
export async function processHost(endpoints: Endpoints, lost: (why: string) => void): Promise<ProcessHost> {
  const { clock: given, dataDirectory, ...rest } = endpoints;
  if (dataDirectory === undefined)
    throw new HarnessError({
      happened: "The integration was not started.",
      because: "The endpoints file names no dataDirectory, and host.store keeps its values there.",
      next: "Add dataDirectory, an absolute path that survives restarts.",
    });
  const log = (line: string): void => {
    process.stderr.write(`${line}\n`);
  };
  subscribe("net.client.socket", (message) => {
    const { socket } = message as { readonly socket: Socket };
    socket.setNoDelay(true);
    // amqplib switches it off again.
    socket.setNoDelay = () => socket;
  });
  const journal = new Journal(join(dataDirectory, journalName));
  if (journal.tornBytes > 0)
    log(`komfrem: the last line of ${journalName} was torn: ${journal.tornBytes} bytes cut off`);
  const clock: ProcessClock = given === undefined ? realClock() : worldClock(given.nowUrl, lost);
  await clock.known;
  const random = randomFrom(process.env.KOMFREM_SEED);
  const stop = new AbortController();
  const host: Host = {
    endpoints: rest,
    fetch: fetched,
    connect: (to) =>
      endpoints.fiks?.amqp.tls === true && to.port === endpoints.fiks.amqp.port ? secured(to) : connect(to),
    clock: {
      now: clock.now,
      sleep: clock.sleep,
      setTimeout: clock.setTimeout,
      setInterval: clock.setInterval,
      clear: clock.clear,
    },
    random: () => random.next(),
    uuid: () => random.uuid(),
    store: journal.store,
    alarm: async (alarm) => {
      if (endpoints.alarm === undefined) throw new Error("No alarm sink is declared in the endpoints.");
      const response = await fetched(endpoints.alarm.webhookUrl, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify(alarm),
      });
      if (!response.ok) throw new Error(`The alarm sink answered ${response.status}.`);
    },
    log,
    signal: stop.signal,
  };
  return {
    host,
    stop: () => stop.abort(),
    close: () => {
      clock.close();
      journal.close();
    },
  };
}

/** Whom it trusts is what Node was started with, `NODE_EXTRA_CA_CERTS`. */
function secured(to: { readonly host: string; readonly port: number }): Socket {
  const socket = connectOverTls(to);
  socket.setNoDelay(true);
  socket.setNoDelay = () => socket;
  return socket;
}

/** Randomness of one start, `<seed>/<nth start>`: the same as in the simulated world. Without one the machine draws it. */
function randomFrom(given: string | undefined): Random {
  const [seed, nth] = (given ?? "").split("/").map(Number);
  return seededRandom(
    Number.isSafeInteger(seed) ? (seed as number) : randomInt(2 ** 31),
    `run/integration/${nth ?? 1}`,
  );
}

function fetched(url: string | URL, request: HostRequest = {}): Promise<HostResponse> {
  const streams = request.body instanceof ReadableStream ? { duplex: "half" } : {};
  return fetch(url, { ...request, ...streams } as RequestInit) as unknown as Promise<HostResponse>;
}
