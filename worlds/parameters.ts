import { dispatchSwitches } from "../contracts/altinn-dispatch/switches.ts";
import { drainBoundMs, elapsedMs, retryStep } from "../contracts/fiks/lifetimes.ts";
import { switches as fiksSwitches, type Switch } from "../contracts/fiks/switches.ts";
import { dayMs, hourMs, minuteMs } from "../core/calendar.ts";
import type { Parameters } from "../core/ledger.ts";
import { recipientId } from "../core/names.ts";
import type { ChannelName, Scenario } from "../core/scenario.ts";
import { switchNumber } from "../simulators/switch-value.ts";

/** What the world tells the system under test, whatever channel it is on. */
export const worldSwitches: Readonly<Record<"pollIntervalMinutes", Switch>> = {
  pollIntervalMinutes: {
    value: 15,
    allowed: [1, 5, 15, 60],
    evidence: "inferred",
    means: "Minutes between polls that the endpoints suggest.",
    source: "PORT.md, Endpoints file",
  },
};

/**
 * D where people open what comes, and a sender may take another way first: T_escalate, and as long again for what it
 * then does. Nothing shorter is promised of people.
 *
 * @source RULES.md, *Time* and *End of a run*
 */
const drainByPeopleMs = 14 * dayMs;

/**
 * Where no clock ends a message a run is aged all the same, until what must be read, reported or reconciled within a day
 * (RULES.md, *Time*) has been due for good.
 */
const judgedMs = 3 * dayMs;

/** Ms between polls that a scenario's endpoints suggest. */
export function pollIntervalMs(scenario: Scenario): number {
  return switchNumber(worldSwitches, scenario.switches, "pollIntervalMinutes") * minuteMs;
}

/** The channels that anything in a scenario may travel on. */
export function channelsIn(scenario: Scenario): readonly ChannelName[] {
  const ways = scenario.steps.flatMap((step) =>
    step.kind === "sends" && step.by !== undefined && step.by !== "letter" ? [step.by] : [],
  );
  return [...new Set([...(scenario.channels ?? ["fiks-io"]), ...ways])];
}

/** What a run of a scenario is judged by, but for its profile and when it begins. */
export function parametersOf(scenario: Scenario): Omit<Parameters, "profile" | "startsAt"> {
  const pollMs = pollIntervalMs(scenario);
  const drainMs: Readonly<Record<ChannelName, number>> = {
    "fiks-io": drainBoundMs(pollMs, 0),
    "altinn-correspondence": elapsedMs(retryStep) + 3 * pollMs,
    "altinn-dispatch": elapsedMs(retryStep) + 3 * pollMs,
  };
  const channels = channelsIn(scenario);
  const lives = channels.map((channel) => lifeMs(scenario, channel));
  const kept = channels.includes("fiks-io")
    ? switchNumber(fiksSwitches, scenario.switches, "retentionDays") * dayMs
    : 0;
  return {
    durability: "process",
    channels: channels.map((name, i) => ({
      name,
      lifeMs: lives[i] ?? 0,
      drainMs: scenario.tests === "sender" ? drainByPeopleMs : drainMs[name],
    })),
    recipients: scenario.municipalities
      .filter(({ served }) => served)
      .flatMap(({ number, districts }) => districts.map((district) => recipientId(number, district.number))),
    longestLifeMs: Math.max(...lives, kept, judgedMs),
  };
}

/** The longest that anything lives on a channel in this scenario; 0 where no clock ends it. */
function lifeMs(scenario: Scenario, channel: ChannelName): number {
  switch (channel) {
    case "fiks-io":
      return switchNumber(fiksSwitches, scenario.switches, "ttlHours") * hourMs;
    case "altinn-dispatch":
      return switchNumber(dispatchSwitches, scenario.switches, "dispatchLifeDays") * dayMs;
    case "altinn-correspondence":
      return scenario.steps.reduce(
        (longest, step) => Math.max(longest, step.kind === "sends" ? (step.mail?.filesLiveDays ?? 0) * dayMs : 0),
        // What a sender under test asks for is its own affair; most ask for a month.
        scenario.tests === "sender" ? 30 * dayMs : 0,
      );
  }
}
