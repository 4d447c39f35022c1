import { describe, expect, it } from "vitest";
import { dayMs, hourMs, osloEpochMs } from "../../../core/calendar.ts";
import type { Fault } from "../../../core/fault.ts";
import type { LedgerEntry } from "../../../core/ledger.ts";
import type { Person } from "../../../core/scenario.ts";
import { municipality, person, sends, standardDistrict } from "../../../core/scenario-verbs.ts";
import { VirtualClock } from "../../../worlds/clock.ts";
import { LedgerWriter } from "../../../worlds/ledger-writer.ts";
import { seededRandom } from "../../../worlds/random.ts";
import { Boundaries } from "../../boundaries.ts";
import { Manifest } from "../../manifest.ts";
import { People } from "../../people/people.ts";
import { Receiver } from "../../receiver/receiver.ts";
import { exchangeAt, Router } from "../../router.ts";
import { compose, type Sends } from "../../sender/compose.ts";
import { Register } from "../rights.ts";
import { DispatchService } from "./dispatch.ts";

const fjordvik = municipality("4690", "Fjordvik", "310000000", [standardDistrict("01", "Fjordvik")]);
const awake = person(
  "Per",
  "mail distributor",
  fjordvik,
  { hours: 1 },
  { rights: ["dispatch-message", "dispatch-file"] },
);
const asleep = person("Vera", "caseworker", fjordvik);
const start = osloEpochMs("2023-05-08T10:10:00");

/** A sender that is told that its copies are opened by asking every hour, and everybody on the other side. */
function stand(people: readonly Person[], faults: readonly Fault[] = []) {
  const clock = new VirtualClock(start);
  const ledger = new LedgerWriter(clock, start);
  const given = { clock, random: seededRandom(1), facts: ledger };
  const sinceStart = (epochMs: number): number => epochMs - start;
  const manifest = new Manifest("r", ledger);
  const step = sends("A", "4690", { district: "01" }) as Sends;
  const scenario = {
    people,
    municipalities: [fjordvik],
    steps: [step],
    tests: "sender",
    channels: ["altinn-dispatch"],
  } as const;
  const rights = new Register(given, scenario);
  const readers: People = new People(given, {
    people,
    tests: "sender",
    mail: {
      rights,
      carry: ({ copy, parts, place }) =>
        receiver.registerByHand(copy, parts, { municipalityNumber: place.municipality }),
      sinceStart,
    },
  });
  const receiver = new Receiver(given, { manifest, apiKey: "key", people: readers });
  const tokens = { read: () => ({ consumer: "310000106", scopes: ["altinn:correspondence.write"] }) };
  const service = new DispatchService(given, {
    manifest,
    municipalities: [fjordvik],
    rights,
    readers,
    tokens,
    sinceStart,
  });
  const boundaries = new Boundaries(
    clock,
    ledger,
    { crash: () => {}, stop: () => {}, pause: () => {}, crashParty: () => {}, latencyMs: () => 0 },
    faults,
  );
  const router = new Router([service]);
  const ask = (method: string, path: string, unopened = false, body: unknown = {}): void => {
    const request = {
      method,
      path: `/dispatch/v1${path}`,
      query: unopened ? { unopened: "true" } : ({} as Readonly<Record<string, string>>),
      headers: { authorization: "Bearer x" },
      body: Buffer.from(JSON.stringify(body)),
    };
    exchangeAt(router, boundaries, request, { party: "sender", incarnation: 1 }, (heard, confirm) => {
      confirm(heard.kind === "told");
    });
  };
  const { delivery } = compose(step, { run: "r", nowMs: start, scenario });
  manifest.announce(delivery);
  rights.begin();
  ask("POST", "/dispatches", false, {
    label: "A",
    recipient: "0192:310000000",
    parts: delivery.parts.map(({ name, mediaType, bytes }) => ({
      name,
      mediaType,
      contentBase64: Buffer.from(bytes).toString("base64"),
    })),
  });
  const watch = (forMs: number): void => {
    for (const endMs = clock.now() + forMs; clock.now() < endMs; clock.advanceTo(clock.now() + hourMs))
      ask("GET", "/dispatches", true);
  };
  return { ledger, clock, watch };
}

const story = (entries: readonly LedgerEntry[]): string[] =>
  entries.flatMap((entry) => {
    switch (entry.kind) {
      case "entitled":
        return [`${entry.who} entitled ${entry.granted}`];
      case "alive":
        return [`${entry.reader} alive`];
      case "told":
        return [`${entry.exchange} told ${entry.saying} ${entry.copies.join()}`];
      case "asked":
      case "idle":
      case "linked":
        return [];
      default:
        return [entry.kind];
    }
  });

describe("a dispatch where somebody reads", () => {
  it("is opened, stands in the case system half an hour later, and its sender hears of the opening", () => {
    const { ledger, watch } = stand([awake]);
    watch(3 * hourMs);
    expect(story(ledger.entries)).toEqual([
      "Per entitled true",
      "effected",
      "held",
      "Per alive",
      "offered",
      "altinn-dispatch.send(A)/1 told positive A",
      "altinn-dispatch.unopened(news(A))/1 told news A",
      "Per alive",
      "opened",
      "altinn-dispatch.unopened(news(A))/2 told empty ",
      "altinn-dispatch.unopened(news(A))/2 told positive A",
      "effected",
      "held",
      "registered",
      "shown",
      "effected",
      "receipted",
    ]);
    expect(ledger.entries.find(({ kind }) => kind === "registered")).toMatchObject({ whole: true, copy: "A" });
  });

  it("is told to be opened again where the answer was lost", () => {
    const { ledger, watch } = stand(
      [awake],
      [{ id: "lost", at: "altinn-dispatch.unopened(news(A))/2:done", does: { kind: "reset" } }],
    );
    watch(4 * hourMs);
    expect(ledger.entries.filter(({ kind }) => kind === "untold")).toHaveLength(1);
    expect(story(ledger.entries)).toContain("altinn-dispatch.unopened(news(A))/3 told positive A");
  });
});

describe("a dispatch where nobody may read", () => {
  it("is deleted on day 30, and only whoever asks is told", () => {
    const { ledger, watch } = stand([asleep]);
    watch(31 * dayMs);
    expect(story(ledger.entries.filter(({ by }) => by === "world")).filter((one) => one !== "sender alive")).toEqual([
      "Vera entitled false",
      "effected",
      "held",
      "offered",
      "altinn-dispatch.send(A)/1 told positive A",
      "altinn-dispatch.unopened(news(A))/1 told news A",
      "dropped",
      "altinn-dispatch.unopened(news(A))/2 told news A",
      "altinn-dispatch.unopened(news(A))/2 told negative A",
    ]);
  });
});
