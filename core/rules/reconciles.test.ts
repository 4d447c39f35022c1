import { describe, expect, it } from "vitest";
import {
  alerted,
  at,
  days,
  dropped,
  ends,
  faulted,
  fetched,
  hours,
  type Item,
  judgement,
  ledger,
  offered,
  phase,
  run,
  sent,
  started,
  stopped,
} from "./fixtures.ts";
import { reconciles } from "./reconciles.ts";

const judge = (...items: Item[]) => {
  const { judged, findings, doubts } = judgement(reconciles, ledger(...items));
  return { judged, blamed: findings.map(({ delivery, blames }) => `${delivery} ${blames}`), doubts: doubts.length };
};
const held1 = { judged: 1, blamed: [], doubts: 0 };
const failed = { judged: 1, blamed: ["A integration"], doubts: 0 };
const notExercised = { judged: 0, blamed: [], doubts: 0 };
const rest = ends(days(3));

const listed = (copy = "A", channel = "altinn-broker") => offered(copy, { channel, lifeEndsMs: days(30) });
const eventLost = (copy = "A") => dropped(copy, { party: "altinn-events", why: "lost" });
/** The event of A is lost one hour after the run began. */
const hiddenA: Item = [listed(), at(hours(1)), eventLost()];

describe("reconciles", () => {
  it("leaves alone what the channel lost and shows nowhere", () => {
    expect(judge(sent("A"), dropped("A", { why: "lost" }), rest)).toEqual(notExercised);
    expect(judge(listed("A", "fiks-io"), eventLost(), rest)).toEqual(notExercised);
  });

  it("fails where an event is dropped, the list shows it, and the next one moves the cursor past it", () => {
    expect(judge(hiddenA, listed("B"), at(hours(2)), fetched("B"), rest)).toEqual(failed);
  });

  it("holds where the system fetches it within 24 hours, and not a ms later", () => {
    expect(judge(hiddenA, at(hours(25)), fetched("A"), rest)).toEqual(held1);
    expect(judge(hiddenA, at(hours(25) + 1), fetched("A"), rest)).toEqual(failed);
  });

  it("holds where somebody is told of it instead", () => {
    expect(judge(hiddenA, at(hours(25)), alerted(["A"]), rest)).toEqual(held1);
    expect(judge(hiddenA, at(hours(25) + 1), alerted(["A"]), rest)).toEqual(failed);
    expect(judge(hiddenA, alerted(["B"]), rest)).toEqual(failed);
    expect(judge(hiddenA, alerted(["A"], { bounced: true }), rest)).toEqual(failed);
    expect(judge(hiddenA, alerted(["A"], { by: "claim" }), rest)).toEqual(failed);
  });

  it("goes by the first time it was found", () => {
    expect(judge(hiddenA, at(hours(20)), fetched("A"), at(hours(40)), fetched("A"), rest)).toEqual(held1);
    expect(judge(hiddenA, at(hours(20)), alerted(["A"]), at(hours(40)), alerted(["A"]), rest)).toEqual(held1);
  });

  it("takes an alarm about several, or one that names a copy", () => {
    expect(judge(hiddenA, alerted(["B", "A"]), rest)).toEqual(held1);
    expect(judge(hiddenA, alerted(["A~2"]), rest)).toEqual(held1);
  });

  it("owes what somebody else let go before", () => {
    expect(judge(listed(), dropped("A", { party: "portal" }), at(hours(1)), eventLost(), rest)).toEqual(failed);
  });

  it("judges by what there is where the ledger breaks off", () => {
    expect(judge(hiddenA, at(hours(25)), fetched("B"))).toEqual(notExercised);
    expect(judge(hiddenA, at(hours(25) + 1), fetched("B"))).toEqual(failed);
  });

  it("does not take another's reading for the system's", () => {
    expect(judge(hiddenA, fetched("A", { reader: "Kari" }), rest)).toEqual(failed);
  });

  it.each(["altinn-broker", "altinn-correspondence", "altinn-dispatch"])("looks at what %s lists", (channel) => {
    expect(judge(listed("A", channel), eventLost(), rest)).toEqual(failed);
  });

  it.each([
    ["was fetched before", [listed(), fetched("A"), eventLost()]],
    ["was offered to somebody else", [offered("A", { channel: "altinn-broker", to: "Kari" }), eventLost()]],
    ["no list of its channel would have shown", [listed(), dropped("A", { party: "portal", why: "lost" })]],
    ["was given up in good order", [listed(), dropped("A", { party: "altinn-events", why: "released" })]],
    ["the list no longer showed", [listed(), dropped("A", { party: "altinn-broker", why: "expired" }), eventLost()]],
    [
      "left the list before it was due",
      [hiddenA, at(hours(25)), dropped("A", { party: "altinn-broker", why: "expired" })],
    ],
  ] as [string, Item][])("owes nothing for what %s", (_, items) => {
    expect(judge(items, rest)).toEqual(notExercised);
  });

  it("owes what left the list after it was due", () => {
    expect(judge(hiddenA, at(hours(25) + 1), dropped("A", { party: "altinn-broker", why: "expired" }), rest)).toEqual(
      failed,
    );
  });

  it("counts from the first time sight of it was lost", () => {
    expect(judge(hiddenA, at(hours(20)), eventLost(), at(hours(30)), fetched("A"), rest)).toEqual(failed);
  });

  it("does not count time in which the world kept the system down, or the list out of reach", () => {
    const down: Item = [at(hours(2)), stopped(), at(hours(12)), started()];
    expect(judge(hiddenA, down, at(hours(35)), fetched("A"), rest)).toEqual(held1);
    expect(judge(hiddenA, down, at(hours(35) + 1), fetched("A"), rest)).toEqual(failed);
    const outage = (channel: string): Item => [
      at(hours(2)),
      faulted({ boundary: `${channel}.*(*)/*:asked`, untilMs: hours(12) }),
    ];
    expect(judge(hiddenA, outage("altinn-broker"), at(hours(35)), fetched("A"), rest)).toEqual(held1);
    expect(judge(hiddenA, outage("receiver"), at(hours(35)), fetched("A"), rest)).toEqual(failed);
    const both: Item = [hiddenA, outage("altinn-broker"), at(hours(20)), stopped(), at(hours(30)), started()];
    expect(judge(both, at(hours(45)), fetched("A"), rest)).toEqual(held1);
    expect(judge(both, at(hours(45) + 1), fetched("A"), rest)).toEqual(failed);
  });

  it("does not judge where the run ends before it is due", () => {
    expect(judge(hiddenA, at(hours(25)), phase("end"))).toEqual(notExercised);
    expect(judge(hiddenA, at(hours(25) + 1), phase("end"))).toEqual(failed);
  });

  it("is inconclusive where the system's clock cannot be moved", () => {
    const offset = run({ tierByDomain: { world: "driven", integration: "offset" } });
    expect(judge(offset, hiddenA, rest)).toEqual({ judged: 0, blamed: [], doubts: 1 });
    const compressed = run({ tierByDomain: { world: "driven", integration: "compressed" } });
    expect(judge(compressed, hiddenA, rest)).toEqual(failed);
  });

  it("names the entry that lost sight of it", () => {
    const entries = ledger(hiddenA, rest);
    const [finding] = judgement(reconciles, entries).findings;
    expect(finding?.entries.map((seq) => entries[seq]?.kind)).toEqual(["dropped"]);
    expect(finding?.happened).toContain("2023-05-09T09:00:00+02:00");
  });
});
