import { expect, it } from "vitest";
import { ordinaryMailbox } from "./scenario.ts";
import {
  atSenders,
  away,
  crashes,
  crashesAt,
  disconnects,
  district,
  fault,
  grants,
  losesAnswer,
  ms,
  municipality,
  neighbour,
  person,
  receiverCrashes,
  resends,
  restores,
  revokes,
  sends,
  standardDistrict,
  stops,
  strains,
  unreachable,
  upgrades,
  waits,
  withMailbox,
} from "./scenario-verbs.ts";

const fjordvik = () => municipality("4690", "Fjordvik", "311000001", [standardDistrict("01", "Sentrum")]);

it("adds up a span", () => {
  expect(ms({ days: 1, hours: 2, minutes: 3, seconds: 4 })).toBe(93_784_000);
  expect(waits({ minutes: 2 })).toEqual({ kind: "waits", ms: 120_000 });
});

it("sends offentlig, version 1, short, and leaves out what was not said", () => {
  expect(JSON.stringify(sends("A", "4690"))).toBe(
    '{"kind":"sends","label":"A","messageKind":"offentlig","version":1,"to":{"municipality":"4690"},"content":"short"}',
  );
});

it("loses the answer after the effect, and names a fault by its place", () => {
  expect(losesAnswer("receiver.register(A)/1")).toEqual({
    id: "reset receiver.register(A)/1:done",
    at: "receiver.register(A)/1:done",
    does: { kind: "reset" },
  });
  expect(crashesAt("fiks-io.settle(A)/1:asked", "power").does).toEqual({
    kind: "crash",
    class: "power",
    survives: "none",
  });
});

it("sends with everything that was said", () => {
  expect(
    sends("B", "4690", {
      messageKind: "privat",
      version: 2,
      district: "01",
      content: "many-children",
      twinOf: "A",
      defect: "not-json",
      by: "letter",
      mail: { ordinary: true },
    }),
  ).toEqual({
    kind: "sends",
    label: "B",
    messageKind: "privat",
    version: 2,
    to: { municipality: "4690", district: "01" },
    content: "many-children",
    twinOf: "A",
    defect: "not-json",
    by: "letter",
    mail: { ordinary: true },
  });
});

it.each([
  ["the operator sends again", () => resends("A"), { kind: "resends", label: "A" }],
  [
    "a power cut takes everything unsynced",
    () => crashes("power", { minutes: 1 }),
    { kind: "crashes", class: "power", survives: "none", downMs: 60_000 },
  ],
  ["a stop leaves ten seconds", () => stops({ hours: 1 }), { kind: "stops", graceMs: 10_000, downMs: 3_600_000 }],
  [
    "an upgrade is to the next version, at once",
    () => upgrades(),
    { kind: "upgrades", to: "next", graceMs: 10_000, downMs: 0 },
  ],
  [
    "an upgrade may roll, and back",
    () => upgrades({ to: "first", downFor: { seconds: 1 }, overlap: { seconds: 2 } }),
    { kind: "upgrades", to: "first", graceMs: 10_000, downMs: 1000, overlapMs: 2000 },
  ],
  [
    "a backup is as old as said",
    () => restores("receiver", { days: 1 }, { hours: 1 }),
    { kind: "restores", party: "receiver", agoMs: 86_400_000, downMs: 3_600_000 },
  ],
  [
    "a party is away from the net",
    () => unreachable("receiver", { seconds: 3 }),
    { kind: "unreachable", party: "receiver", forMs: 3000 },
  ],
  [
    "a party shows a certificate that has expired",
    () => unreachable("receiver", { seconds: 3 }, { certificate: "expired" }),
    { kind: "unreachable", party: "receiver", forMs: 3000, certificate: "expired" },
  ],
  [
    "the receiver's store is full",
    () => strains("full", { seconds: 3 }),
    { kind: "strains", how: "full", forMs: 3000 },
  ],
  ["the receiver is killed", () => receiverCrashes({ seconds: 3 }), { kind: "receiverCrashes", downMs: 3000 }],
  ["every connection ends", () => disconnects(), { kind: "disconnects" }],
  ["somebody is away", () => away("Kari", { days: 1 }), { kind: "away", person: "Kari", forMs: 86_400_000 }],
  [
    "somebody is away and has a deputy",
    () => away("Kari", { days: 1 }, "Ola"),
    { kind: "away", person: "Kari", forMs: 86_400_000, deputy: "Ola" },
  ],
  [
    "a right is given",
    () => grants("Kari", fjordvik(), "correspondence"),
    { kind: "entitles", who: "Kari", municipality: "4690", right: "correspondence", granted: true },
  ],
  [
    "a right is taken",
    () => revokes("Kari", fjordvik(), "correspondence"),
    { kind: "entitles", who: "Kari", municipality: "4690", right: "correspondence", granted: false },
  ],
  [
    "a fault strikes once unless said",
    () => fault("receiver.register(A)/1:asked", { kind: "refuse" }),
    { id: "refuse receiver.register(A)/1:asked", at: "receiver.register(A)/1:asked", does: { kind: "refuse" } },
  ],
  [
    "a fault strikes as often as said",
    () => fault("receiver.register(A)/1:asked", { kind: "refuse" }, 3),
    {
      id: "refuse receiver.register(A)/1:asked",
      at: "receiver.register(A)/1:asked",
      does: { kind: "refuse" },
      times: 3,
    },
  ],
])("writes down a step: %s", (_, make, expected) => {
  const made = make();
  // As it is recorded: what was not said is not there, rather than there and undefined.
  expect(JSON.parse(JSON.stringify(made))).toEqual(expected);
  expect(Object.keys(made)).toEqual(Object.keys(JSON.parse(JSON.stringify(made))));
});

it("describes a municipality, its neighbour, its districts and its mailbox", () => {
  expect(fjordvik()).toEqual({
    number: "4690",
    name: "Fjordvik",
    organizationNumber: "311000001",
    districts: [{ number: "01", name: "Sentrum", standard: true, supports: "V2" }],
    served: true,
  });
  expect(district("02", "Nord")).toEqual({ number: "02", name: "Nord", standard: false, supports: "V2" });
  expect(district("02", "Nord", "V1").supports).toBe("V1");
  expect(neighbour(fjordvik())).toEqual({ ...fjordvik(), served: false });
  expect(withMailbox(fjordvik(), { qualified: false })).toEqual({ ...fjordvik(), mailbox: { qualified: false } });
  expect(ordinaryMailbox).toEqual({ notices: "read", qualified: true, machine: "none" });
});

it("describes people, who look every hour unless said", () => {
  expect(atSenders("Per", "deviations")).toEqual({ name: "Per", duty: "deviations", looksEveryMs: 3_600_000 });
  expect(person("Kari", "caseworker", fjordvik())).toEqual({
    name: "Kari",
    duty: "caseworker",
    municipality: "4690",
    looksEveryMs: 3_600_000,
  });
  expect(person("Kari", "caseworker", fjordvik(), { minutes: 5 }, { rights: [] })).toMatchObject({
    looksEveryMs: 300_000,
    rights: [],
  });
});

it.each(["expired", "start", "", "A/1", "A~2"])(
  "sends nothing that is called %o: no exchange could be named after it",
  (label) => {
    expect(() => sends(label, "4690")).toThrow(/cannot be called/);
  },
);
