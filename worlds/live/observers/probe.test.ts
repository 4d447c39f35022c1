import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterAll, describe, expect, it } from "vitest";
import { configured } from "../../../cli/config.ts";
import { canary } from "../../../core/canary.ts";
import type { Draft } from "../../../core/ledger.ts";
import type { Scenario } from "../../../core/scenario.ts";
import { restores, sends, upgrades, waits } from "../../../core/scenario-verbs.ts";
import { fjordvik, staffOf } from "../../../scenarios/places.ts";
import { Manifest, type SentDelivery } from "../../../simulators/manifest.ts";
import type { Product, Run, SystemUnderTest } from "../../world.ts";
import { LiveWorld } from "../live-world.ts";
import { comparedWith, meantBy, readingOf } from "./probe-reading.ts";
import { askProbe, placed } from "./probe-source.ts";

const folder = mkdtempSync(join(tmpdir(), "komfrem-probe-"));
const world = new LiveWorld();
afterAll(async () => {
  await world.close();
  rmSync(folder, { recursive: true, force: true });
});

const asOf = "2023-05-08T08:00:00+02:00";
const end = { complete: true, asOf };
const question = { token: "TOKEN3", environment: process.env, folder, withinMs: 10_000 };

describe("a probe is asked", () => {
  const item = { ids: ["x"], state: "registered", complete: true, asOf };

  it("as a command, with the run's token in its environment", async () => {
    const script = `console.log(JSON.stringify({ ids: [process.env.KOMFREM_RUN_TOKEN], state: "held", complete: true, asOf: "" }))`;
    const lines = await askProbe({ kind: "command", command: [process.execPath, "-e", script] }, question);
    expect(lines).toMatchObject([{ ids: ["TOKEN3"] }]);
  });

  it("over HTTP, with the token in the query; an error of the product's is no answer", async () => {
    const server = createServer((request, response) => {
      response.statusCode = request.url?.includes("/down") ? 503 : 200;
      response.end(`${JSON.stringify({ ...item, ids: [request.url] })}\n${JSON.stringify(end)}\n`);
    });
    await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
    const at = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    try {
      const lines = await askProbe({ kind: "http", url: `${at}/probe?all=1` }, question);
      expect(readingOf(lines)).toMatchObject({ items: [{ ids: ["/probe?all=1&token=TOKEN3"] }], complete: true });
      await expect(askProbe({ kind: "http", url: `${at}/down` }, question)).rejects.toThrow("503");
    } finally {
      server.close();
    }
  });

  it("of an SQLite database, a row an item; what is null is unknown", async () => {
    const file = join(folder, "cases.db");
    const database = new DatabaseSync(file);
    database.exec("CREATE TABLE cases (ids TEXT, state TEXT, confidential INT, caseId INT, district TEXT)");
    database.exec(`INSERT INTO cases VALUES ('["m-1","TOKEN3"]', 'registered', 1, 17, NULL)`);
    database.close();
    const lines = await askProbe(
      { kind: "sqlite", file, query: "SELECT * FROM cases WHERE ids LIKE '%' || ? || '%'" },
      question,
    );
    const { items, complete } = readingOf(lines);
    expect(complete).toBe(true);
    expect(items).toMatchObject([{ ids: ["m-1", "TOKEN3"], confidential: true, caseId: "17" }]);
    expect(items[0]).not.toHaveProperty("district");
  });

  it("of a folder, where each file or folder is a case; before anything was written there is none", async () => {
    const place = join(folder, "archive");
    expect(readingOf(await askProbe({ kind: "directory", folder: place }, question)).items).toEqual([]);
    mkdirSync(join(place, "case-2"), { recursive: true });
    for (const name of ["b.txt", "a.txt"]) writeFileSync(join(place, "case-2", name), name);
    writeFileSync(join(place, "case-1.txt"), "one");
    const { items } = readingOf(await askProbe({ kind: "directory", folder: place }, question));
    expect(items.map(({ caseId, parts }) => [caseId, parts?.map(({ text }) => text)])).toEqual([
      ["case-1.txt", ["one"]],
      ["case-2", ["a.txt", "b.txt"]],
    ]);
  });

  it("where a run's own things are, as the endpoints say", () => {
    const source = { kind: "sqlite", file: "$KOMFREM_DATA_DIRECTORY/x.db", query: "" } as const;
    expect(placed(source, { KOMFREM_DATA_DIRECTORY: "/run" })).toMatchObject({ file: "/run/x.db" });
    expect(() => placed(source, {})).toThrow("KOMFREM_DATA_DIRECTORY");
  });
});

describe("an answer", () => {
  it("that broke off proves presence, never absence", () => {
    const item = { ids: ["x"], state: "held", complete: true, asOf };
    expect(readingOf([item]).complete).toBe(false);
    expect(readingOf([]).complete).toBe(false);
    expect(readingOf([item, { complete: false, asOf }]).complete).toBe(false);
    expect(readingOf([end])).toEqual({ items: [], complete: true });
  });

  it("with a line that is none is an error that names its place", () => {
    expect(() => readingOf([{ ids: ["x"], state: "sleeping", complete: true, asOf }, end])).toThrow("Line 1");
  });
});

const run = "probe/1";
const file = (label: string): string => `${label}.pdf`;

/** Mail with a text and a file, each with canaries of its own. */
function mail(label: string): SentDelivery {
  const words = ["message", file(label)].flatMap((part) =>
    (["head", "middle", "tail"] as const).map((position) => canary(run, label, part, position)),
  );
  const part = (name: string, mediaType: string): SentDelivery["parts"][number] => {
    const text = words.flatMap((word) => (word.part === name ? word.word : [])).join(" and ");
    return { name, mediaType, bytes: Buffer.from(text), sha256: name === "message" ? "a".repeat(64) : sumOf(label) };
  };
  return {
    id: label,
    label,
    municipalityNumber: fjordvik.number,
    messageKind: "offentlig",
    version: 1,
    parts: [part("message", "text/plain"), part(file(label), "application/pdf")],
    canaries: words,
  };
}

const sumOf = (label: string): string => label.toLowerCase().repeat(64).slice(0, 64);
const textOf = (sent: SentDelivery, at: number): string => Buffer.from(sent.parts[at]?.bytes ?? []).toString();

describe("what an item is about", () => {
  const facts = { record: (_: Draft) => 0 };
  const manifest = new Manifest(run, facts);
  const [a, b] = [mail("B"), mail("C")];
  for (const sent of [a, b]) manifest.announce(sent);
  const copy = manifest.newCopy(a.id);
  manifest.link(copy, "correspondenceId", "wire-1");
  const item = { ids: ["own-1"], state: "registered", complete: true, asOf } as const;

  it("is said by an identifier of the wire, by a sum, or by the words in it", () => {
    expect(meantBy({ ...item, ids: ["own-1", "wire-1"] }, manifest)).toMatchObject({ delivery: "B", copy });
    expect(meantBy({ ...item, parts: [{ sha256: sumOf("C") }] }, manifest)).toEqual({ kind: "meant", delivery: "C" });
    expect(meantBy({ ...item, parts: [{ text: textOf(b, 0).toLowerCase() }] }, manifest)).toMatchObject({
      delivery: "C",
    });
    expect(meantBy(item, manifest)).toEqual({ kind: "stranger" });
  });

  it("is open where it shows content of several", () => {
    const text = textOf(a, 0) + textOf(b, 0);
    expect(meantBy({ ...item, parts: [{ text }] }, manifest)).toEqual({ kind: "ambiguous", deliveries: ["B", "C"] });
  });

  it("is compared part by part, at the fidelity that was declared", () => {
    const shown = { ...item, parts: [{ text: `${textOf(a, 0)}  \r\n` }, { sha256: sumOf("B") }] };
    const oks = (compared: ReturnType<typeof comparedWith>): unknown => [
      compared.parts.map(({ ok }) => ok),
      compared.whole,
      compared.readable,
    ];
    expect(oks(comparedWith(a, shown, {}, manifest))).toEqual([[true, true], true, true]);
    // Nothing is known of the parts.
    expect(comparedWith(a, item, {}, manifest).readable).toBe(false);
    // A file of which only text is shown may be whole or not.
    const asText = { ...item, parts: [{ text: textOf(a, 0) }, { text: textOf(a, 1) }] };
    expect(oks(comparedWith(a, asText, {}, manifest))).toEqual([[true, false], true, false]);
    expect(oks(comparedWith(a, asText, { file: "rendered" }, manifest))).toEqual([[true, true], true, true]);
    // Its tail is gone.
    const cut = { ...item, parts: [{ text: textOf(a, 0) }, { text: textOf(a, 1).slice(0, 40) }] };
    expect(oks(comparedWith(a, cut, { file: "rendered" }, manifest))).toEqual([[true, false], true, true]);
    expect(oks(comparedWith(a, { ...item, parts: [shown.parts[0] ?? {}] }, { file: "absent" }, manifest))).toEqual([
      [true, true],
      true,
      true,
    ]);
  });

  it("is not whole in another order, or with a part of another message", () => {
    const text = { text: textOf(a, 0) };
    const whole = (parts: readonly object[]): boolean => comparedWith(a, { ...item, parts }, {}, manifest).whole;
    expect(whole([{ sha256: sumOf("B") }, text])).toBe(false);
    expect(whole([text, { sha256: sumOf("B") }, { sha256: sumOf("C") }])).toBe(false);
    expect(whole([text, { sha256: sumOf("B") }, { name: "log.txt", text: "taken on" }])).toBe(true);
  });
});

describe("a product that is its own case system", async () => {
  const dayTakesMs = 1200;
  const example = await configured(resolve("examples/product/komfrem.config.ts"));
  const product = example.product as Product;

  function with_(over: Partial<Product>, environment: Readonly<Record<string, string>> = {}): SystemUnderTest {
    return {
      ...example,
      product: {
        ...product,
        time: { tier: "compressed", dayTakesMs, pollIntervalMs: 50 },
        environment: { ...product.environment, WARN_AFTER_MS: String(dayTakesMs), ...environment },
        settleMs: 800,
        ...over,
      },
    };
  }

  const scenario: Scenario = {
    schema: "komfrem.scenario/v1",
    id: "probe",
    title: "Mail to a case system that nobody stands behind",
    because: "Most vendors are the receiver.",
    origin: "DESIGN.md, section 6",
    startsAt: "2023-05-08T08:00:00",
    municipalities: [fjordvik],
    people: staffOf(fjordvik),
    channels: ["altinn-correspondence"],
    switches: {},
    steps: [
      sends("A", fjordvik.number, { by: "altinn-correspondence", mail: { confirmation: true, furtherFiles: 1 } }),
      waits({ days: 1 }),
    ],
    faults: [],
    mustHold: ["no-loss", "delivers", "intact", "receipt-after-store"],
  };
  const performed = (sut: SystemUnderTest): Promise<Run> => world.run(scenario, sut, { seed: 1 });
  const rulesOf = ({ judged }: Run): string[] =>
    judged.broken.flatMap(({ primary, attached }) => [primary, ...attached].map(({ rule }) => rule));

  it.concurrent("passes by what its probe tells, and each entry says since when it may be so", async () => {
    const { judged, ledger } = await performed(with_({}));
    expect(judged.verdict).toEqual({ kind: "passed" });
    const cases = ledger.filter((entry) => entry.kind === "registered" && entry.delivery === "A");
    expect(cases).toMatchObject([{ by: "probe:product", complete: true, municipalityNumber: fjordvik.number }]);
    expect(cases[0]?.notBeforeMs).toBeLessThan(cases[0]?.notAfterMs ?? 0);
  });

  it.concurrent("is found out where it confirms first, though the case is made a moment later", async () => {
    expect(rulesOf(await performed(with_({}, { PRODUCT_FLAW: "confirms-first" })))).toContain("receipt-after-store");
  });

  it.concurrent("is found out where it keeps only the first file", async () => {
    expect(rulesOf(await performed(with_({}, { PRODUCT_FLAW: "first-file-only" })))).toContain("intact");
  });

  it.concurrent("has lost what a probe showed, and shows no longer", async () => {
    const forgetful = join(folder, "forgetful.mjs");
    writeFileSync(
      forgetful,
      `import { existsSync, writeFileSync } from "node:fs";
       import { execFileSync } from "node:child_process";
       const lines = execFileSync("node", ["probe.mjs"]).toString().trim().split("\\n");
       const shown = process.env.KOMFREM_DATA_DIRECTORY + "/shown";
       console.log((existsSync(shown) ? lines.slice(-1) : lines).join("\\n"));
       if (lines.length > 1) writeFileSync(shown, "");`,
    );
    const source = { kind: "command", command: [process.execPath, forgetful] } as const;
    const probe = product.probe === undefined ? [] : [{ probe: { ...product.probe, source } }];
    const run = await performed(with_(probe[0] ?? {}));
    expect(rulesOf(run)).toContain("no-false-receipt");
    expect(run.judged.outcomes.get("A")).not.toBe("registered");
  });

  it.concurrent("is open, not passed, where its probe is never complete", async () => {
    const source = {
      kind: "command",
      command: [process.execPath, "-e", `console.log('{"complete":false,"asOf":"${asOf}"}')`],
    } as const;
    const probe = product.probe === undefined ? [] : [{ probe: { ...product.probe, source } }];
    const { judged } = await performed(with_(probe[0] ?? {}));
    expect(judged.verdict.kind).not.toBe("passed");
    expect(judged.doubts.map(({ because }) => because).join()).toContain("not complete");
  });

  it.concurrent("is upgraded to its next version, and has a backup put back, of which its probe tells", async () => {
    const next = ["node", "product.mjs", "--next"] as const;
    const run = await world.run(
      {
        ...scenario,
        id: "lifecycle",
        steps: [
          upgrades({ downFor: { minutes: 10 } }),
          waits({ hours: 6 }),
          ...scenario.steps,
          restores("integration", { hours: 25 }, { minutes: 5 }),
          waits({ days: 1 }),
        ],
        mustHold: [],
      },
      with_({ next }),
      { seed: 1 },
    );
    expect(run.judged.verdict).toEqual({ kind: "passed" });
    const restored = run.ledger.findIndex(({ kind }) => kind === "restored");
    const ofA = run.ledger.slice(restored).filter(({ delivery, by }) => delivery === "A" && by === "probe:product");
    // Gone with the backup, and fetched again from Altinn.
    expect(ofA.map(({ kind }) => kind)).toEqual(["dropped", "held", "registered"]);
  });
});
