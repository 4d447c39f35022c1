import { describe, expect, it } from "vitest";
import { operations } from "../../contracts/boundaries.ts";
import type { Fault } from "../../core/fault.ts";
import { ruleIds } from "../../core/rule.ts";
import type { Scenario, Step } from "../../core/scenario.ts";
import { policeScenario, scenario as sample } from "../runs.fixture.ts";
import { boundaryWords, operationWords } from "./boundaries.ts";
import { duration, moment, shortDuration } from "./duration.ts";
import { faultWords } from "./faults.ts";
import { factOf } from "./rules.ts";
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

describe("a scenario of the police in plain words", () => {
  const to = { municipality: "4690", district: "01" };
  const police = (steps: readonly Step[], scenario: Partial<Scenario> = {}): Scenario => ({
    ...policeScenario,
    people: [],
    steps,
    mustHold: [],
    ...scenario,
  });
  const said = (scenario: Scenario, language: "en" | "nb" = "en"): string =>
    tell(scenario, language)
      .replace(/^.*? (the portal|portalen)\. /, "")
      .trim();
  const order = (label: string, sends: Partial<Extract<Step, { kind: "sends" }>> = {}): Step => ({
    ...(policeScenario.steps[0] as Extract<Step, { kind: "sends" }>),
    label,
    to,
    ...sends,
  });

  it("says that a sender is tested and by which ways it can send, who may read, and who sees its alarms", () => {
    expect(tell(policeScenario, "en")).toBe(
      "**A dispatch that nobody may read.** It is Monday 9 January 2023, 09:00. " +
        "The system under test is a sender, which can send through Altinn (criminal-case dispatch) and the portal. " +
        "Vakthavende takes care of the sender's alarms. " +
        "Unn Postfordeler is to open the mail for Fjordvik in Altinn, but may read none of it. " +
        "The sender under test is to send concern message A from a public body (form version 1, short text) to Fjordvik. " +
        "*Must hold:* every channel in use has a reader who is there and may read; the sender acts when a message has not reached a person in time.",
    );
    expect(tell(policeScenario, "nb")).toBe(
      "**A dispatch that nobody may read.** Det er mandag 9. januar 2023 kl. 09.00. " +
        "Systemet under test er en avsender, som kan sende gjennom Altinn (straffesaksforsendelse) og portalen. " +
        "Vakthavende tar seg av alarmene hos avsenderen. " +
        "Unn Postfordeler skal åpne posten til Fjordvik i Altinn, men har ikke tilgang til noe av den. " +
        "Avsenderen under test skal sende bekymringsmelding A fra en offentlig melder (skjemaversjon 1, kort tekst) til Fjordvik. " +
        "*Må holde:* hver kanal i bruk har en leser som er til stede og har tilgang; avsenderen gjør noe når en melding ikke har nådd et menneske i tide.",
    );
  });

  it("says of an integration which channels it reads, and of the police what they ask for in Altinn", () => {
    const mail = {
      furtherFiles: 2,
      confirmation: true,
      notice: true,
      filesLiveDays: 30,
      publishedLateMs: 5_400_000,
    } as const;
    const steps = [order("A", { by: "altinn-correspondence", mail }), order("B", { by: "letter" })];
    const text = tell(police(steps, { tests: "integration", channels: ["fiks-io", "altinn-correspondence"] }), "nb");
    expect(text.slice(text.indexOf("Systemet"))).toBe(
      "Systemet under test leser Fiks IO og post i Altinn. " +
        "Politiet sender bekymringsmelding A fra en offentlig melder (skjemaversjon 1, kort tekst) til Fjordvik som taushetsbelagt post i Altinn. " +
        "Den har 2 filer i tillegg til den første. Det bes om bekreftelse. Kommunen får varsel, og påminnelse etter sju dager. " +
        "Filene slettes etter 30 dager. Den publiseres 1 time og 30 minutter for sent. " +
        "Politiet sender bekymringsmelding B fra en offentlig melder (skjemaversjon 1, kort tekst) til Fjordvik som brev.",
    );
  });

  it("keeps the way apart from a recipient that is told in two parts", () => {
    expect(said(police([order("A", { by: "altinn-dispatch", to: { municipality: "4691", district: "02" } })]))).toBe(
      "The police send concern message A from a public body (form version 1, short text) to 4691, district 02, as a criminal-case dispatch in Altinn.",
    );
  });

  it.each([
    ["confidential", true, "may read confidential mail", "har Kari tilgang til taushetsbelagt post"],
    ["correspondence", false, "may no longer read ordinary mail", "har Kari ikke lenger tilgang til vanlig post"],
    [
      "dispatch-message",
      true,
      "may read the message of criminal-case dispatches",
      "har Kari tilgang til meldingen i straffesaksforsendelser",
    ],
    [
      "dispatch-file",
      true,
      "may read the file of criminal-case dispatches",
      "har Kari tilgang til filen i straffesaksforsendelser",
    ],
  ] as const)("tells who is given %s, or loses it", (right, granted, en, nb) => {
    const step: Step = { kind: "entitles", who: "Kari", municipality: "4690", right, granted };
    expect(said(police([step]))).toBe(`From now Kari ${en} for Fjordvik in Altinn.`);
    expect(said(police([step]), "nb")).toBe(`Fra nå ${nb} til Fjordvik i Altinn.`);
  });

  it("tells who gives rights and who forgets, and both parts of a dispatch as one", () => {
    const person = { municipality: "4690", looksEveryMs: 1 };
    const people: Scenario["people"] = [
      { ...person, name: "Ada", duty: "administrator", delegatesTo: "Kari" },
      { ...person, name: "Odd", duty: "administrator" },
      { ...person, name: "Kari", duty: "deputy", rights: ["dispatch-message", "dispatch-file", "confidential"] },
      { ...person, name: "Siri", duty: "caseworker" },
      { name: "Tor", duty: "investigator", looksEveryMs: 1 },
    ];
    expect(said(police([], { people }))).toBe(
      "Tor at the police goes through what was never opened, and sends a letter instead. " +
        "Ada is main administrator for Fjordvik in Altinn, and gives Kari every right when a notice comes. " +
        "Odd is main administrator for Fjordvik in Altinn, and forgets to give anybody access, even when a notice comes. " +
        "Kari may read confidential mail and criminal-case dispatches for Fjordvik in Altinn.",
    );
  });

  it("tells how a municipality stands in Altinn, and counts where there are many", () => {
    const place = (number: string, mailbox: Scenario["municipalities"][number]["mailbox"]) => ({
      ...(policeScenario.municipalities[0] as Scenario["municipalities"][number]),
      number,
      name: `By ${number}`,
      ...(mailbox === undefined ? {} : { mailbox }),
    });
    const municipalities = [
      place("4690", { notices: "bounce", machine: "opens" }),
      place("4691", { notices: "no address", qualified: false }),
      ...["4692", "4693", "4694"].map((number) => place(number, { notices: "bounce" })),
    ];
    expect(said(police([], { municipalities }), "nb")).toBe(
      "Varsler til 4 kommuner kommer i retur. Det finnes ingen adresse for varsler til By 4691. " +
        "Ingen i By 4691 har en rolle som kreves for taushetsbelagt post: Altinn avviser slik post. " +
        "I By 4690 åpner en maskin alt som kommer i Altinn, uten at noen ser på det.",
    );
  });

  const many = (count: number, step: (i: number) => Step): Step[] =>
    Array.from({ length: count }, (_, i) => [step(i), { kind: "waits", ms: 131_400_000 } as const]).flat();

  it("tells a hundred messages alike in one sentence, by their kinds", () => {
    const steps = many(118, (i) => order(i < 40 ? `other-${i + 1}` : `concern-${i - 39}`));
    expect(said(police(steps))).toBe(
      "The sender under test is to send 118 concern messages (“other-1” to “other-40” and “concern-1” to “concern-78”) " +
        "from a public body (form version 1, short text) to Fjordvik, 1 day, 12 hours and 30 minutes apart. " +
        "1 day, 12 hours and 30 minutes pass.",
    );
  });

  it("tells a thousand messages that differ in their recipients only in one sentence, with the recipients counted", () => {
    const steps = many(1307, (i) => order(`item-${i + 1}`, { to: { municipality: String(7001 + (i % 162)) } }));
    expect(said(police(steps), "nb")).toMatch(
      /^Avsenderen under test skal sende 1307 bekymringsmeldinger \(«item-1» til «item-1307»\) .* til 162 kommuner, med 1 dag, 12 timer og 30 minutter mellom hver\. Det går [^.]*\.$/,
    );
  });

  it("tells years of letters and of mail by their numbers, with who was away meanwhile", () => {
    const steps = many(11_400, (i) =>
      order(`d${i % 12}-${i}`, {
        to: { municipality: String(6001 + (i % 350)) },
        ...(i % 24 === 0 ? {} : { by: "letter" }),
      }),
    );
    const away: Step = { kind: "away", person: "Kari", forMs: 26 * 86_400_000 };
    const text = (language: "en" | "nb"): string =>
      said(police([...steps.slice(0, 100), away, ...steps.slice(100, 400), away, ...steps.slice(400)]), language);
    expect(text("en")).toBe(
      "Over about 47 years, 11,400 concern messages (“d0-0” to “d11-11399”) from a public body (form version 1, short text) are sent, " +
        "1 day, 12 hours and 30 minutes apart: 475 by the sender, to 175 municipalities; 10,925 by the police by letter, to 350 municipalities. " +
        "Meanwhile, somebody is away for 26 days, 2 times in all; nobody looks instead. 1 day, 12 hours and 30 minutes pass.",
    );
    expect(text("nb").replaceAll("\u00a0", " ")).toBe(
      "I løpet av omtrent 47 år sendes 11 400 bekymringsmeldinger («d0-0» til «d11-11399») fra en offentlig melder (skjemaversjon 1, kort tekst), " +
        "med 1 dag, 12 timer og 30 minutter mellom hver: 475 av avsenderen, til 175 kommuner; 10 925 av politiet som brev, til 350 kommuner. " +
        "I mellomtiden er noen borte i 26 dager, 2 ganger i alt; ingen følger med i stedet. Det går 1 dag, 12 timer og 30 minutter.",
    );
  });

  it("keeps a message with a fault of its own out of the numbers", () => {
    const fault: Fault = { id: "f", at: "altinn-dispatch.send(m-30)/1:done", does: { kind: "reset" } };
    const steps = many(60, (i) => order(`m-${i}`, { to: { municipality: String(7001 + (i % 7)) } }));
    const text = said(police(steps, { faults: [fault] }));
    expect(text).toContain("30 concern messages (“m-0” to “m-29”)");
    expect(text).toContain("concern message “m-30”");
    expect(text).toContain(
      "At the first attempt to send “m-30” as a criminal-case dispatch, after Altinn had taken it on but before the answer,",
    );
    expect(text).toContain("29 concern messages (“m-31” to “m-59”)");
  });
});

describe("a fact", () => {
  it("is of the chain that broke: Familia's through Fiks IO, the police's in Altinn", () => {
    for (const rule of ruleIds) {
      expect(factOf(rule, "fiks").source).not.toContain("case B");
      expect(factOf(rule, "altinn").source).not.toMatch(/case A|fiks\.md/);
    }
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
      "altinn-dispatch.status(A)/2:asked",
      "the second attempt to ask whether A has been opened, before anything was done",
      "det andre forsøket på å spørre om A er åpnet, før noe var gjort",
    ],
    [
      "altinn-authentication.exchange(expired)/1:done",
      "the first attempt to exchange a token at Altinn, after the old one had expired, after Altinn's token was made but before the answer",
      "det første forsøket på å veksle inn et token hos Altinn, etter at det gamle var utløpt, etter at tokenet fra Altinn var laget, men før svaret",
    ],
    [
      "sender.send(A)/1:asked",
      "the first attempt to have the sender send A, before anything was done",
      "det første forsøket på å få avsenderen til å sende A, før noe var gjort",
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
