import type { AuthenticationSwitch, CorrespondenceSwitch } from "../../contracts/altinn/switches.ts";
import type { DispatchSwitch } from "../../contracts/altinn-dispatch/switches.ts";
import type { SwitchName } from "../../contracts/fiks/switches.ts";
import type { Language, Saying } from "./language.ts";

type Value = string | number | boolean;

/** Switches whose names no contract lists: those of the world and of people. */
type OtherSwitch = "pollIntervalMinutes" | "carriedByHandMinutes";

type WordedSwitch = SwitchName | AuthenticationSwitch | CorrespondenceSwitch | DispatchSwitch | OtherSwitch;

/** What a switch says where a scenario sets it, as a sentence. */
export const switchWords: Readonly<Record<WordedSwitch, Saying<Value>>> = {
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
  dispatchLifeDays: {
    en: (days) => `Altinn deletes the content of a criminal-case dispatch after ${days} days, opened or not.`,
    nb: (days) => `Altinn sletter innholdet i en straffesaksforsendelse etter ${days} dager, åpnet eller ikke.`,
  },
  readEndsIt: {
    en: (ends) =>
      ends === true
        ? "To the police, mail in Altinn has arrived once it is marked as read."
        : "To the police, mail in Altinn has not arrived by being marked as read.",
    nb: (ends) =>
      ends === true
        ? "For politiet er post i Altinn framme når den er merket som lest."
        : "For politiet er post i Altinn ikke framme selv om den er merket som lest.",
  },
  altinnTokenMinutes: {
    en: (minutes) => `A token exchanged at Altinn lives ${minutes} minutes.`,
    nb: (minutes) => `Et token vekslet inn hos Altinn lever i ${minutes} minutter.`,
  },
  confirmSeconds: {
    en: (seconds) => `Altinn writes a confirmation down ${seconds} seconds after it has accepted it.`,
    nb: (seconds) => `Altinn fører en bekreftelse ${seconds} sekunder etter at den er tatt imot.`,
  },
  confirmVerified: {
    en: (verified) =>
      verified === true
        ? "A confirmation that Altinn has accepted is written down as well."
        : "A confirmation that Altinn has accepted is never written down.",
    nb: (verified) =>
      verified === true
        ? "En bekreftelse som Altinn har tatt imot, blir også ført."
        : "En bekreftelse som Altinn har tatt imot, blir aldri ført.",
  },
  dialogSeconds: {
    en: (seconds) => `Altinn takes ${seconds} seconds to prepare mail for publication.`,
    nb: (seconds) => `Altinn bruker ${seconds} sekunder på å gjøre post klar til publisering.`,
  },
  scanSeconds: {
    en: (seconds) => `Altinn's virus scan takes ${seconds} seconds.`,
    nb: (seconds) => `Viruskontrollen i Altinn tar ${seconds} sekunder.`,
  },
  scanFindsMalware: {
    en: (finds) =>
      finds === true
        ? "Altinn's virus scan finds something in every file, so that nothing is published."
        : "Altinn's virus scan finds nothing.",
    nb: (finds) =>
      finds === true
        ? "Viruskontrollen i Altinn finner noe i hver fil, så ingenting blir publisert."
        : "Viruskontrollen i Altinn finner ingenting.",
  },
  leastFileDays: {
    en: (days) => `In Altinn files must be kept for ${days} days at least.`,
    nb: (days) => `I Altinn må filer beholdes i minst ${days} dager.`,
  },
  noticeMinutes: {
    en: (minutes) => `A notice is sent ${minutes} minutes after publication.`,
    nb: (minutes) => `Et varsel sendes ${minutes} minutter etter publisering.`,
  },
  reminderDays: {
    en: (days) => `Altinn reminds of what has not been read after ${days} days.`,
    nb: (days) => `Altinn minner om det som ikke er lest etter ${days} dager.`,
  },
  mailListCap: {
    en: (count) => `A list in Altinn shows at most ${count} messages; older ones are left out.`,
    nb: (count) => `En liste i Altinn viser høyst ${count} meldinger; eldre utelates.`,
  },
  downloadAll: {
    en: (can) =>
      can === true
        ? "All files can be fetched from Altinn at once."
        : "Files can be fetched from Altinn only one by one.",
    nb: (can) =>
      can === true ? "Alle filer kan hentes samlet fra Altinn." : "Filer kan bare hentes enkeltvis fra Altinn.",
  },
  pollIntervalMinutes: {
    en: (minutes) => `The system under test is to poll every ${minutes} minutes.`,
    nb: (minutes) => `Systemet under test skal spørre hvert ${minutes}. minutt.`,
  },
  carriedByHandMinutes: {
    en: (minutes) => `It takes ${minutes} minutes to carry a message by hand from Altinn into the case system.`,
    nb: (minutes) => `Det tar ${minutes} minutter å føre en melding for hånd fra Altinn inn i fagsystemet.`,
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
