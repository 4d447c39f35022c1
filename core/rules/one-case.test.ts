import { describe, expect, it } from "vitest";
import {
  at,
  byHand,
  dispatched,
  dispatches,
  dropped,
  effected,
  faulted,
  handsIn,
  hears,
  hours,
  type Item,
  judgement,
  ledger,
  linked,
  printed,
  refused,
  registered,
  registers,
  resends,
  restored,
  senderRun,
  sent,
  submitted,
  told,
} from "./fixtures.ts";
import { oneCase } from "./one-case.ts";

const judged = (...items: readonly Item[]) => judgement(oneCase, ledger(...items));
const findings = (...items: readonly Item[]) => judged(...items).findings;
const second = { caseId: "case-2" };

describe("one-case", () => {
  it("gives notice only, where the sender resent with new ids and nothing in common", () => {
    const stranger = [linked("A~2", "bekymringsmelding-id", "other"), dispatched("A~2")];
    const said = judged(sent("A"), registers("A"), stranger, registers("A~2", second));
    expect(said).toMatchObject({ judged: 1, findings: [], notices: [{ delivery: "A" }] });
  });

  it("fails when two rows were created, also if one was deleted before anybody looked", () => {
    const gone = dropped("A", { party: "receiver" });
    const entries = ledger(sent("A"), registers("A"), registers("A", { attempt: 2, ...second }), gone);
    const [finding] = judgement(oneCase, entries).findings;
    expect(finding).toMatchObject({ delivery: "A", blames: "integration" });
    expect(finding?.entries.map((seq) => entries[seq])).toMatchObject([{ caseId: "case-2" }, { caseId: "case-A" }]);
  });

  it("fails when a probe saw two cases, though paper was sent as well", () => {
    const seen = (caseId: string): Item => registered("A", { by: "probe:rows", caseId });
    const paper = printed("A", { reason: "unreceipted" });
    expect(findings(sent("A"), seen("case-1"), paper, seen("case-2"))).toHaveLength(1);
    expect(findings(sent("A"), seen("case-1"), paper, seen("case-1"))).toEqual([]);
  });

  it("fails when a resend with a common identifier became a second case", () => {
    expect(findings(sent("A"), registers("A"), resends("A", "A~2"), registers("A~2", second))).toHaveLength(1);
    expect(findings(sent("A"), registers("A"), resends("A", "A~2"), registers("A~2"))).toEqual([]);
  });

  it("follows identifiers over a copy in between, but only within their scope", () => {
    const chain = [linked("A", "x", "1"), linked("A~2", "x", "1"), linked("A~2", "y", "2"), linked("A~3", "y", "2")];
    expect(findings(sent("A"), chain, registers("A"), registers("A~3", second))).toHaveLength(1);
    const apart = [linked("A", "x", "1"), linked("A~2", "y", "1")];
    expect(findings(sent("A"), apart, registers("A"), registers("A~2", second))).toEqual([]);
  });

  it("finds the pair that belongs together among several cases", () => {
    const stranger = linked("A~2", "bekymringsmelding-id", "other");
    const story = [sent("A"), registers("A"), stranger, registers("A~2", second), resends("A", "A~3")];
    expect(findings(...story, registers("A~3", { caseId: "case-3" }))[0]?.happened).toMatch(/case-A .* case-3/);
  });

  it("fails when a resend is refused as existing while the first was never registered", () => {
    const said = judged(sent("A"), resends("A", "A~2"), refused("A~2", { code: "exists" }));
    expect(said).toMatchObject({ judged: 1, findings: [{ delivery: "A", blames: "receiver" }] });
    expect(findings(sent("A"), refused("A", { code: "exists" }), registers("A"))).toHaveLength(1);
    const twice = ledger(sent("A"), refused("A", { code: "exists" }), at(9), refused("A", { code: "exists" }));
    expect(twice[judgement(oneCase, twice).findings[0]?.entries[0] ?? 0]).toMatchObject({ kind: "refused", atMs: 0 });
  });

  it("holds when what exists is refused, or other content under a used key", () => {
    const said = judged(sent("A"), registers("A"), refused("A", { code: "exists" }));
    expect(said).toEqual({ judged: 2, findings: [], doubts: [], notices: [] });
    expect(judged(sent("A"), refused("A", { code: "409" }))).toMatchObject({ judged: 0, findings: [] });
  });

  it("starts again after a restore of what came later than the backup", () => {
    const story = [sent("A"), at(hours(2)), registers("A")];
    expect(findings(...story, restored("receiver", hours(1)), registers("A", second))).toEqual([]);
    expect(findings(...story, restored("receiver", hours(2)), registers("A", second))).toHaveLength(1);
    expect(findings(...story, restored("integration", hours(1)), registers("A", second))).toHaveLength(1);
  });

  it("counts rows where a probe has no case id, and decides nothing if there are several", () => {
    const row = registered("A", { by: "probe:case", caseId: "" });
    expect(judged(sent("A"), row)).toMatchObject({ judged: 1, doubts: [] });
    expect(judged(sent("A"), row, row)).toMatchObject({ judged: 0, findings: [], doubts: [{ delivery: "A" }] });
    expect(findings(sent("A"), row, refused("A", { code: "exists" }))).toEqual([]);
  });

  it("says nothing of messages that no scenario sent", () => {
    expect(judged(registers("Z"), registers("Z", second), refused("Z", { code: "exists" }))).toMatchObject({
      judged: 0,
    });
  });

  it("blames whom the copy was offered to", () => {
    const story = [sent("A", { to: "receiver" }), registers("A"), registers("A", { attempt: 2, ...second })];
    expect(findings(...story)).toMatchObject([{ blames: "receiver" }]);
  });
});

describe("one-case, of what the world registers from a letter", () => {
  const unnamed = (over: Parameters<typeof registered>[1]): Item =>
    ({ ...registered("A", over), copy: undefined }) as unknown as Item;

  it("takes it for a case of its own only once there is a letter, and only from the world", () => {
    expect(judged(sent("A"), registers("A"), printed("A"), unnamed(second))).toMatchObject({
      findings: [],
      notices: [{ delivery: "A" }],
    });
    expect(findings(sent("A"), registers("A"), unnamed(second))).toHaveLength(1);
    expect(findings(sent("A"), registers("A"), printed("A"), unnamed({ by: "probe:rows", ...second }))).toHaveLength(1);
    const both: Item = [printed("A"), unnamed({ caseId: "case-1" }), unnamed(second)];
    expect(findings(sent("A"), both)).toMatchObject([
      { happened: "A became two cases: case-1 (from A on paper) and case-2 (from A on paper)." },
    ]);
  });
});

describe("one-case, for a sender under test", () => {
  const twice: Item = [senderRun(), submitted("A"), dispatches("A", 0, { told: false })];
  const cases: Item = [byHand("A"), byHand("A~2", second)];

  it("fails where it sent again on one channel after a lost answer, and people opened both", () => {
    const entries = ledger(twice, dispatches("A~2"), cases);
    const [finding] = judgement(oneCase, entries).findings;
    expect(finding).toMatchObject({ delivery: "A", blames: "sender" });
    expect(finding?.entries.map((seq) => entries[seq])).toMatchObject([{ caseId: "case-2" }, { caseId: "case-A" }]);
  });

  it("holds where both became one case", () => {
    expect(findings(twice, dispatches("A~2"), byHand("A"), byHand("A~2"))).toEqual([]);
  });

  it("gives notice only where it had been told that the first failed", () => {
    const said = judged(twice, hears("negative", "A"), dispatches("A~2"), cases);
    expect(said).toMatchObject({ judged: 1, findings: [], notices: [{ delivery: "A" }] });
  });

  it.each([
    ["that says nothing for good", [twice, hears("negative", "A", { code: "503" }), dispatches("A~2")]],
    ["that came only later", [twice, dispatches("A~2"), hears("negative", "A")]],
    [
      "that it is refused, before it was taken on",
      [senderRun(), submitted("A"), hears("negative", "A", { code: "400" }), dispatches("A"), dispatches("A~2")],
    ],
    ["to somebody else", [twice, hears("negative", "A", { to: "portal" }), dispatches("A~2")]],
  ] as [string, Item][])("is not excused by an answer %s", (_, story) => {
    expect(findings(story, cases)).toMatchObject([{ blames: "sender" }]);
  });

  it("gives notice only where we let a request of it arrive late, or twice", () => {
    const struck = (boundary: string): Item => faulted({ boundary });
    const late = judged(
      senderRun(),
      submitted("A"),
      struck("altinn-dispatch.send(A)/1:asked"),
      dispatches("A"),
      dispatches("A~2"),
      cases,
    );
    expect(late).toMatchObject({ findings: [], notices: [{ delivery: "A" }] });
    const answerLost: Item = [twice, struck("altinn-dispatch.send(A)/1:done"), dispatches("A~2"), cases];
    expect(findings(answerLost)).toHaveLength(1);
    const another: Item = [twice, struck("altinn-dispatch.send(B)/1:asked"), dispatches("A~2"), cases];
    expect(findings(another)).toHaveLength(1);
  });

  it("gives notice only of a second case by another channel, or of a letter", () => {
    const fallsBack = judged(senderRun(), submitted("A"), dispatches("A"), handsIn("A~2"), cases);
    expect(fallsBack).toMatchObject({ findings: [], notices: [{ delivery: "A" }] });
    const letter: Item = [printed("A"), { ...registered("A", second), copy: undefined } as unknown as Item];
    const said = judged(senderRun(), submitted("A"), dispatches("A"), byHand("A"), letter);
    expect(said).toMatchObject({ findings: [], notices: [{ delivery: "A" }] });
  });

  it("knows of a failure only what was told of that copy, for good, to its sender, before it sent again", () => {
    const both: Item = [dispatches("A~2"), cases];
    expect(findings(twice, hears("positive", "A"), both)).toHaveLength(1);
    expect(findings(twice, hears("negative", "A"), hears("negative", "A~2"), both)).toEqual([]);
    expect(findings(twice, hears("negative", "A~2"), both)).toHaveLength(1);
    const strangers = told("altinn-dispatch.status({A,Z})/1", {
      to: "sender",
      saying: "negative",
      code: "failed",
      copies: ["Z", "A"],
    });
    expect(findings(twice, strangers, both)).toEqual([]);
    expect(findings(twice, hears("negative", "A"), both, hears("negative", "A"))).toEqual([]);
  });

  it("forgets only the failure of a copy that was taken on after all", () => {
    const story = (again: Item): Item => [
      senderRun(),
      submitted("A"),
      hears("negative", "A"),
      hears("negative", "A~2"),
      again,
      dispatches("A~3"),
      byHand("A"),
      byHand("A~3", second),
    ];
    expect(findings(story(dispatches("A")))).toHaveLength(1);
    expect(findings(story([dispatches("A"), hears("negative", "A")]))).toEqual([]);
    const first: Item = [twice, hears("negative", "A"), dispatches("A~2")];
    expect(findings(first, dispatches("A~3"), byHand("A"), byHand("A~3", second))).toEqual([]);
    const changed = effected("altinn-dispatch.confirm(A)/1", "published → confirmed", { delivery: "A", copy: "A" });
    expect(findings(twice, hears("negative", "A"), changed, dispatches("A~2"), cases)).toEqual([]);
  });

  it("is let off only by a fault of the wire that held its own request up, and was injected", () => {
    const boundary = "altinn-dispatch.send(A)/1:asked";
    const story = (over: Parameters<typeof faulted>[0]): Item => [
      senderRun(),
      submitted("A"),
      faulted({ boundary, ...over }),
      dispatches("A"),
      dispatches("A~2"),
      cases,
    ];
    expect(findings(story({}))).toEqual([]);
    expect(findings(story({ outcome: "not-reached" }))).toHaveLength(1);
    expect(findings(story({ family: "store" }))).toHaveLength(1);
    expect(findings(story({ boundary: "altinn-dispatch.send(A)/1:done_" }))).toHaveLength(1);
  });

  it("counts by when each copy was made, whichever was opened first, and proves it latest first", () => {
    const entries = ledger(twice, hears("negative", "A"), dispatches("A~2"), byHand("A~2", second), byHand("A"));
    expect(judgement(oneCase, entries).findings).toEqual([]);
    const unheard = ledger(twice, dispatches("A~2"), hears("negative", "A"), byHand("A~2", second), byHand("A"));
    const [finding] = judgement(oneCase, unheard).findings;
    expect(finding?.happened).toMatch(/case-2 \(from A~2\) and case-A \(from A\)/);
    expect(finding?.entries.map((seq) => unheard[seq])).toMatchObject([{ caseId: "case-A" }, { caseId: "case-2" }]);
  });

  it("finds the pair that it sent twice among cases of other copies", () => {
    const other: Item = [handsIn("A~2"), byHand("A~2", { caseId: "case-portal" })];
    const [finding] = findings(twice, byHand("A"), other, dispatches("A~3"), byHand("A~3", { caseId: "case-3" }));
    expect(finding?.happened).toMatch(/case-A \(from A\) and case-3 \(from A~3\)/);
    const unknown: Item = byHand("A~9", { caseId: "case-9" });
    expect(judged(twice, dispatches("A~2"), byHand("A"), unknown)).toMatchObject({ findings: [], notices: [{}] });
    expect(judged(twice, dispatches("A~2"), unknown, byHand("A"))).toMatchObject({ findings: [], notices: [{}] });
  });

  it("does not call two cases of one copy sent twice", () => {
    const story: Item = [twice, dispatches("A~2"), byHand("A"), byHand("A", second)];
    expect(findings(story)).toMatchObject([{ happened: "A became two cases: case-A (from A) and case-2 (from A)." }]);
  });
});
