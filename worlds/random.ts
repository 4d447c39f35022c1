import type { Random } from "../core/clock.ts";

/** Names the algorithm and its seeding: a seed is only repeatable with the generator it was drawn for. */
export const generatorVersion = "sfc32-1";

function mix(text: string, seed: number): number {
  let h = (0x811c9dc5 ^ seed) >>> 0;
  for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193) >>> 0;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b) >>> 0;
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35) >>> 0;
  return (h ^ (h >>> 16)) >>> 0;
}

/** Seeded randomness (sfc32). Forks are drawn from the path of names, never from the parent's state. */
export function seededRandom(seed: number, path = "run"): Random {
  let a = mix(`${path}/a`, seed);
  let b = mix(`${path}/b`, seed);
  let c = mix(`${path}/c`, seed);
  let d = 1;
  const bits = (): number => {
    const t = (((a + b) | 0) + d) | 0;
    d = (d + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (c << 21) | (c >>> 11);
    c = (c + t) | 0;
    return t >>> 0;
  };
  for (let i = 0; i < 12; i++) bits();
  const hex = (digits: number): string => {
    let text = "";
    while (text.length < digits) text += bits().toString(16).padStart(8, "0");
    return text.slice(0, digits);
  };
  return {
    next: () => bits() / 0x1_0000_0000,
    between: (low, high) => low + (bits() % (high - low + 1)),
    uuid: () => {
      const variant = "89ab"[bits() & 3];
      return `${hex(8)}-${hex(4)}-4${hex(3)}-${variant}${hex(3)}-${hex(12)}`;
    },
    fork: (name) => seededRandom(seed, `${path}/${name}`),
  };
}
