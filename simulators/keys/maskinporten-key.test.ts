import { createPublicKey, verify } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { maskinportenPublicKey, signedByMaskinporten } from "./maskinporten-key.ts";

const key = createPublicKey(maskinportenPublicKey);
const fits = (text: string, signature: string): boolean =>
  verify("sha256", Buffer.from(text), key, Buffer.from(signature, "base64url"));

describe("Maskinporten's key", () => {
  it("is, to whoever reads it, RSA-2048 with the usual exponent", () => {
    expect(key.asymmetricKeyDetails).toEqual({ modulusLength: 2048, publicExponent: 65_537n });
  });

  it("gives signatures that OpenSSL finds to be RS256's, of that text and no other", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), (text) => {
        const signature = signedByMaskinporten(text);
        expect([signature.length, fits(text, signature), fits(`${text} `, signature)]).toEqual([342, true, false]);
      }),
      { numRuns: 500, seed: 1 },
    );
  });
});
