import { spawnSync } from "node:child_process";
import http, { request as boundBefore, type ClientRequest } from "node:http";
import { setupServer } from "msw/node";
import { fetch as fetchOfUndici } from "undici";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createWorld, type TestWorld, unreachable } from "./msw.ts";

const server = setupServer();
beforeAll(() => server.listen());
afterAll(() => server.close());

/** A world and an address of it that answers whoever asks. */
function placed(): { readonly world: TestWorld; readonly at: string } {
  const world = createWorld({ channels: ["altinn-correspondence"], poll: () => {} });
  server.use(...world.handlers);
  return { world, at: new URL("/jwk", world.endpoints.maskinporten?.tokenEndpoint).href };
}

const loadedByNode = `
import http, { request } from "node:http";
import { setupServer } from "msw/node";
import { createWorld } from "komfrem/msw";
const world = createWorld({ channels: ["altinn-correspondence"], poll() {} });
setupServer(...world.handlers).listen();
const at = new URL("/jwk", world.endpoints.maskinporten.tokenEndpoint);
const ends = (asked) => new Promise((resolve) => {
  asked.on("response", (response) => resolve(response.resume().statusCode)).on("error", ({ code }) => resolve(code)).end();
});
process.stdout.write("default " + await ends(http.request(at)) + ", named " + await ends(request(at)));
`;

/** The status that was answered, or the code of the error that came instead. */
const status = (asked: ClientRequest): Promise<unknown> =>
  new Promise((resolve) => {
    asked.on("response", (response) => resolve(response.resume().statusCode));
    asked.on("error", ({ code }: NodeJS.ErrnoException) => resolve(code));
    asked.end();
  });
const codeOf = (error: unknown): unknown => (error as { cause?: { code?: unknown } }).cause?.code;

describe("what docs/daily.md says that MSW reaches", () => {
  it("is Node's own fetch, and node:http through its default import", async () => {
    const { at } = placed();
    expect((await fetch(at)).status).toBe(200);
    expect(await status(http.request(at))).toBe(200);
    expect(await status(http.get(at))).toBe(200);
  });

  it("is a named import of node:http where Vitest loads the module, and none where Node does", async () => {
    expect(await status(boundBefore(placed().at))).toBe(200);
    const { stdout, stderr } = spawnSync(process.execPath, ["--input-type=module", "--eval", loadedByNode], {
      cwd: import.meta.dirname,
      encoding: "utf8",
    });
    expect(stdout, stderr).toMatch(/^default 200, named (ENOTFOUND|EAI_AGAIN)$/);
  });

  it("is not npm's undici", async () => {
    expect(await fetchOfUndici(placed().at).then(({ status }) => status, codeOf)).toMatch(/^(ENOTFOUND|EAI_AGAIN)$/);
  });

  it("shows a refused connection as one that was reset", async () => {
    const { world, at } = placed();
    world.does(unreachable("maskinporten", { hours: 1 }));
    expect(await fetch(at).then(({ status }) => status, codeOf)).toBe("UND_ERR_SOCKET");
    expect(await status(http.request(at))).toBe("ECONNRESET");
  });
});
