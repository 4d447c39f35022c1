import { describe, expect, it } from "vitest";
import { judge } from "../judge.ts";
import { allKinds, type Kind, type KindsContract, type Surveyed, survey } from "./all-kinds.ts";
import {
  acks,
  delivered,
  ends,
  faulted,
  type Item,
  ledger,
  mottatt,
  offered,
  registers,
  run,
  submitted,
} from "./fixtures.ts";

const offentlig: Kind = { messageKind: "offentlig", version: "v1", recipient: "4601-01" };
const privat: Kind = { messageKind: "privat", version: "v1", recipient: "4601-01" };
const contract = (...kinds: Kind[]): KindsContract => ({ kinds, rules: ["no-loss", "delivers"] });
const sends = (kinds: Kind[], over: Partial<Surveyed> = {}): Surveyed => ({
  run: "r",
  suts: ["integration"],
  kinds,
  faulted: true,
  judged: { "no-loss": 1, delivers: 1 },
  failed: [],
  ...over,
});
const said = (runs: Surveyed[], held: KindsContract) => {
  const { judged, findings, doubts } = allKinds(runs, held);
  return { judged, failed: findings.map(({ happened }) => happened), doubts: doubts.map(({ because }) => because) };
};

describe("all-kinds", () => {
  it("holds where v2 was never sent and is not in the profile", () => {
    expect(said([sends([offentlig])], contract(offentlig))).toEqual({ judged: 2, failed: [], doubts: [] });
  });

  it("fails where privat was only ever sent in faultless runs", () => {
    expect(
      said([sends([offentlig]), sends([privat], { run: "calm", faulted: false })], contract(offentlig, privat)),
    ).toEqual({
      judged: 4,
      failed: ["privat.v1 to 4601-01 was sent in faultless runs only, such as calm."],
      doubts: [],
    });
    expect(said([sends([privat], { faulted: false }), sends([privat])], contract(privat)).failed).toEqual([]);
  });

  it.each([
    ["kind", { ...offentlig, messageKind: "privat" }, "privat.v1 to 4601-01"],
    ["version", { ...offentlig, version: "v2" }, "offentlig.v2 to 4601-01"],
    ["recipient", { ...offentlig, recipient: "4601-02" }, "offentlig.v1 to 4601-02"],
  ])("is inconclusive where a %s of the contract was never sent", (_, kind, name) => {
    expect(said([sends([offentlig])], contract(offentlig, kind))).toEqual({
      judged: 2,
      failed: [],
      doubts: [`No run sent ${name}.`],
    });
  });

  it("is inconclusive where a rule was not exercised with a kind, though it was with another", () => {
    expect(
      said([sends([offentlig]), sends([privat], { judged: { delivers: 1, "no-loss": 0 } })], contract(privat)),
    ).toEqual({
      judged: 1,
      failed: [],
      doubts: ["No run exercised no-loss with privat.v1 to 4601-01."],
    });
    expect(
      said([sends([privat], { judged: {} }), sends([privat], { judged: { "no-loss": 3 } })], contract(privat)).judged,
    ).toBe(1);
  });

  it("fails where a rule failed with the kind in any run, and names run and rule", () => {
    const bad = sends([offentlig, privat], { run: "bad", failed: [{ rule: "no-loss", kind: privat }] });
    expect(said([sends([privat]), bad], contract(offentlig, privat))).toEqual({
      judged: 4,
      failed: ["no-loss failed with privat.v1 to 4601-01 in run bad."],
      doubts: [],
    });
    expect(allKinds([bad], contract(privat)).findings).toMatchObject([
      { rule: "all-kinds", blames: "integration", entries: [] },
    ]);
  });

  it("fails with an invalid message of that kind as well", () => {
    expect(
      said([sends([privat]), sends([], { failed: [{ rule: "no-loss", kind: privat }] })], contract(privat)).failed,
    ).toHaveLength(1);
  });

  it("takes a finding about no delivery for one about every kind its run sent", () => {
    const dead = sends([offentlig], { failed: [{ rule: "delivers", kind: undefined }] });
    expect(said([sends([privat]), dead], contract(offentlig, privat)).failed).toEqual([
      "delivers failed with offentlig.v1 to 4601-01 in run r.",
    ]);
  });

  it("takes it for one about each of them", () => {
    const dead = sends([offentlig, privat], { failed: [{ rule: "delivers", kind: undefined }] });
    expect(said([dead], contract(offentlig, privat)).failed).toHaveLength(2);
  });

  it("leaves out rules that do not apply", () => {
    expect(
      said([sends([privat], { failed: [{ rule: "reconciles", kind: privat }] })], contract(privat)).failed,
    ).toEqual([]);
  });
});

describe("a survey of a run", () => {
  const surveyed = (...items: Item[]): Surveyed => {
    const entries = ledger(...items);
    return survey("r", entries, judge(entries, { mustHold: [], suts: ["integration"] }));
  };
  const well = (label: string): Item => [
    offered(label),
    delivered(label),
    registers(label),
    mottatt(label),
    acks(label),
  ];

  it("tells healthy kinds, faults, what was judged and whom it was about", () => {
    const all = surveyed(
      submitted("A"),
      well("A"),
      submitted("B", { messageKind: "privat", version: "v2" }),
      well("B"),
      submitted("C", { messageKind: "privat", planted: "invalid" }),
      submitted("D", { version: "v9", planted: "poison" }),
      submitted("E", { version: "v3", planted: "twin" }),
      well("E"),
      ends(),
    );
    expect(all).toMatchObject({ run: "r", suts: ["integration"], faulted: false });
    expect(all.kinds.map(({ messageKind, version }) => `${messageKind}.${version}`)).toEqual([
      "offentlig.v1",
      "privat.v2",
      "offentlig.v3",
    ]);
    expect(all.judged.intact).toBe(3);
  });

  it("takes the recipient that the channel offered it to where the sender named no district", () => {
    const bare = submitted("A", { deliveries: [{ id: "A", municipalityNumber: "4601" }] });
    expect(surveyed(bare, well("A"), ends()).kinds[0]?.recipient).toBe("4601-01");
    expect(surveyed(bare, offered("A", { resource: "inbox" }), ends()).kinds[0]?.recipient).toBe("4601-00");
    expect(surveyed(submitted("A"), offered("A", { resource: "4601-02" }), ends()).kinds[0]?.recipient).toBe("4601-01");
  });

  it("counts a fault only where it was injected", () => {
    expect(surveyed(run(), submitted("A"), faulted(), ends()).faulted).toBe(true);
    expect(surveyed(run(), submitted("A"), faulted({ outcome: "not-reached" }), ends()).faulted).toBe(false);
  });

  it("tells which kind a failed rule was about, and of no kind where it was about no delivery", () => {
    const broken = surveyed(
      submitted("A", { messageKind: "privat" }),
      offered("A"),
      delivered("A"),
      mottatt("A"),
      ends(),
    );
    expect(broken.failed).toContainEqual({ rule: "no-false-receipt", kind: privat });
    expect(broken.failed).toContainEqual({ rule: "watched-channel", kind: undefined });
  });
});
