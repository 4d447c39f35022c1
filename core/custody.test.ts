import { describe, expect, it } from "vitest";
import {
  type Custody,
  custodyReads,
  endures,
  hasEnded,
  holds,
  isTakenOn,
  isUndone,
  startChain,
  stepChain,
} from "./custody.ts";
import {
  accepted,
  acks,
  at,
  delivered,
  dispatched,
  dropped,
  effected,
  feilet,
  held,
  hours,
  type Item,
  ledger,
  mottatt,
  offered,
  printed,
  purged,
  quarantined,
  registered,
  registers,
  resends,
  restored,
  returned,
  run,
  sent,
  submitted,
  told,
} from "./rules/fixtures.ts";

function custodyOf(delivery: string, ...items: readonly Item[]): Custody {
  const chain = startChain();
  for (const entry of ledger(...items)) if (custodyReads.includes(entry.kind)) stepChain(chain, entry);
  const custody = chain.deliveries.get(delivery);
  if (custody === undefined) throw new Error(`${delivery} was never submitted`);
  return custody;
}

const parties = (custody: Custody): string[] => custody.holdings.map(({ party }) => party);

describe("custody", () => {
  it("begins with the sender, and passes to the portal when the sender is told so", () => {
    expect(custodyOf("A", submitted("A")).debtor).toBe("sender");
    const custody = custodyOf("A", submitted("A"), accepted("A"));
    expect(custody).toMatchObject({ debtor: "portal", relieved: ["sender"] });
    expect(parties(custody)).toEqual(["portal"]);
  });

  it("stays with the sender while the answer is lost", () => {
    expect(custodyOf("A", submitted("A"), accepted("A", { told: false })).debtor).toBe("sender");
  });

  it("is of no delivery while nothing was taken on", () => {
    expect(custodyOf("A", submitted("A"), held("A", { party: "portal" })).accepted).toBe(-1);
  });

  it("passes by a receipt, never by a word such as sent or delivered", () => {
    const before = custodyOf("A", sent("A"), delivered("A"));
    expect(before.debtor).toBe("portal");
    expect(custodyOf("A", sent("A"), delivered("A"), told(undefined, { to: "portal", copies: ["A"] })).debtor).toBe(
      "portal",
    );
    expect(custodyOf("A", sent("A"), delivered("A"), mottatt("A"))).toMatchObject({
      debtor: "integration",
      relieved: ["sender", "portal"],
    });
  });

  it("counts a party that takes the debt again as no longer relieved", () => {
    const back = told(undefined, { to: "integration", copies: ["A"], takesDebt: "portal" });
    expect(custodyOf("A", sent("A"), delivered("A"), mottatt("A"), back).relieved).toEqual(["sender", "integration"]);
  });

  it("knows holders by durable copies only", () => {
    const inMemory = held("A", { party: "integration", durability: "memory" });
    const inProcess = held("A", { party: "integration", durability: "process" });
    const broken = held("A", { party: "integration", ok: false });
    const power = run({ parameters: { durability: "power" } });
    expect(holds(custodyOf("A", sent("A"), inMemory), "integration")).toBe(false);
    expect(holds(custodyOf("A", sent("A"), broken), "integration")).toBe(false);
    expect(holds(custodyOf("A", sent("A"), inProcess), "integration")).toBe(true);
    expect(holds(custodyOf("A", power, sent("A"), inProcess), "integration")).toBe(false);
    const unsure = custodyOf("A", sent("A"), held("A", { party: "integration", durability: "unknown" }));
    expect(holds(unsure, "integration")).toBe(false);
    expect(unsure.unsure).toBe(true);
  });

  it("knows a holder by what it quarantined, as long as that can be fetched again", () => {
    expect(holds(custodyOf("A", sent("A"), quarantined("A")), "integration")).toBe(true);
    expect(holds(custodyOf("A", sent("A"), quarantined("A", { retrievable: false })), "integration")).toBe(false);
  });

  it("keeps the copies of a delivery apart, and drops only the one that is named", () => {
    const custody = custodyOf("A", sent("A"), resends("A", "A~2"), dropped("A"));
    expect(custody.copies).toEqual(["A", "A~2"]);
    expect(custody.holdings.map(({ party, copy }) => `${party} ${copy}`)).toEqual(["portal A", "fiks-io A~2"]);
    expect(parties(custodyOf("A", sent("A"), resends("A", "A~2"), dropped("A~3")))).toEqual([
      "portal",
      "fiks-io",
      "fiks-io",
    ]);
    expect(
      parties(custodyOf("A", sent("A"), held("A~2", { party: "portal" }), dropped("A", { party: "portal" }))),
    ).toEqual(["fiks-io", "portal"]);
  });

  it("ends at a registration, on paper, or at a return that the sender's side was told of", () => {
    expect(hasEnded(custodyOf("A", sent("A"), registers("A")))).toBe(true);
    expect(hasEnded(custodyOf("A", sent("A"), printed("A")))).toBe(true);
    expect(hasEnded(custodyOf("A", sent("A"), returned("A")))).toBe(false);
    expect(hasEnded(custodyOf("A", sent("A"), feilet("A", { printed: false })))).toBe(true);
    const no = told(undefined, { to: "portal", saying: "negative", copies: ["A"] });
    expect(hasEnded(custodyOf("A", sent("A"), returned("A"), no))).toBe(true);
    expect(hasEnded(custodyOf("A", sent("A"), returned("A", { to: "sender" }), no))).toBe(false);
  });

  it("is lost when the receipt outran the store, from the entry that let the last copy go", () => {
    const entries = [sent("A"), delivered("A"), mottatt("A"), acks("A")];
    const custody = custodyOf("A", ...entries);
    const all = ledger(...entries);
    expect(all[custody.lost]).toMatchObject({ kind: "dropped", party: "fiks-io" });
    expect(all[custody.gap]).toMatchObject({ kind: "told", to: "portal", takesDebt: "integration" });
  });

  it("is in a gap, and not lost, while a holder has not been relieved", () => {
    const custody = custodyOf("A", sent("A"), delivered("A"), mottatt("A"));
    expect(custody.gap).toBeGreaterThan(0);
    expect(custody.lost).toBe(-1);
  });

  it("is found again by a late registration", () => {
    const custody = custodyOf("A", sent("A"), delivered("A"), mottatt("A"), acks("A"), registers("A"));
    expect(custody).toMatchObject({ gap: -1, lost: -1 });
  });

  it("reopens what a restored party had registered since its backup", () => {
    const story = [sent("A"), at(hours(2)), delivered("A"), registers("A"), mottatt("A"), acks("A"), purged("A")];
    expect(hasEnded(custodyOf("A", ...story, restored("receiver", hours(3))))).toBe(true);
    const reopened = custodyOf("A", ...story, restored("receiver", hours(1)));
    expect(hasEnded(reopened)).toBe(false);
    expect(reopened.lost).toBeGreaterThan(0);
    expect(hasEnded(custodyOf("A", ...story, restored("portal", hours(1))))).toBe(true);
    const older = custodyOf("A", ...story, restored("receiver", hours(2)));
    expect(hasEnded(older)).toBe(true);
    expect(holds(older, "receiver")).toBe(true);
    const kept = custodyOf("A", ...story.slice(0, -1), restored("receiver", hours(1)));
    expect(parties(kept)).toEqual(["portal"]);
    expect(kept.ends).toMatchObject({ registered: -1, registeredAtMs: -1 });
    expect(kept.lost).toBeGreaterThan(0);
    const printedToo = custodyOf("A", printed("A"), ...story, printed("A"), restored("receiver", hours(1)));
    expect(hasEnded(printedToo)).toBe(true);
  });

  it("is its restored receiver's to owe, until it is handed over once more", () => {
    const story = [sent("A"), at(hours(2)), delivered("A"), registers("A")];
    const owed = custodyOf("A", ...story, restored("receiver", hours(1)), mottatt("A"), acks("A"));
    expect(owed).toMatchObject({ debtor: "receiver", askable: false });
    expect(isUndone(owed)).toBe(true);
    const again = custodyOf("A", ...story, restored("receiver", hours(1)), offered("A", { copy: "A~2" }), mottatt("A"));
    expect(again.debtor).toBe("integration");
    expect(isUndone(again)).toBe(false);
  });

  it("keeps what a restored integration had registered in the receiver", () => {
    const story = [sent("A"), at(hours(2)), delivered("A"), held("A", { party: "integration" }), registers("A")];
    const custody = custodyOf("A", ...story, mottatt("A"), restored("integration", hours(1)));
    expect(hasEnded(custody)).toBe(true);
    expect(holds(custody, "integration")).toBe(false);
    expect(isUndone(custody)).toBe(false);
  });

  it("takes no notice of what it never heard was sent", () => {
    const custody = custodyOf("A", accepted("Z"), mottatt("Z"), registers("Z"), sent("A"));
    expect(custody.debtor).toBe("portal");
  });

  it("finds the delivery by the copy where that is all an entry names", () => {
    const { delivery: _, ...byCopy } = held("A~2", { party: "integration" });
    expect(holds(custodyOf("A", sent("A"), byCopy), "integration")).toBe(true);
  });

  it("is lost at once where a party took it on and kept nothing", () => {
    const effect = effected("portal.submit(A)/1", "submitted → accepted", { delivery: "A", copy: "A" });
    expect(custodyOf("A", submitted("A"), effect).lost).toBe(3);
    expect(custodyOf("A", submitted("A"), effect, effect).accepted).toBe(3);
  });

  it("is lost no more once somebody unrelieved holds it, or somebody has registered it", () => {
    const gone = [sent("A"), delivered("A"), mottatt("A"), acks("A")];
    expect(custodyOf("A", gone).lost).toBeGreaterThan(0);
    const found = custodyOf("A", gone, held("A"));
    expect(found.lost).toBe(-1);
    expect(found.gap).toBeGreaterThan(0);
    expect(custodyOf("A", gone, registered("A"))).toMatchObject({ gap: -1, lost: -1 });
  });

  it("keeps the first end of each kind", () => {
    const twice = custodyOf(
      "A",
      sent("A"),
      feilet("A"),
      returned("A"),
      printed("A"),
      registers("A"),
      at(9),
      registers("A"),
    );
    const entries = ledger(sent("A"), feilet("A"), returned("A"), printed("A"), registers("A"), at(9), registers("A"));
    const first = (kind: string): number => entries.findIndex((entry) => entry.kind === kind);
    expect(twice.ends).toEqual({
      registered: first("registered"),
      registeredAtMs: 0,
      returned: first("returned"),
      printed: first("printed"),
    });
  });

  it("lets go of all a party has where it names no copy, and of nothing others have", () => {
    const { copy: _, ...all } = dropped("A");
    expect(parties(custodyOf("A", sent("A"), resends("A", "A~2"), all))).toEqual(["portal"]);
    expect(parties(custodyOf("A", sent("A"), dropped("A", { party: "integration" })))).toEqual(["portal", "fiks-io"]);
  });

  it("remembers since when the one that let go had held it", () => {
    expect(custodyOf("A", sent("A")).letGoSinceMs).toBe(-1);
    expect(custodyOf("A", at(5), sent("A"), at(9), dropped("A")).letGoSinceMs).toBe(5);
  });

  it("remembers the copy that lives longest", () => {
    const custody = custodyOf(
      "A",
      submitted("A"),
      accepted("A"),
      dispatched("A", { lifeEndsMs: 50 }),
      resends("A", "A~2", { lifeEndsMs: 40 }),
    );
    expect(custody).toMatchObject({ channel: "fiks-io", lifeEndsMs: 50 });
  });

  it("is nobody's but the sender's at first: nothing has happened to it", () => {
    expect(custodyOf("A", submitted("A"))).toEqual({
      delivery: "A",
      sender: "sender",
      accepted: -1,
      debtor: "sender",
      debtTold: -1,
      holdings: [],
      relieved: [],
      copies: [],
      readers: [],
      ends: { registered: -1, registeredAtMs: -1, returned: -1, printed: -1 },
      channel: "",
      lifeEndsMs: -1,
      unsure: false,
      gap: -1,
      lost: -1,
      returnedTo: undefined,
      returnedSeq: -1,
      toldNo: [],
      undone: -1,
      askable: false,
      letGoSinceMs: -1,
    });
    expect(startChain()).toMatchObject({ durability: "process", incomplete: false });
  });

  it("is not begun anew where its message is submitted again", () => {
    expect(custodyOf("A", sent("A"), submitted("A")).debtor).toBe("portal");
  });

  it("is taken on by a change to accepted, and by no other", () => {
    const change = (text: string) => isTakenOn({ seq: 1, atMs: 0, by: "world", kind: "effected", change: text });
    expect(["submitted → accepted", "new → accepted", "→ accepted"].map(change)).toEqual([true, true, true]);
    expect(["new → staged", "accepted", "x accepted", "new → unaccepted", "accepted → staged"].map(change)).toEqual([
      false,
      false,
      false,
      false,
      false,
    ]);
    expect(custodyOf("A", submitted("A"), effected("receiver.register(A)/1", "new → staged")).accepted).toBe(-1);
  });

  it("endures by rank, and never where nobody knows", () => {
    const all = ["unknown", "memory", "process", "power"] as const;
    const asked = (least: (typeof all)[number]) => all.filter((durability) => endures(durability, least));
    expect(all.map(asked)).toEqual([
      ["memory", "process", "power"],
      ["memory", "process", "power"],
      ["process", "power"],
      ["power"],
    ]);
  });

  it("counts everybody once: who was relieved, who was told no, who may read, and each copy", () => {
    const no = told(undefined, { to: "portal", saying: "negative", copies: ["A"] });
    const twice = custodyOf(
      "A",
      sent("A"),
      offered("A"),
      held("A", { party: "portal" }),
      held("A", { party: "fiks-io" }),
      mottatt("A"),
      mottatt("A", 2),
      no,
      no,
    );
    expect(twice).toMatchObject({
      relieved: ["sender", "portal"],
      toldNo: ["portal"],
      readers: ["integration"],
      copies: ["A"],
    });
    expect(parties(twice)).toEqual(["portal", "fiks-io"]);
  });

  it("is not returned by good news to whom it goes back", () => {
    expect(hasEnded(custodyOf("A", sent("A"), returned("A"), told(undefined, { to: "portal", copies: ["A"] })))).toBe(
      false,
    );
  });

  it("stays with a receiver that took the debt, though a further copy is offered", () => {
    const takes = told(undefined, { to: "portal", copies: ["A"], takesDebt: "receiver" });
    expect(custodyOf("A", sent("A"), takes, offered("A~2")).debtor).toBe("receiver");
  });

  it("keeps the first channel of two on which it lives as long", () => {
    const other = offered("A~2", { channel: "altinn-dispatch", lifeEndsMs: hours(24) });
    expect(custodyOf("A", sent("A"), other)).toMatchObject({ channel: "fiks-io", lifeEndsMs: hours(24) });
  });

  it("lets go of the copy that is named, and of whatever a party has where it names one it has not", () => {
    const second = custodyOf("A", sent("A"), at(7), resends("A", "A~2"), dropped("A~2"));
    expect(second.holdings.map(({ party, copy }) => `${party} ${copy}`)).toEqual(["portal A", "fiks-io A"]);
    expect(second.letGoSinceMs).toBe(7);
    const other = custodyOf("A", sent("A"), at(7), held("A~2"), dropped("A", { party: "receiver" }));
    expect(parties(other)).toEqual(["portal", "fiks-io"]);
    expect(other.letGoSinceMs).toBe(7);
  });

  it("reopens what was registered though nobody saw where the receiver kept it", () => {
    const story = [sent("A"), at(hours(2)), registered("A"), restored("receiver", hours(1))];
    expect(hasEnded(custodyOf("A", story))).toBe(false);
  });

  it("is undone by a restored party only where that lost it, and no more once it is offered anew", () => {
    const taken = [sent("A"), at(hours(2)), delivered("A"), held("A", { party: "integration" })];
    expect(custodyOf("A", taken, restored("integration", hours(1))).undone).toBe(-1);
    const alone = [...taken, mottatt("A"), acks("A"), purged("A"), restored("integration", hours(1))];
    expect(isUndone(custodyOf("A", alone))).toBe(true);
    expect(custodyOf("A", alone, offered("A~2"))).toMatchObject({ undone: -1, debtor: "integration" });
  });

  it("is in no gap and not lost before a channel took it on, nor in a gap while its sender owes it", () => {
    expect(custodyOf("A", submitted("A"), dropped("A"))).toMatchObject({ gap: -1, lost: -1 });
    expect(custodyOf("A", submitted("A"), accepted("A", { told: false }), dropped("A")).gap).toBe(-1);
  });

  it("is lost, and in a gap, from the first entry that shows it", () => {
    const gone = [sent("A"), delivered("A"), mottatt("A"), acks("A")];
    const { lost, gap } = custodyOf("A", gone);
    expect(custodyOf("A", gone, dropped("A"), mottatt("A", 2))).toMatchObject({ lost, gap });
  });
});

describe("a case that a probe showed", () => {
  const by = "probe:product";
  const shown = [
    sent("A"),
    delivered("A"),
    held("A", { party: "integration", by }),
    registered("A", { by }),
    told(undefined, { to: "portal", copies: ["A"], takesDebt: "integration" }),
  ];
  const vanished = dropped("A", { party: "integration", why: "lost", by });

  it("is lost once it no longer does, though a channel still has a copy that nobody will ask for", () => {
    const custody = custodyOf("A", shown, vanished);
    expect(hasEnded(custody)).toBe(false);
    expect(parties(custody)).toContain("fiks-io");
    expect(custody.lost).toBeGreaterThan(0);
  });

  it("is not, where it is shown again, or its sender was never told yes", () => {
    expect(custodyOf("A", shown, vanished, held("A", { party: "integration", by })).lost).toBe(-1);
    expect(custodyOf("A", shown.slice(0, -1), vanished).lost).toBe(-1);
  });

  it("stays registered where the world itself saw it registered, whatever else is dropped", () => {
    const seen = dropped("A", { party: "integration", why: "lost" });
    expect(hasEnded(custodyOf("A", shown, seen))).toBe(true);
  });
});
