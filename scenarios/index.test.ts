import { readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { isLabel, parseBoundary } from "../core/boundary.ts";
import { ruleIds } from "../core/rule.ts";
import type { Scenario, Step } from "../core/scenario.ts";
import policeNational, { plantedNationally } from "./incidents/police-national.ts";
import { longScenarios, scenarios } from "./index.ts";

type Sends = Extract<Step, { kind: "sends" }>;
const sent = (scenario: Scenario): Sends[] => scenario.steps.filter((step): step is Sends => step.kind === "sends");

describe("scenarios", () => {
  it("lists every file of its rooms, by id", () => {
    const files = ["incidents", "channels", "lifecycle", "police", "mail", "upgrades"].flatMap((room) =>
      readdirSync(fileURLToPath(new URL(room, import.meta.url))).filter((file) => file.endsWith(".ts")),
    );
    expect([...scenarios, ...longScenarios].map(({ id }) => `${id}.ts`).sort()).toEqual(files.sort());
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
        if (!served || scenario.tests === "sender") continue;
        const duties = scenario.people.filter(({ municipality }) => municipality === number).map(({ duty }) => duty);
        expect(duties).toEqual(expect.arrayContaining(["caseworker", "deviations"]));
      }
    },
  );

  it.each(scenarios.filter(({ tests }) => tests === "sender"))(
    "$id has somebody at the sender's who owns its alarms, and asks for nothing an integration does",
    ({ people, steps }) => {
      expect(
        people.filter(({ duty, municipality }) => duty === "deviations" && municipality === undefined),
      ).toHaveLength(1);
      expect(steps.map(({ kind }) => kind)).not.toEqual(expect.arrayContaining(["strains"]));
    },
  );

  it("tells Bergen's 118 dispatches: 77 to child welfare, 25 of them concern messages", () => {
    const bergen = scenarios.filter(({ id }) => id === "police-2023").flatMap(sent);
    const of = (...kinds: string[]): number =>
      bergen.filter(({ label }) => kinds.some((kind) => label.startsWith(`${kind}-`))).length;
    expect([bergen.length, of("concern", "welfare"), of("concern")]).toEqual([118, 77, 25]);
  });

  it("tells the country's 11,400 messages, 172 of them not opened in time", () => {
    const labels = sent(policeNational).map(({ label }) => label);
    expect([labels.length, new Set(labels).size, plantedNationally.length]).toEqual([11_400, 11_400, 172]);
    expect(labels).toEqual(expect.arrayContaining([...plantedNationally]));
    expect(new Set(labels.map((label) => label.split("-")[0])).size).toBe(12);
    expect(policeNational.municipalities).toHaveLength(350);
    expect(new Set(policeNational.municipalities.map(({ organizationNumber }) => organizationNumber)).size).toBe(350);
  });

  it("tells 1,307 items to 162 organisations", () => {
    const items = longScenarios.filter(({ id }) => id === "unopened-1307").flatMap(sent);
    expect([items.length, new Set(items.map(({ to }) => to.municipality)).size]).toEqual([1307, 162]);
  });

  it("tells Bergen's 24 messages by both clocks of the portal", () => {
    const familia = scenarios.filter(({ id }) => id.startsWith("familia-2023"));
    expect(familia.map(({ switches }) => switches.retentionDays)).toEqual([14, 30]);
    for (const scenario of familia)
      expect(sent(scenario).filter(({ label }) => label.startsWith("bergen-"))).toHaveLength(24);
  });
});
