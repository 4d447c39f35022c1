import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { afterAll, afterEach, beforeEach, describe, expect, it } from "vitest";
import { registrationCeiling, uploadKeptMs } from "../../contracts/receiver/lifetimes.ts";
import { type Kept, type ReceiverStore, StoreFull } from "../../simulators/receiver/kept.ts";
import { SqliteStore } from "../../simulators/receiver/sqlite-store.ts";
import type { Strain } from "../../simulators/receiver/state.ts";
import { VirtualClock } from "../../worlds/clock.ts";
import { StandingReceiver } from "../../worlds/live/standing-receiver.ts";
import { seededRandom } from "../../worlds/random.ts";
import { apiKey, document, type Heard, Intake, type Json, message, sha } from "./intake.ts";
import { asked, type Place, places } from "./places.ts";

const { all, cluster, close } = await places();
afterAll(close);

const answersWithinMs = 10_000;
const turn = (): Promise<void> => new Promise((next) => setImmediate(next));
/** How a commit goes: `pass` makes it. */
type Commit = (kept: readonly Kept[], pass: () => Promise<void>) => Promise<void>;
type Standing = { readonly strains?: readonly Strain[]; readonly commit?: Commit; readonly store?: ReceiverStore };

const contract = readFileSync(resolve(import.meta.dirname, "../../contracts/receiver/openapi.yaml"), "utf8");
/** Every operation and status that the contract names, `register 201`. */
const promised = [
  ...contract.matchAll(/^ {6}operationId: (\w+)$([\s\S]*?)(?=^ {4}\w+:$|^ {2}\/|^components)/gm),
].flatMap(([, operation, text]) =>
  [...(text ?? "").matchAll(/^ {8}"(\d{3})":/gm)].map(([, status]) => `${operation} ${status}`),
);

describe.each(all)("the receiver by itself, kept in $name", (place: Place) => {
  const seen = new Set<string>();
  const statuses = (...heard: readonly Heard[]): number[] => heard.map(({ status }) => status);
  let clock: VirtualClock;
  let standing: StandingReceiver | undefined;
  let starts = 0;
  let anew = Promise.withResolvers<void>();
  const intake = new Intake(() => standing?.baseUrl ?? "", seen);

  async function start({ strains = [], commit, store = place.store() }: Standing = {}): Promise<void> {
    const gated: ReceiverStore =
      commit === undefined
        ? store
        : {
            name: store.name,
            recall: (nowMs) => store.recall(nowMs),
            commit: (kept) => commit(kept, () => store.commit(kept)),
            close: () => store.close(),
          };
    starts += 1;
    const random = seededRandom(starts);
    const say = (line: string): void => {
      if (line.endsWith("It is read anew.")) anew = Promise.withResolvers();
      if (line.endsWith("it has been read.")) anew.resolve();
    };
    standing = await StandingReceiver.open({
      ...{ store: gated, apiKey, clock, random, port: 0, strains, answersWithinMs, say },
    });
  }
  async function restart(given: Standing = {}): Promise<void> {
    await standing?.close();
    await start(given);
  }

  beforeEach(async ({ skip }) => {
    if (place.missing !== undefined) skip(place.missing);
    clock = new VirtualClock(Date.UTC(2023, 4, 8, 6));
    await place.emptied();
  });
  afterEach(async () => {
    await standing?.close();
    standing = undefined;
  });

  // ---- the contract, answer by answer ----

  it("registers with 201, and reads back what it registered", async () => {
    await start();
    const { status, said } = await intake.register("k", message("A"));
    expect(status).toBe(201);
    expect(said).toEqual({ caseId: expect.stringMatching(/^sak-1-/), registeredAt: "2023-05-08T08:00:00+02:00" });
    expect(await intake.known("A")).toEqual([
      {
        ...said,
        status: "registered",
        source: message("A").source,
        documents: [{ name: "letter.pdf", sha256: sha(Buffer.from("letter of A")) }],
      },
    ]);
    expect(await intake.known("B")).toEqual([]);
  });

  it("answers a repeat with 200 and the same case; receivedAt and standing fields do not count", async () => {
    await start();
    const { said } = await intake.register("k", message("A", { payload: { text: "x", status: "published" } }));
    const repeat = message("A", { payload: { text: "x", status: "read" }, receivedAt: "2023-05-09T08:00:00+02:00" });
    const again = await intake.register("k", repeat);
    expect([again.status, again.said]).toEqual([200, said]);
    expect(await intake.known("A")).toHaveLength(1);
  });

  it("makes a second case for a fresh key", async () => {
    await start();
    const heard = [await intake.register("k1", message("A")), await intake.register("k2", message("A"))];
    expect(statuses(...heard)).toEqual([201, 201]);
    expect((await intake.known("A")).map(({ caseId }) => caseId)).toEqual(heard.map(({ said }) => said.caseId));
  });

  it("answers other content under a key with 409 and the first case", async () => {
    await start();
    const { said } = await intake.register("k", message("A"));
    const other = await intake.register("k", message("A", { confidential: false }));
    expect([other.status, other.said.caseId]).toEqual([409, said.caseId]);
    expect(other.headers.get("content-type")).toBe("application/problem+json");
  });

  it("refuses for good what it cannot take: 400, 413, 422", async () => {
    await start();
    expect(
      statuses(
        await intake.register(undefined, message("A")),
        await intake.register("k", "no JSON"),
        await intake.register("k", " ".repeat(registrationCeiling.value + 1)),
        await intake.register("k", message("A", { recipient: { municipalityNumber: "46", district: "01" } })),
        await intake.register("k", message("A", { documents: [{ ...document("a", "a"), sha256: "0".repeat(64) }] })),
        await intake.ask("lookup", "GET", "/intake/v1/messages?source.channel=fiks-io", undefined),
        await intake.deviate("A", { reason: "NOT A REASON" }),
        await intake.upload("this", sha(Buffer.from("that"))),
      ),
    ).toEqual([400, 400, 413, 422, 422, 400, 400, 422]);
    // Poison for whoever reads it and cannot write it down again: permanent, and nobody else's failure.
    const deep = `${"[".repeat(100_000)}${"]".repeat(100_000)}`;
    const heard = await Promise.all([
      intake.register("deep", JSON.stringify(message("A", { payload: 0 })).replace('"payload":0', `"payload":${deep}`)),
      intake.register("k2", message("B")),
    ]);
    expect(statuses(...heard)).toEqual([422, 201]);
    expect(await intake.known("A")).toEqual([]);
  });

  it("knows nobody without the key: 401", async () => {
    await start();
    const wrong = { authorization: "Bearer another" };
    const heard = [
      await intake.register("k", message("A"), wrong),
      await intake.lookup("A", wrong),
      await intake.await("/intake/v1/queue/x", wrong),
      await intake.upload("a", undefined, wrong),
      await intake.deviate("A", {}, wrong),
    ];
    expect(statuses(...heard)).toEqual([401, 401, 401, 401, 401]);
    expect(heard.map(({ headers }) => headers.get("www-authenticate"))).toEqual(Array(5).fill("Bearer"));
    expect(await intake.known("A")).toEqual([]);
  });

  it("answers 404 where there is nothing", async () => {
    await start();
    expect(
      statuses(
        await intake.await("/intake/v1/queue/never-given"),
        await intake.ask("none", "GET", "/intake/v2/messages", undefined),
      ),
    ).toEqual([404, 404]);
  });

  it("queues under load with 202 and a Location, and registers later", async () => {
    await start({ strains: ["queues"] });
    const queued = await intake.register("k", message("A"));
    const location = queued.headers.get("location") ?? "";
    expect([queued.status, queued.said, queued.headers.has("retry-after")]).toEqual([202, { status: "queued" }, true]);
    expect((await intake.register("k", message("A"))).headers.get("location")).toBe(location);
    expect((await intake.register("k", message("B"))).said).not.toHaveProperty("caseId");
    expect((await intake.await(location)).said).toEqual({ status: "queued" });
    clock.advanceTo(clock.now() + 10 * 60_000);
    const { said } = await intake.await(location);
    expect(said).toMatchObject({ status: "registered", caseId: expect.any(String) });
    expect(await intake.register("k", message("A"))).toMatchObject({ status: 200, said: { caseId: said.caseId } });
    expect(await intake.known("A")).toMatchObject([{ status: "registered", caseId: said.caseId }]);
  });

  it("takes a document ahead, 201 and then 200, and keeps it for 24 hours until a message refers to it", async () => {
    await start();
    expect(statuses(await intake.upload("big"), await intake.upload("big"))).toEqual([201, 200]);
    const referring = (id: string): Json => {
      const { contentBase64: _, ...named } = document("big.pdf", "big");
      return message(id, { documents: [{ ...named, uploaded: true }] });
    };
    expect((await intake.register("k1", referring("A"))).status).toBe(201);
    clock.advanceTo(clock.now() + uploadKeptMs.value);
    expect(statuses(await intake.register("k2", referring("B")), await intake.upload("big"))).toEqual([422, 201]);
  });

  it("puts a deviation on the worklist, 201, and the same again is the same item, 200", async () => {
    await start();
    const { status, said } = await intake.deviate("A");
    const again = await intake.deviate("A");
    expect([status, again.status]).toEqual([201, 200]);
    expect(said).toEqual({ deviationId: expect.any(String) });
    expect(again.said).toEqual(said);
  });

  it.each([
    ["overloaded", 503, [503, 503, 503, 503, 503]],
    ["full", 507, [507, 507, 200, 404, 201]],
    ["locked", 423, [423, 423, 200, 404, 201]],
  ] as const)("refuses for now while it is %s: %i with Retry-After", async (strain, status, expected) => {
    await start({ strains: [strain] });
    const heard = [
      await intake.register("k", message("A")),
      await intake.upload("a"),
      await intake.lookup("A"),
      await intake.await("/intake/v1/queue/x"),
      await intake.deviate("A"),
    ];
    expect(statuses(...heard)).toEqual(expected);
    for (const one of heard) expect(one.headers.has("retry-after")).toBe(one.status === status);
  });

  // ---- what is durable ----

  it("says nothing before it is durable: not to who asks, not to who repeats, not to who reads back", async () => {
    const held = Promise.withResolvers<void>();
    const begun = Promise.withResolvers<void>();
    await start({
      commit: async (_, pass) => {
        begun.resolve();
        await held.promise;
        await pass();
      },
    });
    const answers: string[] = [];
    const asks = [intake.register("k", message("A"))];
    await begun.promise;
    asks.push(intake.register("k", message("A")), intake.lookup("A"), intake.deviate("A"), intake.upload("a"));
    for (const one of asks) void one.then(({ status }) => answers.push(`${status}`));
    // A whole exchange of its own: whoever asked before would have been answered by now.
    await intake.ask("none", "GET", "/nothing", undefined);
    expect(answers).toEqual([]);
    held.resolve();
    expect(statuses(...(await Promise.all(asks)))).toEqual([201, 200, 200, 201, 201]);
  });

  it.each([
    ["cannot be written", 503, () => new Error("no such disk")],
    ["is full", 507, () => new StoreFull("no room")],
  ] as const)("tells who waits when the store %s: %i, and nothing was registered", async (_, status, why) => {
    let broken = true;
    await start({
      commit: async (_kept, pass) => {
        if (broken) throw why();
        await pass();
      },
    });
    const asks: readonly (readonly [number, () => Promise<Heard>])[] = [
      [status, () => intake.register("k", message("A"))],
      [status, () => intake.register("k", message("A"))],
      [status, () => intake.upload("a")],
      [503, () => intake.deviate("A")],
    ];
    for (const [expected, ask] of asks) {
      const { status: answered, headers } = await ask();
      expect([answered, headers.has("retry-after")]).toEqual([expected, true]);
      await anew.promise;
    }
    broken = false;
    expect(await intake.known("A")).toEqual([]);
    clock.advanceTo(clock.now() + 1000);
    expect(
      statuses(await intake.register("k", message("A")), await intake.upload("a"), await intake.deviate("A")),
    ).toEqual([201, 201, 201]);
  });

  it("tells who waits too long 503; what becomes durable after all is there", async () => {
    const held = Promise.withResolvers<void>();
    const begun = Promise.withResolvers<void>();
    await start({
      commit: async (_, pass) => {
        begun.resolve();
        await held.promise;
        await pass();
      },
    });
    const late = intake.register("k", message("A"));
    await begun.promise;
    clock.advanceTo(clock.now() + answersWithinMs);
    expect(await late).toMatchObject({ status: 503 });
    held.resolve();
    expect((await intake.register("k", message("A"))).status).toBe(200);
    expect(await intake.known("A")).toHaveLength(1);
  });

  it("forgets in a restart what was only queued: its location is 404, and it is registered anew", async () => {
    await start({ strains: ["queues"] });
    const location = (await intake.register("k", message("A"))).headers.get("location") ?? "";
    await restart();
    expect((await intake.await(location)).status).toBe(404);
    expect(await intake.known("A")).toEqual([]);
    expect((await intake.register("k", message("A"))).status).toBe(201);
  });

  const outliving = (): void => {
    it("knows every case it has given, and gives no number twice", async () => {
      await start();
      const given: unknown[] = [];
      for (const id of ["A", "B", "A"]) {
        const { said } = await intake.register(`k${given.length}`, message(id));
        given.push(said.caseId);
      }
      await restart();
      expect((await intake.known("A")).map(({ caseId }) => caseId)).toEqual([given[0], given[2]]);
      expect(await intake.register("k1", message("B"))).toMatchObject({ status: 200, said: { caseId: given[1] } });
      expect(await intake.register("k1", message("A"))).toMatchObject({ status: 409, said: { caseId: given[1] } });
      expect((await intake.register("k3", message("C"))).said.caseId).toMatch(/^sak-4-/);
    });

    it("knows content of any kind again", async () => {
      const odd = "\u0000 \ud83d\ude80 \ud800 æ \\u0000 '";
      const body = message(odd, { payload: { [odd]: [odd, null, 1.5, {}] }, documents: [document(odd, odd)] });
      await start();
      const { said } = await intake.register("nøkkel", body);
      await intake.deviate(odd);
      await restart();
      expect(await intake.register("nøkkel", body)).toMatchObject({ status: 200, said });
      expect((await intake.deviate(odd)).status).toBe(200);
    });

    it("takes keys as long as headers may be", async () => {
      // Incompressible: an index that holds whole keys refuses it.
      const random = seededRandom(1);
      const key = Array.from({ length: 200 }, () => random.uuid()).join("");
      await start();
      expect((await intake.register(key, message("A"))).status).toBe(201);
      await restart();
      expect((await intake.register(key, message("A"))).status).toBe(200);
    });

    it("has uploads and the worklist", async () => {
      await start();
      await intake.upload("a");
      const { said } = await intake.deviate("A");
      await restart();
      expect((await intake.upload("a")).status).toBe(200);
      expect(await intake.deviate("A")).toMatchObject({ status: 200, said });
      clock.advanceTo(clock.now() + uploadKeptMs.value);
      await restart();
      expect((await intake.upload("a")).status).toBe(201);
    });

    it("shows no case that was only staged; a repeat makes it one, once", async () => {
      await start({
        commit: async (kept, pass) => {
          if (kept.some(({ kind }) => kind === "registered")) throw new Error("killed");
          await pass();
        },
      });
      expect((await intake.register("k", message("A"))).status).toBe(503);
      await restart();
      expect(await intake.known("A")).toEqual([]);
      const { status, said } = await intake.register("k", message("A"));
      expect([status, said.caseId]).toEqual([201, expect.stringMatching(/^sak-1-/)]);
      await restart();
      expect(await intake.known("A")).toMatchObject([{ caseId: said.caseId }]);
    });

    it("finds what was committed though nobody heard of it: a repeat gives the one case", async () => {
      let cut = true;
      await start({
        commit: async (kept, pass) => {
          await pass();
          if (cut && kept.some(({ kind }) => kind === "registered")) {
            cut = false;
            throw new Error("the line was lost");
          }
        },
      });
      expect((await intake.register("k", message("A"))).status).toBe(503);
      await anew.promise;
      const { status, said } = await intake.register("k", message("A"));
      expect(status).toBe(200);
      expect(await intake.known("A")).toMatchObject([{ caseId: said.caseId }]);
    });

    it("is alone on its store: a second receiver does not start", async () => {
      await start();
      const first = standing;
      try {
        await expect(start()).rejects.toThrow(/Another (process has it open|receiver uses this database)/);
      } finally {
        standing = first;
      }
    });
  };
  if (place.outlives) describe("outlives its process", outliving);

  const onSqlite = (): void =>
    it("is full when its disk is: 507, and what was registered before stands", async () => {
      const path = (await place.emptied()).slice("sqlite:".length);
      await start({ store: new SqliteStore(path, 40) });
      const big = message("big", { documents: [document("big.pdf", "x".repeat(200_000))] });
      const { said } = await intake.register("small", message("small"));
      expect((await intake.register("big", big)).status).toBe(507);
      await anew.promise;
      expect(await intake.known("big")).toEqual([]);
      expect(await intake.known("small")).toMatchObject([{ caseId: said.caseId }]);
    });

  if (place.name === "SQLite") onSqlite();

  const onPostgres = (): void => {
    it("is full when PostgreSQL says so: 507", async () => {
      const url = await place.emptied();
      await start();
      await asked(
        url,
        `SET search_path = komfrem_receiver_v1;
       CREATE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS
       $$ BEGIN RAISE 'no room' USING ERRCODE = 'disk_full'; END $$;
       CREATE TRIGGER full_disk BEFORE INSERT ON messages FOR EACH ROW EXECUTE FUNCTION full_disk()`,
      );
      expect((await intake.register("k", message("A"))).status).toBe(507);
      await anew.promise;
      expect(await intake.known("A")).toEqual([]);
    });

    it("answers 503 while PostgreSQL is down, and has all of it once it is back", async () => {
      await start();
      const { said } = await intake.register("k", message("A"));
      const restarted = await cluster?.crash();
      expect((await intake.register("k2", message("B"))).status).toBe(503);
      expect((await intake.register("k2", message("B"))).status).toBe(503);
      await restarted?.();
      for (const until = anew.promise.then(() => "back"); (await Promise.race([until, turn()])) !== "back"; )
        clock.advanceTo(clock.now() + 1000);
      expect((await intake.register("k2", message("B"))).status).toBe(201);
      expect(await intake.known("A")).toMatchObject([{ caseId: said.caseId }]);
    });
  };
  if (place.name === "PostgreSQL") onPostgres();

  it("has shown every answer that the contract names, but those it never gives", () => {
    const never = promised.filter((one) => / (429|500)$/.test(one));
    expect([...seen, ...never].filter((one) => !one.startsWith("none "))).toEqual(expect.arrayContaining(promised));
    expect(promised).toEqual(expect.arrayContaining([...seen].filter((one) => !one.startsWith("none "))));
  });
});
