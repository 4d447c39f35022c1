import type { Host } from "../../port/host.ts";

const timeoutMs = 60_000;

/** What is said to one address. */
export type Email = { readonly to: string; readonly subject: string; readonly text: string };

/** Hands an e-mail to a server that asks for no password; false where it was not taken. That it bounces is told to nobody here. */
export async function sendEmail(host: Host, server: string, email: Email): Promise<boolean> {
  const [name = "", port = "25"] = server.split(":");
  const socket = host.connect({ host: name, port: Number(port) });
  const says = [
    "EHLO politi.example",
    "MAIL FROM:<varsling@politi.example>",
    `RCPT TO:<${email.to}>`,
    "DATA",
    [
      "From: varsling@politi.example",
      `To: ${email.to}`,
      `Subject: ${email.subject}`,
      "",
      email.text.replace(/^\./gm, ".."),
      ".",
    ].join("\r\n"),
    "QUIT",
  ];
  return new Promise((resolve) => {
    const timer = host.clock.setTimeout(() => end(false), timeoutMs);
    const end = (taken: boolean): void => {
      host.clock.clear(timer);
      socket.destroy();
      resolve(taken);
    };
    let heard = "";
    let said = 0;
    socket.on("error", () => end(false));
    socket.on("close", () => end(false));
    socket.on("data", (chunk: Uint8Array) => {
      heard += Buffer.from(chunk).toString("latin1");
      // The last line of an answer has a blank after its code.
      for (let found = /^(\d{3}) .*\r\n/m.exec(heard); found !== null; found = /^(\d{3}) .*\r\n/m.exec(heard)) {
        heard = heard.slice(found.index + found[0].length);
        if (Number(found[1]) >= 400) return end(false);
        const next = says[said++];
        if (next === undefined) return end(true);
        socket.write(`${next}\r\n`);
      }
    });
  });
}
