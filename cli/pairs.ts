import { HarnessError } from "../core/error.ts";
import type { ChannelName, Scenario } from "../core/scenario.ts";
import { catalogue } from "../integrations/index.ts";
import { type SystemUnderTest, suits } from "../worlds/world.ts";

/** A scenario, and a system that it puts to the test. */
export type Pair = { readonly scenario: Scenario; readonly sut: SystemUnderTest };

/** The channels that a system may say it serves. */
export const channelNames: readonly ChannelName[] = ["fiks-io", "altinn-correspondence", "altinn-dispatch"];

/**
 * Every system in every scenario that tests what it does, system by system.
 *
 * @param channels What the systems serve: an integration is put in no scenario with another channel, a sender in none
 * whose first way is another. Without it all that was asked for.
 * @throws {HarnessError} No scenario suits any of the systems.
 */
export function pairsOf(
  systems: readonly SystemUnderTest[],
  asked: readonly Scenario[],
  channels: (sut: SystemUnderTest) => readonly ChannelName[] = () => channelNames,
): Pair[] {
  const pairs = systems.flatMap((sut) =>
    asked
      .filter((scenario) => suits(scenario, sut) && serves(scenario, channels(sut)))
      .map((scenario) => ({ scenario, sut })),
  );
  if (pairs.length === 0) throw nothingSuits(systems, asked);
  return pairs;
}

/**
 * The channels of a system that nobody has said them of: those that we ship serve all, a sender is offered all, a
 * product what its config says, and somebody's own integration reads Fiks IO.
 */
export function channelsUnsaid({ name, role, product }: SystemUnderTest): readonly ChannelName[] {
  if (product !== undefined) return product.channels;
  return role === "sender" || catalogue.some((one) => one.name === name) ? channelNames : ["fiks-io"];
}

function serves({ channels = ["fiks-io"], tests }: Scenario, served: readonly ChannelName[]): boolean {
  const needed = tests === "sender" ? channels.slice(0, 1) : channels;
  return needed.every((channel) => served.includes(channel));
}

function nothingSuits([sut]: readonly SystemUnderTest[], asked: readonly Scenario[]): HarnessError {
  const scenario = asked.find((one) => sut !== undefined && suits(one, sut)) ?? asked[0];
  const words = { sender: "a sender", integration: "an integration" } as const;
  const tests = scenario?.tests ?? "integration";
  return new HarnessError({
    happened: "There is nothing to run.",
    because:
      sut?.role === tests
        ? `${scenario?.id} is on ${(scenario?.channels ?? ["fiks-io"]).join(" and ")}, which ${sut.name} was not said to serve; so it is with every other pair.`
        : `${scenario?.id} tests ${words[tests]}, and ${sut?.name} is ${words[sut?.role ?? "integration"]}; so it is with every other pair.`,
    next: "Name a scenario that fits, or the channels it serves with --channel; komfrem run --list says which is which.",
  });
}
