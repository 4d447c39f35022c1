import type { Duplex } from "node:stream";
import type { SwitchValues } from "../../core/scenario.ts";
import type { Boundaries } from "../boundaries.ts";
import { switchChoice } from "../switch-value.ts";
import type { Asker } from "../wire.ts";
import type { AlarmSink } from "./alarm.ts";
import { SmtpSession } from "./smtp-session.ts";
import { alarmSwitches } from "./switches.ts";

export type SmtpSetup = {
  readonly sink: AlarmSink;
  readonly boundaries: Boundaries;
  readonly switches?: SwitchValues;
};

/** Catches mail: every letter is an alarm, whomever it is to. Some addresses bounce. No TLS, no login. */
export class SmtpCatcher {
  readonly #setup: SmtpSetup;
  readonly #bouncing: ReadonlySet<string>;

  constructor(setup: SmtpSetup) {
    const addresses = String(switchChoice(alarmSwitches, setup.switches ?? {}, "bouncingAddresses"));
    this.#setup = setup;
    this.#bouncing = new Set(addresses.split(",").map((address) => address.trim().toLowerCase()));
  }

  /** Serves one connection. */
  accept(socket: Duplex, asker: Asker): void {
    new SmtpSession(socket, asker, {
      sink: this.#setup.sink,
      boundaries: this.#setup.boundaries,
      bounces: (address) => this.#bouncing.has(address.toLowerCase()),
    });
  }
}
