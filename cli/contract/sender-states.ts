import { sends } from "../../core/scenario-verbs.ts";
import { awake, fjordvik } from "../../scenarios/places.ts";
import { compose } from "../../simulators/sender/compose.ts";
import { agreed, agreedDocument, documentMd5, idOf } from "./agreed.ts";
import { StagedRun, scenarioOf } from "./staged-run.ts";

const altinn = "/correspondence/api/v1";
const json = { "content-type": "application/json" };

/**
 * Our simulators in a state that contracts of a sender name; undefined where there is no such state.
 *
 * @source docs/contracts.md, *Provider states*
 */
export function sendersState(name: string): StagedRun | undefined {
  const begin = (): StagedRun => new StagedRun("sender", [], awake(fjordvik));
  const attach = (run: StagedRun): void => {
    const attachment = run.sure("POST", `${altinn}/attachment`, {
      headers: json,
      body: JSON.stringify({
        resourceId: "politiet-taushetsbelagt-henvendelse",
        fileName: "bekymringsmelding.pdf",
        displayName: "bekymringsmelding.pdf",
        sendersReference: agreed.text,
        isEncrypted: false,
        checksum: documentMd5,
      }),
    });
    run.real.set(idOf("attachment"), JSON.parse(attachment.text));
  };
  const upload = (run: StagedRun): void => {
    run.sure("POST", `${altinn}/attachment/${idOf("attachment")}/upload`, {
      headers: { "content-type": "application/octet-stream" },
      body: agreedDocument,
    });
    run.pass(60_000);
  };
  switch (name) {
    case "nothing has happened yet":
    case "the same was asked before":
    case "the client is known":
      return begin();
    case "an attachment was begun": {
      const run = begin();
      attach(run);
      return run;
    }
    case "an attachment was uploaded": {
      const run = begin();
      attach(run);
      upload(run);
      return run;
    }
    case "mail was sent": {
      const run = begin();
      attach(run);
      upload(run);
      const sent = run.sure("POST", `${altinn}/correspondence`, {
        headers: json,
        body: JSON.stringify({
          correspondence: {
            resourceId: "politiet-taushetsbelagt-henvendelse",
            sendersReference: agreed.text,
            content: { language: "nb", messageTitle: "t", messageSummary: "t", messageBody: "t", attachments: [] },
            dueDateTime: agreed.instant,
            isConfirmationNeeded: true,
            isConfidential: true,
            propertyList: { kommunenummer: fjordvik.number, bydelsnummer: "01" },
            notification: { notificationTemplate: "GenericAltinnMessage", notificationChannel: "EmailPreferred" },
          },
          recipients: [`urn:altinn:organization:identifier-no:${fjordvik.organizationNumber}`],
          existingAttachments: [idOf("attachment")],
          idempotentKey: idOf("other"),
        }),
      });
      run.real.set(idOf("correspondence"), JSON.parse(sent.text).correspondences[0].correspondenceId);
      run.pass(60_000);
      return run;
    }
    case "a dispatch was sent":
    case "a dispatch was opened": {
      const run = begin();
      const sent = run.sure("POST", "/dispatch/v1/dispatches", {
        headers: json,
        body: JSON.stringify({
          reference: agreed.text,
          kind: "no.ks.fiks.bekymringsmelding.offentlig.v1",
          recipient: { organizationNumber: fjordvik.organizationNumber, municipalityNumber: fjordvik.number },
          confidential: true,
          title: agreed.text,
          parts: partsOf(run),
        }),
      });
      run.real.set(idOf("dispatch"), JSON.parse(sent.text).dispatchId);
      // Whoever is on duty looks every second hour.
      if (name === "a dispatch was opened") run.pass(4 * 3_600_000);
      return run;
    }
    case "a message was handed in": {
      const run = begin();
      const { portal } = run.stage.endpoints;
      const boundary = agreed.boundary;
      const part = (part: string): string =>
        `--${boundary}\r\nContent-Disposition: form-data; name="${part}"; filename="${part}"\r\n\r\nx\r\n`;
      const handedIn = run.sure(
        "POST",
        `/bekymringsmelding/api/v1/mottak/fagsystem/${portal?.fiksOrgId}/${fjordvik.number}/01/offentlig`,
        {
          headers: {
            "content-type": `multipart/form-data; boundary=${boundary}`,
            integrasjonid: idOf("integration"),
            integrasjonpassord: idOf("password"),
          },
          body: `${part("bekymringsmelding")}${part("asice")}--${boundary}--\r\n`,
        },
      );
      run.real.set(idOf("submission"), JSON.parse(handedIn.text).uuid);
      return run;
    }
    default:
      return undefined;
  }
}

/** Of a message of this run, which its people open. */
function partsOf(run: StagedRun): readonly object[] {
  const step = sends("A", fjordvik.number, { district: "01" });
  if (step.kind !== "sends") return [];
  const { clock, manifest } = run.stage;
  const setting = { run: "contract/1", nowMs: clock.now(), scenario: scenarioOf("sender", [], []) };
  const { delivery } = compose(step, setting);
  manifest.announce(delivery);
  return delivery.parts.map(({ name, mediaType, bytes }) => ({
    name,
    mediaType,
    contentBase64: Buffer.from(bytes).toString("base64"),
  }));
}
