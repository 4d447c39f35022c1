import { describe, expect, it } from "vitest";
import type { Integration } from "../../port/host.ts";
import { carefulSimple } from "../correct/careful-simple.ts";
import { inboxFirst } from "../correct/inbox-first.ts";
import { storeThenReceipt } from "../correct/store-then-receipt.ts";
import { type Answer, fjordvik, hourMs, mailWorld, overview, startMs, storhamn } from "./mail-world.fixture.ts";
import { type Policy, sound } from "./policy.ts";

const dayMs = 24 * hourMs;
const rights: Answer = { status: 401, json: { code: "CORR-04001", errorCode: 4001 } };

/** A run of a design in a world that answers as told. */
async function run(
  told: Readonly<Record<string, readonly Answer[]>>,
  ms: number = hourMs / 2,
  design: (policy: Policy) => Integration = storeThenReceipt,
  store?: ReadonlyMap<string, unknown>,
  flaw: Partial<Policy> = {},
) {
  const world = mailWorld(told, new Map(store));
  await world.passes(ms, design({ ...sound, ...flaw })(world.host));
  return world;
}
const changed = (by: object): readonly Answer[] => [{ status: 200, json: { ...overview, ...by } }];

describe("a poll", () => {
  it("asks for every resource once an interval, and as far back as mail may come late", async () => {
    const { asked } = await run({ "list barnevern-fortrolig": [{ status: 200, json: { ids: [] } }] }, 2.5 * hourMs);
    const lists = asked.filter(({ what }) => what.startsWith("list"));
    expect(lists.map(({ query }) => query.get("resourceId"))).toEqual([
      ...["barnevern", "barnevern-fortrolig"],
      ...["barnevern", "barnevern-fortrolig"],
      ...["barnevern", "barnevern-fortrolig"],
    ]);
    expect(lists[0]?.query.get("role")).toBe("Recipient");
    expect(startMs - Date.parse(lists[0]?.query.get("from") ?? "")).toBe(90 * dayMs);
  });

  it("asks for each recipient by itself where they share a resource, so that a right lost for one is seen", async () => {
    const nothing: Answer = { status: 200, json: { ids: [] } };
    const world = mailWorld(
      {
        "list barnevern for 310000033": [nothing],
        "list barnevern for 310000041": [nothing],
        "list barnevern-fortrolig for 310000033": [nothing],
        "list barnevern-fortrolig for 310000041": [rights],
      },
      new Map(),
      [fjordvik, storhamn],
    );
    await world.passes(hourMs / 2, storeThenReceipt(sound)(world.host));
    expect(world.sent("deviate")).toMatchObject([{ reason: "no-right:barnevern-fortrolig:310000041" }]);
  });

  it("gets a token only when there is something to ask, and one token for as long as it lives", async () => {
    const { count } = await run({}, 2.5 * hourMs);
    expect([count("grant"), count("exchange")]).toEqual([3, 3]);
  });

  it("finds what appears late with an earlier time", async () => {
    const late = [0, 0, 1].map((there): Answer => ({ status: 200, json: { ids: there ? ["m-1"] : [] } }));
    const { count } = await run({ "list barnevern-fortrolig": late }, 2.5 * hourMs);
    expect(count("register")).toBe(1);
  });

  it("gets another token when one is refused, and goes on", async () => {
    const { count } = await run({
      "list barnevern": [
        { status: 401, text: "" },
        { status: 200, json: { ids: [] } },
      ],
    });
    expect([count("list barnevern"), count("exchange")]).toEqual([2, 2]);
  });

  it("tries one more token when a right is gone, tells people once a day without an id, and asks on", async () => {
    const { count, sent } = await run({ "list barnevern-fortrolig": [rights] }, 30.5 * hourMs);
    expect(count("list barnevern-fortrolig")).toBe(31 + 2);
    expect(count("exchange")).toBe(31 + 2);
    expect(sent("deviate")).toEqual(
      Array(2).fill({
        source: { channel: "altinn-correspondence" },
        reason: "no-right:barnevern-fortrolig",
        retrievable: false,
      }),
    );
  });

  it("tells people at once of a right that is gone again after it had come back", async () => {
    const nothing: Answer = { status: 200, json: { ids: [] } };
    const { count } = await run({ "list barnevern-fortrolig": [rights, rights, nothing, rights] }, 3.5 * hourMs);
    expect(count("deviate")).toBe(2);
  });

  it("tells people once of mail that has waited six hours for its turn, behind some that does not get on", async () => {
    const listed: Answer = { status: 200, json: { ids: ["m-2", "m-1"] } };
    const stuck = { "list barnevern": [listed], register: [{ status: 503 }] };
    const reasons = async (hours: number) =>
      (await run(stuck, hours * hourMs, carefulSimple))
        .sent("deviate")
        .map((deviation) => (deviation as { readonly reason: string }).reason);
    expect(await reasons(5.5)).not.toContain("not-read-yet");
    expect((await reasons(8.5)).filter((reason) => reason === "not-read-yet")).toHaveLength(1);
  });

  it("tells people of a full list, of which older mail may be hidden", async () => {
    const ids = Array.from({ length: 1000 }, (_, i) => `x-${i}`);
    const { sent } = await run({ "list barnevern": [{ status: 200, json: { ids } }] });
    expect(sent("deviate")).toContainEqual(expect.objectContaining({ reason: "list-full:barnevern" }));
  });

  it.each([
    ["nobody answers", { "list barnevern": ["lost"] }],
    ["the token service is dead", { exchange: [{ status: 503 }] }],
  ] as [string, Record<string, Answer[]>][])("tells people after six hours in which %s", async (_, told) => {
    const early = await run(told, 5.5 * hourMs);
    expect(early.count("deviate")).toBe(0);
    const { sent } = await run(told, 6.5 * hourMs);
    expect(sent("deviate")).toContainEqual(
      expect.objectContaining({ source: { channel: "altinn-correspondence" }, reason: "list-not-heard:barnevern" }),
    );
  });
});

describe("mail", () => {
  it("is registered with its text and its files in their order, and only then confirmed and marked as read", async () => {
    const { done, sent } = await run({});
    expect(done()).toEqual([
      "overview m-1",
      "fetch m-1 f-1",
      "fetch m-1 f-2",
      "register",
      "confirm m-1",
      "markasread m-1",
    ]);
    expect(sent("register")).toEqual([
      {
        source: { channel: "altinn-correspondence", id: "m-1", sameAs: { correspondenceId: "m-1" } },
        recipient: { municipalityNumber: "4690", district: "01" },
        type: "barnevern-fortrolig",
        confidential: true,
        receivedAt: "2023-05-08T06:00:00.000Z",
        documents: [
          {
            name: "en.pdf",
            mediaType: "application/pdf",
            sha256: "36a9e7f1c95b82ffb99743e0c5c4ce95d83c9a430aac59f84ef3cbfab6145068",
            contentBase64: "IA==",
          },
          {
            name: "to.pdf",
            mediaType: "application/pdf",
            sha256: "663ea1bfffe5038f3f0cf667f14c4257eff52d77ce7f2a218f72e9286616ea39",
            contentBase64: "dG8=",
          },
        ],
        payload: {
          correspondenceId: "m-1",
          resourceId: "barnevern-fortrolig",
          recipient: "urn:altinn:organization:identifier-no:310000033",
          isConfidential: true,
          isConfirmationNeeded: true,
          propertyList: { kommunenummer: "4690", bydelsnummer: "01" },
          content: {
            messageTitle: "Bekymringsmelding",
            messageBody: "Vi var der i natt.",
            attachments: [
              { id: "f-1", fileName: "en.pdf", checksum: "7215ee9c7d9dc229d2921a40e899ec5f" },
              { id: "f-2", fileName: "to.pdf" },
            ],
          },
        },
      },
    ]);
  });

  it("is the same content however far it has come when it is registered again", async () => {
    const first = await run({});
    const again = await run({ "overview m-1": changed({ status: "AttachmentsDownloaded", read: "2023-05-08" }) });
    expect(again.sent("register")).toEqual(first.sent("register"));
  });

  it("is confirmed only where that is asked for", async () => {
    const { done } = await run({ "overview m-1": changed({ isConfirmationNeeded: false }) });
    expect(done().slice(-2)).toEqual(["register", "markasread m-1"]);
  });

  it("is not looked at again once it is done with, not even by the next start", async () => {
    const first = await run({}, 3.5 * hourMs);
    expect(first.count("overview m-1")).toBe(1);
    const second = await run({}, 3.5 * hourMs, storeThenReceipt, first.store);
    expect(second.done()).toEqual([]);
  });

  it("is read and registered for as long as that takes", async () => {
    const { done } = await run({
      "overview m-1": ["lost", { status: 500 }, ...changed({})],
      "fetch m-1 f-2": [
        { status: 429, headers: { "retry-after": "60" } },
        { status: 200, text: "to" },
      ],
      register: [{ status: 503 }, { status: 201 }],
      "confirm m-1": ["lost", { status: 200 }],
    });
    expect(done()).toEqual([
      ...["overview m-1", "overview m-1", "overview m-1"],
      ...["fetch m-1 f-1", "fetch m-1 f-2", "fetch m-1 f-2"],
      ...["register", "register"],
      ...["confirm m-1", "confirm m-1"],
      "markasread m-1",
    ]);
  });

  it.each([
    ["shorter than was said", [{ status: 200, text: "t", headers: { "content-length": "2" } }], "f-2"],
    ["of another sum", [{ status: 200, text: "x" }], "f-1"],
  ] as [string, Answer[], string][])("fetches a file again that came %s", async (_, broken, file) => {
    const whole: Answer = { status: 200, text: file === "f-1" ? " " : "to" };
    const { count } = await run({ [`fetch m-1 ${file}`]: [...broken, whole] });
    expect([count(`fetch m-1 ${file}`), count("register")]).toEqual([2, 1]);
  });

  it("takes a repeated confirmation for done once it stands in the history", async () => {
    const { done } = await run({
      "confirm m-1": ["lost", { status: 400, json: { code: "CORR-01041" } }],
      "details m-1": [
        { status: 200, json: { statusHistory: [{ status: "Published" }] } },
        { status: 200, json: { statusHistory: [{ status: "Confirmed" }, { status: "AttachmentsDownloaded" }] } },
      ],
    });
    expect(done().slice(-5)).toEqual(["confirm m-1", "confirm m-1", "details m-1", "details m-1", "markasread m-1"]);
  });

  it("is asked for its text alone only where the overview lacks it, and last", async () => {
    const content = { ...overview.content, messageBody: null };
    const { done, sent } = await run({ "overview m-1": changed({ content }) });
    expect(done()).toEqual([
      ...["overview m-1", "fetch m-1 f-1", "fetch m-1 f-2", "content m-1"],
      ...["register", "confirm m-1", "markasread m-1"],
    ]);
    expect(sent("register")).toMatchObject([{ payload: { content: { messageBody: "Vi var der i natt." } } }]);
  });

  it("goes to the first district where the sender named none", async () => {
    const { sent } = await run({ "overview m-1": changed({ propertyList: { kommunenummer: "4690" } }) });
    expect(sent("register")).toMatchObject([{ recipient: { municipalityNumber: "4690", district: "03" } }]);
  });

  it("sends a large file ahead of its message", async () => {
    const { done, sent } = await run({ "fetch m-1 f-2": [{ status: 200, text: "x".repeat(5_000_001) }] });
    expect(done().slice(3, 5)).toEqual(["upload", "register"]);
    expect(sent("register")).toMatchObject([{ documents: [{ contentBase64: "IA==" }, { uploaded: true }] }]);
  });

  it.each([
    ["a file is gone", "attachment-gone", false, { "fetch m-1 f-2": [{ status: 400, json: { errorCode: 2020 } }] }],
    ["a file never comes whole", "attachment-gone", false, { "fetch m-1 f-1": [{ status: 200, text: "x" }] }],
    [
      "it is for another municipality",
      "other-municipality",
      true,
      { "overview m-1": changed({ propertyList: { kommunenummer: "4601" } }) },
    ],
    ["it is for somebody else", "other-recipient", true, { "overview m-1": changed({ recipient: "0192:310000058" }) }],
    [
      "it is for a district that is not served",
      "other-district",
      true,
      { "overview m-1": changed({ propertyList: { bydelsnummer: "09" } }) },
    ],
    [
      "it has no text",
      "no-text",
      false,
      { "overview m-1": changed({ content: {} }), "content m-1": [{ status: 404 }] },
    ],
    ["the receiver refuses it", "receiver-refused:422", true, { register: [{ status: 422 }] }],
  ] as [string, string, boolean, Record<string, Answer[]>][])(
    "is kept and told of by id when %s, and neither confirmed nor marked as read",
    async (_, reason, retrievable, told) => {
      const { done, sent, store } = await run(told);
      expect(sent("deviate")).toEqual([
        { source: { channel: "altinn-correspondence", id: "m-1" }, reason, retrievable },
      ]);
      expect(done().filter((what) => /^(confirm|markasread)/.test(what))).toEqual([]);
      expect([...store.keys()]).toEqual(["aside/m-1", "mail/m-1"]);
    },
  );

  it("is told of by id when it is gone before it was read", async () => {
    const { sent } = await run({ "overview m-1": [{ status: 404 }] });
    expect(sent("deviate")).toEqual([
      { source: { channel: "altinn-correspondence", id: "m-1" }, reason: "gone", retrievable: false },
    ]);
  });
});

describe("an inbox of one's own", () => {
  it("confirms what it holds while the receiver is down, and marks it as read once that has registered it", async () => {
    const { done } = await run({ register: [{ status: 503 }, { status: 201 }] }, hourMs / 2, inboxFirst);
    expect(done()).toEqual([
      ...["overview m-1", "fetch m-1 f-1", "fetch m-1 f-2"],
      ...["register", "confirm m-1", "register", "markasread m-1"],
    ]);
  });

  it("registers after a crash from what it holds, without asking Altinn for it again", async () => {
    const first = await run({ register: ["lost"] }, hourMs / 2, inboxFirst);
    expect([...first.store.keys()]).toEqual(["inbox/m-1", "mail/m-1"]);
    const { done, store } = await run({ "overview m-1": [{ status: 404 }] }, hourMs / 2, inboxFirst, first.store);
    expect(done()).toEqual(["register", "markasread m-1"]);
    expect([...store.keys()]).toEqual(["mail/m-1"]);
  });
});

describe("a careful integration", () => {
  it("confirms again what was accepted and never noted", async () => {
    const noted = (status: string): Answer => ({ status: 200, json: { statusHistory: [{ status }] } });
    const { count } = await run(
      {
        lookup: [{ status: 200, json: { messages: [] } }, registered],
        "details m-1": [...Array<Answer>(6).fill(noted("Fetched")), noted("Confirmed")],
      },
      hourMs / 2,
      carefulSimple,
    );
    expect([count("register"), count("confirm m-1"), count("markasread m-1")]).toEqual([1, 2, 1]);
  });

  it("tells a person of a confirmation that is never noted, and goes on", async () => {
    const { done, sent } = await run(
      {
        lookup: [registered],
        "details m-1": [{ status: 200, json: { statusHistory: [{ status: "Fetched" }] } }],
      },
      6 * hourMs,
      carefulSimple,
    );
    expect(sent("deviate")).toMatchObject([{ source: { id: "m-1" }, reason: "confirmation-not-noted" }]);
    expect(done().at(-1)).toBe("markasread m-1");
  });
});

describe("a flaw", () => {
  const flawed = (flaw: Partial<Policy>, told: Readonly<Record<string, readonly Answer[]>> = {}) =>
    run(told, 2.5 * hourMs, storeThenReceipt, undefined, flaw);

  it("leaves mail alone, and has a token", async () => {
    const { asked } = await flawed({ mail: "left alone" });
    expect(asked.map(({ what }) => what)).toEqual(["grant", "exchange"]);
  });

  it("marks as read while it scans", async () => {
    const { done } = await flawed({ markedAsRead: "while scanning" });
    expect(done().slice(0, 3)).toEqual(["overview m-1", "markasread m-1", "fetch m-1 f-1"]);
  });

  it("confirms before it has fetched anything", async () => {
    const { done } = await flawed({ receipt: "before reading" });
    expect(done().slice(0, 3)).toEqual(["overview m-1", "confirm m-1", "fetch m-1 f-1"]);
  });

  it("asks only for what was to be published since its last poll", async () => {
    const { asked } = await flawed({ mailSince: "last poll" });
    const from = asked.filter(({ what }) => what === "list barnevern").map(({ query }) => query.get("from") ?? "");
    expect(from.map((text) => Date.parse(text) - startMs)).toEqual([-90 * dayMs, 0, hourMs]);
  });

  it("registers the first file only, and nothing as confidential", async () => {
    const { sent } = await flawed({ attachments: "the first", confidential: "never" });
    expect(sent("register")).toMatchObject([{ confidential: false, documents: [{ name: "en.pdf" }] }]);
  });

  it("confirms what nobody asked it to confirm", async () => {
    const { count } = await flawed({ confirmed: "all" }, { "overview m-1": changed({ isConfirmationNeeded: false }) });
    expect(count("confirm m-1")).toBe(1);
  });
});

const registered: Answer = {
  status: 200,
  json: {
    messages: [
      {
        status: "registered",
        documents: [
          { name: "en.pdf", sha256: "36a9e7f1c95b82ffb99743e0c5c4ce95d83c9a430aac59f84ef3cbfab6145068" },
          { name: "to.pdf", sha256: "663ea1bfffe5038f3f0cf667f14c4257eff52d77ce7f2a218f72e9286616ea39" },
        ],
      },
    ],
  },
};
