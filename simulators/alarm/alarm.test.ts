import { describe, expect, it } from "vitest";
import { canary } from "../../core/canary.ts";
import { VirtualClock } from "../../worlds/clock.ts";
import { LedgerWriter } from "../../worlds/ledger-writer.ts";
import { seededRandom } from "../../worlds/random.ts";
import { Manifest } from "../manifest.ts";
import { AlarmSink } from "./alarm.ts";

const secret = canary("r", "A", "form", "head");

function raise(body: string, owner = "Unn") {
  const clock = new VirtualClock(0);
  const ledger = new LedgerWriter(clock, 0);
  const manifest = new Manifest("r", ledger);
  manifest.announce({
    id: "A",
    label: "A",
    municipalityNumber: "4601",
    messageKind: "privat",
    version: 1,
    parts: [],
    canaries: [secret],
  });
  manifest.refer("A", "7");
  manifest.refer("A", "outgoing-2023-7");
  manifest.link("A", "melding-id", "id-of-a");
  manifest.link("B", "melding-id", "id-of-b");
  const alerts: number[] = [];
  const raised: unknown[] = [];
  const alarm = new AlarmSink(
    { clock, random: seededRandom(1), facts: ledger },
    {
      manifest,
      people: { owner: () => owner, alerted: (alert) => alerts.push(alert) },
      raised: (...what) => raised.push(what),
    },
  );
  const operation = alarm.operations[0];
  const request = { method: "POST", path: "/", query: {}, headers: {}, body: new TextEncoder().encode(body) };
  const asker = { party: "integration", incarnation: 1 };
  const about = operation?.about(request, {}, asker);
  const answer = operation?.handle(request, {}, asker);
  return { about, answer, alerts, raised, entries: ledger.entries.slice(2) };
}

describe("the alarm sink", () => {
  it("finds the copy that an alarm is about, and tells whoever owns the sink", () => {
    const { about, answer, alerts, entries } = raise('{"source":{"id":"id-of-a"},"reason":"fiks-io.expired"}');
    expect(about?.subject).toEqual({ kind: "one", label: "A" });
    expect(answer?.reply.status).toBe(204);
    expect(entries).toMatchObject([
      { kind: "alerted", sink: "alarm", owner: "Unn", ids: ["A"], about: "fiks-io.expired", copy: "A", delivery: "A" },
    ]);
    expect(alerts).toEqual([2]);
  });

  it("takes any body, and is about nothing where no id stands in it", () => {
    const { about, entries } = raise("Token service is down", "");
    expect(about?.subject).toEqual({ kind: "state", state: "start" });
    expect(entries).toMatchObject([{ owner: "", ids: [], about: "other" }]);
    expect(entries[0]).not.toHaveProperty("copy");
  });

  it("names every copy of a digest", () => {
    const { about, entries } = raise("Lost: id-of-b, id-of-a");
    expect(about?.subject).toEqual({ kind: "several", labels: ["A", "B"] });
    expect(entries).toMatchObject([{ ids: ["A", "B"] }]);
  });

  it("is about a message that got no id on any channel, where its label is the source's id", () => {
    const { entries } = raise('{"source":{"channel":"altinn-dispatch","id":"A"},"reason":"unsent"}');
    expect(entries).toMatchObject([{ kind: "alerted", ids: ["A"], about: "unsent", copy: "A" }]);
    expect(raise("A is unsent").entries).toMatchObject([{ ids: [] }]);
  });

  it("is about a message that its sender calls by the reference it gave, and by a short one as the source's id alone", () => {
    expect(raise("outgoing-2023-7 is unsent").entries).toMatchObject([{ ids: ["A"], copy: "A" }]);
    expect(raise('{"source":{"id":"7"},"reason":"unsent"}').entries).toMatchObject([{ ids: ["A"] }]);
    expect(raise("Nobody has opened it for 7 days").entries).toMatchObject([{ ids: [] }]);
    expect(raise("outgoing-2023-7, sent as id-of-a").entries).toMatchObject([{ ids: ["A"] }]);
  });

  it.each([
    ["its own field", '{"source":{"id":"id-of-a"},"reason":"returned:unopened"}', "returned:unopened"],
    ["a line of its own", "About id-of-a\r\nReason: returned:unopened\r\n", "returned:unopened"],
    ["free text", '{"source":{"id":"id-of-a"},"reason":"Nobody opens it!"}', "other"],
    ["nothing", "id-of-a", "other"],
  ])("passes on the reason that stands in %s", (_, body, reason) => {
    const { raised, entries } = raise(body);
    expect(entries).toMatchObject([{ about: reason }]);
    expect(raised).toEqual([[2, ["A"], reason]]);
  });

  it("reports content, and never repeats it", () => {
    const { entries } = raise(JSON.stringify({ reason: secret.word, text: "id-of-a" }));
    expect(entries).toMatchObject([
      { kind: "alerted", about: "other" },
      { kind: "leaked", where: "alarm", planted: "A form head", delivery: "A" },
    ]);
    expect(JSON.stringify(entries)).not.toContain(secret.word);
  });
});
