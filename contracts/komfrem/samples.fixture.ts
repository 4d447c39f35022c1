import type { Fault, FaultAction } from "../../core/fault.ts";
import type { EntryKind, EntryOf, Stamp } from "../../core/ledger.ts";
import type { Mail, Mailbox, Municipality, Person, Scenario, Step, StepKind } from "../../core/scenario.ts";
import type { Config } from "../../port/config.ts";
import type { Endpoints } from "../../port/endpoints.ts";
import type { ProbeItem } from "./probe.ts";

/** Every field there is, all the way down: a field added to a type is missing here until its schema has it too. */
export type Full<T> = T extends string | number | boolean
  ? T
  : T extends readonly (infer Item)[]
    ? readonly Full<Item>[]
    : { readonly [Field in keyof T]-?: Full<Exclude<T[Field], undefined>> };

/** The fields a value may leave out, by name. */
export type Optional<T> = {
  readonly [Field in keyof T as Record<never, never> extends Pick<T, Field> ? Field : never]-?: true;
};

const sha256 = "0".repeat(64);

const stamp: Full<Stamp> = {
  seq: 7,
  atMs: 1200,
  by: "probe:sql",
  exchange: "receiver.register(A)/1",
  message: "A",
  delivery: "A",
  copy: "A",
  cause: 3,
  incarnation: 1,
  notBeforeMs: 1000,
  notAfterMs: 1200,
  complete: true,
};

const parameters: Full<EntryOf<"run">["parameters"]> = {
  profile: "default",
  startsAt: "2023-05-08T08:00:00+02:00",
  durability: "power",
  channels: [{ name: "fiks-io", lifeMs: 86_400_000, drainMs: 7_200_000 }],
  recipients: ["4601-01"],
  maxRetryDelayMs: 60_000,
  longestLifeMs: 1_209_600_000,
  twinLatencyMs: { A: 1200 },
};

export const entries: { readonly [Kind in EntryKind]: Full<EntryOf<Kind>> } = {
  run: {
    ...stamp,
    kind: "run",
    schema: "komfrem.ledger/v1",
    ruleVersions: { "no-loss": 1 },
    scenario: "familia-2023",
    scenarioHash: sha256,
    seed: 1,
    generatorVersion: "1",
    tierByDomain: { world: "driven" },
    suts: [{ party: "integration", role: "integration", hash: sha256 }],
    parameters,
    fidelity: { form: "bytes" },
    switches: [{ name: "retentionDays", value: 14, evidence: "press" }],
    observers: [{ name: "world", reads: ["fiks-io"], settleMs: 0 }],
  },
  phase: { ...stamp, kind: "phase", phase: "rage" },
  moved: { ...stamp, kind: "moved", domain: "world", toMs: 3600, why: "step" },
  started: { ...stamp, kind: "started", party: "integration" },
  stopped: { ...stamp, kind: "stopped", party: "integration", graceMs: 10_000, clean: true },
  crashed: { ...stamp, kind: "crashed", party: "integration", class: "power", survives: "none", why: "threw" },
  paused: { ...stamp, kind: "paused", party: "integration" },
  resumed: { ...stamp, kind: "resumed", party: "integration" },
  upgraded: { ...stamp, kind: "upgraded", party: "integration" },
  restored: { ...stamp, kind: "restored", party: "integration", toMs: -5 },
  faulted: {
    ...stamp,
    kind: "faulted",
    faultId: "f1",
    boundary: "receiver.register(A)/1:done",
    family: "network",
    outcome: "injected",
    untilMs: 5000,
  },
  asked: {
    ...stamp,
    kind: "asked",
    operation: "register",
    asker: "integration",
    attempt: 1,
    copies: ["A"],
    bytes: 812,
  },
  effected: { ...stamp, kind: "effected", change: "new → staged" },
  told: {
    ...stamp,
    kind: "told",
    to: "portal",
    saying: "positive",
    code: "mottatt",
    copies: ["A"],
    takesDebt: "integration",
  },
  untold: { ...stamp, kind: "untold", to: "integration", how: "cut", afterBytes: 4 },
  idle: { ...stamp, kind: "idle", operation: "list", asker: "integration", count: 3, fromMs: 1, toMs: 3 },
  submitted: {
    ...stamp,
    kind: "submitted",
    sender: "sender",
    deliveries: [{ id: "A", municipalityNumber: "4601", district: "01" }],
    parts: [{ name: "form.json", sha256, length: 812 }],
    messageKind: "offentlig",
    version: "v2",
    class: "confidential",
    sameAs: { "bekymringsmelding-id": "x1" },
    planted: "twin",
  },
  linked: { ...stamp, kind: "linked", wireId: "x1", scope: "melding-id", supersedes: "A" },
  held: { ...stamp, kind: "held", party: "receiver", durability: "power", ok: true },
  dropped: { ...stamp, kind: "dropped", party: "portal", why: "purged", lastPath: true },
  offered: {
    ...stamp,
    kind: "offered",
    channel: "fiks-io",
    resource: "4601-01",
    to: "integration",
    lifeEndsMs: 86_400_000,
  },
  fetched: { ...stamp, kind: "fetched", reader: "integration", received: 812, total: 812 },
  settled: { ...stamp, kind: "settled", how: "ack", positive: true },
  receipted: { ...stamp, kind: "receipted", saying: "positive", reason: "receipt" },
  registered: {
    ...stamp,
    kind: "registered",
    caseId: "x2",
    municipalityNumber: "4601",
    district: "01",
    class: "confidential",
    parts: [{ name: "form.json", fidelity: "bytes", ok: true }],
    whole: true,
  },
  quarantined: { ...stamp, kind: "quarantined", party: "integration", retrievable: true, untilMs: 9000 },
  shown: { ...stamp, kind: "shown", to: "4601-01" },
  opened: { ...stamp, kind: "opened", opener: "person", who: "caseworker" },
  refused: { ...stamp, kind: "refused", party: "receiver", permanent: true, code: "422" },
  returned: { ...stamp, kind: "returned", to: "portal", reason: "refused" },
  printed: { ...stamp, kind: "printed", to: "4601-01", reason: "expired" },
  resent: { ...stamp, kind: "resent", of: "A", as: "A~2" },
  entitled: {
    ...stamp,
    kind: "entitled",
    who: "integration",
    channel: "fiks-io",
    resource: "4601-01",
    granted: false,
    recipient: "4601-01",
  },
  alive: {
    ...stamp,
    kind: "alive",
    reader: "integration",
    channel: "fiks-io",
    resource: "4601-01",
    how: "attach",
    credit: true,
    lastMs: 900,
  },
  notified: { ...stamp, kind: "notified", person: "caseworker", via: "mail", outcome: "delivered" },
  alerted: {
    ...stamp,
    kind: "alerted",
    sink: "alarm",
    owner: "deviations",
    ids: ["A"],
    about: "store-refused",
    bounced: false,
    retrievable: true,
  },
  seen: { ...stamp, kind: "seen", person: "caseworker", alert: 5 },
  leaked: { ...stamp, kind: "leaked", where: "log", encoding: "plain", planted: "A form head" },
  doubted: { ...stamp, kind: "doubted", what: "two messages fit" },
};

/** Fields that every entry may leave out, and those of each kind. */
export const stampOptional: Optional<Stamp> = {
  exchange: true,
  message: true,
  delivery: true,
  copy: true,
  cause: true,
  incarnation: true,
  notBeforeMs: true,
  notAfterMs: true,
  complete: true,
};

type OwnOptional<Kind extends EntryKind> = Omit<Optional<EntryOf<Kind>>, keyof Stamp>;
const none: Record<never, never> = {};

export const entryOptional: { readonly [Kind in EntryKind]: OwnOptional<Kind> } = {
  run: none,
  phase: none,
  moved: none,
  started: none,
  stopped: none,
  crashed: { why: true },
  paused: none,
  resumed: none,
  upgraded: none,
  restored: none,
  faulted: { untilMs: true },
  asked: none,
  effected: none,
  told: { takesDebt: true },
  untold: none,
  idle: none,
  submitted: { planted: true },
  linked: { supersedes: true },
  held: none,
  dropped: none,
  offered: { lifeEndsMs: true },
  fetched: none,
  settled: none,
  receipted: none,
  registered: { municipalityNumber: true, district: true, class: true },
  quarantined: none,
  shown: none,
  opened: none,
  refused: none,
  returned: none,
  printed: none,
  resent: none,
  entitled: { recipient: true },
  alive: { lastMs: true },
  notified: none,
  alerted: { retrievable: true },
  seen: none,
  leaked: none,
  doubted: none,
};

export const actions: { readonly [Kind in FaultAction["kind"]]: Full<Extract<FaultAction, { kind: Kind }>> } = {
  refuse: { kind: "refuse" },
  reset: { kind: "reset" },
  cut: { kind: "cut", afterBytes: 10 },
  stall: { kind: "stall" },
  delay: { kind: "delay", byMs: 1000 },
  repeat: { kind: "repeat" },
  answer: { kind: "answer", status: 503, retryAfterSeconds: 30 },
  crash: { kind: "crash", class: "power", survives: "subset" },
  stop: { kind: "stop", graceMs: 10_000 },
  crashParty: { kind: "crashParty", downMs: 5000 },
  pause: { kind: "pause", forMs: 5000 },
};

export const actionOptional: {
  readonly [Kind in FaultAction["kind"]]: Optional<Extract<FaultAction, { kind: Kind }>>;
} = {
  refuse: none,
  reset: none,
  cut: none,
  stall: none,
  delay: none,
  repeat: none,
  answer: { retryAfterSeconds: true },
  crash: none,
  stop: none,
  crashParty: none,
  pause: none,
};

export const fault: Full<Fault> = {
  id: "f1",
  at: "receiver.register(*)/1:done",
  does: { kind: "reset" } as never,
  times: 2,
};

export const steps: { readonly [Kind in StepKind]: Full<Extract<Step, { kind: Kind }>> } = {
  sends: {
    kind: "sends",
    label: "A",
    messageKind: "offentlig",
    version: 2,
    to: { municipality: "4601", district: "01" },
    content: "short",
    twinOf: "B",
    defect: "not-json",
    by: "altinn-correspondence",
    mail: {
      ordinary: true,
      furtherFiles: 2,
      confirmation: true,
      notice: true,
      filesLiveDays: 30,
      publishedLateMs: 3_600_000,
    },
  },
  resends: { kind: "resends", label: "A" },
  waits: { kind: "waits", ms: 1000 },
  crashes: { kind: "crashes", class: "process", survives: "none", downMs: 0 },
  stops: { kind: "stops", graceMs: 10_000, downMs: 0 },
  upgrades: { kind: "upgrades", to: "next", graceMs: 10_000, downMs: 0, overlapMs: 60_000 },
  restores: { kind: "restores", party: "integration", agoMs: 3_600_000, downMs: 0 },
  unreachable: { kind: "unreachable", party: "receiver", forMs: 1000, certificate: "expired" },
  strains: { kind: "strains", how: "overloaded", forMs: 1000 },
  receiverCrashes: { kind: "receiverCrashes", downMs: 1000 },
  disconnects: { kind: "disconnects" },
  entitles: { kind: "entitles", who: "Kari", municipality: "4601", right: "dispatch-file", granted: false },
  away: { kind: "away", person: "Kari", forMs: 1000, deputy: "Ola" },
};

export const stepOptional: { readonly [Kind in StepKind]: Optional<Extract<Step, { kind: Kind }>> } = {
  sends: { twinOf: true, defect: true, by: true, mail: true },
  resends: none,
  waits: none,
  crashes: none,
  stops: none,
  upgrades: { overlapMs: true },
  restores: none,
  unreachable: { certificate: true },
  strains: none,
  receiverCrashes: none,
  disconnects: none,
  entitles: none,
  away: { deputy: true },
};

export const scenario: Full<Scenario> = {
  schema: "komfrem.scenario/v1",
  id: "sample",
  title: "A sample",
  because: "A schema needs one.",
  origin: "none",
  tests: "sender",
  channels: ["altinn-dispatch", "fiks-io"],
  startsAt: "2023-05-08T08:00:00",
  municipalities: [
    {
      number: "4601",
      name: "Fjordvik",
      organizationNumber: "310000000",
      districts: [{ number: "01", name: "Sentrum", standard: true, supports: "V2" }],
      served: true,
      mailbox: { notices: "bounce", qualified: false, machine: "opens" },
    },
  ],
  people: [
    {
      name: "Kari",
      duty: "mail distributor",
      municipality: "4601",
      looksEveryMs: 3_600_000,
      rights: ["correspondence", "confidential", "dispatch-message", "dispatch-file"],
      delegatesTo: "Ola",
    },
  ],
  switches: { retentionDays: 14 },
  steps: Object.values(steps),
  faults: [fault],
  mustHold: ["no-loss"],
};

/** What a scenario, and each of what it is made of, may leave out. */
export const scenarioOptional: Optional<Scenario> = { tests: true, channels: true };
export const municipalityOptional: Optional<Municipality> = { mailbox: true };
export const mailboxOptional: Optional<Partial<Mailbox>> = { notices: true, qualified: true, machine: true };
export const personOptional: Optional<Person> = { municipality: true, rights: true, delegatesTo: true };
export const mailOptional: Optional<Mail> = {
  ordinary: true,
  furtherFiles: true,
  confirmation: true,
  notice: true,
  filesLiveDays: true,
  publishedLateMs: true,
};

const keyForms = { keystoreFile: "/k.p12", keystorePassword: "p", jwkFile: "/k.jwk" };

export const endpoints: Full<Endpoints> = {
  version: 1,
  channels: ["fiks-io"],
  recipients: [
    {
      organizationNumber: "310000000",
      municipalityNumber: "4601",
      districts: [
        {
          number: "01",
          fiksIo: {
            accountId: "x",
            privateKeys: ["pem"],
            privateKeyFiles: ["/k.pem"],
            certificate: "pem",
            certificateFile: "/c.pem",
            ...keyForms,
          },
        },
      ],
      altinn: { resourceIds: { broker: "a", correspondence: "b", confidentialCorrespondence: "c" } },
    },
  ],
  maskinporten: {
    issuer: "http://127.0.0.1:1/",
    tokenEndpoint: "http://127.0.0.1:1/token",
    clientId: "c",
    keyId: "k",
    scopes: ["ks:fiks"],
    privateKey: "pem",
    privateKeyFile: "/k.pem",
    ...keyForms,
  },
  fiks: {
    apiBaseUrl: "http://127.0.0.1:1",
    integrationId: "x",
    integrationPassword: "p",
    amqp: { host: "127.0.0.1", port: 5672, tls: false, vhost: "/", caFile: "/ca.pem" },
    plain: true,
    signing: {
      certificate: "pem",
      privateKey: "pem",
      certificateFile: "/c.pem",
      privateKeyFile: "/k.pem",
      ...keyForms,
    },
  },
  portal: { apiBaseUrl: "http://127.0.0.1:1", fiksOrgId: "x", integrationId: "x", integrationPassword: "p" },
  altinn: { baseUrl: "http://127.0.0.1:1" },
  eformidling: { baseUrl: "http://127.0.0.1:1", username: "u", password: "p" },
  receiver: { baseUrl: "http://127.0.0.1:1", apiKey: "k" },
  alarm: { webhookUrl: "http://127.0.0.1:1/alarms", smtp: "127.0.0.1:2", smtps: "127.0.0.1:3" },
  sendUrl: "http://127.0.0.1:1/send",
  webhookBaseUrl: "http://127.0.0.1:1",
  tls: { caFile: "/ca.pem", truststoreFile: "/ca.p12", truststorePassword: "p" },
  clock: { nowUrl: "http://127.0.0.1:1/now" },
  dataDirectory: "/data",
  pollIntervalMs: 900_000,
};

export const probeItem: Full<ProbeItem> = {
  ids: ["x1"],
  state: "registered",
  municipality: "4601",
  district: "01",
  confidential: true,
  visibleTo: ["4601-01"],
  registeredAt: "2023-05-08T08:00:00+02:00",
  caseId: "1",
  parts: [{ name: "form.json", sha256, text: "t" }],
  complete: true,
  asOf: "2023-05-08T08:00:00+02:00",
};

export const config: Full<Config> = {
  name: "intake",
  role: "sender",
  send: "8081/send",
  overlaps: true,
  command: ["intake", "--serve"],
  image: "intake:4.2",
  compose: { file: "compose.yml", service: "intake" },
  dockerfile: ".",
  address: { host: "127.0.0.1", start: ["intake", "up"], stop: ["intake", "down"], kill: ["intake", "kill"] },
  data: "/var/lib/intake",
  limits: { memoryMb: 512, cpus: 0.5, diskMb: 64, writeMbPerSecond: 1 },
  folder: "..",
  channels: ["altinn-correspondence"],
  environment: { ALTINN_URL: "$KOMFREM_ALTINN_BASE_URL" },
  reset: ["intake", "--empty"],
  next: ["intake", "--next"],
  backup: { take: ["intake", "--save"], put: ["intake", "--restore"] },
  dependencies: { db: "127.0.0.1:5432" },
  clock: { tier: "compressed", dayTakesMs: 3000, pollIntervalMs: 250 },
  maxRetryDelayMs: 0,
  settleMs: 500,
  ready: { log: "ready", http: "8080/health", port: 8080, file: "ready" },
  readyWithinMs: 30_000,
  probe: {
    command: ["intake", "--probe"],
    fidelity: { form: "fields", pdf: "rendered", text: "text", file: "bytes" },
    everyMs: 250,
    settleMs: 1000,
  },
  accepts: [
    { rule: "right-recipient", scenario: "twins", because: "no district", owner: "Vera Vakt", until: "2027-01-31" },
  ],
  runsAtOnce: 1,
  budgets: { fuzz: "10m", sweep: "30m" },
  tls: true,
};
