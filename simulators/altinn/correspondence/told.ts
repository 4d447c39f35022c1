import type { Saying } from "../../../core/ledger.ts";
import type { CopyId, PartyId } from "../../../core/names.ts";
import type { Correspondence } from "./correspondence.ts";
import type { Item } from "./item.ts";

export type Standing = { readonly saying: Saying; readonly takesDebt?: PartyId };

export function copiesOf(items: Iterable<Item>): CopyId[] {
  return [...items].flatMap(({ copy }) => (copy === undefined ? [] : [copy]));
}

/**
 * What an answer to its sender says of a correspondence. The overview shows one status: a confirmation is hidden behind
 * a download, and whether it was read is all that is seen then.
 *
 * @param shows All statuses it has had, or the highest one only.
 * @source altinn.md 2.3, C6
 */
export function standingOf(service: Correspondence, item: Item, shows: "history" | "highest"): Standing {
  const { history, end, place } = item;
  const { status } = history.highest();
  if (status === "Failed" || history.isPurged() || end === "discarded") return { saying: "negative" };
  if (shows === "history" ? history.hasBeen("Confirmed") : status === "Confirmed")
    return { saying: "positive", takesDebt: service.setup.readers.readerOf(place) };
  if (history.hasBeen("Read")) return { saying: "positive" };
  return { saying: end === "files expired" ? "negative" : "news" };
}

/** What it says of a correspondence that it stands in a sender's list of a status. */
export function standingInList(service: Correspondence, item: Item, status: string | undefined): Standing {
  switch (status) {
    case "Confirmed":
      return { saying: "positive", takesDebt: service.setup.readers.readerOf(item.place) };
    case "Read":
      return { saying: "positive" };
    case "Failed":
    case "Reserved":
    case "PurgedByRecipient":
    case "PurgedByAltinn":
      return { saying: "negative" };
    default:
      return { saying: "news" };
  }
}
