import { describe, expect, it } from "vitest";
import { validate } from "../../contracts/komfrem/index.ts";
import { isLabel, isPattern } from "../../core/boundary.ts";
import { contents, type Scenario, type StepKind } from "../../core/scenario.ts";
import { cellsDrawn, type Drawing, drawnScenario } from "./scenario.ts";

const integration: Drawing = { role: "integration", channels: ["fiks-io", "altinn-correspondence"] };
const sender: Drawing = { role: "sender", channels: ["altinn-dispatch", "altinn-correspondence", "fiks-io"] };

function drawn(drawing: Drawing, count: number, seed = 1): Scenario[] {
  return Array.from({ length: count }, (_, run) => drawnScenario(drawing, seed, run));
}

describe("a drawn scenario", () => {
  it("depends on the seed and its number, and on nothing before it", () => {
    const forwards = drawn(integration, 40);
    const backwards = Array.from({ length: 40 }, (_, i) => drawnScenario(integration, 1, 39 - i)).reverse();
    expect(backwards).toEqual(forwards);
    const other = drawn(integration, 40, 2);
    expect(
      other.filter((scenario, i) => JSON.stringify(scenario.steps) === JSON.stringify(forwards[i]?.steps)),
    ).toEqual([]);
  });

  it.each([
    ["an integration", integration],
    ["a sender", sender],
  ] as const)("of %s is one by the schema, and refers only to what is there", (_, drawing) => {
    for (const scenario of drawn(drawing, 300)) {
      expect(validate("scenario", scenario)).toEqual([]);
      const places = new Set(scenario.municipalities.filter(({ served }) => served).map(({ number }) => number));
      const people = new Set(scenario.people.map(({ name }) => name));
      const labels = new Set<string>();
      for (const step of scenario.steps)
        switch (step.kind) {
          case "sends":
            expect(isLabel(step.label) && !labels.has(step.label)).toBe(true);
            expect(places.has(step.to.municipality)).toBe(true);
            if (step.twinOf !== undefined) expect(labels.has(step.twinOf)).toBe(true);
            labels.add(step.label);
            break;
          case "resends":
            expect(labels.has(step.label)).toBe(true);
            break;
          case "away":
            expect(people.has(step.person)).toBe(true);
            break;
          default:
        }
      expect(labels.size).toBeGreaterThan(0);
      for (const { at } of scenario.faults) expect(isPattern(at)).toBe(true);
      expect(new Set(scenario.faults.map(({ id }) => id)).size).toBe(scenario.faults.length);
    }
  });

  it("is aimed at each cell of the grid in as many runs in a row as there are cells", () => {
    const only: Drawing = { role: "integration", channels: ["fiks-io"] };
    const cells = cellsDrawn(only);
    const keyOf = (operation: string, phase: string, does: object): string =>
      `${operation}:${phase} ${JSON.stringify(does)}`;
    const struck = new Set(
      drawn(only, cells.length).flatMap(({ faults }) =>
        faults.map(({ at, does }) => keyOf(at.slice(0, at.indexOf("(")), at.slice(at.lastIndexOf(":") + 1), does)),
      ),
    );
    expect(cells.filter(({ operation, phase, does }) => !struck.has(keyOf(operation, phase, does)))).toEqual([]);
  });

  it("sends what is too large for a message where it is aimed at an upload", () => {
    const aimed = drawn(integration, 2000).filter(
      ({ faults }) => faults[0]?.at.startsWith("receiver.upload(") === true,
    );
    expect(aimed.length).toBeGreaterThan(20);
    const first = aimed.map(({ steps }) => steps.find((step) => step.kind === "sends"));
    expect(first.filter((step) => step?.content !== "large")).toEqual([]);
  });

  it("has every kind of step and content, several municipalities and three districts, now and then", () => {
    const all = drawn(integration, 1500);
    const kinds = new Set(all.flatMap(({ steps }) => steps.map(({ kind }) => kind)));
    const expected: StepKind[] = [
      "sends",
      "resends",
      "waits",
      "crashes",
      "stops",
      "upgrades",
      "restores",
      "unreachable",
      "strains",
      "receiverCrashes",
      "disconnects",
      "entitles",
    ];
    expect(expected.filter((kind) => !kinds.has(kind))).toEqual([]);
    const sent = all.flatMap(({ steps }) => steps.flatMap((step) => (step.kind === "sends" ? [step] : [])));
    const seen = new Set(sent.map(({ content }) => content));
    expect(contents.filter((content) => !seen.has(content))).toEqual([]);
    expect(new Set(sent.map(({ to }) => `${to.municipality} ${to.district}`)).size).toBeGreaterThanOrEqual(5);
    expect(new Set(sent.map(({ messageKind, version }) => `${messageKind} ${version}`)).size).toBe(4);
    // More than a page, a window or a list of what was seen has room for.
    expect(Math.max(...all.map(({ steps }) => steps.filter(({ kind }) => kind === "sends").length))).toBeGreaterThan(
      100,
    );
    expect(sent.some(({ content, mail }) => content === "odd-names" && mail?.furtherFiles === 33)).toBe(true);
    expect(drawn(sender, 200).some(({ steps }) => steps.some(({ kind }) => kind === "away"))).toBe(true);
  });
});
