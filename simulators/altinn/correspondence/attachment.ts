import { hash } from "node:crypto";
import type { ErrorName } from "../../../contracts/altinn/errors.ts";
import type { AttachmentStatus } from "../../../contracts/altinn/statuses.ts";
import type { DeliveryId } from "../../../core/names.ts";
import type { Bytes, Given } from "../../wire.ts";
import type { Item } from "./item.ts";
import type { FileOrder } from "./order.ts";

export type AttachmentEvent = { readonly status: AttachmentStatus; readonly atMs: number; readonly text: string };

/** A file at Altinn: alone at first, then part of one or more correspondences. */
export type Attachment = {
  readonly id: string;
  readonly resourceId: string;
  /** Organisation number. */
  readonly sender: string;
  readonly file: FileOrder;
  /** Oldest first; there is always one. */
  readonly events: AttachmentEvent[];
  /** What it is a part of. */
  readonly items: Item[];
  /** MD5, hex: the sender's, else what was worked out. */
  checksum: string | undefined;
  bytes: Bytes | undefined;
  /** The messages whose canaries stand in it. */
  deliveries: readonly DeliveryId[];
};

export type AttachmentsSetup = {
  readonly scanMs: number;
  readonly findsMalware: boolean;
  /** What is planted in these bytes. */
  readonly deliveriesIn: (bytes: Bytes) => readonly DeliveryId[];
  /** The virus scan is over. */
  readonly scanned: (attachment: Attachment) => void;
};

/** Files, from their description to their end. @source altinn.md 2.3, 2.4 */
export class Attachments {
  readonly #given: Given;
  readonly #setup: AttachmentsSetup;
  readonly #byId = new Map<string, Attachment>();

  constructor(given: Given, setup: AttachmentsSetup) {
    this.#given = given;
    this.#setup = setup;
  }

  get(id: string): Attachment | undefined {
    return this.#byId.get(id);
  }

  /** Takes on the description of a file. */
  begin(sender: string, resourceId: string, file: FileOrder, deliveries: readonly DeliveryId[]): Attachment {
    const attachment: Attachment = {
      id: this.#given.random.uuid(),
      resourceId,
      sender,
      file,
      events: [],
      items: [],
      checksum: file.checksum,
      bytes: undefined,
      deliveries,
    };
    this.#byId.set(attachment.id, attachment);
    this.#move(attachment, "Initialized");
    return attachment;
  }

  /** Takes in the bytes. With a wrong checksum it has failed for good. */
  upload(attachment: Attachment, bytes: Bytes): ErrorName | undefined {
    this.#move(attachment, "UploadProcessing");
    const md5 = hash("md5", bytes);
    if (attachment.checksum !== undefined && attachment.checksum !== md5) {
      this.#move(attachment, "Failed", "ChecksumMismatch");
      return "checksumDiffers";
    }
    attachment.checksum = md5;
    attachment.bytes = bytes;
    const planted = this.#setup.deliveriesIn(bytes);
    attachment.deliveries = [...new Set([...attachment.deliveries, ...planted])];
    this.#given.clock.after(this.#setup.scanMs, () => this.#scan(attachment));
    return undefined;
  }

  /** Its bytes are gone for good. */
  end(attachment: Attachment, status: "Purged" | "Expired"): void {
    attachment.bytes = undefined;
    this.#move(attachment, status);
  }

  #scan(attachment: Attachment): void {
    if (hasBeen(attachment, "Purged")) return;
    const { findsMalware, scanned } = this.#setup;
    if (findsMalware) {
      attachment.bytes = undefined;
      this.#move(attachment, "Failed", "Malware scan failed");
    } else this.#move(attachment, "Published");
    scanned(attachment);
  }

  #move(attachment: Attachment, status: AttachmentStatus, text: string = status): void {
    attachment.events.push({ status, atMs: this.#given.clock.now(), text });
  }
}

export function hasBeen({ events }: Attachment, status: AttachmentStatus): boolean {
  return events.some((event) => event.status === status);
}

export function latestOf({ events }: Attachment): AttachmentEvent {
  return events.at(-1) as AttachmentEvent;
}
