import { describe, expect, it } from "vitest";
import { canary } from "../../core/canary.ts";
import type { FaultAction } from "../../core/fault.ts";
import { VirtualClock } from "../../worlds/clock.ts";
import { LedgerWriter } from "../../worlds/ledger-writer.ts";
import { seededRandom } from "../../worlds/random.ts";
import { Boundaries } from "../boundaries.ts";
import { Manifest } from "../manifest.ts";
import { memoryPair } from "../memory-socket.ts";
import { AlarmSink } from "./alarm.ts";
import { SmtpCatcher } from "./smtp.ts";

const secret = canary("r", "A", "message", "head");
const id = "7a4f5a0e-6d31-4f2b-9d0c-2b8a1f6e9c11";
const vakt = "vakt@politi.example";
const gammel = "gammel.vakt@politi.example";
const turn = () => new Promise((resolve) => setImmediate(resolve));

/** A client at the catcher, one line after the other or all at once. */
function start(options: { latencyMs?: number; does?: FaultAction; at?: string; switches?: object } = {}) {
  const clock = new VirtualClock(0);
  const ledger = new LedgerWriter(clock, 0);
  const manifest = new Manifest("r", ledger);
  manifest.announce({
    id: "A",
    label: "A",
    municipalityNumber: "4690",
    messageKind: "offentlig",
    version: 1,
    parts: [],
    canaries: [secret],
  });
  manifest.link("A", "dispatchId", id);
  const control = { crash() {}, stop() {}, pause() {}, crashParty() {}, latencyMs: () => options.latencyMs ?? 0 };
  const { does, at = "alarm.raise(A)/1:done" } = options;
  const boundaries = new Boundaries(clock, ledger, control, does === undefined ? [] : [{ id: "f", at, does }]);
  const alerts: number[] = [];
  const sink = new AlarmSink(
    { clock, random: seededRandom(1), facts: ledger },
    { manifest, people: { owner: () => "Vakt", alerted: (alert) => alerts.push(alert) } },
  );
  const catcher = new SmtpCatcher({ sink, boundaries, switches: { ...options.switches } });
  const { client, server } = memoryPair();
  catcher.accept(server, { party: "sender", incarnation: 1 });
  let heard = "";
  let closed = false;
  client.on("data", (chunk: Uint8Array) => {
    heard += Buffer.from(chunk).toString();
  });
  client.on("error", () => {});
  client.on("close", () => {
    closed = true;
  });
  const say = async (...lines: readonly string[]): Promise<string[]> => {
    heard = "";
    client.write(lines.map((line) => `${line}\r\n`).join(""));
    await turn();
    return codes();
  };
  const codes = (): string[] => heard.split("\r\n").flatMap((line) => /^\d{3}(?= )/.exec(line) ?? []);
  return {
    clock,
    ledger,
    boundaries,
    client,
    alerts,
    say,
    codes,
    heard: () => heard,
    closed: () => closed,
    entries: () => ledger.entries.slice(1),
    mail: (to: readonly string[], ...letter: readonly string[]) =>
      say(
        "EHLO politi.example",
        "MAIL FROM:<varsling@politi.example> SIZE=900",
        ...to.map((address) => `RCPT TO:<${address}>`),
        "DATA",
        ...letter,
        ".",
      ),
  };
}

describe("a mail", () => {
  it("is one alarm about whatever it names, told once it is taken", async () => {
    const { mail, entries, alerts } = start();
    expect(await mail([vakt], "Subject: Forsendelse", "", `altinn-dispatch ${id}`, "Reason: unopened")).toEqual([
      ...["220", "250", "250", "250"],
      ...["354", "250"],
    ]);
    expect(entries()).toMatchObject([
      { kind: "asked", exchange: "alarm.raise(A)/1", operation: "raise", asker: "sender", copies: ["A"] },
      {
        kind: "alerted",
        exchange: "alarm.raise(A)/1",
        sink: "alarm",
        owner: "Vakt",
        ids: ["A"],
        about: "unopened",
        bounced: false,
        copy: "A",
      },
      { kind: "told", exchange: "alarm.raise(A)/1", to: "sender", saying: "positive", code: "250", copies: ["A"] },
    ]);
    expect(alerts).toEqual([2]);
  });

  it("about nothing is an alarm as well", async () => {
    const { mail, entries } = start();
    await mail([vakt], "Subject: Tokens", "", "No token since noon.");
    expect(entries()).toMatchObject([{ exchange: "alarm.raise(start)/1" }, { kind: "alerted", ids: [] }, {}]);
  });

  it("that bounces is taken all the same, and nobody hears of it", async () => {
    const { mail, entries, alerts } = start();
    expect((await mail(["Gammel.Vakt@politi.example"], "", id)).at(-1)).toBe("250");
    expect(entries()[1]).toMatchObject({ kind: "alerted", owner: "", bounced: true, ids: ["A"] });
    expect(alerts).toEqual([]);
  });

  it("reaches somebody where one of its addresses does", async () => {
    const { mail, entries } = start();
    await mail([gammel, vakt], "", id);
    expect(entries()[1]).toMatchObject({ owner: "Vakt", bounced: false });
  });

  it("bounces at the addresses that a scenario names, and at no others", async () => {
    const { mail, entries } = start({ switches: { bouncingAddresses: `a@politi.example, ${vakt}` } });
    await mail([vakt], "", id);
    await mail([gammel], "", id);
    expect(entries().filter(({ kind }) => kind === "alerted")).toMatchObject([{ bounced: true }, { bounced: false }]);
  });

  it("reports content, and never repeats it", async () => {
    const { mail, entries } = start();
    await mail([vakt], `Subject: =?UTF-8?B?${Buffer.from(secret.word).toString("base64")}?=`, "", id);
    expect(entries()[2]).toMatchObject({ kind: "leaked", where: "alarm", planted: "A message head" });
    expect(JSON.stringify(entries())).not.toContain(secret.word);
  });

  const encoded = Buffer.from(`Gjelder ${id}: åpnes ikke.`).toString("base64");
  it.each([
    ["its subject", [`Subject: ${id}`, "", "Se emnet."]],
    ["a folded subject", ["Subject: Forsendelse", `\t${id}`, "", ""]],
    ["an encoded subject", [`Subject: =?utf-8?Q?=C3=85pnes_ikke:_${id.replaceAll("-", "=2D")}?=`, "", ""]],
    [
      "a quoted-printable body",
      ["Content-Transfer-Encoding: quoted-printable", "", `p=C3=A5 ${id.slice(0, 9)}=`, id.slice(9)],
    ],
    ["a base64 body", ["Content-Transfer-Encoding: base64", "", encoded.slice(0, 20), encoded.slice(20)]],
    [
      "a part of several",
      [
        'Content-Type: multipart/alternative; boundary="b 1"',
        "",
        "--b 1",
        "",
        "Se HTML.",
        "--b 1",
        "Content-Type: text/html",
        "Content-Transfer-Encoding: base64",
        "",
        encoded,
        "--b 1--",
      ],
    ],
    ["a line that begins with a full stop", ["", `..${id}`]],
  ])("is about the id in %s", async (_, letter) => {
    const { mail, entries } = start();
    await mail([vakt], ...letter);
    expect(entries()[1]).toMatchObject({ kind: "alerted", ids: ["A"] });
  });
});

describe("a session", () => {
  it("greets, tells what it can do, and says goodbye", async () => {
    const { say, heard, closed } = start();
    await turn();
    expect(heard()).toMatch(/^220 .*\r\n$/);
    await say("EHLO politi.example");
    expect(heard()).toMatch(/^250-komfrem\r\n(250-[A-Z0-9]+\r\n)+250 SIZE 10485760\r\n$/);
    expect(await say("NOOP", "VRFY vakt", "RSET", "quit")).toEqual(["250", "252", "250", "221"]);
    await turn();
    expect(closed()).toBe(true);
  });

  it.each([
    ["no sender is named before its greeting", ["MAIL FROM:<a@b.example>"], "503"],
    ["no recipient before the sender", ["HELO x", "RCPT TO:<a@b.example>"], "503"],
    ["no letter before a recipient", ["HELO x", "MAIL FROM:<>", "DATA"], "503"],
    ["a second sender", ["HELO x", "MAIL FROM:<>", "MAIL FROM:<>"], "503"],
    ["a recipient without address", ["HELO x", "MAIL FROM:<>", "RCPT TO:<>"], "501"],
    ["an address without brackets", ["HELO x", "MAIL FROM:a@b.example"], "501"],
    ["what is forgotten", ["HELO x", "MAIL FROM:<>", "RCPT TO:<a@b.example>", "RSET", "DATA"], "503"],
    ["a login", ["EHLO x", "AUTH PLAIN AGEAYg=="], "502"],
    ["TLS", ["EHLO x", "STARTTLS"], "502"],
    ["another protocol", ["GET / HTTP/1.1"], "500"],
  ])("refuses %s", async (_, lines, code) => {
    const { say, entries } = start();
    expect((await say(...lines)).at(-1)).toBe(code);
    expect(entries()).toEqual([]);
  });

  it("reads lines in whatever pieces they come, and letters one after the other", async () => {
    const { client, codes, entries } = start();
    const letter = (text: string) => `MAIL FROM:<>\r\nRCPT TO:<${vakt}>\r\nDATA\r\n\r\n${text}\r\n.\r\n`;
    for (const piece of `HELO x\r\n${letter(id)}${letter("x")}QUIT\r\n`.match(/.{1,7}/gs) ?? []) {
      client.write(piece);
      await turn();
    }
    expect(codes()).toEqual(["220", "250", ...["250", "250", "354", "250"], ...["250", "250", "354", "250"], "221"]);
    expect(entries().map(({ kind }) => kind)).toEqual(["asked", "alerted", "told", "asked", "alerted", "told"]);
  });

  it("answers what comes behind a letter after the letter", async () => {
    const { say, mail, clock, codes } = start({ latencyMs: 50 });
    expect(await mail([vakt], "", id)).toEqual(["220", "250", "250", "250", "354"]);
    expect(await say("NOOP", "QUIT")).toEqual([]);
    clock.advanceTo(50);
    await turn();
    expect(codes()).toEqual(["250", "250", "221"]);
  });

  it("takes no letter over its size", async () => {
    const { mail, entries } = start();
    expect((await mail([vakt], "", "x".repeat(10 * 1024 * 1024 - 8), id)).at(-1)).toBe("552");
    expect(entries()).toEqual([]);
  });

  it("that ends within a letter raises nothing", async () => {
    const { say, client, entries } = start();
    await say("HELO x", "MAIL FROM:<>", `RCPT TO:<${vakt}>`, "DATA", id);
    client.destroy();
    await turn();
    expect(entries()).toEqual([]);
  });
});

describe("a fault at the sink", () => {
  it.each([
    ["503 in its place", { kind: "answer", status: 503 }, "451"],
    ["400 in its place", { kind: "answer", status: 400 }, "554"],
  ] as const)("is heard as a reply of SMTP: %s", async (_, does, code) => {
    const { mail, entries } = start({ does, at: "alarm.raise(A)/1:asked" });
    expect((await mail([vakt], "", id)).at(-1)).toBe(code);
    expect(entries().filter(({ kind }) => kind === "alerted")).toEqual([]);
  });

  it("closes the session where the sink cannot be reached", async () => {
    const { mail, boundaries, closed } = start();
    boundaries.cutOff("alarm", 1000);
    expect((await mail([vakt], "", id)).at(-1)).toBe("421");
    await turn();
    expect(closed()).toBe(true);
  });

  it("that loses the answer leaves the alarm raised and its asker in the dark", async () => {
    const { mail, entries, closed } = start({ does: { kind: "reset" } });
    expect((await mail([vakt], "", id)).at(-1)).toBe("354");
    await turn();
    expect(closed()).toBe(true);
    expect(entries().map(({ kind }) => kind)).toEqual(["asked", "alerted", "faulted", "untold"]);
  });
});
