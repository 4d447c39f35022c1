/** What a difference means for somebody who goes by the old description and meets somebody who goes by the new one. */
export type Verdict = "breaking" | "risky" | "safe";
export type Effect = { readonly verdict: Verdict; readonly why: string };

/** One difference between two descriptions, from both sides. */
export type Difference = {
  /** File, then place: `openapi.yaml POST /a, request /b`. */
  readonly where: string;
  readonly what: string;
  /** For a consumer of the old description whose provider goes by the new one. */
  readonly consumer: Effect;
  /** For a provider of the old description whose consumer goes by the new one. */
  readonly provider: Effect;
};

export const breaking = (why: string): Effect => ({ verdict: "breaking", why });
export const risky = (why: string): Effect => ({ verdict: "risky", why });
export const safe = (why: string): Effect => ({ verdict: "safe", why });

/** Whether a value is a JSON object. */
export function isFields(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The same text for equal values, whatever the order of their fields. */
export function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join()}]`;
  if (!isFields(value)) return JSON.stringify(value) ?? "undefined";
  const fields = Object.keys(value).sort();
  return `{${fields.map((name) => `${JSON.stringify(name)}:${canonical(value[name])}`).join()}}`;
}
