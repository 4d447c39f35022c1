import type { Duplex } from "node:stream";
import type { CopyId } from "../../core/names.ts";
import type { Boundaries, Heard } from "../boundaries.ts";
import type { Asker } from "../wire.ts";
import type { AlarmSink } from "./alarm.ts";
import { saidInMail } from "./mail.ts";
import { type SmtpMove, type SmtpState, smtpMoves } from "./smtp-state.ts";

/** What every session shares. */
export type SmtpServer = {
  readonly sink: AlarmSink;
  readonly boundaries: Boundaries;
  bounces(address: string): boolean;
};

const greeting = "220 komfrem ESMTP";
const mostBytes = 10 * 1024 * 1024;
const abilities = ["komfrem", "PIPELINING", "8BITMIME", "SMTPUTF8", `SIZE ${mostBytes}`];
const path = /^(?:FROM|TO):\s*<([^<>]*)>/i;
const passing: ReadonlySet<number> = new Set([423, 429]);

/** One SMTP session, server side. Each letter is one exchange; what comes behind it waits until it is answered. */
export class SmtpSession {
  readonly #socket: Duplex;
  readonly #asker: Asker;
  readonly #server: SmtpServer;
  #state: SmtpState = "new";
  #recipients: string[] = [];
  #letter: string[] = [];
  #letterBytes = 0;
  /** What has come and is no whole line yet, or waits its turn. */
  #unread = "";
  /** A letter is being taken. */
  #busy = false;
  #reading = false;

  constructor(socket: Duplex, asker: Asker, server: SmtpServer) {
    this.#socket = socket;
    this.#asker = asker;
    this.#server = server;
    socket.on("data", (chunk: Uint8Array) => this.#read(chunk));
    socket.on("error", () => {});
    this.#say(greeting);
  }

  #read(chunk: Uint8Array): void {
    this.#unread += Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength).toString("latin1");
    this.#readOn();
    if (this.#unread.length > mostBytes) this.#close("500 5.5.2 Line too long");
  }

  #readOn(): void {
    if (this.#reading) return;
    this.#reading = true;
    let from = 0;
    while (!this.#busy && !this.#socket.destroyed) {
      const end = this.#unread.indexOf("\n", from);
      if (end < 0) break;
      const line = this.#unread.slice(from, this.#unread[end - 1] === "\r" && end > from ? end - 1 : end);
      from = end + 1;
      if (this.#state === "data") this.#take(line);
      else this.#obey(line);
    }
    this.#unread = this.#unread.slice(from);
    this.#reading = false;
  }

  #obey(line: string): void {
    const verb = (/^\S*/.exec(line)?.[0] ?? "").toUpperCase();
    const rest = line.slice(verb.length).trim();
    switch (verb) {
      case "EHLO":
        if (this.#move(verb))
          this.#say(...abilities.map((ability, i) => `250${i < abilities.length - 1 ? "-" : " "}${ability}`));
        return;
      case "HELO":
        if (this.#move(verb)) this.#say("250 komfrem");
        return;
      case "MAIL":
        return this.#address(verb, rest, () => {});
      case "RCPT":
        return this.#address(verb, rest, (address) => this.#recipients.push(address));
      case "DATA":
        if (this.#move(verb)) this.#say("354 End with a full stop on a line of its own");
        return;
      case "RSET":
        if (this.#move(verb)) this.#say("250 2.0.0 Forgotten");
        return;
      case "NOOP":
        return this.#say("250 2.0.0 OK");
      case "VRFY":
        return this.#say("252 2.1.5 Cannot be verified");
      case "QUIT":
        return this.#close("221 2.0.0 Bye");
      case "STARTTLS":
      case "AUTH":
      case "EXPN":
      case "HELP":
        return this.#say("502 5.5.1 Not offered here");
      default:
        return this.#say("500 5.5.2 Unknown command");
    }
  }

  #address(verb: "MAIL" | "RCPT", rest: string, keep: (address: string) => void): void {
    const address = path.exec(rest)?.[1];
    if (address === undefined || (verb === "RCPT" && address === ""))
      return this.#say("501 5.5.4 An address in <> is needed");
    if (!this.#move(verb)) return;
    keep(address);
    this.#say("250 2.1.0 OK");
  }

  #move(move: SmtpMove): boolean {
    const state = smtpMoves[this.#state][move];
    if (state === undefined) {
      this.#say("503 5.5.1 Not now");
      return false;
    }
    this.#state = state;
    if (state === "new" || state === "ready") {
      this.#recipients = [];
      this.#letter = [];
      this.#letterBytes = 0;
    }
    return true;
  }

  #take(line: string): void {
    if (line === ".") return this.#raise();
    this.#letterBytes += line.length + 2;
    // A full stop at the start of a line was doubled on its way.
    if (this.#letterBytes <= mostBytes) this.#letter.push(line.startsWith(".") ? line.slice(1) : line);
  }

  #raise(): void {
    const { sink, boundaries, bounces } = this.#server;
    const bytes = this.#letterBytes;
    const said = saidInMail(Buffer.from(this.#letter.join("\r\n"), "latin1"));
    const bounced = this.#recipients.every(bounces);
    this.#move("taken");
    if (bytes > mostBytes) return this.#say("552 5.3.4 Too large");
    this.#busy = true;
    boundaries.perform<readonly CopyId[]>(
      {
        party: sink.party,
        operation: "raise",
        about: sink.about(said),
        asker: this.#asker,
        bytes,
        // TCP repeats no letter of its own accord.
        carries: (action) => action !== "repeat",
      },
      () => {
        const copies = sink.raise(said, bounced);
        return { saying: "positive", code: "250", copies, value: copies };
      },
      (heard, confirm) => {
        this.#hear(heard, confirm);
        this.#busy = false;
        this.#readOn();
      },
    );
  }

  #hear(heard: Heard<unknown>, confirm: (inFull: boolean) => void): void {
    const taken = "250 2.0.0 Taken";
    switch (heard.kind) {
      case "told":
        confirm(!this.#socket.destroyed);
        return this.#say(taken);
      case "cut":
        this.#socket.write(taken.slice(0, heard.afterBytes));
        this.#socket.destroy();
        return;
      case "answered":
        return this.#say(
          heard.status >= 500 || passing.has(heard.status) ? "451 4.3.0 Try again later" : "554 5.7.1 Not taken",
        );
      case "refused":
        return this.#close("421 4.3.2 Closing");
      case "reset":
        this.#socket.destroy();
        return;
    }
  }

  #say(...lines: readonly string[]): void {
    if (!this.#socket.destroyed && !this.#socket.writableEnded) this.#socket.write(`${lines.join("\r\n")}\r\n`);
  }

  #close(line: string): void {
    this.#say(line);
    this.#unread = "";
    if (!this.#socket.destroyed) this.#socket.end();
  }
}
