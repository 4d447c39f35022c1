/** Invented people. No name, number or address belongs to anybody. */
export type Family = {
  readonly reporter: string;
  readonly role: string;
  readonly workplace: string;
  readonly neighbour: string;
  readonly surname: string;
  readonly guardians: readonly [string, string];
  readonly street: string;
  readonly postcode: string;
  readonly town: string;
};

/** Enough for messages to differ; a label always draws the same. */
export const families: readonly Family[] = [
  {
    reporter: "Torunn Ekrehagen",
    role: "Kontaktlærer",
    workplace: "Solvoll skole",
    neighbour: "Egil Myrstrand",
    surname: "Lyngheim",
    guardians: ["Hanne Lyngheim", "Roar Lyngheim"],
    street: "Tangebakken 4",
    postcode: "9901",
    town: "Fjordvik",
  },
  {
    reporter: "Jens Aukrustmo",
    role: "Helsesykepleier",
    workplace: "Bekkefaret helsestasjon",
    neighbour: "Solveig Rambøl",
    surname: "Vårdal",
    guardians: ["Ingunn Vårdal", "Pål Tveitås"],
    street: "Naustgata 11 B",
    postcode: "9902",
    town: "Fjordvik",
  },
  {
    reporter: "Åse Kvernøy",
    role: "Pedagogisk leder",
    workplace: "Måneglimt barnehage",
    neighbour: "Bjørg Sætertun",
    surname: "Østhus",
    guardians: ["Kjersti Østhus", "Øivind Østhus"],
    street: "Ærfuglvegen 27",
    postcode: "9911",
    town: "Skarnes øst",
  },
  {
    reporter: "Samira Haldorsdatter",
    role: "Vakthavende lege",
    workplace: "Nordre legevakt",
    neighbour: "Leif Gravdalen",
    surname: "Brattskar",
    guardians: ["Mona Brattskar", "Terje Brattskar"],
    street: "Gamle Dampskipskai 2",
    postcode: "9903",
    town: "Fjordvik",
  },
];

/** Letters that get lost: Norwegian, Northern and Southern Sámi, Kven and combining ones. */
export const accentFamily: Family = {
  reporter: "Máret-Áilu Čáhppesgielas",
  role: "Rádđeaddi – rådgiver",
  workplace: "Gárdin ŋiŋŋelas mánáidgárdi",
  neighbour: "Ǩiurâl Põõrtâs",
  surname: "Ŧuodđarjohka",
  guardians: ["Gïelem Åarjelsïjte", "Þóra Ǧuđđé"],
  street: "Šelggáluodda 9 «Bååstede»",
  postcode: "9990",
  town: "Deanušaldi",
};

const firstNames = ["Ylva", "Eskil", "Nora", "Trym", "Sunniva", "Odin", "Live", "Brage", "Alva", "Sverre"];
const accentNames = ["Ánne", "Ŋáŋŋá", "Čearret", "Žan-Đorđe", "Gööke"];

/** The nth child's first name in a family. */
export function firstName(nth: number, accents: boolean): string {
  const names = accents ? accentNames : firstNames;
  return names[nth % names.length] ?? "Ylva";
}

/** A synthetic national id number: month + 80, valid check digits. */
export function syntheticNumber(nth: number): string {
  const day = String((nth % 28) + 1).padStart(2, "0");
  const month = String(81 + (nth % 12));
  const year = String(10 + (nth % 10));
  for (let serial = 500 + nth; ; serial++) {
    const nine = [...`${day}${month}${year}${serial}`].map(Number);
    const first = checkDigit(nine, [3, 7, 6, 1, 8, 9, 4, 5, 2]);
    const second = checkDigit([...nine, first], [5, 4, 3, 2, 7, 6, 5, 4, 3, 2]);
    if (first < 10 && second < 10) return `${nine.join("")}${first}${second}`;
  }
}

function checkDigit(digits: readonly number[], weights: readonly number[]): number {
  const sum = digits.reduce((total, digit, i) => total + digit * (weights[i] ?? 0), 0);
  return (11 - (sum % 11)) % 11;
}
