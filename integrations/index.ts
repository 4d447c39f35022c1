import { senders } from "./senders.ts";
import type { Shipped } from "./shipped.ts";

export type { Shipped };

const module = (name: string): URL => new URL(`./${name}.ts`, import.meta.url);
const sound = (name: string, does: string, source: string): Shipped => ({
  role: "integration",
  kind: "sound",
  name,
  module: module(name),
  does,
  source,
});
const faulty = (name: string, breaks: string, does: string, source: string): Shipped => ({
  role: "integration",
  kind: "faulty",
  name,
  module: module(name),
  breaks,
  does,
  source,
});
const sink = (name: string, breaks: string, does: string, source: string): Shipped => ({
  role: "integration",
  kind: "sink",
  name,
  module: module(name),
  breaks,
  does,
  source,
});

/** Everything we ship, the sound ones first. */
export const catalogue: readonly Shipped[] = [
  sound(
    "correct/store-then-receipt",
    "Registers in the receiver, then mottatt and ack, or Altinn's confirmation; several messages at a time.",
    "fiks.md 3.5; altinn.md 2.4",
  ),
  sound(
    "correct/inbox-first",
    "A durable inbox of its own first, then mottatt and ack, or Altinn's confirmation; a worker registers from it.",
    "PORT.md, ruling 1",
  ),
  sound(
    "correct/careful-simple",
    "One message at a time, one step after the other, and registered only once it is read back.",
    "fiks.md 3.5",
  ),
  faulty(
    "faulty/receipts-before-storing",
    "no-false-receipt",
    "Sends `mottatt` before the receiver has stored the message, and passes over an error on the way to the store: Familia 2020–2023.",
    "incidents.md, case A, mechanisms 1-3; fiks.md A1",
  ),
  faulty(
    "faulty/receipts-then-stores",
    "receipt-after-store",
    "Sends `mottatt` first and stores then, however long that takes: until it has, nobody holds the message but the queue.",
    "incidents.md, invariant 1; fiks.md A5",
  ),
  faulty(
    "faulty/receipts-on-queued",
    "no-false-receipt",
    'Takes "queued in memory" (202) for stored: a crash of the receiver takes what was confirmed.',
    "incidents.md, case A, mechanism 1; fiks.md A1",
  ),
  faulty(
    "faulty/acks-before-storing",
    "no-false-receipt",
    "Acks on arrival: what is under way at a crash is not handed over again.",
    "fiks.md A6, named by KS as the typical loss",
  ),
  faulty(
    "faulty/acks-unknown-types",
    "no-false-receipt",
    "Falls through to ack on a message type it does not know; nobody hears of it.",
    "fiks.md B2, the example apps of the official clients",
  ),
  faulty(
    "faulty/nacks-passing-errors",
    "delivers",
    "Answers a passing error of the receiver with nack without requeue: the message is destroyed, the sender told nothing.",
    "fiks.md B1 and 3.5",
  ),
  faulty(
    "faulty/requeues-at-once",
    "delivers",
    "Puts the message back at once on a passing error: its three attempts are gone within a second.",
    "fiks.md B8, by KS the commonest beginner's error",
  ),
  faulty(
    "faulty/knows-by-melding-id",
    "one-case",
    "Holds messages to be the same by `melding-id`, which is new for every send: a resend makes a second case.",
    "fiks.md C10; incidents.md, invariant 21",
  ),
  faulty(
    "faulty/knows-by-children",
    "no-false-receipt",
    "Holds two messages about the same children to be the same: the second is confirmed and never stored.",
    "fiks.md C10; RULES.md, A.2 no-loss",
  ),
  faulty(
    "faulty/keeps-ids-in-memory",
    "one-case",
    "Keeps the keys of what it has sent in a variable of the module: after a crash the same message goes in under a new key, as a second case.",
    "fiks.md 3.5, be idempotent; E2",
  ),
  faulty(
    "faulty/forgets-sync",
    "receipt-after-store",
    "Confirms what stands in its inbox but is not forced to disk: a power cut takes it.",
    "fiks.md A5; incidents.md, invariant 1",
  ),
  faulty(
    "faulty/takes-whatever-is-there",
    "no-false-receipt",
    "Loops over the files of the container and confirms: with none, or with a broken container, it confirms nothing.",
    "fiks.md A2, A4, A10, the proof-of-concept consumer",
  ),
  faulty(
    "faulty/sends-both-receipts",
    "no-false-receipt",
    "Sends `feilet` when the answer to `mottatt` is lost: the portal has both, and sends paper for a registered message.",
    "fiks.md A8, the proof-of-concept consumer",
  ),
  faulty(
    "faulty/one-district-for-all",
    "right-recipient",
    "Registers every message in the municipality's first district, whatever it is addressed to.",
    "fiks.md D1",
  ),
  faulty(
    "faulty/drops-new-fields",
    "intact",
    "Imports the fields it knows from version 1: `andreSynspunkter` is gone.",
    "fiks.md C12",
  ),
  faulty(
    "faulty/wants-a-time-zone",
    "delivers",
    "Reads `sendingstidspunkt` by the letter of the schema and refuses times without a zone, which all are.",
    "fiks.md C11 and 2.1, trap 2",
  ),
  faulty(
    "faulty/never-reconnects",
    "delivers",
    "Stays up without a consumer once the connection is lost: alive, and deaf.",
    "fiks.md B10, B15",
  ),
  faulty(
    "faulty/logs-deviations",
    "failure-visible",
    "Writes deviations to a log that nobody reads.",
    "incidents.md, case A, mechanism 5 and invariant 8",
  ),
  faulty(
    "faulty/quotes-content",
    "no-leak",
    "Quotes the message in its deviations, so that content about a child stands on a worklist.",
    "DESIGN.md section 8; fiks.md 2",
  ),
  faulty(
    "faulty/mail-never-looked-at",
    "watched-channel",
    "Serves the queues and never looks at its mail: what the police send lies there, and it is up and running.",
    "incidents.md, case B, mechanism 4 and invariant 14",
  ),
  faulty(
    "faulty/mail-marked-while-scanning",
    "receipt-after-store",
    "Marks mail as read while it scans the list: the sender sees it read, the reminder is off, and nothing is stored yet.",
    "altinn.md C7",
  ),
  faulty(
    "faulty/mail-confirmed-first",
    "receipt-after-store",
    "Confirms what it finds in the list, and then fetches and stores it, however long that takes.",
    "altinn.md B1 and C8; incidents.md, invariant 1",
  ),
  faulty(
    "faulty/mail-since-last-poll",
    "delivers",
    "Asks only for mail that was to be published since its last poll: what a slow scan held back is never listed to it.",
    "altinn.md C4",
  ),
  faulty(
    "faulty/mail-first-attachment-only",
    "intact",
    "Registers the first file of each mail and drops the others.",
    "altinn.md 2.2, up to a hundred attachments",
  ),
  faulty(
    "faulty/mail-not-confidential",
    "right-recipient",
    "Registers confidential mail as ordinary: whoever sees ordinary cases sees it.",
    "PORT.md, *Where the facts of a message stand*",
  ),
  sink(
    "faulty/sinks/acknowledge-and-discard",
    "no-false-receipt",
    "Confirms and settles everything, and keeps nothing.",
    "incidents.md, invariant 22",
  ),
  sink(
    "faulty/sinks/refuse-all",
    "delivers",
    "Refuses everything, with `feilet` where there is such an answer: no message is registered.",
    "RULES.md, A.2 delivers",
  ),
  sink(
    "faulty/sinks/report-everything",
    "delivers",
    "Reports every message as a deviation and settles it; none is registered.",
    "RULES.md, *Alarm*: a report ends nothing whose cause is passing",
  ),
  sink(
    "faulty/sinks/never-connect",
    "delivers",
    "Gets a token, and never connects with it: up and running to look at, and deaf.",
    "incidents.md, invariants 19 and 22; fiks.md B10",
  ),
  ...senders,
];
