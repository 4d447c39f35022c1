import { failureName, pack } from "../../contracts/fiks/container.ts";
import { feilet } from "../../contracts/fiks/types.ts";
import type { Step } from "../../core/scenario.ts";
import { revokes, sends, strains, waits } from "../../core/scenario-verbs.ts";
import { fjordvik, staffOf } from "../../scenarios/places.ts";
import { agreed, agreedDocument, documentSha256, idOf } from "./agreed.ts";
import { type Asked, StagedRun } from "./staged-run.ts";
import { agreedRegistration } from "./terms.ts";

type Fields = Readonly<Record<string, unknown>>;

const altinn = "/correspondence/api/v1";

/**
 * Our simulators in a state that contracts of an integration name; undefined where there is no such state.
 *
 * @source docs/contracts.md, *Provider states*
 */
export function integrationsState(name: string, params: Fields): StagedRun | undefined {
  const begin = (...steps: Step[]): StagedRun => new StagedRun("integration", steps, staffOf(fjordvik));
  switch (name) {
    case "nothing has happened yet":
    case "the same was asked before":
    case "the client is known":
    case "an account is known":
      return begin();
    case "the store only queues":
      return begin(strains("queues", { days: 1 }));
    case "the store is locked":
      return begin(strains("locked", { days: 1 }));
    case "the store is full":
      return begin(strains("full", { days: 1 }));
    case "the receiver is overloaded":
      return begin(strains("overloaded", { days: 1 }));
    case "a message is registered": {
      const run = begin();
      register(run, params.registration ?? agreedRegistration);
      return run;
    }
    case "a document was uploaded": {
      const run = begin();
      run.sure("PUT", `/intake/v1/documents/${documentSha256}`, { body: agreedDocument });
      return run;
    }
    case "a message is queued":
    case "a queued message has come to be registered":
    case "a queued message was forgotten": {
      const run = begin(strains("queues", { days: 1 }));
      const location = register(run, params.registration ?? agreedRegistration).header("location") ?? "";
      run.real.set(idOf("queue"), location.slice(location.lastIndexOf("/") + 1));
      if (name === "a queued message was forgotten") run.stage.cast.receiver.crash();
      if (name === "a queued message has come to be registered") run.pass(2 * 3_600_000);
      return run;
    }
    case "mail waits":
    case "mail was fetched": {
      const run = begin(mail);
      findMail(run);
      if (name === "mail was fetched") run.sure("GET", `${altinn}/correspondence/${idOf("correspondence")}`);
      return run;
    }
    case "the right to read was taken away":
      return begin(
        mail,
        waits({ minutes: 5 }),
        revokes("integration", fjordvik, "correspondence"),
        revokes("integration", fjordvik, "confidential"),
      );
    case "a receipt waits in the queue": {
      const run = begin(sends("A", fjordvik.number, { district: "01" }));
      linkMelding(run);
      receipt(run, String(params.type));
      return run;
    }
    case "a message was handed over":
    case "a message waits in the queue": {
      const type = String(params.type ?? "no.ks.fiks.bekymringsmelding.offentlig.v1");
      const run = begin(
        sends("A", fjordvik.number, {
          district: "01",
          messageKind: type.includes(".privat.") ? "privat" : "offentlig",
          version: type.endsWith("v2") ? 2 : 1,
          ...(isOdd(type) ? { defect: type.endsWith("v3") ? "unsupported-version" : "unknown-type" } : {}),
        }),
      );
      linkMelding(run);
      return run;
    }
    default:
      return undefined;
  }
}

const mail: Step = sends("A", fjordvik.number, {
  by: "altinn-correspondence",
  district: "01",
  mail: { furtherFiles: 1, confirmation: true },
});

function findMail(run: StagedRun): void {
  const { manifest } = run.stage;
  const ids = manifest.copiesOf("A").flatMap((copy) => manifest.wireIdsOf(copy));
  const id = ids.find(({ scope }) => scope === "correspondenceId")?.wireId ?? ids[0]?.wireId ?? "";
  run.real.set(idOf("correspondence"), id);
  // Not by asking as the recipient: that would be to fetch it.
  const files = run.stage.cast.correspondence.item(id)?.files ?? [];
  run.real.set(idOf("attachment"), files[0]?.attachment.id ?? "");
}

function linkMelding(run: StagedRun): void {
  const { manifest } = run.stage;
  const ids = manifest.copiesOf("A").flatMap((copy) => manifest.wireIdsOf(copy));
  run.real.set(idOf("melding"), ids.find(({ scope }) => scope === "melding-id")?.wireId ?? "");
}

/** A receipt that is sent to an account which reads its queue, and nothing else waits there. */
function receipt(run: StagedRun, type: string): void {
  const { manifest, cast } = run.stage;
  for (const copy of manifest.copiesOf("A")) cast.fiksIo?.discard(copy);
  const metadata = JSON.stringify({
    avsenderKontoId: idOf("account"),
    mottakerKontoId: idOf("account"),
    meldingType: type,
    svarPaMelding: idOf("melding"),
  });
  const data = pack([{ name: failureName, bytes: new TextEncoder().encode(JSON.stringify({ melding: "x" })) }]);
  const part = (name: string, bytes: Uint8Array): Uint8Array =>
    Buffer.concat([
      Buffer.from(`--${agreed.boundary}\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n`),
      bytes,
      Buffer.from("\r\n"),
    ]);
  run.sure("POST", "/fiks-io/api/v1/send", {
    headers: {
      "content-type": `multipart/form-data; boundary=${agreed.boundary}`,
      integrasjonid: idOf("integration"),
      integrasjonpassord: idOf("password"),
    },
    body: Buffer.concat([
      part("metadata", Buffer.from(metadata)),
      ...(type === feilet ? [part("data", data)] : []),
      Buffer.from(`--${agreed.boundary}--\r\n`),
    ]),
  });
}

function register(run: StagedRun, registration: unknown): Asked {
  return run.sure("POST", "/intake/v1/messages", {
    headers: { "content-type": "application/json", "idempotency-key": agreed.key },
    body: JSON.stringify(registration),
  });
}

function isOdd(type: string): boolean {
  return type.endsWith("v3") || type.includes("tillegg");
}
