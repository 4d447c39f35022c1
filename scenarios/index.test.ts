import { readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { isLabel, parseBoundary } from "../core/boundary.ts";
import { ruleIds } from "../core/rule.ts";
import type { Scenario, Step } from "../core/scenario.ts";
import { scenarios } from "./index.ts";

type Sends = Extract<Step, { kind: "sends" }>;
const sent = (scenario: Scenario): Sends[] => scenario.steps.filter((step): step is Sends => step.kind === "sends");

describe("scenarios", () => {
  it("lists every file of its rooms, by id", () => {
    const files = ["incidents", "channels", "lifecycle"].flatMap((room) =>
      readdirSync(fileURLToPath(new URL(room, import.meta.url))).filter((file) => file.endsWith(".ts")),
    );
    expect(scenarios.map(({ id }) => `${id}.ts`).sort()).toEqual(files.sort());
  });

  it.each(scenarios)("$id sends a healthy message, and is data", (scenario) => {
    expect(sent(scenario).some(({ defect }) => defect === undefined)).toBe(true);
    expect(structuredClone(scenario)).toEqual(scenario);
    expect(JSON.parse(JSON.stringify(scenario))).toEqual(scenario);
  });

  it.each(scenarios)("$id names labels, places, people and rules that exist", (scenario) => {
    const labels = sent(scenario).map(({ label }) => label);
    expect(labels.filter((label) => !isLabel(label))).toEqual([]);
    expect(new Set(labels).size).toBe(labels.length);
    for (const { to, twinOf } of sent(scenario)) {
      const place = scenario.municipalities.find(({ number }) => number === to.municipality);
      expect(place?.served).toBe(true);
      if (to.district !== undefined) expect(place?.districts.map(({ number }) => number)).toContain(to.district);
      if (twinOf !== undefined) expect(labels).toContain(twinOf);
    }
    for (const { at } of scenario.faults) {
      const boundary = parseBoundary(at);
      const subject = boundary.kind === "named" ? boundary.exchange.subject : undefined;
      if (subject?.kind === "one") expect(labels).toContain(subject.label);
    }
    for (const step of scenario.steps) {
      if (step.kind === "resends") expect(labels).toContain(step.label);
      if (step.kind === "away")
        expect(scenario.people.map(({ name }) => name)).toEqual(expect.arrayContaining([step.person]));
    }
    expect(scenario.mustHold.filter((rule) => !ruleIds.includes(rule))).toEqual([]);
    expect(new Set(scenario.faults.map(({ id }) => id)).size).toBe(scenario.faults.length);
  });

  it.each(scenarios)(
    "$id has one standard district a municipality, organisations of the 3-series, and staff",
    (scenario) => {
      for (const { districts, organizationNumber, number, served } of scenario.municipalities) {
        expect(districts.filter(({ standard }) => standard)).toHaveLength(1);
        expect(organizationNumber).toMatch(/^3\d{8}$/);
        if (!served) continue;
        const duties = scenario.people.filter(({ municipality }) => municipality === number).map(({ duty }) => duty);
        expect(duties).toEqual(expect.arrayContaining(["caseworker", "deviations"]));
      }
    },
  );

  it("tells Bergen's 24 messages by both clocks of the portal", () => {
    const familia = scenarios.filter(({ id }) => id.startsWith("familia-2023"));
    expect(familia.map(({ switches }) => switches.retentionDays)).toEqual([14, 30]);
    for (const scenario of familia)
      expect(sent(scenario).filter(({ label }) => label.startsWith("bergen-"))).toHaveLength(24);
  });
});
