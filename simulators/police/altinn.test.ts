import { describe, expect, it } from "vitest";
import { dayMs, osloEpochMs, osloLocal } from "../../core/calendar.ts";
import type { FaultAction } from "../../core/fault.ts";
import type { EntryKind } from "../../core/ledger.ts";
import { atSenders, municipality, person, sends, standardDistrict, withMailbox } from "../../core/scenario-verbs.ts";
import { VirtualClock } from "../../worlds/clock.ts";
import { LedgerWriter } from "../../worlds/ledger-writer.ts";
import { seededRandom } from "../../worlds/random.ts";
import { Correspondence } from "../altinn/correspondence/correspondence.ts";
import { DispatchService } from "../altinn/dispatch/dispatch.ts";
import { Register } from "../altinn/rights.ts";
import { Boundaries } from "../boundaries.ts";
import { Manifest } from "../manifest.ts";
import { People } from "../people/people.ts";
import { exchangeAt, Router } from "../router.ts";
import { compose, type Sends } from "../sender/compose.ts";
import { Police } from "./police.ts";

const fjordvik = municipality("4690", "Fjordvik", "310000000", [standardDistrict("01", "Fjordvik")]);
const police = "310000033";
const resources = { ordinary: "henvendelse", confidential: "fortrolig" };
const rights = { rights: ["correspondence", "confidential", "dispatch-message", "dispatch-file"] } as const;
type By = "altinn-correspondence" | "altinn-dispatch";

/** The police and Altinn, where somebody opens mail or nobody does. */
function stand(
  by: By,
  options: { opens?: boolean; investigator?: boolean; qualified?: false; at?: string; does?: FaultAction } = {},
) {
  const start = osloEpochMs("2023-05-08T10:10:00");
  const clock = new VirtualClock(start);
  const ledger = new LedgerWriter(clock, start);
  const given = (name: string) => ({ clock, random: seededRandom(1).fork(name), facts: ledger });
  const manifest = new Manifest("r", ledger);
  const control = { crash() {}, stop() {}, pause() {}, crashParty() {}, latencyMs: () => 0 };
  const { at = "", does } = options;
  const boundaries = new Boundaries(clock, ledger, control, does === undefined ? [] : [{ id: "f", at, does }]);
  const municipalities = [options.qualified === false ? withMailbox(fjordvik, { qualified: false }) : fjordvik];
  const staff = [
    ...(options.opens ? [person("Per", "mail distributor", fjordvik, { hours: 1 }, rights)] : []),
    ...(options.investigator ? [atSenders("Ida", "investigator")] : []),
  ];
  const steps = [
    sends("A", "4690", { by, district: "01", mail: { furtherFiles: 3, notice: true, confirmation: true } }),
  ];
  const register = new Register(given("rights"), { people: staff, municipalities, steps, tests: "sender" });
  const sinceStart = (epochMs: number) => epochMs - start;
  const mail = { rights: register, carry: () => true, sinceStart };
  const people = new People(given("people"), { people: staff, tests: "sender", mail });
  const tokens = { read: () => ({ consumer: police, scopes: ["altinn:correspondence.write"] }) };
  const common = { manifest, rights: register, readers: people, tokens, sinceStart };
  const router = new Router([
    new Correspondence(given("altinn-correspondence"), {
      ...common,
      organizations: new Map([
        [police, { kind: "sender" }],
        ["310000000", { kind: "municipality", number: "4690" }],
      ]),
      resources,
    }),
    new DispatchService(given("altinn-dispatch"), { ...common, municipalities }),
  ]);
  const sender = new Police(given("police"), {
    manifest,
    municipalities,
    ask: (request, hear) => {
      exchangeAt(router, boundaries, request, { party: "police", incarnation: 1 }, hear);
    },
    token: () => "token",
    resourceIds: resources,
    people,
    carryLetter: () => true,
  });
  const [step] = steps as [Sends];
  const composed = compose(step, { run: "r", nowMs: start, scenario: { municipalities, steps } });
  manifest.announce(composed.delivery);
  sender.send(composed, step);
  clock.advanceTo(start + 60 * dayMs);
  const said = (kind: EntryKind) =>
    ledger.entries
      .filter((entry) => entry.kind === kind)
      .map((entry) => ({ ...entry, local: osloLocal(start + entry.atMs) }));
  return { said, exchanges: () => said("asked").map(({ exchange }) => exchange) };
}

describe("what the police send in Altinn", () => {
  it.each([
    ["altinn-correspondence", "initialize", "confidential/4690"],
    ["altinn-dispatch", "send", "dispatch/4690"],
  ] as const)("is taken on and offered: %s", (by, operation, resource) => {
    const { said, exchanges } = stand(by);
    expect(exchanges()).toEqual([`${by}.${operation}(A)/1`]);
    expect(said("held").map(({ kind: _, ...entry }) => entry)).toMatchObject([{ party: "police" }, { party: by }]);
    expect(said("told")).toMatchObject([{ to: "police", saying: "positive", copies: ["A"] }]);
    expect(said("offered")).toMatchObject([{ channel: by, resource, copy: "A" }]);
    expect(said("doubted")).toEqual([]);
  });

  it.each([
    ["altinn-correspondence", "initialize", "done"],
    ["altinn-correspondence", "initialize", "asked"],
    ["altinn-dispatch", "send", "done"],
    ["altinn-dispatch", "send", "asked"],
  ] as const)("is there once where an answer is lost: %s.%s:%s", (by, operation, phase) => {
    const { said } = stand(by, { at: `${by}.${operation}(A)/1:${phase}`, does: { kind: "reset" } });
    expect(said("offered")).toMatchObject([{ copy: "A" }]);
    expect(said("printed")).toEqual([]);
  });

  it("goes by letter where nobody there may get confidential mail", () => {
    const { said } = stand("altinn-correspondence", { qualified: false });
    expect(said("told")).toMatchObject([{ to: "police", saying: "negative" }]);
    expect(said("printed")).toMatchObject([{ reason: "refused", delivery: "A" }]);
  });
});

describe("an investigator in Altinn", () => {
  it.each(["altinn-correspondence", "altinn-dispatch"] as const)("finds what nobody has opened: %s", (by) => {
    const { said } = stand(by, { investigator: true });
    expect(said("printed")).toMatchObject([{ reason: "undeliverable", local: "2023-05-10T11:00:00" }]);
  });

  it.each(["altinn-correspondence", "altinn-dispatch"] as const)("leaves alone what was opened: %s", (by) => {
    const { said } = stand(by, { investigator: true, opens: true });
    expect(said("opened")).toMatchObject([{ opener: "person", who: "Per" }]);
    expect(said("told").at(-1)).toMatchObject({ to: "police", saying: "positive", copies: ["A"] });
    expect(said("printed")).toEqual([]);
  });
});
