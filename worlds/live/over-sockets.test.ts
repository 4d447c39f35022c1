import { describe, expect, it } from "vitest";
import type { Fault } from "../../core/fault.ts";
import type { Scenario, Step } from "../../core/scenario.ts";
import { crashes, crashesAt, losesAnswer, restores, sends, upgrades, waits } from "../../core/scenario-verbs.ts";
import { fjordvik, staffOf } from "../../scenarios/places.ts";
import type { Product, SystemUnderTest } from "../world.ts";
import { inMemoryOnly } from "./live-world.ts";
import { overSockets } from "./over-sockets.ts";

const scenario = (steps: readonly Step[], faults: readonly Fault[] = []): Scenario => ({
  schema: "komfrem.scenario/v1",
  id: "drawn",
  title: "Drawn",
  because: "What is drawn knows nothing of sockets.",
  origin: "DESIGN.md, section 5",
  startsAt: "2023-05-08T08:00:00",
  municipalities: [fjordvik],
  people: staffOf(fjordvik),
  switches: {},
  steps,
  faults,
  mustHold: [],
});
const module: SystemUnderTest = { name: "a module", role: "integration", module: "/mine.ts" };
const product: SystemUnderTest = { ...module, product: { keepsElsewhere: true } as Product };
const sent = sends("A", fjordvik.number);

describe("a drawn scenario over sockets", () => {
  it("is as it was, where it can be performed", () => {
    const drawn = scenario(
      [sent, crashes("process", { minutes: 1 }), waits({ hours: 1 })],
      [losesAnswer("receiver.register(A)/1")],
    );
    expect(overSockets(drawn, product)).toEqual(drawn);
  });

  it("kills where it was to cut the power", () => {
    const at = "receiver.register(A)/1:asked";
    const drawn = scenario([sent, crashes("power", { minutes: 1 }, "prefix")], [crashesAt(at, "power", "subset")]);
    const performed = overSockets(drawn, module);
    expect(performed.steps).toEqual([sent, crashes("process", { minutes: 1 })]);
    expect(performed.faults).toEqual([{ ...drawn.faults[0], does: crashesAt(at, "process").does }]);
  });

  it("has one version after the other where two were to run at once and may not, and every other step", () => {
    const one = upgrades({ overlap: { minutes: 10 } });
    const drawn = scenario([sent, one, waits({ hours: 1 })]);
    expect(inMemoryOnly(drawn, product)).toBeDefined();
    const performed = overSockets(drawn, product);
    expect(inMemoryOnly(performed, product)).toBe(undefined);
    expect(performed.steps).toEqual([sent, upgrades(), waits({ hours: 1 })]);
  });

  it("leaves out a backup that nobody can put back, and keeps one that somebody can", () => {
    const drawn = scenario([sent, restores("integration", { hours: 1 }, { minutes: 5 })]);
    expect(overSockets(drawn, product).steps).toEqual([sent]);
    expect(overSockets(drawn, module).steps).toEqual(drawn.steps);
  });
});
