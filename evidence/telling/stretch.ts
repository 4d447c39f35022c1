import type { Scenario, Step } from "../../core/scenario.ts";
import { grouped } from "../grouped.ts";
import { duration } from "./duration.ts";
import { type Language, sentence } from "./language.ts";
import { wayWords } from "./mail.ts";
import { number } from "./number.ts";
import { type Meanwhile, type Stretch, shapeOf } from "./parts.ts";
import { formWords, labelsWords, recipientWords, sendingWords, spacedWords } from "./steps.ts";
import { partyWords } from "./words.ts";

type Sends = Extract<Step, { kind: "sends" }>;

const dayMs = 86_400_000;
const monthMs = 30.4 * dayMs;
const yearMs = 365.25 * dayMs;

/** Many messages by their numbers: over how long, how many by whom and by which way, and what happens meanwhile. */
export function stretchWords(
  { sends, everyMs, lastsMs, meanwhile }: Stretch,
  scenario: Scenario,
  language: Language,
): string {
  const [first] = sends;
  if (first === undefined) return "";
  const labels = sends.map(({ label }) => label);
  const spaced = everyMs === undefined ? {} : { everyMs };
  const groups = [...grouped(sends, (step) => JSON.stringify([step.by, step.mail])).values()];
  const told =
    grouped(sends, (step) => shapeOf(step, ["label", "to"])).size === 1
      ? sendingWords({ first, labels, ...spaced, municipalities: placesOf(sends).size, scenario }, language)
      : severalWords(groups, { sends, everyMs, lastsMs }, scenario, language);
  return [told, ...meanwhileWords(meanwhile, language)].join(" ");
}

function placesOf(sends: readonly Sends[]): Set<string> {
  return new Set(sends.map(({ to }) => to.municipality));
}

function severalWords(
  groups: readonly (readonly Sends[])[],
  { sends, everyMs, lastsMs }: Pick<Stretch, "sends" | "lastsMs"> & { readonly everyMs: number | undefined },
  scenario: Scenario,
  language: Language,
): string {
  const [first] = sends;
  if (first === undefined) return "";
  const what = labelsWords(
    sends.map(({ label }) => label),
    language,
  );
  const forms = new Set(sends.map((step) => formWords(step, language)));
  const form = forms.size === 1 ? ` ${formWords(first, language)}` : "";
  const spaced = everyMs === undefined ? "" : spacedWords(everyMs, language);
  const over = lastsMs === 0 ? "" : aboutWords(lastsMs, language);
  const lead =
    language === "en"
      ? `${over === "" ? "" : `over ${over}, `}${what}${form} are sent${spaced}`
      : over === ""
        ? `${what}${form} sendes${spaced}`
        : `i løpet av ${over} sendes ${what}${form}${spaced}`;
  const clauses = groups.map((group) => clauseOf(group, scenario, language));
  return sentence(`${lead}: ${clauses.join("; ")}.`);
}

function clauseOf(group: readonly Sends[], scenario: Scenario, language: Language): string {
  const [first] = group;
  if (first === undefined) return "";
  const who = partyWords(
    first.by !== undefined ? "police" : scenario.tests === "sender" ? "sender" : "portal",
    language,
  );
  const count = number(group.length, language);
  const way = wayWords(first, group.length > 1, language);
  const places = placesOf(group).size;
  const to =
    places === 1
      ? recipientWords(first.to, scenario, language)
      : `${number(places, language)} ${language === "en" ? "municipalities" : "kommuner"}`;
  return language === "en" ? `${count} by ${who}${way}, to ${to}` : `${count} av ${who}${way}, til ${to}`;
}

/** `about 5 years`: as exact as one would say it. */
function aboutWords(ms: number, language: Language): string {
  const years = Math.round(ms / yearMs);
  if (years >= 2) return language === "en" ? `about ${years} years` : `omtrent ${years} år`;
  const months = Math.round(ms / monthMs);
  if (months >= 2) return language === "en" ? `about ${months} months` : `omtrent ${months} måneder`;
  return duration(ms < dayMs ? ms : Math.round(ms / dayMs) * dayMs, language);
}

function meanwhileWords(meanwhile: readonly Meanwhile[], language: Language): string[] {
  const kinds = grouped(meanwhile, (step) =>
    step.kind === "away"
      ? JSON.stringify([step.forMs, step.deputy !== undefined])
      : JSON.stringify([step.right, step.granted]),
  );
  return [...kinds.values()].flatMap((group) => {
    const [first] = group;
    if (first === undefined) return [];
    const times = timesWords(group.length, language);
    switch (first.kind) {
      case "away":
        return language === "en"
          ? `Meanwhile, somebody is away for ${duration(first.forMs, "en")}, ${times}; ${first.deputy === undefined ? "nobody" : "a deputy"} looks instead.`
          : `I mellomtiden er noen borte i ${duration(first.forMs, "nb")}, ${times}; ${first.deputy === undefined ? "ingen" : "en vikar"} følger med i stedet.`;
      case "entitles":
        return language === "en"
          ? `Meanwhile, somebody ${first.granted ? "is given" : "loses"} a right in Altinn, ${times}.`
          : `I mellomtiden ${first.granted ? "får" : "mister"} noen en tilgang i Altinn, ${times}.`;
    }
    return [];
  });
}

function timesWords(count: number, language: Language): string {
  if (count === 1) return language === "en" ? "once" : "én gang";
  return language === "en" ? `${number(count, "en")} times in all` : `${number(count, "nb")} ganger i alt`;
}
