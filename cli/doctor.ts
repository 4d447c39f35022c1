import { HarnessError } from "../core/error.ts";
import type { LedgerEntry } from "../core/ledger.ts";
import type { ChannelName, Scenario, Step } from "../core/scenario.ts";
import { crashes, sends, waits } from "../core/scenario-verbs.ts";
import { asleep, dutyOfficer, fjordvik, staffOf } from "../scenarios/places.ts";
import type { ProbeSource, Run, SystemUnderTest } from "../worlds/world.ts";
import { oneOf, parsed } from "./flags.ts";
import { channelsSaid, channelsUnsaid } from "./pairs.ts";
import { systemsNamed } from "./selection.ts";
import { worldFor } from "./world.ts";

const flags = {
  integration: { type: "string", multiple: true },
  channel: { type: "string", multiple: true },
  world: { type: "string", default: "simulated" },
} as const;

/** One thing that must be there before a verdict means anything; `why` says what to do where it was not seen. */
export type Link = { readonly name: string; readonly seen: string | undefined; readonly why: string };

/** The channels that an integration of this world reads. */
type Reads = Exclude<ChannelName, "altinn-dispatch">;

const leafOf: Readonly<Record<Reads, string>> = {
  "fiks-io": "KOMFREM_FIKS_AMQP_HOST and KOMFREM_FIKS_AMQP_PORT",
  "altinn-correspondence": "KOMFREM_ALTINN_BASE_URL",
};

/** What a sender asks of a channel: the leaf it finds it by, what sends, and what tells it what became of that. */
const sending: Readonly<Record<ChannelName, { readonly leaf: string; readonly sends: string; readonly asks: RegExp }>> =
  {
    "fiks-io": {
      leaf: "KOMFREM_PORTAL_API_BASE_URL",
      sends: "portal.submit(A)",
      asks: /^portal\.status\(/,
    },
    "altinn-correspondence": {
      leaf: "KOMFREM_ALTINN_BASE_URL",
      sends: "altinn-correspondence.initialize(A)",
      asks: /^altinn-correspondence\.(overview|details|list)\(/,
    },
    "altinn-dispatch": {
      leaf: "KOMFREM_ALTINN_BASE_URL",
      sends: "altinn-dispatch.send(A)",
      asks: /^altinn-dispatch\.(status|unopened)\(/,
    },
  };

/** A message that nobody opens, a crash, and another one: what it takes to see each link of a sender once. */
export function senderCheckup(channel: ChannelName): Scenario {
  return {
    schema: "komfrem.scenario/v1",
    id: `checkup-sender-${channel}`,
    title: "Is everything connected?",
    because: "A system that never talked to us passes every rule.",
    origin: "DESIGN.md, section 8",
    tests: "sender",
    channels: channel === "fiks-io" ? ["fiks-io"] : [channel, "fiks-io"],
    startsAt: "2023-05-08T08:00:00",
    municipalities: [fjordvik],
    people: [...asleep(fjordvik), dutyOfficer],
    switches: {},
    steps: [
      sends("A", fjordvik.number, { district: "01" }),
      waits({ days: 3 }),
      crashes("process", { seconds: 1 }),
      waits({ hours: 1 }),
      sends("B", fjordvik.number, { district: "01" }),
      waits({ hours: 2 }),
    ],
    faults: [],
    mustHold: [],
  };
}

/** What of a sender's checkup was seen, link by link, in the order an order comes by them. */
export function sendersLinksIn(
  { ledger, sut, log }: Pick<Run, "ledger" | "sut" | "log">,
  channel: ChannelName,
): readonly Link[] {
  const { leaf, sends, asks } = sending[channel];
  const asked = (is: (exchange: string) => boolean): LedgerEntry | undefined =>
    ledger.find(
      (entry) =>
        (entry.kind === "asked" || entry.kind === "idle") && entry.asker === "sender" && is(entry.exchange ?? ""),
    );
  const taken = ledger.find(
    (entry) =>
      entry.kind === "told" && entry.saying === "positive" && entry.exchange?.startsWith("sender.send(A)/") === true,
  );
  const startAgain = ledger.flatMap((entry, at) =>
    entry.kind === "started" && entry.party === "sender" ? [at] : [],
  )[1];
  const links = [
    link("takes an order", taken, `It never answered 202 where it takes orders.${lastLineOf(log)}`),
    link(
      "asks for a token",
      asked((exchange) => exchange.startsWith("maskinporten.")),
      "It never asked Maskinporten at KOMFREM_MASKINPORTEN_TOKEN_ENDPOINT.",
    ),
    link(
      `sends it on ${channel}`,
      asked((exchange) => exchange.startsWith(sends)),
      `It never did: have it use ${leaf}.`,
    ),
    link(
      "asks what became of it",
      asked((exchange) => asks.test(exchange)),
      "It never asked after what it had sent.",
    ),
    ...(channel === "fiks-io"
      ? []
      : [
          link(
            "warns that nobody opens it",
            ledger.find((entry) => entry.kind === "alerted" && (entry.delivery === "A" || entry.ids.includes("A"))),
            "Three days went by and no alarm with an id of it came: neither at KOMFREM_ALARM_WEBHOOK_URL nor by mail.",
          ),
        ]),
    link(
      "comes back after a crash",
      startAgain === undefined ? undefined : ledger.slice(startAgain).find(isTakenOn),
      "It was killed and started again, and took no order.",
    ),
  ];
  return [...links, ...relayed(ledger, sut)];
}

function isTakenOn(entry: LedgerEntry): boolean {
  return entry.kind === "told" && entry.saying === "positive" && entry.exchange?.startsWith("sender.send(") === true;
}

/** One sound message, one that must be reported, and a crash: what it takes to see each link once. */
export function checkup(channel: Reads): Scenario {
  const mail = channel === "altinn-correspondence" ? { by: channel, mail: { confirmation: true } as const } : {};
  const steps: Step[] = [
    sends("A", fjordvik.number, { district: "01", ...mail }),
    waits({ hours: 2 }),
    sends("B", fjordvik.number, { district: "01", defect: "other-municipality", ...mail }),
    waits({ hours: 26 }),
    crashes("process", { seconds: 1 }),
    waits({ hours: 2 }),
  ];
  return {
    schema: "komfrem.scenario/v1",
    id: `checkup-${channel}`,
    title: "Is everything connected?",
    because: "A system that never talked to us passes every rule.",
    origin: "DESIGN.md, section 8",
    channels: [channel],
    startsAt: "2023-05-08T08:00:00",
    municipalities: [fjordvik],
    people: staffOf(fjordvik),
    switches: {},
    steps,
    faults: [],
    mustHold: [],
  };
}

/** What of a checkup was seen, link by link, in the order a message comes by them. */
export function linksIn({ ledger, sut, log }: Pick<Run, "ledger" | "sut" | "log">, channel: Reads): readonly Link[] {
  const first = (is: (entry: LedgerEntry) => boolean): LedgerEntry | undefined => ledger.find(is);
  const asks = (party: string): LedgerEntry | undefined =>
    first(
      (entry) =>
        (entry.kind === "asked" || entry.kind === "idle") &&
        entry.asker === "integration" &&
        entry.exchange?.startsWith(`${party}.`) === true,
    );
  const ofA = (kind: LedgerEntry["kind"]) => first((entry) => entry.kind === kind && entry.delivery === "A");
  const answered = first(
    (entry) => (entry.kind === "receipted" || (entry.kind === "settled" && entry.positive)) && entry.delivery === "A",
  );
  const starts = ledger.flatMap((entry, at) => (entry.kind === "started" ? [at] : []));
  const again = starts[1] === undefined ? undefined : heardAfter(ledger, starts[1]);
  return [
    link(
      "asks for a token",
      asks("maskinporten"),
      `It never asked Maskinporten at KOMFREM_MASKINPORTEN_TOKEN_ENDPOINT.${lastLineOf(log)}`,
    ),
    link(`asks ${channel}`, asks(channel), `It never asked us: have it use ${leafOf[channel]}.`),
    link(
      "fetches a message",
      ofA("fetched"),
      "Nothing was fetched: does it poll, and the places that the endpoints name?",
    ),
    sut.product?.probe === undefined
      ? link(
          "registers it with the receiver",
          ofA("registered"),
          "No case was made: have it use KOMFREM_RECEIVER_BASE_URL and KOMFREM_RECEIVER_API_KEY.",
        )
      : link(
          "its probe tells of the case",
          ofA("registered"),
          `The probe never told of a registered case with the message.${doubtsIn(ledger)}`,
        ),
    link("answers for it", answered, "It was neither receipted, confirmed nor acknowledged."),
    link(
      "reports what it cannot handle",
      first((entry) => entry.kind === "alerted" && (entry.delivery === "B" || entry.ids.includes("B"))),
      "A message that must be reported was not: neither at the receiver's /intake/v1/deviations nor at KOMFREM_ALARM_WEBHOOK_URL within a day, by an id of it.",
    ),
    link("comes back after a crash", again, "It was killed and started again, and asked for nothing."),
    ...relayed(ledger, sut),
  ];
}

function link(name: string, entry: LedgerEntry | undefined, why: string): Link {
  return { name, seen: entry === undefined ? undefined : (entry.exchange ?? entry.kind), why };
}

function lastLineOf(log: readonly string[]): string {
  return log.at(-1) === undefined ? "" : ` Its last line: ${log.at(-1)}`;
}

/** Whether it reaches each of its own dependencies through us. */
function relayed(ledger: readonly LedgerEntry[], { product }: SystemUnderTest): readonly Link[] {
  return (product?.dependencies ?? []).map(({ name }) =>
    link(
      `reaches ${name} through us`,
      ledger.find((entry) => entry.kind === "asked" && entry.exchange?.startsWith(`${name}.`) === true),
      `Nothing went through the relay: have it use $KOMFREM_DEPENDENCY_${name.toUpperCase()}.`,
    ),
  );
}

/** What a probe's readings left open, for whoever must mend it. */
function doubtsIn(ledger: readonly LedgerEntry[]): string {
  const doubts = ledger.flatMap((entry) => (entry.kind === "doubted" && entry.by !== "world" ? [entry.what] : []));
  return doubts.length === 0 ? "" : ` ${doubts.join("; ")}.`;
}

function heardAfter(ledger: readonly LedgerEntry[], at: number): LedgerEntry | undefined {
  return ledger.slice(at).find((entry) => entry.kind === "told" && entry.to === "integration");
}

/** `komfrem doctor`: whether everything that a verdict rests on is connected, link by link. 0 if it is, else 2. */
export async function doctor(args: readonly string[]): Promise<number> {
  const { values } = parsed(args, flags);
  const systems = values.integration === undefined ? [] : await systemsNamed(values.integration);
  if (systems.length === 0)
    throw new HarnessError({
      happened: "Nothing was looked at.",
      because: "No system was named.",
      next: "Name it: komfrem doctor --integration ./komfrem.config.ts",
    });
  const world = worldFor(oneOf("--world", values.world, ["simulated", "live"]), 1);
  let isWell = true;
  try {
    for (const sut of systems)
      for (const channel of channelsOf(sut, values.channel)) {
        const run = await world.run(channel.checkup, sut, { seed: 1 });
        const links = channel.links(run);
        isWell &&= links.every(({ seen }) => seen !== undefined);
        console.log(told(channel.name, run, links));
      }
  } finally {
    await world.close();
  }
  return isWell ? 0 : 2;
}

/** A channel that is looked at: what is performed, and what of it was seen. */
type Looked = { readonly name: ChannelName; readonly checkup: Scenario; readonly links: (run: Run) => readonly Link[] };

function channelsOf(sut: SystemUnderTest, said: readonly string[] | undefined): readonly Looked[] {
  const served = channelsSaid(said) ?? channelsUnsaid(sut);
  if (sut.role === "sender")
    return served.map((name) => ({ name, checkup: senderCheckup(name), links: (run) => sendersLinksIn(run, name) }));
  const readable = served.filter((name): name is Reads => name !== "altinn-dispatch");
  if (readable.length > 0)
    return readable.map((name) => ({ name, checkup: checkup(name), links: (run) => linksIn(run, name) }));
  throw new HarnessError({
    happened: `${sut.name} was not looked at.`,
    because: "It reads no channel that a checkup is on.",
    next: "Name a system that reads fiks-io or altinn-correspondence, or that sends.",
  });
}

function told(channel: ChannelName, run: Run, links: readonly Link[]): string {
  const { sut, ledger, tookMs } = run;
  const [head] = ledger;
  const tier = head?.kind === "run" ? (head.tierByDomain[sut.role] ?? "none") : "none";
  const arranged = arrangements(run);
  const width = Math.max(...[...links, ...arranged].map(({ name }) => name.length));
  return [
    `${sut.name} on ${channel}: its clock is ${tier}; ${seconds(tookMs)}`,
    ...links.map(({ name, seen, why }) => `  ${seen === undefined ? "✗" : "✓"} ${name.padEnd(width)}  ${seen ?? why}`),
    ...arranged.map(({ name, is }) => `    ${name.padEnd(width)}  ${is}`),
  ].join("\n");
}

/** How a product is started, reset and looked into, with what that took; nothing of it can be missing. */
function arrangements({ sut, costs }: Run): readonly { readonly name: string; readonly is: string }[] {
  const { product } = sut;
  const started =
    costs === undefined || costs.startsMs.length === 0
      ? []
      : [{ name: "ready after its start", is: costs.startsMs.map(seconds).join(", again after ") }];
  if (product === undefined) return started;
  const { reset, probe, keepsElsewhere } = product;
  return [
    ...started,
    {
      name: "reset before each run",
      is:
        reset === undefined
          ? keepsElsewhere
            ? "nothing but its data directory is new: what it keeps in its dependencies stays from run to run"
            : "its data directory is new; nothing is kept elsewhere"
          : `${reset.join(" ")}: ${seconds(costs?.resetMs ?? 0)}`,
    },
    ...(sut.role === "sender"
      ? []
      : [
          {
            name: "what it holds",
            is: probe === undefined ? "is what our receiver has" : `told by ${askedBy(probe.source)}`,
          },
        ]),
  ];
}

function askedBy(source: ProbeSource): string {
  switch (source.kind) {
    case "command":
      return `the probe ${source.command.join(" ")}`;
    case "http":
      return `the probe at ${source.url}`;
    case "postgres":
      return "a query in PostgreSQL";
    case "sqlite":
      return `a query in ${source.file}`;
    case "directory":
      return `what lies in ${source.folder}`;
  }
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(ms < 1000 ? 2 : 1)} s`;
}
