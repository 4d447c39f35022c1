import { copyLife, elapsedMs, retention } from "../../contracts/fiks/lifetimes.ts";
import type { Channel } from "./performance.ts";
import { PortalModel, type Way } from "./portal-model.ts";
import { portalStand } from "./portal-stand.ts";
import { start } from "./surroundings.ts";

const portalWays: readonly Way[] = [
  { retry: "resent", answer: "mottatt" },
  { retry: "redelivered", answer: "mottatt" },
  { retry: "resent", answer: "feilet" },
  { retry: "redelivered", answer: "feilet" },
];

/** Every channel, in every way that orderings are put to it. */
export const channels: readonly Channel[] = [
  ...portalWays.map(
    (way): Channel => ({
      name: `portal and Fiks IO, ${way.retry}, ${way.answer}`,
      means: {
        send: "the sender submits the message",
        retry: way.retry === "resent" ? "the portal's operator sends it again" : "the reader's connection is lost",
        receipt: `the reader says ${way.answer} to what it has had in hand longest, and acks it`,
        read: "the reader gets all that is ready",
        expiry: "the life of a copy in the queue ends, 24 hours",
        "clean-up": "the portal deletes its copy, 30 days after receipt or paper",
      },
      lifetimesMs: [elapsedMs(copyLife), elapsedMs(retention)],
      stand: (plant) => portalStand(way, plant),
      model: () => new PortalModel(way, start),
    }),
  ),
];
