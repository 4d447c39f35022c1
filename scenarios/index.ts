import type { Scenario } from "../core/scenario.ts";
import astray from "./channels/astray.ts";
import badCertificates from "./channels/bad-certificates.ts";
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
import police2023 from "./incidents/police-2023.ts";
import policeNational from "./incidents/police-national.ts";
import queuedAndLost from "./incidents/queued-and-lost.ts";
import unopened1307 from "./incidents/unopened-1307.ts";
import weekEndOutage from "./incidents/week-end-outage.ts";
import caseworkerOnHoliday from "./lifecycle/caseworker-on-holiday.ts";
import crashPower from "./lifecycle/crash-power.ts";
import crashProcess from "./lifecycle/crash-process.ts";
import receiverCrashes from "./lifecycle/receiver-crashes.ts";
import stoppedAndStarted from "./lifecycle/stopped-and-started.ts";
import mailAltinnDown from "./mail/mail-altinn-down.ts";
import mailAstray from "./mail/mail-astray.ts";
import mailCrashes from "./mail/mail-crashes.ts";
import mailEveryKind from "./mail/mail-every-kind.ts";
import mailFilesExpire from "./mail/mail-files-expire.ts";
import mailLostAnswers from "./mail/mail-lost-answers.ts";
import mailPublishedLate from "./mail/mail-published-late.ts";
import mailReceiverDown from "./mail/mail-receiver-down.ts";
import mailRightRevoked from "./mail/mail-right-revoked.ts";
import portalAndPolice from "./mail/portal-and-police.ts";
import administratorDelegates from "./police/administrator-delegates.ts";
import altinnDown from "./police/altinn-down.ts";
import dispatchOpened from "./police/dispatch-opened.ts";
import holiday from "./police/holiday.ts";
import holidayWithDeputy from "./police/holiday-with-deputy.ts";
import machineOpens from "./police/machine-opens.ts";
import mailOpened from "./police/mail-opened.ts";
import nobodyEntitled from "./police/nobody-entitled.ts";
import noticeBounces from "./police/notice-bounces.ts";
import roleRevoked from "./police/role-revoked.ts";
import senderCrashes from "./police/sender-crashes.ts";
import senderLostAnswers from "./police/sender-lost-answers.ts";
import senderMailLostAnswers from "./police/sender-mail-lost-answers.ts";
import mailRestored from "./upgrades/mail-restored.ts";
import receiverRestored from "./upgrades/receiver-restored.ts";
import restoredOvernight from "./upgrades/restored-overnight.ts";
import upgradeInFlight from "./upgrades/upgrade-in-flight.ts";
import upgradeReceiverDown from "./upgrades/upgrade-receiver-down.ts";
import upgradeRolledBack from "./upgrades/upgrade-rolled-back.ts";
import upgradeRolling from "./upgrades/upgrade-rolling.ts";

/** Every scenario that we ship and that takes seconds, by room. */
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
  badCertificates,
  crashProcess,
  crashPower,
  receiverCrashes,
  stoppedAndStarted,
  caseworkerOnHoliday,
  upgradeInFlight,
  upgradeRolledBack,
  upgradeRolling,
  upgradeReceiverDown,
  restoredOvernight,
  receiverRestored,
  police2023,
  dispatchOpened,
  mailOpened,
  nobodyEntitled,
  administratorDelegates,
  roleRevoked,
  holiday,
  holidayWithDeputy,
  noticeBounces,
  machineOpens,
  senderLostAnswers,
  senderMailLostAnswers,
  senderCrashes,
  altinnDown,
  mailEveryKind,
  mailAstray,
  mailPublishedLate,
  mailReceiverDown,
  mailLostAnswers,
  mailCrashes,
  mailRestored,
  mailRightRevoked,
  mailFilesExpire,
  mailAltinnDown,
  portalAndPolice,
];

/** Those that take longer: run by name. */
export const longScenarios: readonly Scenario[] = [unopened1307, policeNational];
