import { describe, expect, it } from "vitest";
import { AltinnTokens } from "./altinn-tokens.ts";
import { hourMs, mailWorld, startMs } from "./mail-world.fixture.ts";
import { NoTokenError } from "./maskinporten.ts";

const ending = (ms: number): string =>
  `head.${Buffer.from(JSON.stringify({ exp: (startMs + ms) / 1000 })).toString("base64url")}.signature`;

describe("a token of Altinn's", () => {
  it.each([
    ["bare", ending(hourMs)],
    ["in quotation marks", `"${ending(hourMs)}"`],
  ])("comes %s", async (_, text) => {
    const { host } = mailWorld({ exchange: [{ status: 200, text }] });
    expect(await new AltinnTokens(host).get()).toBe(ending(hourMs));
  });

  it("is used until ten seconds before its own end, by everybody who asks", async () => {
    const { host, count } = mailWorld({ exchange: [{ status: 200, text: ending(60_000) }] });
    const tokens = new AltinnTokens(host);
    await Promise.all([tokens.get(), tokens.get()]);
    await tokens.get();
    expect([count("grant"), count("exchange")]).toEqual([1, 1]);
  });

  it("is exchanged again once it is about to end", async () => {
    const { host, count } = mailWorld({ exchange: [{ status: 200, text: ending(9000) }] });
    const tokens = new AltinnTokens(host);
    await tokens.get();
    await tokens.get();
    expect([count("grant"), count("exchange")]).toEqual([1, 2]);
  });

  it("is not to be had while the exchange refuses, and comes of a new grant afterwards", async () => {
    const { host, count } = mailWorld({ exchange: [{ status: 401 }, { status: 200, text: ending(hourMs) }] });
    const tokens = new AltinnTokens(host);
    await expect(tokens.get()).rejects.toThrow(NoTokenError);
    await tokens.get();
    expect([count("grant"), count("exchange")]).toEqual([2, 2]);
  });
});
