import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import type { Step } from "../../core/scenario.ts";
import { sends, unreachable, waits } from "../../core/scenario-verbs.ts";
import badCertificates from "../../scenarios/channels/bad-certificates.ts";
import { fjordvik } from "../../scenarios/places.ts";
import type { Product, Run, SystemUnderTest } from "../world.ts";
import { LiveWorld } from "./live-world.ts";

const folder = mkdtempSync(join(tmpdir(), "komfrem-bad-certificates-"));
const world = new LiveWorld();
afterAll(async () => {
  await world.close();
  rmSync(folder, { recursive: true, force: true });
});

const komfrem = resolve("bin/komfrem.mjs");

function product(over: Partial<Product> = {}): SystemUnderTest {
  return {
    name: "over TLS",
    role: "integration",
    module: komfrem,
    product: {
      command: [process.execPath, komfrem, "host", resolve("integrations/correct/store-then-receipt.ts")],
      channels: ["fiks-io"],
      folder,
      environment: {},
      time: { tier: "driven" },
      dependencies: [],
      maxRetryDelayMs: 0,
      settleMs: 0,
      readyWithinMs: 20_000,
      keepsElsewhere: false,
      runsAtOnce: 1,
      tls: true,
      ...over,
    },
  };
}

const run = (sut: SystemUnderTest, steps: readonly Step[] = badCertificates.steps): Promise<Run> =>
  world.run({ ...badCertificates, steps }, sut, { seed: 1 });
const a = sends("A", fjordvik.number, { district: "01" });
const unchecked = { NODE_TLS_REJECT_UNAUTHORIZED: "0" };

const spokenTo = ({ ledger }: Run): string[] =>
  ledger.flatMap((entry) => (entry.kind === "doubted" && entry.what.includes("certificate") ? [entry.what] : []));
const faults = ({ ledger }: Run): string[] =>
  ledger.flatMap((entry) => (entry.kind === "faulted" ? [entry.faultId] : []));
const rulesBroken = ({ judged }: Run): string[] => judged.broken.map(({ primary }) => primary.rule);

/** A program that says each thing once that it sees on connections of its own, as long as it sees nothing else. */
function watching(name: string, code: string): Partial<Product> {
  const script = join(folder, `${name}.mjs`);
  writeFileSync(
    script,
    `import { connect } from "node:tls";
const { KOMFREM_RECEIVER_BASE_URL: receiver, KOMFREM_RECEIVER_API_KEY: key, KOMFREM_ALARM_SMTPS: smtps } = process.env;
const { hostname, port } = new URL(receiver);
const asks = "GET /intake/v1/messages?source.channel=x&source.id=x HTTP/1.1\r\nhost: x\r\nauthorization: Bearer " + key + "\r\n\r\n";
let last;
const sees = (what) => { if (what !== last) console.log(last = what); };
${code}`.replaceAll("\r\n", "\\r\\n"),
  );
  return {
    command: [process.execPath, script],
    time: { tier: "compressed", dayTakesMs: 120, pollIntervalMs: 100 },
    runsAtOnce: 2,
  };
}

describe("a party that shows a bad certificate, over sockets,", () => {
  it("is asked nothing by a product that checks, by HTTP or by AMQP, and everything once it shows its own", async () => {
    const found = await run(product());
    expect(found.judged.verdict).toEqual({ kind: "passed" });
    expect(faults(found)).toEqual([
      "certificate-expired-receiver",
      "certificate-untrusted-root-maskinporten",
      "disconnects",
      "certificate-wrong-host-portal",
      "certificate-wrong-host-fiks-io",
    ]);
    expect(found.ledger.filter(({ kind }) => kind === "untold")).toEqual([]);
    expect(found.log).toContainEqual(expect.stringMatching(/^fiks-io: Hostname\/IP does not match certificate's alt/));
  });

  it("leaves in doubt a product that does not check: it is heard, and not served", async () => {
    const found = await run(product({ environment: unchecked }));
    expect(spokenTo(found)).toEqual([
      "the system spoke with receiver, which showed a certificate that has expired",
      "the system spoke with maskinporten, which showed a certificate of an authority that nobody was told to trust",
      "the system spoke with fiks-io, which showed a certificate for another name",
    ]);
    expect(found.judged.verdict.kind).toBe("inconclusive");
    const first = found.ledger.find(({ exchange }) => exchange === "receiver.register(overnight)/1");
    expect(found.ledger.filter(({ exchange }) => exchange === first?.exchange).map(({ kind }) => kind)).toEqual([
      "asked",
      "untold",
    ]);
  });

  it("is a stranger to whom content leaks, where nobody vouches for its name", async () => {
    const to = unreachable("receiver", { hours: 2 }, { certificate: "untrusted-root" });
    const found = await run(product({ environment: unchecked }), [to, a, waits({ hours: 3 })]);
    expect(rulesBroken(found)).toContain("no-leak");
    expect(found.ledger).toContainEqual(expect.objectContaining({ kind: "leaked", where: "body to a stranger" }));
  });

  it("resets the connections that rest, and then shows it to whoever connects", async () => {
    const sut = product(
      watching(
        "holds",
        `(function holds() {
  const line = connect({ host: hostname, port });
  line.on("secureConnect", () => line.write(asks));
  line.on("data", (heard) => sees(String(heard).slice(0, 12)));
  line.on("error", ({ code }) => { sees(code); setTimeout(holds, 10); });
})();`,
      ),
    );
    const out = unreachable("receiver", { days: 4 }, { certificate: "expired" });
    const { log } = await run(sut, [waits({ days: 2 }), out, waits({ days: 6 })]);
    expect(log.filter((line) => /^[A-Z]/.test(line))).toEqual([
      "HTTP/1.1 200",
      "ECONNRESET",
      "CERT_HAS_EXPIRED",
      "HTTP/1.1 200",
    ]);
  });

  it("is no better for having shown its own since: on a connection of before nothing is served", async () => {
    const sut = product(
      watching(
        "waits",
        `(function begins() {
  const line = connect({ host: hostname, port, rejectUnauthorized: false });
  const isBad = () => line.authorizationError !== null;
  line.on("secureConnect", () => { if (isBad()) setTimeout(() => line.write(asks), 700); else line.write(asks); });
  line.on("data", (heard) => { sees(isBad() + String(heard).slice(8, 12)); setTimeout(begins, 10); line.destroy(); });
  // The last before it may be under way when the resting ones are reset.
  line.on("error", ({ code }) => { if (isBad()) sees(true + " " + code); else setTimeout(begins, 10); });
})();`,
      ),
    );
    const out = unreachable("receiver", { days: 4 }, { certificate: "expired" });
    const found = await run(sut, [waits({ days: 2 }), out, waits({ days: 8 })]);
    expect(found.log.filter((line) => /^(true|false) /.test(line))).toEqual(["false 200", "true ECONNRESET"]);
    expect(spokenTo(found)).toEqual(["the system spoke with receiver, which showed a certificate that has expired"]);
  });

  it("takes no mail, and who does not check says a word before it is reset", async () => {
    const mails = (name: string, how: string): Partial<Product> =>
      watching(
        name,
        `const [host, mailPort] = smtps.split(":");
connect({ host: hostname, port }).on("secureConnect", function () { this.write(asks); });
setInterval(() => {
  const line = connect({ host, port: mailPort, ${how} });
  line.on("data", (heard) => { sees(String(heard).slice(0, 3)); line.write("EHLO x\r\n"); });
  line.on("error", ({ code }) => sees(code));
  setTimeout(() => line.destroy(), 100);
}, 50);`,
      );
    const steps = [unreachable("alarm", { days: 6 }, { certificate: "expired" }), waits({ days: 8 })];
    const [checking, careless] = await Promise.all([
      run(product(mails("checks", "")), steps),
      run(product(mails("careless", "rejectUnauthorized: false")), steps),
    ]);
    expect(checking.log).toContain("CERT_HAS_EXPIRED");
    expect(spokenTo(checking)).toEqual([]);
    expect(spokenTo(careless)).toEqual(["the system spoke with alarm, which showed a certificate that has expired"]);
  });

  it("refuses instead where lines are in the clear, and the ledger calls it so", async () => {
    const found = await run(product({ tls: false }));
    expect(found.judged.verdict).toEqual({ kind: "passed" });
    expect(faults(found)).toEqual([
      "unreachable-receiver",
      "unreachable-maskinporten",
      "disconnects",
      "unreachable-fiks-io",
    ]);
    expect(found.log).toContain("komfrem: receiver has no certificate to show here: it refuses instead.");
  });
});
