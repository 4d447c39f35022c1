import { Duplex } from "node:stream";
import { expect, it } from "vitest";
import type { Host } from "../../port/host.ts";
import { sendEmail } from "./sender-email.ts";

const email = { to: "vakt@politi.example", subject: "Forsendelse", text: "d-1: unopened" };

/** An e-mail server that answers each line as told, and a greeting first. */
function hostWith(answer: (line: string) => string, heard: string[]): Host {
  const server = new Duplex({
    read() {},
    write(chunk, _, done) {
      const line = String(chunk);
      heard.push(line);
      this.push(answer(line));
      done();
    },
  });
  server.push("220 mail\r\n");
  return {
    connect: () => server,
    clock: { setTimeout: () => ({ id: 0 }), clear: () => {} },
  } as unknown as Host;
}

const answered = (line: string): string => {
  if (line.startsWith("EHLO")) return "250-mail\r\n250 SIZE 1000\r\n";
  if (line.startsWith("DATA")) return "354 go on\r\n";
  return line.startsWith("QUIT") ? "221 bye\r\n" : "250 ok\r\n";
};

it("an e-mail is said line by line, each after the answer to the one before", async () => {
  const heard: string[] = [];
  expect(await sendEmail(hostWith(answered, heard), "mail:25", email)).toBe(true);
  expect(heard).toEqual([
    "EHLO politi.example\r\n",
    "MAIL FROM:<varsling@politi.example>\r\n",
    "RCPT TO:<vakt@politi.example>\r\n",
    "DATA\r\n",
    "From: varsling@politi.example\r\nTo: vakt@politi.example\r\nSubject: Forsendelse\r\n\r\nd-1: unopened\r\n.\r\n",
    "QUIT\r\n",
  ]);
});

it("an e-mail that the server refuses was not taken", async () => {
  const refused = (line: string): string => (line.startsWith("RCPT") ? "550 nobody\r\n" : answered(line));
  expect(await sendEmail(hostWith(refused, []), "mail:25", email)).toBe(false);
});
