import type { Family, Shipped } from "./shipped.ts";

const extension = import.meta.url.endsWith(".ts") ? "ts" : "js";
const module = (name: string): URL => new URL(`./${name}.${extension}`, import.meta.url);
const sound = (name: string, does: string, source: string): Shipped => ({
  role: "sender",
  kind: "sound",
  name,
  module: module(name),
  does,
  source,
});
const faulty = (name: string, family: Family, breaks: string, does: string, source: string): Shipped => ({
  role: "sender",
  kind: "faulty",
  name,
  module: module(name),
  family,
  breaks,
  does,
  source,
});
const sink = (name: string, family: Family, breaks: string, does: string, source: string): Shipped => ({
  role: "sender",
  kind: "sink",
  name,
  module: module(name),
  family,
  breaks,
  does,
  source,
});

/** The senders that we ship, the sound one first. */
export const senders: readonly Shipped[] = [
  sound(
    "correct/police-sender",
    "Keeps its copy until a person or a case system has the message, warns before two working days are over, and takes another way after three.",
    "incidents.md, invariants 11-15, 18 and 21",
  ),
  faulty(
    "faulty/police-believes-published",
    "sender's false belief",
    "end-state-deadline",
    'Takes "published" for received, and never asks again. It keeps its copies: that is all that saves them.',
    "incidents.md, case B, mechanisms 1, 5 and 6",
  ),
  faulty(
    "faulty/police-never-looks-again",
    "sender's false belief",
    "end-state-deadline",
    "Asks once, on the next working day, notes whatever it is told, and never looks at the list of what was not opened.",
    "incidents.md, case B, mechanism 5 and invariant 12",
  ),
  faulty(
    "faulty/police-takes-read-for-opened",
    "sender's false belief",
    "end-state-deadline",
    "Takes Read for an end: a program that fetched the content, which nobody looked at.",
    "altinn.md C7; incidents.md, invariant 11; RULES.md A.2, end-state-deadline",
  ),
  faulty(
    "faulty/police-deletes-at-sent",
    "sender's false belief",
    "no-loss",
    'Takes "sent" for received, and deletes its own copy: after 30 days nobody has one.',
    "incidents.md, invariant 18; RULES.md, *Police*",
  ),
  faulty(
    "faulty/police-sends-again",
    "duplicate effect",
    "one-case",
    "Sends again where an answer was lost, under a new key and without looking up what became of the first try.",
    "incidents.md, invariant 21; altinn.md C12",
  ),
  faulty(
    "faulty/police-warns-an-old-address",
    "swallowed error",
    "end-state-deadline",
    "Sends its warnings to an address that nobody reads any more: they bounce.",
    "incidents.md, invariants 8 and 15",
  ),
  faulty(
    "faulty/police-warns-the-log",
    "swallowed error",
    "end-state-deadline",
    "Writes its warnings to a log that nobody reads.",
    "incidents.md, invariant 8",
  ),
  faulty(
    "faulty/police-one-address-for-all",
    "wrong correlation or recipient",
    "right-recipient",
    "Sends every message to the first recipient it was configured with, whomever it is for.",
    "altinn.md C14; incidents.md, case B",
  ),
  faulty(
    "faulty/police-forgets-at-crash",
    "lost on restart",
    "no-loss",
    "Remembers what it has taken on in memory: a crash takes the orders and their only copies.",
    "incidents.md, invariants 1 and 18",
  ),
  faulty(
    "faulty/police-starts-afresh",
    "sender's false belief",
    "end-state-deadline",
    "Goes on after a start with what was not sent yet: what was sent is watched by nobody any more.",
    "incidents.md, case B, mechanism 5 and invariant 12",
  ),
  faulty(
    "faulty/police-warns-too-late",
    "silent expiry",
    "end-state-deadline",
    "Waits a month before it warns anybody: by then the content is deleted.",
    "incidents.md, case B, mechanisms 3 and 5; invariant 13",
  ),
  faulty(
    "faulty/police-closes-refused",
    "sender's false belief",
    "end-state-deadline",
    "Closes an order that a channel refuses, and tells nobody.",
    "incidents.md, invariants 8 and 18",
  ),
  sink(
    "faulty/sinks/police-says-sent",
    "sender's false belief",
    "delivers",
    "Answers every order with a reference, and sends nothing.",
    "incidents.md, invariant 22",
  ),
];
