import { describe, expect, it } from "vitest";
import {
  byHand,
  dispatches,
  ends,
  entitled,
  type Item,
  judgement,
  ledger,
  mails,
  offered,
  pairRun,
  registered,
  run,
  senderRun,
  shown,
  submitted,
} from "./fixtures.ts";
import { rightRecipient } from "./right-recipient.ts";

const judge = (...items: Item[]) => {
  const { judged, findings, doubts } = judgement(rightRecipient, ledger(...items));
  return { judged, wrong: findings.map(({ delivery, blames }) => `${delivery} ${blames}`), doubts: doubts.length };
};
const rest = ends();
const held1 = { judged: 1, wrong: [], doubts: 0 };
const failed = { judged: 1, wrong: ["A integration"], doubts: 0 };
const doubtful = { judged: 0, wrong: [], doubts: 1 };
const noDistrict = submitted("A", { deliveries: [{ id: "A", municipalityNumber: "4601" }] });

describe("right-recipient", () => {
  it("holds where the sender named no district and the channel's default took it", () => {
    expect(judge(noDistrict, registered("A", { district: "02" }), shown("A", "4601-02"), rest)).toEqual(held1);
    expect(judge(noDistrict, registered("A"), shown("A"), rest)).toEqual(held1);
  });

  it("fails where the municipality is right and the district wrong", () => {
    expect(judge(submitted("A"), registered("A", { district: "02" }), rest)).toEqual(failed);
  });

  it("fails where the case is right and every recipient sees it", () => {
    expect(judge(submitted("A"), registered("A"), shown("A", "4601-01"), shown("A", "4601-02"), rest)).toEqual(failed);
  });

  it("holds where municipality, district and class are those sent", () => {
    expect(judge(submitted("A"), registered("A"), shown("A", "4601-01"), rest)).toEqual(held1);
  });

  it("fails with another municipality, whether or not the sender named a district", () => {
    expect(judge(submitted("A"), registered("A", { municipalityNumber: "4602" }), rest)).toEqual(failed);
    expect(judge(noDistrict, registered("A", { municipalityNumber: "4602" }), rest)).toEqual(failed);
    expect(judge(noDistrict, shown("A", "4602-01"), rest)).toEqual(failed);
  });

  it("fails with another class, where the case has one", () => {
    expect(judge(submitted("A"), registered("A", { class: "ordinary" }), rest)).toEqual(failed);
    const { class: _, ...classless } = registered("A") as Extract<
      ReturnType<typeof registered>,
      { kind: "registered" }
    >;
    expect(judge(submitted("A"), classless, rest)).toEqual(held1);
  });

  it("judges each recipient of a message by its own address", () => {
    const both = submitted("A", {
      deliveries: [
        { id: "A@4601-01", municipalityNumber: "4601", district: "01" },
        { id: "A@4601-02", municipalityNumber: "4601", district: "02" },
      ],
    });
    expect(judge(both, registered("A@4601-01"), registered("A@4601-02", { district: "02" }), rest)).toEqual({
      judged: 2,
      wrong: [],
      doubts: 0,
    });
    expect(judge(both, registered("A@4601-01"), registered("A@4601-02"), rest).wrong).toEqual([
      "A@4601-02 integration",
    ]);
  });

  it("judges a copy as its delivery", () => {
    expect(judge(submitted("A"), registered("A~2", { district: "02" }), rest)).toEqual(failed);
  });

  it("lets a person see what they are entitled to at that time, and nothing else", () => {
    const kari = (recipient: string, granted = true) => entitled("Kari", { recipient, granted });
    expect(judge(submitted("A"), kari("4601-01"), shown("A", "Kari"), rest)).toEqual(held1);
    expect(judge(submitted("A"), kari("4601-02"), shown("A", "Kari"), rest)).toEqual(failed);
    expect(judge(submitted("A"), kari("4601-01"), kari("4601-01", false), shown("A", "Kari"), rest)).toEqual(failed);
    expect(judge(submitted("A"), kari("4601-01"), shown("A", "Per"), rest)).toEqual(failed);
    expect(judge(submitted("A"), shown("A", "Kari"), rest)).toEqual(doubtful);
    expect(judge(submitted("A"), entitled("Kari"), shown("A", "Kari"), rest)).toEqual(doubtful);
  });

  it("is inconclusive where a reading does not tell municipality or district", () => {
    const blind = registered("A") as Extract<ReturnType<typeof registered>, { kind: "registered" }>;
    const { municipalityNumber: _, ...noMunicipality } = blind;
    const { district: __, ...noDistrictRead } = blind;
    expect(judge(submitted("A"), noMunicipality, rest)).toEqual(doubtful);
    expect(judge(submitted("A"), noDistrictRead, rest)).toEqual(doubtful);
    expect(judge(noDistrict, noDistrictRead, rest)).toEqual(held1);
    expect(judge(submitted("A"), noMunicipality, registered("A", { district: "02" }), rest)).toEqual(failed);
  });

  it("is not exercised where one recipient is configured, or nothing was registered", () => {
    const alone = run({ parameters: { recipients: ["4601-01"] } });
    expect(judge(alone, submitted("A"), registered("A", { district: "02" }), rest)).toEqual({
      judged: 0,
      wrong: [],
      doubts: 0,
    });
    expect(judge(submitted("A"), rest)).toEqual({ judged: 0, wrong: [], doubts: 0 });
  });

  it("leaves alone what nobody submitted", () => {
    expect(judge(submitted("A"), registered("X"), shown("X"), { kind: "shown", to: "4601-02" }, rest)).toEqual({
      judged: 0,
      wrong: [],
      doubts: 0,
    });
  });

  it("does not take a claim for a registration", () => {
    expect(judge(submitted("A"), registered("A", { by: "claim", district: "02" }), rest)).toEqual({
      judged: 0,
      wrong: [],
      doubts: 0,
    });
  });

  it("names what was wrong once, with every entry that proves it", () => {
    const entries = ledger(
      submitted("A"),
      registered("A", { district: "02" }),
      shown("A", "4601-02"),
      shown("A", "4601-02"),
      rest,
    );
    const [finding] = judgement(rightRecipient, entries).findings;
    expect(finding?.entries.map((seq) => entries[seq]?.kind)).toEqual(["registered", "shown", "shown"]);
    expect(finding?.happened).toBe(
      "A, confidential and addressed to 4601-01, was registered with district 02; shown to the staff of 4601-02.",
    );
  });
});

describe("right-recipient, where people make the case", () => {
  const wrong = { municipalityNumber: "4602", district: "01" };

  it("blames the sender that addressed it, and not the people who registered what they got", () => {
    const said = judgement(rightRecipient, ledger(senderRun(), submitted("A"), dispatches("A"), byHand("A", wrong)));
    expect(said).toMatchObject({ judged: 1, findings: [{ delivery: "A", blames: "sender" }] });
  });

  it("blames the integration for mail that it was offered", () => {
    const mail: Item = [submitted("A", { sender: "police" }), mails("A", { to: "integration", sender: "police" })];
    expect(judgement(rightRecipient, ledger(mail, byHand("A", wrong))).findings).toMatchObject([
      { blames: "integration" },
    ]);
  });

  it("blames the system under test to which it was offered last, and says what the form was addressed to", () => {
    const police: Item = submitted("A", { sender: "police", deliveries: [{ id: "A", municipalityNumber: "4601" }] });
    const offer = offered("A", { to: "integration" });
    expect(judgement(rightRecipient, ledger(senderRun(), police, offer, byHand("A", wrong))).findings).toMatchObject([
      {
        blames: "integration",
        happened: "A, confidential and addressed to 4601, was registered with municipality 4602.",
      },
    ]);
  });

  it("blames a sender under test for a copy that it sent to another, and its reader for one that it took elsewhere", () => {
    const pair = (resource: string, channel: string): Item => [
      pairRun(),
      submitted("A"),
      offered("A", { channel, resource, to: "integration" }),
      byHand("A", { municipalityNumber: "4602" }),
    ];
    const blamed = (items: Item) => judgement(rightRecipient, ledger(items)).findings.map(({ blames }) => blames);
    expect(blamed(pair("confidential/4602", "altinn-correspondence"))).toEqual(["sender"]);
    expect(blamed(pair("confidential/4601", "altinn-correspondence"))).toEqual(["integration"]);
    expect(blamed(pair("4601-02", "fiks-io"))).toEqual(["sender"]);
    expect(blamed(pair("4601-01", "fiks-io"))).toEqual(["integration"]);
  });

  it.each([
    ["municipality", { municipalityNumber: "4602" }, "registered with municipality 4602"],
    ["district", { district: "02" }, "registered with district 02"],
    ["class", { class: "ordinary" }, "registered as ordinary"],
  ] as const)("says that the %s was wrong", (_, over, what) => {
    const { findings } = judgement(rightRecipient, ledger(submitted("A"), registered("A", over), rest));
    expect(findings.map(({ happened }) => happened)).toEqual([
      `A, confidential and addressed to 4601-01, was ${what}.`,
    ]);
  });

  it("says that nobody had a right to see it, where somebody without one saw it", () => {
    const per: Item = [submitted("A"), entitled("Kari", { recipient: "4601-01" }), shown("A", "Per"), rest];
    const { findings } = judgement(rightRecipient, ledger(per));
    expect(findings[0]?.happened).toContain("was shown to Per, who has no right to see it.");
    const none: Item = entitled("Per", { recipient: "4601-02", granted: false });
    expect(judge(submitted("A"), none, shown("A", "Per"), rest)).toEqual(failed);
    const revoked: Item = entitled("Per", { recipient: "4601-01", granted: false });
    expect(judge(submitted("A"), entitled("Per", { recipient: "4601-02" }), revoked, shown("A", "Per"), rest)).toEqual(
      failed,
    );
  });
});
