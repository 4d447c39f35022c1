import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { diff, differencesBetween } from "./diff.ts";

const contracts = resolve(import.meta.dirname, "../../contracts");
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "komfrem-diff-"));
  vi.spyOn(console, "log").mockImplementation(() => {});
});
afterEach(() => {
  vi.restoreAllMocks();
  rmSync(folder, { recursive: true });
});

function file(name: string, text: string | object): string {
  const path = join(folder, name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, typeof text === "string" ? text : JSON.stringify(text));
  return path;
}

/** `consumer provider: what`, of each difference. */
async function between(old: string, now: string): Promise<string[]> {
  const found = await differencesBetween(old, now);
  return found.map(
    ({ where, what, consumer, provider }) => `${consumer.verdict} ${provider.verdict}: ${where}: ${what}`,
  );
}

type Schema = Record<string, unknown>;
const message = (properties: Schema, required: readonly string[] = [], more: Schema = {}): Schema => ({
  type: "object",
  properties,
  required,
  ...more,
});
/** One operation that takes one schema and answers with another. */
const api = (request: Schema, answer: Schema, more: Schema = {}, responses: Schema = {}): Schema => ({
  openapi: "3.1.0",
  paths: {
    "/a/{id}": {
      post: {
        requestBody: { content: { "application/json": { schema: request } } },
        responses: { "201": { content: { "application/json": { schema: answer } } }, ...responses },
        ...more,
      },
    },
  },
});
const text = { type: "string" };
const nothing = message({});

describe("two OpenAPI descriptions", () => {
  const requests = (old: Schema, now: Schema) =>
    between(file("old.json", api(old, nothing)), file("new.json", api(now, nothing)));
  const answers = (old: Schema, now: Schema) =>
    between(file("old.json", api(nothing, old)), file("new.json", api(nothing, now)));

  // What is sent by one side is read by the other: the same change, and the verdicts change sides.
  it.each([
    ["a required field is new", nothing, message({ a: text }, ["a"]), "breaking safe", "safe breaking"],
    ["an optional field is new", nothing, message({ a: text }), "safe safe", "safe safe"],
    [
      "an optional field is new to one that allows no others",
      message({}, [], { additionalProperties: false }),
      message({ a: text }, [], { additionalProperties: false }),
      "safe breaking",
      "breaking safe",
    ],
    ["a required field is gone", message({ a: text }, ["a"]), nothing, "risky breaking", "breaking risky"],
    ["an optional field is gone", message({ a: text }), nothing, "risky risky", "risky risky"],
    ["it may be left out now", message({ a: text }, ["a"]), message({ a: text }), "safe breaking", "breaking safe"],
    ["it is required now", message({ a: text }), message({ a: text }, ["a"]), "breaking safe", "safe breaking"],
    [
      "its kind was string, and is integer",
      message({ a: text }),
      message({ a: { type: "integer" } }),
      "breaking breaking",
      "breaking breaking",
    ],
    [
      "its kind was string, and is string or null",
      message({ a: text }),
      message({ a: { type: ["string", "null"] } }),
      "safe breaking",
      "breaking safe",
    ],
    [
      "its kind was integer, and is number",
      message({ a: { type: "integer" } }),
      message({ a: { type: "number" } }),
      "safe breaking",
      "breaking safe",
    ],
    [
      '"c" is new',
      message({ a: { enum: ["b"] } }),
      message({ a: { enum: ["b", "c"] } }),
      "safe breaking",
      "breaking safe",
    ],
    [
      '"c" is gone',
      message({ a: { enum: ["b", "c"] } }),
      message({ a: { enum: ["b"] } }),
      "breaking safe",
      "safe breaking",
    ],
    [
      "maxLength was 200, and is 100",
      message({ a: { ...text, maxLength: 200 } }),
      message({ a: { ...text, maxLength: 100 } }),
      "breaking safe",
      "safe breaking",
    ],
    [
      "minLength was 1, and is none",
      message({ a: { ...text, minLength: 1 } }),
      message({ a: text }),
      "safe risky",
      "risky safe",
    ],
    [
      "pattern was ^a, and is ^b",
      message({ a: { ...text, pattern: "^a" } }),
      message({ a: { ...text, pattern: "^b" } }),
      "risky risky",
      "risky risky",
    ],
    [
      "further fields are allowed now",
      message({}, [], { additionalProperties: false }),
      nothing,
      "safe breaking",
      "breaking safe",
    ],
    [
      'the variant kind="b" is gone',
      { oneOf: [message({ kind: { const: "a" } }), message({ kind: { const: "b" } })] },
      { oneOf: [message({ kind: { const: "a" } })] },
      "breaking safe",
      "safe breaking",
    ],
    [
      "further fields are no longer allowed",
      nothing,
      message({}, [], { additionalProperties: false }),
      "risky safe",
      "safe risky",
    ],
  ])("%s", async (what, old, now, inRequest, inAnswer) => {
    const said = what.replace(" to one that allows no others", "");
    const [request, ...more] = await requests(old, now);
    expect(more).toEqual([]);
    expect(request).toMatch(new RegExp(`^${inRequest}: .*request application/json`));
    expect(request?.endsWith(`: ${said}`)).toBe(true);
    const [answer] = await answers(old, now);
    expect(answer).toMatch(new RegExp(`^${inAnswer}: .*answer 201 application/json`));
  });

  it("an operation that is gone breaks consumers, and a new one is a risk for providers", async () => {
    const one = api(nothing, nothing) as { paths: Schema };
    const two = { ...one, paths: { ...one.paths, "/b": { get: { responses: {} } } } };
    const [old, now] = [file("1.json", one), file("2.json", two)];
    expect(await between(now, old)).toEqual(["breaking safe: description GET /b: the operation is gone"]);
    expect(await between(old, now)).toEqual(["safe risky: description GET /b: the operation is new"]);
  });

  it("a status that says well done is another matter than one that says no", async () => {
    const old = file("old.json", api(nothing, nothing));
    const queued = file("202.json", api(nothing, nothing, {}, { "202": {} }));
    const locked = file("423.json", api(nothing, nothing, {}, { "423": {} }));
    expect(await between(old, queued)).toEqual([
      "breaking safe: description POST /a/{}, answer 202: the status is new",
    ]);
    expect(await between(old, locked)).toEqual(["risky safe: description POST /a/{}, answer 423: the status is new"]);
    expect(await between(queued, old)).toEqual([
      "breaking risky: description POST /a/{}, answer 202: the status is gone",
    ]);
    expect(await between(locked, old)).toEqual(["safe risky: description POST /a/{}, answer 423: the status is gone"]);
  });

  it("a header that must be sent, one that is answered no more, and another credential are seen", async () => {
    const header = (required: boolean) => ({
      parameters: [{ name: "Idempotency-Key", in: "header", required, schema: text }],
    });
    const located = { "201": { headers: { Location: { required: true, schema: text } } } };
    const key = file("key.json", api(nothing, nothing, header(true)));
    expect(await between(file("no.json", api(nothing, nothing)), key)).toEqual([
      "breaking safe: description POST /a/{}, parameters/header idempotency-key: a required field is new",
    ]);
    const bare = { "201": { headers: {} } };
    expect(
      await between(
        file("l.json", api(nothing, nothing, {}, located)),
        file("b.json", api(nothing, nothing, {}, bare)),
      ),
    ).toEqual(["breaking risky: description POST /a/{}, answer 201, headers/location: a required field is gone"]);
    const secured = file("s.json", { ...api(nothing, nothing), security: [{ apiKey: [] }] });
    expect(await between(file("no.json", api(nothing, nothing)), secured)).toEqual([
      "breaking breaking: description security: who may ask is told otherwise",
    ]);
  });

  it("a media type that is gone breaks whoever sends it, and a new one is a risk to whoever reads", async () => {
    const bodies = (...types: readonly string[]): object =>
      api(nothing, nothing, {
        requestBody: { content: Object.fromEntries(types.map((type) => [type, { schema: nothing }])) },
      });
    const [one, two] = [file("1.json", bodies("a/b")), file("2.json", bodies("a/b", "c/d"))];
    expect(await between(two, one)).toEqual([
      "breaking risky: description POST /a/{}, request c/d: the media type is gone",
    ]);
    expect(await between(one, two)).toEqual(["safe risky: description POST /a/{}, request c/d: the media type is new"]);
  });

  it("that differ in order, prose, layout and where a schema stands differ in nothing", async () => {
    const field = { type: "string", enum: ["a", "b"], description: "one" };
    const old = api(message({ x: field, y: text }, ["x", "y"]), message({ z: { type: ["string", "null"] } }));
    const now = {
      components: { schemas: { X: { description: "another", enum: ["b", "a"], type: "string" } } },
      ...api(
        { required: ["y", "x"], properties: { y: text, x: { $ref: "#/components/schemas/X" } }, type: "object" },
        message({ z: { type: ["null", "string"] } }),
        { summary: "prose", operationId: "named" },
      ),
    };
    const renamed = JSON.stringify(now).replace("{id}", "{key}");
    expect(await between(file("old.json", old), file("new.json", renamed))).toEqual([]);
    const yaml = readFileSync(join(contracts, "receiver/openapi.yaml"), "utf8");
    const [head = "", paths = ""] = yaml.split("\ncomponents:\n");
    const turned = file("turned.yaml", `components:\n${paths}\n${head}\n`);
    expect(await between(join(contracts, "receiver/openapi.yaml"), turned)).toEqual([]);
  });

  it("are read where ours is changed in one word", async () => {
    const yaml = readFileSync(join(contracts, "receiver/openapi.yaml"), "utf8");
    const changed = file(
      "changed.yaml",
      yaml.replace("enum: [queued, registered, rejected]", "enum: [queued, registered, rejected, lost]"),
    );
    const found = await between(join(contracts, "receiver/openapi.yaml"), changed);
    expect(found.every((line) => line.startsWith("breaking safe: ") && line.endsWith('"lost" is new'))).toBe(true);
    expect(found.length).toBeGreaterThan(0);
    expect(await diff([join(contracts, "receiver/openapi.yaml"), changed])).toBe(1);
    expect(await diff([join(contracts, "receiver/openapi.yaml"), changed, "--side", "provider"])).toBe(0);
  });
});

describe("two JSON Schemas of messages", () => {
  it("are read by consumers and sent by providers", async () => {
    const schema = "$schema";
    const old = file("1.json", { [schema]: "x", ...message({ a: text }, ["a"]) });
    const now = file("2.json", { [schema]: "x", ...message({ a: text, b: text }) });
    expect(await between(old, now)).toEqual([
      "breaking safe: description /a: it may be left out now",
      "safe safe: description /b: an optional field is new",
    ]);
  });

  it("version 2 of the public form breaks nobody: it has one optional field more", async () => {
    const [v1, v2] = [1, 2].map((n) => join(contracts, `fiks/offentlig-v${n}.schema.json`)) as [string, string];
    const found = await between(v1, v2);
    expect(found).toEqual([expect.stringMatching(/melding\/andreSynspunkter: an optional field is new$/)]);
  });

  it("variants are paired by the word that tells them apart, not by their place", async () => {
    const kind = (name: string, more: Schema = {}): Schema => message({ kind: { const: name }, ...more }, ["kind"]);
    const old = file("1.json", { oneOf: [kind("a"), kind("b")] });
    expect(await between(old, file("2.json", { oneOf: [kind("b"), kind("a")] }))).toEqual([]);
    expect(await between(old, file("3.json", { oneOf: [kind("b"), kind("a"), kind("c")] }))).toEqual([
      'breaking safe: description : the variant kind="c" is new',
    ]);
  });
});

describe("facts as data", () => {
  const facts = (name: string, value: string): string => file(name, value);

  it("a shorter lifetime breaks whoever counts on it, a longer one whoever grants it", async () => {
    const old = facts("old.ts", 'export const copyLife = { lasts: { unit: "elapsed", ms: 86400000 }, source: "a" };');
    const now = facts("new.ts", 'export const copyLife = { lasts: { unit: "elapsed", ms: 43200000 }, source: "b" };');
    expect(await between(old, now)).toEqual([
      "breaking risky: description copyLife.lasts.ms: it was 86400000, and is 43200000",
    ]);
    expect(await between(now, old)).toEqual([
      "risky breaking: description copyLife.lasts.ms: it was 43200000, and is 86400000",
    ]);
  });

  it("a status that is new, or gone, is told", async () => {
    const old = facts("old.ts", 'export const shown: ReadonlySet<string> = new Set(["Read", "Published"]);');
    const now = facts("new.ts", 'export const shown: ReadonlySet<string> = new Set(["Published", "Confirmed"]);');
    expect(await between(old, now)).toEqual([
      'breaking safe: description shown: "Confirmed" is new',
      'breaking risky: description shown: "Read" is gone',
    ]);
  });

  it("a state machine is its states and steps, however they are written down", async () => {
    const old = facts(
      "old.ts",
      "export const moves = { new: { queue: 'queued' }, queued: { stage: 'done' }, done: {} };",
    );
    const named = facts(
      "n.ts",
      "export const moves = { x: { from: 'queued', to: 'done' }, y: { from: 'new', to: 'queued' } };",
    );
    expect(await between(old, named)).toEqual([]);
    const lost = facts(
      "l.ts",
      "export const moves = { new: { queue: 'queued' }, queued: { lose: 'lost' }, done: {}, lost: {} };",
    );
    expect(await between(old, lost)).toEqual([
      "breaking safe: description moves: the state lost is new",
      "breaking risky: description moves: queued → done is no step any more",
    ]);
    const back = facts(
      "b.ts",
      "export const moves = { new: { queue: 'queued' }, queued: { stage: 'done', crash: 'new' }, done: {} };",
    );
    expect(await between(old, back)).toEqual(["risky safe: description moves: queued → new is a new step"]);
  });

  it("a value that is another is a risk to both, and one that is new or gone to whom it was said", async () => {
    const old = facts("old.ts", 'export const a = { word: "b", gone: true };');
    const now = facts("new.ts", 'export const a = { word: "c", anew: true };');
    expect(await between(old, now)).toEqual([
      'risky risky: description a.word: it was "b", and is "c"',
      "breaking risky: description a.gone: it is gone",
      "risky safe: description a.anew: it is new",
    ]);
  });

  it("in another order, with other reasons and other functions, are the same", async () => {
    const old = facts(
      "old.ts",
      'export const a = { x: 1, y: ["b", "c"], evidence: "docs" }; export const f = () => 1;',
    );
    const now = facts(
      "new.ts",
      'export const f = () => 2; export const a = { y: ["c", "b"], x: 1, evidence: "code" };',
    );
    expect(await between(old, now)).toEqual([]);
  });

  it("of a folder are paired by name, and a folder that stayed the same is the same", async () => {
    expect(await between(join(contracts, "altinn"), join(contracts, "altinn"))).toEqual([]);
    file("1/a.ts", "export const a = 1;");
    file("1/b.ts", "export const b = 1;");
    file("2/a.ts", "export const a = 1;");
    expect(await between(join(folder, "1"), join(folder, "2"))).toEqual([
      "breaking risky: b.ts: the description is gone",
    ]);
  });

  it("cannot be compared with something of another kind, nor with nothing", async () => {
    const old = facts("old.ts", "export const a = 1;");
    await expect(differencesBetween(old, join(contracts, "receiver/openapi.yaml"))).rejects.toThrow(
      "of the kind facts",
    );
    await expect(differencesBetween(old, join(folder, "none.ts"))).rejects.toThrow("could not be compared");
    await expect(diff([old])).rejects.toThrow("an old and a new one");
  });

  it("that is part of itself is refused, and one that only says the same twice is not", async () => {
    const endless = file("endless.yaml", "openapi: 3.1.0\npaths: &all\n  /a: *all\n");
    await expect(differencesBetween(endless, endless)).rejects.toThrow("itself part of");
    const twice = file("twice.yaml", "openapi: 3.1.0\npaths:\n  /a: &one { get: {} }\n  /b: *one\n");
    expect(await differencesBetween(twice, twice)).toEqual([]);
  });

  it("that is no YAML is said to be none, with the place", async () => {
    const broken = file("broken.yaml", "openapi: 3.1.0\npaths: {}\npaths: {}\n");
    await expect(differencesBetween(broken, broken)).rejects.toThrow(/Map keys must be unique at line 3, column 1/);
  });
});
