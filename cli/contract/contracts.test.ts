import { globSync, readFileSync } from "node:fs";
import { basename, join, relative, resolve } from "node:path";
import { describe, expect, it } from "vitest";
import type { Reply } from "../../simulators/wire.ts";
import { ourContracts } from "./ours.ts";
import type { PactFile } from "./pact-file.ts";
import { Stand, type Tampering } from "./stand.ts";
import { type Result, verified } from "./verifier.ts";

const contracts = resolve(import.meta.dirname, "../../contracts");
const files = globSync(join(contracts, "*/pact/*.json")).sort();
const named = (name: string): PactFile =>
  JSON.parse(readFileSync(files.find((file) => basename(file) === `${name}.json`) ?? name, "utf8"));

/** Verifies against our simulators, and only interactions whose description holds the text. */
async function against(pact: PactFile, only = "", tampering: Tampering = {}): Promise<readonly Result[]> {
  const stand = await new Stand(pact.metadata.komfrem?.role ?? "integration", tampering).open();
  try {
    const interactions = pact.interactions.filter(({ description }) => description.includes(only));
    return await verified(
      { ...pact, interactions },
      { providerUrl: stand.url, statesUrl: stand.statesUrl, messagesUrl: stand.messagesUrl },
    );
  } finally {
    await stand.close();
  }
}

const failed = (results: readonly Result[]): readonly Result[] => results.filter(({ held }) => !held);

function renamed(value: unknown, from: string, to: string): unknown {
  if (Array.isArray(value)) return value.map((each) => renamed(each, from, to));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, each]) => [name === from ? to : name, renamed(each, from, to)]),
  );
}

/** The answers of a simulator in which one field has another name. */
const renames = (field: string): Tampering => ({
  answer: (reply) => {
    try {
      const value: unknown = JSON.parse(Buffer.from(reply.body as Uint8Array).toString());
      return { ...reply, body: Buffer.from(JSON.stringify(renamed(value, field, `${field}2`))) };
    } catch {
      return reply;
    }
  },
  message: ({ headers, contents }) => ({ headers, contents: renamed(contents, field, `${field}2`) }),
});

/** The answers of a simulator that lack one header. */
const drops = (header: string): Tampering => ({
  answer: (reply): Reply => ({ ...reply, headers: reply.headers.filter(([name]) => name !== header) }),
  message: ({ headers, contents }) => ({
    headers: Object.fromEntries(Object.entries(headers).filter(([name]) => name !== header)),
    contents,
  }),
});

describe("the contracts of our sound designs", () => {
  it("are what those designs exchange today: komfrem contract ours writes them", { timeout: 120_000 }, async () => {
    const today = await ourContracts();
    expect(today.map(({ path }) => path).sort()).toEqual(files.map((file) => relative(contracts, file)));
    for (const { path, text } of today) expect(readFileSync(join(contracts, path), "utf8") === text, path).toBe(true);
  });

  it.each(files.map((file) => basename(file, ".json")))(
    "%s is met by our simulators",
    { timeout: 60_000 },
    async (name) => {
      const pact = named(name);
      const results = await against(pact);
      expect(failed(results)).toEqual([]);
      expect(results).toHaveLength(pact.interactions.length);
    },
  );

  it.each([
    ["integration-receiver", "reads back, fiks-io, what is", "renames documents", renames("documents"), "documents"],
    ["integration-receiver", "registers a message again", "renames caseId", renames("caseId"), "caseId"],
    ["integration-receiver", "only queued", "renames status", renames("status"), "status"],
    ["integration-receiver", "only queued", "drops location", drops("location"), "location"],
    ["integration-receiver", "try again later (503)", "drops retry-after", drops("retry-after"), "retry-after"],
    ["integration-receiver", "asks for what is queued", "renames status", renames("status"), "status"],
    ["integration-maskinporten", "", "renames access_token", renames("access_token"), "access_token"],
    ["integration-maskinporten", "", "drops content-type", drops("content-type"), "content-type"],
    ["integration-altinn-correspondence", "Recipient", "renames ids", renames("ids"), "ids"],
    ["integration-altinn-correspondence", "looks at mail", "renames fileName", renames("fileName"), "fileName"],
    [
      "integration-altinn-correspondence",
      "history",
      "renames statusHistory",
      renames("statusHistory"),
      "statusHistory",
    ],
    ["integration-altinn-correspondence", "no right", "renames errorCode", renames("errorCode"), "errorCode"],
    ["sender-altinn-correspondence", "sends mail", "renames an id", renames("correspondenceId"), "correspondenceId"],
    ["sender-altinn-dispatch", "", "renames state", renames("state"), "state"],
    ["sender-portal", "became", "renames tilstand", renames("tilstand"), "tilstand"],
    ["sender-portal", "hands in", "renames uuid", renames("uuid"), "uuid"],
    ["integration-fiks-io", "sends a receipt", "renames meldingId", renames("meldingId"), "meldingId"],
    ["integration-fiks-io", "offentlig.v1", "renames a field of the form", renames("kommunenummer"), "kommunenummer"],
    ["integration-fiks-io", "offentlig.v1", "drops melding-id", drops("melding-id"), "melding-id"],
    ["portal-fiks-io", "account", "renames gyldigMottaker", renames("gyldigMottaker"), "gyldigMottaker"],
    ["portal-fiks-io", "key of an account", "renames nokkel", renames("nokkel"), "nokkel"],
    ["portal-fiks-io", "mottatt", "drops svar-til", drops("svar-til"), "svar-til"],
  ])("%s, %s: a simulator that %s is seen", { timeout: 60_000 }, async (name, only, _does, tampering, says) => {
    const broken = failed(await against(named(name), only, tampering));
    expect(broken.length).toBeGreaterThan(0);
    expect(broken.flatMap(({ why }) => why).join("\n")).toContain(says);
  });

  it("are met by a simulator that says more", { timeout: 60_000 }, async () => {
    const more: Tampering = {
      answer: (reply) => {
        const value = JSON.parse(Buffer.from(reply.body as Uint8Array).toString());
        return {
          ...reply,
          headers: [...reply.headers, ["x-new", "1"]],
          body: Buffer.from(JSON.stringify({ ...value, anew: [1] })),
        };
      },
    };
    expect(failed(await against(named("integration-receiver"), "registers a message, fiks-io", more))).toEqual([]);
  });
});
