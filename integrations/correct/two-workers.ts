import type { Host, Integration } from "../../port/host.ts";
import { Claims } from "../kit/claims.ts";
import { Desk } from "../kit/desk.ts";
import type { Item, Source } from "../kit/item.ts";
import { type Policy, sound } from "../kit/policy.ts";
import { sourcesOf } from "../kit/serve.ts";

const workers = ["first", "second"] as const;

/**
 * Two workers, each with a connection and a list of its own, over the same queues and mailboxes. A message belongs to
 * whoever has claimed it in the store; the other waits, and then finds it registered. Lists are asked for in turn, so
 * that together they ask no more often than one would.
 */
export function twoWorkers(policy: Policy): Integration {
  return async (host) => {
    const desk = new Desk(host, policy);
    const claims = new Claims(host);
    await Promise.all(
      workers.flatMap((worker) =>
        sourcesOf(atHalfPace(host), desk, policy).map(async (source) => {
          if (worker === "second") await ownTurn(host, source);
          await source.run((item) => takeClaimed(item, worker, claims, desk));
        }),
      ),
    );
  };
}

/** The host as one of two workers sees it. */
function atHalfPace(host: Host): Host {
  const { endpoints } = host;
  return { ...host, endpoints: { ...endpoints, pollIntervalMs: workers.length * endpoints.pollIntervalMs } };
}

async function ownTurn({ clock, endpoints, signal }: Host, { channel }: Source): Promise<void> {
  if (channel !== "fiks-io") await clock.sleep(endpoints.pollIntervalMs, signal).catch(() => {});
}

function takeClaimed(item: Item, worker: string, claims: Claims, desk: Desk): Promise<void> {
  return item.id === undefined
    ? take(item, desk)
    : claims.whileClaimed(item.id, worker, item.signal, () => take(item, desk));
}

async function take(item: Item, desk: Desk): Promise<void> {
  const reading = await item.read();
  switch (reading.kind) {
    case "note":
      return item.takeNote();
    case "unknown":
      return item.refuse("unknown-type");
    case "nothing":
      return item.refuse("empty");
    case "defective":
      return item.refuse(reading.reason);
    case "concern": {
      const ended = await desk.register(reading.concern, item.signal);
      if (ended.kind === "refused") return item.refuse(ended.reason);
      await item.confirm();
      await item.markAsRead();
      return item.settle();
    }
  }
}

const integration: Integration = twoWorkers(sound);
export default integration;
