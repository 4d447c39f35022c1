import type { Random } from "../core/clock.ts";

/** Names the algorithm and its seeding: a seed is only repeatable with the generator it was drawn for. */
export const generatorVersion = "sfc32-2";

function mix(text: string, seed: number): number {
  let h = (0x811c9dc5 ^ seed) >>> 0;
  for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193) >>> 0;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b) >>> 0;
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35) >>> 0;
  return (h ^ (h >>> 16)) >>> 0;
}

const hex: readonly string[] = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, "0"));

/** Two hexadecimal digits: the byte of a word that begins at a bit. */
function pair(word: number, bit: number): string {
  return hex[(word >>> bit) & 0xff] ?? "00";
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
  return {
    next: () => bits() / 0x1_0000_0000,
    between: (low, high) => low + (bits() % (high - low + 1)),
    uuid: () => {
      const [p, q, r, s] = [bits(), bits(), bits(), bits()];
      const version = 0x40 | ((q >>> 8) & 0x0f);
      const variant = 0x80 | ((r >>> 24) & 0x3f);
      return `${pair(p, 24)}${pair(p, 16)}${pair(p, 8)}${pair(p, 0)}-${pair(q, 24)}${pair(q, 16)}-${hex[version]}${pair(q, 0)}-${hex[variant]}${pair(r, 16)}-${pair(r, 8)}${pair(r, 0)}${pair(s, 24)}${pair(s, 16)}${pair(s, 8)}${pair(s, 0)}`;
    },
    fork: (name) => seededRandom(seed, `${path}/${name}`),
  };
}
