import { describe, expect, it } from "vitest";
import { HarnessError } from "../core/error.ts";
import { consoleReport } from "./console.ts";
import { asleep, believing, doubtful, failing, passing, runOf } from "./runs.fixture.ts";

const plain = { lang: "en", colour: false, width: 110 } as const;
const expectation = ({ sut }: { sut: { name: string } }): "pass" | "fail" =>
  sut.name.startsWith("faulty/") ? "fail" : "pass";

describe("the console report", () => {
  it("shows a failure so that a manager understands it", () => {
    expect(consoleReport([passing, failing], { ...plain, expectation })).toMatchInlineSnapshot(`
      "Messages                     2: 1 lost, 0 expired silently, 0 dropped, 1 registered
      correct/store-then-receipt   1: 0 lost, 0 expired silently, 0 dropped, 1 registered
      faulty/receipt-before-store  1: 1 lost, 0 expired silently, 0 dropped

      Scenario          correct/store-then-receipt  faulty/receipt-before-store
      store-fails-once  ✓ passed                    ✗ no-false-receipt

      ✗ faulty/receipt-before-store: no-false-receipt (as it should: this system is faulty on purpose)
        The store fails once (store-fails-once, seed 1) – message A: lost

          after    portal  Fiks IO  integration
          0 ms       ·        ·          ·      The sender sends it, for 4601-01
          0 ms       ◆        ·          ·      The portal takes it on
          900 ms     ◆        ●          ·      Fiks IO offers it to the integration, for 1 d
          1 s        ◆        ●          ○      Fiks IO hands it to the integration
        ✗ 1.1 s      ◆        ●          ○      The integration says “received”
                                                ◄ the handover broke here
          1.15 s     ●        ●          ◇      The portal hears “mottatt”: from now the integration answers for it
          1.2 s      ●        ·          ◇      The integration takes it off the queue (ack)
          1.3 s      ●        ·          ◇      The integration tries to register A – no (503) [our fault
                                                “store-fails”]
        • 14 d       ·        ·          ◇      The portal deletes its copy: it believes that it has arrived
                                                ◄ now nobody has it

          ◆ has it and answers for it   ● has a copy   ○ in memory only   ◇ answers for it, with no lasting copy

          Rule       No false receipt: what is said to be received is found in a case, whole.
          Fact       Familia returned a positive receipt whether or not the message had been stored. The reporter
                     saw “received”, and the portal deleted its copy 14 days later. (incidents.md, case A, facts 1
                     and 4)
          What       A was said to be received, and never became a case.
          Why        The portal believes a receipt: it stops looking, and deletes its copy.
          Next       Register A first, and send the receipt once the receiver has answered 201.
          To blame   The integration (the system under test, faulty/receipt-before-store)
          Also       no-loss (the integration)
          Replay     npx komfrem run store-fails-once --integration faulty/receipt-before-store --seed 1

      Rules not exercised in any run:
        delivers, receipt-after-store, no-silent-expiry, end-state-deadline, watched-channel, right-recipient,
        intact, one-case, poison-isolated, failure-visible, no-leak, drains, reconciles, all-kinds

      The correct system passed 1 of 1 runs.
      faulty/receipt-before-store failed 1 of 1 runs by no-false-receipt, as it should."
    `);
  });

  it("tells the same in Bokmål, findings apart", () => {
    expect(consoleReport([failing], { ...plain, lang: "nb" })).toMatchInlineSnapshot(`
      "Meldinger  1: 1 tapt, 0 utløpt i stillhet, 0 forkastet

      Scenario          faulty/receipt-before-store
      store-fails-once  ✗ no-false-receipt

      ✗ faulty/receipt-before-store: no-false-receipt
        The store fails once (store-fails-once, seed 1) – melding A: tapt

          etter    portalen  Fiks IO  integrasjonen
          0 ms        ·         ·           ·       Avsenderen sender den, til 4601-01
          0 ms        ◆         ·           ·       Portalen tar imot den
          900 ms      ◆         ●           ·       Fiks IO tilbyr den til integrasjonen i 1 d
          1 s         ◆         ●           ○       Fiks IO gir den til integrasjonen
        ✗ 1,1 s       ◆         ●           ○       Integrasjonen sier «mottatt»
                                                    ◄ her sviktet overleveringen
          1,15 s      ●         ●           ◇       Portalen hører «mottatt»: Fra nå har integrasjonen ansvaret
          1,2 s       ●         ·           ◇       Integrasjonen tar den av køen (ack)
          1,3 s       ●         ·           ◇       Integrasjonen prøver å registrere A – nei (503) [vår feil
                                                    «store-fails»]
        • 14 d        ·         ·           ◇       Portalen sletter kopien sin: Den tror at meldingen er framme
                                                    ◄ nå er det ingen som har den

          ◆ har den og ansvaret for den   ● har en kopi   ○ bare i minnet   ◇ har ansvaret, uten varig kopi

          Regel      Ingen falsk kvittering: det som er meldt mottatt, finnes helt i en sak.
          Faktum     Familia ga positiv kvittering enten meldingen var lagret eller ikke. Melderen så «mottatt», og
                     portalen slettet sin kopi 14 dager senere. (incidents.md, case A, facts 1 and 4)
          Hva        A was said to be received, and never became a case.
          Hvorfor    The portal believes a receipt: it stops looking, and deletes its copy.
          Videre     Register A first, and send the receipt once the receiver has answered 201.
          Ansvarlig  Integrasjonen (systemet under test, faulty/receipt-before-store)
          Også       no-loss (integrasjonen)
          Gjenta     npx komfrem run store-fails-once --integration faulty/receipt-before-store --seed 1

      Regler som ikke ble prøvd i noen kjøring:
        delivers, receipt-after-store, no-silent-expiry, end-state-deadline, watched-channel, right-recipient,
        intact, one-case, poison-isolated, failure-visible, no-leak, drains, reconciles, all-kinds

      0 av 1 kjøringer bestått, 1 feilet, 0 uavklart."
    `);
  });

  it("shows a sender that believed “sent”, as the incident was", () => {
    expect(consoleReport([believing], { ...plain, width: 100 })).toMatchInlineSnapshot(`
      "Messages  1: 0 lost, 1 expired silently, 0 dropped

      Scenario         faulty/believes-sent
      nobody-may-read  ✗ end-state-deadline

      ✗ faulty/believes-sent: end-state-deadline
        A dispatch that nobody may read (nobody-may-read, seed 1) – message A: expired silently

          after    sender  Altinn  Fjordvik
        • 0 ms       ·       ·        ·     There is a message for 4690-01
          0 ms       ·       ·        ·     The police ask the sender to send it
          10 ms      ●       ·        ·     The sender has it safely stored
          500 ms     ◆       ●        ·     Altinn takes it on
          500 ms     ◆       ●        ·     Altinn puts it in the inbox of the municipality of Fjordvik,
                                            for 30 d; nobody may read it
          1 h        ◆       ●        ·     The sender asks Altinn what became of it: “sent”, not opened
                                            (200)
          2 d        ◆       ●        ·     T_warn is reached: nobody knows that it has arrived, so a
                                            person must be warned
        ✗ 3 d        ◆       ●        ·     The deadline passes, and nobody has been warned
                                            ◄ the handover broke here
          7 d        ◆       ●        ·     T_escalate is reached: it must go another way, or back to a
                                            person
          30 d       ◆       ·        ·     Altinn deletes the content: its time has run out

          ◆ has it and answers for it   ● has a copy

          Rule       Deadline on the end state: the sender acts when a message has not reached a person in
                     time.
          Fact       The police could see that messages were unopened, and looked only after the alarm:
                     172 concern messages were opened too late or never (2018–2023). (incidents.md, case
                     B, fact 5)
          What       sender sent A on altinn-dispatch and knew of no end at T_warn; by
                     2023-01-12T09:00:00+01:00 it had warned nobody.
          Why        Sent, published and delivered to an inbox are no ends: nobody may have read it.
          Next       Ask what became of each delivery, and raise an alarm at T_warn.
          To blame   The sender (the system under test, a sender, faulty/believes-sent)
          Also       watched-channel, no-silent-expiry (the sender)
          Replay     npx komfrem run nobody-may-read --integration faulty/believes-sent --seed 1

      The chain broke, but not here
        watched-channel, the municipality of Fjordvik: Nobody in municipality#4690 could read
        dispatch/4690. [A, nobody-may-read, faulty/believes-sent]

      Rules not exercised in any run:
        delivers, receipt-after-store, no-false-receipt, right-recipient, intact, one-case,
        poison-isolated, failure-visible, no-leak, drains, reconciles, all-kinds

      0 of 1 runs passed, 1 failed, 0 inconclusive."
    `);
  });

  it("shows the same in Bokmål", () => {
    const text = consoleReport([believing], { ...plain, width: 100, lang: "nb" });
    expect(text.slice(text.indexOf("    etter"), text.indexOf("Regler som"))).toMatchInlineSnapshot(`
      "    etter    avsenderen  Altinn  Fjordvik
        • 0 ms         ·         ·        ·     Det er en melding til 4690-01
          0 ms         ·         ·        ·     Politiet ber avsenderen sende den
          10 ms        ●         ·        ·     Avsenderen har den trygt lagret
          500 ms       ◆         ●        ·     Altinn tar imot den
          500 ms       ◆         ●        ·     Altinn legger den i innboksen til kommunen Fjordvik i 30
                                                d; ingen har tilgang til den
          1 t          ◆         ●        ·     Avsenderen spør Altinn hva som er blitt av den: «sendt»,
                                                ikke åpnet (200)
          2 d          ◆         ●        ·     T_warn er nådd: Ingen vet om den er kommet fram, så et
                                                menneske må varsles
        ✗ 3 d          ◆         ●        ·     Fristen går ut uten at noen er varslet
                                                ◄ her sviktet overleveringen
          7 d          ◆         ●        ·     T_escalate er nådd: Den må gå en annen vei eller tilbake
                                                til et menneske
          30 d         ◆         ·        ·     Altinn sletter innholdet: Tiden er ute

          ◆ har den og ansvaret for den   ● har en kopi

          Regel      Frist for sluttilstanden: avsenderen gjør noe når en melding ikke har nådd et
                     menneske i tide.
          Faktum     Politiet kunne se at meldinger var uåpnet, men så først etter alarmen: 172
                     bekymringsmeldinger ble åpnet for sent eller aldri (2018–2023). (incidents.md, case
                     B, fact 5)
          Hva        sender sent A on altinn-dispatch and knew of no end at T_warn; by
                     2023-01-12T09:00:00+01:00 it had warned nobody.
          Hvorfor    Sent, published and delivered to an inbox are no ends: nobody may have read it.
          Videre     Ask what became of each delivery, and raise an alarm at T_warn.
          Ansvarlig  Avsenderen (systemet under test, en avsender, faulty/believes-sent)
          Også       watched-channel, no-silent-expiry (avsenderen)
          Gjenta     npx komfrem run nobody-may-read --integration faulty/believes-sent --seed 1

      Kjeden sviktet, men ikke her
        watched-channel, kommunen Fjordvik: Nobody in municipality#4690 could read dispatch/4690. [A,
        nobody-may-read, faulty/believes-sent]

      "
    `);
  });

  it("counts municipalities to blame for the same, the sender apart", () => {
    const { judged } = believing;
    const elsewhere = [
      asleep,
      { ...asleep, delivery: "B", blames: "municipality#4691" },
      { ...asleep, delivery: "C", blames: "municipality#4692" },
      { ...asleep, blames: "portal", happened: "The portal said nothing." },
    ];
    const text = consoleReport([{ ...believing, judged: { ...judged, elsewhere } }], { ...plain, width: 200 });
    expect(text).toContain("  watched-channel (3), the municipality of Fjordvik and 2 more like it: Nobody in");
    expect(text).toContain("  watched-channel, the portal: The portal said nothing.");
    expect(text).toContain("To blame   The sender (the system under test, a sender, faulty/believes-sent)");
  });

  it("says of a passing run what was counted, judged, and not exercised", () => {
    expect(consoleReport([passing], plain)).toMatchInlineSnapshot(`
      "Messages  1: 0 lost, 0 expired silently, 0 dropped, 1 registered

      Scenario          correct/store-then-receipt
      store-fails-once  ✓ passed

      Rules not exercised in any run:
        delivers, receipt-after-store, no-silent-expiry, end-state-deadline, watched-channel, right-recipient,
        intact, one-case, poison-isolated, failure-visible, no-leak, drains, reconciles, all-kinds

      1 of 1 runs passed, 0 failed, 0 inconclusive."
    `);
  });

  it("opens with the counts, and with what we look for even where there is none", () => {
    expect(consoleReport([passing], plain)).toMatch(
      /^Messages {2}1: 0 lost, 0 expired silently, 0 dropped, 1 registered\n/,
    );
  });

  it("keeps a few hundred failures of one kind readable", () => {
    const many = Array.from({ length: 300 }, (_, i) => ({ ...failing, seed: i + 1 }));
    const lines = consoleReport(many, plain).split("\n");
    expect(lines.filter((line) => line.includes("the handover broke here"))).toHaveLength(1);
    expect(lines.filter((line) => line.includes("--seed "))).toHaveLength(11);
    expect(lines.find((line) => line.includes("more runs"))?.trim()).toBe("and 289 more runs, all in report.json");
    expect(lines.length).toBeLessThan(60);
  });

  it("gives the reason and the command for an inconclusive run", () => {
    const text = consoleReport([doubtful], plain);
    expect(text).toContain("? correct/store-then-receipt (store-fails-once): no-loss had nothing to judge.");
    expect(text).toContain("0 of 1 runs passed, 0 failed, 1 inconclusive.");
  });

  it("tells a run that could not be performed by what, why and next", () => {
    const error = new HarnessError({
      happened: "It has no default export.",
      because: "One is started.",
      next: "Add one.",
    });
    const text = consoleReport([], {
      ...plain,
      errors: [{ ...passing, sut: { ...passing.sut, name: "./it's mine.ts" }, error }],
    });
    for (const said of ["What       It has no default export.", "Why        One is started.", "Next       Add one."])
      expect(text).toContain(said);
    expect(text).toContain("--integration './it'\\''s mine.ts' --seed 1");
  });

  it("says plainly where a system did not come out as it should", () => {
    const sound = { ...failing, sut: { ...failing.sut, name: "correct/x" } };
    const tame = { ...passing, sut: { ...passing.sut, name: "faulty/tame" } };
    expect(consoleReport([sound, tame], { ...plain, expectation })).toMatch(
      /The correct system passed 0 of 1 runs\.\nfaulty\/tame did not fail, as it should have\.$/,
    );
  });

  it("tells failures that are somebody else's apart from the system's", () => {
    const { judged } = passing;
    const finding = {
      rule: "no-silent-expiry",
      delivery: "A",
      blames: "portal",
      happened: "A expired.",
      because: "",
      next: "",
      entries: [1],
    } as const;
    const text = consoleReport([{ ...passing, judged: { ...judged, elsewhere: [finding] } }], plain);
    expect(text).toContain(
      "The chain broke, but not here\n  no-silent-expiry, the portal: A expired. [A, store-fails-once, correct/store-then-receipt]",
    );
    expect(text).not.toContain("✗");
  });

  it("fits a narrow terminal, but for the commands one copies", () => {
    const wide = consoleReport([passing, failing], { ...plain, width: 80 })
      .split("\n")
      .filter((line) => line.length > 80 && !line.includes("npx komfrem"));
    expect(wide).toEqual([]);
  });

  it("uses colours only where asked to, and says the same without", () => {
    // biome-ignore lint/suspicious/noControlCharactersInRegex: this is what a colour starts with.
    const colours = /\u001b\[\d+m/g;
    const coloured = consoleReport([failing], { ...plain, colour: true });
    expect(coloured).toMatch(colours);
    expect(coloured.replaceAll(colours, "")).toBe(consoleReport([failing], plain));
  });

  it("names a rule as not exercised only where no run exercised it", () => {
    const other = runOf({ verdict: { kind: "passed" }, outcome: "registered", exercised: ["drains"] });
    const idle = consoleReport([passing, other], plain).split("Rules not exercised in any run:\n")[1] ?? "";
    expect(idle).not.toMatch(/no-loss|drains/);
    expect(idle).toContain("one-case");
  });
});
