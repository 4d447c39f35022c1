import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { Ajv2020, type ValidateFunction } from "ajv/dist/2020.js";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { codeOf, type ErrorName, errors } from "../../../contracts/altinn/errors.ts";
import { dayMs, rfc3339 } from "../../../core/calendar.ts";
import {
  fjordvik,
  type Json,
  ordinary,
  stand as plainStand,
  start,
  storhamn,
  urn,
} from "../../../test/correspondence-stand.ts";
import { OpenWire, type WiredAnswer, type WiredStand, wires } from "../../../test/wires.ts";

/** The service's own document. It has no licence: it is read where it is, and is no part of this repository. */
const file = fileURLToPath(
  new URL("../../../../shared/protocols/altinn-spec/altinn-correspondence-v1.openapi.json", import.meta.url),
);
const isThere = existsSync(file);
if (!isThere)
  console.warn(
    "Not compared with Altinn's own OpenAPI document: ../shared/protocols/altinn-spec is not beside this project.",
  );

type Schema = Json & {
  readonly $ref?: string;
  readonly type?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
};
type Document = {
  readonly paths: Readonly<
    Record<string, Readonly<Record<string, { readonly responses: Readonly<Record<string, Content>> }>>>
  >;
  readonly components: { readonly schemas: Readonly<Record<string, Schema>> };
};
type Content = { readonly content?: Readonly<Record<string, { readonly schema?: Schema }>> };

const document: Document = isThere
  ? JSON.parse(readFileSync(file, "utf8"))
  : { paths: {}, components: { schemas: {} } };
const schemas = document.components.schemas;
const base = "/correspondence/api/v1";

/** What has come since the document was copied, or is said there and true nowhere. */
const laterFields: Readonly<Record<string, readonly string[]>> = {
  CorrespondenceOverviewExt: ["allowForwarding"],
  CorrespondenceDetailsExt: ["allowForwarding", "read"],
  CorrespondenceAttachmentExt: ["expirationInDays"],
  AttachmentOverviewExt: ["expirationInDays"],
  AttachmentDetailsExt: ["expirationInDays"],
};
const laterValues: Readonly<Record<string, readonly string[]>> = {
  CorrespondenceStatusExt: ["Forwarded"],
  AttachmentStatusExt: ["Expired"],
};

const guid = /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/;
const time = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d+)?(?:Z|[+-]\d{2}:\d{2})$/;

/** The document's nullability is approximate: any property may be null. */
function tolerant(name: string, schema: Schema): Schema {
  const values = schema.enum as readonly string[] | undefined;
  if (values !== undefined) return { ...schema, enum: [...values, ...(laterValues[name] ?? [])] };
  const properties = Object.entries(schema.properties ?? {}).map(([key, of]) => [
    key,
    { anyOf: [of, { type: "null" }] },
  ]);
  const later = (laterFields[name] ?? []).map((key) => [key, {}]);
  return { ...schema, properties: Object.fromEntries([...later, ...properties]) };
}

const ajv = new Ajv2020({ strict: false, formats: { uuid: guid, "date-time": time, int32: true, binary: true } });
if (isThere)
  ajv.addSchema({
    $id: "altinn",
    components: {
      schemas: Object.fromEntries(Object.entries(schemas).map(([name, one]) => [name, tolerant(name, one)])),
    },
  });
const checks = new Map<string, ValidateFunction>();

/** What of an answer is not as the document has it; undefined where nothing is. */
function flawOf(method: string, path: string, { status, said, text, headers }: WiredAnswer): string | undefined {
  const responses = document.paths[base + path]?.[method.toLowerCase()]?.responses;
  const response = responses?.[String(status)];
  if (response === undefined) return `${status} is no answer that is declared`;
  const [[mediaType = "", { schema = {} } = {}] = []] = Object.entries(response.content ?? {});
  if (mediaType !== "application/json" || text === "") return undefined;
  if (!headers["content-type"]?.includes("json")) return `${headers["content-type"]} is no JSON`;
  const key = JSON.stringify(schema);
  const check = checks.get(key) ?? ajv.compile(JSON.parse(key.replaceAll('"#/', '"altinn#/')) as object);
  checks.set(key, check);
  return check(said) ? undefined : ajv.errorsText(check.errors);
}

/** Values that a schema allows. */
function fits(schema: Schema): fc.Arbitrary<unknown> {
  if (schema.$ref !== undefined) return fits(schemas[schema.$ref.split("/").at(-1) ?? ""] ?? {});
  const of = fitsWithoutNull(schema);
  return schema.nullable === true ? fc.option(of, { nil: null, freq: 3 }) : of;
}

function fitsWithoutNull(schema: Schema): fc.Arbitrary<unknown> {
  if (Array.isArray(schema.enum)) return fc.constantFrom(...(schema.enum as string[]));
  switch (schema.type) {
    case "boolean":
      return fc.boolean();
    case "integer":
      return fc.integer({ min: 0, max: 1000 });
    case "array":
      return fc.array(fits(schema.items as Schema), { maxLength: 2 });
    case "object": {
      const entries = Object.entries(schema.properties ?? {});
      if (entries.length === 0) return fc.dictionary(words, words, { maxKeys: 3 });
      const requiredKeys = [...(schema.required ?? [])];
      return fc.record(Object.fromEntries(entries.map(([name, one]) => [name, fits(one)])), { requiredKeys });
    }
    default:
      if (schema.format === "uuid") return fc.uuid();
      if (schema.format === "date-time")
        return fc.integer({ min: 1, max: 300 }).map((days) => rfc3339(start + days * dayMs));
      return words;
  }
}

const words = fc.stringMatching(/^[a-zæøå0-9][a-zæøå0-9 ,.]{0,40}$/);
const resource = fc.constantFrom(ordinary, `urn:altinn:resource:${ordinary}`);
const recipients = fc.subarray([`${urn}${fjordvik}`, `0192:${storhamn}`], { minLength: 1 });

/** What the document allows, and the service's own rules as well. */
const orders: fc.Arbitrary<Json> = fc
  .tuple(
    fits({ $ref: "#/components/schemas/InitializeCorrespondencesExt" }),
    recipients,
    resource,
    fc.record({
      language: fc.constantFrom("nb", "nn", "en", null),
      messageTitle: words,
      messageSummary: words,
      messageBody: words,
    }),
    fc.option(fc.uuid({ version: 4 }), { nil: null }),
  )
  .map(([generated, to, resourceId, content, key]) => {
    const { correspondence, ...rest } = generated as { readonly correspondence: Json };
    const { notification, requestedPublishTime, propertyList, ...fields } = correspondence;
    return {
      ...rest,
      recipients: to,
      existingAttachments: [],
      idempotentKey: to.length === 1 ? key : null,
      correspondence: {
        ...fields,
        resourceId,
        content: { ...content, attachments: [] },
        requestedPublishTime: requestedPublishTime ?? null,
        dueDateTime: rfc3339(start + 400 * dayMs),
        isConfidential: false,
        propertyList: Object.fromEntries(Object.values(propertyList ?? {}).map((value, i) => [`egenskap-${i}`, value])),
        externalReferences: [],
        replyOptions: [{ linkURL: "https://svar.example.no/", linkText: null }],
        notification: notification === undefined ? null : { ...(notification as Json), ...genericNotice },
      },
    };
  });
const genericNotice = {
  notificationTemplate: "GenericAltinnMessage",
  customRecipient: null,
  customNotificationRecipients: null,
};
const attachmentOrders: fc.Arbitrary<Json> = fc
  .tuple(fits({ $ref: "#/components/schemas/InitializeAttachmentExt" }), resource, words)
  .map(([generated, resourceId, name]) => ({
    ...(generated as Json),
    resourceId,
    fileName: `${name.replace(/[ .]+$/, "x")}.pdf`,
    checksum: null,
  }));

const known = new Set<string>((Object.keys(errors) as ErrorName[]).map(codeOf));
/** By RFC 9457, with a code that we know or fields that are wrong; or empty, where the token is at fault. */
function isDocumentedRefusal({ status, text, said }: WiredAnswer): boolean {
  if (status === 401 && text === "") return true;
  const code = String(said.code);
  if (said.status !== status || typeof said.title !== "string") return false;
  return known.has(code) || (status === 400 && Array.isArray(said.validationErrors));
}

describe.each([{ name: "memory", wire: undefined }, ...wires.map((wire) => ({ name: wire.name, wire }))])(
  "over $name",
  ({ wire }) => {
    const open = new OpenWire(wire);
    beforeAll(() => open.open());
    afterAll(() => open.close());
    const stand = (): WiredStand => open.to(plainStand());
    /** What only the wire could do otherwise shows in fewer runs. */
    const runs = (inMemory: number): { readonly seed: number; readonly numRuns: number } => ({
      seed: 7,
      numRuns: wire === undefined ? inMemory : Math.ceil(inMemory / 5),
    });

    describe.skipIf(!isThere)("against Altinn's own OpenAPI document, Correspondence", () => {
      it("takes on every order that is valid, and answers as declared; so do all who look at it", async () => {
        await fc.assert(
          fc.asyncProperty(orders, async (order) => {
            const at = stand();
            const flaw = (method: string, path: string, answer: WiredAnswer): void => {
              expect([answer.status, flawOf(method, path, answer)]).toEqual([200, undefined]);
            };
            const made = await at.ask("POST", "/correspondence", { body: order });
            flaw("POST", "/correspondence", made);
            const [id] = (made.said.correspondences as readonly Json[]).map((one) => String(one.correspondenceId));
            const path = `/correspondence/${id}`;
            const look = async (): Promise<void> => {
              flaw("GET", "/correspondence/{correspondenceId}", await at.get(path));
              flaw("GET", "/correspondence/{correspondenceId}/details", await at.get(`${path}/details`));
              flaw("GET", "/correspondence", await at.get(`/correspondence?resourceId=${ordinary}&role=Sender`));
            };
            await look();
            at.rights.add("correspondence/4691");
            at.pass(310 * dayMs);
            await look();
            flaw("GET", "/correspondence", await at.read(`/correspondence?resourceId=${ordinary}&role=Recipient`));
            flaw("GET", "/correspondence/{correspondenceId}", await at.read(path));
            flaw("GET", "/correspondence/{correspondenceId}/details", await at.read(`${path}/details`));
            flaw("POST", "/correspondence/{correspondenceId}/markasread", await at.does("POST", `${path}/markasread`));
            flaw("POST", "/correspondence/{correspondenceId}/confirm", await at.does("POST", `${path}/confirm`));
            at.pass(4000);
            await look();
            flaw("DELETE", "/correspondence/{correspondenceId}/purge", await at.does("DELETE", `${path}/purge`));
          }),
          runs(60),
        );
      });

      it("takes on every upload that is valid, and answers as declared", async () => {
        await fc.assert(
          fc.asyncProperty(
            orders,
            fc.array(fc.uint8Array({ minLength: 1, maxLength: 20 }), { maxLength: 3 }),
            async (order, bodies) => {
              const at = stand();
              const { correspondence, ...around } = order as { readonly correspondence: Json };
              const files = bodies.map((bytes, i) => ({ fileName: `fil-${i}.txt`, bytes }));
              const made = await at.upload("A", files, correspondence, around);
              expect([made.status, flawOf("POST", "/correspondence/upload", made)]).toEqual([200, undefined]);
              at.rights.add("correspondence/4691");
              at.pass(310 * dayMs);
              const [id] = (made.said.correspondences as readonly Json[]).map((one) => String(one.correspondenceId));
              const seen = await at.read(`/correspondence/${id}`);
              expect(flawOf("GET", "/correspondence/{correspondenceId}", seen)).toBeUndefined();
              const { attachments } = seen.said.content as { readonly attachments: readonly Json[] };
              expect(attachments).toHaveLength(files.length);
              for (const [i, attachment] of attachments.entries()) {
                const got = await at.read(`/correspondence/${id}/attachment/${attachment.id}/download`);
                expect([got.status, Buffer.compare(got.bytes, bodies[i] ?? new Uint8Array(0))]).toEqual([200, 0]);
              }
            },
          ),
          runs(60),
        );
      });

      it("takes on every file that is valid, and answers as declared", async () => {
        await fc.assert(
          fc.asyncProperty(attachmentOrders, fc.uint8Array({ minLength: 1, maxLength: 20 }), async (order, bytes) => {
            const at = stand();
            const begun = await at.ask("POST", "/attachment", { body: order });
            expect([begun.status, flawOf("POST", "/attachment", begun)]).toEqual([200, undefined]);
            const path = `/attachment/${JSON.parse(begun.text)}`;
            const at200 = (method: string, word: string, answer: WiredAnswer): void => {
              expect([answer.status, flawOf(method, `/attachment/{attachmentId}${word}`, answer)]).toEqual([
                200,
                undefined,
              ]);
            };
            at200("POST", "/upload", await at.ask("POST", `${path}/upload`, { body: bytes }));
            at.pass(60_000);
            at200("GET", "", await at.get(path));
            at200("GET", "/details", await at.get(`${path}/details`));
            at200("GET", "/download", await at.get(`${path}/download`));
            at200("DELETE", "", await at.ask("DELETE", path));
          }),
          runs(60),
        );
      });

      it("answers every list that may be asked for as declared", async () => {
        const at = stand();
        at.sent("A");
        const queries = fc.record(
          {
            role: fc.constantFrom("Recipient", "Sender", "RecipientAndSender"),
            status: fits({ $ref: "#/components/schemas/CorrespondenceStatusExt" }).map(String),
            from: fc.constantFrom("2023-05-01T00:00:00Z", "2023-05-01T00:00:00+02:00"),
            to: fc.constantFrom("2023-06-01T00:00:00Z", "2023-05-08T00:00:00"),
            sendersReference: words,
            onBehalfOf: fc.constantFrom(`${urn}${fjordvik}`, `0192:${fjordvik}`),
          },
          { requiredKeys: ["role"] },
        );
        await fc.assert(
          fc.asyncProperty(queries, fc.boolean(), async (fields, isReader) => {
            const path = `/correspondence?${new URLSearchParams({ resourceId: ordinary, ...fields })}`;
            const answer = await (isReader ? at.read(path) : at.get(path));
            expect([answer.status, flawOf("GET", "/correspondence", answer)]).toEqual([200, undefined]);
          }),
          runs(60),
        );
      });

      it("declares every path that it serves, but for those that came later", async () => {
        const served = stand().service.operations.map(
          ({ method, path }) => `${method} ${path.replace(/\{\w+\}/g, "{}")}`,
        );
        const declared = Object.entries(document.paths).flatMap(([path, methods]) =>
          Object.keys(methods).map((method) => `${method.toUpperCase()} ${path.replace(/\{\w+\}/g, "{}")}`),
        );
        expect(declared.filter((one) => !served.includes(one))).toEqual([]);
        expect(served.filter((one) => !declared.includes(one))).toEqual([
          `GET ${base}/correspondence/{}/content`,
          `GET ${base}/correspondence/{}/attachments/downloadall`,
        ]);
      });
    });

    describe("whatever is sent to Correspondence", () => {
      /** Anything at all in the place of one field, or of the whole. */
      const broken: fc.Arbitrary<unknown> = fc.oneof(
        fc.jsonValue(),
        fc.tuple(fc.jsonValue(), fc.nat()).map(([value, at]) => replaced(plainStand().order("A"), value, at)),
      );

      it.each(["/correspondence", "/attachment"])(
        "%s takes it or refuses it as documented, and never breaks",
        async (path) => {
          await fc.assert(
            fc.asyncProperty(broken, async (body) => {
              const answer = await stand().ask("POST", path, { body });
              expect(answer.status === 200 || isDocumentedRefusal(answer)).toBe(true);
            }),
            runs(150),
          );
        },
      );

      it("forms are taken or refused as documented", async () => {
        const names = fc.stringMatching(/^(?:Correspondence|Recipients|existingAttachments)[A-Za-z.[\]0-9]{0,30}$/);
        await fc.assert(
          fc.asyncProperty(
            fc.dictionary(names, fc.string()),
            fc.uint8Array({ maxLength: 60 }),
            async (fields, noise) => {
              const at = stand();
              const headers = { "content-type": "multipart/form-data; boundary=b" };
              const parts = Object.entries(fields).map(
                ([name, value]) => `--b\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`,
              );
              const whole = Buffer.from(`${parts.join("")}--b--\r\n`);
              for (const body of [whole, Buffer.concat([noise, whole]), noise]) {
                const answer = await at.ask("POST", "/correspondence/upload", { body, headers });
                expect(answer.status === 200 || isDocumentedRefusal(answer)).toBe(true);
              }
            },
          ),
          runs(80),
        );
      });

      it("any path, query and token is answered or refused as documented", async () => {
        const at = stand();
        const id = at.sent("A");
        const texts = fc.oneof(fc.constantFrom(id, "", "00000000-0000-0000-0000-000000000000"), fc.string());
        const paths = at.service.operations.map(({ method, path }) => ({ method, path: path.slice(base.length) }));
        await fc.assert(
          fc.asyncProperty(
            fc.constantFrom(...paths),
            texts,
            texts,
            fc.dictionary(
              fc.constantFrom("resourceId", "role", "status", "from", "to", "onBehalfOf", "idempotentKey"),
              texts,
            ),
            fc.constantFrom("police", "municipality", "both", "stranger", "fiks", "", "x"),
            async ({ method, path }, one, other, query, token) => {
              const segment = (text: string): string => encodeURIComponent(text.replace(/[/?]/g, "")) || "x";
              const asked = path.replace("{id}", segment(one)).replace("{attachmentId}", segment(other));
              const answer = await at.ask(method, `${asked}?${new URLSearchParams(query)}`, {
                token,
                party: "integration",
              });
              const isBare = answer.text === "" && (answer.status === 401 || answer.status === 403);
              const isWrongType = answer.status === 415;
              expect(answer.status === 200 || isBare || isWrongType || isDocumentedRefusal(answer)).toBe(true);
            },
          ),
          runs(300),
        );
      });
    });
  },
);

/** A value with one of its inner values replaced: the nth, counted through. */
function replaced(value: unknown, by: unknown, nth: number): unknown {
  const places: (readonly (string | number)[])[] = [];
  const walk = (at: unknown, path: readonly (string | number)[]): void => {
    if (path.length > 0) places.push(path);
    if (Array.isArray(at)) for (const [i, one] of at.entries()) walk(one, [...path, i]);
    else if (typeof at === "object" && at !== null)
      for (const [name, one] of Object.entries(at)) walk(one, [...path, name]);
  };
  walk(value, []);
  const copy = structuredClone(value) as Record<string | number, never>;
  const path = places[nth % places.length] ?? [];
  const last = path.at(-1);
  const parent = path.slice(0, -1).reduce<Record<string | number, unknown>>((at, step) => at[step] as never, copy);
  if (last !== undefined) parent[last] = by;
  return copy;
}
