import { Ajv2020 } from "ajv/dist/2020.js";
import { describe, expect, it } from "vitest";
import { unpack } from "../../contracts/fiks/container.ts";
import { formSchema } from "../../contracts/fiks/schemas.ts";
import { osloEpochMs } from "../../core/calendar.ts";
import { canariesIn, runToken } from "../../core/canary.ts";
import type { Municipality, Step } from "../../core/scenario.ts";
import { compose, type Sends, submitted } from "./compose.ts";

const municipalities: readonly Municipality[] = [
  {
    number: "4601",
    name: "Fjordvik",
    organizationNumber: "310000000",
    districts: [{ number: "01", name: "Sentrum", standard: true, supports: "V2" }],
    served: true,
  },
  { number: "4602", name: "Nabovåg", organizationNumber: "310000001", districts: [], served: false },
];
const nowMs = osloEpochMs("2023-05-08T09:24:45");
const sends = (over: Partial<Sends> = {}): Sends => ({
  kind: "sends",
  label: "A",
  messageKind: "offentlig",
  version: 1,
  to: { municipality: "4601", district: "01" },
  content: "short",
  ...over,
});
const composed = (over: Partial<Sends> = {}, steps: readonly Step[] = []) =>
  compose(sends(over), { run: "r", nowMs, scenario: { municipalities, steps } });
const text = (bytes: Uint8Array | undefined): string => new TextDecoder("utf-8", { fatal: true }).decode(bytes);
const formOf = (of: ReturnType<typeof composed>) => JSON.parse(text(of.delivery.parts[0]?.bytes));
const ajv = new Ajv2020({ strict: false });

describe("compose", () => {
  const kinds = [
    ["offentlig", 1],
    ["offentlig", 2],
    ["privat", 1],
    ["privat", 2],
  ] as const;
  const contents = ["short", "long", "many-children", "unborn", "accents"] as const;
  it.each(kinds.flatMap(([kind, version]) => contents.map((content) => [kind, version, content] as const)))(
    "writes a valid form: %s v%i, %s",
    (messageKind, version, content) => {
      for (const label of ["A", "B", "C", "D"]) {
        const sent = composed({ messageKind, version, content, label });
        const form = formOf(sent);
        const check = ajv.compile(formSchema(messageKind, version));
        expect([check(form), check.errors]).toEqual([true, null]);
        expect(form).toMatchObject({ kommunenummer: "4601", sendingstidspunkt: "2023-05-08T09:24:45" });
        expect(unpack(sent.container)).toEqual(sent.delivery.parts.map(({ name, bytes }) => ({ name, bytes })));
      }
    },
  );

  it("plants every canary once, at head, middle and tail of each part and in a name", () => {
    const { delivery } = composed({ version: 2, content: "accents" });
    const found = delivery.parts.flatMap(({ bytes }) => canariesIn(text(bytes), runToken("r")));
    expect([...found].sort()).toEqual(delivery.canaries.map(({ word }) => word).sort());
    expect(delivery.canaries.map(({ part, position }) => `${part} ${position}`).sort()).toEqual([
      "form head",
      "form middle",
      "form name",
      "form tail",
      "pdf head",
      "pdf middle",
      "pdf tail",
    ]);
  });

  it("gives twins equal text but for their canaries", () => {
    const a = sends({ label: "a" });
    const b = sends({ label: "b7", twinOf: "a" });
    const c = sends({ label: "c-4", twinOf: "b7" });
    const plain = (step: Sends) =>
      text(composed(step, [a, b, c]).delivery.parts[0]?.bytes).replaceAll(
        new RegExp(`${runToken("r")}.{10}`, "g"),
        "…",
      );
    expect(plain(b)).toBe(plain(a));
    expect(plain(c)).toBe(plain(a));
    expect(composed(b, [a, b]).planted).toBe("twin");
    expect(composed(b, [a, b]).delivery.parts[1]?.sha256).not.toBe(composed(a).delivery.parts[1]?.sha256);
  });

  it("writes a PDF whose table of objects tells where they are", () => {
    const pdf = text(composed().delivery.parts[1]?.bytes);
    const xref = Number(/startxref\n(\d+)/.exec(pdf)?.[1]);
    expect(pdf.slice(xref, xref + 4)).toBe("xref");
    const starts = [...pdf.slice(xref).matchAll(/^(\d{10}) 00000 n/gm)].map((found) => Number(found[1]));
    expect(starts).toHaveLength(5);
    starts.forEach((at, i) => {
      expect(pdf.slice(at)).toMatch(new RegExp(`^${i + 1} 0 obj`));
    });
    expect(pdf).toContain("%%EOF");
  });

  it("names no district where the sender knew none", () => {
    const sent = composed({ to: { municipality: "4601" } });
    expect(formOf(sent)).toMatchObject({ bydelsnummer: "00" });
    expect(sent.delivery.district).toBeUndefined();
  });

  it("breaks a message in the way that was asked for", () => {
    expect(() => unpack(composed({ defect: "empty-container" }).container)).toThrow("no file");
    expect(() => unpack(composed({ defect: "truncated-container" }).container)).toThrow("end is missing");
    expect(() => formOf(composed({ defect: "not-json" }))).toThrow(SyntaxError);
    expect(unpack(composed({ defect: "missing-pdf" }).container).map(({ name }) => name)).toEqual([
      "bekymringsmelding.json",
    ]);
    expect(ajv.compile(formSchema("offentlig", 1))(formOf(composed({ defect: "missing-field" })))).toBe(false);
    const other = composed({ defect: "other-municipality" });
    expect(formOf(other).kommunenummer).toBe("4602");
    expect(other.delivery.municipalityNumber).toBe("4601");
    expect(composed({ defect: "unknown-type" }).delivery.sentAs).toMatch(/tillegg/);
    expect(composed({ defect: "unsupported-version" }).delivery.sentAs).toMatch(/offentlig\.v3$/);
  });

  it("says what was planted, and what was sent", () => {
    expect(composed({ defect: "not-json" }).planted).toBe("poison");
    expect(composed({ defect: "missing-field" }).planted).toBe("invalid");
    expect(submitted(composed(), "sender")).toMatchObject({
      deliveries: [{ id: "A", municipalityNumber: "4601", district: "01" }],
      parts: [{ name: "bekymringsmelding.json" }, { name: "bekymringsmelding.pdf" }],
      version: "v1",
    });
  });
});
