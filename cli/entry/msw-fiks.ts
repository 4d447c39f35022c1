import { FiksIo, type FiksIoSetup } from "../../simulators/fiks-io/fiks-io.ts";
import type { Given } from "../../simulators/wire.ts";

/** Fiks IO for `createWorld`: its REST API goes through MSW, AMQP does not. */
export const fiksIo = (given: Given, setup: FiksIoSetup): FiksIo => new FiksIo(given, setup);
