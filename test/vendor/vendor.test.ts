import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const root = resolve(import.meta.dirname, "../..");
const folder = mkdtempSync(join(tmpdir(), "komfrem-vendor-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

type Told = { readonly title: string; readonly status: string; readonly failureMessages: readonly string[] };

/** Runs Vitest by itself, as a vendor does. */
function vitest(environment: NodeJS.ProcessEnv, { cwd = root, args = [] as readonly string[] } = {}): readonly Told[] {
  const file = join(folder, "report.json");
  rmSync(file, { force: true });
  const ours = Object.entries(process.env).filter(([name]) => !/^(VITEST|NODE_OPTIONS)/.test(name));
  const { stdout, stderr } = spawnSync(
    process.execPath,
    [
      join(root, "node_modules/vitest/vitest.mjs"),
      "run",
      "--config",
      join(root, "test/vendor/vitest.config.ts"),
      "--reporter=json",
      `--outputFile=${file}`,
      ...args,
    ],
    { cwd, env: { ...Object.fromEntries(ours), ...environment }, encoding: "utf8" },
  );
  try {
    const { testResults } = JSON.parse(readFileSync(file, "utf8"));
    return testResults.flatMap(({ assertionResults }: { assertionResults: Told[] }) => assertionResults);
  } catch {
    throw new Error(`Vitest wrote no report:\n${stdout}\n${stderr}`);
  }
}

describe("a vendor's own Vitest", () => {
  it.each(["--no-isolate", "--isolate"])("runs the example's fifty tests with %s", { timeout: 120_000 }, (how) => {
    // In one process, so that one file comes after the other where nothing isolates them.
    const all = vitest({}, { args: [how, "--maxWorkers", "1"] });
    expect(all.filter(({ status }) => status !== "passed")).toEqual([]);
    expect(all).toHaveLength(50);
  });

  describe("with what docs/daily.md shows", () => {
    const files = [...readFileSync(join(root, "docs/daily.md"), "utf8").matchAll(/```ts\n\/\/ (\S+)\n+(.*?)```/gs)].map(
      ([, name = "", text = ""]) => ({ name, text }),
    );

    it.each(files.filter(({ name }) => !/\.(spec|test)\.ts$/.test(name)))(
      "quotes $name of the example",
      ({ name, text }) => {
        expect(text).toBe(readFileSync(join(root, "examples/vitest", name), "utf8"));
      },
    );

    it("runs every test, with a sound design in place of the integration and fewer drawn runs", {
      timeout: 240_000,
    }, () => {
      const vendor = join(folder, "vendor");
      const example = join(root, "examples/vitest");
      cpSync(example, vendor, { recursive: true, filter: (path) => !/node_modules|\.spec\.ts$/.test(path) });
      symlinkSync(join(root, "node_modules"), join(vendor, "node_modules"));
      for (const { name, text } of files.filter((file) => /\.(spec|test)\.ts$/.test(file.name)))
        writeFileSync(
          join(vendor, name.replace(/(test)\.ts$/, "spec.ts").replace(/^(?!test\/)/, "test/")),
          text.replace("./src/integration.ts", "correct/careful-simple").replace("runs: 40", "runs: 5"),
        );
      const all = vitest({ VENDOR: vendor }, { cwd: vendor });
      expect(all.filter(({ status }) => status !== "passed")).toEqual([]);
      expect(all.map(({ title }) => title)).toEqual(
        expect.arrayContaining([
          "a lost answer is no lost message",
          "Fiks IO's own REST API answers",
          expect.stringContaining("(mail-receiver-down, seed 5)"),
          "5 drawn scenarios, seed 1",
        ]),
      );
    });
  });

  describe("where something is lost", () => {
    let all: readonly Told[];
    const told = (title: string): string | undefined => all.find((one) => one.title === title)?.failureMessages[0];
    beforeAll(() => {
      all = vitest({ FAILING: "1", REGRESSIONS: join(folder, "regressions") });
    }, 240_000);

    it("has one test for each scenario of its part, named by what happens in it", () => {
      expect(all.filter(({ status }) => status === "passed").map(({ title }) => title)).toEqual([
        "Two municipalities, several districts, and messages that name none (districts)",
      ]);
    });

    it("tells the handover that broke, the seed, and the command that repeats it", () => {
      const why = told("The case system only queues (receiver-queues)");
      expect(why).toContain("✗ faulty/receipts-on-queued: receipt-after-store");
      expect(why).toContain("◄ the handover broke here");
      expect(why).toContain("npx komfrem run receiver-queues --integration faulty/receipts-on-queued --seed 3");
    });

    it("tells of fuzzing the smallest scenario that was found, and keeps it where the command finds it", () => {
      const why = told("40 drawn scenarios, seed 1");
      expect(why).toMatch(/^LostSomething: Run \d+ of 40 failed, seed 1/);
      expect(why).toMatch(/Story {6}It is /);
      const [file = "", more] = readdirSync(join(folder, "regressions"));
      expect(more).toBeUndefined();
      expect(why).toMatch(new RegExp(`Replay {5}npx komfrem replay \\S*/regressions/${file}`));
    });

    it("tells of a world in a unit test which test to repeat", () => {
      const why = told("never looks");
      expect(why).toContain("watched-channel");
      expect(why).toContain("npx vitest run test/vendor/failing.fixture.ts -t 'never looks'");
    });
  });
});
