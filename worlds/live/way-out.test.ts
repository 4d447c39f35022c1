import { execFile, execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { afterAll, describe, expect, it } from "vitest";
import type { Scenario } from "../../core/scenario.ts";
import { sends, waits } from "../../core/scenario-verbs.ts";
import { fjordvik, staffOf } from "../../scenarios/places.ts";
import type { SystemUnderTest } from "../world.ts";
import { LiveWorld } from "./live-world.ts";
import { WayOut } from "./way-out.ts";

const world = new LiveWorld();
const folder = mkdtempSync(join(tmpdir(), "komfrem-way-out-"));
afterAll(async () => {
  await world.close();
  rmSync(folder, { recursive: true, force: true });
});

const file = (name: string, text: string): string => {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
};

// Names that nobody has (RFC 2606): what goes out all the same gets nowhere.
const secured = "https://secured.example.invalid/path?of=nobody";
const plain = "http://plain.example.invalid:8080/path";

/** Programs that ask both addresses, each by what its language has for it. */
const programs: Readonly<Record<string, readonly [string, ...string[]]>> = {
  curl: ["curl", "-sS", "--max-time", "10", secured, plain],
  node: [
    process.execPath,
    file("asks.mjs", `for (const url of process.argv.slice(2)) await fetch(url).catch(() => {});`),
    secured,
    plain,
  ],
  "node:http": [
    process.execPath,
    file(
      "gets.mjs",
      `import http from "node:http";
import https from "node:https";
for (const url of process.argv.slice(2))
  await new Promise((over) => (url.startsWith("https") ? https : http).get(url, over).on("error", over));
process.exit();`,
    ),
    secured,
    plain,
  ],
  python: [
    "python3",
    file(
      "asks.py",
      `import sys, urllib.request
for url in sys.argv[1:]:
    try: urllib.request.urlopen(url, timeout=10)
    except OSError: pass
`,
    ),
    secured,
    plain,
  ],
  java: [
    "java",
    file(
      "Asks.java",
      `import java.net.*;
import java.net.http.*;
public class Asks {
  public static void main(String[] urls) throws Exception {
    for (String url : urls) {
      try { ((HttpURLConnection) new URL(url).openConnection()).getResponseCode(); } catch (java.io.IOException none) {}
      try { HttpClient.newHttpClient().send(HttpRequest.newBuilder(URI.create(url)).build(), HttpResponse.BodyHandlers.discarding()); }
      catch (java.io.IOException none) {}
    }
  }
}`,
    ),
    secured,
    plain,
  ],
};

function isThere(program: string): boolean {
  try {
    execFileSync(program, [program === "java" ? "-version" : "--version"], { stdio: "ignore" });
    return true;
  } catch {
    console.log(`skipped: the way out of ${program}, which is not installed.`);
    return false;
  }
}

describe("the only way out that a process is told of", () => {
  for (const [name, [program, ...args]] of Object.entries(programs))
    it.skipIf(!isThere(program))(
      `is taken by ${name}, and leads nowhere`,
      async () => {
        const asked: string[] = [];
        const way = await WayOut.opened((to) => asked.push(to));
        const env = { PATH: process.env.PATH, ...way.environment({}) };
        await promisify(execFile)(program, args, { env }).catch(() => {});
        await way.close();
        expect([...new Set(asked)]).toEqual(["secured.example.invalid:443", "plain.example.invalid:8080"]);
      },
      60_000,
    );

  it("keeps what a JVM was given already, after what is ours", async () => {
    const way = await WayOut.opened(() => {});
    const options = way.environment({ JAVA_TOOL_OPTIONS: "-Xmx64m" }).JAVA_TOOL_OPTIONS;
    await way.close();
    expect(options).toMatch(/^-Dhttp\.proxyHost=127\.0\.0\.1 .* -Xmx64m$/);
  });
});

describe("a product that talks to somebody outside its run", () => {
  const scenario: Scenario = {
    schema: "komfrem.scenario/v1",
    id: "way-out",
    title: "A message arrives",
    because: "What a test sends must not be taken for real, anywhere.",
    origin: "DESIGN.md, section 5",
    startsAt: "2023-05-08T08:00:00",
    municipalities: [fjordvik],
    people: staffOf(fjordvik),
    switches: {},
    steps: [sends("A", fjordvik.number, { district: "01" }), waits({ hours: 1 })],
    faults: [],
    mustHold: ["no-loss", "delivers"],
  };
  const telling = file("telling.mjs", `await fetch(${JSON.stringify(secured)}).catch(() => {});`);

  function started(first: readonly string[], environment: Readonly<Record<string, string>> = {}): SystemUnderTest {
    const bin = resolve("bin/komfrem.mjs");
    return {
      name: "started",
      role: "integration",
      module: bin,
      product: {
        command: [process.execPath, ...first, bin, "host", resolve("integrations/correct/store-then-receipt.ts")],
        channels: ["fiks-io"],
        folder,
        environment,
        time: { tier: "driven" },
        dependencies: [],
        maxRetryDelayMs: 0,
        settleMs: 0,
        readyWithinMs: 20_000,
        keepsElsewhere: false,
        runsAtOnce: 1,
      },
    };
  }

  it("is refused, and its run says where to; one that keeps to us passes", async () => {
    const [quiet, told] = [
      await world.run(scenario, started([]), { seed: 1 }),
      await world.run(scenario, started(["--import", telling]), { seed: 1 }),
    ];
    expect(quiet.judged.verdict).toEqual({ kind: "passed" });
    const said = told.ledger.flatMap((entry) => (entry.kind === "doubted" ? [entry.what] : []));
    expect(said).toEqual(["the system tried to go out to secured.example.invalid:443, and was refused"]);
    expect(told.judged.verdict.kind).toBe("inconclusive");
  }, 60_000);

  it("goes out where its config says by which way: that is its vendor's to say", async () => {
    const own = { HTTPS_PROXY: "", https_proxy: "", ALL_PROXY: "", all_proxy: "", NODE_USE_ENV_PROXY: "0" };
    const run = await world.run(scenario, started(["--import", telling], own), { seed: 1 });
    expect(run.judged.verdict).toEqual({ kind: "passed" });
  }, 60_000);
});
