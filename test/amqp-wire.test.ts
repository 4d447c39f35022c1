import net from "node:net";
import amqp from "amqplib";
import { afterEach, describe, expect, it } from "vitest";
import type { Fault } from "../core/fault.ts";
import type { EntryKind, EntryOf, LedgerEntry } from "../core/ledger.ts";
import { Boundaries } from "../simulators/boundaries.ts";
import { FiksIo, type Received } from "../simulators/fiks-io/fiks-io.ts";
import { type FiksIoSwitches, fiksIoDefaults } from "../simulators/fiks-io/switches.ts";
import { Manifest } from "../simulators/manifest.ts";
import { type MemoryPair, memoryPair } from "../simulators/memory-socket.ts";
import { VirtualClock } from "../worlds/clock.ts";
import { LedgerWriter } from "../worlds/ledger-writer.ts";
import { seededRandom } from "../worlds/random.ts";

// The client is foreign on purpose: what amqplib makes of our frames is what a vendor's client will.

const startMs = Date.UTC(2023, 4, 8, 6);
const second = 1000;
const day = 86_400_000;
const account = "11111111-1111-4111-8111-111111111111";
const portal = "22222222-2222-4222-8222-222222222222";
const queue = `fiksio.konto.${account}`;
const type = "no.ks.fiks.bekymringsmelding.offentlig.v1";

type Options = {
  readonly faults?: readonly Fault[];
  readonly switches?: Partial<FiksIoSwitches>;
  readonly latencyMs?: () => number;
  readonly frameMax?: number;
  readonly crash?: () => void;
};

function worldOf({ faults = [], switches = {}, latencyMs = () => 0, frameMax, crash = () => {} }: Options) {
  const clock = new VirtualClock(startMs);
  const ledger = new LedgerWriter(clock, startMs);
  const control = { crash, stop() {}, pause() {}, crashParty() {}, latencyMs };
  const boundaries = new Boundaries(clock, ledger, control, faults);
  const manifest = new Manifest("wire", ledger);
  const fiksIo = new FiksIo(
    { clock, random: seededRandom(1), facts: ledger },
    {
      manifest,
      boundaries,
      accounts: [{ accountId: account, recipient: "4601-01" }, { accountId: portal }],
      integration: { id: "integration-1", password: "secret" },
      tokens: { valid: (token) => token === "token" },
      switches: { ...fiksIoDefaults, ...switches },
      ...(frameMax === undefined ? {} : { frameMax }),
    },
  );
  const heard: Received[] = [];
  fiksIo.onMessage(portal, (message) => heard.push(message));
  return { clock, ledger, boundaries, fiksIo, heard };
}

type Joined = { connect(password?: string): Promise<amqp.ChannelModel>; close(): Promise<void>; pairs: MemoryPair[] };

/** How bytes travel from amqplib to Fiks IO. */
const transports: readonly { readonly name: string; join(fiksIo: FiksIo): Promise<Joined> }[] = [
  {
    name: "memory",
    async join(fiksIo) {
      const real = net.connect;
      const pairs: MemoryPair[] = [];
      net.connect = ((_options: unknown, connected: () => void) => {
        const pair = memoryPair();
        pairs.push(pair);
        fiksIo.accept(pair.server, { party: "integration", incarnation: 1 }, 0);
        pair.client.once("connect", connected);
        return pair.client;
      }) as unknown as typeof net.connect;
      return {
        pairs,
        connect: (password = "secret token") => amqp.connect(urlOf(5671, password), { noDelay: true }),
        async close() {
          net.connect = real;
        },
      };
    },
  },
  {
    name: "TCP",
    async join(fiksIo) {
      const server = net.createServer((socket) => fiksIo.accept(socket, { party: "integration", incarnation: 1 }, 0));
      await new Promise<void>((then) => server.listen(0, "127.0.0.1", then));
      const { port } = server.address() as net.AddressInfo;
      return {
        pairs: [],
        connect: (password = "secret token") => amqp.connect(urlOf(port, password), { noDelay: true }),
        async close() {
          fiksIo.disconnect();
          await new Promise((then) => server.close(then));
        },
      };
    },
  },
];

function urlOf(port: number, password: string): amqp.Options.Connect {
  return { protocol: "amqp", hostname: "127.0.0.1", port, username: "integration-1", password, vhost: "/" };
}

async function until(what: string, holds: () => boolean): Promise<void> {
  const giveUpAt = performance.now() + 3000;
  while (performance.now() < giveUpAt) {
    if (holds()) return;
    await new Promise((then) => setImmediate(then));
  }
  throw new Error(`Not within 3 s: ${what}`);
}

/** Long enough that whatever was going to come has come: over TCP loopback nothing takes longer than a few ms. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 30; turn++) await new Promise((then) => setImmediate(then));
  await new Promise((then) => setTimeout(then, 5));
  for (let turn = 0; turn < 30; turn++) await new Promise((then) => setImmediate(then));
}

for (const transport of transports)
  describe(`Fiks IO over ${transport.name}, to amqplib`, () => {
    const open: Joined[] = [];
    afterEach(async () => {
      for (const joined of open.splice(0)) await joined.close();
    });

    async function start(options: Options = {}) {
      const world = worldOf(options);
      const joined = await transport.join(world.fiksIo);
      open.push(joined);
      const send = (copy: string, ttlMs = day, body = Buffer.from(`body of ${copy}`)): string =>
        world.fiksIo.send({
          copy,
          from: portal,
          to: account,
          type,
          ttlMs,
          headers: { "bekymringsmelding-id": `concern-${copy}`, klientMeldingId: `client-${copy}` },
          body,
        });
      const connect = async (password?: string) => {
        const connection = await joined.connect(password);
        // A reset is part of many cases; without a listener it would end the test run.
        connection.on("error", () => {});
        return connection;
      };
      const channelOf = async (connection: amqp.ChannelModel, prefetch?: number) => {
        const channel = await connection.createChannel();
        const errors: string[] = [];
        channel.on("error", (error: Error) => errors.push(error.message));
        if (prefetch !== undefined) await channel.prefetch(prefetch);
        const got: amqp.ConsumeMessage[] = [];
        const consume = (more: amqp.Options.Consume = {}) =>
          channel.consume(queue, (message) => message !== null && got.push(message), more);
        const names = (): string[] => got.map(nameOf);
        return { channel, errors, got, names, consume };
      };
      const entries = <K extends EntryKind>(kind: K): EntryOf<K>[] =>
        world.ledger.entries.filter((entry): entry is EntryOf<K> => entry.kind === kind);
      return { ...world, joined, send, connect, channelOf, entries };
    }

    it("delivers with the official headers, the queue as routing key, the TTL as expiration and the body unharmed", async () => {
      const { send, connect, channelOf } = await start();
      const body = Buffer.alloc(300_000, "æøå-0123");
      const id = send("A", 24 * 3_600_000, body);
      const { got, consume } = await channelOf(await connect());
      await consume();
      await until("A came", () => got.length === 1);
      const [message] = got;
      expect(message?.properties.headers).toEqual({
        "melding-id": id,
        type,
        "avsender-id": portal,
        "egendefinert-header.bekymringsmelding-id": "concern-A",
        "egendefinert-header.klientMeldingId": "client-A",
      });
      expect(message?.properties.expiration).toBe("86400000");
      expect(message?.fields.routingKey).toBe(queue);
      expect(message?.fields.redelivered).toBe(false);
      expect(message?.content.equals(body)).toBe(true);
    });

    it("puts the portal's two headers bare where the switch says so, and no others", async () => {
      const { send, connect, channelOf } = await start({ switches: { bareHeaders: true } });
      send("A");
      const { got, consume } = await channelOf(await connect());
      await consume();
      await until("A came", () => got.length === 1);
      expect(Object.keys(got[0]?.properties.headers ?? {}).slice(3)).toEqual([
        "bekymringsmelding-id",
        "egendefinert-header.klientMeldingId",
      ]);
    });

    it("splits a body over frames no larger than agreed", async () => {
      const { send, connect, channelOf } = await start({ frameMax: 4096 });
      const body = Buffer.from(Array.from({ length: 20_000 }, (_, i) => i % 251));
      send("A", day, body);
      const { got, consume } = await channelOf(await connect());
      await consume();
      await until("A came", () => got.length === 1);
      expect(got[0]?.content.equals(body)).toBe(true);
    });

    it("refuses a wrong password, and a token that does not hold, with 403", async () => {
      const { connect, entries } = await start();
      await expect(connect("secret nonsense")).rejects.toThrow(/403.*ACCESS.REFUSED/);
      await expect(connect("token")).rejects.toThrow(/403.*ACCESS.REFUSED/);
      expect(entries("told").map((told) => [told.exchange, told.saying, told.code])).toEqual([
        ["fiks-io.connect(start)/1", "negative", "403"],
        ["fiks-io.connect(lost)/1", "negative", "403"],
      ]);
    });

    it("hands out no more than the prefetch, and one more for each ack", async () => {
      const { send, connect, channelOf } = await start();
      for (const label of ["A", "B", "C", "D", "E"]) send(label);
      const { channel, got, names, consume } = await channelOf(await connect(), 2);
      await consume();
      await settle();
      expect(names()).toEqual(["A", "B"]);
      channel.ack(got[0] as amqp.ConsumeMessage);
      await until("C came", () => got.length === 3);
      await settle();
      expect(names()).toEqual(["A", "B", "C"]);
      expect((await channel.checkQueue(queue)).messageCount).toBe(2);
      expect((await channel.checkQueue(queue)).consumerCount).toBe(1);
    });

    it("hands out everything without a prefetch", async () => {
      const { send, connect, channelOf } = await start();
      const labels = Array.from({ length: 30 }, (_, i) => `m${i}`);
      for (const label of labels) send(label);
      const { names, consume } = await channelOf(await connect());
      await consume();
      await until("all came", () => names().length === 30);
      expect(names()).toEqual(labels);
    });

    it("counts a global prefetch over all consumers of a channel", async () => {
      const { send, connect, channelOf } = await start();
      for (const label of ["A", "B", "C"]) send(label);
      const { channel, names, consume } = await channelOf(await connect());
      await channel.prefetch(2, true);
      await consume();
      await consume();
      await settle();
      expect(names()).toEqual(["A", "B"]);
    });

    it("gives competing consumers messages in turn", async () => {
      const { send, connect, channelOf } = await start();
      const connection = await connect();
      const one = await channelOf(connection, 10);
      const two = await channelOf(connection, 10);
      await one.consume();
      await two.consume();
      for (const label of ["A", "B", "C", "D"]) send(label);
      await until("all came", () => one.got.length + two.got.length === 4);
      expect([one.names(), two.names()]).toEqual([
        ["A", "C"],
        ["B", "D"],
      ]);
    });

    it("puts what a lost channel had fetched back in its old order, before what came later, marked redelivered", async () => {
      const { send, connect, channelOf } = await start();
      for (const label of ["A", "B", "C", "D"]) send(label);
      const connection = await connect();
      const first = await channelOf(connection, 3);
      await first.consume();
      await until("three came", () => first.got.length === 3);
      first.channel.ack(first.got[1] as amqp.ConsumeMessage);
      await until("D came", () => first.got.length === 4);
      send("E");
      await first.channel.close();
      const second = await channelOf(connection);
      await second.consume();
      await until("all came", () => second.got.length === 4);
      expect(second.got.map((message) => [nameOf(message), message.fields.redelivered])).toEqual([
        ["A", true],
        ["C", true],
        ["D", true],
        ["E", false],
      ]);
    });

    it("puts a requeued message where it stood, not last", async () => {
      const { send, connect, channelOf } = await start();
      for (const label of ["A", "B", "C"]) send(label);
      const { channel, got, names, consume } = await channelOf(await connect(), 2);
      await consume();
      await until("two came", () => got.length === 2);
      channel.nack(got[0] as amqp.ConsumeMessage, false, true);
      await until("one more came", () => got.length === 3);
      expect(names()).toEqual(["A", "B", "A"]);
      expect(got[2]?.fields.redelivered).toBe(true);
    });

    it("acks all up to a tag with multiple, in one exchange", async () => {
      const { send, connect, channelOf, entries } = await start();
      for (const label of ["A", "B", "C"]) send(label);
      const { channel, got, consume } = await channelOf(await connect());
      await consume();
      await until("three came", () => got.length === 3);
      channel.ack(got[1] as amqp.ConsumeMessage, true);
      await until("both settled", () => entries("settled").length === 2);
      expect(entries("settled").map((entry) => [entry.copy, entry.how, entry.exchange])).toEqual([
        ["A", "ack", "fiks-io.settle({A,B})/1"],
        ["B", "ack", "fiks-io.settle({A,B})/1"],
      ]);
      expect((await channel.checkQueue(queue)).messageCount).toBe(0);
    });

    it("dead-letters at the third failed attempt and tells the portal", async () => {
      const { send, connect, channelOf, heard, entries } = await start();
      const id = send("A");
      const { channel, got, consume } = await channelOf(await connect(), 1);
      await consume();
      for (let attempt = 1; attempt <= 3; attempt++) {
        await until(`attempt ${attempt}`, () => got.length === attempt);
        channel.reject(got[attempt - 1] as amqp.ConsumeMessage, true);
      }
      await until("the portal hears", () => heard.length === 1);
      await settle();
      expect(got.length).toBe(3);
      expect(heard[0]).toMatchObject({ type: "no.ks.fiks.kvittering.serverfeil.v1", replyTo: id, copy: "A" });
      expect(entries("dropped")).toMatchObject([{ why: "deadlettered", copy: "A", lastPath: false }]);
      expect(heard[0]?.cause).toBe(entries("dropped")[0]?.seq);
    });

    it("destroys what is nacked without requeue and tells the sender nothing", async () => {
      const { send, connect, channelOf, heard, entries } = await start();
      send("A");
      const { channel, got, consume } = await channelOf(await connect());
      await consume();
      await until("A came", () => got.length === 1);
      channel.nack(got[0] as amqp.ConsumeMessage, false, false);
      await until("settled", () => entries("settled").length === 1);
      expect(entries("settled")).toMatchObject([{ how: "nack", positive: false }]);
      expect(entries("dropped")).toMatchObject([{ why: "released" }]);
      expect(heard).toEqual([]);
    });

    for (const { counts, left } of [
      { counts: true, left: [] },
      { counts: false, left: ["B", "C"] },
    ])
      it(`${counts ? "costs every prefetched message" : "costs only the oldest"} an attempt when the connection is lost, by the switch`, async () => {
        const { fiksIo, send, connect, channelOf, heard } = await start({
          switches: { unhandledPrefetchCounts: counts },
        });
        for (const label of ["A", "B", "C"]) send(label);
        for (let attempt = 1; attempt <= 3; attempt++) {
          const { got, consume } = await channelOf(await connect(), 10);
          await consume();
          await until("three came", () => got.length === 3);
          fiksIo.disconnect();
        }
        const { names, consume } = await channelOf(await connect(), 10);
        await consume();
        await settle();
        expect(names()).toEqual(left);
        expect(heard.map((message) => message.copy)).toEqual(counts ? ["A", "B", "C"] : ["A"]);
      });

    it("expires only at the head: a short life behind a long one is over once the long one is gone", async () => {
      const { clock, send, connect, channelOf, heard, entries } = await start();
      send("A", 7 * day);
      const id = send("B", 10 * second);
      clock.advanceTo(startMs + 3 * 3_600_000);
      expect(heard).toEqual([]);
      const { channel } = await channelOf(await connect());
      const first = await channel.get(queue);
      expect(first && nameOf(first)).toBe("A");
      await until("the portal hears", () => heard.length === 1);
      expect(heard[0]).toMatchObject({ type: "no.ks.fiks.kvittering.tidsavbrudd", replyTo: id, copy: "B" });
      expect(entries("dropped")).toMatchObject([{ why: "expired", copy: "B", lastPath: false }]);
      expect(heard[0]?.cause).toBe(entries("dropped")[0]?.seq);
      expect(await channel.get(queue)).toBe(false);
    });

    it("counts askings that find nothing by what came before them, each with a sign of life", async () => {
      const { send, connect, channelOf, entries } = await start();
      const { channel } = await channelOf(await connect());
      for (let nth = 0; nth < 3; nth++) expect(await channel.get(queue)).toBe(false);
      send("A");
      expect(await channel.get(queue)).not.toBe(false);
      const after = entries("asked").findLast(({ operation }) => operation !== "get")?.exchange;
      expect(entries("idle")).toMatchObject([{ exchange: `fiks-io.get(idle)@${after}`, operation: "get", count: 3 }]);
      expect(entries("asked").flatMap(({ operation, exchange }) => (operation === "get" ? [exchange] : []))).toEqual([
        "fiks-io.get(A)/1",
      ]);
      expect(entries("alive").map(({ how, resource }) => [how, resource])).toEqual([
        ["poll", "4601-01"],
        ["poll", "4601-01"],
      ]);
    });

    it("expires wherever it stands where the switch says so", async () => {
      const { clock, send, heard } = await start({ switches: { expiresAtHead: false } });
      send("A", 7 * day);
      send("B", 10 * second);
      clock.advanceTo(startMs + 10 * second);
      expect(heard.map((message) => message.copy)).toEqual(["B"]);
    });

    it("expires at the head in the very ms its life is over, without a consumer", async () => {
      const { clock, send, heard } = await start();
      send("A", 10 * second);
      clock.advanceTo(startMs + 10 * second - 1);
      expect(heard.length).toBe(0);
      clock.advanceTo(startMs + 10 * second);
      expect(heard.length).toBe(1);
    });

    it("lets a prefetched message outlive its time, and expires it when it comes back", async () => {
      const { clock, send, connect, channelOf, heard } = await start();
      send("A", 10 * second);
      const connection = await connect();
      const { channel, got, consume } = await channelOf(connection, 1);
      await consume();
      await until("A came", () => got.length === 1);
      clock.advanceTo(startMs + day);
      expect(heard).toEqual([]);
      await channel.close();
      expect(heard.map((message) => message.type)).toEqual(["no.ks.fiks.kvittering.tidsavbrudd"]);
      const again = await channelOf(connection);
      expect(await again.channel.get(queue)).toBe(false);
    });

    it("expires a prefetched message where the switch says so, and takes its ack without effect", async () => {
      const { clock, send, connect, channelOf, heard, entries } = await start({
        switches: { prefetchedMessagesExpire: true },
      });
      send("A", 10 * second);
      const { channel, got, errors, consume } = await channelOf(await connect(), 1);
      await consume();
      await until("A came", () => got.length === 1);
      clock.advanceTo(startMs + 10 * second);
      expect(heard.length).toBe(1);
      channel.ack(got[0] as amqp.ConsumeMessage);
      await channel.checkQueue(queue);
      expect(errors).toEqual([]);
      expect(entries("settled")).toEqual([]);
    });

    it("closes the channel with 406 on an unknown delivery tag, and puts back what it had fetched", async () => {
      const { send, connect, channelOf } = await start();
      for (const label of ["A", "B"]) send(label);
      const connection = await connect();
      const { channel, got, errors, consume } = await channelOf(connection);
      await consume();
      await until("both came", () => got.length === 2);
      channel.ack(got[0] as amqp.ConsumeMessage);
      channel.ack(got[0] as amqp.ConsumeMessage);
      await until("closed", () => errors.length === 1);
      expect(errors[0]).toMatch(/406.*unknown delivery tag 1/);
      const next = await channelOf(connection);
      expect(nameOf((await next.channel.get(queue)) as amqp.GetMessage)).toBe("B");
    });

    it("closes the channel with 403 when a client publishes, declares, or reads another's queue", async () => {
      const { connect, channelOf } = await start();
      const connection = await connect();
      const publisher = await channelOf(connection);
      publisher.channel.sendToQueue(queue, Buffer.from("forged"));
      await until("closed", () => publisher.errors.length === 1);
      expect(publisher.errors[0]).toMatch(/403.*exchange 'amq.default'/);
      const declarer = await channelOf(connection);
      await expect(declarer.channel.assertQueue("mine")).rejects.toThrow(/403/);
      const reader = await channelOf(connection);
      await expect(reader.channel.consume(`fiksio.konto.${portal}`, () => {})).rejects.toThrow(/403/);
      const loser = await channelOf(connection);
      await expect(loser.channel.checkQueue("fiksio.konto.nobody")).rejects.toThrow(/404/);
      const fifth = await channelOf(connection);
      expect((await fifth.channel.checkQueue(queue)).messageCount).toBe(0);
    });

    it("closes a channel whose message is unsettled too long, where the switch says so", async () => {
      const { clock, send, connect, channelOf } = await start({ switches: { consumerTimeoutMs: 60 * second } });
      send("A");
      const { got, errors, consume } = await channelOf(await connect());
      await consume();
      await until("A came", () => got.length === 1);
      clock.advanceTo(startMs + 60 * second);
      await until("closed", () => errors.length === 1);
      expect(errors[0]).toMatch(/406.*timed out/);
    });

    it("cancels a consumer, keeps what it has fetched, and lets it be acked", async () => {
      const { send, connect, channelOf, entries } = await start();
      send("A");
      const { channel, got, consume } = await channelOf(await connect());
      const { consumerTag } = await consume();
      await until("A came", () => got.length === 1);
      await channel.cancel(consumerTag);
      send("B");
      await settle();
      expect(got.length).toBe(1);
      channel.ack(got[0] as amqp.ConsumeMessage);
      await until("acked", () => entries("settled").length === 1);
      expect((await channel.checkQueue(queue)).messageCount).toBe(1);
    });

    it("counts a delivery without ack as settled when it is handed over", async () => {
      const { send, connect, channelOf, entries } = await start();
      send("A");
      const { channel, got, consume } = await channelOf(await connect(), 1);
      await consume({ noAck: true });
      await until("A came", () => got.length === 1);
      expect(entries("settled")).toMatchObject([{ how: "ack", positive: true, exchange: "fiks-io.deliver(A)/1" }]);
      await channel.close();
      expect(entries("effected").map((entry) => entry.change)).not.toContain("unacked → requeued");
    });

    it("recovers: everything unsettled on the channel comes again", async () => {
      const { send, connect, channelOf } = await start();
      for (const label of ["A", "B"]) send(label);
      const { channel, got, names, consume } = await channelOf(await connect());
      await consume();
      await until("both came", () => got.length === 2);
      await channel.recover();
      await until("both came again", () => got.length === 4);
      expect(names()).toEqual(["A", "B", "A", "B"]);
    });

    it("closes connections and channels in good order", async () => {
      const { fiksIo, connect, channelOf, send } = await start();
      const connection = await connect();
      const { channel, consume } = await channelOf(connection);
      await consume();
      await channel.close();
      await connection.close();
      send("A");
      const again = await channelOf(await connect());
      expect((await again.channel.checkQueue(queue)).consumerCount).toBe(0);
      fiksIo.disconnect();
    });

    it("cuts all connections before it hands anything out again", async () => {
      const { fiksIo, send, connect, channelOf, entries } = await start();
      const one = await channelOf(await connect(), 1);
      const two = await channelOf(await connect(), 10);
      await one.consume();
      await two.consume();
      for (const label of ["A", "B", "C"]) send(label);
      await until("all came", () => one.got.length + two.got.length === 3);
      fiksIo.disconnect();
      await settle();
      expect(entries("asked").flatMap((asked) => (asked.operation === "deliver" ? asked.copies : []))).toEqual([
        "A",
        "B",
        "C",
      ]);
    });

    it("tells one delivery as the canonical story does", async () => {
      const { clock, send, connect, channelOf, ledger } = await start();
      const { channel, got, consume } = await channelOf(await connect(), 1);
      await consume();
      send("A", day);
      await until("A came", () => got.length === 1);
      clock.advanceTo(startMs);
      channel.ack(got[0] as amqp.ConsumeMessage);
      await settle();
      clock.advanceTo(startMs);
      expect(ledger.entries.map(told)).toEqual([
        "fiks-io.connect(start)/1 asked",
        "fiks-io.connect(start)/1 effected closed → open",
        "fiks-io.connect(start)/1 told integration empty open",
        "fiks-io.consume(sub(4601-01))/1 asked",
        "fiks-io.consume(sub(4601-01))/1 effected detached → attached",
        "fiks-io.consume(sub(4601-01))/1 alive 4601-01 true",
        "fiks-io.consume(sub(4601-01))/1 told integration empty consume-ok",
        "A linked melding-id x1",
        "A linked klientMeldingId x2",
        "A held fiks-io power",
        "A offered 4601-01 86400000",
        "fiks-io.deliver(A)/1 asked",
        "A fiks-io.deliver(A)/1 effected ready → unacked",
        "fiks-io.deliver(A)/1 told integration news deliver",
        "A fetched 9/9",
        "alive 4601-01 false",
        "fiks-io.settle(A)/1 asked",
        "A fiks-io.settle(A)/1 effected unacked → acked",
        "A fiks-io.settle(A)/1 settled ack",
        "A fiks-io.settle(A)/1 dropped released",
        "fiks-io.settle(A)/1 told integration empty ack",
        "alive 4601-01 true",
      ]);
    });

    describe("under faults", () => {
      it("cuts the connection without handing over what is refused or reset on its way, and costs no attempt", async () => {
        const { send, connect, channelOf } = await start({
          faults: [{ id: "f", at: "fiks-io.deliver(A)/1:asked", does: { kind: "reset" } }],
        });
        send("A");
        const lost = await channelOf(await connect());
        await lost.consume().catch(() => {});
        await settle();
        expect(lost.got).toEqual([]);
        const { got, consume } = await channelOf(await connect());
        await consume();
        await until("A came", () => got.length === 1);
        expect(got[0]?.fields.redelivered).toBe(false);
      });

      it("marks redelivered what had left the queue when the connection was reset", async () => {
        const { send, connect, channelOf, entries } = await start({
          faults: [{ id: "f", at: "fiks-io.deliver(A)/1:done", does: { kind: "reset" } }],
        });
        send("A");
        const lost = await channelOf(await connect());
        await lost.consume().catch(() => {});
        await settle();
        expect(lost.got).toEqual([]);
        const { got, consume } = await channelOf(await connect());
        await consume();
        await until("A came", () => got.length === 1);
        expect(got[0]?.fields.redelivered).toBe(true);
        expect(entries("untold")).toMatchObject([{ exchange: "fiks-io.deliver(A)/1", how: "lost" }]);
      });

      it("cuts a body off: the client never sees the message, and it comes again", async () => {
        const { send, connect, channelOf, entries } = await start({
          faults: [{ id: "f", at: "fiks-io.deliver(A)/1:done", does: { kind: "cut", afterBytes: 4 } }],
        });
        send("A");
        const lost = await channelOf(await connect());
        await lost.consume().catch(() => {});
        await settle();
        expect(lost.got).toEqual([]);
        const { got, consume } = await channelOf(await connect());
        await consume();
        await until("A came", () => got.length === 1);
        expect(entries("untold")).toMatchObject([{ how: "cut", afterBytes: 4 }]);
        expect(entries("fetched").length).toBe(1);
      });

      it("has a delivery that is late hold up those behind it, as one stream does", async () => {
        const { clock, send, connect, channelOf } = await start({
          faults: [{ id: "f", at: "fiks-io.deliver(A)/1:done", does: { kind: "delay", byMs: 5 * second } }],
        });
        for (const label of ["A", "B"]) send(label);
        const { channel, got, names, consume } = await channelOf(await connect());
        await consume();
        let counted = false;
        const counting = channel.checkQueue(queue).then(() => {
          counted = true;
        });
        await settle();
        expect([got, counted]).toEqual([[], false]);
        clock.advanceTo(startMs + 5 * second);
        await until("both came", () => got.length === 2);
        await counting;
        expect(names()).toEqual(["A", "B"]);
        expect(got.map((message) => message.fields.deliveryTag)).toEqual([1, 2]);
      });

      it("keeps messages in order whatever their latencies are", async () => {
        let nth = 0;
        const { clock, send, connect, channelOf } = await start({
          latencyMs: () => [40, 3, 17, 1, 29][nth++ % 5] ?? 0,
        });
        for (const label of ["A", "B", "C", "D", "E"]) send(label);
        let done = false;
        const ticking = (async () => {
          while (!done) {
            await settle();
            clock.runNext(startMs + 3_600_000);
          }
        })();
        const { names, consume, got, channel } = await channelOf(await connect());
        await consume();
        await until("all came", () => got.length === 5);
        for (const message of got) channel.ack(message);
        expect((await channel.checkQueue(queue)).messageCount).toBe(0);
        done = true;
        await ticking;
        expect(names()).toEqual(["A", "B", "C", "D", "E"]);
      });

      it("tells nothing of a delivery whose channel was closed while it was on its way", async () => {
        let latency = 0;
        const { clock, send, connect, channelOf, entries } = await start({ latencyMs: () => latency });
        const { channel, got, consume } = await channelOf(await connect());
        await consume();
        latency = 40;
        send("A");
        const closing = channel.close();
        await settle();
        clock.advanceTo(startMs + 40);
        await closing;
        expect(got).toEqual([]);
        expect(entries("untold")).toMatchObject([{ exchange: "fiks-io.deliver(A)/1", how: "lost" }]);
        expect(entries("fetched")).toEqual([]);
      });

      it("loses an ack with its connection: the message comes again", async () => {
        const { send, connect, channelOf, entries } = await start({
          faults: [{ id: "f", at: "fiks-io.settle(A)/1:asked", does: { kind: "reset" } }],
        });
        send("A");
        const first = await channelOf(await connect());
        await first.consume();
        await until("A came", () => first.got.length === 1);
        first.channel.ack(first.got[0] as amqp.ConsumeMessage);
        await settle();
        const { got, consume } = await channelOf(await connect());
        await consume();
        await until("A came again", () => got.length === 1);
        expect(entries("settled")).toEqual([]);
        expect(got[0]?.fields.redelivered).toBe(true);
      });

      it("keeps an ack whose connection is reset after its effect", async () => {
        const { send, connect, channelOf, entries } = await start({
          faults: [{ id: "f", at: "fiks-io.settle(A)/1:done", does: { kind: "reset" } }],
        });
        send("A");
        const first = await channelOf(await connect());
        await first.consume();
        await until("A came", () => first.got.length === 1);
        first.channel.ack(first.got[0] as amqp.ConsumeMessage);
        await until("acked", () => entries("settled").length === 1);
        await settle();
        const next = await channelOf(await connect());
        expect(await next.channel.get(queue)).toBe(false);
      });

      it("holds what comes behind a late ack until the ack is in", async () => {
        const { clock, send, connect, channelOf, entries } = await start({
          faults: [{ id: "f", at: "fiks-io.settle(A)/1:asked", does: { kind: "delay", byMs: second } }],
        });
        for (const label of ["A", "B"]) send(label);
        const { channel, got, consume } = await channelOf(await connect());
        await consume();
        await until("both came", () => got.length === 2);
        for (const message of got) channel.ack(message);
        await settle();
        expect(entries("settled")).toEqual([]);
        clock.advanceTo(startMs + second);
        await until("both settled", () => entries("settled").length === 2);
        expect(entries("settled").map((entry) => entry.copy)).toEqual(["A", "B"]);
      });

      it("holds it also when the answer to an ack before it comes in meanwhile", async () => {
        let latency = 0;
        const { clock, send, connect, channelOf, entries } = await start({
          faults: [{ id: "f", at: "fiks-io.settle(B)/1:asked", does: { kind: "delay", byMs: second } }],
          latencyMs: () => latency,
        });
        for (const label of ["A", "B", "C"]) send(label);
        const { channel, got, consume } = await channelOf(await connect());
        await consume();
        await until("all came", () => got.length === 3);
        latency = 40;
        for (const message of got) channel.ack(message);
        await settle();
        clock.advanceTo(startMs + 40);
        expect(entries("told").at(-1)?.exchange).toBe("fiks-io.settle(A)/1");
        clock.advanceTo(startMs + 2 * second);
        await until("all settled", () => entries("settled").length === 3);
        expect(entries("settled").map((entry) => entry.copy)).toEqual(["A", "B", "C"]);
      });

      it("says that AMQP cannot answer in the broker's place or repeat a frame", async () => {
        const { send, connect, channelOf, entries } = await start({
          faults: [{ id: "f", at: "fiks-io.deliver(A)/1:asked", does: { kind: "answer", status: 503 } }],
        });
        send("A");
        const { got, consume } = await channelOf(await connect());
        await consume();
        await until("A came", () => got.length === 1);
        expect(entries("faulted")).toMatchObject([{ outcome: "not-injectable" }]);
      });

      it("refuses to open while it cannot be reached", async () => {
        const { clock, boundaries, connect } = await start();
        boundaries.cutOff("fiks-io", clock.now() + second);
        await expect(connect()).rejects.toThrow();
        clock.advanceTo(startMs + second);
        await connect();
      });
    });
  });

describe("a dead client's last words", () => {
  it("are not heard: an ack under way when it is killed settles nothing, and no second reader sees them", async () => {
    const [memory] = transports;
    const world = worldOf({});
    const joined = (await memory?.join(world.fiksIo)) as Joined;
    try {
      world.fiksIo.send({
        copy: "A",
        from: portal,
        to: account,
        type,
        ttlMs: day,
        headers: {},
        body: Buffer.from("a"),
      });
      world.fiksIo.send({
        copy: "B",
        from: portal,
        to: account,
        type,
        ttlMs: day,
        headers: {},
        body: Buffer.from("b"),
      });
      const connection = await joined.connect();
      const channel = await connection.createChannel();
      await channel.prefetch(1);
      const got: string[] = [];
      await channel.consume(queue, (message) => {
        if (message === null) return;
        got.push(message.content.toString());
        channel.ack(message);
        joined.pairs[0]?.sever("client");
      });
      await settle();
      expect(got).toEqual(["a"]);
      const kinds = world.ledger.entries.map((entry) => entry.kind);
      expect(kinds).not.toContain("settled");
      expect(world.ledger.entries.filter((entry) => entry.kind === "told" && entry.code === "deliver").length).toBe(1);
      const again = await (await joined.connect()).createChannel();
      const first = await again.get(queue);
      expect(first && [first.content.toString(), first.fields.redelivered]).toEqual(["a", true]);
    } finally {
      await joined.close();
    }
  });
});

describe("a client that is killed while it is being handed messages", () => {
  for (const { phase, redelivered } of [
    { phase: "asked", redelivered: false },
    { phase: "done", redelivered: true },
    { phase: "told", redelivered: true },
  ])
    it(`is handed none after its death at :${phase}, and its next start finds them in order`, async () => {
      const [memory] = transports;
      const pairs: MemoryPair[] = [];
      const world = worldOf({
        faults: [
          { id: "f", at: `fiks-io.deliver(A)/1:${phase}`, does: { kind: "crash", class: "process", survives: "none" } },
        ],
        crash: () => pairs[0]?.sever("client"),
      });
      const joined = (await memory?.join(world.fiksIo)) as Joined;
      try {
        for (const copy of ["A", "B"])
          world.fiksIo.send({
            copy,
            from: portal,
            to: account,
            type,
            ttlMs: day,
            headers: {},
            body: Buffer.from(copy),
          });
        const channel = await (await joined.connect()).createChannel();
        pairs.push(...joined.pairs);
        const got: string[] = [];
        channel.consume(queue, (message) => got.push(String(message?.content)));
        await settle();
        expect(got).toEqual([]);
        const asked = world.ledger.entries.filter((entry) => entry.kind === "asked" && entry.operation === "deliver");
        expect(asked.length).toBe(1);
        const again = await (await joined.connect()).createChannel();
        const first = await again.get(queue);
        const second = await again.get(queue);
        expect([first, second].map((one) => one && [one.content.toString(), one.fields.redelivered])).toEqual([
          ["A", redelivered],
          ["B", false],
        ]);
      } finally {
        await joined.close();
      }
    });
});

function nameOf(message: amqp.ConsumeMessage | amqp.GetMessage): string {
  return String(message.properties.headers?.["egendefinert-header.bekymringsmelding-id"]).slice("concern-".length);
}

/** An entry in a few words. */
function told(entry: LedgerEntry): string {
  const words = (() => {
    switch (entry.kind) {
      case "effected":
        return [entry.change];
      case "told":
        return [entry.to, entry.saying, entry.code];
      case "linked":
        return [entry.scope, entry.wireId];
      case "held":
        return [entry.party, entry.durability];
      case "offered":
        return [entry.resource, entry.lifeEndsMs];
      case "fetched":
        return [`${entry.received}/${entry.total}`];
      case "alive":
        return [entry.resource, entry.credit];
      case "settled":
        return [entry.how];
      case "dropped":
        return [entry.why];
      default:
        return [];
    }
  })();
  return [entry.copy, entry.exchange, entry.kind, ...words].filter((word) => word !== undefined).join(" ");
}
