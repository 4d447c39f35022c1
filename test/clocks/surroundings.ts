import { osloEpochMs } from "../../core/calendar.ts";
import type { Clock } from "../../core/clock.ts";
import type { Mail, Municipality } from "../../core/scenario.ts";
import { municipality, sends, standardDistrict } from "../../core/scenario-verbs.ts";
import { Boundaries } from "../../simulators/boundaries.ts";
import { Manifest, type SentDelivery } from "../../simulators/manifest.ts";
import { exchangeAt, Router } from "../../simulators/router.ts";
import { type Composed, compose, type Sends } from "../../simulators/sender/compose.ts";
import type { Bytes, Given, HttpSimulator } from "../../simulators/wire.ts";
import { VirtualClock } from "../../worlds/clock.ts";
import { LedgerWriter } from "../../worlds/ledger-writer.ts";
import { seededRandom } from "../../worlds/random.ts";

/** A Monday morning; the first holiday is nine days away. */
export const start: number = osloEpochMs("2023-05-08T08:00:00");
export const fjordvik: Municipality = municipality("4690", "Fjordvik", "310000000", [
  standardDistrict("01", "Fjordvik"),
]);

export type Asked = {
  readonly method: string;
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Bytes;
};

export type Answered = { readonly status: number; readonly text: string };

/** What every stand has besides the simulators of its channel. */
export type Surroundings = {
  readonly clock: VirtualClock;
  readonly ledger: LedgerWriter;
  readonly given: Given;
  readonly manifest: Manifest;
  readonly boundaries: Boundaries;
  /** Asks through the one wrapper; `lost`: the answer does not get there. */
  ask(party: "sender" | "integration", asked: Asked, lost?: "lost"): Answered;
  /** From now on these answer. */
  answering(simulators: readonly HttpSimulator[]): void;
};

const nothing: Bytes = new Uint8Array(0);

/** A fault planted in the simulators: what they are given for a clock. */
export type Plant = (clock: Clock) => Clock;

export function surroundings(plant: Plant = (clock) => clock): Surroundings {
  const clock = new VirtualClock(start);
  const ledger = new LedgerWriter(clock, start);
  const control = { crash() {}, stop() {}, pause() {}, crashParty() {}, latencyMs: () => 0 };
  const boundaries = new Boundaries(clock, ledger, control, []);
  let router = new Router([]);
  return {
    clock,
    ledger,
    given: { clock: plant(clock), random: seededRandom(1), facts: ledger },
    manifest: new Manifest("clocks", ledger),
    boundaries,
    ask(party, { method, path, query = {}, headers = {}, body = nothing }, lost) {
      let answered: Answered | undefined;
      const request = { method, path, query, headers, body };
      exchangeAt(router, boundaries, request, { party, incarnation: 1 }, (heard, confirm) => {
        if (heard.kind !== "told") throw new Error(`${method} ${path} came out as ${heard.kind}`);
        const { status, body: said } = heard.value.reply;
        answered = { status, text: Buffer.from(said as Bytes).toString() };
        confirm(lost === undefined);
      });
      if (answered === undefined) throw new Error(`nobody answers ${method} ${path}`);
      return answered;
    },
    answering: (simulators) => {
      router = new Router(simulators);
    },
  };
}

/** The one message that every ordering is about. */
export function concern(by?: NonNullable<Sends["by"]>, mail: Mail = {}): Composed {
  const how = by === undefined ? {} : { by, mail };
  const step = sends("A", fjordvik.number, { district: "01", ...how }) as Sends;
  return compose(step, { run: "clocks", nowMs: start, scenario: { municipalities: [fjordvik], steps: [step] } });
}

export type { SentDelivery };
