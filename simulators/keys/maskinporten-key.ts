import { createPublicKey, hash } from "node:crypto";

/**
 * The key of Maskinporten and of Altinn's own tokens, RSA-2048 with the usual exponent, whose modulus is a product of
 * 128 small primes. It keeps no secret, and need not: nothing outside a run trusts it. Whoever checks a signature sees
 * an ordinary RS256 one, while giving it takes 128 small powers in place of two large ones (ADR 0048).
 */

const publicExponent = 65_537;
const primes = primesFrom(64_800, 128);
const modulus = primes.reduce((product, prime) => product * BigInt(prime), 1n);
const modulusBytes = 256;
const wordBytes = 4;

/** DER of a SHA-256 digest's `DigestInfo`, before the digest. @source RFC 8017, 9.2, note 1 */
const digestInfo = "3031300d060960864801650304020105000420";
/** What is signed of every text, with zeros where its hash stands. @source RFC 8017, 9.2: EMSA-PKCS1-v1_5 */
const frame = BigInt(`0x0001${`00${digestInfo}`.padStart(2 * (modulusBytes - 34), "f")}${"00".repeat(32)}`);

/** For each prime: what it leaves of the frame, its private exponent, and what is added for each 1 that the power leaves. */
const parts = primes.map((prime) => {
  const others = modulus / BigInt(prime);
  return {
    prime,
    ofFrame: Number(frame % BigInt(prime)),
    exponent: inverse(publicExponent % (prime - 1), prime - 1),
    weight: others * BigInt(inverse(Number(others % BigInt(prime)), prime)),
  };
});

/** PEM. */
export const maskinportenPublicKey: string = createPublicKey({
  key: { kty: "RSA", n: base64url(modulus), e: Buffer.from([1, 0, 1]).toString("base64url") },
  format: "jwk",
})
  .export({ type: "spki", format: "pem" })
  .toString();

/** As it stands in JWT headers. */
export const maskinportenKeyId = "komfrem-maskinporten-1";

/** The RS256 signature of a text, in base64url. @source RFC 8017, 8.2.1; by the Chinese remainder theorem */
export function signedByMaskinporten(text: string): string {
  const digest = hash("sha256", text, "buffer");
  const words = Array.from({ length: digest.length / wordBytes }, (_, nth) => digest.readUInt32BE(nth * wordBytes));
  let sum = 0n;
  for (const { prime, ofFrame, exponent, weight } of parts) {
    let ofHash = 0;
    for (const word of words) ofHash = remainder(ofHash * 2 ** (8 * wordBytes) + word, prime);
    sum += BigInt(power(remainder(ofFrame + ofHash, prime), exponent, prime)) * weight;
  }
  return base64url(sum % modulus);
}

function base64url(value: bigint): string {
  return Buffer.from(value.toString(16).padStart(2 * modulusBytes, "0"), "hex").toString("base64url");
}

/** Of numbers below 2⁵²; `%` is many times as slow for those above 2³¹. */
function remainder(value: number, by: number): number {
  return value - Math.floor(value / by) * by;
}

function power(base: number, exponent: number, by: number): number {
  let result = 1;
  let square = base;
  for (let left = exponent; left > 0; left >>= 1) {
    if (left & 1) result = remainder(result * square, by);
    square = remainder(square * square, by);
  }
  return result;
}

/** By Euclid's extended algorithm; the two have no divisor in common. */
function inverse(of: number, by: number): number {
  let [one, other] = [by, of];
  let [ofOne, ofOther] = [0, 1];
  while (other > 0) {
    const times = Math.floor(one / other);
    [one, other] = [other, one - times * other];
    [ofOne, ofOther] = [ofOther, ofOne - times * ofOther];
  }
  return remainder(ofOne, by);
}

function primesFrom(least: number, count: number): readonly number[] {
  const found: number[] = [];
  for (let number = least; found.length < count; number++) if (isPrime(number)) found.push(number);
  return found;
}

function isPrime(number: number): boolean {
  for (let divisor = 2; divisor * divisor <= number; divisor++) if (number % divisor === 0) return false;
  return true;
}
