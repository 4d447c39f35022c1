import { existsSync, readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { Ajv2019 } from "ajv/dist/2019.js";
import { Ajv2020, type ValidateFunction } from "ajv/dist/2020.js";
import { describe, expect, it } from "vitest";
import { failureSchema, formSchema } from "./schemas.ts";

type Json = Record<string, unknown>;
const officialFolder = fileURLToPath(
  new URL("../../../shared/protocols/fiks-bekymringsmelding-schema/schema", import.meta.url),
);
const official = existsSync(officialFolder);
if (!official) console.warn(`Not compared with the official schemas: ${officialFolder} is not on this machine.`);

const ours = new Ajv2020({ strict: false });
const names = ["offentlig v1", "offentlig v2", "privat v1", "privat v2"] as const;
const ourChecks = new Map<string, ValidateFunction>(
  names.map((name) => {
    const [form, version] = name.split(" ") as ["offentlig" | "privat", string];
    return [name, ours.compile(formSchema(form, version === "v1" ? 1 : 2))];
  }),
);

const address = { adresselinje1: "Fjellveien 4", postnummer: "5999", poststed: "Fjordvik" };
const head = {
  kommunenummer: "4601",
  kommunenavn: "Fjordvik",
  bydelsnummer: "01",
  bydelsnavn: "Sentrum",
  sendingstidspunkt: "2023-05-08T09:24:45",
  leveringskanal: "Fjordvik skole",
};
const offentlig = {
  ...head,
  offentligMelder: {
    personnavn: "Åse Bølgen",
    rolle: "Helsesykepleier",
    telefonnummer: "+47 55-00-00-00",
    epost: "åse.bølgen@fjordvik.example.no",
    virksomhet: { navn: "Fjordvik skole", adresse: address },
  },
  offentligBarn: [{ fnr: "", ufoedt: true, personnavn: "", adresse: address, orientert: false }],
  foresatte: [{ personnavn: "Kari Vågen", orientert: true }],
  melding: { melding: "Første linje\nandre linje", historie: "" },
};
const privat = { ...head, privatMelder: { personnavn: "Ola\nVik" }, privatBarn: [], melding: "Hørte gråt." };

/** Changes of a valid form, and whether the result is still valid, by the traps of fiks.md section 2.1. */
const offentligCases: readonly [string, (form: Json) => unknown, boolean][] = [
  ["as it is", (form) => form, true],
  ["an unknown field", (form) => ({ ...form, framtidig: 1 }), true],
  ["no children", (form) => ({ ...form, offentligBarn: [] }), false],
  ["three guardians", (form) => ({ ...form, foresatte: Array(3).fill(offentlig.foresatte[0]) }), false],
  ["a line break in a name", (form) => ({ ...form, kommunenavn: "Fjord\nvik" }), false],
  ["a district of one digit", (form) => ({ ...form, bydelsnummer: "1" }), false],
  ["a municipality of letters", (form) => ({ ...form, kommunenummer: "Fjor" }), false],
  ["melding as text", (form) => ({ ...form, melding: "tekst" }), false],
  ["other views", (form) => ({ ...form, melding: { ...offentlig.melding, andreSynspunkter: "Ingen." } }), true],
  ["a letter in the telephone number", (form) => melder(form, { telefonnummer: "5500A" }), false],
  ["an address without @", (form) => melder(form, { epost: "åse.bølgen" }), false],
  ["a reporter without organisation", (form) => melder(form, { virksomhet: undefined }), false],
  ...Object.keys(offentlig).map((field): [string, (form: Json) => unknown, boolean] => [
    `without ${field}`,
    (form) => ({ ...form, [field]: undefined }),
    false,
  ]),
];
const privatCases: readonly [string, (form: Json) => unknown, boolean][] = [
  ["no children, the bound that has no effect", (form) => form, true],
  ["a child without address", (form) => ({ ...form, privatBarn: [{ personnavn: "Eva" }] }), false],
  ["melding as object", (form) => ({ ...form, melding: { melding: "" } }), false],
  ["a line break in a name", (form) => ({ ...form, kommunenavn: "Fjord\nvik" }), true],
  ...Object.keys(privat).map((field): [string, (form: Json) => unknown, boolean] => [
    `without ${field}`,
    (form) => ({ ...form, [field]: undefined }),
    false,
  ]),
];

function melder(form: Json, change: Json): Json {
  return { ...form, offentligMelder: { ...offentlig.offentligMelder, ...change } };
}

const cases = names.flatMap((name) =>
  (name.startsWith("offentlig") ? offentligCases : privatCases).map(([title, change, valid]) => ({
    name,
    title,
    valid,
    // As on the wire: what is undefined is not there.
    form: JSON.parse(JSON.stringify(change(name.startsWith("offentlig") ? offentlig : privat))) as Json,
  })),
);

describe("form schemas", () => {
  it.each(cases)("$name: $title is valid = $valid", ({ name, form, valid }) => {
    expect(ourChecks.get(name)?.(form)).toBe(valid);
  });

  it("takes a failure with and without a text", () => {
    const check = ours.compile(failureSchema);
    expect([check({}), check({ melding: "x" }), check({ melding: 1 })]).toEqual([true, true, false]);
  });
});

describe.skipIf(!official)("the official schemas (skipped where ../shared/protocols is not on this machine)", () => {
  const theirs = new Map<string, ValidateFunction>();
  if (official) {
    const ajv = new Ajv2019({ strict: false, validateFormats: false });
    const read = (path: string): Json => JSON.parse(readFileSync(join(officialFolder, path), "utf8")) as Json;
    const addressSchema = read("domain/adresse.json");
    // Trap 3: what the forms refer to is not what the address file calls itself.
    ajv.addSchema({ ...addressSchema, $id: "https://fiks.ks.no/adresse.json" });
    theirs.set("offentlig v1", ajv.compile(read("domain/offentlig.bekymringsmelding.v1.json")));
    theirs.set("offentlig v2", ajv.compile(read("domain/v2/offentlig.bekymringsmelding.v2.json")));
    theirs.set("privat v1", ajv.compile(read("domain/privat.bekymringsmelding.v1.json")));
    theirs.set("privat v2", ajv.compile(read("domain/v2/privat.bekymringsmelding.v2.json")));
  }

  it.each(cases)("judge as ours do: $name, $title", ({ name, form }) => {
    expect(theirs.get(name)?.(form)).toBe(ourChecks.get(name)?.(form));
  });

  it("have examples that ours take", () => {
    const examples = readdirSync(join(officialFolder, "examples")).filter((name) => /V[12]\.json$/.test(name));
    expect(examples).toHaveLength(4);
    for (const example of examples) {
      const name = `${example.startsWith("offentlig") ? "offentlig" : "privat"} v${basename(example, ".json").slice(-1)}`;
      const form = JSON.parse(readFileSync(join(officialFolder, "examples", example), "utf8")) as Json;
      expect(ourChecks.get(name)?.(form), example).toBe(true);
      expect(theirs.get(name)?.(form), example).toBe(true);
    }
  });
});
