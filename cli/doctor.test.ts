import { afterAll, describe, expect, it } from "vitest";
import type { ChannelName } from "../core/scenario.ts";
import { SimulatedWorld } from "../worlds/simulated/simulated-world.ts";
import { checkup, linksIn, senderCheckup, sendersLinksIn } from "./doctor.ts";
import { systemsNamed } from "./selection.ts";

const world = new SimulatedWorld(1);
afterAll(() => world.close());

async function missing(name: string, channel: "fiks-io" | "altinn-correspondence"): Promise<string[]> {
  const [sut] = await systemsNamed([name]);
  if (sut === undefined) throw new Error(`${name} is not shipped`);
  const run = await world.run(checkup(channel), sut, { seed: 1 });
  return linksIn(run, channel).flatMap(({ name: link, seen }) => (seen === undefined ? [link] : []));
}

async function sendersMissing(name: string, channel: ChannelName): Promise<string[]> {
  const [sut] = await systemsNamed([name]);
  if (sut === undefined) throw new Error(`${name} is not shipped`);
  const run = await world.run(senderCheckup(channel), sut, { seed: 1 });
  return sendersLinksIn(run, channel).flatMap(({ name: link, seen }) => (seen === undefined ? [link] : []));
}

describe("a checkup", () => {
  it.each(["fiks-io", "altinn-correspondence"] as const)("sees every link of a sound system on %s", async (channel) => {
    expect(await missing("correct/store-then-receipt", channel)).toEqual([]);
  });

  it("names what was not seen", async () => {
    expect(await missing("faulty/sinks/acknowledge-and-discard", "fiks-io")).toEqual([
      "registers it with the receiver",
      "reports what it cannot handle",
    ]);
    expect(await missing("faulty/mail-never-looked-at", "altinn-correspondence")).toEqual([
      "asks altinn-correspondence",
      "fetches a message",
      "registers it with the receiver",
      "answers for it",
      "reports what it cannot handle",
    ]);
  });

  it.each(["fiks-io", "altinn-correspondence", "altinn-dispatch"] as const)(
    "sees every link of a sound sender on %s",
    async (channel) => {
      expect(await sendersMissing("correct/police-sender", channel)).toEqual([]);
    },
  );

  it("names what a sender lacks", async () => {
    expect(await sendersMissing("faulty/police-never-looks-again", "altinn-dispatch")).toContain(
      "warns that nobody opens it",
    );
  });
});
