import { Ajv2020 } from "ajv/dist/2020.js";
import { describe, expect, it } from "vitest";
import { unpack } from "../../contracts/fiks/container.ts";
import { formSchema } from "../../contracts/fiks/schemas.ts";
import { osloEpochMs } from "../../core/calendar.ts";
import { canariesIn, runToken } from "../../core/canary.ts";
import { HarnessError } from "../../core/error.ts";
import type { Municipality, Step } from "../../core/scenario.ts";
import { compose, type Sends, submitted } from "./compose.ts";
import { orderOf } from "./order.ts";

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
const composed = (over: Partial<Sends> = {}, steps: readonly Step[] = [], tests?: "sender") =>
  compose(sends(over), {
    run: "r",
    nowMs,
    scenario: { municipalities, steps, ...(tests === undefined ? {} : { tests }) },
  });
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

describe("mail", () => {
  const mailed = (over: Partial<Sends> = {}, steps: readonly Step[] = []) =>
    composed({ by: "altinn-correspondence", ...over }, steps);
  const named = (of: ReturnType<typeof composed>) => of.delivery.parts.map(({ name }) => name);

  it("is a text and files, each with a name and a kind of its own", () => {
    const { delivery, container } = mailed({ mail: { furtherFiles: 4 } });
    expect(delivery.parts.map(({ name, mediaType }) => [name, mediaType])).toEqual([
      ["message", "text/markdown"],
      ["bekymringsmelding.pdf", "application/pdf"],
      ["vedlegg-1.pdf", "application/pdf"],
      ["vedlegg-2-fravær-på-høsten.txt", "text/plain"],
      ["vedlegg-3.jpg", "image/jpeg"],
      ["vedlegg-4.pdf", "application/pdf"],
    ]);
    expect(new Set(delivery.parts.map(({ sha256 }) => sha256)).size).toBe(6);
    expect(container).toHaveLength(0);
  });

  it.each(["short", "long", "many-children", "unborn", "accents"] as const)(
    "fits into Altinn, and has every canary once in its parts and the name's in its title: %s",
    (content) => {
      const { delivery } = mailed({ content, mail: { furtherFiles: 3 } });
      const texts = delivery.parts.map(({ bytes }) => Buffer.from(bytes).toString("latin1"));
      const found = texts.flatMap((part) => canariesIn(part, runToken("r")));
      expect([...found].sort()).toEqual(delivery.canaries.map(({ word }) => word).sort());
      expect(delivery.canaries.map(({ part, position }) => `${part} ${position}`)).toEqual([
        ...["message name", "message head", "message middle", "message tail"],
        ...["pdf", "attachment 1", "attachment 2", "attachment 3"].flatMap((part) =>
          ["head", "middle", "tail"].map((position) => `${part} ${position}`),
        ),
      ]);
      expect(canariesIn(delivery.title ?? "", runToken("r"))).toEqual([delivery.canaries[0]?.word]);
      expect(delivery.title).toMatch(/^[^\n*#]{1,255}$/);
      expect(text(delivery.parts[0]?.bytes).length).toBeLessThan(30_000);
    },
  );

  it("plants the id numbers that stand in its text", () => {
    const { delivery } = mailed({ content: "many-children" });
    expect(delivery.idNumbers).toHaveLength(9);
    for (const idNumber of delivery.idNumbers ?? []) expect(text(delivery.parts[0]?.bytes)).toContain(idNumber);
  });

  it("of a twin has equal text but for its canaries, and other files", () => {
    const a = sends({ label: "a", by: "altinn-dispatch" });
    const b = sends({ label: "b7", by: "altinn-dispatch", twinOf: "a" });
    const plain = (step: Sends) =>
      text(composed(step, [a, b]).delivery.parts[0]?.bytes).replaceAll(new RegExp(`${runToken("r")}.{10}`, "g"), "…");
    expect(plain(b)).toBe(plain(a));
    expect(composed(b, [a, b]).delivery.parts[1]?.sha256).not.toBe(composed(a).delivery.parts[1]?.sha256);
  });

  it("is ordinary where that is said, unless it is a dispatch", () => {
    const classOf = (over: Partial<Sends>) => submitted(composed(over), "police");
    expect(classOf({ by: "altinn-correspondence" })).toMatchObject({ class: "confidential", sender: "police" });
    expect(classOf({ by: "altinn-correspondence", mail: { ordinary: true } })).toMatchObject({ class: "ordinary" });
    expect(classOf({ by: "altinn-dispatch", mail: { ordinary: true } })).toMatchObject({ class: "confidential" });
    expect(classOf({ mail: { ordinary: true } })).toMatchObject({ class: "confidential" });
  });

  it("can be for another municipality, and has nothing else to break", () => {
    const astray = mailed({ defect: "other-municipality" });
    expect(astray).toMatchObject({ planted: "invalid", namedMunicipality: "4602" });
    expect(astray.delivery.municipalityNumber).toBe("4601");
    expect(() => mailed({ defect: "not-json" })).toThrow("A cannot be sent with the defect not-json");
    expect(() => composed({ by: "altinn-dispatch", defect: "other-municipality" })).toThrow(HarnessError);
    expect(() => composed({ by: "letter", defect: "truncated-container" })).toThrow(HarnessError);
  });

  it("leaves a message to the portal as it is", () => {
    const plain = composed();
    expect(composed({ mail: { furtherFiles: 2, ordinary: true, publishedLateMs: 1 } })).toEqual(plain);
    expect(named(plain)).toEqual(["bekymringsmelding.json", "bekymringsmelding.pdf"]);
  });
});

describe("an order to a sender under test", () => {
  const [fjordvik] = municipalities as [Municipality, ...Municipality[]];

  it("has the form and the PDF that the portal takes, and further files", () => {
    const step = sends({ version: 2, mail: { furtherFiles: 1 } });
    const sent = composed(step, [], "sender");
    const order = orderOf(sent, step, fjordvik);
    expect(order).toEqual({
      label: "A",
      kind: "no.ks.fiks.bekymringsmelding.offentlig.v2",
      recipient: { organizationNumber: "310000000", municipalityNumber: "4601" },
      district: "01",
      confidential: true,
      parts: sent.delivery.parts.map(({ name, mediaType, bytes }) => ({
        name,
        mediaType,
        contentBase64: Buffer.from(bytes).toString("base64"),
      })),
    });
    expect(order.parts.map(({ name }) => name)).toEqual([
      "bekymringsmelding.json",
      "bekymringsmelding.pdf",
      "vedlegg-1.pdf",
    ]);
    expect(sent.delivery.parts.slice(0, 2)).toEqual(composed({ version: 2 }).delivery.parts);
  });

  it("names no district where the police know none, and says where it is ordinary", () => {
    const step = sends({ to: { municipality: "4601" }, mail: { ordinary: true } });
    const order = orderOf(composed(step, [], "sender"), step, fjordvik);
    expect(order).not.toHaveProperty("district");
    expect(order.confidential).toBe(false);
  });

  it("is what a letter holds as well", () => {
    const { delivery } = composed({ by: "letter", mail: { furtherFiles: 1 } });
    expect(delivery.parts).toEqual(composed({ mail: { furtherFiles: 1 } }, [], "sender").delivery.parts);
  });
});
