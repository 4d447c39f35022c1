import { describe, expect, it } from "vitest";
import { pathOf } from "./path.ts";
import { falseReceipt, lostLedger, soundLedger } from "./runs.fixture.ts";

describe("the path of a delivery", () => {
  const lost = pathOf(lostLedger, "A", falseReceipt);
  const kinds = lost.steps.map(({ event }) => event.kind);

  it("tells each exchange once, with what came of it", () => {
    expect(kinds).toEqual([
      "submitted",
      "accepted",
      "offered",
      "delivered",
      "receipted",
      "heard",
      "settled",
      "asked",
      "dropped",
    ]);
    expect(lost.steps[7]?.event).toMatchObject({
      operation: "register",
      answer: { kind: "told", saying: "negative", code: "503" },
    });
    expect(lost.steps[7]?.faults).toEqual(["store-fails"]);
  });

  it("marks where the handover broke, and what else proves it", () => {
    expect(lost.steps.map(({ mark }) => mark)).toEqual([
      "none",
      "none",
      "none",
      "none",
      "broken",
      "none",
      "none",
      "none",
      "proof",
    ]);
  });

  it("knows who holds it and who owes it after each step", () => {
    expect(lost.parties).toEqual(["portal", "fiks-io", "integration"]);
    expect(lost.steps[1]?.standing).toEqual({ portal: { holds: "durably", owes: true } });
    expect(lost.steps[4]?.standing).toMatchObject({
      portal: { owes: true },
      integration: { holds: "in memory", owes: false },
    });
    expect(lost.steps[5]?.standing).toMatchObject({ portal: { owes: false }, integration: { owes: true } });
    expect(lost.steps[6]?.standing).toEqual({
      portal: { holds: "durably", owes: false },
      integration: { holds: "not", owes: true },
    });
  });

  it("says when the last copy goes, and only then", () => {
    expect(lost.steps.map(({ gone }) => gone)).toEqual([...Array(8).fill(false), true]);
    expect(pathOf(soundLedger, "A").steps.some(({ gone }) => gone)).toBe(false);
  });

  it("owes nothing more once it is registered", () => {
    const last = pathOf(soundLedger, "A").steps.at(-1);
    expect(Object.values(last?.standing ?? {}).some(({ owes }) => owes)).toBe(false);
    expect(last?.standing.receiver).toEqual({ holds: "durably", owes: false });
  });

  it("makes one line of what happens again and again", () => {
    const again = (seq: number) =>
      ({
        seq,
        atMs: seq,
        by: "world",
        kind: "refused",
        delivery: "A",
        copy: "A",
        party: "receiver",
        permanent: false,
        code: "503",
      }) as const;
    const { steps } = pathOf([...lostLedger, again(90), again(91), again(95)], "A");
    expect(steps.at(-1)).toMatchObject({
      event: { kind: "refused" },
      times: 3,
      atMs: 90,
      lastMs: 95,
      entries: [90, 91, 95],
    });
  });

  it("tells of a finding about no delivery the entries it rests on", () => {
    const alive = {
      seq: 3,
      atMs: 50,
      by: "world",
      kind: "alive",
      reader: "integration",
      channel: "fiks-io",
      resource: "4601-01",
      how: "attach",
      credit: false,
    } as const;
    const { steps } = pathOf([...lostLedger.slice(0, 3), alive], undefined, { entries: [3] });
    expect(steps).toMatchObject([{ event: { kind: "read" }, mark: "broken" }]);
  });

  it("leaves out other deliveries, and crashes after its end", () => {
    const crash = {
      seq: 90,
      atMs: 5000,
      by: "world",
      kind: "crashed",
      party: "integration",
      class: "process",
      survives: "none",
    } as const;
    const other = {
      seq: 91,
      atMs: 5001,
      by: "world",
      kind: "registered",
      delivery: "B",
      copy: "B",
      caseId: "x9",
      parts: [],
      whole: true,
    } as const;
    const kindsOf = (path: ReturnType<typeof pathOf>): string[] => path.steps.map(({ event }) => event.kind);
    expect(kindsOf(pathOf([...soundLedger, crash, other], "A"))).toEqual(kindsOf(pathOf(soundLedger, "A")));
    expect(kindsOf(pathOf([...lostLedger.slice(0, 10), crash, other], "A")).at(-1)).toBe("crashed");
  });
});
