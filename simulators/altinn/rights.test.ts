import { describe, expect, it } from "vitest";
import { municipality, person, sends, standardDistrict, withMailbox } from "../../core/scenario-verbs.ts";
import { VirtualClock } from "../../worlds/clock.ts";
import { LedgerWriter } from "../../worlds/ledger-writer.ts";
import { seededRandom } from "../../worlds/random.ts";
import { Register, type RegisterSetup } from "./rights.ts";
import { placeOf } from "./seams.ts";

const fjordvik = municipality("4690", "Fjordvik", "310000000", [standardDistrict("01", "Fjordvik")]);
const storhamn = municipality("4691", "Storhamn", "310000019", [standardDistrict("01", "Storhamn")]);
const dispatch = placeOf("dispatch", "4690");
const confidential = placeOf("confidential", "4690");

function stand(over: Partial<RegisterSetup> = {}) {
  const clock = new VirtualClock(1000);
  const ledger = new LedgerWriter(clock, 0);
  const register = new Register(
    { clock, random: seededRandom(1), facts: ledger },
    {
      people: [person("Per", "mail distributor", fjordvik, { hours: 1 }, { rights: ["dispatch-message"] })],
      municipalities: [fjordvik, storhamn],
      steps: [sends("A", "4690")],
      tests: "sender",
      channels: ["altinn-dispatch"],
      ...over,
    },
  );
  const entitled = () =>
    ledger.entries.flatMap((entry) =>
      entry.kind === "entitled" ? [`${entry.who} ${entry.resource} ${entry.granted}`] : [],
    );
  return { clock, register, entitled };
}

describe("who may read a dispatch", () => {
  it("needs both rights, and holds them from the later one on", () => {
    const { clock, register } = stand();
    expect(register.mayRead("Per", dispatch)).toBe(false);
    clock.advanceTo(5000);
    register.set("Per", "4690", "dispatch-file", true);
    expect([register.mayRead("Per", dispatch), register.since("Per", dispatch)]).toEqual([true, 5000]);
    register.set("Per", "4690", "dispatch-message", false);
    expect(register.mayRead("Per", dispatch)).toBe(false);
  });

  it("holds them for that municipality alone", () => {
    const { register } = stand();
    register.set("Per", "4690", "dispatch-file", true);
    expect(register.mayRead("Per", placeOf("dispatch", "4691"))).toBe(false);
  });
});

describe("the ledger", () => {
  it("is told at the beginning of everybody where something is sent, and of nobody elsewhere", () => {
    const { register, entitled } = stand();
    register.begin();
    expect(entitled()).toEqual(["Per dispatch/4690 false"]);
  });

  it("is told that nobody is there where nobody is", () => {
    const { register, entitled } = stand({ people: [] });
    register.begin();
    expect(entitled()).toEqual(["municipality#4690 dispatch/4690 false"]);
  });

  it("is told of a place that nothing was meant for once something comes there", () => {
    const { register, entitled } = stand({ steps: [] });
    register.begin();
    expect(entitled()).toEqual([]);
    register.tell(dispatch);
    register.tell(dispatch);
    expect(entitled()).toEqual(["Per dispatch/4690 false"]);
  });

  it("is told of each change, also of one that does not suffice", () => {
    const { register, entitled } = stand();
    register.begin();
    register.set("Per", "4690", "dispatch-file", true);
    register.set("Per", "4690", "dispatch-message", false);
    register.set("Per", "4690", "confidential", true);
    expect(entitled()).toEqual(["Per dispatch/4690 false", "Per dispatch/4690 true", "Per dispatch/4690 false"]);
  });

  it("is told once of a delegation, however many rights it gives, and not of one that gives none", () => {
    const { register, entitled } = stand({ channels: ["altinn-correspondence", "altinn-dispatch"] });
    register.delegate("Per", "4690");
    register.delegate("Per", "4690");
    expect(entitled()).toEqual([
      "Per correspondence/4690 true",
      "Per confidential/4690 true",
      "Per dispatch/4690 true",
    ]);
  });
});

describe("whoever comes to hold all that a place asks for", () => {
  it("is told of, once and place by place", () => {
    const { register } = stand();
    const heard: string[] = [];
    register.onEntitled((who, { resource }) => heard.push(`${who} ${resource}`));
    register.set("Per", "4690", "confidential", true);
    register.set("Per", "4690", "dispatch-file", true);
    register.set("Per", "4690", "dispatch-file", true);
    expect(heard).toEqual(["Per confidential/4690", "Per dispatch/4690"]);
  });
});

describe("a system under test that receives", () => {
  const receives = { people: [], tests: "integration", channels: ["altinn-correspondence"] } as const;

  it("holds every right from the start where it serves, and reads on its channels", () => {
    const { register, entitled } = stand({ ...receives, municipalities: [fjordvik, { ...storhamn, served: false }] });
    expect([register.mayRead("integration", confidential), register.serves(confidential)]).toEqual([true, true]);
    expect(register.serves(dispatch)).toBe(false);
    expect(register.mayRead("integration", placeOf("confidential", "4691"))).toBe(false);
    register.begin();
    expect(entitled()).toEqual(["integration correspondence/4690 true", "integration confidential/4690 true"]);
  });

  it("loses a right, and still is the one who must read there", () => {
    const { register } = stand(receives);
    register.set("integration", "4690", "confidential", false);
    expect([register.mayRead("integration", confidential), register.serves(confidential)]).toEqual([false, true]);
  });
});

describe("a mailbox", () => {
  it("is as usual unless the municipality says otherwise", () => {
    const { register, entitled } = stand({
      people: [],
      municipalities: [withMailbox(fjordvik, { qualified: false, machine: "opens" }), storhamn],
    });
    expect([register.qualified("4690"), register.qualified("4691")]).toEqual([false, true]);
    register.begin();
    expect(entitled()).toEqual(["municipality#4690 dispatch/4690 true"]);
  });
});
