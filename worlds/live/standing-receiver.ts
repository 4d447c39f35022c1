import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { Clock, Random } from "../../core/clock.ts";
import { HarnessError } from "../../core/error.ts";
import { Manifest } from "../../simulators/manifest.ts";
import { strainedAnswer } from "../../simulators/receiver/http.ts";
import { type Kept, type ReceiverStore, StoreFull } from "../../simulators/receiver/kept.ts";
import { Receiver } from "../../simulators/receiver/receiver.ts";
import { type Strain, strainOn } from "../../simulators/receiver/state.ts";
import { Router } from "../../simulators/router.ts";
import { type About, type Answer, type Facts, type HttpOperation, problem } from "../../simulators/wire.ts";
import { type Ask, httpServer } from "./http-server.ts";
import { Outbox } from "./outbox.ts";
import { WriteAhead } from "./write-ahead.ts";

const loopback = "127.0.0.1";
const asker = { party: "integration", incarnation: 1 } as const;
/** How long a store that failed is let be before it is read or written again, ms. */
const storeRestsMs = 1000;
const forEver = Number.POSITIVE_INFINITY;

/** Nobody judges what comes here: no run, no ledger, nobody at work. */
const unrecorded: Facts = { record: () => 0 };
const nobody = { owner: () => "", registered: () => {}, alerted: () => {} };

export type StandingSetup = {
  readonly store: ReceiverStore;
  readonly apiKey: string;
  readonly clock: Clock;
  readonly random: Random;
  /** 0 for one that is free. */
  readonly port: number;
  /** In force for as long as it stands. */
  readonly strains: readonly Strain[];
  /** Whoever waits longer for the store is told 503, ms. */
  readonly answersWithinMs: number;
  /** Told when the store fails and when it is back, in a sentence for people. */
  readonly say: (line: string) => void;
};

/** A receiver's memory since it was last read from the store. */
type Memory = { readonly receiver: Receiver; readonly router: Router; readonly ahead: WriteAhead };

/**
 * The receiver by itself: the same intake as in a run, over HTTP on loopback, on the store's disk.
 *
 * Handlers work on memory and are answered from it, but no answer leaves before all that memory held when it was made is
 * durable. Where a commit fails nobody knows what stands in the store: those who wait are told 503 or 507, memory is
 * thrown away as in a crash, with what was only queued, and read from the store anew.
 */
export class StandingReceiver {
  readonly #setup: StandingSetup;
  readonly #server: Server;
  #memory: Memory;
  #closed = false;
  #recalling: Promise<void> = Promise.resolve();

  private constructor(setup: StandingSetup, kept: readonly Kept[]) {
    this.#setup = setup;
    this.#memory = this.#remembering(kept);
    this.#server = httpServer((request, hear, from) => this.#ask(request, hear, from), new Outbox(), { count: 0 });
  }

  /**
   * Reads the store and opens the port.
   *
   * @throws {HarnessError} The store cannot be used, or the port is taken.
   */
  static async open(setup: StandingSetup): Promise<StandingReceiver> {
    const { store, clock, port } = setup;
    const standing = new StandingReceiver(setup, await recalled(store, clock.now()));
    try {
      await new Promise<void>((resolve, reject) => {
        standing.#server.once("error", reject).listen(port, loopback, resolve);
      });
    } catch (error) {
      await store.close();
      throw new HarnessError({
        happened: `The receiver could not open port ${port}.`,
        because: error instanceof Error ? error.message : String(error),
        next: "Give a port that is free, or none: one is chosen then.",
      });
    }
    return standing;
  }

  /** `http://127.0.0.1:<port>`. */
  get baseUrl(): string {
    return `http://${loopback}:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Closes the port, lets what is under way become durable, and closes the store. */
  async close(): Promise<void> {
    this.#closed = true;
    const closed = new Promise((resolve) => this.#server.close(resolve));
    this.#server.closeIdleConnections();
    await this.#memory.ahead.durable()?.catch(() => {});
    this.#server.closeAllConnections();
    await closed;
    await this.#recalling;
    this.#memory.receiver.crash();
    await this.#setup.store.close();
  }

  readonly #ask: Ask = (request, hear) => {
    const { router, ahead } = this.#memory;
    const tell = (answer: Answer): void => hear({ kind: "told", value: answer }, () => {});
    const found = router.find(request.method, request.path);
    if (found === undefined)
      return tell({ reply: problem(404, "Not Found", "There is nothing here."), saying: "negative", copies: [] });
    const { operation, params } = found;
    let about: About;
    let answer: Answer;
    try {
      about = operation.about(request, params, asker);
      answer = operation.handle(request, params, asker);
    } catch (error) {
      // Memory may hold half of what was to be done.
      this.#lost(`a request could not be handled, ${whyOf(error)}`, false);
      return tell({ reply: problem(500, "Internal Server Error", "Try again later."), saying: "negative", copies: [] });
    }
    const durable = ahead.durable();
    if (durable === undefined) return tell(answer);
    let waits = true;
    const tellOnce = (said: Answer): void => {
      if (waits) tell(said);
      waits = false;
      tooLong.cancel();
    };
    const tooLong = this.#setup.clock.after(this.#setup.answersWithinMs, () =>
      tellOnce(strainedAnswer("overloaded", about)),
    );
    durable.then(
      () => tellOnce(answer),
      (why) =>
        tellOnce(strainedAnswer(why instanceof StoreFull && refusesFull(operation) ? "full" : "overloaded", about)),
    );
  };

  #remembering(kept: readonly Kept[]): Memory {
    const { store, apiKey, clock, random, strains } = this.#setup;
    const ahead: WriteAhead = new WriteAhead(store, (why) => {
      if (this.#memory.ahead === ahead) this.#lost(`a commit failed, ${whyOf(why)}`, why instanceof StoreFull);
    });
    const receiver = new Receiver(
      { clock, random, facts: unrecorded },
      { manifest: new Manifest("", unrecorded), apiKey, people: nobody, keeps: (one) => ahead.add(one) },
    );
    receiver.recall(kept);
    for (const strain of strains) receiver.strain(strain, forEver);
    return { receiver, router: new Router([receiver]), ahead };
  }

  /** Memory can be trusted no longer. Until it is read anew everything is answered 503. */
  #lost(why: string, isFull: boolean): void {
    const { receiver, ahead } = this.#memory;
    receiver.crash();
    this.#memory = this.#remembering([]);
    this.#memory.receiver.strain("overloaded", forEver);
    this.#setup.say(`${this.#setup.store.name}: ${why}. It is read anew.`);
    this.#recalling = this.#recall(ahead, isFull);
  }

  async #recall(ahead: WriteAhead, isFull: boolean): Promise<void> {
    const { store, clock, say } = this.#setup;
    await ahead.durable()?.catch(() => {});
    while (!this.#closed)
      try {
        this.#memory = this.#remembering(await store.recall(clock.now()));
        // Full as it is it can be read; what would be written is refused before it fails again.
        if (isFull) this.#memory.receiver.strain("full", storeRestsMs);
        say(`${store.name}: it has been read.`);
        return;
      } catch (error) {
        say(`${store.name}: it cannot be read, ${whyOf(error)}. It is tried again.`);
        await new Promise<void>((again) => clock.after(storeRestsMs, again));
      }
  }
}

async function recalled(store: ReceiverStore, nowMs: number): Promise<readonly Kept[]> {
  try {
    return await store.recall(nowMs);
  } catch (error) {
    if (error instanceof HarnessError) throw error;
    throw new HarnessError({
      happened: `The store ${store.name} could not be read.`,
      because: whyOf(error),
      next: "See that it is there and may be written, then start the receiver again.",
    });
  }
}

/** Whether a full disk is an answer to it; to everything else the receiver is just not able to answer. */
function refusesFull({ operation }: HttpOperation): boolean {
  return strainOn(operation, new Map([["full", forEver]]), 0).kind === "refuses";
}

function whyOf(error: unknown): string {
  if (error instanceof HarnessError) return error.because;
  if (error instanceof AggregateError && error.errors.length > 0) return whyOf(error.errors[0]);
  return error instanceof Error ? error.message : String(error);
}
