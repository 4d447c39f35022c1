import { organizationNumber } from "../core/organization-number.ts";

const first = [
  "Fjord",
  "Stor",
  "Lille",
  "Nord",
  "Sør",
  "Øst",
  "Vest",
  "Myr",
  "Gran",
  "Bjørke",
  "Eike",
  "Furu",
  "Sol",
  "Elve",
  "Fosse",
  "Dale",
  "Skog",
  "Haug",
  "Stein",
  "Rogn",
];
const last = [
  "vika",
  "hamna",
  "bygda",
  "lund",
  "voll",
  "neset",
  "åsen",
  "sundet",
  "vang",
  "heim",
  "moen",
  "tangen",
  "strand",
  "eid",
  "rud",
  "stad",
  "foss",
  "lia",
];

/** An invented place by a number that is not in use: the same for the same number. */
export function invented(number: number): {
  readonly number: string;
  readonly name: string;
  readonly organizationNumber: string;
} {
  const nth = number % (first.length * last.length);
  const name = `${first[nth % first.length]}${last[Math.floor(nth / first.length)]}`;
  return { number: String(number), name, organizationNumber: organizationNumber(31_000_000 + number) };
}
