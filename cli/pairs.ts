import { HarnessError } from "../core/error.ts";
import type { ChannelName, Scenario } from "../core/scenario.ts";
import { catalogue } from "../integrations/index.ts";
import { type SystemUnderTest, suits } from "../worlds/world.ts";
import { oneOf } from "./flags.ts";

/** A scenario, and a system that it puts to the test. */
export type Pair = { readonly scenario: Scenario; readonly sut: SystemUnderTest };

/** The channels that a system may say it serves. */
const channelNames: readonly ChannelName[] = ["fiks-io", "altinn-correspondence", "altinn-dispatch"];

/**
 * Every system in every scenario that tests what it does, system by system. An integration is put in no scenario with
 * another channel than it serves, a sender in none whose first way is another.
 *
 * @param said The channels that the command line says they serve. Without it those of a product's config, else what
 * the scenarios need that were asked for by name, else `channelsUnsaid`.
 * @param byName Whether the scenarios were asked for by name: then each is to suit one of the systems at least.
 * @throws {HarnessError} No scenario suits any of the systems, or one that was asked for by name does not; or what is
 * said is no channel.
 */
export function pairsOf(
  systems: readonly SystemUnderTest[],
  asked: readonly Scenario[],
  { said, byName }: { readonly said: readonly string[] | undefined; readonly byName: boolean },
): Pair[] {
  const channels = channelsSaid(said);
  const served = (sut: SystemUnderTest): readonly ChannelName[] =>
    channels ?? (byName && sut.product === undefined ? channelNames : channelsUnsaid(sut));
  const pairs = systems.flatMap((sut) =>
    asked
      .filter((scenario) => suits(scenario, sut) && serves(scenario, served(sut)))
      .map((scenario) => ({ scenario, sut })),
  );
  const left = byName ? asked.find((one) => pairs.every(({ scenario }) => scenario !== one)) : undefined;
  if (left !== undefined) throw nothingSuits(systems, [left]);
  if (pairs.length === 0) throw nothingSuits(systems, asked);
  return pairs;
}

/** @throws {HarnessError} One of them is no channel. */
export function channelsSaid(said: readonly string[] | undefined): readonly ChannelName[] | undefined {
  return said?.map((name) => oneOf("--channel", name, channelNames));
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

function nothingSuits(systems: readonly SystemUnderTest[], asked: readonly Scenario[]): HarnessError {
  const words = { sender: "a sender", integration: "an integration" } as const;
  const scenario = asked.find((one) => systems.some((sut) => suits(one, sut))) ?? asked[0];
  const tests = scenario?.tests ?? "integration";
  const sut = systems.find(({ role }) => role === tests) ?? systems[0];
  const of = asked.length > 1 ? "; so it is with every other pair" : "";
  return new HarnessError({
    happened: asked.length > 1 ? "There is nothing to run." : `${scenario?.id} cannot be run, and nothing was.`,
    because:
      sut?.role === tests
        ? `${scenario?.id} is on ${(scenario?.channels ?? ["fiks-io"]).join(" and ")}, which ${sut.name} was not said to serve${of}.`
        : `${scenario?.id} tests ${words[tests]}, and ${sut?.name} is ${words[sut?.role ?? "integration"]}${of}.`,
    next: "Name a scenario that fits, or the channels it serves, in its config or with --channel; komfrem run --list says which is which.",
  });
}
