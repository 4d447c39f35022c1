import { describe, expect, it } from "vitest";
import type { CorrespondenceStatus } from "../../../contracts/altinn/statuses.ts";
import { guards, History, type Move, refusalOf } from "./state.ts";

function historyOf(...statuses: readonly CorrespondenceStatus[]): History {
  const history = new History();
  for (const [atMs, status] of statuses.entries()) history.add({ status, atMs, text: status });
  return history;
}

const published = ["Initialized", "ReadyForPublish", "Published"] as const;

describe("the status that an overview shows", () => {
  it.each([
    ["is the highest, not the latest", ["Read", "AttachmentsDownloaded", "Confirmed"], "AttachmentsDownloaded"],
    ["leaves out Fetched", ["Fetched"], "Published"],
    ["is Confirmed until a file is downloaded", ["Fetched", "Confirmed", "Read"], "Confirmed"],
    ["is that of the purge", ["Fetched", "Read", "PurgedByRecipient"], "PurgedByRecipient"],
  ] as const)("%s", (_, further, highest) => {
    expect(historyOf(...published, ...further).highest().status).toBe(highest);
  });

  it("is Initialized at first, also where nothing but Fetched came after", () => {
    expect(historyOf("Initialized").highest().status).toBe("Initialized");
  });
});

describe("the history", () => {
  it("only grows, and knows what it has ever had and when that was first", () => {
    const history = historyOf(...published, "Fetched", "Read", "Fetched");
    expect(history.events.map(({ status }) => status)).toEqual([...published, "Fetched", "Read", "Fetched"]);
    expect([history.hasBeen("Fetched"), history.hasBeen("Confirmed")]).toEqual([true, false]);
    expect([history.firstMs("Fetched"), history.firstMs("Confirmed")]).toEqual([3, undefined]);
  });

  it("says of a status whether it is had for the first time", () => {
    const history = historyOf("Initialized");
    const add = (): boolean => history.add({ status: "Fetched", atMs: 1, text: "" });
    expect([add(), add()]).toEqual([true, false]);
  });

  it.each([
    ["not before it is published", ["Initialized", "ReadyForPublish"], false],
    ["once it is published", published, true],
    ["not once it has failed", ["Initialized", "Failed"], false],
    ["also after a purge, though there is nothing to be had", [...published, "PurgedByRecipient"], true],
  ] as const)("stands in a recipient's list %s", (_, statuses, listed) => {
    expect(historyOf(...statuses).isListed()).toBe(listed);
  });
});

describe("what may be done with a correspondence", () => {
  const asked = { isConfirmationNeeded: true };
  const notAsked = { isConfirmationNeeded: false };

  it.each<[string, Move, readonly CorrespondenceStatus[], typeof asked, string | undefined]>([
    ["is read once it is published", "read", [], notAsked, undefined],
    ["is not read once it has failed", "read", ["Failed"], notAsked, "notFound"],
    ["is not marked as read before it is fetched", "markAsRead", [], notAsked, "readBeforeFetched"],
    ["is marked as read once", "markAsRead", ["Fetched"], notAsked, undefined],
    ["is not marked as read twice", "markAsRead", ["Fetched", "Read"], notAsked, "readAlready"],
    ["is not confirmed before it is fetched", "confirm", ["Read"], asked, "confirmedBeforeFetched"],
    ["is confirmed without being read", "confirm", ["Fetched"], asked, undefined],
    ["is confirmed though nobody asked for it", "confirm", ["Fetched"], notAsked, undefined],
    ["is not confirmed twice", "confirm", ["Fetched", "Confirmed"], asked, "confirmedAlready"],
    [
      "is not confirmed twice after a download",
      "confirm",
      ["Fetched", "Confirmed", "AttachmentsDownloaded"],
      asked,
      "confirmedAlready",
    ],
    ["is not purged by its sender once published", "purgeAsSender", [], notAsked, "publishedAlready"],
    ["is purged by its sender once it has failed", "purgeAsSender", ["Failed"], notAsked, undefined],
    ["is purged by its recipient unread", "purgeAsRecipient", [], notAsked, undefined],
    [
      "is not purged before the confirmation it needs",
      "purgeAsRecipient",
      ["Fetched", "Read"],
      asked,
      "notConfirmedYet",
    ],
    ["is purged once confirmed", "purgeAsRecipient", ["Fetched", "Confirmed"], asked, undefined],
    ["is not purged twice", "purgeAsRecipient", ["PurgedByRecipient"], notAsked, "purgedAlready"],
    [
      "is not purged by its sender after its recipient did",
      "purgeAsSender",
      ["PurgedByRecipient"],
      notAsked,
      "purgedAlready",
    ],
  ])("it %s", (_, move, further, order, error) => {
    expect(refusalOf(move, historyOf(...published, ...further), order)).toBe(error);
  });

  it.each(Object.keys(guards).filter((move) => move !== "purgeAsSender") as Move[])(
    "%s is refused before it is published, and after a purge whatever came before that",
    (move) => {
      expect(refusalOf(move, historyOf("Initialized", "ReadyForPublish"), notAsked)).toBe("notFound");
      const purged = historyOf(...published, "Fetched", "AttachmentsDownloaded", "PurgedByRecipient");
      expect(refusalOf(move, purged, notAsked)).toBe(move === "purgeAsRecipient" ? "purgedAlready" : "notFound");
    },
  );
});
