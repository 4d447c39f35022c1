import { describe, expect, it } from "vitest";
import { operations } from "../../contracts/boundaries.ts";
import type { Fault } from "../../core/fault.ts";
import type { Scenario, Step } from "../../core/scenario.ts";
import { scenario as sample } from "../runs.fixture.ts";
import { boundaryWords, operationWords } from "./boundaries.ts";
import { duration, moment, shortDuration } from "./duration.ts";
import { faultWords } from "./faults.ts";
import { tell } from "./tell.ts";

const send = (label: string): Step => ({
  kind: "sends",
  label,
  messageKind: "offentlig",
  version: 2,
  to: { municipality: "4601", district: "01" },
  content: "short",
});
const waits: Step = { kind: "waits", ms: 300_000 };
const with_ = (steps: readonly Step[], faults: readonly Fault[] = []): Scenario => ({ ...sample, steps, faults });
const told = (scenario: Scenario): string =>
  tell(scenario, "en")
    .replace(/^.*? receipt\. /, "")
    .replace(/ \*Must.*/, "");

describe("a scenario in plain words", () => {
  it("reads as a paragraph in English", () => {
    expect(tell(sample, "en")).toBe(
      "**The store fails once.** It is Monday 8 May 2023, 08:00. The portal deletes its copy 14 days after a positive receipt. " +
        "The national portal sends concern message A from a public body (form version 2, short text) to Fjordvik. " +
        "At the first attempt to register A, before anything was done, the receiver only answers 503. " +
        "*Must hold:* no message is lost; what is said to be received is found in a case, whole.",
    );
  });

  it("reads as a paragraph in Bokmål", () => {
    expect(tell(sample, "nb")).toBe(
      "**The store fails once.** Det er mandag 8. mai 2023 kl. 08.00. Portalen sletter sin kopi 14 dager etter en positiv kvittering. " +
        "Nasjonal portal sender bekymringsmelding A fra en offentlig melder (skjemaversjon 2, kort tekst) til Fjordvik. " +
        "Ved det første forsøket på å registrere A, før noe var gjort, svarer fagsystemet bare 503. " +
        "*Må holde:* ingen melding går tapt; det som er meldt mottatt, finnes helt i en sak.",
    );
  });

  it("takes messages that are alike together, with their pace", () => {
    const steps = ["A", "B", "C", "D", "E"].flatMap((label) => [send(label), waits]);
    expect(told(with_(steps))).toBe(
      "The national portal sends 5 concern messages (A to E) from a public body (form version 2, short text) to Fjordvik, 5 minutes apart. 5 minutes pass.",
    );
  });

  it("tells rounds once, with their number and every message counted", () => {
    const round = (label: string): Step[] => [send(label), { kind: "strains", how: "full", forMs: 60_000 }, waits];
    expect(told(with_(["A", "B", "C"].flatMap(round)))).toBe(
      "What follows happens 3 times in all, each time with messages of its own: " +
        "The national portal sends concern message A from a public body (form version 2, short text) to Fjordvik. " +
        "From now and for 1 minute, the receiver's store is full. 5 minutes pass. That makes 3 messages, from A to C.",
    );
  });

  it("keeps a message with a fault of its own out of a round", () => {
    const round = (label: string): Step[] => [send(label), { kind: "disconnects" }, waits];
    const fault: Fault = { id: "f", at: "receiver.register(B)/1:done", does: { kind: "reset" } };
    const text = told(with_(["A", "B", "C"].flatMap(round), [fault]));
    expect(text).not.toContain("times in all");
    expect(text).toContain(
      "message B from a public body (form version 2, short text) to Fjordvik. At the first attempt to register B,",
    );
  });

  it("tells faults about no single message before the story", () => {
    const fault: Fault = { id: "f", at: "maskinporten.grant(expired)/1:asked", does: { kind: "stall" } };
    expect(told(with_([waits], [fault]))).toBe(
      "At the first attempt to get a token, after the old one had expired, before anything was done, nothing more is heard until the faults are over. 5 minutes pass.",
    );
  });
});

describe("a boundary in words", () => {
  it.each([
    [
      "receiver.register(A)/1:done",
      "the first attempt to register A, after the case was stored but before the answer",
      "det første forsøket på å registrere A, etter at saken var lagret, men før svaret",
    ],
    [
      "receiver.register(A~2)/12:asked",
      "the 12th attempt to register the second copy of A, before anything was done",
      "det 12. forsøket på å registrere den andre kopien av A, før noe var gjort",
    ],
    [
      "fiks-io.settle({A,B})/2:told",
      "the second attempt to settle A and B in the queue, after the answer had arrived",
      "det andre forsøket på å gjøre opp for A og B i køen, etter at svaret var kommet fram",
    ],
    [
      "fiks-io.receipt(*)/*:asked",
      "an attempt to send the receipt for any message, before anything was done",
      "et forsøk på å sende kvitteringen for en hvilken som helst melding, før noe var gjort",
    ],
    [
      "fiks-io.connect(lost)/1:asked",
      "the first attempt to connect to Fiks IO, after the connection was lost, before anything was done",
      "det første forsøket på å koble til Fiks IO, etter at forbindelsen var brutt, før noe var gjort",
    ],
    [
      "altinn-broker.list(idle)@fiks-io.deliver(A)/1:asked",
      "the attempt to list the files, with nothing to do, following the first attempt to deliver A from the queue, before anything was done",
      "forsøket på å hente fillisten, uten noe å gjøre, i kjølvannet av det første forsøket på å levere A fra køen, før noe var gjort",
    ],
  ])("%s", (boundary, en, nb) => {
    expect(boundaryWords(boundary, "en")).toBe(en);
    expect(boundaryWords(boundary, "nb")).toBe(nb);
  });

  it("has words for just the parties and operations of the frozen list", () => {
    const listed = Object.entries(operations).map(([party, names]) => [party, [...names].sort()]);
    const worded = Object.entries(operationWords).map(([party, words]) => [party, Object.keys(words).sort()]);
    expect(Object.fromEntries(worded)).toEqual(Object.fromEntries(listed));
  });
});

describe("a fault in words", () => {
  it("says how often a pattern strikes", () => {
    const fault: Fault = {
      id: "f",
      at: "receiver.register(*)/1:done",
      does: { kind: "delay", byMs: 90_000 },
      times: 3,
    };
    expect(faultWords(fault, "en")).toBe(
      "At the first attempt to register any message, after the case was stored but before the answer, the answer arrives 1 minute and 30 seconds late (the first 3 times).",
    );
    expect(faultWords({ ...fault, times: 1 }, "nb")).toMatch(/ \(én gang\)\.$/);
  });
});

describe("a duration in words", () => {
  it.each([
    [0, "0 seconds", "0 sekunder"],
    [1, "1 millisecond", "1 millisekund"],
    [3_600_000, "1 hour", "1 time"],
    [259_200_000, "3 days", "3 dager"],
    [
      93_784_005,
      "1 day, 2 hours, 3 minutes, 4 seconds and 5 milliseconds",
      "1 dag, 2 timer, 3 minutter, 4 sekunder og 5 millisekunder",
    ],
  ])("%d ms", (ms, en, nb) => {
    expect([duration(ms, "en"), duration(ms, "nb")]).toEqual([en, nb]);
  });

  it("is short in a column", () => {
    expect([40, 1250, 123_000, 1_209_601_150].map((ms) => shortDuration(ms, "nb"))).toEqual([
      "40 ms",
      "1,25 s",
      "2 min 3 s",
      "14 d",
    ]);
  });

  it("and an instant has its weekday", () => {
    expect(moment("2024-02-29T07:05:00", "en")).toBe("Thursday 29 February 2024, 07:05");
    expect(moment("2023-12-24T16:00:00", "nb")).toBe("søndag 24. desember 2023 kl. 16.00");
  });
});
