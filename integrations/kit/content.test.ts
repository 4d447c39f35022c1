import { describe, expect, it } from "vitest";
import { pack } from "../../contracts/fiks/container.ts";
import { privatV1 } from "../../contracts/fiks/types.ts";
import type { Account } from "./accounts.ts";
import { contentOf } from "./content.ts";
import { type Policy, sound } from "./policy.ts";

const account: Account = {
  id: "konto",
  queue: "fiksio.konto.konto",
  municipalityNumber: "4691",
  district: "02",
  districts: ["01", "02"],
};
const form = {
  kommunenummer: "4691",
  kommunenavn: "Storhamn",
  bydelsnummer: "02",
  bydelsnavn: "Nordbyen",
  sendingstidspunkt: "2023-05-08T09:24:45",
  leveringskanal: "Skjema",
  privatMelder: { personnavn: "Åse Bølgen" },
  privatBarn: [],
  melding: "Hørte gråt.",
};
const text = (value: unknown) => new TextEncoder().encode(typeof value === "string" ? value : JSON.stringify(value));
const pdf = { name: "bekymringsmelding.pdf", bytes: text("%PDF") };
const whole = (changed: object = {}) =>
  pack([{ name: "bekymringsmelding.json", bytes: text({ ...form, ...changed }) }, pdf]);

function read(body: Uint8Array, policy: Policy = sound) {
  const signal = new AbortController().signal;
  const arrival = {
    account,
    id: "m",
    sourceId: "b",
    type: privatV1,
    body,
    signal,
    ack: () => {},
    ackWithEarlier: () => {},
    nack: () => {},
  };
  return contentOf(arrival, "privat", policy, Date.UTC(2023, 9, 1));
}

describe("content of a concern message", () => {
  it("is the form as it came, and the PDF", () => {
    const spaced = JSON.stringify(form, null, 2);
    const body = pack([{ name: "bekymringsmelding.json", bytes: text(spaced) }, pdf]);
    expect(read(body)).toMatchObject({
      kind: "concern",
      concern: { payload: spaced, district: "02", municipalityNumber: "4691", documents: [{ name: pdf.name }] },
    });
  });

  it("takes unknown fields and an empty list of children", () => {
    expect(read(whole({ framtidig: { x: 1 } })).kind).toBe("concern");
  });

  it("is for the account's district where the form names none, and for the form's where it is served", () => {
    expect(read(whole({ bydelsnummer: "00" }))).toMatchObject({ concern: { district: "02" } });
    expect(read(whole({ bydelsnummer: "01" }))).toMatchObject({ concern: { district: "01" } });
    expect(read(whole({ bydelsnummer: "07" }))).toEqual({ kind: "defective", reason: "other-district" });
  });

  it.each([
    ["no file", pack([]), "container-not-whole"],
    ["a cut container", whole().subarray(0, 400), "container-not-whole"],
    ["no form", pack([pdf]), "form-missing"],
    ["no PDF", pack([{ name: "bekymringsmelding.json", bytes: text(form) }]), "pdf-missing"],
    ["half a form", pack([{ name: "bekymringsmelding.json", bytes: text('{"kommunenummer":') }, pdf]), "form-not-json"],
    [
      "a form that is no object",
      pack([{ name: "bekymringsmelding.json", bytes: text("null") }, pdf]),
      "form-lacks:everything",
    ],
    ["a form without children", whole({ privatBarn: undefined }), "form-lacks:privatbarn"],
    ["a form for another municipality", whole({ kommunenummer: "4692" }), "other-municipality"],
  ])("is defective with %s, and says so without content", (_, body, reason) => {
    expect(read(body)).toEqual({ kind: "defective", reason });
    expect(reason).toMatch(/^[a-z0-9:.-]{1,80}$/);
  });
});
