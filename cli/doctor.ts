import { HarnessError } from "../core/error.ts";
import type { LedgerEntry } from "../core/ledger.ts";
import type { ChannelName, Scenario, Step } from "../core/scenario.ts";
import { crashes, sends, waits } from "../core/scenario-verbs.ts";
import { fjordvik, staffOf } from "../scenarios/places.ts";
import type { Run, SystemUnderTest } from "../worlds/world.ts";
import { oneOf, parsed } from "./flags.ts";
import { channelNames, channelsUnsaid } from "./pairs.ts";
import { systemsNamed } from "./selection.ts";
import { worldFor } from "./world.ts";

const flags = {
  integration: { type: "string", multiple: true },
  channel: { type: "string", multiple: true },
  world: { type: "string", default: "simulated" },
} as const;

/** One thing that must be there before a verdict means anything; `why` says what to do where it was not seen. */
export type Link = { readonly name: string; readonly seen: string | undefined; readonly why: string };

/** Where a message that was fetched must come by on each channel; the rest is alike. */
type Reads = Exclude<ChannelName, "altinn-dispatch">;

const leafOf: Readonly<Record<Reads, string>> = {
  "fiks-io": "KOMFREM_FIKS_AMQP_HOST and KOMFREM_FIKS_AMQP_PORT",
  "altinn-correspondence": "KOMFREM_ALTINN_BASE_URL",
};

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
  const link = (name: string, entry: LedgerEntry | undefined, why: string): Link => ({
    name,
    seen: entry === undefined ? undefined : (entry.exchange ?? entry.kind),
    why,
  });
  const answered = first(
    (entry) => (entry.kind === "receipted" || (entry.kind === "settled" && entry.positive)) && entry.delivery === "A",
  );
  const starts = ledger.flatMap((entry, at) => (entry.kind === "started" ? [at] : []));
  const again = starts[1] === undefined ? undefined : heardAfter(ledger, starts[1]);
  const unready = log.at(-1) === undefined ? "" : ` Its last line: ${log.at(-1)}`;
  return [
    link(
      "asks for a token",
      asks("maskinporten"),
      `It never asked Maskinporten at KOMFREM_MASKINPORTEN_TOKEN_ENDPOINT.${unready}`,
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
    ...(sut.product?.dependencies ?? []).map(({ name }) =>
      link(
        `reaches ${name} through us`,
        asks(name),
        `Nothing went through the relay: have it use $KOMFREM_DEPENDENCY_${name.toUpperCase()}.`,
      ),
    ),
  ];
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
        const began = performance.now();
        const run = await world.run(checkup(channel), sut, { seed: 1 });
        const links = linksIn(run, channel);
        isWell &&= links.every(({ seen }) => seen !== undefined);
        console.log(told(sut, channel, run, links, performance.now() - began));
      }
  } finally {
    await world.close();
  }
  return isWell ? 0 : 2;
}

function channelsOf(sut: SystemUnderTest, said: readonly string[] | undefined): readonly Reads[] {
  const served = said?.map((name) => oneOf("--channel", name, channelNames)) ?? channelsUnsaid(sut);
  const readable = served.filter((name): name is Reads => name !== "altinn-dispatch");
  if (sut.role === "integration" && readable.length > 0) return readable;
  throw new HarnessError({
    happened: `${sut.name} was not looked at.`,
    because:
      sut.role === "sender"
        ? "It is a sender; only what receives is looked at so far."
        : "It reads no channel that a checkup is on.",
    next: "Name a system that reads fiks-io or altinn-correspondence.",
  });
}

function told(sut: SystemUnderTest, channel: Reads, run: Run, links: readonly Link[], tookMs: number): string {
  const [head] = run.ledger;
  const tier = head?.kind === "run" ? (head.tierByDomain.integration ?? "none") : "none";
  const width = Math.max(...links.map(({ name }) => name.length));
  return [
    `${sut.name} on ${channel}: its clock is ${tier}; ${(tookMs / 1000).toFixed(1)} s`,
    ...links.map(({ name, seen, why }) => `  ${seen === undefined ? "✗" : "✓"} ${name.padEnd(width)}  ${seen ?? why}`),
  ].join("\n");
}
