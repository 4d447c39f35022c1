import { describe, expect, it } from "vitest";
import { VirtualClock } from "../../worlds/clock.ts";
import { LedgerWriter } from "../../worlds/ledger-writer.ts";
import { seededRandom } from "../../worlds/random.ts";
import { Boundaries } from "../boundaries.ts";
import { Manifest } from "../manifest.ts";
import { memoryPair } from "../memory-socket.ts";
import { FieldReader, FieldWriter } from "./amqp-codec.ts";
import { FiksIo } from "./fiks-io.ts";
import { bodyFrame, FrameReader, frame, headerFrame, heartbeatFrame, methodFrame, protocolHeader } from "./frames.ts";
import { fiksIoDefaults } from "./switches.ts";

// What no client library would send: spoken by hand, frame by frame.

type Write = (w: FieldWriter) => unknown;
const method = (channel: number, classId: number, methodId: number, write: Write = () => {}): Uint8Array => {
  const writer = new FieldWriter().short(classId).short(methodId);
  write(writer);
  return frame(methodFrame, channel, writer.done());
};
const startOk = (password = "secret token", properties = { capabilities: { authentication_failure_close: true } }) =>
  method(0, 10, 11, (w) => w.table(properties).shortString("PLAIN").longString(`\0me\0${password}`).shortString(""));
const tuneOk = (channelMax = 2, frameMax = 4096, heartbeatSeconds = 0) =>
  method(0, 10, 31, (w) => w.short(channelMax).long(frameMax).short(heartbeatSeconds));
const open = (vhost = "/") => method(0, 10, 40, (w) => w.shortString(vhost).shortString("").octet(0));
const openChannel = (number: number) => method(number, 20, 10, (w) => w.shortString(""));
const session = [protocolHeader, startOk(), tuneOk(), open()];

function start(heartbeatSeconds = 0) {
  const clock = new VirtualClock(0);
  const ledger = new LedgerWriter(clock, 0);
  const control = { crash() {}, stop() {}, pause() {}, crashParty() {}, latencyMs: () => 0 };
  const beats: (() => void)[] = [];
  let tokenHolds = true;
  const fiksIo = new FiksIo(
    { clock, random: seededRandom(1), facts: ledger },
    {
      manifest: new Manifest("raw", ledger),
      boundaries: new Boundaries(clock, ledger, control, []),
      accounts: [{ accountId: "q", recipient: "4601-01" }],
      integration: { id: "me", password: "secret" },
      tokens: { valid: (token) => token === "token" && tokenHolds },
      switches: fiksIoDefaults,
      channelMax: 2,
      frameMax: 4096,
      startHeartbeat(everyMs, beat) {
        expect(everyMs).toBe(heartbeatSeconds * 500);
        beats.push(beat);
        return () => beats.splice(0);
      },
    },
  );
  const { client, server } = memoryPair();
  fiksIo.accept(server, { party: "integration", incarnation: 1 }, heartbeatSeconds);
  const heard: string[] = [];
  const reader = new FrameReader();
  client.on("data", (chunk: Uint8Array) => {
    if (chunk[0] === 0x41) heard.push("protocol header");
    else reader.read(chunk, (type, channel, bytes, from, to) => heard.push(inWords(type, channel, bytes, from, to)));
  });
  client.on("error", (error: NodeJS.ErrnoException) => heard.push(String(error.code)));
  client.on("close", () => heard.push("close"));
  const say = async (...frames: Uint8Array[]): Promise<string[]> => {
    heard.length = 0;
    for (const bytes of frames) client.write(bytes);
    await new Promise((then) => setImmediate(then));
    await new Promise((then) => setImmediate(then));
    return [...heard];
  };
  return {
    fiksIo,
    heard,
    say,
    beat: () => beats.map((one) => one()),
    expireToken: () => {
      tokenHolds = false;
    },
  };
}

function inWords(type: number, channel: number, bytes: Uint8Array, from: number, to: number): string {
  if (type === heartbeatFrame) return "heartbeat";
  if (type === headerFrame) return "header";
  if (type === bodyFrame) return `body of ${to - from}`;
  const reader = new FieldReader(bytes, from, to);
  const name = `${channel}:${reader.short()}.${reader.short()}`;
  return name === "0:10.50" || name.endsWith(":20.40") ? `${name} ${reader.short()} ${reader.shortString()}` : name;
}

describe("an AMQP connection", () => {
  it("opens in the order AMQP says", async () => {
    const { say } = start();
    expect(await say(protocolHeader.slice(0, 3))).toEqual([]);
    expect(await say(protocolHeader.slice(3))).toEqual(["0:10.10"]);
    expect(await say(startOk())).toEqual(["0:10.30"]);
    expect(await say(tuneOk(), open())).toEqual(["0:10.41"]);
  });

  it("names its own protocol and closes on any other", async () => {
    const { say } = start();
    expect(await say(new TextEncoder().encode("GET / HTTP/1.1\r\n"))).toEqual(["protocol header", "close"]);
  });

  it("just closes on a wrong password when the client cannot be told", async () => {
    const { say } = start();
    await say(protocolHeader);
    expect(await say(startOk("secret wrong", {} as never))).toEqual(["close"]);
  });

  it("refuses limits beyond its own, another vhost, and methods out of order", async () => {
    for (const [said, code] of [
      [[protocolHeader, startOk(), tuneOk(3)], /530 NOT_ALLOWED - negotiated channel_max = 3/],
      [[protocolHeader, startOk(), tuneOk(0)], /530 .*channel_max = 0 is higher/],
      [[protocolHeader, startOk(), tuneOk(2, 8192)], /530 .*frame_max = 8192 is higher/],
      [[protocolHeader, startOk(), tuneOk(2, 100)], /530 .*frame_max = 100 is lower/],
      [[protocolHeader, startOk(), tuneOk(), open("/other")], /530 NOT_ALLOWED - vhost \/other not found/],
      [[protocolHeader, open()], /503 COMMAND_INVALID/],
      [[protocolHeader, openChannel(1)], /503 COMMAND_INVALID/],
    ] as const)
      expect((await start().say(...said)).at(-1)).toMatch(code);
  });

  it("refuses a channel above the agreed number, one that is not open, and a second opening", async () => {
    expect((await start().say(...session, openChannel(3))).at(-1)).toMatch(/^0:10.50 530 .*channel_max \(2\)/);
    expect(
      (
        await start().say(
          ...session,
          method(1, 60, 110, (w) => w.octet(1)),
        )
      ).at(-1),
    ).toMatch(/504 CHANNEL_ERROR/);
    expect((await start().say(...session, openChannel(1), openChannel(1))).at(-1)).toMatch(/504 .*second/);
  });

  it("refuses a frame larger than agreed, and a method that breaks off", async () => {
    expect((await start().say(...session, frame(methodFrame, 1, new Uint8Array(4089)))).at(-1)).toMatch(
      /501 FRAME_ERROR/,
    );
    expect((await start().say(...session, method(0, 10, 70))).at(-1)).toMatch(/502 SYNTAX_ERROR/);
  });

  it("hears nothing after it has closed but close-ok, and then closes the stream", async () => {
    const { say } = start();
    await say(...session, openChannel(1), openChannel(1));
    expect(await say(openChannel(2))).toEqual([]);
    expect(await say(method(0, 10, 51))).toEqual(["close"]);
  });

  it("takes a new secret in time, and closes on one that does not hold", async () => {
    const { say, expireToken } = start();
    await say(...session);
    const secret = method(0, 10, 70, (w) => w.longString("secret token").shortString("renewed"));
    expect(await say(secret)).toEqual(["0:10.71"]);
    expireToken();
    expect(await say(secret)).toEqual(["0:10.50 530 NOT_ALLOWED - New secret was refused by one of the backends"]);
  });

  it("keeps an open connection when its token has expired", async () => {
    const { fiksIo, say, heard, expireToken } = start();
    await say(
      ...session,
      openChannel(1),
      method(1, 60, 20, (w) => w.short(0).shortString("fiksio.konto.q").shortString("c").octet(0).table({})),
    );
    expireToken();
    heard.length = 0;
    fiksIo.send({ copy: "A", from: "p", to: "q", type: "t", ttlMs: 1000, headers: {}, body: new Uint8Array(5000) });
    await new Promise((then) => setImmediate(then));
    expect(heard).toEqual(["1:60.60", "header", "body of 4088", "body of 912"]);
  });

  it("beats when it has nothing else to say, and gives up a client that is silent for two intervals", async () => {
    const { say, heard, beat } = start(10);
    await say(protocolHeader, startOk(), tuneOk(2, 4096, 10), open());
    beat();
    beat();
    expect(await say(Uint8Array.of(heartbeatFrame, 0, 0, 0, 0, 0, 0, 0xce))).toEqual(["heartbeat"]);
    for (let half = 0; half < 5; half++) beat();
    expect(heard).not.toContain("ECONNRESET");
    beat();
    await new Promise((then) => setImmediate(then));
    expect(heard).toContain("ECONNRESET");
  });
});
