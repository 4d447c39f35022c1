import { deliveryIn } from "../custody.ts";
import type { LedgerEntry } from "../ledger.ts";
import { type DeliveryId, type PartyId, type RecipientId, recipientId } from "../names.ts";
import type { Doubt, Finding, Judgement, RuleId } from "../rule.ts";
import type { Judged } from "../verdict.ts";

/** What a channel's contract lets be sent, and to whom. */
export type Kind = {
  readonly messageKind: string;
  readonly version: string;
  readonly recipient: RecipientId;
};

/** One judged run as `allKinds` needs it; made by `survey`, and small enough to keep for every run of a campaign. */
export type Surveyed = {
  /** Names the run in findings. */
  readonly run: string;
  readonly suts: readonly PartyId[];
  /** The kinds of healthy message that it sent. */
  readonly kinds: readonly Kind[];
  /** Whether anything was done to anybody on purpose. */
  readonly faulted: boolean;
  /** How many obligations each rule judged. */
  readonly judged: Readonly<Partial<Record<RuleId, number>>>;
  /** Rules that failed and blame a system under test; without kinds where the finding is about no delivery. */
  readonly failed: readonly { readonly rule: RuleId; readonly kind: Kind | undefined }[];
};

/** What the runs are held against. */
export type KindsContract = {
  readonly kinds: readonly Kind[];
  /** The rules that apply on this channel. */
  readonly rules: readonly RuleId[];
};

type Fact = {
  readonly messageKind: string;
  readonly version: string;
  recipient: RecipientId;
  readonly healthy: boolean;
};

const recipientForm = /^\d{4}-\d{2}$/;
/** Stands for the district that takes what names none, until the channel's offer says which that is. */
const noDistrict = "00";

/**
 * What one run has to say of the kinds of message.
 *
 * @param run Names the run, such as `familia-2023/1`.
 */
export function survey(run: string, ledger: readonly LedgerEntry[], judged: Judged): Surveyed {
  const facts = new Map<DeliveryId, Fact>();
  let suts: readonly PartyId[] = [];
  let faulted = false;
  for (const entry of ledger)
    switch (entry.kind) {
      case "run":
        suts = entry.suts.map(({ party }) => party);
        break;
      case "faulted":
        faulted ||= entry.outcome === "injected";
        break;
      case "submitted": {
        const { messageKind, version } = entry;
        const healthy = entry.planted !== "invalid" && entry.planted !== "poison";
        for (const { id, municipalityNumber, district = noDistrict } of entry.deliveries)
          facts.set(id, { messageKind, version, recipient: recipientId(municipalityNumber, district), healthy });
        break;
      }
      case "offered": {
        const fact = facts.get(deliveryIn(entry) ?? "");
        if (fact?.recipient.endsWith(`-${noDistrict}`) === true && recipientForm.test(entry.resource))
          fact.recipient = entry.resource;
        break;
      }
      default:
        break;
    }
  const kinds = new Map<string, Kind>();
  for (const fact of facts.values()) if (fact.healthy) kinds.set(nameOf(fact), kindOf(fact));
  const failed = judged.broken.flatMap(({ primary, attached }) =>
    [primary, ...attached].map(({ rule, delivery }) => {
      const fact = delivery === undefined ? undefined : facts.get(delivery);
      return { rule, kind: fact === undefined ? undefined : kindOf(fact) };
    }),
  );
  const counts = Object.fromEntries(Object.entries(judged.rules).map(([rule, outcome]) => [rule, outcome.judged]));
  return { run, suts, kinds: [...kinds.values()], faulted, judged: counts, failed };
}

function kindOf({ messageKind, version, recipient }: Kind): Kind {
  return { messageKind, version, recipient };
}

function nameOf({ messageKind, version, recipient }: Kind): string {
  return `${messageKind}.${version} to ${recipient}`;
}

/**
 * Judges `all-kinds@1`: each kind of message in the contract was sent to each recipient, also while things went wrong,
 * and every rule that applies was exercised with it and failed nowhere.
 *
 * `judged` counts kinds times rules that were decided. A run counts for every kind it sent, since what a rule judged is
 * not told kind by kind. Kinds that the profile marks optional are left out of the contract.
 *
 * @returns Findings that blame the system under test, with no entries: they are about runs, which they name. A kind that
 * was never sent, or a rule never exercised with it, is a doubt.
 * @source RULES.md, all-kinds; incidents.md, invariant 9.
 */
export function allKinds(runs: readonly Surveyed[], contract: KindsContract): Judgement {
  const findings: Finding[] = [];
  const doubts: Doubt[] = [];
  let judged = 0;
  for (const kind of contract.kinds) {
    const name = nameOf(kind);
    const sentBy = runs.filter(({ kinds }) => kinds.some((each) => nameOf(each) === name));
    const [first] = sentBy;
    if (first === undefined) {
      doubts.push({ because: `No run sent ${name}.` });
      continue;
    }
    if (!sentBy.some(({ faulted }) => faulted)) findings.push(onlyInPeace(name, first));
    for (const rule of contract.rules) {
      const failing = runs.find(({ failed, kinds }) =>
        failed.some((each) => each.rule === rule && concerns(each.kind, kinds, name)),
      );
      if (failing === undefined && !sentBy.some((run) => (run.judged[rule] ?? 0) > 0)) {
        doubts.push({ because: `No run exercised ${rule} with ${name}.` });
        continue;
      }
      judged += 1;
      if (failing !== undefined) findings.push(failedWith(name, rule, failing));
    }
  }
  return { judged, findings, doubts };
}

/** A finding about no delivery is about every kind the run sent. */
function concerns(failed: Kind | undefined, kinds: readonly Kind[], name: string): boolean {
  return failed === undefined ? kinds.some((kind) => nameOf(kind) === name) : nameOf(failed) === name;
}

const systemOf = ({ suts }: Surveyed): PartyId => suts[0] ?? "integration";

function onlyInPeace(name: string, run: Surveyed): Finding {
  return {
    rule: "all-kinds",
    blames: systemOf(run),
    happened: `${name} was sent in faultless runs only, such as ${run.run}.`,
    because:
      "Kinds take different ways through a system: one that was never tried while something broke is not shown to survive it.",
    next: "Send it in runs with faults as well.",
    entries: [],
  };
}

function failedWith(name: string, rule: RuleId, run: Surveyed): Finding {
  return {
    rule: "all-kinds",
    blames: systemOf(run),
    happened: `${rule} failed with ${name} in run ${run.run}.`,
    because: "A system is right only if it is right for every kind of message it can get.",
    next: `See the finding of ${rule} in run ${run.run}.`,
    entries: [],
  };
}
