import { authenticationSwitches, correspondenceSwitches } from "../contracts/altinn/switches.ts";
import { dispatchSwitches } from "../contracts/altinn-dispatch/switches.ts";
import { switches as fiksSwitches } from "../contracts/fiks/switches.ts";
import { hourMs } from "../core/calendar.ts";
import type { Evidence, Parameters } from "../core/ledger.ts";
import { type DeliveryId, type Label, messageOf, municipalityParty, recipientId } from "../core/names.ts";
import type { ChannelName, Scenario } from "../core/scenario.ts";
import type { Endpoints } from "../port/endpoints.ts";
import { AlarmSink } from "../simulators/alarm/alarm.ts";
import { SmtpCatcher } from "../simulators/alarm/smtp.ts";
import { alarmSwitches } from "../simulators/alarm/switches.ts";
import { Authentication } from "../simulators/altinn/authentication/authentication.ts";
import { Correspondence, type Organization } from "../simulators/altinn/correspondence/correspondence.ts";
import { DispatchService } from "../simulators/altinn/dispatch/dispatch.ts";
import { Register } from "../simulators/altinn/rights.ts";
import type { Boundaries } from "../simulators/boundaries.ts";
import type { Account, FiksIo, FiksIoSetup } from "../simulators/fiks-io/fiks-io.ts";
import { fiksIoSwitchesFrom } from "../simulators/fiks-io/switches.ts";
import { clientKeyId, clientPublicKey, districtsCertificate, signingCertificate } from "../simulators/keys/index.ts";
import type { Manifest } from "../simulators/manifest.ts";
import { Maskinporten } from "../simulators/maskinporten/maskinporten.ts";
import { maskinportenSwitches } from "../simulators/maskinporten/switches.ts";
import { Intake } from "../simulators/municipality/intake.ts";
import { People } from "../simulators/people/people.ts";
import { peopleSwitches } from "../simulators/people/switches.ts";
import { Police, type PoliceSetup } from "../simulators/police/police.ts";
import { policeSwitches } from "../simulators/police/switches.ts";
import { Portal } from "../simulators/portal/portal.ts";
import { portalSwitches } from "../simulators/portal/switches.ts";
import { Receiver } from "../simulators/receiver/receiver.ts";
import { receiverSwitches } from "../simulators/receiver/switches.ts";
import { switchNumber } from "../simulators/switch-value.ts";
import type { Given, HttpSimulator } from "../simulators/wire.ts";
import { endpointsFor, resourceIds } from "./endpoints.ts";
import { channelsIn, parametersOf, worldSwitches } from "./parameters.ts";

type Place = { readonly host: string; readonly port: number };

/** Where everybody stands: origins without path or trailing slash. */
export type Addresses = {
  /** The portal and Fiks IO share it, as they do at KS. */
  readonly fiksApi: string;
  readonly maskinporten: string;
  readonly receiver: string;
  readonly alarm: string;
  /** Correspondence, token exchange and dispatch share it. */
  readonly altinn: string;
  readonly amqp: Place;
  readonly smtp: Place;
  /** Where mail is taken over TLS, if at all. */
  readonly smtps?: Place;
};

/** Addresses in the simulated world; nothing listens there. */
export const simulatedAddresses: Addresses = {
  fiksApi: "http://127.0.0.1:8401",
  maskinporten: "http://127.0.0.1:8402",
  receiver: "http://127.0.0.1:8403",
  alarm: "http://127.0.0.1:8404",
  altinn: "http://127.0.0.1:8405",
  amqp: { host: "127.0.0.1", port: 5671 },
  smtp: { host: "127.0.0.1", port: 2525 },
};

/** Everybody around the system under test, and what it is told of them. */
export type Cast = {
  readonly portal: Portal;
  /** Absent where nobody brought it: the portal then delivers to the municipality's own system. */
  readonly fiksIo?: FiksIo;
  readonly receiver: Receiver;
  readonly people: People;
  readonly rights: Register;
  readonly correspondence: Correspondence;
  readonly dispatch: DispatchService;
  readonly police: Police;
  readonly smtp: SmtpCatcher;
  /** Who answers at each origin. */
  readonly origins: ReadonlyMap<string, readonly HttpSimulator[]>;
  readonly endpoints: Endpoints;
  /** Of the integration that reads beside a sender under test. */
  readonly readerEndpoints?: Endpoints;
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
  /** Whether the sender under test has deleted the copy that it was seen to keep. */
  readonly hasDeleted: (delivery: DeliveryId) => boolean;
  /** Asks whoever answers in Altinn, as the world's police. */
  readonly askAltinn: PoliceSetup["ask"];
  /** Brings Fiks IO, and with it AMQP; absent where no system under test may read there. */
  readonly fiksIo?: (given: Given, setup: FiksIoSetup) => FiksIo;
  /** An integration under test reads what the sender under test sends. */
  readonly paired?: boolean;
  readonly startHeartbeat?: (everyMs: number, beat: () => void) => () => void;
  /** Told of each message that Fiks IO hands over. */
  readonly handedOver?: FiksIoSetup["handedOver"];
};

const apiKey = "komfrem-receiver-key";
const clientId = "komfrem-integration";
/** Who reads beside a sender under test, which has the other. */
const readerClientId = "komfrem-reader";
/** Organisations: the vendor's integration, the world's own reporter, the police whose sender is under test. */
const organizations = { vendor: "310000017", reporter: "310000025", police: "310000033" } as const;

const policeScopes = ["altinn:correspondence.write", "altinn:dispatch.write"];

/** Builds everybody for one run of a scenario. Ids come from the run's randomness, so they are the same for its seed. */
export function castFor(scenario: Scenario, casting: Casting): Cast {
  const { given, manifest, boundaries, addresses, sinceStart } = casting;
  const { municipalities, switches } = scenario;
  const tests = scenario.tests ?? "integration";
  const paired = casting.paired === true;
  const reads = tests === "integration" || paired;
  const ids = given("ids").random;
  const integration = { id: ids.uuid(), password: ids.uuid() };
  const portalAccount = ids.uuid();
  let reporterToken: string | undefined;
  const accounts = municipalities.flatMap((municipality) =>
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
  const scopes = scopesOf(scenario, tests);
  const readerScopes = scopesOf(scenario, "integration");
  const maskinporten = new Maskinporten(given("maskinporten"), {
    origin: addresses.maskinporten,
    clients: [
      {
        clientId,
        keyId: clientKeyId,
        publicKey: clientPublicKey,
        scopes,
        consumer: tests === "sender" ? organizations.police : organizations.vendor,
      },
      ...(paired
        ? [
            {
              clientId: readerClientId,
              keyId: clientKeyId,
              publicKey: clientPublicKey,
              scopes: readerScopes,
              consumer: organizations.vendor,
            },
          ]
        : []),
    ],
    switches,
  });
  const fiksIo = casting.fiksIo?.(given("fiks-io"), {
    manifest,
    boundaries,
    accounts: [
      ...accounts,
      { accountId: portalAccount, certificate: signingCertificate, name: "Nasjonal portal" } satisfies Account,
    ],
    integration,
    tokens: maskinporten.tokens,
    switches: fiksIoSwitchesFrom(switches),
    sinceStart,
    ...(casting.startHeartbeat === undefined ? {} : { startHeartbeat: casting.startHeartbeat }),
    ...(casting.handedOver === undefined ? {} : { handedOver: casting.handedOver }),
  });
  const rights = new Register(given("altinn"), { ...scenario, paired });
  const people = new People(given("people"), {
    people: scenario.people,
    tests,
    mail: {
      rights,
      carry: ({ copy, parts, place }) =>
        boundaries.reachable("receiver") &&
        receiver.registerByHand(copy, parts, {
          municipalityNumber: place.municipality,
          class: place.resource.startsWith("correspondence/") ? "ordinary" : "confidential",
        }),
      sinceStart,
      switches,
    },
  });
  const receiver = new Receiver(given("receiver"), { manifest, apiKey, people, switches });
  const recipientOf = new Map(accounts.map(({ accountId, recipient }) => [accountId, recipient]));
  const producer = { fiksOrgId: ids.uuid(), integrationId: ids.uuid(), integrationPassword: ids.uuid() };
  const underTest = { fiksOrgId: ids.uuid(), integrationId: ids.uuid(), integrationPassword: ids.uuid() };
  const portal = new Portal(given("portal"), {
    manifest,
    municipalities,
    channel:
      reads && fiksIo !== undefined
        ? fiksIo
        : new Intake(given("municipality"), {
            manifest,
            recipientOf: (account) => recipientOf.get(account),
            register: (copy, parts, at) =>
              receiver.registerByHand(copy, parts, { municipalityNumber: at.slice(0, 4), district: at.slice(5) }),
            ttlMs: switchNumber(fiksSwitches, switches, "ttlHours") * hourMs,
            sinceStart,
          }),
    account: portalAccount,
    accounts: new Map(accounts.map(({ recipient, accountId }) => [recipient, accountId])),
    tokens: maskinporten.tokens,
    readerOf: (recipient) => (reads ? "integration" : municipalityParty(recipient.slice(0, 4))),
    senders: [
      { ...producer, organizationNumber: organizations.reporter },
      { ...underTest, organizationNumber: organizations.police },
    ],
    token: () => (reporterToken ??= maskinporten.tokens.own(organizations.reporter, scopes)),
    certificates: { print: districtsCertificate, districts: districtsCertificate },
    switches,
  });
  const authentication = new Authentication(given("altinn-authentication"), {
    origin: addresses.altinn,
    maskinporten: maskinporten.tokens,
    switches,
  });
  const correspondence = new Correspondence(given("altinn-correspondence"), {
    manifest,
    organizations: new Map<string, Organization>([
      ...municipalities.map(({ organizationNumber, number }): [string, Organization] => [
        organizationNumber,
        { kind: "municipality", number },
      ]),
      [organizations.police, { kind: "sender" }],
    ]),
    resources: resourceIds,
    readers: people,
    rights,
    tokens: authentication.tokens,
    sinceStart,
    publishedLateMs: (copy) => publishedLateMs(scenario, messageOf(copy)),
    switches,
  });
  const dispatch = new DispatchService(given("altinn-dispatch"), {
    manifest,
    municipalities,
    rights,
    readers: people,
    tokens: { read: (token) => authentication.tokens.read(token) ?? maskinporten.tokens.read(token) },
    sinceStart,
    switches,
  });
  let policeToken: string | undefined;
  const police = new Police(given("police"), {
    manifest,
    municipalities,
    ask: casting.askAltinn,
    token: () => (policeToken ??= authentication.tokens.own(organizations.police, policeScopes)),
    resourceIds,
    people,
    carryLetter: (delivery) => boundaries.reachable("receiver") && receiver.registerLetter(delivery),
    canRetrieve: (delivery) => !casting.hasDeleted(delivery),
    tests,
    switches,
  });
  const alarm = new AlarmSink(given("alarm"), {
    manifest,
    people,
    raised: (alert, copies, reason) => police.raised(alert, copies, reason),
  });
  const smtp = new SmtpCatcher({ sink: alarm, boundaries, switches });
  const isOn = new Set<string>(channelsIn(scenario));
  const known = { receiverKey: apiKey, integration, producer: underTest, accounts };
  const values = Object.entries({
    ...fiksSwitches,
    ...portalSwitches,
    ...maskinportenSwitches,
    ...receiverSwitches,
    ...correspondenceSwitches,
    ...authenticationSwitches,
    ...dispatchSwitches,
    ...policeSwitches,
    ...alarmSwitches,
    ...peopleSwitches,
    ...worldSwitches,
  });
  return {
    portal,
    ...(fiksIo === undefined ? {} : { fiksIo }),
    receiver,
    people,
    rights,
    correspondence,
    dispatch,
    police,
    smtp,
    origins: new Map<string, readonly HttpSimulator[]>([
      [addresses.fiksApi, fiksIo === undefined ? [portal] : [portal, fiksIo]],
      [addresses.maskinporten, [maskinporten]],
      [addresses.receiver, [receiver]],
      [addresses.alarm, [alarm]],
      // What is not on in a scenario is not there: who asks it all the same hears 404.
      [addresses.altinn, [authentication, ...[correspondence, dispatch].filter(({ party }) => isOn.has(party))]],
    ]),
    endpoints: endpointsFor(scenario, addresses, { ...known, clientId, scopes }),
    ...(paired
      ? {
          readerEndpoints: endpointsFor(asRead(scenario), addresses, {
            ...known,
            clientId: readerClientId,
            scopes: readerScopes,
          }),
        }
      : {}),
    parameters: parametersOf(scenario),
    switches: values.map(([name, { value, evidence }]) => ({ name, value: switches[name] ?? value, evidence })),
  };
}

/** How much later than asked for a message is published in Altinn, ms. */
function publishedLateMs({ steps }: Scenario, label: Label): number {
  const sent = steps.find((step) => step.kind === "sends" && step.label === label);
  return sent?.kind === "sends" ? (sent.mail?.publishedLateMs ?? 0) : 0;
}

/** The scenario as it is to whoever reads what a sender under test sends. */
function asRead({ tests: _, ...scenario }: Scenario): Scenario {
  const { channels = ["fiks-io"] } = scenario;
  return { ...scenario, channels: channels.filter((channel) => channel !== "altinn-dispatch") };
}

/** What a system under test may ask tokens for: each channel has its own. */
function scopesOf({ channels = ["fiks-io"] }: Scenario, tests: Scenario["tests"]): readonly string[] {
  const may = tests === "sender" ? "write" : "read";
  const scopes: Readonly<Record<ChannelName, string>> = {
    "fiks-io": "ks:fiks",
    "altinn-correspondence": `altinn:correspondence.${may}`,
    "altinn-dispatch": `altinn:dispatch.${may}`,
  };
  return channels.map((channel) => scopes[channel]);
}
