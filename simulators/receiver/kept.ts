import type { Registration } from "./message.ts";

/**
 * Something that a receiver keeps beyond its process, written down as it happens and taken up again in the same order.
 * What is queued or rejected is known to memory only, and is none of these.
 */
export type Kept =
  | {
      readonly kind: "staged";
      /** The first, the second … case of this receiver. */
      readonly nth: number;
      readonly key: string;
      readonly caseId: string;
      /** Without the content of its documents. */
      readonly registration: Registration;
      /** Content of its documents, in their order; left out where it is taken up again. */
      readonly contents?: readonly Uint8Array[];
      /** Ms since the epoch, as every time here. */
      readonly atMs: number;
    }
  | { readonly kind: "registered"; readonly caseId: string; readonly atMs: number }
  | {
      readonly kind: "uploaded";
      readonly sha256: string;
      readonly content: Uint8Array;
      readonly atMs: number;
      readonly untilMs: number;
    }
  | { readonly kind: "deviated"; readonly id: string; readonly key: string; readonly atMs: number };

/** Where a receiver keeps things. One process at a time writes to it. */
export type ReceiverStore = {
  /** For people: what and where, without a password. */
  readonly name: string;
  /**
   * Opens it where it is not open, and reads all that stands, in the order it was written.
   *
   * @param nowMs Uploads that were over by now are left out.
   * @throws {HarnessError} It cannot be used as it is: another process has it open, or it is of another version.
   */
  recall(nowMs: number): Promise<readonly Kept[]>;
  /**
   * Writes all of them or none. They are durable once this resolves. Where it rejects they may stand or not: only
   * `recall` tells.
   *
   * @throws {StoreFull} There is no room.
   */
  commit(kept: readonly Kept[]): Promise<void>;
  close(): Promise<void>;
};

/** A store has no room for what was to be written. */
export class StoreFull extends Error {
  override readonly name = "StoreFull";
}

/** Keeps nothing: for a receiver that need not outlive its process. */
export const memoryOnly: ReceiverStore = {
  name: "memory only",
  recall: async () => [],
  commit: async () => {},
  close: async () => {},
};
