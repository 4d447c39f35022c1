import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  type Boundary,
  boundaryName,
  type Exchange,
  exchangeName,
  fits,
  isLabel,
  isPattern,
  parseBoundary,
  parseExchange,
  parseSubject,
  type Subject,
  subjectOf,
  subjectText,
} from "./boundary.ts";

const states = ["start", "token", "expired", "lost", "idle"] as const;
const letters = [..."ABCabcz019"];
const label = fc
  .tuple(fc.constantFrom(...letters), fc.string({ unit: fc.constantFrom(...letters, ".", "_", "-"), maxLength: 6 }))
  .map(([first, rest]) => first + rest)
  .filter(isLabel);
const recipient = fc.integer({ min: 0, max: 999999 }).map((n) => {
  const digits = String(n).padStart(6, "0");
  return `${digits.slice(0, 4)}-${digits.slice(4)}`;
});
const one: fc.Arbitrary<Subject> = fc.record(
  { kind: fc.constant("one" as const), label, recipient, nth: fc.integer({ min: 2, max: 120 }) },
  { requiredKeys: ["kind", "label"] },
);
const called: fc.Arbitrary<Subject> = fc.oneof(
  label.map((news) => ({ kind: "news" as const, label: news })),
  fc.nat(200).map((n) => ({ kind: "page" as const, n })),
  fc.oneof(label, recipient, fc.constantFrom(...states)).map((name) => ({ kind: "sub" as const, name })),
);
const several: fc.Arbitrary<Subject> = fc
  .uniqueArray(label, { minLength: 1, maxLength: 4 })
  .map((labels) => ({ kind: "several" as const, labels: labels.sort() }));
const abridged: fc.Arbitrary<Subject> = fc.record({
  kind: fc.constant("abridged" as const),
  first: label,
  more: fc.integer({ min: 4, max: 5000 }),
});
const subject: fc.Arbitrary<Subject> = fc.oneof(
  one,
  several,
  abridged,
  fc.nat(300).map((n) => ({ kind: "unknown" as const, n })),
  fc.constantFrom(...states).map((state) => ({ kind: "state" as const, state })),
  called,
);
const party = fc.constantFrom("receiver", "receiver#2", "fiks-io", "altinn-broker", "db", "eformidling#12");
const operation = fc.constantFrom("register", "list", "deliver", "markasread", "flush");
const phase = fc.constantFrom("asked" as const, "done" as const, "told" as const);
const exchange: fc.Arbitrary<Exchange> = fc.record({
  party,
  operation,
  subject,
  attempt: fc.integer({ min: 1, max: 99 }),
});
const boundary: fc.Arbitrary<Boundary> = fc.oneof(
  fc.record({ kind: fc.constant("named" as const), exchange, phase }),
  fc.record({ kind: fc.constant("idle" as const), party, operation, after: exchange, phase }),
);

describe("names of boundaries", () => {
  it("are read back as what they were printed from, whatever the grammar allows", () => {
    fc.assert(
      fc.property(boundary, (given) => {
        expect(parseBoundary(boundaryName(given))).toEqual(given);
      }),
      { numRuns: 1000 },
    );
  });

  it("are read only as they are printed: what parses prints the same text", () => {
    const near = fc.string({
      unit: fc.constantFrom(..."AB1~@{},+?()*/.:-", "start", "news", "page", "0"),
      maxLength: 10,
    });
    fc.assert(
      fc.property(near, (text) => {
        let read: Subject;
        try {
          read = parseSubject(text);
        } catch (refusal) {
          expect(refusal).toBeInstanceOf(SyntaxError);
          return;
        }
        expect(subjectText(read)).toBe(text);
      }),
      { numRuns: 2000 },
    );
  });

  it.each([
    ["receiver.register(A)/2:done", { kind: "one", label: "A" }],
    ["receiver.register(A@4601-02)/1:asked", { kind: "one", label: "A", recipient: "4601-02" }],
    ["receiver.register(A@4601-02~2)/1:asked", { kind: "one", label: "A", recipient: "4601-02", nth: 2 }],
    ["fiks-io.settle({A,B})/1:done", { kind: "several", labels: ["A", "B"] }],
    ["fiks-io.settle({A+7})/1:done", { kind: "abridged", first: "A", more: 7 }],
    ["receiver.register(?3)/1:done", { kind: "unknown", n: 3 }],
    ["fiks-io.connect(lost)/2:told", { kind: "state", state: "lost" }],
    ["altinn-broker.list(news(A))/1:done", { kind: "news", label: "A" }],
    ["altinn-broker.list(page(2))/1:done", { kind: "page", n: 2 }],
    ["fiks-io.consume(sub(4601-01))/1:done", { kind: "sub", name: "4601-01" }],
    ["db.flush(idle)/4:done", { kind: "state", state: "idle" }],
  ])("reads %s", (name, about) => {
    expect(parseBoundary(name)).toMatchObject({ kind: "named", exchange: { subject: about } });
  });

  it("tells an idle poll from an exchange about no message", () => {
    expect(parseBoundary("altinn-broker.list(idle)@fiks-io.deliver(A)/1:told")).toEqual({
      kind: "idle",
      party: "altinn-broker",
      operation: "list",
      after: parseExchange("fiks-io.deliver(A)/1"),
      phase: "told",
    });
  });

  it.each([
    "receiver.register(A)/1",
    "receiver.register(A)/1:before",
    "receiver.register(A)/0:done",
    "receiver.register(A)/01:done",
    "receiver.register()/1:done",
    "receiver.register(A~1)/1:done",
    "receiver.register(A@46-02)/1:done",
    "receiver.register(start~2)/1:done",
    "receiver.register(lost@4601-02)/1:done",
    "receiver.register(news(start))/1:done",
    "receiver.register(page(02))/1:done",
    "receiver.register(?x)/1:done",
    "receiver.register(A)B)/1:done",
    "fiks-io.settle({B,A})/1:done",
    "fiks-io.settle({A,A})/1:done",
    "fiks-io.settle({A,idle})/1:done",
    "fiks-io.settle({A,B,C,D,E})/1:done",
    "fiks-io.settle({A+3})/1:done",
    "fiks-io.settle({idle+4})/1:done",
    "receiver#0.register(A)/1:done",
    "altinn-broker.list(idle)@altinn-broker.list(idle)@fiks-io.deliver(A)/1:told",
  ])("refuses %s", (name) => {
    expect(() => parseBoundary(name)).toThrow(SyntaxError);
    expect(isPattern(name)).toBe(false);
  });
});

describe("labels", () => {
  it.each([...states, "", "A B", "-A", "A~2", "A@4601-01", "A,B", "A/B"])("may not be %j", (text) => {
    expect(isLabel(text)).toBe(false);
  });

  it("may hold a state's word as a part", () => {
    expect(["start-1", "lost.A", "Start", "æ"].map(isLabel)).toEqual([true, true, true, false]);
  });
});

describe("the subject of copies", () => {
  it("is the copy where there is one", () => {
    expect(subjectText(subjectOf(["A@4601-02~2"]))).toBe("A@4601-02~2");
  });
  it("is the sorted set of labels where there are several", () => {
    expect(subjectText(subjectOf(["B~2", "A@4601-02", "A"]))).toBe("{A,B}");
    expect(subjectText(subjectOf(["D", "C", "B", "A"]))).toBe("{A,B,C,D}");
  });
  it("is the first and a count above four labels", () => {
    expect(subjectText(subjectOf(["E", "D", "C", "B", "A"]))).toBe("{A+4}");
  });
  it("is never a state, even where a message is labelled so", () => {
    expect(() => subjectOf(["lost"])).toThrow(SyntaxError);
    expect(() => subjectOf(["A", "lost"])).toThrow(SyntaxError);
  });
  it("is refused where there is no copy", () => {
    expect(() => subjectOf([])).toThrow(SyntaxError);
  });
});

describe("patterns", () => {
  it("fit what they were made from with any of party, operation, subject and attempt starred", () => {
    fc.assert(
      fc.property(exchange, phase, fc.integer({ min: 0, max: 15 }), (given, at, starred) => {
        const star = (bit: number, text: string): string => ((starred & bit) === 0 ? text : "*");
        const pattern = `${star(1, given.party)}.${star(2, given.operation)}(${star(4, subjectText(given.subject))})/${star(8, String(given.attempt))}:${at}`;
        const name = `${exchangeName(given)}:${at}`;
        expect(isPattern(pattern)).toBe(true);
        expect(fits(pattern, name)).toBe(true);
        expect(fits(pattern, name.replace(/:\w+$/, at === "done" ? ":told" : ":done"))).toBe(false);
        expect(fits(pattern, `altinn-events.push(idle)@${name}`)).toBe(false);
        expect(fits(`altinn-events.push(idle)@${pattern}`, `altinn-events.push(idle)@${name}`)).toBe(true);
        expect(fits(`*.push(idle)@*:${at}`, `altinn-events.push(idle)@${name}`)).toBe(true);
      }),
    );
  });

  it.each([
    ["receiver.register(*)/1:done", "receiver.register(A)/1:done", true],
    ["receiver.register(*)/1:done", "receiver.register(A)/2:done", false],
    ["receiver.register(*)/1:done", "receiver.register(A)/11:done", false],
    ["receiver.register(*)/1:done", "receiver.lookup(A)/1:done", false],
    ["receiver.register(A)/*:done", "receiver.register(A~2)/1:done", false],
    ["receiver.register(A~*)/1:done", "receiver.register(A~2)/1:done", true],
    ["receiver.register(A~*)/1:done", "receiver.register(A)/1:done", false],
    ["receiver.register(*~2)/1:done", "receiver.register(A~2)/1:done", true],
    ["receiver.register(A@*)/1:done", "receiver.register(A@4601-02)/1:done", true],
    ["fiks-io.settle({*,B})/1:done", "fiks-io.settle({A,B})/1:done", true],
    ["fiks-io.settle({*,B})/1:done", "fiks-io.settle({A,A1,B})/1:done", false],
    ["fiks-io.settle({A+*})/1:done", "fiks-io.settle({A+7})/1:done", true],
    ["altinn-broker.list(news(*))/1:done", "altinn-broker.list(news(A))/1:done", true],
    ["altinn-broker.list(page(*))/1:done", "altinn-broker.list(page(3))/1:done", true],
    ["fiks-io.*(*)/*:asked", "fiks-io.consume(sub(4601-01))/1:asked", true],
    ["fiks-io.*(*)/*:asked", "fiks-io.settle({A,B})/1:asked", true],
    ["fiks-io.*(*)/*:asked", "fiks-io.get(idle)@fiks-io.deliver(A)/1:asked", false],
    ["receiver.*(A)/1:done", "receiver#2.register(A)/1:done", false],
    ["*.register(A)/1:done", "receiver#2.register(A)/1:done", true],
    ["receiver.register(A.1)/*:done", "receiver.register(Ax1)/1:done", false],
    ["receiver.register(A)/1:done", "receiver.register(A)/1:done", true],
    ["receiver.register(A)/1:done", "receiver.register(A)/1:told", false],
  ])("%s on %s: %s", (pattern, name, expected) => {
    expect(fits(pattern, name)).toBe(expected);
  });

  it.each([
    "receiver.register(*)/1",
    "receiver.register(*)/1:*",
    "*",
    "receiver.*/1:done",
    "receiver.reg*(A)/1:done",
    "receiver.register(A*)/1:done",
    "receiver.register(*)/1*:done",
    "receiver.register(*,B)/1:done",
  ])("that are none fit nothing: %s", (pattern) => {
    expect(isPattern(pattern)).toBe(false);
    expect(fits(pattern, "receiver.register(A)/1:done")).toBe(false);
    expect(fits(pattern, "receiver.register(A,B)/1:done")).toBe(false);
  });
});
