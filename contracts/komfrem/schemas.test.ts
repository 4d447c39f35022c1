import { describe, expect, it } from "vitest";
import type { FaultFamily } from "../../core/fault.ts";
import type { ClockTier, Durability, Evidence, Fidelity, ReasonClass, Saying, Survival } from "../../core/ledger.ts";
import type { RuleId } from "../../core/rule.ts";
import type { ChannelName, Content, Defect, Mailbox, Person, Right, Scenario, Step } from "../../core/scenario.ts";
import { type JsonSchema, type SchemaName, schemaNames, schemaOf, validate } from "./index.ts";
import * as samples from "./samples.fixture.ts";

type Sends = Extract<Step, { kind: "sends" }>;
type Variant = { properties: Record<string, JsonSchema>; required?: string[] };
type Node = Variant & { oneOf: Variant[]; $defs: Record<string, Node>; enum: string[] };

const node = (name: SchemaName): Node => schemaOf(name) as unknown as Node;
const def = (name: SchemaName, of: string): Node => node(name).$defs[of] ?? fail(of);
const kindsOf = (union: Node): string[] => union.oneOf.map((variant) => String(variant.properties.kind?.const)).sort();
const variantOf = (union: Node, kind: string): Variant =>
  union.oneOf.find((variant) => variant.properties.kind?.const === kind) ?? fail(kind);
const without = (value: object, field: string): object =>
  Object.fromEntries(Object.entries(value).filter(([name]) => name !== field));
const sorted = (values: Iterable<string>): string[] => [...values].sort();

function fail(what: string): never {
  throw new Error(`The schema has no ${what}.`);
}

/** Takes a sample with every field: each field is in the schema, and just those not in `optional` are required. */
function holdsTogether(
  schema: Variant,
  sample: object,
  optional: object,
  problems: (value: object) => string[],
  shared: readonly string[] = [],
): void {
  const own = Object.keys(sample).filter((field) => !shared.includes(field));
  expect(sorted(Object.keys(schema.properties))).toEqual(sorted(own));
  expect(sorted(schema.required ?? [])).toEqual(sorted(own.filter((field) => !(field in optional))));
  expect(problems(sample)).toEqual([]);
  for (const field of own) {
    if (field in optional) expect(problems(without(sample, field))).toEqual([]);
    else expect(problems(without(sample, field)).join()).toContain(`${field}: is missing.`);
  }
  expect(problems({ ...sample, surprise: 1 }).join()).toContain("surprise: is not a field here.");
}

describe("every schema", () => {
  it.each(schemaNames)("%s says which it is and describes each field", (name) => {
    expect(schemaOf(name).$id).toBe(`komfrem.${name}/v1`);
    const undescribed: string[] = [];
    const walk = (at: string, value: unknown): void => {
      if (typeof value !== "object" || value === null) return;
      const { properties } = value as Partial<Variant>;
      for (const [field, schema] of Object.entries(properties ?? {}))
        if (typeof schema.description !== "string" && schema.$ref === undefined && schema.type !== "integer")
          undescribed.push(`${at}/${field}`);
      for (const [key, below] of Object.entries(value)) walk(`${at}/${key}`, below);
    };
    walk(name, schemaOf(name));
    expect(undescribed).toEqual([]);
  });

  it("refuses what is no object, and says so in words", () => {
    for (const name of schemaNames) expect(validate(name, 7)).toEqual(["the value: must be object."]);
  });
});

describe("komfrem.ledger/v1", () => {
  const stampFields = [...Object.keys(def("ledger", "stamp").properties)];

  it("knows the kinds that the ledger knows, and no other", () => {
    expect(kindsOf(node("ledger"))).toEqual(sorted(Object.keys(samples.entries)));
    expect(validate("ledger", { ...samples.entries.phase, kind: "explodes" })).toEqual([
      'kind: "explodes" is not a known kind.',
    ]);
  });

  it.each(Object.keys(samples.entries) as (keyof typeof samples.entries)[])(
    "takes %s with the type's fields",
    (kind) => {
      holdsTogether(
        variantOf(node("ledger"), kind),
        samples.entries[kind],
        samples.entryOptional[kind],
        (value) => validate("ledger", value),
        stampFields,
      );
    },
  );

  it("takes the stamp's fields, and asks for seq, atMs and by", () => {
    const { seq, atMs, by, ...others } = samples.entries.phase;
    expect(sorted(stampFields)).toEqual(sorted(["seq", "atMs", "by", ...Object.keys(samples.stampOptional)]));
    expect(validate("ledger", { ...others }).sort()).toEqual(
      ["atMs: is missing.", "by: is missing.", "seq: is missing."].sort(),
    );
    expect(validate("ledger", { seq, atMs, by, kind: "phase", phase: "end" })).toEqual([]);
    expect(validate("ledger", { seq, atMs, by: "hearsay", kind: "phase", phase: "end" })).not.toEqual([]);
  });

  it("has the words of each of the ledger's unions", () => {
    const words = (of: string): string[] => sorted(def("ledger", of).enum);
    const durability: Record<Durability, true> = { memory: true, process: true, power: true, unknown: true };
    const saying: Record<Saying, true> = { positive: true, negative: true, news: true, empty: true };
    const fidelity: Record<Fidelity, true> = { bytes: true, text: true, fields: true, rendered: true, absent: true };
    const tier: Record<ClockTier, true> = { driven: true, compressed: true, offset: true, none: true };
    const evidence: Record<Evidence, true> = { code: true, docs: true, api: true, press: true, inferred: true };
    const survival: Record<Survival, true> = { none: true, prefix: true, subset: true };
    const family: Record<FaultFamily, true> = {
      network: true,
      process: true,
      store: true,
      time: true,
      protocol: true,
      people: true,
    };
    const reason: Record<ReasonClass, true> = {
      receipt: true,
      refused: true,
      expired: true,
      undeliverable: true,
      unreceipted: true,
      content: true,
      "wrong-recipient": true,
      "unknown-type": true,
      other: true,
    };
    const unions = { durability, saying, fidelity, tier, evidence, survival, family, reason };
    for (const [name, union] of Object.entries(unions)) expect(words(name)).toEqual(sorted(Object.keys(union)));
  });

  it("refuses a word that no union has", () => {
    expect(validate("ledger", { ...samples.entries.told, saying: "maybe" })).toEqual([
      "saying: must be one of positive, negative, news, empty.",
    ]);
  });
});

describe("komfrem.fault/v1", () => {
  it("knows the actions that core knows, with the type's fields", () => {
    expect(kindsOf(def("fault", "action"))).toEqual(sorted(Object.keys(samples.actions)));
    for (const kind of Object.keys(samples.actions) as (keyof typeof samples.actions)[])
      holdsTogether(
        variantOf(def("fault", "action"), kind),
        samples.actions[kind],
        samples.actionOptional[kind],
        (does) => validate("fault", { ...samples.fault, does }),
      );
  });

  it("takes a fault with the type's fields", () => {
    holdsTogether(node("fault"), samples.fault, { times: true }, (value) => validate("fault", value));
  });

  it("refuses an unknown action and a boundary without a phase", () => {
    expect(validate("fault", { ...samples.fault, does: { kind: "wish" } })).toEqual([
      'does/kind: "wish" is not a known kind.',
    ]);
    expect(validate("fault", { ...samples.fault, at: "receiver.register(A)/1" })).not.toEqual([]);
  });
});

describe("komfrem.scenario/v1", () => {
  it("knows the steps that core knows, with the type's fields", () => {
    expect(kindsOf(def("scenario", "step"))).toEqual(sorted(Object.keys(samples.steps)));
    for (const kind of Object.keys(samples.steps) as (keyof typeof samples.steps)[])
      holdsTogether(variantOf(def("scenario", "step"), kind), samples.steps[kind], samples.stepOptional[kind], (step) =>
        validate("scenario", { ...samples.scenario, steps: [step] }),
      );
  });

  it("takes a scenario with the type's fields", () => {
    holdsTogether(node("scenario"), samples.scenario, samples.scenarioOptional, (value) => validate("scenario", value));
  });

  it("takes municipalities, mailboxes, people and mail with the types' fields", () => {
    const items = (of: string): Variant => (node("scenario").properties[of] as { items: Variant }).items;
    const [municipality = fail("municipality")] = samples.scenario.municipalities;
    const [person = fail("person")] = samples.scenario.people;
    const withMunicipality = (value: object): string[] =>
      validate("scenario", { ...samples.scenario, municipalities: [value] });
    holdsTogether(items("municipalities"), municipality, samples.municipalityOptional, withMunicipality);
    holdsTogether(
      items("municipalities").properties.mailbox as unknown as Variant,
      municipality.mailbox,
      samples.mailboxOptional,
      (mailbox) => withMunicipality({ ...municipality, mailbox }),
    );
    holdsTogether(items("people"), person, samples.personOptional, (value) =>
      validate("scenario", { ...samples.scenario, people: [value] }),
    );
    holdsTogether(def("scenario", "mail"), samples.steps.sends.mail, samples.mailOptional, (mail) =>
      validate("scenario", { ...samples.scenario, steps: [{ ...samples.steps.sends, mail }] }),
    );
  });

  it("takes an older scenario, which says nothing of senders, channels or Altinn", () => {
    const [municipality = fail("municipality")] = samples.scenario.municipalities;
    const older = {
      ...without(without(samples.scenario, "tests"), "channels"),
      municipalities: [without(municipality, "mailbox")],
      people: [{ name: "Kari", duty: "caseworker", municipality: "4601", looksEveryMs: 3_600_000 }],
      steps: [without(without(samples.steps.sends, "by"), "mail")],
    };
    expect(validate("scenario", older)).toEqual([]);
  });

  it("names the place of what is wrong", () => {
    const steps = [...samples.scenario.steps, { kind: "explodes" }];
    expect(validate("scenario", { ...samples.scenario, steps })).toEqual([
      `steps/${samples.scenario.steps.length}/kind: "explodes" is not a known kind.`,
    ]);
  });

  it("means by a fault what komfrem.fault/v1 means", () => {
    const { properties, required } = node("fault");
    expect(def("scenario", "fault")).toMatchObject({ properties, required });
    expect(def("scenario", "action")).toEqual(def("fault", "action"));
  });

  it("has the words of each of the scenario's unions", () => {
    const sends = variantOf(def("scenario", "step"), "sends").properties as Record<string, { enum: string[] }>;
    const defects: Record<Defect, true> = {
      "empty-container": true,
      "truncated-container": true,
      "not-json": true,
      "missing-pdf": true,
      "missing-field": true,
      "other-municipality": true,
      "unknown-type": true,
      "unsupported-version": true,
    };
    const contents: Record<Content, true> = {
      short: true,
      long: true,
      "many-children": true,
      unborn: true,
      accents: true,
      decomposed: true,
      "right-to-left": true,
      "control-characters": true,
      large: true,
      "odd-names": true,
    };
    const duties: Record<Person["duty"], true> = {
      caseworker: true,
      deputy: true,
      deviations: true,
      "mail distributor": true,
      administrator: true,
      investigator: true,
    };
    const rights: Record<Right, true> = {
      correspondence: true,
      confidential: true,
      "dispatch-message": true,
      "dispatch-file": true,
    };
    const channels: Record<ChannelName, true> = {
      "fiks-io": true,
      "altinn-correspondence": true,
      "altinn-dispatch": true,
    };
    const ways: Record<NonNullable<Sends["by"]>, true> = {
      "altinn-correspondence": true,
      "altinn-dispatch": true,
      letter: true,
    };
    const notices: Record<Mailbox["notices"], true> = { read: true, bounce: true, "no address": true };
    const machines: Record<Mailbox["machine"], true> = { none: true, opens: true };
    const tests: Record<NonNullable<Scenario["tests"]>, true> = { integration: true, sender: true };
    const { properties } = node("scenario") as unknown as {
      properties: {
        tests: { enum: string[] };
        channels: { items: { enum: string[] } };
        people: { items: { properties: { duty: { enum: string[] } } } };
        municipalities: { items: { properties: { mailbox: { properties: Record<string, { enum: string[] }> } } } };
      };
    };
    const mailbox = properties.municipalities.items.properties.mailbox.properties;
    expect(sorted(sends.defect?.enum ?? [])).toEqual(sorted(Object.keys(defects)));
    expect(sorted(sends.content?.enum ?? [])).toEqual(sorted(Object.keys(contents)));
    expect(sorted(properties.people.items.properties.duty.enum)).toEqual(sorted(Object.keys(duties)));
    expect(sorted(def("scenario", "right").enum)).toEqual(sorted(Object.keys(rights)));
    expect(sorted(properties.channels.items.enum)).toEqual(sorted(Object.keys(channels)));
    expect(sorted(properties.tests.enum)).toEqual(sorted(Object.keys(tests)));
    expect(sorted(sends.by?.enum ?? [])).toEqual(sorted(Object.keys(ways)));
    expect(sorted(mailbox.notices?.enum ?? [])).toEqual(sorted(Object.keys(notices)));
    expect(sorted(mailbox.machine?.enum ?? [])).toEqual(sorted(Object.keys(machines)));
  });

  it("has the ids of all rules", () => {
    const rules: Record<RuleId, true> = {
      "no-loss": true,
      delivers: true,
      "receipt-after-store": true,
      "no-false-receipt": true,
      "no-silent-expiry": true,
      "end-state-deadline": true,
      "watched-channel": true,
      "right-recipient": true,
      intact: true,
      "one-case": true,
      "poison-isolated": true,
      "failure-visible": true,
      "no-leak": true,
      drains: true,
      reconciles: true,
      "all-kinds": true,
    };
    const mustHold = node("scenario").properties.mustHold as unknown as { items: { enum: string[] } };
    expect(sorted(mustHold.items.enum)).toEqual(sorted(Object.keys(rules)));
    expect(sorted(def("report", "ruleId").enum)).toEqual(sorted(Object.keys(rules)));
  });
});

describe("komfrem.endpoints/v1", () => {
  it("takes every field of the type, and asks for what the type asks for", () => {
    const optional = without(
      without(without(without(samples.endpoints, "version"), "channels"), "recipients"),
      "pollIntervalMs",
    );
    holdsTogether(node("endpoints"), samples.endpoints, optional, (value) => validate("endpoints", value));
  });

  it("gives a sender all it needs at the portal", () => {
    const { portal } = samples.endpoints;
    for (const field of ["apiBaseUrl", "fiksOrgId", "integrationId", "integrationPassword"])
      expect(validate("endpoints", { ...samples.endpoints, portal: without(portal, field) })).toEqual([
        `portal/${field}: is missing.`,
      ]);
  });

  it("refuses an origin with a path or a trailing slash", () => {
    for (const baseUrl of ["http://127.0.0.1:1/", "http://127.0.0.1:1/intake"])
      expect(validate("endpoints", { ...samples.endpoints, receiver: { baseUrl, apiKey: "k" } })).toHaveLength(1);
  });
});

describe("komfrem.probe/v1", () => {
  it("takes an item with the type's fields, and the last line", () => {
    const optional = {
      municipality: 1,
      district: 1,
      confidential: 1,
      visibleTo: 1,
      registeredAt: 1,
      caseId: 1,
      parts: 1,
    };
    for (const field of Object.keys(optional)) expect(validate("probe", without(samples.probeItem, field))).toEqual([]);
    for (const field of ["state", "complete", "asOf"])
      expect(validate("probe", without(samples.probeItem, field)).join()).toContain(`${field}: is missing.`);
    expect(validate("probe", samples.probeItem)).toEqual([]);
    expect(validate("probe", { complete: true, asOf: "2023-05-08T08:00:00+02:00" })).toEqual([]);
    expect(sorted(Object.keys(def("probe", "item").properties))).toEqual(sorted(Object.keys(samples.probeItem)));
  });

  it("refuses an unknown state, and a last line that says nothing of completeness", () => {
    expect(validate("probe", { ...samples.probeItem, state: "archived" })).toHaveLength(1);
    expect(validate("probe", { asOf: "2023-05-08T08:00:00+02:00" })).toEqual(["complete: is missing."]);
  });
});

describe("komfrem.config/v1", () => {
  it("takes every field of the type, and each clock", () => {
    const { config } = samples;
    expect(validate("config", config)).toEqual([]);
    expect(sorted(Object.keys(node("config").properties as object))).toEqual(sorted(Object.keys(config)));
    expect(validate("config", { ...config, clock: { tier: "driven" } })).toEqual([]);
    expect(validate("config", { ...config, clock: { tier: "driven", dayTakesMs: 1 } })).not.toEqual([]);
  });
});
