import { performance } from "node:perf_hooks";
import type { Random } from "../../core/clock.ts";
import { number } from "../../evidence/telling/number.ts";
import { countOrderings, drawnOrdering, longest, orderingInWords } from "../../explore/orderings.ts";
import { channels as allChannels } from "./channels.ts";
import { type Channel, everyPossible, Performance, performed } from "./performance.ts";

/** What came of putting orderings to channels. */
export type Clocked = {
  /** How many were put, each once, with every lifetime ended afterwards. */
  readonly orderings: number;
  /** How many there are by the rules of counting alone, what cannot happen among them. */
  readonly of: number;
  /** Orderings after which simulators and facts differ, in words, with both. */
  readonly disagreements: readonly string[];
};

/**
 * Puts every ordering that can happen to the simulators and to the facts.
 *
 * @param report Is given a line for each channel as it is done, and one for each of its first disagreements.
 * @param channels Every one unless said.
 * @param most Events in the longest orderings.
 */
export function allClocks(
  report: (line: string) => void,
  { channels = allChannels, most = longest }: { readonly channels?: readonly Channel[]; readonly most?: number } = {},
): Clocked {
  let orderings = 0;
  let of = 0;
  const disagreements: string[] = [];
  for (const channel of channels) {
    const began = performance.now();
    const differed: string[] = [];
    const { all, possible, impossible } = everyPossible(channel, most, (ordering) => {
      const disagreement = performed(channel, ordering);
      if (disagreement !== undefined) differed.push(disagreement);
    });
    orderings += possible;
    of += all;
    disagreements.push(...differed);
    const reasons = [...impossible].map(([why, count]) => `${why} ${number(count, "en")}`).join("; ");
    report(
      `clocks: ${channel.name}: ${number(possible, "en")} of ${number(all, "en")} orderings, ` +
        `${number(all - possible, "en")} impossible (${reasons}), ${number(differed.length, "en")} disagreements, ` +
        `${((performance.now() - began) / 1000).toFixed(0)} s`,
    );
    for (const one of differed.slice(0, 3)) report(one);
  }
  return { orderings, of, disagreements };
}

/** How many orderings of a channel can happen, by the facts alone. */
export function possibleOf(channel: Channel): number {
  return everyPossible(channel, longest, () => {}).possible;
}

/** Puts drawn orderings to one channel: `orderings` counts those that are different, and `of` all there are. */
export function someClocks(channel: Channel, draws: number, random: Random): Clocked {
  const put = new Set<string>();
  const disagreements: string[] = [];
  for (let draw = 0; draw < draws; draw++) {
    const performance = new Performance(channel);
    put.add(orderingInWords(drawnOrdering(random, (event) => performance.happen(event))));
    performance.age();
    if (performance.disagreement !== undefined) disagreements.push(performance.disagreement);
  }
  return { orderings: put.size, of: countOrderings(), disagreements };
}
