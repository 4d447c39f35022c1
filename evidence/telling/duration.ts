import { type Language, listed } from "./language.ts";

const units = [
  { ms: 86_400_000, en: ["day", "days"], nb: ["dag", "dager"] },
  { ms: 3_600_000, en: ["hour", "hours"], nb: ["time", "timer"] },
  { ms: 60_000, en: ["minute", "minutes"], nb: ["minutt", "minutter"] },
  { ms: 1000, en: ["second", "seconds"], nb: ["sekund", "sekunder"] },
  { ms: 1, en: ["millisecond", "milliseconds"], nb: ["millisekund", "millisekunder"] },
] as const;

/** A duration in words, exact to the millisecond: `1 day and 2 hours`, `3 dager`. */
export function duration(ms: number, language: Language): string {
  let left = Math.round(ms);
  const said: string[] = [];
  for (const unit of units) {
    const count = Math.floor(left / unit.ms);
    if (count === 0) continue;
    left -= count * unit.ms;
    said.push(`${count} ${unit[language][count === 1 ? 0 : 1]}`);
  }
  return said.length === 0 ? `0 ${units[3][language][1]}` : listed(said, language);
}

const shortUnits = [
  { ms: 86_400_000, en: "d", nb: "d" },
  { ms: 3_600_000, en: "h", nb: "t" },
  { ms: 60_000, en: "min", nb: "min" },
  { ms: 1000, en: "s", nb: "s" },
] as const;

/** A duration for a column: its two largest units, `14 d 2 h`, `2 min 3 s`, `1.25 s`, `40 ms`. */
export function shortDuration(ms: number, language: Language): string {
  if (ms < 1000) return `${Math.round(ms)} ms`;
  if (ms < 60_000) {
    const seconds = String(Math.floor(ms / 10) / 100);
    return `${language === "nb" ? seconds.replace(".", ",") : seconds} s`;
  }
  const largest = shortUnits.findIndex((unit) => ms >= unit.ms);
  const [big, small] = [shortUnits[largest], shortUnits[largest + 1]];
  if (big === undefined || small === undefined) return `${Math.round(ms / 1000)} s`;
  const count = Math.floor(ms / big.ms);
  const rest = Math.floor((ms - count * big.ms) / small.ms);
  return `${count} ${big[language]}${rest === 0 ? "" : ` ${rest} ${small[language]}`}`;
}

const weekdays = {
  en: ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"],
  nb: ["søndag", "mandag", "tirsdag", "onsdag", "torsdag", "fredag", "lørdag"],
} as const;
const months = {
  en: [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
  ],
  nb: [
    "januar",
    "februar",
    "mars",
    "april",
    "mai",
    "juni",
    "juli",
    "august",
    "september",
    "oktober",
    "november",
    "desember",
  ],
} as const;

/** An Oslo local time in words: `Monday 8 May 2023, 08:00`, `mandag 8. mai 2023 kl. 08.00`. */
export function moment(local: string, language: Language): string {
  const [year = 0, month = 1, day = 1, hour = 0, minute = 0] = local.split(/[-T:]/).map(Number);
  const weekday = weekdays[language][new Date(Date.UTC(year, month - 1, day)).getUTCDay()];
  const name = months[language][month - 1];
  const [hh, mm] = [hour, minute].map((part) => String(part).padStart(2, "0"));
  switch (language) {
    case "en":
      return `${weekday} ${day} ${name} ${year}, ${hh}:${mm}`;
    case "nb":
      return `${weekday} ${day}. ${name} ${year} kl. ${hh}.${mm}`;
  }
}
