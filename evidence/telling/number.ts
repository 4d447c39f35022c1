import type { Language } from "./language.ts";

/** A whole number as it is written: `1,307` and `11,400`; `1307` and `11 400`, which a line break does not part. */
export function number(count: number, language: Language): string {
  const digits = String(count);
  if (language === "nb" && digits.length < 5) return digits;
  return digits.replaceAll(/\B(?=(\d{3})+$)/g, language === "en" ? "," : "\u00a0");
}
