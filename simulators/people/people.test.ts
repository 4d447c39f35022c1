import { describe, expect, it } from "vitest";
import { dayMs, hourMs, minuteMs, osloEpochMs, osloLocal } from "../../core/calendar.ts";
import type { Person } from "../../core/scenario.ts";
import { atSenders } from "../../core/scenario-verbs.ts";
import { VirtualClock } from "../../worlds/clock.ts";
import { LedgerWriter } from "../../worlds/ledger-writer.ts";
import { seededRandom } from "../../worlds/random.ts";
import { People } from "./people.ts";

const person = (name: string, duty: Person["duty"], municipality = "4601"): Person => ({
  name,
  duty,
  municipality,
  looksEveryMs: hourMs,
});
const roster = [person("Vera", "caseworker"), person("Nils", "deputy"), person("Unn", "deviations")];

function stand(local: string, people: readonly Person[] = roster, tests: "integration" | "sender" = "integration") {
  const start = osloEpochMs(local);
  const clock = new VirtualClock(start);
  const ledger = new LedgerWriter(clock, start);
  const office = new People({ clock, random: seededRandom(1), facts: ledger }, { people, tests });
  const said = (kind: string) =>
    ledger.entries
      .filter((entry) => entry.kind === kind)
      .map((entry) => ({ ...entry, local: osloLocal(start + entry.atMs) }));
  return { clock, ledger, office, said, pass: (ms: number) => clock.advanceTo(clock.now() + ms) };
}

describe("people", () => {
  it("open a case at the next look, once, and are shown it at once", () => {
    const { office, said, pass, clock } = stand("2023-05-08T10:10:00");
    office.registered("A", "4601-01");
    expect(said("shown")).toMatchObject([{ to: "4601-01", delivery: "A", message: "A" }]);
    pass(5 * dayMs);
    expect(said("opened")).toMatchObject([
      { opener: "person", who: "Vera", delivery: "A", local: "2023-05-08T11:00:00" },
    ]);
    expect(clock.pending).toBe(0);
  });

  it("leave another municipality's cases alone", () => {
    const { office, said, pass } = stand("2023-05-08T10:10:00");
    office.registered("A", "4602-01");
    pass(5 * dayMs);
    expect(said("opened")).toEqual([]);
  });

  it("look after they are back when nobody stands in", () => {
    const { office, said, pass } = stand("2023-05-08T10:10:00");
    office.away("Vera", 2 * dayMs);
    office.registered("A", "4601-01");
    pass(5 * dayMs);
    expect(said("opened")).toMatchObject([{ who: "Vera", local: "2023-05-10T11:00:00" }]);
  });

  it("are stood in for by the deputy, unless that one is away too", () => {
    const { office, said, pass } = stand("2023-05-08T10:10:00");
    office.away("Vera", 9 * dayMs, "Nils");
    office.away("Nils", 1 * dayMs);
    office.registered("A", "4601-01");
    pass(5 * dayMs);
    expect(said("opened")).toMatchObject([{ who: "Nils", local: "2023-05-09T11:00:00" }]);
  });

  it("see alerts in working hours, and own the sink while somebody is on duty", () => {
    const { office, said, pass } = stand("2023-05-12T15:30:00");
    expect(office.owner()).toBe("Unn");
    office.alerted(42);
    pass(4 * dayMs);
    expect(said("seen")).toMatchObject([{ person: "Unn", alert: 42, local: "2023-05-15T08:00:00" }]);
    office.away("Unn", hourMs);
    expect(office.owner()).toBe("");
    office.away("Unn", hourMs, "Nils");
    expect(office.owner()).toBe("Nils");
    pass(hourMs + minuteMs);
    expect(office.owner()).toBe("Unn");
  });

  it("have no owner for a sink that no one on the roster reads", () => {
    expect(stand("2023-05-08T10:00:00", [person("Vera", "caseworker")]).office.owner()).toBe("");
  });

  it("own a sender's sink where they are at the sender's, and a municipality's where they are there", () => {
    const both = [person("Unn", "deviations"), atSenders("Vakt", "deviations")];
    expect(stand("2023-05-08T10:00:00", both, "sender").office.owner()).toBe("Vakt");
    expect(stand("2023-05-08T10:00:00", both).office.owner()).toBe("Unn");
    expect(stand("2023-05-08T10:00:00", roster, "sender").office.owner()).toBe("Unn");
  });

  it("do not take a sink over from those at the sender's who are away", () => {
    const both = [person("Unn", "deviations"), atSenders("Vakt", "deviations")];
    const { office, said, pass } = stand("2023-05-08T10:10:00", both, "sender");
    office.away("Vakt", dayMs);
    expect(office.owner()).toBe("");
    office.alerted(42);
    pass(2 * dayMs);
    expect(said("seen")).toMatchObject([{ person: "Vakt", local: "2023-05-09T11:00:00" }]);
  });

  it("tell of each alarm that they have seen, after it is written", () => {
    const { office, said, pass } = stand("2023-05-08T10:10:00");
    const heard: string[] = [];
    office.onSeen((alert, who) => heard.push(`${who} ${alert} ${said("seen").length}`));
    office.alerted(42);
    office.alerted(43);
    pass(dayMs);
    expect(heard).toEqual(["Unn 42 1", "Unn 43 2"]);
  });

  it("look at another party's worklist once whenever there is something on it", () => {
    const { office, pass, clock } = stand("2023-05-08T10:10:00", [atSenders("Ida", "investigator")]);
    const looks: string[] = [];
    const wake = office.worklist("investigator", (who) => {
      looks.push(`${who} ${osloLocal(clock.now())}`);
      if (looks.length < 2) wake();
    });
    pass(dayMs);
    expect(looks).toEqual([]);
    office.away("Ida", dayMs);
    wake();
    wake();
    pass(7 * dayMs);
    expect(looks).toEqual(["Ida 2023-05-10T11:00:00", "Ida 2023-05-10T12:00:00"]);
    expect(clock.pending).toBe(0);
  });
});
