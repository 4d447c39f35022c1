import type { Fault, FaultAction } from "../../core/fault.ts";
import { boundaryWords } from "./boundaries.ts";
import { duration } from "./duration.ts";
import { type Language, type Saying, sentence } from "./language.ts";
import { crashWords, partyWords } from "./words.ts";

type At = { readonly phase: string; readonly party: string };
type Struck<Kind extends FaultAction["kind"]> = {
  readonly does: Extract<FaultAction, { kind: Kind }>;
  readonly at: At;
};

/** What each kind of fault does, as a clause after “at such a boundary”; in Bokmål with its verb first. */
export const actionWords: { readonly [Kind in FaultAction["kind"]]: Saying<Struck<Kind>> } = {
  refuse: {
    en: ({ at }) => `${partyWords(at.party, "en")} refuses the connection`,
    nb: ({ at }) => `avviser ${partyWords(at.party, "nb")} forbindelsen`,
  },
  reset: {
    en: ({ at }) =>
      at.phase === "asked" ? "the connection is reset" : "the connection is reset and the answer is lost",
    nb: ({ at }) => (at.phase === "asked" ? "brytes forbindelsen" : "brytes forbindelsen, og svaret går tapt"),
  },
  cut: {
    en: ({ does }) => `the answer breaks off after ${does.afterBytes} bytes`,
    nb: ({ does }) => `brytes svaret av etter ${does.afterBytes} byte`,
  },
  stall: {
    en: () => "nothing more is heard until the faults are over",
    nb: () => "blir det stille til feilene er over",
  },
  delay: {
    en: ({ does, at }) =>
      `the ${at.phase === "asked" ? "request" : "answer"} arrives ${duration(does.byMs, "en")} late`,
    nb: ({ does, at }) =>
      `kommer ${at.phase === "asked" ? "forespørselen" : "svaret"} ${duration(does.byMs, "nb")} for sent`,
  },
  repeat: {
    en: () => "the same request arrives once more, word for word, and only the second answer is heard",
    nb: () => "kommer den samme forespørselen én gang til, ord for ord, og bare det andre svaret høres",
  },
  answer: {
    en: ({ does, at }) =>
      `${partyWords(at.party, "en")} only answers ${does.status}${does.retryAfterSeconds === undefined ? "" : `, try again in ${duration(does.retryAfterSeconds * 1000, "en")}`}`,
    nb: ({ does, at }) =>
      `svarer ${partyWords(at.party, "nb")} bare ${does.status}${does.retryAfterSeconds === undefined ? "" : `, prøv igjen om ${duration(does.retryAfterSeconds * 1000, "nb")}`}`,
  },
  crash: {
    en: ({ does }) => `${crashed(does, "en")}, and it is started again at once`,
    nb: ({ does }) => `${crashed(does, "nb")}, og det startes igjen med en gang`,
  },
  stop: {
    en: ({ does }) =>
      `the system under test is asked to stop within ${duration(does.graceMs, "en")}, and is started again when it has`,
    nb: ({ does }) =>
      `blir systemet under test bedt om å stoppe innen ${duration(does.graceMs, "nb")}, og det startes igjen når det har stoppet`,
  },
  crashParty: {
    en: ({ does, at }) =>
      `${partyWords(at.party, "en")} itself goes down for ${duration(does.downMs, "en")} and forgets what it had only in memory`,
    nb: ({ does, at }) =>
      `går ${partyWords(at.party, "nb")} selv ned i ${duration(does.downMs, "nb")} og glemmer det som bare lå i minnet`,
  },
  pause: {
    en: ({ does }) => `the system under test is frozen for ${duration(does.forMs, "en")}`,
    nb: ({ does }) => `fryses systemet under test i ${duration(does.forMs, "nb")}`,
  },
};

function crashed(does: Extract<FaultAction, { kind: "crash" }>, language: Language): string {
  switch (does.class) {
    case "process":
      return language === "en"
        ? `the system under test is killed (${crashWords.process.en})`
        : `blir systemet under test drept (${crashWords.process.nb})`;
    case "power":
      return language === "en"
        ? `the system under test loses power (${crashWords.power[does.survives].en})`
        : `mister systemet under test strømmen (${crashWords.power[does.survives].nb})`;
  }
}

/** A fault as a sentence. */
export function faultWords(fault: Fault, language: Language): string {
  const [party = ""] = fault.at.split(".");
  const phase = fault.at.slice(fault.at.lastIndexOf(":") + 1);
  const said = (actionWords[fault.does.kind] as Saying<{ does: FaultAction; at: At }>)[language]({
    does: fault.does,
    at: { phase, party },
  });
  const where = boundaryWords(fault.at, language);
  const often = oftenWords(fault, language);
  return sentence(language === "en" ? `at ${where}, ${said}${often}.` : `ved ${where}, ${said}${often}.`);
}

function oftenWords(fault: Fault, language: Language): string {
  const times = fault.times ?? 1;
  if (!fault.at.includes("*") && times === 1) return "";
  if (language === "en") return times === 1 ? " (once)" : ` (the first ${times} times)`;
  return times === 1 ? " (én gang)" : ` (de første ${times} gangene)`;
}
