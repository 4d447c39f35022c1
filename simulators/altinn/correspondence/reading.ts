import { zipCeiling } from "../../../contracts/altinn/lifetimes.ts";
import { pack } from "../../../contracts/fiks/container.ts";
import { aboutCopy, Unknowns } from "../../about.ts";
import { type Answer, type Bytes, complete, type HttpOperation, json, type Reply } from "../../wire.ts";
import { hasBeen } from "./attachment.ts";
import { isRecipientOf, isSenderOf, itemIn } from "./caller.ts";
import type { Correspondence } from "./correspondence.ts";
import { guidOf } from "./fields.ts";
import type { Call, Route } from "./http.ts";
import type { Item, ItemFile } from "./item.ts";
import { Refusal, refusal } from "./refusal.ts";
import { detailsOf, mediaTypeOf, overviewOf, type Seen } from "./shown.ts";
import type { Move } from "./state.ts";
import { copiesOf, standingOf } from "./told.ts";

/** What is done with one correspondence, by its recipient or its sender. @source altinn.md 2.1, 2.4 */
export function readingOperations(service: Correspondence): readonly Route[] {
  const unknowns = new Unknowns();
  const about: HttpOperation["about"] = (_request, { id = "" }) => {
    const copy = service.item(guidOf(id) ?? "")?.copy ?? service.setup.manifest.copyWith(id);
    return copy === undefined
      ? unknowns.about("A correspondenceId is none that was given to a message of this run.")
      : aboutCopy(copy);
  };
  const route = (
    word: string,
    method: string,
    path: string,
    demands: Route["demands"],
    handle: (item: Item, call: Call) => Answer,
    produces: string | undefined = "application/json",
  ): Route => ({
    word,
    method,
    path: `/correspondence/{id}${path}`,
    demands,
    produces,
    about,
    handle: (call) => handle(itemIn(service, guidOf(call.params.id) ?? ""), call),
  });
  return [
    route("overview", "GET", "", "read or write", (item, call) => show(service, item, call, "overview")),
    route("details", "GET", "/details", "read or write", (item, call) => show(service, item, call, "details")),
    route("content", "GET", "/content", "read", (item, call) => content(service, item, call), "text/plain"),
    route("markasread", "POST", "/markasread", "read", (item, call) => {
      allow(service, item, call, "markAsRead");
      service.read(item, "machine", call.asker.party);
      return done(item);
    }),
    route("confirm", "POST", "/confirm", "read", (item, call) => {
      allow(service, item, call, "confirm");
      service.confirm(item);
      return done(item);
    }),
    route("purge", "DELETE", "/purge", "read or write", (item, call) => purge(service, item, call)),
    route(
      "fetch",
      "GET",
      "/attachment/{attachmentId}/download",
      "read",
      (item, call) => download(service, item, call),
      undefined,
    ),
    route(
      "fetch",
      "GET",
      "/attachments/downloadall",
      "read",
      (item, call) => downloadAll(service, item, call),
      undefined,
    ),
  ];
}

/** @throws {Refusal} The caller may not read it, or the move cannot be made. */
function allow(service: Correspondence, item: Item, { caller }: Call, move: Move): void {
  if (!isRecipientOf(service, caller, item)) throw refusal("noRight");
  check(service, item, move);
}

/** @throws {Refusal} The move cannot be made. */
function check(service: Correspondence, item: Item, move: Move): void {
  const name = service.refusal(move, item);
  // Gone, or done already: that says something of the message. That it is too early says nothing.
  const says = name === "notFound" || name === "purgedAlready" || name === "readAlready" || name === "confirmedAlready";
  if (name !== undefined) throw refusal(name, says ? copiesOf([item]) : []);
}

function done(item: Item): Answer {
  return { reply: json(200, item.id), saying: "positive", copies: copiesOf([item]) };
}

function show(service: Correspondence, item: Item, { caller, asker }: Call, what: "overview" | "details"): Answer {
  const isSender = isSenderOf(caller, item);
  if (!isSender && !isRecipientOf(service, caller, item)) throw refusal("noRight");
  const copies = copiesOf([item]);
  if (item.history.isPurged() || item.end === "discarded") throw refusal("notFound", copies);
  if (!isSender) {
    check(service, item, "read");
    service.fetch(item, asker.party, what === "overview");
  }
  const seen: Seen = isSender && item.history.hasBeen("Published") ? "envelope" : "content";
  const reply = json(200, what === "overview" ? overviewOf(item, seen) : detailsOf(item, seen));
  if (!isSender) return { reply, saying: "news", copies };
  return { reply, copies, ...standingOf(service, item, what === "details" ? "history" : "highest") };
}

function content(service: Correspondence, item: Item, call: Call): Answer {
  allow(service, item, call, "read");
  service.readText(item, call.asker.party);
  return {
    reply: file("text/plain; charset=utf-8", Buffer.from(item.order.body)),
    saying: "news",
    copies: copiesOf([item]),
  };
}

function purge(service: Correspondence, item: Item, { caller }: Call): Answer {
  if (isSenderOf(caller, item)) {
    check(service, item, "purgeAsSender");
    service.purge(item, "PurgedByAltinn");
    // Taken back by its sender, who hears that it is no more.
    return { reply: json(200, item.id), saying: "negative", copies: copiesOf([item]) };
  }
  if (!isRecipientOf(service, caller, item)) throw refusal("noRight");
  check(service, item, "purgeAsRecipient");
  service.purge(item, "PurgedByRecipient");
  return done(item);
}

function download(service: Correspondence, item: Item, call: Call): Answer {
  const id = guidOf(call.params.attachmentId);
  const found = item.files.find(({ attachment }) => attachment.id === id);
  if (found === undefined) throw refusal("attachmentNotFound");
  if (!isRecipientOf(service, call.caller, item)) throw refusal("noRight");
  const bytes = bytesOf(service, item, found);
  check(service, item, "download");
  service.download(item, call.asker.party, bytes.length);
  const { fileName } = found.attachment.file;
  return { reply: file(mediaTypeOf(fileName), bytes, fileName), saying: "news", copies: copiesOf([item]) };
}

function downloadAll(service: Correspondence, item: Item, call: Call): Answer {
  if (!service.downloadsAll) throw new Refusal({ kind: "switched off" });
  if (!isRecipientOf(service, call.caller, item)) throw refusal("noRight");
  if (item.files.length === 0) throw refusal("attachmentNotFound");
  check(service, item, "download");
  const names = uniqueNames(item.files.map(({ attachment }) => attachment.file.fileName));
  const files = item.files.map((one, i) => ({ name: names[i] ?? "", bytes: bytesOf(service, item, one) }));
  if (files.reduce((sum, { bytes }) => sum + bytes.length, 0) > zipCeiling.bytes) throw refusal("zipTooLarge");
  const zip = pack(files);
  service.download(item, call.asker.party, zip.length);
  return { reply: file("application/zip", zip, "attachments.zip"), saying: "news", copies: copiesOf([item]) };
}

/** @throws {Refusal} The file is no more. */
function bytesOf({ given }: Correspondence, item: Item, { attachment, expiresAtMs }: ItemFile): Bytes {
  const copies = copiesOf([item]);
  if (hasBeen(attachment, "Purged")) throw refusal("filePurged", copies);
  if (hasBeen(attachment, "Expired") || (expiresAtMs ?? Number.POSITIVE_INFINITY) <= given.clock.now())
    throw refusal("fileExpired", copies);
  if (attachment.bytes === undefined) throw refusal("notFound");
  return attachment.bytes;
}

/** The same name once more gets a number before its ending, whatever its case. */
function uniqueNames(names: readonly string[]): readonly string[] {
  const used = new Set<string>();
  return names.map((name) => {
    const dot = name.lastIndexOf(".");
    let unique = name;
    for (let nth = 1; used.has(unique.toLowerCase()); nth++) unique = `${name.slice(0, dot)}(${nth})${name.slice(dot)}`;
    used.add(unique.toLowerCase());
    return unique;
  });
}

function file(mediaType: string, bytes: Bytes, fileName?: string): Reply {
  return {
    status: 200,
    headers: [
      ["content-type", mediaType],
      ...(fileName === undefined
        ? []
        : [["content-disposition", `attachment; filename*=UTF-8''${encodeURIComponent(fileName)}`] as const]),
    ],
    body: bytes,
    ending: complete,
  };
}
