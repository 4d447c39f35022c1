import type { Label } from "./names.ts";

/** Where in a part a canary sits. */
export type CanaryPosition = "name" | "head" | "middle" | "tail";

/** A planted word: 16 characters of an alphabet without look-alikes that survives case folding and file-name rules. */
export type Canary = {
  readonly word: string;
  readonly message: Label;
  readonly part: string;
  readonly position: CanaryPosition;
};

const alphabet = "ACDEFHJKMNPQRTUVWXY347";
export const canaryLength = 16;
const tokenLength = 6;

function spell(hash: () => number, length: number): string {
  let word = "";
  for (let i = 0; i < length; i++) word += alphabet[hash() % alphabet.length];
  return word;
}

/** A small deterministic stream of 32-bit numbers from a text (FNV-1a into xorshift); not for secrets. */
function numbersFrom(text: string): () => number {
  let h = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193) >>> 0;
  let x = h === 0 ? 0x9e3779b9 : h;
  return () => {
    x ^= x << 13;
    x >>>= 0;
    x ^= x >>> 17;
    x ^= x << 5;
    x >>>= 0;
    return x;
  };
}

/** The first letters of every canary of a run, so that a text is searched for one word only. */
export function runToken(run: string): string {
  return spell(numbersFrom(`run ${run}`), tokenLength);
}

/** The canary for one place of one message of one run; equal for equal arguments, on every machine. */
export function canary(run: string, message: Label, part: string, position: CanaryPosition): Canary {
  const word =
    runToken(run) + spell(numbersFrom(`${run}\n${message}\n${part}\n${position}`), canaryLength - tokenLength);
  return { word, message, part, position };
}

/** Every word in a text that starts with the run's token, in upper case, in order; duplicates kept. */
export function canariesIn(text: string, token: string): string[] {
  const found: string[] = [];
  const hay = text.toUpperCase();
  for (let at = hay.indexOf(token); at >= 0; at = hay.indexOf(token, at + 1))
    found.push(hay.slice(at, at + canaryLength));
  return found;
}
