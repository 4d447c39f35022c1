/** The languages that scenarios and reports are told in: English and Bokmål. */
export const languages = ["en", "nb"] as const;
export type Language = (typeof languages)[number];

/** The same words in every language; one that is missing is a type error. */
export type Words = Readonly<Record<Language, string>>;

/** The same sentence in every language, about one value. */
export type Saying<Value> = Readonly<Record<Language, (value: Value) => string>>;

/** `A, B and C`. */
export function listed(items: readonly string[], language: Language): string {
  const last = items.at(-1) ?? "";
  if (items.length < 2) return last;
  return `${items.slice(0, -1).join(", ")} ${language === "en" ? "and" : "og"} ${last}`;
}

/** A label as it stands in a sentence: one that could be taken for a word is quoted. */
export function named(label: string, language: Language): string {
  if (/^[A-Z][A-Z0-9]{0,2}$/.test(label)) return label;
  return language === "en" ? `“${label}”` : `«${label}»`;
}

/** The text with its first letter in upper case. */
export function sentence(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
