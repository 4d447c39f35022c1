import { drainBoundMs } from "../contracts/fiks/lifetimes.ts";
import { switches as fiksSwitches } from "../contracts/fiks/switches.ts";
import { dayMs, hourMs } from "../core/calendar.ts";
import type { Evidence, Parameters } from "../core/ledger.ts";
import { recipientId } from "../core/names.ts";
import type { Scenario } from "../core/scenario.ts";
import type { Endpoints } from "../port/endpoints.ts";
import { AlarmSink } from "../simulators/alarm/alarm.ts";
import type { Boundaries } from "../simulators/boundaries.ts";
import { type Account, FiksIo } from "../simulators/fiks-io/fiks-io.ts";
import { fiksIoSwitchesFrom } from "../simulators/fiks-io/switches.ts";
import {
  clientKeyId,
  clientPrivateKey,
  clientPublicKey,
  districtsCertificate,
  districtsPrivateKey,
  signingCertificate,
  signingPrivateKey,
} from "../simulators/keys/index.ts";
import type { Manifest } from "../simulators/manifest.ts";
import { Maskinporten } from "../simulators/maskinporten/maskinporten.ts";
import { maskinportenSwitches } from "../simulators/maskinporten/switches.ts";
import { People } from "../simulators/people/people.ts";
import { Portal } from "../simulators/portal/portal.ts";
import { portalSwitches } from "../simulators/portal/switches.ts";
import { Receiver } from "../simulators/receiver/receiver.ts";
import { receiverSwitches } from "../simulators/receiver/switches.ts";
import { switchNumber } from "../simulators/switch-value.ts";
import type { Given, HttpSimulator } from "../simulators/wire.ts";

/** Where everybody stands: origins without path or trailing slash. */
export type Addresses = {
  /** The portal and Fiks IO share it, as they do at KS. */
  readonly fiksApi: string;
  readonly maskinporten: string;
  readonly receiver: string;
  readonly alarm: string;
  readonly amqp: { readonly host: string; readonly port: number };
};

/** Addresses in the simulated world; nothing listens there. */
export const simulatedAddresses: Addresses = {
  fiksApi: "http://127.0.0.1:8401",
  maskinporten: "http://127.0.0.1:8402",
  receiver: "http://127.0.0.1:8403",
  alarm: "http://127.0.0.1:8404",
  amqp: { host: "127.0.0.1", port: 5671 },
};

/** Everybody around the system under test, and what it is told of them. */
export type Cast = {
  readonly portal: Portal;
  readonly fiksIo: FiksIo;
  readonly receiver: Receiver;
  readonly people: People;
  /** Who answers at each origin. */
  readonly origins: ReadonlyMap<string, readonly HttpSimulator[]>;
  readonly endpoints: Endpoints;
  readonly parameters: Omit<Parameters, "profile" | "startsAt">;
  readonly switches: readonly {
    readonly name: string;
    readonly value: string | number | boolean;
    readonly evidence: Evidence;
  }[];
};

export type Casting = {
  /** What the named party may not invent for itself. */
  readonly given: (party: string) => Given;
  readonly manifest: Manifest;
  readonly boundaries: Boundaries;
  readonly addresses: Addresses;
  readonly sinceStart: (epochMs: number) => number;
  readonly startHeartbeat?: (everyMs: number, beat: () => void) => () => void;
};

const apiKey = "komfrem-receiver-key";
const clientId = "komfrem-integration";
const consumer = "310000017";
/** The world's own sender: a public body that reports concerns. */
const reporter = "310000025";
const pollIntervalMs = 900_000;

/** Builds everybody for one run of a scenario. Ids come from the run's randomness, so they are the same for its seed. */
export function castFor(scenario: Scenario, casting: Casting): Cast {
  const { given, manifest, boundaries, addresses, sinceStart } = casting;
  const ids = given("ids").random;
  const integration = { id: ids.uuid(), password: ids.uuid() };
  const portalAccount = ids.uuid();
  let reporterToken: string | undefined;
  const accounts = scenario.municipalities.flatMap((municipality) =>
    municipality.districts.map((district) => ({
      accountId: ids.uuid(),
      recipient: recipientId(municipality.number, district.number),
      served: municipality.served,
      certificate: districtsCertificate,
      organizationNumber: municipality.organizationNumber,
      municipalityNumber: municipality.number,
      name: `${municipality.name} ${district.name}`,
      district: district.number,
    })),
  );
  const scopes = ["ks:fiks"];
  const maskinporten = new Maskinporten(given("maskinporten"), {
    origin: addresses.maskinporten,
    clients: [{ clientId, keyId: clientKeyId, publicKey: clientPublicKey, scopes, consumer }],
    switches: scenario.switches,
  });
  const fiksIo = new FiksIo(given("fiks-io"), {
    manifest,
    boundaries,
    accounts: [
      ...accounts,
      { accountId: portalAccount, certificate: signingCertificate, name: "Nasjonal portal" } satisfies Account,
    ],
    integration,
    tokens: maskinporten.tokens,
    switches: fiksIoSwitchesFrom(scenario.switches),
    sinceStart,
    ...(casting.startHeartbeat === undefined ? {} : { startHeartbeat: casting.startHeartbeat }),
  });
  const portal = new Portal(given("portal"), {
    manifest,
    municipalities: scenario.municipalities,
    channel: fiksIo,
    account: portalAccount,
    accounts: new Map(accounts.map(({ recipient, accountId }) => [recipient, accountId])),
    tokens: maskinporten.tokens,
    senders: [
      {
        fiksOrgId: ids.uuid(),
        integrationId: ids.uuid(),
        integrationPassword: ids.uuid(),
        organizationNumber: reporter,
      },
    ],
    token: () => (reporterToken ??= maskinporten.tokens.own(reporter, scopes)),
    certificates: { print: districtsCertificate, districts: districtsCertificate },
    switches: scenario.switches,
  });
  const people = new People(given("people"), { people: scenario.people });
  const receiver = new Receiver(given("receiver"), { manifest, apiKey, people, switches: scenario.switches });
  const alarm = new AlarmSink(given("alarm"), { manifest, people });
  const values = Object.entries({ ...fiksSwitches, ...portalSwitches, ...maskinportenSwitches, ...receiverSwitches });
  const copyLifeMs = switchNumber(fiksSwitches, scenario.switches, "ttlHours") * hourMs;
  const retentionMs = switchNumber(fiksSwitches, scenario.switches, "retentionDays") * dayMs;
  return {
    portal,
    fiksIo,
    receiver,
    people,
    origins: new Map<string, readonly HttpSimulator[]>([
      [addresses.fiksApi, [portal, fiksIo]],
      [addresses.maskinporten, [maskinporten]],
      [addresses.receiver, [receiver]],
      [addresses.alarm, [alarm]],
    ]),
    endpoints: {
      version: 1,
      channels: ["fiks-io"],
      recipients: scenario.municipalities
        .filter(({ served }) => served)
        .map((municipality) => ({
          organizationNumber: municipality.organizationNumber,
          municipalityNumber: municipality.number,
          districts: accounts
            .filter(({ municipalityNumber }) => municipalityNumber === municipality.number)
            .map(({ accountId, district }) => ({
              number: district,
              fiksIo: { accountId, privateKeys: [districtsPrivateKey], certificate: districtsCertificate },
            })),
        })),
      maskinporten: {
        issuer: `${addresses.maskinporten}/`,
        tokenEndpoint: `${addresses.maskinporten}/token`,
        clientId,
        keyId: clientKeyId,
        scopes,
        privateKey: clientPrivateKey,
      },
      fiks: {
        apiBaseUrl: addresses.fiksApi,
        integrationId: integration.id,
        integrationPassword: integration.password,
        amqp: { ...addresses.amqp, tls: false, vhost: "/" },
        plain: true,
        signing: { certificate: signingCertificate, privateKey: signingPrivateKey },
      },
      receiver: { baseUrl: addresses.receiver, apiKey },
      alarm: { webhookUrl: `${addresses.alarm}/` },
      pollIntervalMs,
    },
    parameters: {
      durability: "process",
      channels: [{ name: "fiks-io", lifeMs: copyLifeMs, drainMs: drainBoundMs(pollIntervalMs, 0) }],
      recipients: accounts.filter(({ served }) => served).map(({ recipient }) => recipient),
      longestLifeMs: Math.max(copyLifeMs, retentionMs),
    },
    switches: values.map(([name, { value, evidence }]) => ({
      name,
      value: scenario.switches[name] ?? value,
      evidence,
    })),
  };
}
