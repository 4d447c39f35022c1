import { EventEmitter } from "node:events";
import type { Duplex } from "node:stream";
import { headers as wire } from "../../contracts/fiks/headers.ts";
import { feilet, mottatt } from "../../contracts/fiks/types.ts";
import type { CopyId } from "../../core/names.ts";
import { FieldReader, FieldWriter } from "../../simulators/fiks-io/amqp-codec.ts";
import { FiksIo } from "../../simulators/fiks-io/fiks-io.ts";
import { FrameReader, frame, headerFrame, methodFrame, protocolHeader } from "../../simulators/fiks-io/frames.ts";
import { fiksIoDefaults } from "../../simulators/fiks-io/switches.ts";
import { Portal } from "../../simulators/portal/portal.ts";
import type { Stand } from "./performance.ts";
import type { Way } from "./portal-model.ts";
import { concern, fjordvik, type Plant, start, surroundings } from "./surroundings.ts";

const portalAccount = "22222222-2222-4222-8222-222222222222";
const district = "11111111-1111-4111-8111-111111111111";
const tokens = {
  valid: () => true,
  read: () => ({ consumer: "310000025" }),
};
const producer = {
  fiksOrgId: "org",
  integrationId: "sender",
  integrationPassword: "s",
  organizationNumber: "310000025",
};
const integration = { id: "me", password: "secret" };

const method = (channel: number, classId: number, methodId: number, write: (w: FieldWriter) => unknown = () => {}) => {
  const writer = new FieldWriter().short(classId).short(methodId);
  write(writer);
  return frame(methodFrame, channel, writer.done());
};
const hello: readonly Uint8Array[] = [
  protocolHeader,
  method(0, 10, 11, (w) => w.table({}).shortString("PLAIN").longString("\0me\0secret token").shortString("")),
  method(0, 10, 31, (w) => w.short(2).long(131_072).short(0)),
  method(0, 10, 40, (w) => w.shortString("/").shortString("").octet(0)),
  method(1, 20, 10, (w) => w.shortString("")),
];
const get = method(1, 60, 70, (w) => w.short(0).shortString(`fiksio.konto.${district}`).octet(0));
const ack = (tag: number): Uint8Array => method(1, 60, 80, (w) => w.longlong(tag).octet(0));

type Got = { readonly tag: number; readonly meldingId: string };

/** A reader's connection, frame by frame: what the broker says arrives in the same breath. */
class Connection extends EventEmitter {
  destroyed = false;
  readonly #frames = new FrameReader();
  #tag = 0;
  #got: Got | undefined;

  write(bytes: Uint8Array): void {
    this.#frames.read(bytes, (type, _channel, payload, from, to) => {
      const reader = new FieldReader(payload, from, to);
      if (type === methodFrame && reader.short() === 60 && reader.short() === 71) this.#tag = reader.longlong();
      if (type !== headerFrame) return;
      reader.bytes(14);
      this.#got = { tag: this.#tag, meldingId: String(reader.table()[wire.id]) };
    });
  }

  end(): void {
    this.destroy();
  }

  destroy(): void {
    this.destroyed = true;
  }

  say(...frames: readonly Uint8Array[]): void {
    for (const bytes of frames) this.emit("data", bytes);
  }

  /** The next message; undefined where none is ready. */
  get(): Got | undefined {
    this.#got = undefined;
    this.say(get);
    return this.#got;
  }
}

/** The portal and Fiks IO, with a reader that keeps what it fetched in hand until it has answered. */
export function portalStand({ retry, answer, attempts }: Way, plant?: Plant): Stand {
  const { clock, ledger, given, manifest, boundaries, ask, answering } = surroundings(plant);
  const { delivery, container } = sent;
  const fiksIo = new FiksIo(given, {
    manifest,
    boundaries,
    accounts: [{ accountId: district, recipient: "4690-01" }, { accountId: portalAccount }],
    integration,
    tokens,
    switches: { ...fiksIoDefaults, attempts },
    sinceStart: (epochMs) => epochMs - start,
  });
  const portal = new Portal(given, {
    manifest,
    municipalities: [fjordvik],
    channel: fiksIo,
    account: portalAccount,
    accounts: new Map([["4690-01", district]]),
    tokens,
    readerOf: () => "integration",
    senders: [producer],
    token: () => "token",
    certificates: { print: "", districts: "" },
    switches: { dispatchSeconds: 0 },
  });
  answering([portal, fiksIo]);
  const submission = portal.submission(delivery, container);

  let connection: Connection | undefined;
  const inHand: Got[] = [];
  let lastRead: string | undefined;
  const copyOf = (meldingId: string): CopyId => manifest.copyWith(meldingId) ?? "";

  const read = (): string => {
    if (connection === undefined) {
      connection = new Connection();
      fiksIo.accept(connection as unknown as Duplex, { party: "integration", incarnation: 1 }, 0);
      connection.say(...hello);
    }
    const came: CopyId[] = [];
    for (let got = connection.get(); got !== undefined; got = connection.get()) {
      inHand.push(got);
      lastRead = got.meldingId;
      came.push(copyOf(got.meldingId));
    }
    return came.length === 0 ? "nothing" : came.join();
  };
  const receipt = (): string => {
    const answered = inHand.shift();
    const replyTo = answered?.meldingId ?? lastRead ?? "";
    lastRead = replyTo;
    const { status } = ask("integration", {
      method: "POST",
      path: "/fiks-io/api/v1/send",
      headers: {
        authorization: "Bearer token",
        integrasjonid: integration.id,
        integrasjonpassord: integration.password,
        "content-type": "multipart/form-data; boundary=b",
      },
      body: Buffer.from(
        `--b\r\nContent-Disposition: form-data; name="metadata"\r\n\r\n${JSON.stringify({
          avsenderKontoId: district,
          mottakerKontoId: portalAccount,
          meldingType: answer === "mottatt" ? mottatt : feilet,
          svarPaMelding: replyTo,
        })}\r\n--b--\r\n`,
      ),
    });
    if (answered !== undefined) connection?.say(ack(answered.tag));
    return `${status} for ${copyOf(replyTo)}`;
  };
  const redeliver = (): string => {
    fiksIo.disconnect();
    connection = undefined;
    inHand.length = 0;
    return "reset";
  };
  return {
    clock,
    ledger,
    act(act) {
      switch (act) {
        case "send":
          return String(ask("sender", submission).status);
        case "retry":
          return retry === "resent" ? (portal.resend(delivery.id) ? "sent again" : "refused") : redeliver();
        case "read":
          return read();
        case "receipt":
          return receipt();
      }
    },
  };
}

const sent = concern();
