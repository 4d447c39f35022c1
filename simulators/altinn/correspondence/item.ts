import type { CopyId } from "../../../core/names.ts";
import type { CarriedPart, Place } from "../seams.ts";
import { type Attachment, hasBeen } from "./attachment.ts";
import type { Order } from "./order.ts";
import type { History } from "./state.ts";

/** A file as part of a correspondence. Ms since the epoch. */
export type ItemFile = {
  readonly attachment: Attachment;
  readonly createdAtMs: number;
  /** Undefined where it stays. */
  readonly expiresAtMs: number | undefined;
};

/** A notice that its sender asked for, and what became of it. Ms since the epoch. */
export type Notice = {
  readonly id: string;
  readonly isReminder: boolean;
  readonly createdAtMs: number;
  requestedAtMs: number;
  result: "waiting" | "not needed" | "delivered" | "bounced" | "none";
  resultAtMs: number;
};

/** One correspondence: to one recipient. Ms since the epoch. */
export type Item = {
  readonly id: string;
  readonly order: Order;
  /** Organisation number. */
  readonly sender: string;
  /** As its sender named it, as a URN. */
  readonly recipient: string;
  readonly place: Place;
  /** Undefined where it cannot be told which message it is. */
  readonly copy: CopyId | undefined;
  readonly createdAtMs: number;
  /** When it was asked to be published: lists go by it. */
  readonly requestedAtMs: number;
  /** It cannot be published before. */
  readonly readyAtMs: number;
  readonly files: readonly ItemFile[];
  readonly history: History;
  readonly notices: Notice[];
  publishedAtMs: number | undefined;
  /** By caller, when it was last noted as fetched. */
  readonly fetchedAtMs: Map<string, number>;
  readonly openedBy: Set<string>;
  isConfirming: boolean;
  /** A receipt was written for it. */
  isReceipted: boolean;
  /** Its files are gone, all of it is, or an experiment took it away. */
  end: "files expired" | "purged" | "discarded" | undefined;
};

/** Whether it is to be had: nobody purged it or took it away. */
export function isThere({ history, end }: Item): boolean {
  return end !== "discarded" && history.isAvailable();
}

/** Whether all of it may be had at an instant, ms since the epoch: text and files, until the first file's life is over. */
export function isWhole(item: Item, atMs: number): boolean {
  const isOver = item.files.some(({ expiresAtMs }) => expiresAtMs !== undefined && expiresAtMs <= atMs);
  return isThere(item) && item.end === undefined && !isOver;
}

/** Text and files, as somebody has them in front of them. */
export function carriedFrom({ order, files }: Item): readonly CarriedPart[] {
  return [
    { name: "text", bytes: Buffer.from(order.body) },
    ...files.flatMap(({ attachment: { file, bytes } }) =>
      bytes === undefined ? [] : [{ name: file.fileName, bytes }],
    ),
  ];
}

/** Every file has been scanned, and nothing was found. */
export function hasItsFiles({ files }: Item): boolean {
  return files.every(({ attachment }) => hasBeen(attachment, "Published"));
}
