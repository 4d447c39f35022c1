import { describe, expect, it } from "vitest";
import { validate } from "../contracts/komfrem/index.ts";
import type { Sweep, Swept, SweptCount } from "../explore/sweep.ts";
import { failing, scenario } from "./runs.fixture.ts";
import { sweepReport } from "./sweep.ts";
import { sweptScenario } from "./sweep-file.ts";
import { sweepJunit } from "./sweep-junit.ts";

const settle = "fiks-io.settle(A)/1:asked";
const again = "receiver.register(A)/2:done";
const none: SweptCount = { planned: 0, injected: 0, notReached: 0, notInjectable: 0, notPerformed: 0, left: 0 };
const { broken } = failing.judged;

const ended = { hash: "0".repeat(64), tookMs: 1, broken: [] } as const;
const passed: Sweep["clean"] = {
  ...ended,
  verdict: "passed",
  reached: { exchanges: [], beforeHeal: 0, faults: [], changes: [] },
};

function struck(at: string, way: string, more: Partial<Swept> = {}): Swept {
  const name = `${way} ${at}`;
  return {
    name,
    faults: [{ id: name, at, does: { kind: "reset" } }],
    outcome: "injected",
    verdict: "failed",
    broken,
    ...more,
  };
}

const sound: Sweep = {
  scenario,
  clean: passed,
  enumerated: [settle],
  closure: [again],
  passedOver: ["maskinporten.grant(start)/3:asked"],
  singles: { ...none, planned: 4, injected: 3, notReached: 1 },
  pairs: none,
  injectedAt: new Map([[settle, 3]]),
  notReached: [`stall ${again}`],
  notInjectable: [],
  notPerformed: [],
  inconclusive: [],
  failed: [],
};
const failed: Sweep = { ...sound, failed: [struck(settle, "reset"), struck(settle, "crash process")] };
const plain = { colour: false, width: 110, names: false, replay: () => "npx komfrem replay a.json" } as const;

describe("the report of a sweep", () => {
  it("claims what was injected, and names what was not", () => {
    expect(sweepReport("mine", sound, plain)).toMatchInlineSnapshot(`
      "mine, store-fails-once: The store fails once
      Enumerated     1 boundaries of the clean run
      First seen     1 boundaries when those were broken, and broken too: receiver.register(A)/2:done
      Passed over    1 first seen: later tokens, connections and idle polls, or of a party that was down:
                     maskinporten.grant(start)/3:asked
      Injected       3 of 4 runs planned
      Not reached    1: stall receiver.register(A)/2:done
      Not injectable 0
      Inconclusive   0

      ✓ 3 of 3 broken runs passed: nothing was lost wherever it was broken."
    `);
  });

  it("says by rule and boundary what failed, and how to have it again", () => {
    expect(sweepReport("mine", failed, plain).split("\n\n").slice(1).join("\n\n")).toMatchInlineSnapshot(`
      "✗ no-false-receipt: 2 runs
        fiks-io.settle(A)/1:asked
          reset, crash process
          A was said to be received, and never became a case.
      Replay         npx komfrem replay a.json"
    `);
  });

  it("claims nothing of runs that could not be judged, nor where nothing was injected", () => {
    const open = struck(settle, "stall", { verdict: "inconclusive", because: "nothing was sent", broken: [] });
    expect(sweepReport("mine", { ...sound, inconclusive: [open] }, plain)).toContain(
      "? 2 of 3 broken runs passed, the others are open.",
    );
    expect(sweepReport("mine", { ...sound, singles: { ...none, planned: 4, left: 4 } }, plain)).toContain(
      "? Nothing was broken, so nothing is shown.",
    );
  });

  it("says of a clean run that fails what broke in it", () => {
    const text = sweepReport("mine", { ...sound, clean: { ...passed, verdict: "failed", broken } }, plain);
    expect(text).toContain("✗ The clean run fails: nothing was broken.");
    expect(text).toContain("no-false-receipt A was said to be received, and never became a case.");
  });
});

describe("a sweep as data", () => {
  it("is a komfrem.sweep/v1, and nothing else", () => {
    const one = sweptScenario("mine", failed, new Map([["no-false-receipt", "komfrem-regressions/a.json"]]));
    const file = { schema: "komfrem.sweep/v1", seed: 1, profile: "default", sweeps: [one] };
    expect(validate("sweep", file)).toEqual([]);
    expect(one.failed[0]).toEqual({ name: `reset ${settle}`, rules: ["no-false-receipt"] });
    expect(validate("sweep", { ...file, sweeps: [{ ...one, surprise: 1 }] })).toEqual([
      "sweeps/0/surprise: is not a field here.",
    ]);
    for (const field of Object.keys(one))
      expect(validate("sweep", { ...file, sweeps: [{ ...one, [field]: undefined }] })).not.toEqual([]);
  });
});

describe("a sweep as JUnit XML", () => {
  it("is a testcase a boundary: failed by rule, skipped where nothing was injected", () => {
    const xml = sweepJunit([{ system: "mine", sweep: failed, replay: plain.replay }]);
    expect(xml).toContain('<testsuite name="mine, store-fails-once" tests="3" failures="1" errors="0" skipped="1"');
    expect(xml).toContain(`name="${settle}" time="0">\n      <failure type="no-false-receipt"`);
    expect(xml).toContain("Replay: npx komfrem replay a.json");
    expect(xml).toContain(`name="${again}" time="0">\n      <skipped message="Nothing was injected here."/>`);
  });

  it("is red where the clean run is", () => {
    const xml = sweepJunit([
      { system: "mine", sweep: { ...sound, clean: { ...passed, verdict: "failed", broken } }, replay: plain.replay },
    ]);
    expect(xml).toContain('tests="1" failures="1"');
    expect(xml).toContain('name="clean run" time="0">\n      <failure type="no-false-receipt"');
  });
});
