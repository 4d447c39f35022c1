import type { ErrorName } from "../../../contracts/altinn/errors.ts";
import type { DeliveryId } from "../../../core/names.ts";
import { aboutCopies, aboutNothing, Unknowns } from "../../about.ts";
import { latin1 } from "../../latin1.ts";
import { type Answer, complete, type HttpOperation, json, type Reply, type WireRequest } from "../../wire.ts";
import { type Attachment, hasBeen } from "./attachment.ts";
import { type Caller, isSenderOf } from "./caller.ts";
import type { Correspondence } from "./correspondence.ts";
import { guidOf } from "./fields.ts";
import type { Call, Route } from "./http.ts";
import { isMediaType } from "./media-type.ts";
import { type Order, type Read, readAttachmentOrder, readOrder } from "./order.ts";
import { Refusal, refusal } from "./refusal.ts";
import { livesLongEnough, refusalOfName } from "./ruling.ts";
import { attachmentDetailsOf, attachmentOverviewOf } from "./shown.ts";
import { copiesOf } from "./told.ts";

/** Of these a sender learns that the recipient cannot be reached this way. */
const saysUnreachable: ReadonlySet<ErrorName> = new Set(["recipientUnknown", "recipientLacksRole"]);

/** What only senders do: correspondences, and the files that are uploaded by themselves. @source altinn.md 2.1, 2.2 */
export function sendingOperations(service: Correspondence): readonly Route[] {
  const unknowns = new Unknowns();
  const initializing = (path: string, as: "json" | "form"): Route => ({
    word: "initialize",
    method: "POST",
    path,
    demands: "write",
    produces: "application/json",
    about: (request) => {
      const found = deliveriesIn(service, request, readOrder(request, as));
      return found.length > 0
        ? aboutCopies(found)
        : unknowns.about("A correspondence holds no canary of this run: it cannot be told which message it is.");
    },
    handle: (call) => initialize(service, call, readOrder(call.request, as)),
  });
  const attachmentOf = (params: { readonly attachmentId?: string }): Attachment | undefined =>
    service.attachments.get(guidOf(params.attachmentId) ?? "");
  const about: HttpOperation["about"] = (_request, params) => aboutDeliveries(attachmentOf(params)?.deliveries ?? []);
  const onAttachment = (
    word: string,
    method: string,
    path: string,
    handle: (attachment: Attachment, call: Call) => Answer,
    produces: string | undefined = "application/json",
  ): Route => ({
    word,
    method,
    path: `/attachment/{attachmentId}${path}`,
    demands: "write",
    produces,
    about,
    handle: (call) => {
      const attachment = attachmentOf(call.params);
      if (attachment === undefined) throw refusal("attachmentNotFound");
      if (!isSenderOf(call.caller, attachment)) throw refusal("noRight");
      return handle(attachment, call);
    },
  });
  return [
    initializing("/correspondence", "json"),
    initializing("/correspondence/upload", "form"),
    {
      word: "attach",
      method: "POST",
      path: "/attachment",
      demands: "write",
      produces: "application/json",
      about: (request) => aboutDeliveries(deliveriesOf(service, request)),
      handle: (call) => attach(service, call),
    },
    {
      ...onAttachment("upload", "POST", "/upload", (attachment, call) => upload(service, attachment, call)),
      about: (request, params) =>
        aboutDeliveries([
          ...new Set([
            ...(attachmentOf(params)?.deliveries ?? []),
            ...service.setup.manifest.deliveriesIn(latin1(request.body)),
          ]),
        ]),
    },
    onAttachment("overview", "GET", "", (attachment) => told(attachment, attachmentOverviewOf(attachment))),
    onAttachment("details", "GET", "/details", (attachment) => told(attachment, attachmentDetailsOf(attachment))),
    onAttachment("fetch", "GET", "/download", (attachment) => download(attachment), undefined),
    onAttachment("purge", "DELETE", "", (attachment) => purge(service, attachment)),
  ];
}

/** A file that is nobody's message yet may say nothing of what it is. */
function aboutDeliveries(deliveries: readonly DeliveryId[]): ReturnType<HttpOperation["about"]> {
  return deliveries.length === 0 ? aboutNothing() : aboutCopies(deliveries);
}

/** The messages whose canaries stand in an order and its files; without one, that which its reference is the label of. */
function deliveriesIn(service: Correspondence, request: WireRequest, read: Read<Order>): readonly DeliveryId[] {
  const { manifest } = service.setup;
  const planted = manifest.deliveriesIn(latin1(request.body));
  if (read.kind !== "read") return planted;
  const { existingAttachments, sendersReference } = read.what;
  const attached = existingAttachments.flatMap((id) => service.attachments.get(id)?.deliveries ?? []);
  return labelled(service, [...new Set([...planted, ...attached])], sendersReference);
}

function deliveriesOf(service: Correspondence, request: WireRequest): readonly DeliveryId[] {
  const read = readAttachmentOrder(request);
  const planted = service.setup.manifest.deliveriesIn(latin1(request.body));
  return read.kind === "read" ? labelled(service, planted, read.what.file.sendersReference) : planted;
}

function labelled(service: Correspondence, planted: readonly DeliveryId[], reference: string): readonly DeliveryId[] {
  const delivery = service.setup.manifest.delivery(reference);
  return planted.length > 0 || delivery === undefined ? planted : [delivery.id];
}

/** @throws {Refusal} It cannot be read. */
function readOf<What>(read: Read<What>): Extract<Read<What>, { kind: "read" }> {
  if (read.kind === "unsupported") throw new Refusal({ kind: "unsupported" });
  if (read.kind === "invalid") throw new Refusal({ kind: "fields", errors: read.errors });
  return read;
}

function initialize(service: Correspondence, { request, caller }: Call, read: Read<Order>): Answer {
  const { what: order, uploads } = readOf(read);
  const deliveries = deliveriesIn(service, request, read);
  const taken = service.initialize(caller.consumer, order, uploads, deliveries);
  if (taken.kind === "refused") throw refusedOrder(service, order, taken.name, deliveries);
  return {
    reply: json(200, {
      correspondences: taken.items.map(({ id, history, recipient }) => ({
        correspondenceId: id,
        status: history.highest().status,
        recipient,
        notifications: [],
      })),
      attachmentIds: taken.attachments.map(({ id }) => id),
    }),
    saying: "positive",
    copies: copiesOf(taken.items),
  };
}

function refusedOrder(
  service: Correspondence,
  { idempotentKey }: Order,
  name: ErrorName,
  deliveries: readonly DeliveryId[],
): Refusal {
  if (name === "sentAlready") {
    const known = service.itemWithKey(idempotentKey ?? "");
    return refusal(name, known === undefined ? [] : copiesOf([known]));
  }
  return refusal(name, saysUnreachable.has(name) ? deliveries : []);
}

function attach(service: Correspondence, { request, caller }: Call): Answer {
  const { resourceId, file } = readOf(readAttachmentOrder(request)).what;
  const name = refusalOfAttachment(service, caller, resourceId) ?? refusalOfName(file);
  if (name !== undefined) throw refusal(name);
  if (!livesLongEnough(file, service.leastFileMs)) throw refusal("filesEndTooSoon");
  const deliveries = deliveriesOf(service, request);
  const { id } = service.attachments.begin(caller.consumer, resourceId, file, deliveries);
  service.given.facts.record({ kind: "effected", change: "described → attachmentInitialized" });
  return { reply: json(200, id), saying: "news", copies: [] };
}

function refusalOfAttachment(service: Correspondence, caller: Caller, resourceId: string): ErrorName | undefined {
  if (service.resource(resourceId) === undefined) return "resourceUnknown";
  return service.isSender(caller.consumer) ? undefined : "noRight";
}

function upload(service: Correspondence, attachment: Attachment, { request }: Call): Answer {
  const contentType = request.headers["content-type"];
  if (contentType !== undefined && !isMediaType(contentType, "application/octet-stream"))
    throw new Refusal({ kind: "unsupported" });
  if (request.body.length === 0) throw refusal("sizeInvalid");
  if (hasBeen(attachment, "UploadProcessing")) throw refusal("uploadedAlready");
  const failed = service.attachments.upload(attachment, request.body);
  if (failed !== undefined) throw refusal(failed);
  service.given.facts.record({ kind: "effected", change: "attachmentInitialized → attachmentUploaded" });
  return { reply: json(200, attachmentOverviewOf(attachment)), saying: "news", copies: [] };
}

/** That a file has failed or expired is told of what it is a part of. */
function told(attachment: Attachment, shown: object): Answer {
  const ended = hasBeen(attachment, "Failed") || hasBeen(attachment, "Expired");
  const lost = ended ? attachment.items.filter(({ history }) => !history.hasBeen("Read")) : [];
  return { reply: json(200, shown), saying: lost.length > 0 ? "negative" : "news", copies: copiesOf(lost) };
}

/** Until it is part of something published, its sender may have it back. */
function download({ events, items, bytes, file }: Attachment): Answer {
  const been = new Set(events.map(({ status }) => status));
  if (been.has("Purged")) throw refusal("filePurged");
  if (been.has("Expired")) throw refusal("fileExpired");
  if (items.some(({ history }) => history.hasBeen("Published"))) throw refusal("attachmentHandedOver");
  if (bytes === undefined) throw refusal("attachmentNotFound");
  const reply: Reply = {
    status: 200,
    headers: [
      ["content-type", "application/octet-stream"],
      ["content-disposition", `attachment; filename*=UTF-8''${encodeURIComponent(file.fileName)}`],
    ],
    body: bytes,
    ending: complete,
  };
  return { reply, saying: "news", copies: [] };
}

function purge(service: Correspondence, attachment: Attachment): Answer {
  if (hasBeen(attachment, "Purged")) throw refusal("attachmentPurgedAlready");
  if (hasBeen(attachment, "Expired")) throw refusal("attachmentExpiredAlready");
  if (attachment.items.length > 0) throw refusal("attachmentInUse");
  service.attachments.end(attachment, "Purged");
  service.given.facts.record({ kind: "effected", change: "attachmentInitialized → attachmentPurged" });
  return { reply: json(200, attachmentOverviewOf(attachment)), saying: "news", copies: [] };
}
