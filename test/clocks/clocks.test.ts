import { describe, expect, it } from "vitest";
import type { Clock } from "../../core/clock.ts";
import { seededRandom } from "../../worlds/random.ts";
import { channels } from "./channels.ts";
import { allClocks, possibleOf, someClocks } from "./clocks.ts";
import type { Channel } from "./performance.ts";
import { type Plant, start } from "./surroundings.ts";

const draws = 300;
const drawsPlanted = 40;

/** What rings after so long rings so much later. */
const rings =
  (afterMs: number, byMs: number): Plant =>
  (clock) => ({
    now: () => clock.now(),
    after: (ms, then) => clock.after(ms === afterMs ? ms + byMs : ms, then),
  });

/** From the first ms on, the time is read as it was a ms before: what is over now is not over yet. */
const readsLate: Plant = (clock: Clock) => ({
  now: () => Math.max(start, clock.now() - 1),
  after: (ms, then) => clock.after(ms, then),
});

const planted = (channel: Channel, plant: Plant): Channel => ({ ...channel, stand: () => channel.stand(plant) });

describe.each(channels)("orderings of $name", (channel) => {
  it("come out as the facts say, in a sample", () => {
    const { orderings, of, disagreements } = someClocks(channel, draws, seededRandom(1));
    const possible = possibleOf(channel);
    console.log(`clocks: ${channel.name}: ${orderings} of ${possible} orderings that can happen, of ${of}`);
    expect(disagreements).toEqual([]);
    expect(orderings).toBeGreaterThan(draws / 2);
    expect(possible).toBeGreaterThan(10_000);
    expect(of).toBe(8_069_460);
  });

  it.each(channel.lifetimesMs)("show a lifetime of %i ms that is a ms too long or too short", (lifetimeMs) => {
    for (const byMs of [1, -1]) {
      const { disagreements } = someClocks(planted(channel, rings(lifetimeMs, byMs)), drawsPlanted, seededRandom(1));
      expect(disagreements.length, `${byMs} ms`).toBeGreaterThan(0);
    }
  });

  it("show simulators that read their clock a ms late", () => {
    expect(someClocks(planted(channel, readsLate), drawsPlanted, seededRandom(1)).disagreements.length).toBeGreaterThan(
      0,
    );
  });
});

describe("all clocks", () => {
  it("puts every ordering that can happen, and says how many of how many and why no more", () => {
    const lines: string[] = [];
    const [channel] = channels as [Channel];
    const { orderings, of, disagreements } = allClocks((line) => lines.push(line), { channels: [channel], most: 3 });
    expect([orderings, of, disagreements]).toEqual([90, 1752, []]);
    expect(lines).toHaveLength(1);
    expect(lines[0]).toContain(`clocks: ${channel.name}: 90 of 1,752 orderings, 1,662 impossible (`);
    expect(lines[0]).toContain("0 disagreements");
  });

  it("says where simulators and facts first differ, and both, and where simulators break", () => {
    const lines: string[] = [];
    const [channel] = channels as [Channel];
    const [lifetimeMs = 0] = channel.lifetimesMs;
    const all = (plant: Plant) =>
      allClocks((line) => lines.push(line), { channels: [planted(channel, plant)], most: 2 }).disagreements;
    expect(all(rings(lifetimeMs, 1))[0]).toMatch(/^send\n {2}written down, by the simulators:[\s\S]*and by the facts:/);
    expect(lines).toContain(all(rings(lifetimeMs, 1))[0]);
    const breaks: Plant = (clock) => ({
      now: () => clock.now(),
      after() {
        throw new Error("no bell");
      },
    });
    expect(all(breaks)[0]).toBe("send\n  the simulators broke: Error: no bell");
    const ringsForEver: Plant = (clock) => ({
      now: () => clock.now(),
      after(ms, then) {
        const again = (): void => {
          clock.after(0, again);
        };
        clock.after(ms, again);
        return clock.after(ms, then);
      },
    });
    expect(all(ringsForEver)[0]).toMatch(/^send\n {2}the simulators broke: RangeError: time does not get on/);
  });
});
