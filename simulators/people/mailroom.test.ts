import { describe, expect, it } from "vitest";
import { dayMs, hourMs, minuteMs, osloEpochMs, osloLocal } from "../../core/calendar.ts";
import type { EntryKind } from "../../core/ledger.ts";
import type { Mailbox, Municipality, Person, Right } from "../../core/scenario.ts";
import { municipality, person, standardDistrict, withMailbox } from "../../core/scenario-verbs.ts";
import { VirtualClock } from "../../worlds/clock.ts";
import { LedgerWriter } from "../../worlds/ledger-writer.ts";
import { seededRandom } from "../../worlds/random.ts";
import { Register } from "../altinn/rights.ts";
import { type MailItem, placeOf } from "../altinn/seams.ts";
import { People } from "./people.ts";

const everything: readonly Right[] = ["correspondence", "confidential", "dispatch-message", "dispatch-file"];
const fjordvik = municipality("4690", "Fjordvik", "310000000", [standardDistrict("01", "Fjordvik")]);
const rights = { rights: everything };
const per = person("Per", "mail distributor", fjordvik, { hours: 1 }, rights);
const nils = person("Nils", "deputy", fjordvik, { hours: 1 }, rights);
const vera = person("Vera", "caseworker", fjordvik);
const ada = person("Ada", "administrator", fjordvik, { hours: 1 }, { delegatesTo: "Vera" });
const place = placeOf("dispatch", "4690");

function stand(
  local: string,
  people: readonly Person[],
  over: { mailbox?: Partial<Mailbox>; others?: readonly Municipality[]; refuses?: number } = {},
) {
  const start = osloEpochMs(local);
  const clock = new VirtualClock(start);
  const ledger = new LedgerWriter(clock, start);
  const given = { clock, random: seededRandom(1), facts: ledger };
  const municipalities = [withMailbox(fjordvik, over.mailbox ?? {}), ...(over.others ?? [])];
  const register = new Register(given, {
    people,
    municipalities,
    steps: [],
    tests: "sender",
    channels: ["altinn-dispatch"],
  });
  let refusals = over.refuses ?? 0;
  const story: string[] = [];
  const tell = (what: string): number => story.push(`${osloLocal(clock.now())} ${what}`);
  const office = new People(given, {
    people,
    tests: "sender",
    mail: {
      rights: register,
      carry: ({ copy }) => {
        refusals -= 1;
        tell(refusals >= 0 ? `${copy} is refused` : `${copy} is carried`);
        return refusals < 0;
      },
      sinceStart: (epochMs) => epochMs - start,
    },
  });
  const comes = (copy: string, at = place, lifeMs = Number.POSITIVE_INFINITY): void => {
    const endsMs = clock.now() + lifeMs;
    let opened = false;
    const item: MailItem = {
      copy,
      place: at,
      confirmation: false,
      isThere: () => clock.now() < endsMs,
      isOpened: () => opened,
      open: (opener, who) => {
        opened = true;
        tell(`${copy} is opened by ${opener} ${who}`);
      },
      settle: (who) => tell(`${copy} is settled by ${who}`),
      parts: [],
    };
    office.beforeOffer(at);
    office.afterOffer(item);
  };
  const said = (kind: EntryKind) => ledger.entries.filter((entry) => entry.kind === kind);
  const alive = () =>
    ledger.entries.flatMap((entry) =>
      entry.kind === "alive" ? [`${entry.reader} ${osloLocal(start + (entry.lastMs ?? entry.atMs))}`] : [],
    );
  const pass = (ms: number): void => clock.advanceTo(clock.now() + ms);
  return { clock, ledger, office, register, comes, story, alive, said, pass };
}

describe("mail in Altinn", () => {
  it("is opened at the next look, carried into the case system by hand, and settled", () => {
    const { comes, pass, story, clock } = stand("2023-05-08T10:10:00", [per]);
    comes("A");
    pass(5 * dayMs);
    expect(story).toEqual([
      "2023-05-08T11:00:00 A is opened by person Per",
      "2023-05-08T11:30:00 A is carried",
      "2023-05-08T11:30:00 A is settled by Per",
    ]);
    expect(clock.pending).toBe(0);
  });

  it("is carried again at a later look where the case system does not take it", () => {
    const { comes, pass, story } = stand("2023-05-08T10:10:00", [per], { refuses: 1 });
    comes("A");
    pass(dayMs);
    expect(story.slice(1)).toEqual([
      "2023-05-08T11:30:00 A is refused",
      "2023-05-08T12:00:00 A is carried",
      "2023-05-08T12:00:00 A is settled by Per",
    ]);
  });

  it("waits over a week-end and a holiday", () => {
    const { comes, pass, story } = stand("2023-05-16T15:30:00", [per]);
    comes("A");
    pass(5 * dayMs);
    expect(story[0]).toBe("2023-05-19T08:00:00 A is opened by person Per");
  });

  it.each([
    ["nobody holds any right", [vera, ada]],
    [
      "somebody holds one right of two",
      [person("Per", "mail distributor", fjordvik, {}, { rights: ["dispatch-file"] })],
    ],
    ["only a deputy holds the rights, in whose place nobody is away", [nils]],
    ["whoever holds the rights does it elsewhere", [{ ...per, municipality: "4691" }]],
  ] as const)("stays unopened where %s, and nothing is due", (_, people) => {
    const { comes, clock, alive } = stand("2023-05-08T10:10:00", people);
    comes("A");
    expect([clock.pending, alive()]).toEqual([0, []]);
  });

  it("is opened once the second right is given, and not once one is taken away", () => {
    const half = person("Per", "mail distributor", fjordvik, { hours: 1 }, { rights: ["dispatch-message"] });
    const { comes, pass, story, register } = stand("2023-05-08T10:10:00", [half]);
    comes("A");
    pass(dayMs);
    register.set("Per", "4690", "dispatch-file", true);
    pass(dayMs);
    expect(story[0]).toBe("2023-05-09T11:00:00 A is opened by person Per");
    comes("B");
    register.set("Per", "4690", "dispatch-file", false);
    pass(5 * dayMs);
    expect(story).toHaveLength(3);
  });

  it("whose content is gone is not opened, and nobody looks for it any more", () => {
    const { comes, pass, story, clock, office } = stand("2023-05-08T10:10:00", [per]);
    office.away("Per", 31 * dayMs);
    comes("A", place, 30 * dayMs);
    pass(40 * dayMs);
    expect([story, clock.pending]).toEqual([[], 0]);
  });
});

describe("while somebody is on holiday, mail", () => {
  it("waits until they are back where nobody stands in", () => {
    const { comes, pass, story, office } = stand("2023-07-03T10:10:00", [per, nils]);
    office.away("Per", 21 * dayMs);
    comes("A");
    pass(30 * dayMs);
    expect(story[0]).toBe("2023-07-24T11:00:00 A is opened by person Per");
  });

  it("is opened by a deputy who holds the rights", () => {
    const { comes, pass, story, office, alive } = stand("2023-07-03T10:10:00", [per, nils]);
    office.away("Per", 21 * dayMs, "Nils");
    comes("A");
    pass(30 * dayMs);
    expect(story[0]).toBe("2023-07-03T11:00:00 A is opened by person Nils");
    expect(alive()).toEqual(["Per 2023-07-03T10:00:00", "Nils 2023-07-03T11:00:00"]);
  });

  it("waits all the same where the deputy does not hold the rights", () => {
    const { comes, pass, story, office } = stand("2023-07-03T10:10:00", [per, { ...nils, rights: [] }]);
    office.away("Per", 21 * dayMs, "Nils");
    comes("A");
    pass(30 * dayMs);
    expect(story[0]).toBe("2023-07-24T11:00:00 A is opened by person Per");
  });
});

describe("signs of life", () => {
  it("are written when something comes: when somebody looked last, and once for that look", () => {
    const { comes, pass, alive } = stand("2023-05-08T10:10:00", [per]);
    pass(4 * dayMs + 6 * hourMs);
    comes("A");
    comes("B");
    expect(alive()).toEqual(["Per 2023-05-12T15:00:00"]);
  });

  it("may be from before the run", () => {
    const { comes, alive, said } = stand("2023-05-08T07:00:00", [per]);
    comes("A");
    expect(alive()).toEqual(["Per 2023-05-05T15:00:00"]);
    expect(said("alive")).toMatchObject([{ atMs: 0, lastMs: -64 * hourMs, how: "poll", credit: true }]);
  });

  it("are from before a holiday in which nobody stands in, and none from before the rights were given", () => {
    const holiday = stand("2023-07-03T10:10:00", [per]);
    holiday.office.away("Per", 21 * dayMs);
    holiday.pass(10 * dayMs);
    holiday.comes("A");
    expect(holiday.alive()).toEqual(["Per 2023-07-03T10:00:00"]);
    const late = stand("2023-05-08T10:10:00", [{ ...per, rights: [] }]);
    for (const right of everything) late.register.set("Per", "4690", right, true);
    late.comes("A");
    expect(late.alive()).toEqual([]);
    late.pass(hourMs);
    expect(late.alive()).toEqual(["Per 2023-05-08T11:00:00"]);
  });

  it("tell of somebody who looks once a week that they looked on Monday", () => {
    const { comes, pass, alive, story } = stand("2023-05-11T10:10:00", [{ ...per, looksEveryMs: 7 * dayMs }]);
    comes("A");
    expect(alive()).toEqual(["Per 2023-05-08T08:00:00"]);
    pass(7 * dayMs);
    expect(story[0]).toBe("2023-05-15T08:00:00 A is opened by person Per");
  });
});

describe("a machine that opens everything", () => {
  it("does so at once, and nothing more: nobody looks, carries or settles", () => {
    const { comes, pass, story, alive, said } = stand("2023-05-08T03:00:00", [per], { mailbox: { machine: "opens" } });
    comes("A");
    pass(0);
    expect(story).toEqual(["2023-05-08T03:00:00 A is opened by machine municipality#4690"]);
    pass(5 * dayMs);
    expect(story).toHaveLength(1);
    expect(alive()).toEqual(["Per 2023-05-05T15:00:00"]);
    expect(said("entitled")).toMatchObject([
      { who: "Per", granted: true },
      { who: "municipality#4690", granted: true },
    ]);
  });
});

describe("a notice", () => {
  it("has an administrator give every right, and the mail read", () => {
    const { comes, office, pass, story, said } = stand("2023-05-08T10:10:00", [ada, vera]);
    comes("A");
    expect(office.notice(place, "A")).toBe("delivered");
    expect(said("notified")).toMatchObject([{ person: "Ada", via: "email", outcome: "delivered", copy: "A" }]);
    pass(dayMs);
    expect(said("entitled")).toMatchObject([
      { who: "Ada", resource: "dispatch/4690", granted: false },
      { who: "Vera", resource: "dispatch/4690", granted: false },
      { who: "Vera", resource: "dispatch/4690", granted: true, atMs: 50 * minuteMs },
    ]);
    expect(story[0]).toBe("2023-05-08T12:00:00 A is opened by person Vera");
  });

  it("has whoever is given the rights look, whatever their duty", () => {
    const { comes, office, pass, story } = stand("2023-05-08T10:10:00", [{ ...ada, delegatesTo: "Nils" }, nils]);
    comes("A");
    office.notice(place, "A");
    pass(dayMs);
    expect(story[0]).toBe("2023-05-08T12:00:00 A is opened by person Nils");
  });

  it.each([
    ["bounce", "bounced"],
    ["no address", "none"],
  ] as const)("to an address of the kind '%s' reaches nobody", (notices, outcome) => {
    const { comes, office, said, clock } = stand("2023-05-08T10:10:00", [ada, vera], { mailbox: { notices } });
    comes("A");
    expect(office.notice(place, "A")).toBe(outcome);
    expect(said("notified")).toMatchObject([{ person: "municipality#4690", outcome }]);
    expect(clock.pending).toBe(0);
  });

  it("that an administrator forgets changes nothing", () => {
    const forgetful = person("Ada", "administrator", fjordvik);
    const { comes, office, pass, story, said, clock } = stand("2023-05-08T10:10:00", [forgetful, vera]);
    comes("A");
    office.notice(place, "A");
    const before = said("entitled").length;
    pass(30 * dayMs);
    expect([story, said("entitled").length, clock.pending]).toEqual([[], before, 0]);
  });

  it("is delivered where no administrator is, and changes nothing", () => {
    const { comes, office, said, clock } = stand("2023-05-08T10:10:00", [vera]);
    comes("A");
    expect(office.notice(place, "A")).toBe("delivered");
    expect(said("notified")).toMatchObject([{ person: "municipality#4690", outcome: "delivered" }]);
    expect(clock.pending).toBe(0);
  });

  it("waits for an administrator who is away, unless another one stands in", () => {
    const alone = stand("2023-07-03T10:10:00", [ada, vera, nils]);
    alone.office.away("Ada", 14 * dayMs, "Nils");
    alone.comes("A");
    alone.office.notice(place, "A");
    alone.pass(30 * dayMs);
    expect(alone.story[0]).toBe("2023-07-17T12:00:00 A is opened by person Vera");
    const two = stand("2023-07-03T10:10:00", [ada, vera, person("Eli", "administrator", fjordvik)]);
    two.office.away("Ada", 14 * dayMs, "Eli");
    two.comes("A");
    two.office.notice(place, "A");
    two.pass(30 * dayMs);
    expect(two.story[0]).toBe("2023-07-03T12:00:00 A is opened by person Vera");
  });
});

describe("a copy", () => {
  it("is offered to the municipality, or to the system under test where that serves it", () => {
    const { office } = stand("2023-05-08T10:10:00", [per]);
    expect(office.readerOf(place)).toBe("municipality#4690");
    const given = { clock: new VirtualClock(0), random: seededRandom(1), facts: { record: () => 0 } };
    const register = new Register(given, {
      people: [],
      municipalities: [fjordvik],
      steps: [],
      channels: ["altinn-dispatch"],
    });
    const mail = { rights: register, carry: () => true, sinceStart: (epochMs: number) => epochMs };
    expect(new People(given, { people: [], mail }).readerOf(place)).toBe("integration");
  });
});

describe("350 municipalities", () => {
  it("cost nothing while nothing comes: nothing is due and nothing is written, for five years", () => {
    const places = Array.from({ length: 350 }, (_, i) => ({ ...fjordvik, number: String(1000 + i) }));
    const people = places.flatMap(({ number, name }) => [
      { ...per, name: `Per ${number} ${name}`, municipality: number },
      { ...ada, name: `Ada ${number}`, municipality: number },
    ]);
    const { clock, ledger, register, comes, pass, story, alive } = stand("2018-01-02T08:00:00", people, {
      others: places,
    });
    register.begin();
    expect([clock.pending, ledger.entries.length]).toEqual([0, 0]);
    pass(5 * 365 * dayMs);
    comes("A", placeOf("dispatch", "1234"));
    expect(alive()).toEqual(["Per 1234 Fjordvik 2022-12-30T15:00:00"]);
    expect(clock.pending).toBe(1);
    pass(5 * dayMs);
    expect(story[0]).toBe("2023-01-02T08:00:00 A is opened by person Per 1234 Fjordvik");
  });
});
