import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, it } from "vitest";
import { catalogue } from "../../integrations/index.ts";
import { scenarios } from "../../scenarios/index.ts";
import type { SentDelivery } from "../../simulators/manifest.ts";
import { SimulatedWorld } from "../../worlds/simulated/simulated-world.ts";
import type { Run } from "../../worlds/world.ts";
import { agreed } from "./agreed.ts";
import { textOf } from "./pact-file.ts";
import { pactFrom, refuseContent } from "./record.ts";
import { Stand } from "./stand.ts";
import { verified } from "./verifier.ts";
import { isWord } from "./words.ts";

const world = new SimulatedWorld(1);
afterAll(() => world.close());

async function witnessed(name: string, ids: readonly string[], seed = 1): Promise<readonly Run[]> {
  const shipped = catalogue.find((one) => one.name === name);
  if (shipped === undefined) throw new Error(name);
  const sut = { name, role: shipped.role, module: fileURLToPath(shipped.module) };
  const runs: Run[] = [];
  for (const scenario of scenarios.filter(({ id }) => ids.includes(id)))
    runs.push(await world.run(scenario, sut, { seed, witness: true }));
  return runs;
}

/** Every text of a message's form or mail that is none of the wire's own words, nor of the agreed places. */
function textsOf({ parts }: SentDelivery): string[] {
  const places = new Set(["4690", "Fjordvik", "01", "", "00"]);
  const texts = (value: unknown): string[] => {
    if (typeof value === "string") return isWord(value) || places.has(value) ? [] : [value];
    return typeof value === "object" && value !== null ? Object.values(value).flatMap(texts) : [];
  };
  return parts.flatMap(({ name, bytes }) =>
    name.endsWith(".json") ? texts(JSON.parse(Buffer.from(bytes).toString() || "0")) : [],
  );
}

const received = ["every-kind", "every-content", "incomplete", "mail-every-kind", "receiver-queues", "lost-answers"];
const sent = ["dispatch-opened", "mail-opened", "notice-bounces"];

describe("a contract that was recorded", () => {
  it.each([
    ["correct/batch-multiple-ack", received, "integration"],
    ["correct/inbox-first", received, "integration"],
    ["correct/police-sender", sent, "sender"],
  ] as const)("from %s is met by our simulators", { timeout: 60_000 }, async (name, ids, role) => {
    const { pact } = pactFrom(await witnessed(name, ids), "vendor");
    const stand = await new Stand(role).open();
    try {
      const results = await verified(pact, {
        providerUrl: stand.url,
        statesUrl: stand.statesUrl,
        messagesUrl: stand.messagesUrl,
      });
      expect(results.filter(({ held }) => !held)).toEqual([]);
      expect(results.length).toBeGreaterThan(10);
    } finally {
      await stand.close();
    }
  });

  it("holds no text that stood in a message, a person's or any other", { timeout: 60_000 }, async () => {
    for (const name of ["correct/careful-simple", "correct/refuses-early"]) {
      const runs = await witnessed(name, received);
      const text = textOf(pactFrom(runs, "vendor").pact);
      const said = new Set(runs.flatMap(({ witness }) => witness?.sent ?? []).flatMap(textsOf));
      expect(said.size).toBeGreaterThan(100);
      expect([...said].filter((each) => text.includes(JSON.stringify(each)))).toEqual([]);
    }
  });

  it("holds no id, time or token but the agreed ones", { timeout: 60_000 }, async () => {
    for (const [name, ids] of [
      ["correct/careful-simple", received],
      ["correct/police-sender", sent],
    ] as const) {
      const { pact } = pactFrom(await witnessed(name, ids), "vendor");
      const encoded = (pact.interactions as readonly { request?: { body?: { encoded: unknown; content: unknown } } }[])
        .flatMap(({ request }) => (request?.body?.encoded === "base64" ? [String(request.body.content)] : []))
        .map((content) => Buffer.from(content, "base64").toString("latin1"));
      const text = [textOf(pact), ...encoded].join("\n");
      const others = (form: RegExp, known: (found: string) => boolean) =>
        (text.match(form) ?? []).filter((found) => !known(found));
      expect(others(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/gi, (id) => id.startsWith("c0117ac7-"))).toEqual([]);
      const times: readonly string[] = [agreed.instant, agreed.local, agreed.from];
      expect(others(/\d{4}-\d\d-\d\dT[\d:.]+(Z|[+-]\d\d:\d\d)?/g, (time) => times.includes(time))).toEqual([]);
      expect(others(/Bearer [\w.-]+/g, (bearer) => bearer === `Bearer ${agreed.token}`)).toEqual([]);
      expect(others(/\beyJ[\w.-]{10,}/g, () => false)).toEqual([]);
      expect(others(/komfrem-receiver-key/g, () => false)).toEqual([]);
    }
  });

  it("says the same of other runs: another seed gives the same bytes", { timeout: 60_000 }, async () => {
    const words = (runs: readonly Run[]) => runs.map(({ witness }) => witness?.sent[0]?.canaries[0]?.word);
    const [one, other] = [
      await witnessed("correct/careful-simple", received),
      await witnessed("correct/careful-simple", received, 77),
    ];
    expect(words(one)).not.toEqual(words(other));
    expect(textOf(pactFrom(one, "vendor").pact)).toBe(textOf(pactFrom(other, "vendor").pact));
  });

  it("is not written with content of a message in it, however that is encoded", async () => {
    const runs = await witnessed("correct/careful-simple", ["every-kind"]);
    const delivery = runs[0]?.witness?.sent[0];
    const word = delivery?.canaries[0]?.word ?? "";
    const idNumber = delivery?.idNumbers?.[0] ?? "";
    expect(() => refuseContent(textOf(pactFrom(runs, "vendor").pact), runs)).not.toThrow();
    const encoded = [
      word.toLowerCase(),
      Buffer.from(`a text with ${word} in it`).toString("base64"),
      Buffer.from(word).toString("hex"),
      idNumber,
    ];
    for (const text of encoded) expect(() => refuseContent(`{"a": "${text}"}`, runs), text).toThrow("not written");
  });

  it("says what was left out, where no terms are agreed", async () => {
    const { leftOut } = pactFrom(await witnessed("correct/store-then-receipt", ["mail-restored"]), "vendor");
    expect([...leftOut.keys()]).toContain("POST /correspondence/api/v1/correspondence/{id}/confirm → 400");
  });

  it("is refused where nothing was exchanged with the party", async () => {
    const runs = await witnessed("correct/store-then-receipt", ["every-kind"]);
    expect(() => pactFrom(runs, "vendor", ["altinn-dispatch"])).toThrow("It exchanged nothing with altinn-dispatch");
  });
});
