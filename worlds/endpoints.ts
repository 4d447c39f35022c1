import type { ChannelName, Scenario } from "../core/scenario.ts";
import type { Endpoints } from "../port/endpoints.ts";
import {
  clientKeyId,
  clientPrivateKey,
  districtsCertificate,
  districtsPrivateKey,
  signingCertificate,
  signingPrivateKey,
} from "../simulators/keys/index.ts";
import type { Addresses } from "./cast.ts";
import { pollIntervalMs } from "./parameters.ts";

/** The resources of the police in Altinn, the same for every recipient. */
export const resourceIds = {
  ordinary: "politiet-henvendelse",
  confidential: "politiet-taushetsbelagt-henvendelse",
} as const;

/** Whom the parties know the system under test as. */
export type Known = {
  readonly clientId: string;
  readonly scopes: readonly string[];
  readonly receiverKey: string;
  /** At Fiks IO, for one that receives. */
  readonly integration: { readonly id: string; readonly password: string };
  /** At the portal, for one that sends. */
  readonly producer: {
    readonly fiksOrgId: string;
    readonly integrationId: string;
    readonly integrationPassword: string;
  };
  readonly accounts: readonly {
    readonly accountId: string;
    readonly municipalityNumber: string;
    readonly district: string;
  }[];
};

/** What the system under test is told of everybody: PORT.md, *Endpoints file*. A channel it is not given has no section. */
export function endpointsFor(scenario: Scenario, addresses: Addresses, known: Known): Endpoints {
  const channels = scenario.channels ?? ["fiks-io"];
  const sends = scenario.tests === "sender";
  const inAltinn = channels.some((channel) => channel !== "fiks-io");
  return {
    version: 1,
    channels,
    recipients: scenario.municipalities
      .filter(({ served }) => served || sends)
      .map(({ number, organizationNumber, districts }) => ({
        organizationNumber,
        municipalityNumber: number,
        districts: districts.map((district) => ({
          number: district.number,
          ...(sends ? {} : fiksIoOf(channels, known, number, district.number)),
        })),
        ...(channels.includes("altinn-correspondence")
          ? {
              altinn: {
                resourceIds: {
                  correspondence: resourceIds.ordinary,
                  confidentialCorrespondence: resourceIds.confidential,
                },
              },
            }
          : {}),
      })),
    maskinporten: {
      issuer: `${addresses.maskinporten}/`,
      tokenEndpoint: `${addresses.maskinporten}/token`,
      clientId: known.clientId,
      keyId: clientKeyId,
      scopes: known.scopes,
      privateKey: clientPrivateKey,
    },
    ...(channels.includes("fiks-io") ? (sends ? portalFor(addresses, known) : fiksFor(addresses, known)) : {}),
    ...(inAltinn ? { altinn: { baseUrl: addresses.altinn } } : {}),
    ...(sends ? {} : { receiver: { baseUrl: addresses.receiver, apiKey: known.receiverKey } }),
    alarm: {
      webhookUrl: `${addresses.alarm}/`,
      smtp: placeOf(addresses.smtp),
      ...(addresses.smtps === undefined ? {} : { smtps: placeOf(addresses.smtps) }),
    },
    pollIntervalMs: pollIntervalMs(scenario),
  };
}

const placeOf = ({ host, port }: Addresses["smtp"]): string => `${host}:${port}`;

type District = Endpoints["recipients"][number]["districts"][number];

function fiksIoOf(
  channels: readonly ChannelName[],
  { accounts }: Known,
  municipality: string,
  district: string,
): Pick<District, "fiksIo"> {
  const account = accounts.find((one) => one.municipalityNumber === municipality && one.district === district);
  if (account === undefined || !channels.includes("fiks-io")) return {};
  return {
    fiksIo: {
      accountId: account.accountId,
      privateKeys: [districtsPrivateKey],
      certificate: districtsCertificate,
    },
  };
}

function fiksFor(addresses: Addresses, { integration }: Known): Pick<Endpoints, "fiks"> {
  return {
    fiks: {
      apiBaseUrl: addresses.fiksApi,
      integrationId: integration.id,
      integrationPassword: integration.password,
      amqp: { ...addresses.amqp, tls: false, vhost: "/" },
      plain: true,
      signing: { certificate: signingCertificate, privateKey: signingPrivateKey },
    },
  };
}

function portalFor(addresses: Addresses, { producer }: Known): Pick<Endpoints, "portal"> {
  return { portal: { apiBaseUrl: addresses.fiksApi, ...producer } };
}
