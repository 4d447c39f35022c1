import { describe, expect, it } from "vitest";
import {
  accepted,
  acks,
  asked,
  at,
  contentGoes,
  days,
  delivered,
  dispatches,
  dropped,
  ends,
  expires,
  feilet,
  handsBack,
  held,
  hours,
  type Item,
  judgement,
  ledger,
  mails,
  mottatt,
  offered,
  phase,
  printed,
  purged,
  registers,
  restored,
  run,
  senderRun,
  sent,
  submitted,
  told,
  untold,
} from "./fixtures.ts";
import { noLoss } from "./no-loss.ts";

const judged = (...items: readonly Item[]) => judgement(noLoss, ledger(...items));
const lostBy = (...items: readonly Item[]) =>
  judged(...items).findings.map(({ delivery, blames }) => `${delivery} by ${blames}`);

describe("no-loss", () => {
  it("holds when a submission was reset before any effect and never sent again", () => {
    const reset = [asked("portal.submit(A)/1", { asker: "sender" }), untold("portal.submit(A)/1", { to: "sender" })];
    expect(judged(submitted("A"), reset, ends())).toEqual({ judged: 0, findings: [], doubts: [] });
  });

  it("fails when a twin is lost, although one of equal text was registered", () => {
    const twin = [submitted("B", { planted: "twin" }), accepted("B"), held("B", { party: "fiks-io" }), offered("B")];
    const said = judged(sent("A"), twin, registers("A"), delivered("B"), mottatt("B"), acks("B"), purged("B"), ends());
    expect(said.judged).toBe(2);
    expect(said.findings).toMatchObject([{ delivery: "B", blames: "integration" }]);
  });

  it("blames who was restored for what its channel still shows, and the configuration where nobody can be asked", () => {
    const letter = [
      sent("A"),
      at(hours(2)),
      delivered("A"),
      held("A", { party: "integration" }),
      mottatt("A"),
      acks("A"),
    ];
    expect(lostBy(...letter, ends())).toEqual([]);
    expect(lostBy(...letter, restored("integration", hours(3)), ends())).toEqual([]);
    expect(lostBy(...letter, restored("integration", hours(1)), ends())).toEqual(["A by configuration"]);
    const shown = [letter.slice(0, 1), held("A", { party: "altinn-correspondence" }), letter.slice(1)];
    expect(
      lostBy(
        ...shown,
        told("altinn.confirm(A)/1", { to: "altinn-correspondence", takesDebt: "integration", copies: ["A"] }),
        restored("integration", hours(1)),
        ends(),
      ),
    ).toEqual(["A by integration"]);
    expect(lostBy(...letter, registers("A"), restored("receiver", hours(1)), ends())).toEqual([]);
    expect(
      lostBy(...letter, registers("A"), dropped("A", { party: "integration" }), restored("receiver", hours(1)), ends()),
    ).toEqual(["A by receiver"]);
    expect(lostBy(...letter, restored("integration", hours(1)), registers("A"), ends())).toEqual([]);
  });

  it("holds for what is registered, printed, or returned to one who knows", () => {
    const told = judged(
      sent("A"),
      registers("A"),
      sent("B"),
      printed("B"),
      sent("C"),
      feilet("C", { printed: false }),
      ends(),
    );
    expect(told).toEqual({ judged: 3, findings: [], doubts: [] });
  });

  it("fails when the portal was relieved, the queue let go and nobody has stored it", () => {
    const entries = ledger(sent("A"), delivered("A"), mottatt("A"), acks("A"), ends());
    const [finding] = judgement(noLoss, entries).findings;
    expect(finding).toMatchObject({ rule: "no-loss", delivery: "A", blames: "integration" });
    expect(finding?.entries.map((seq) => entries[seq])).toMatchObject([
      { kind: "told", to: "portal", code: "mottatt" },
      { kind: "dropped", party: "fiks-io" },
    ]);
    expect(finding?.happened).toContain("portal had been told");
  });

  it("fails when the last copy is gone, and says that nobody has it", () => {
    const gone = judged(sent("A"), delivered("A"), mottatt("A"), acks("A"), purged("A"), ends());
    expect(gone.findings[0]?.happened).toContain("no party has a durable copy");
  });

  it("fails when a sender forgets its copy at sent, and the channel deletes its own", () => {
    const story = [submitted("A"), accepted("A", { told: false }), dropped("A", { party: "portal" }), offered("A")];
    expect(lostBy(story, ends())).toEqual(["A by sender"]);
  });

  it("holds while the one who owes it has a durable copy", () => {
    const kept = held("A", { party: "integration" });
    expect(judged(sent("A"), delivered("A"), kept, mottatt("A"), acks("A"), ends()).judged).toBe(1);
    expect(lostBy(sent("A"), delivered("A"), kept, mottatt("A"), acks("A"), ends())).toEqual([]);
    expect(lostBy(sent("A"), expires("A"), ends())).toEqual([]);
  });

  it("fails when the copy in the integration's store was only in memory", () => {
    const kept = held("A", { party: "integration", durability: "memory" });
    expect(lostBy(sent("A"), delivered("A"), kept, mottatt("A"), acks("A"), ends())).toEqual(["A by integration"]);
  });

  it("fails when a channel that owes it has outlived its only copy", () => {
    const toChannel = told(undefined, { to: "portal", copies: ["A"], takesDebt: "fiks-io" });
    expect(lostBy(sent("A"), toChannel, ends())).toEqual(["A by fiks-io"]);
    expect(lostBy(sent("A", { lifeEndsMs: days(40) }), toChannel, ends())).toEqual([]);
    expect(lostBy(sent("A"), toChannel, registers("A"), ends())).toEqual([]);
    expect(lostBy(sent("A"), toChannel, dropped("A", { party: "portal" }), ends())).toEqual(["A by fiks-io"]);
    const entries = ledger(sent("A"), toChannel, ends());
    const proof = judgement(noLoss, entries).findings[0]?.entries.map((seq) => entries[seq]);
    expect(proof).toMatchObject([{ phase: "end" }, { takesDebt: "fiks-io" }]);
  });

  it("decides nothing about an open delivery when the run was not aged past the life of its copies", () => {
    const early = [at(hours(24)), phase("end")];
    expect(judged(sent("A"), early)).toMatchObject({ judged: 0, doubts: [{ delivery: "A" }] });
    expect(judged(sent("A"), at(hours(24) + 1), phase("end"))).toMatchObject({ judged: 1, doubts: [] });
    expect(judged(sent("A"))).toMatchObject({ judged: 0, doubts: [{ delivery: "A" }] });
    expect(judged(sent("A"), registers("A"))).toMatchObject({ judged: 1, doubts: [] });
  });

  it("decides nothing where a probe's answer was incomplete, or how durable a copy is could not be seen", () => {
    const partial = held("Z", { by: "probe:case", complete: false });
    const unknown = held("A", { party: "integration", durability: "unknown" });
    const loss = [delivered("A"), mottatt("A"), acks("A")];
    expect(judged(sent("A"), partial, loss, ends())).toMatchObject({
      judged: 0,
      findings: [],
      doubts: [{ delivery: "A" }],
    });
    expect(judged(sent("A"), unknown, loss, ends())).toMatchObject({
      judged: 0,
      findings: [],
      doubts: [{ delivery: "A" }],
    });
  });

  it("asks of the copy what the profile asks", () => {
    const kept = held("A", { party: "integration", durability: "process" });
    const power = run({ parameters: { durability: "power" } });
    expect(lostBy(power, sent("A"), kept, mottatt("A"), acks("A"), ends())).toEqual(["A by integration"]);
  });
});

describe("no-loss, for a sender under test", () => {
  const keeps = held("A", { party: "sender" });
  const dispatchA: Item = [senderRun(), submitted("A"), keeps, dispatches("A")];
  const day30: Item = [at(days(30)), contentGoes("A"), ends(days(40))];

  it("holds for one that believes what it sent to be received, and keeps its copy", () => {
    expect(judged(dispatchA, day30)).toEqual({ judged: 1, findings: [], doubts: [] });
  });

  it("fails for one that deletes its copy at sent, once the channel has dropped its own", () => {
    const forgets = dropped("A", { party: "sender" });
    expect(lostBy(dispatchA, forgets, day30)).toEqual(["A by sender"]);
    expect(lostBy(dispatchA, handsBack("A"), forgets, day30)).toEqual([]);
  });

  it("leaves open what no clock ends and a holder still owes", () => {
    const mailA: Item = [senderRun(), submitted("A"), keeps, mails("A"), ends(days(1))];
    expect(judged(mailA)).toEqual({ judged: 1, findings: [], doubts: [] });
    const toChannel = told(undefined, { to: "sender", copies: ["A"], takesDebt: "altinn-correspondence" });
    expect(lostBy(senderRun(), submitted("A"), mails("A"), toChannel, ends(days(1)))).toEqual([]);
  });
});
