import type { ChannelName, Scenario, Step } from "../core/scenario.ts";
import { sends, waits } from "../core/scenario-verbs.ts";
import { city, dutyOfficer, readersOf, staffOf, village } from "./draw/places.ts";

const ordinary = {
  schema: "komfrem.scenario/v1",
  because: "All is well in it: what goes wrong is put there by the sweep.",
  origin: "komfrem sweep",
  startsAt: "2023-05-08T08:00:00",
  switches: {},
  faults: [],
  mustHold: [],
} as const;

const byPortal: readonly Step[] = [
  sends("A", village.number, { district: "01" }),
  waits({ minutes: 10 }),
  sends("B", city.number, { district: "02", messageKind: "privat", version: 2 }),
  sends("C", city.number),
];
/** Nobody can take it: it must be refused, and a person told. */
const broken: readonly Step[] = [sends("F", village.number, { defect: "not-json" })];
const byMail: readonly Step[] = [
  sends("D", village.number, { by: "altinn-correspondence", district: "01", mail: { confirmation: true } }),
  waits({ minutes: 10 }),
  sends("E", city.number, {
    by: "altinn-correspondence",
    district: "02",
    mail: { furtherFiles: 2, confirmation: true },
  }),
];

/** For an integration: a few messages on each of its channels, and then one on each of them together. */
function forIntegrations(channels: readonly ChannelName[]): Scenario[] {
  const places = [village, city];
  const steps = (of: readonly ChannelName[]): Step[] => [
    ...(of.length > 1
      ? [...byPortal.slice(0, 1), ...byMail.slice(0, 1)]
      : of.includes("fiks-io")
        ? [...byPortal, ...broken]
        : byMail),
    waits({ hours: 8 }),
  ];
  const served = channels.filter((name) => name !== "altinn-dispatch");
  const sets = served.map((name) => [name]);
  if (served.length > 1) sets.push(served);
  return sets.map((of) => ({
    ...ordinary,
    id: `sweep-${of.join("-")}`,
    title: "A few messages while all is well",
    channels: of,
    municipalities: places,
    people: staffOf(places),
    // Two polls before faults heal; more of them show nothing new, and each takes its time.
    switches: { pollIntervalMinutes: 240 },
    steps: steps(of),
  }));
}

/** For a sender: one message that is read, and one that nobody reads, on each way into Altinn. */
function forSenders(channels: readonly ChannelName[]): Scenario[] {
  const ways = channels.filter((name) => name !== "fiks-io");
  const behind = channels.filter((name) => name === "fiks-io");
  return ways.map((way) => ({
    ...ordinary,
    id: `sweep-${way}`,
    title: "A message that is read, and one that nobody reads",
    tests: "sender",
    channels: [way, ...behind],
    municipalities: [village, city],
    people: [...readersOf(village, "awake"), ...readersOf(city, "asleep"), dutyOfficer],
    steps: [
      sends("A", village.number, { district: "01" }),
      waits({ hours: 3 }),
      sends("B", city.number, { district: "02", mail: { furtherFiles: 1 } }),
      waits({ days: 8 }),
    ],
  }));
}

/** Scenarios in which all is well and every operation of a system's channels is used: what a sweep begins with. */
export function basesFor(role: "integration" | "sender", channels: readonly ChannelName[]): Scenario[] {
  return role === "sender" ? forSenders(channels) : forIntegrations(channels);
}
