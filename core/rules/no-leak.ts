import { deliveryIn } from "../custody.ts";
import type { EntryOf, LedgerEntry } from "../ledger.ts";
import { type DeliveryId, type ExchangeName, isWith, type PartyId } from "../names.ts";
import type { Doubt, Finding, Rule } from "../rule.ts";

/** All leaks of one delivery in one place: a value that is logged at every try is one finding. */
type Leak = {
  readonly first: EntryOf<"leaked">;
  readonly delivery: DeliveryId | undefined;
  readonly seqs: number[];
  readonly blames: PartyId;
};

export type NoLeak = {
  readonly suts: PartyId[];
  /** Places scanned: exchanges that a system under test asked for or answers, and its log. */
  scanned: number;
  logsScanned: boolean;
  /** The latest exchange, and who asked. */
  exchange: ExchangeName | undefined;
  asker: PartyId | undefined;
  readonly leaks: Map<string, Leak>;
};

const shownAtMost = 5;

/**
 * Judges `no-leak@2`: no planted value stands outside the places it may be.
 *
 * Scanning is done by those who see the bytes; this rule counts what they scanned and tells what they found. `judged`
 * counts exchanges that a system under test asked for or answers, and one more for its log where that is scanned.
 *
 * @returns One finding a delivery and place, blaming the system, or the party that asked where it was another.
 * @source RULES.md, no-leak; PORT.md, ruling 10.
 */
export const noLeak: Rule<NoLeak> = {
  id: "no-leak",
  version: 2,
  reads: ["run", "asked", "leaked"],
  start: () => ({ suts: [], scanned: 0, logsScanned: false, exchange: undefined, asker: undefined, leaks: new Map() }),
  step(state, entry) {
    if (entry.by === "claim") return state;
    look(state, entry);
    return state;
  },
  end(state) {
    const findings = [...state.leaks.values()].map(told);
    const wiresOnly: Doubt = {
      because: "The system's log was not captured: only what it said on the wire was searched.",
    };
    return {
      judged: state.scanned === 0 ? 0 : state.scanned + (state.logsScanned ? 1 : 0),
      findings,
      doubts: [],
      ...(state.scanned > 0 && !state.logsScanned ? { notices: [wiresOnly] } : {}),
    };
  },
};

function look(state: NoLeak, entry: LedgerEntry): void {
  switch (entry.kind) {
    case "run":
      for (const { party } of entry.suts) state.suts.push(party);
      state.logsScanned = entry.observers.some(({ reads }) => reads.includes("log"));
      return;
    case "asked":
      state.exchange = entry.exchange;
      state.asker = entry.asker;
      if (state.suts.includes(entry.asker) || answererOf(state, entry) !== undefined) state.scanned += 1;
      return;
    case "leaked": {
      const delivery = deliveryIn(entry) ?? entry.message ?? entry.planted.split(" ")[0];
      const key = `${delivery} ${entry.where}`;
      const known = state.leaks.get(key);
      if (known === undefined)
        state.leaks.set(key, { first: entry, delivery, seqs: [entry.seq], blames: askerOf(state, entry) });
      else if (known.seqs.length < shownAtMost) known.seqs.push(entry.seq);
      return;
    }
    default:
      return;
  }
}

/** The system under test that an exchange is with. */
function answererOf({ suts }: NoLeak, { exchange }: LedgerEntry): PartyId | undefined {
  return exchange === undefined ? undefined : suts.find((party) => isWith(exchange, party));
}

/** What stands in no exchange, such as a log, is the system's own; and so is what it answers. */
function askerOf(state: NoLeak, entry: EntryOf<"leaked">): PartyId {
  const answerer = answererOf(state, entry);
  if (answerer !== undefined) return answerer;
  if (entry.exchange !== undefined && entry.exchange === state.exchange && state.asker !== undefined)
    return state.asker;
  return state.suts[0] ?? "integration";
}

function told({ first, delivery, seqs, blames }: Leak): Finding {
  const place = first.exchange === undefined ? first.where : `${first.where} of ${first.exchange}`;
  const encoded = first.encoding === "plain" ? "" : `, encoded as ${first.encoding}`;
  return {
    rule: "no-leak",
    ...(delivery === undefined ? {} : { delivery }),
    blames,
    happened: `Content of ${delivery ?? "a message"} (${first.planted}) stands in ${place}${encoded}.`,
    because:
      "These messages are about children: addresses, headers, logs and alarms are read, kept and copied by people and systems that may not know of them.",
    next: "Name a message there by an id alone, and keep its content to the body that goes to its recipient.",
    entries: seqs,
  };
}
