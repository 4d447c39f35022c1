import type { Scenario } from "../core/scenario.ts";
import astray from "./channels/astray.ts";
import badNetwork from "./channels/bad-network.ts";
import burst from "./channels/burst.ts";
import connectionLost from "./channels/connection-lost.ts";
import districts from "./channels/districts.ts";
import everyContent from "./channels/every-content.ts";
import everyKind from "./channels/every-kind.ts";
import incomplete from "./channels/incomplete.ts";
import lostAnswers from "./channels/lost-answers.ts";
import poisonAmongHealthy from "./channels/poison-among-healthy.ts";
import receiverFull from "./channels/receiver-full.ts";
import receiverLocked from "./channels/receiver-locked.ts";
import receiverOverloaded from "./channels/receiver-overloaded.ts";
import receiverQueues from "./channels/receiver-queues.ts";
import receiverSlow from "./channels/receiver-slow.ts";
import sentAgain from "./channels/sent-again.ts";
import twins from "./channels/twins.ts";
import unknownType from "./channels/unknown-type.ts";
import unsupportedVersion from "./channels/unsupported-version.ts";
import easterWeek from "./incidents/easter-week.ts";
import familia2023 from "./incidents/familia-2023.ts";
import familia2023June from "./incidents/familia-2023-june.ts";
import queuedAndLost from "./incidents/queued-and-lost.ts";
import weekEndOutage from "./incidents/week-end-outage.ts";
import caseworkerOnHoliday from "./lifecycle/caseworker-on-holiday.ts";
import crashPower from "./lifecycle/crash-power.ts";
import crashProcess from "./lifecycle/crash-process.ts";
import receiverCrashes from "./lifecycle/receiver-crashes.ts";
import stoppedAndStarted from "./lifecycle/stopped-and-started.ts";

/** Every scenario that we ship, by room. */
export const scenarios: readonly Scenario[] = [
  familia2023,
  familia2023June,
  queuedAndLost,
  weekEndOutage,
  easterWeek,
  everyKind,
  everyContent,
  districts,
  twins,
  unsupportedVersion,
  unknownType,
  poisonAmongHealthy,
  incomplete,
  astray,
  sentAgain,
  receiverOverloaded,
  receiverLocked,
  receiverFull,
  receiverSlow,
  receiverQueues,
  lostAnswers,
  badNetwork,
  burst,
  connectionLost,
  crashProcess,
  crashPower,
  receiverCrashes,
  stoppedAndStarted,
  caseworkerOnHoliday,
];
