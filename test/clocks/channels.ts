import { confirmDelay, leastFileLife, reminderDelay } from "../../contracts/altinn/lifetimes.ts";
import { contentLife } from "../../contracts/altinn-dispatch/lifetimes.ts";
import { attempts, copyLife, elapsedMs, retention } from "../../contracts/fiks/lifetimes.ts";
import { CorrespondenceModel, type MailWay } from "./correspondence-model.ts";
import { correspondenceStand } from "./correspondence-stand.ts";
import { DispatchModel, type DispatchWay } from "./dispatch-model.ts";
import { dispatchStand } from "./dispatch-stand.ts";
import type { Channel } from "./performance.ts";
import { PortalModel, type Way } from "./portal-model.ts";
import { portalStand } from "./portal-stand.ts";
import { start } from "./surroundings.ts";

const portalWays: readonly Way[] = [
  { retry: "resent", answer: "mottatt", attempts: attempts.count },
  { retry: "redelivered", answer: "mottatt", attempts: attempts.count },
  { retry: "resent", answer: "feilet", attempts: attempts.count },
  { retry: "redelivered", answer: "feilet", attempts: attempts.count },
  { retry: "redelivered", answer: "mottatt", attempts: 2 },
];

function portal(way: Way): Channel {
  return {
    name: `portal and Fiks IO, ${way.retry}, ${way.answer}, ${way.attempts} attempts`,
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

const byWhom = { integration: "an integration", person: "a person" } as const;

const mailWays: readonly MailWay[] = [
  { mail: "ordinary", answer: "told", reader: "integration", purges: "once confirmed" },
  { mail: "ordinary", answer: "told", reader: "integration", purges: 21 },
  { mail: "confidential", answer: "lost", reader: "integration", purges: "once confirmed" },
  { mail: "confidential", answer: "lost", reader: "integration", purges: 7 },
  { mail: "confidential", answer: "told", reader: "person", purges: "never" },
];

function correspondence(way: MailWay): Channel {
  const { purges } = way;
  const when = typeof purges === "number" ? `after ${purges} days` : purges;
  return {
    name: `Altinn Correspondence to ${byWhom[way.reader]}, ${way.mail}, ${way.answer}, purged ${when}`,
    means: {
      send: `the sender has it taken on under a key of its own; the answer is ${way.answer}`,
      retry: "the sender sends it again under the same key, and looks up what that was given to",
      receipt: `${byWhom[way.reader]} confirms what was read first and is not confirmed, or else the last once more`,
      read: `${byWhom[way.reader]} gets the text and the file of all that is there`,
      expiry: "the life of a file ends, 14 days",
      "clean-up": `the reader purges what is read: ${when}`,
    },
    lifetimesMs: [
      leastFileLife.lasts.ms,
      reminderDelay.lasts.ms,
      ...(purges === "once confirmed" ? [confirmDelay.lasts.ms] : []),
    ],
    stand: (plant) => correspondenceStand(way, plant),
    model: () => new CorrespondenceModel(way),
  };
}

const dispatchWays: readonly DispatchWay[] = [
  { answer: "told", asks: "each", reader: "integration" },
  { answer: "lost", asks: "list", reader: "integration" },
  { answer: "told", asks: "list", reader: "person" },
];

function dispatch(way: DispatchWay): Channel {
  return {
    name: `Altinn 2 dispatch to ${byWhom[way.reader]}, ${way.answer}, ${way.asks}`,
    means: {
      send: `the sender sends it; the answer is ${way.answer}`,
      retry: "the sender looks for its reference in the list of what it has sent",
      receipt: `${byWhom[way.reader]} archives what was seen first and is not archived, or else the last once more`,
      read: `${byWhom[way.reader]} gets the text and the file of all in the inbox`,
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
