import type { Host, Integration } from "../../port/host.ts";
import type { Arrival } from "./arrival.ts";
import { Desk } from "./desk.ts";
import { FiksClient } from "./fiks-client.ts";
import { sound } from "./policy.ts";

/** An integration that does one and the same with every message, and stores none. */
export function sink(does: (arrival: Arrival, desk: Desk) => Promise<void>): Integration {
  return async (host: Host): Promise<void> => {
    const fiks = new FiksClient(host, sound);
    const desk = new Desk(host, fiks, sound);
    await fiks.run((arrival) => does(arrival, desk));
  };
}
