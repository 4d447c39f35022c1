import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { aboutCopy } from "../about.ts";
import { afterReturn, moved, moves, type Queued, ReadyLine } from "./state.ts";

function queued(place: number): Queued {
  return {
    id: `id-${place}`,
    type: "t",
    from: "f",
    to: "t",
    headers: {},
    body: new Uint8Array(0),
    ttlMs: 1000,
    expiresAtMs: 1000,
    replyTo: undefined,
    replyToType: undefined,
    copy: `m${place}`,
    about: aboutCopy(`m${place}`),
    place,
    wireHeader: undefined,
    state: "ready",
    attempts: 0,
    redelivered: false,
  };
}

describe("an envelope in a queue", () => {
  it("ends once: nothing follows an ack, a nack, an expiry or a dead letter", () => {
    const ends = ["acked", "nacked", "expired", "deadlettered", "discarded"];
    expect(Object.values(moves).filter(({ from }) => ends.includes(from))).toEqual([]);
    const envelope = queued(1);
    expect([moved(envelope, "deliver"), moved(envelope, "requeue"), moved(envelope, "deliver")]).toEqual([
      "ready → unacked",
      "unacked → requeued",
      "ready → unacked",
    ]);
    expect(moved(envelope, "ack")).toBe("unacked → acked");
    expect(() => moved(envelope, "ack")).toThrow("which is acked");
  });

  it("is dead-lettered at the last of its attempts, not after it", () => {
    expect([1, 2, 3].map((attempts) => afterReturn(attempts, 3))).toEqual(["ready", "ready", "deadlettered"]);
  });
});

describe("the line of what is ready", () => {
  it("stays in the order of places whatever is taken and comes back", () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom("new", "take", "back", "remove"), { maxLength: 200 }), (acts) => {
        const line = new ReadyLine();
        const out: Queued[] = [];
        let expected: number[] = [];
        let next = 0;
        for (const act of acts) {
          if (act === "new") {
            expected.push(next);
            line.put(queued(next++));
          } else if (act === "take") {
            const head = line.take();
            expect(head?.place).toBe(expected.shift());
            if (head !== undefined) out.push(head);
          } else if (act === "back") {
            const back = out.splice(out.length >> 1, 1)[0];
            if (back === undefined) continue;
            line.put(back);
            expected = [...expected, back.place].sort((a, b) => a - b);
          } else {
            const one = line.all()[1];
            if (one === undefined) continue;
            expect(line.remove(one)).toBe(true);
            expected = expected.filter((place) => place !== one.place);
          }
          expect(line.all().map(({ place }) => place)).toEqual(expected);
          expect([line.length, line.head()?.place]).toEqual([expected.length, expected[0]]);
        }
      }),
      { numRuns: 60 },
    );
  });

  it("lets go of what was taken when it is long", () => {
    const line = new ReadyLine();
    for (let i = 0; i < 5000; i++) line.put(queued(i));
    for (let i = 0; i < 3000; i++) expect(line.take()?.place).toBe(i);
    line.put(queued(2999));
    expect([line.length, line.head()?.place]).toEqual([2001, 2999]);
  });
});
