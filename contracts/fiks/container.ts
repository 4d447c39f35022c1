import { crc32 } from "node:zlib";
import { inflateSync } from "fflate";

/** One file of a container. Names may repeat; order counts. */
export type ContainerFile = { readonly name: string; readonly bytes: Uint8Array };

/** The form and the PDF of a concern message, and the reason of a `feilet`: fixed names. @source fiks.md, section 2 */
export const formName = "bekymringsmelding.json";
export const pdfName = "bekymringsmelding.pdf";
export const failureName = "feilmelding.json";

/** The container is not whole: what it lacks, never what it holds. */
export class ContainerError extends Error {
  override readonly name = "ContainerError";
}

const localHead = 30;
const centralHead = 46;
const endHead = 22;
const localMark = 0x04034b50;
const centralMark = 0x02014b50;
const endMark = 0x06054b50;
/** Names are UTF-8. */
const utf8Flag = 0x0800;
const encryptedFlag = 0x0001;
/** 1980-01-01, the first day a zip can tell: the same files always give the same bytes. */
const fixedDate = 0x0021;

const encoder = new TextEncoder();
const strict = new TextDecoder("utf-8", { fatal: true });

/** A plain zip of the files in their order, uncompressed. The same files give the same bytes. */
export function pack(files: readonly ContainerFile[]): Uint8Array {
  const names = files.map((file) => encoder.encode(file.name));
  let size = endHead;
  files.forEach((file, i) => {
    size += localHead + centralHead + 2 * (names[i] as Uint8Array).length + file.bytes.length;
  });
  const zip = new Uint8Array(size);
  const view = new DataView(zip.buffer);
  const starts: number[] = [];
  const sums: number[] = [];
  let at = 0;
  /** The fields that a local and a central head share, from "version needed" to "name length". */
  const shared = (from: number, sum: number, length: number, nameLength: number): void => {
    view.setUint16(from, 20, true);
    view.setUint16(from + 2, utf8Flag, true);
    view.setUint16(from + 8, fixedDate, true);
    view.setUint32(from + 10, sum, true);
    view.setUint32(from + 14, length, true);
    view.setUint32(from + 18, length, true);
    view.setUint16(from + 22, nameLength, true);
  };
  files.forEach((file, i) => {
    const name = names[i] as Uint8Array;
    const sum = crc32(file.bytes);
    starts.push(at);
    sums.push(sum);
    view.setUint32(at, localMark, true);
    shared(at + 4, sum, file.bytes.length, name.length);
    zip.set(name, at + localHead);
    zip.set(file.bytes, at + localHead + name.length);
    at += localHead + name.length + file.bytes.length;
  });
  const central = at;
  files.forEach((file, i) => {
    const name = names[i] as Uint8Array;
    view.setUint32(at, centralMark, true);
    view.setUint16(at + 4, 20, true);
    shared(at + 6, sums[i] as number, file.bytes.length, name.length);
    view.setUint32(at + 42, starts[i] as number, true);
    zip.set(name, at + centralHead);
    at += centralHead + name.length;
  });
  view.setUint32(at, endMark, true);
  view.setUint16(at + 8, files.length, true);
  view.setUint16(at + 10, files.length, true);
  view.setUint32(at + 12, at - central, true);
  view.setUint32(at + 16, central, true);
  return zip;
}

/**
 * The files of a zip in the order of its directory, each checked against its length and checksum.
 *
 * @throws {ContainerError} It is not a zip, breaks off, holds no file, or a file is damaged.
 */
export function unpack(bytes: Uint8Array): ContainerFile[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const end = endOf(view);
  const count = view.getUint16(end + 10, true);
  if (count === 0) throw new ContainerError("The container holds no file.");
  let at = view.getUint32(end + 16, true);
  const files: ContainerFile[] = [];
  for (let n = 0; n < count; n++) {
    if (at + centralHead > end || view.getUint32(at, true) !== centralMark)
      throw new ContainerError(`The container's directory breaks off after ${n} of ${count} files.`);
    const nameEnd = at + centralHead + view.getUint16(at + 28, true);
    if (nameEnd > end) throw new ContainerError(`The name of file ${n + 1} breaks off.`);
    files.push({ name: nameIn(bytes.subarray(at + centralHead, nameEnd), n), bytes: contentOf(bytes, view, at, n) });
    at = nameEnd + view.getUint16(at + 30, true) + view.getUint16(at + 32, true);
  }
  return files;
}

function endOf(view: DataView): number {
  const last = view.byteLength - endHead;
  for (let at = last; at >= 0 && at >= last - 0xffff; at--)
    if (view.getUint32(at, true) === endMark && at + endHead + view.getUint16(at + 20, true) === view.byteLength)
      return at;
  throw new ContainerError(`${view.byteLength} bytes are no whole zip: its end is missing.`);
}

function nameIn(bytes: Uint8Array, n: number): string {
  try {
    return strict.decode(bytes);
  } catch {
    throw new ContainerError(`The name of file ${n + 1} is not UTF-8.`);
  }
}

function contentOf(bytes: Uint8Array, view: DataView, central: number, n: number): Uint8Array {
  const broken = (what: string): ContainerError => new ContainerError(`File ${n + 1} ${what}.`);
  if (view.getUint16(central + 8, true) & encryptedFlag) throw broken("is encrypted");
  const method = view.getUint16(central + 10, true);
  const sum = view.getUint32(central + 16, true);
  const packed = view.getUint32(central + 20, true);
  const length = view.getUint32(central + 24, true);
  const local = view.getUint32(central + 42, true);
  if (local + localHead > view.byteLength || view.getUint32(local, true) !== localMark)
    throw broken("is not where the directory says");
  const from = local + localHead + view.getUint16(local + 26, true) + view.getUint16(local + 28, true);
  if (from + packed > view.byteLength) throw broken("breaks off");
  const stored = bytes.subarray(from, from + packed);
  const content = method === 0 ? stored : method === 8 ? inflated(stored, length, broken) : undefined;
  if (content === undefined) throw broken(`is compressed by method ${method}, which is not read here`);
  if (content.length !== length) throw broken(`has ${content.length} bytes instead of ${length}`);
  if (crc32(content) !== sum) throw broken("does not fit its checksum");
  return content;
}

function inflated(stored: Uint8Array, length: number, broken: (what: string) => ContainerError): Uint8Array {
  try {
    return inflateSync(stored, { out: new Uint8Array(length) });
  } catch {
    throw broken("cannot be decompressed");
  }
}
