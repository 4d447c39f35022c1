import { confirmDelay, leastFileLife, reminderDelay } from "../../contracts/altinn/lifetimes.ts";
import { contentLife } from "../../contracts/altinn-dispatch/lifetimes.ts";
import { copyLife, elapsedMs, retention } from "../../contracts/fiks/lifetimes.ts";
import { CorrespondenceModel, type MailWay } from "./correspondence-model.ts";
import { correspondenceStand } from "./correspondence-stand.ts";
import { DispatchModel, type DispatchWay } from "./dispatch-model.ts";
import { dispatchStand } from "./dispatch-stand.ts";
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

function portal(way: Way): Channel {
  return {
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
  };
}

const mailWays: readonly MailWay[] = [
  { mail: "ordinary", answer: "told", purgesAfterDays: "confirmed" },
  { mail: "ordinary", answer: "told", purgesAfterDays: 21 },
  { mail: "confidential", answer: "lost", purgesAfterDays: "confirmed" },
  { mail: "confidential", answer: "lost", purgesAfterDays: 7 },
];

function correspondence(way: MailWay): Channel {
  const when = way.purgesAfterDays === "confirmed" ? "once confirmed" : `after ${way.purgesAfterDays} days`;
  return {
    name: `Altinn Correspondence, ${way.mail}, ${way.answer}, purged ${when}`,
    means: {
      send: `the sender has it taken on under a key of its own; the answer is ${way.answer}`,
      retry: "the sender sends it again under the same key, and looks up what that was given to",
      receipt: "the reader confirms what it read first and has not confirmed, or else its last once more",
      read: "the reader gets the text and the file of all that is listed",
      expiry: "the life of a file ends, 14 days",
      "clean-up": `the reader purges what it has read, ${when}`,
    },
    lifetimesMs: [
      leastFileLife.lasts.ms,
      reminderDelay.lasts.ms,
      ...(way.purgesAfterDays === "confirmed" ? [confirmDelay.lasts.ms] : []),
    ],
    stand: (plant) => correspondenceStand(way, plant),
    model: () => new CorrespondenceModel(way),
  };
}

const dispatchWays: readonly DispatchWay[] = [
  { answer: "told", asks: "each" },
  { answer: "lost", asks: "list" },
];

function dispatch(way: DispatchWay): Channel {
  return {
    name: `Altinn 2 dispatch, ${way.answer}, ${way.asks}`,
    means: {
      send: `the sender sends it; the answer is ${way.answer}`,
      retry: "the sender looks for its reference in the list of what it has sent",
      receipt: "the reader archives what it saw first and has not archived, or else its last once more",
      read: "the reader gets the text and the file of all in its inbox",
      expiry: "the content is deleted, 30 days",
      "clean-up": "nothing: the shell stays",
    },
    lifetimesMs: [contentLife.lasts.ms],
    stand: (plant) => dispatchStand(way, plant),
    model: () => new DispatchModel(way),
  };
}

/** Every channel, in every way that orderings are put to it. */
export const channels: readonly Channel[] = [
  ...portalWays.map(portal),
  ...mailWays.map(correspondence),
  ...dispatchWays.map(dispatch),
];
