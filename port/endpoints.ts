/** Where everything is and with which keys (`komfrem.endpoints/v1`): PORT.md, *Endpoints file*. In process, keys stand inline as PEM. */
export type Endpoints = {
  readonly version: 1;
  readonly channels: readonly Channel[];
  readonly recipients: readonly Recipient[];
  readonly maskinporten?: Maskinporten;
  readonly fiks?: Fiks;
  /** For senders: the portal's producer API, and whom it knows them as. */
  readonly portal?: {
    readonly apiBaseUrl: string;
    readonly fiksOrgId: string;
    readonly integrationId: string;
    readonly integrationPassword: string;
  };
  /** For senders that are processes: where they take orders, by POST. */
  readonly sendUrl?: string;
  readonly altinn?: { readonly baseUrl: string };
  readonly eformidling?: { readonly baseUrl: string; readonly username?: string; readonly password?: string };
  readonly receiver?: { readonly baseUrl: string; readonly apiKey: string };
  /** `host:port`; `smtps` speaks TLS from the first byte on. */
  readonly alarm?: { readonly webhookUrl: string; readonly smtp?: string; readonly smtps?: string };
  /** Where the simulators reach the system: events and subscriptions. */
  readonly webhookBaseUrl?: string;
  /** Whom to trust: PEM; and the same as PKCS#12, which a JVM reads with the password and without. */
  readonly tls?: { readonly caFile: string; readonly truststoreFile?: string; readonly truststorePassword?: string };
  readonly clock?: { readonly nowUrl: string };
  readonly dataDirectory?: string;
  /** A hint, and a lower bound. */
  readonly pollIntervalMs: number;
};

export type Channel =
  | "fiks-io"
  | "altinn-broker"
  | "altinn-correspondence"
  | "altinn-dispatch"
  | "eformidling"
  | "svarinn";

/** The same private key as another field names, in two more forms. */
export type KeyForms = {
  /** PKCS#12. */
  readonly keystoreFile?: string;
  readonly keystorePassword?: string;
  readonly jwkFile?: string;
};

export type Recipient = {
  readonly organizationNumber: string;
  readonly municipalityNumber: string;
  readonly districts: readonly {
    readonly number: string;
    readonly fiksIo?: KeyForms & {
      readonly accountId: string;
      /** PEM, newest first. */
      readonly privateKeys?: readonly string[];
      readonly privateKeyFiles?: readonly string[];
      readonly certificate?: string;
      readonly certificateFile?: string;
    };
  }[];
  readonly altinn?: {
    readonly resourceIds: {
      readonly broker?: string;
      readonly correspondence?: string;
      readonly confidentialCorrespondence?: string;
    };
  };
};

export type Maskinporten = KeyForms & {
  /** Ends in `/`; the `aud` of a grant. */
  readonly issuer: string;
  readonly tokenEndpoint: string;
  readonly clientId: string;
  readonly keyId: string;
  readonly scopes: readonly string[];
  /** PEM, PKCS#8. */
  readonly privateKey?: string;
  readonly privateKeyFile?: string;
};

export type Fiks = {
  readonly apiBaseUrl: string;
  readonly integrationId: string;
  readonly integrationPassword: string;
  readonly amqp: {
    readonly host: string;
    readonly port: number;
    readonly tls: boolean;
    readonly vhost: string;
    readonly caFile?: string;
  };
  /** Containers are plain zips: nothing is signed or encrypted. */
  readonly plain?: true;
  readonly signing: KeyForms & {
    readonly certificate?: string;
    readonly privateKey?: string;
    readonly certificateFile?: string;
    readonly privateKeyFile?: string;
  };
};
