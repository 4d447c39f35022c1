import type { Words } from "./telling/language.ts";

type LabelName =
  | "messages"
  | "scenario"
  | "passed"
  | "failed"
  | "inconclusive"
  | "accepted"
  | "notRun"
  | "after"
  | "brokeHere"
  | "goneHere"
  | "holdsAndOwes"
  | "holds"
  | "inSight"
  | "inMemory"
  | "owesOnly"
  | "rule"
  | "fact"
  | "what"
  | "why"
  | "next"
  | "blame"
  | "also"
  | "replay"
  | "systemUnderTest"
  | "senderUnderTest"
  | "noDelivery"
  | "moreOfTheSame"
  | "inconclusiveRuns"
  | "errors"
  | "elsewhere"
  | "notExercised"
  | "expected"
  | "story"
  | "struck"
  | "parts"
  | "both"
  | "here"
  | "sound"
  | "nothing";

/** The fixed words of reports. */
export const labels: Readonly<Record<LabelName, Words>> = {
  messages: { en: "Messages", nb: "Meldinger" },
  scenario: { en: "Scenario", nb: "Scenario" },
  passed: { en: "passed", nb: "bestått" },
  failed: { en: "failed", nb: "feilet" },
  accepted: { en: "Accepted by", nb: "Godtatt av" },
  inconclusive: { en: "inconclusive", nb: "uavklart" },
  notRun: { en: "not run", nb: "ikke kjørt" },
  after: { en: "after", nb: "etter" },
  brokeHere: { en: "◄ the handover broke here", nb: "◄ her sviktet overleveringen" },
  goneHere: { en: "◄ now nobody has it", nb: "◄ nå er det ingen som har den" },
  holdsAndOwes: { en: "has it and answers for it", nb: "har den og ansvaret for den" },
  holds: { en: "has a copy", nb: "har en kopi" },
  inSight: { en: "a person there has it open", nb: "et menneske der har den åpen" },
  inMemory: { en: "in memory only", nb: "bare i minnet" },
  owesOnly: { en: "answers for it, with no lasting copy", nb: "har ansvaret, uten varig kopi" },
  rule: { en: "Rule", nb: "Regel" },
  fact: { en: "Fact", nb: "Faktum" },
  what: { en: "What", nb: "Hva" },
  why: { en: "Why", nb: "Hvorfor" },
  next: { en: "Next", nb: "Videre" },
  blame: { en: "To blame", nb: "Ansvarlig" },
  also: { en: "Also", nb: "Også" },
  story: { en: "Story", nb: "Historien" },
  struck: { en: "Struck at", nb: "Rammet ved" },
  parts: { en: "Where it parts from", nb: "Her skiller det lag med" },
  both: { en: "Both", nb: "Begge" },
  here: { en: "Here", nb: "Her" },
  sound: { en: "Sound", nb: "Korrekt" },
  nothing: { en: "nothing more about this message", nb: "ikke mer om denne meldingen" },
  replay: { en: "Replay", nb: "Gjenta" },
  systemUnderTest: { en: "the system under test", nb: "systemet under test" },
  senderUnderTest: { en: "the system under test, a sender", nb: "systemet under test, en avsender" },
  noDelivery: { en: "no single message", nb: "ingen enkelt melding" },
  moreOfTheSame: { en: "More of the same", nb: "Flere av samme slag" },
  inconclusiveRuns: { en: "Inconclusive", nb: "Uavklart" },
  errors: { en: "Could not be run", nb: "Kunne ikke kjøres" },
  elsewhere: { en: "The chain broke, but not here", nb: "Kjeden sviktet, men ikke her" },
  notExercised: { en: "Rules not exercised in any run", nb: "Regler som ikke ble prøvd i noen kjøring" },
  expected: {
    en: "as it should: this system is faulty on purpose",
    nb: "som det skal: Dette systemet er feil med vilje",
  },
};
