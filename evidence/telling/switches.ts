import type { SwitchName } from "../../contracts/fiks/switches.ts";
import type { Language, Saying } from "./language.ts";

type Value = string | number | boolean;

/** What a switch says where a scenario sets it, as a sentence. */
export const switchWords: Readonly<Record<SwitchName, Saying<Value>>> = {
  retentionDays: {
    en: (days) => `The portal deletes its copy ${days} days after a positive receipt.`,
    nb: (days) => `Portalen sletter sin kopi ${days} dager etter en positiv kvittering.`,
  },
  ttlHours: {
    en: (hours) => `A message may wait ${hours} hours in its queue in Fiks IO.`,
    nb: (hours) => `En melding kan vente ${hours} timer i køen i Fiks IO.`,
  },
  bareHeaders: {
    en: (bare) =>
      bare === true
        ? "The message's id stands in a header without prefix."
        : "The message's id stands in a header with prefix.",
    nb: (bare) =>
      bare === true ? "Meldingens id står i et felt uten prefiks." : "Meldingens id står i et felt med prefiks.",
  },
  attempts: {
    en: (attempts) => `Fiks IO gives a message up after ${attempts} failed attempts.`,
    nb: (attempts) => `Fiks IO gir opp en melding etter ${attempts} mislykte forsøk.`,
  },
  prefetchedAttempts: {
    en: (counts) =>
      counts === true
        ? "A lost connection uses up an attempt of every message fetched ahead."
        : "A lost connection uses up no attempt of messages fetched ahead.",
    nb: (counts) =>
      counts === true
        ? "En brutt forbindelse bruker opp et forsøk for hver melding som er hentet på forhånd."
        : "En brutt forbindelse bruker ikke opp forsøk for meldinger som er hentet på forhånd.",
  },
  expiresAtHead: {
    en: (head) =>
      head === true
        ? "A message's expiry is seen only when it is first in its queue."
        : "A message expires wherever it stands in its queue.",
    nb: (head) =>
      head === true
        ? "At en melding er utløpt, oppdages først når den er fremst i køen."
        : "En melding utløper uansett hvor den står i køen.",
  },
  unackedExpires: {
    en: (expires) =>
      expires === true
        ? "A message can expire while it is being handled."
        : "A message cannot expire while it is being handled.",
    nb: (expires) =>
      expires === true ? "En melding kan utløpe mens den behandles." : "En melding kan ikke utløpe mens den behandles.",
  },
  ackTimeoutMinutes: {
    en: (minutes) =>
      minutes === 0
        ? "A message may be held for ever before it is settled."
        : `Fiks IO closes the channel when a message has been held for ${minutes} minutes.`,
    nb: (minutes) =>
      minutes === 0
        ? "En melding kan holdes ubegrenset før det gjøres opp for den."
        : `Fiks IO stenger kanalen når en melding er holdt i ${minutes} minutter.`,
  },
  paperAfterWorkingDays: {
    en: (days) => `The portal sends paper when ${days} working days have passed without a receipt.`,
    nb: (days) => `Portalen sender papir når det er gått ${days} virkedager uten kvittering.`,
  },
  replyTtlDays: {
    en: (days) => `A receipt may wait ${days} days for the portal.`,
    nb: (days) => `En kvittering kan vente ${days} dager på portalen.`,
  },
};

/** A switch as a scenario sets it; one we have no words for by its name. */
export function switchSentence(name: string, value: Value, language: Language): string {
  const words = (switchWords as Readonly<Record<string, Saying<Value>>>)[name];
  if (words !== undefined) return words[language](value);
  return language === "en" ? `“${name}” is ${String(value)}.` : `«${name}» er ${String(value)}.`;
}
