import { describe, expect, it } from "vitest";
import { Folds } from "../folds.ts";
import { type Conditions, conditionsFold, excuseFor, unfair } from "./excuse.ts";
import {
  alive,
  asked,
  at,
  causedBy,
  crashed,
  days,
  delivered,
  dropped,
  ends,
  entitled,
  faulted,
  feilet,
  fetched,
  hours,
  type Item,
  ledger,
  mails,
  minutes,
  mottatt,
  named,
  offered,
  paused,
  phase,
  receipted,
  refused,
  resends,
  resumed,
  run,
  sent,
  settled,
  settles,
  started,
  stopped,
  submitted,
  told,
} from "./fixtures.ts";

function conditionsOf(...items: readonly Item[]): Conditions {
  const folds = new Folds();
  const conditions = folds.of(conditionsFold);
  for (const entry of ledger(...items)) folds.step(entry);
  return conditions;
}
const excuse = (...items: readonly Item[]) => {
  const conditions = conditionsOf(...items);
  const of = conditions.deliveries.get("A");
  return of === undefined ? undefined : excuseFor(conditions, of);
};
const because = (...items: readonly Item[]) => excuse(...items)?.because;
const unfairness = (...items: readonly Item[]) => {
  const conditions = conditionsOf(...items);
  const of = conditions.deliveries.get("A");
  return of === undefined ? undefined : unfair(conditions, of);
};
const outOf = (boundary: string, untilMs: number): Item => faulted({ boundary, untilMs });
const compressed = run({ tierByDomain: { integration: "compressed" } });

describe("what the world did", () => {
  it("is nothing at first", () => {
    const { course: _, deliveries, ...rest } = conditionsOf();
    expect([...deliveries]).toEqual([]);
    expect(rest).toEqual({
      intervals: [],
      faulted: new Set(),
      struckMs: new Map(),
      polls: new Map(),
      credit: new Map(),
      waiting: new Map(),
      rightless: new Map(),
      readers: new Map(),
      granted: [],
      breaks: 0,
      linesBrokenMs: [],
      ownBreaks: 0,
      running: 0,
      lettingGo: [],
      asked: false,
    });
  });

  it("counts what was handed over, told of and given back, each for its own copy", () => {
    const { deliveries } = conditionsOf(
      sent("A"),
      resends("A", "A~2"),
      delivered("A~2"),
      settles("A~2", "requeue"),
      delivered("A"),
      settles("A", "requeue"),
      delivered("A", 2),
      settles("A", "requeue", 2),
    );
    const ways = deliveries
      .get("A")
      ?.ways.map(({ copy, attempts, fetched: told, gaveBack }) => [copy, attempts, told, gaveBack]);
    expect(ways).toEqual([
      ["A", 2, 2, 2],
      ["A~2", 1, 1, 1],
    ]);
    const unnamed = conditionsOf(sent("A"), resends("A", "A~2"), {
      ...fetched("A"),
      copy: undefined,
    } as unknown as Item);
    expect(unnamed.deliveries.get("A")?.ways.map((way) => way.fetched)).toEqual([0, 1]);
  });

  it("keeps what waits for a consumer only where its clock is not driven", () => {
    expect(conditionsOf(sent("A"), resends("A", "A~2")).waiting.size).toBe(0);
    const waiting = conditionsOf(compressed, sent("A"), resends("A", "A~2"));
    expect([...waiting.waiting].map(([key, ways]) => [key, ways.length])).toEqual([["fiks-io 4601-01", 2]]);
    const reached = conditionsOf(compressed, sent("A"), resends("A", "A~2"), alive());
    expect(reached.waiting.size).toBe(0);
    expect(reached.deliveries.get("A")?.ways.map((way) => way.reached)).toEqual([true, true]);
    const late = conditionsOf(compressed, sent("A"), at(hours(24)), alive());
    expect(late.deliveries.get("A")?.ways[0]?.reached).toBe(false);
  });

  it("counts the polls of each channel, and those of systems under test alone", () => {
    const idle = (exchange: string | undefined, count: number, asker = "integration"): Item => ({
      kind: "idle",
      operation: "list",
      asker,
      count,
      fromMs: 0,
      toMs: 0,
      ...(exchange === undefined ? {} : { exchange }),
    });
    const list = "altinn-correspondence.list(idle)/1";
    const seen = conditionsOf(idle(list, 2), idle(list, 3), idle(list, 9, "archive"), idle("fiks-io.get(idle)/1", 1));
    expect([...seen.polls]).toEqual([
      ["altinn-correspondence", 5],
      ["fiks-io", 1],
    ]);
    expect(conditionsOf(idle(list, 1, "archive")).asked).toBe(false);
    expect(seen.asked).toBe(true);
  });

  it("remembers no more than the last lines that were broken", () => {
    const breaks = Array.from({ length: 20 }, (_, i): Item => [at(i), faulted({ boundary: "step" })]);
    expect(conditionsOf(breaks).linesBrokenMs).toEqual(Array.from({ length: 16 }, (_, i) => i + 4));
    expect(conditionsOf(breaks).breaks).toBe(20);
  });

  it("knows whether one start runs, or two, and of its own systems alone", () => {
    expect(conditionsOf(started()).running).toBe(1);
    expect(conditionsOf(started(), started("integration", 2)).running).toBe(2);
    expect(conditionsOf(started("receiver")).running).toBe(0);
    expect(conditionsOf(started(), stopped()).running).toBe(0);
    expect(conditionsOf(started(), crashed({ party: "receiver" })).running).toBe(1);
    expect(conditionsOf(crashed({ why: "threw" }), crashed({ why: "threw" })).ownBreaks).toBe(2);
  });

  it("takes a party out of reach for its own channel, or for all, until faults heal", () => {
    const kinds = (boundary: string) =>
      conditionsOf(outOf(boundary, hours(5))).intervals.map(({ kind, channel }) => [kind, channel]);
    expect(kinds("fiks-io.*(*)/*:asked")).toEqual([["out", "fiks-io"]]);
    expect(kinds("altinn-authentication.token(*)/*:asked")).toEqual([["out", "altinn-correspondence"]]);
    expect(kinds("maskinporten.grant(*)/*:asked")).toEqual([["out", undefined]]);
    expect(kinds("alarm.raise(*)/*:asked")).toEqual([]);
    expect(conditionsOf(faulted()).intervals).toEqual([]);
    const [interval] = conditionsOf(
      outOf("fiks-io.*(*)/*:asked", hours(5)),
      at(hours(1)),
      phase("heal"),
      at(hours(2)),
      phase("drain"),
    ).intervals;
    expect(interval?.toMs).toBe(hours(1));
    const [kept] = conditionsOf(outOf("fiks-io.*(*)/*:asked", hours(5)), at(hours(1)), phase("drain")).intervals;
    expect(kept?.toMs).toBe(hours(5));
    expect(Object.keys(conditionsOf(outOf("maskinporten.grant(*)/*:asked", 1)).intervals[0] ?? {})).not.toContain(
      "channel",
    );
  });

  it("is down or paused until it is started or resumed itself, each time anew", () => {
    const spans = (...items: Item[]) =>
      conditionsOf(...items).intervals.map(({ kind, fromMs, toMs }) => [kind, fromMs, toMs]);
    expect(spans(stopped(), at(5), started(), at(7), stopped(), at(9), started("receiver"))).toEqual([
      ["down", 0, 5],
      ["down", 7, Number.POSITIVE_INFINITY],
    ]);
    expect(
      spans(paused(), at(5), resumed("receiver"), at(7), resumed(), at(9), paused(), at(11), started(), resumed()),
    ).toEqual([
      ["paused", 0, 7],
      ["paused", 9, 11],
    ]);
    expect(conditionsOf(paused()).breaks).toBe(0);
    expect(conditionsOf(paused(), resumed("receiver")).breaks).toBe(0);
    expect(conditionsOf(paused(), resumed()).breaks).toBe(1);
    expect(conditionsOf(stopped()).breaks).toBe(1);
  });

  it("tells of rights by resource and by who holds them, and of the entry that took the last", () => {
    const right = (who: string, granted: boolean, resource = "4601-01") => entitled(who, { granted, resource });
    const told2 = conditionsOf(
      right("integration", true),
      right("archive", true),
      right("archive", false),
      at(5),
      right("integration", false),
      right("integration", false),
      at(9),
      right("integration", true),
    );
    expect([...told2.rightless]).toEqual([
      ["fiks-io 4601-01 integration", [{ fromMs: 5, toMs: 9, seq: 5, kind: "no right" }]],
    ]);
    const taken = conditionsOf(right("integration", true), right("archive", true), right("archive", false));
    expect(taken.readers.get("fiks-io 4601-01")).toEqual({ who: new Set(["integration"]), revokedSeq: -1 });
    expect(taken.granted).toHaveLength(2);
  });
});

describe("an excuse", () => {
  it("is the first refusal for good that the world made", () => {
    const first = ledger(sent("A"), refused("A", { cause: 1 }), refused("A", { cause: 1 }));
    expect(excuse(sent("A"), refused("A", { cause: 1 }), refused("A", { cause: 1 }))).toEqual({
      delivery: "A",
      because: "refused for good by another party",
      entry: first.findIndex(({ kind }) => kind === "refused"),
    });
    const exchange = "receiver.register(A)/1";
    const says = (over: Parameters<typeof told>[1]): Item =>
      told(exchange, { saying: "negative", code: "422", copies: ["A"], ...over });
    const struck: Item = [sent("A"), faulted({ exchange })];
    const entries = ledger(struck, says({}), says({}));
    expect(excuse(struck, says({}), says({}))?.entry).toBe(
      entries.findIndex(({ kind, ...rest }) => kind === "told" && "code" in rest && rest.code === "422"),
    );
    expect(excuse(struck, says({ saying: "positive" }))).toBeUndefined();
    expect(excuse(struck, says({ code: "503" }))).toBeUndefined();
    expect(excuse(struck, says({ to: "portal" }))).toBeUndefined();
    expect(excuse(sent("A"), faulted({ exchange: "receiver.register(B)/1" }), says({}))).toBeUndefined();
  });

  it("is none where it was never offered, or was answered for", () => {
    const down: Item = [stopped(), sent("A")];
    expect(because(down, ends(days(2)))).toBe("out of the system's reach for its whole life");
    expect(because(stopped(), submitted("A"), ends(days(2)))).toBeUndefined();
    expect(because(down, mottatt("A"), ends(days(2)))).toBeUndefined();
    expect(because(down, settled("A"), ends(days(2)))).toBeUndefined();
    expect(because(down, feilet("A"), ends(days(2)))).toBe("out of the system's reach for its whole life");
    expect(because(down, receipted("A", { saying: "negative" }), ends(days(2)))).toBeDefined();
  });

  it("covers a copy that no clock ends until the run does, and a life to its last ms", () => {
    const mail: Item = [submitted("A"), mails("A", { to: "integration" })];
    const down: Item = [stopped(), mail];
    expect(because(down, at(days(9)), phase("end"))).toBe("out of the system's reach for its whole life");
    expect(because(down, at(days(9)), started(), phase("end"))).toBe("out of the system's reach for its whole life");
    expect(because(down, at(days(9) - 1), started(), at(days(9)), phase("end"))).toBeUndefined();
    const life = (untilMs: number): Item => [outOf("fiks-io.*(*)/*:asked", untilMs), sent("A"), at(days(3))];
    expect(because(life(hours(24)))).toBeDefined();
    expect(because(life(hours(24) - 1))).toBeUndefined();
    const before: Item = [outOf("fiks-io.*(*)/*:asked", hours(1)), at(hours(1)), sent("A", { lifeEndsMs: hours(2) })];
    expect(because(before, outOf("fiks-io.*(*)/*:asked", hours(2)))).toBeDefined();
  });

  it("names what took the system's right first, or what else came before it", () => {
    const right = (granted: boolean) => entitled("integration", { granted });
    const both = (...items: Item[]) => because(items, sent("A"), at(days(3)));
    expect(both(right(false))).toBe("the system had no right to read it");
    expect(both(right(false), at(5), stopped())).toBe("the system had no right to read it");
    expect(both(stopped(), at(5), right(false))).toBe("out of the system's reach for its whole life");
    expect(both(right(false), at(5), right(true))).toBeUndefined();
    expect(both(entitled("integration", { granted: false, resource: "4601-02" }))).toBeUndefined();
  });

  it("is that nobody may read it only while nobody is given a right to that resource within its life", () => {
    const archive = (granted: boolean, resource = "4601-01") => entitled("archive", { granted, resource });
    const gone: Item = [archive(true), archive(false), sent("A")];
    expect(because(gone)).toBe("nobody was entitled to read it");
    expect(because(gone, archive(true, "4601-02"))).toBe("nobody was entitled to read it");
    expect(because(gone, at(hours(1)), archive(true), archive(false))).toBeUndefined();
    expect(because(gone, at(hours(24)), archive(true), archive(false))).toBe("nobody was entitled to read it");
  });

  it("is that every attempt was broken only where the system gave none back and broke none itself", () => {
    const breaks: Item = faulted({ boundary: "step" });
    const attempt = (nth: number, ...then: Item[]): Item => [delivered("A", nth), then];
    const gone: Item = dropped("A", { why: "deadlettered" });
    const all = "every attempt at it was broken by a fault";
    expect(because(sent("A"), at(minutes(9)), attempt(1, breaks), gone)).toBe(all);
    expect(because(sent("A"), at(minutes(9)), attempt(1, breaks), attempt(2, breaks), gone)).toBe(all);
    expect(because(sent("A"), at(minutes(9)), attempt(1, breaks), attempt(2), gone)).toBeUndefined();
    expect(
      because(sent("A"), at(minutes(9)), attempt(1, breaks), attempt(2, breaks, settles("A", "requeue")), gone),
    ).toBeUndefined();
    expect(because(sent("A"), at(minutes(9)), attempt(1, breaks, crashed({ why: "threw" })), gone)).toBeUndefined();
    expect(because(sent("A"), at(minutes(9)), breaks, gone)).toBeUndefined();
    const killed: Item = [named("f", faulted({ boundary: "step" })), causedBy("f", crashed())];
    expect(because(sent("A"), at(minutes(9)), attempt(1, killed), gone)).toBe(all);
    // One that is asked to stop lets go of its messages, and has stopped a while later.
    const asked: Item = [named("f", faulted({ boundary: "step", family: "process" }))];
    const ends = causedBy("f", stopped());
    const lets = (...first: Item[]): Item[] => [sent("A"), at(minutes(9)), [delivered("A"), first]];
    expect(because(...lets(asked), at(minutes(9) + 20), gone, at(minutes(9) + 50), ends)).toBe(all);
    expect(because(...lets(), at(minutes(9) + 20), gone, at(minutes(9) + 50), asked, ends)).toBeUndefined();
    // The queue lets go of what it had handed over as it falls, which is written down after that.
    const falls = crashed({ party: "fiks-io" });
    expect(because(sent("A"), at(minutes(9)), attempt(1), gone, falls)).toBe(all);
    expect(because(sent("A"), at(minutes(9)), attempt(1), gone, at(minutes(9) + 1), falls)).toBeUndefined();
  });
});

describe("a fair chance", () => {
  it("is a stretch as long as D, or as its life, in which nothing stood in the way", () => {
    const none = "the world left the system under test no stretch of time as long as D while it lived";
    expect(unfairness(sent("A"))).toBeUndefined();
    expect(unfairness(submitted("A"))).toBeUndefined();
    const free = (ms: number): Item => [sent("A"), at(ms), stopped(), at(days(2)), started()];
    expect(unfairness(free(hours(2)))).toBeUndefined();
    expect(unfairness(free(hours(2) - 1))).toBe(none);
    const short = (ms: number): Item => [
      at(hours(20)),
      sent("A", { lifeEndsMs: hours(21) }),
      at(hours(20) + ms),
      stopped(),
    ];
    expect(unfairness(short(hours(1)))).toBeUndefined();
    expect(unfairness(short(hours(1) - 1))).toBe(none);
    expect(unfairness(sent("A", { lifeEndsMs: 0 }))).toBeUndefined();
  });

  it("is three polls while it lay there, a consumer with room, or the message in its hands", () => {
    const none = "its clock is not driven, and it had fewer than three polls while the message was there";
    const polls = (count: number): Item => ({
      kind: "idle",
      operation: "get",
      asker: "integration",
      count,
      fromMs: 0,
      toMs: 0,
      exchange: "fiks-io.get(idle)/1",
    });
    expect(unfairness(compressed, sent("A"), polls(2))).toBe(none);
    expect(unfairness(compressed, sent("A"), polls(3))).toBeUndefined();
    expect(unfairness(compressed, polls(9), sent("A"), polls(2))).toBe(none);
    expect(unfairness(compressed, polls(1), sent("A"), offered("A~2"), fetched("A"))).toBeUndefined();
    expect(unfairness(compressed, alive(), sent("A"))).toBeUndefined();
    expect(unfairness(compressed, alive({ credit: false }), sent("A"))).toBe(none);
    expect(unfairness(compressed, sent("A"), alive({ how: "poll" }))).toBe(none);
    expect(unfairness(compressed, sent("A"), asked("receiver.lookup(A)/1"))).toBeUndefined();
  });
});
