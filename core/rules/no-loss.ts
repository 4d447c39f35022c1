import { type Chain, type Custody, custodyFold, hasEnded, holds, isUndone } from "../custody.ts";
import { isReceiver } from "../names.ts";
import type { Doubt, Finding, Rule } from "../rule.ts";
import { type Course, course } from "./course.ts";

type State = { readonly course: Course; readonly chain: Chain };

/**
 * Judges `no-loss@2`: a delivery that a channel took on ends registered, returned, printed, or still owed by a holder
 * whose copy lives. Lost: nobody holds it, or the one who owes it does not and every holder was told it is relieved.
 *
 * @returns `judged` counts deliveries; a finding blames the debtor and starts at the entry that opened the gap. What a
 * restored backup took blames who was restored, or `configuration` where no channel could be asked for it again.
 * @source RULES.md, no-loss, *Restore*; docs/adr/0024; incidents.md, case A facts 1-4.
 */
export const noLoss: Rule<State> = {
  id: "no-loss",
  version: 2,
  reads: [],
  start: (folds) => ({ course: folds.of(course), chain: folds.of(custodyFold) }),
  step: (state) => state,
  end({ course, chain }) {
    const findings: Finding[] = [];
    const doubts: Doubt[] = [];
    let judged = 0;
    for (const custody of chain.deliveries.values()) {
      // Nothing was taken on: the sender's duty, see `delivers`.
      if (custody.accepted < 0) continue;
      const doubt = hasEnded(custody) ? undefined : doubtAbout(custody, chain, course);
      if (doubt !== undefined) {
        doubts.push({ delivery: custody.delivery, because: doubt });
        continue;
      }
      judged += 1;
      if (hasEnded(custody)) continue;
      if (isUndone(custody)) findings.push(undone(custody));
      else if (custody.lost >= 0) findings.push(lost(custody));
      else if (outlived(custody)) findings.push(overdue(custody, course));
    }
    return { judged, findings, doubts };
  },
};

function doubtAbout(custody: Custody, chain: Chain, course: Course): string | undefined {
  if (custody.lost >= 0) {
    if (custody.unsure) return "a copy was kept, but nobody could see how durably; the isolate-and-kill run decides";
    if (chain.incomplete) return "a probe's answer was incomplete, so absence is not proved";
    return undefined;
  }
  const { endMs } = course;
  if (endMs === undefined || (endMs <= custody.lifeEndsMs && isMortal(custody)))
    return "the run was not aged past the life of its last copy";
  return undefined;
}

/** Whether the debtor is a channel, which in a run that was aged has outlived every copy it owes. */
function outlived(custody: Custody): boolean {
  return isMortal(custody) && custody.debtor === custody.channel && holds(custody, custody.debtor);
}

/** Whether a clock ends every copy: what none ends stays open for as long as somebody owes it and has it. */
function isMortal({ lifeEndsMs }: Custody): boolean {
  return lifeEndsMs < Number.POSITIVE_INFINITY;
}

function lost(custody: Custody): Finding {
  const { delivery, debtor, gap, holdings } = custody;
  const nobody = holdings.length === 0;
  return {
    rule: "no-loss",
    delivery,
    blames: debtor,
    happened:
      custody.vanishedFrom === debtor
        ? `${delivery} is gone: a probe showed it at ${debtor}, which owed it, and later did not.`
        : nobody
          ? `${delivery} is gone: ${debtor} owed it, and no party has a durable copy any more.`
          : `${delivery} is gone: ${debtor} owed it without a durable copy, and ${holdings.map(({ party }) => party).join(", ")} had been told that it could forget it.`,
    because: "A party that takes over the debt must hold a durable copy first; otherwise nobody will ever deliver it.",
    next: `Let ${debtor} store ${delivery} durably before it lets the one before it go.`,
    entries: [...new Set([gap >= 0 ? gap : custody.lost, custody.lost])],
  };
}

/** Who restores owes what it took from those who can still be asked; where nobody can, no one's doing mends it. */
function undone({ delivery, debtor, askable, undone }: Custody): Finding {
  return {
    rule: "no-loss",
    delivery,
    blames: askable || isReceiver(debtor) ? debtor : "configuration",
    happened: `${delivery} is gone: ${debtor} was restored from a backup that is older than it, and nobody had it taken on again.`,
    because: askable
      ? "Its channel still shows it to whoever asks: what a backup does not hold must be fetched anew."
      : "Everybody before had been told that it could be forgotten, and a backup once a day holds less than was promised.",
    next: askable
      ? `After a restore let ${debtor} compare what it has with all that its channels still show, and fetch ${delivery}.`
      : `Keep what has been confirmed in a store that loses nothing, or confirm ${delivery} only once the case system has it; after a restore ask the sender for all that came since the backup.`,
    entries: [undone],
  };
}

function overdue(custody: Custody, course: Course): Finding {
  const { delivery, debtor } = custody;
  return {
    rule: "no-loss",
    delivery,
    blames: debtor,
    happened: `${delivery} still lies at ${debtor}, although its life there is over.`,
    because: "It was neither registered nor returned nor printed while it lived.",
    next: `Let ${debtor} return ${delivery} to its sender when its life ends.`,
    entries: [course.endSeq, custody.debtTold],
  };
}
