import { Buffer } from "node:buffer";
import { describe, expect, it } from "vitest";
import type { HostBody } from "../../port/host.ts";
import { encodedLater, encodedNow } from "./body.ts";

type Sent = { readonly text: string; readonly contentType: string | undefined };

async function sent(body: HostBody): Promise<Sent> {
  const { bytes, contentType } = encodedNow(body) ?? (await encodedLater(body, () => "mark"));
  return { text: Buffer.from(bytes).toString("latin1"), contentType };
}

/** What Node's own fetch makes of a body: the reference. */
async function sentByNode(body: HostBody): Promise<Sent> {
  const given = new Response(body as ConstructorParameters<typeof Response>[0]);
  const text = Buffer.from(await given.arrayBuffer()).toString("latin1");
  return { text, contentType: given.headers.get("content-type") ?? undefined };
}

function form(): FormData {
  const parts = new FormData();
  parts.append("metadata", '{"to":"Fjordvik"}');
  parts.append('a "quoted"\nname', "two\nlines\r\nand å");
  parts.append("data", new Blob([Uint8Array.of(0, 255, 13, 10)], { type: "application/pdf" }), 'the "file".pdf');
  parts.append("data", new Blob(["no type"]));
  return parts;
}

const streamOf = (...chunks: unknown[]): ReadableStream<Uint8Array> =>
  ReadableStream.from(chunks) as ReadableStream<Uint8Array>;

describe("a request's body is sent as Node's fetch sends it", () => {
  it.each([
    ["text", "blåbær"],
    ["bytes", Uint8Array.of(0, 1, 255)],
    ["a part of a buffer", Buffer.from("abcdef").subarray(2, 4)],
    ["an ArrayBuffer", Uint8Array.of(1, 2).buffer],
    ["URLSearchParams", new URLSearchParams({ grant: "a b&c", name: "å" })],
    ["a Blob with a type", new Blob(["{}"], { type: "application/json" })],
    ["a Blob without", new Blob(["raw"])],
  ])("%s", async (_what, body) => {
    expect(await sent(body)).toEqual(await sentByNode(body));
  });

  it("FormData, but for the boundary's name", async () => {
    const [ours, nodes] = [await sent(form()), await sentByNode(form())];
    const unmarked = ({ text, contentType = "" }: Sent): Sent => {
      const [kind = "", mark = ""] = contentType.split("boundary=");
      expect(mark).not.toBe("");
      return { text: text.replaceAll(mark, "MARK"), contentType: kind };
    };
    expect(unmarked(ours)).toEqual(unmarked(nodes));
  });

  it("a stream, chunk by chunk", async () => {
    const chunks = [Uint8Array.of(1, 2), Uint8Array.of(), Uint8Array.of(3)];
    expect(await sent(streamOf(...chunks))).toEqual({ text: "\x01\x02\x03", contentType: undefined });
  });

  it("nothing, without a type", () => {
    for (const none of [null, undefined]) expect(encodedNow(none)).toEqual({ bytes: new Uint8Array(0) });
  });
});

describe("a body that cannot be sent", () => {
  it("is a stream of text, or one that breaks", async () => {
    await expect(sent(streamOf("text"))).rejects.toThrow(TypeError);
    const breaks = new ReadableStream<Uint8Array>({ start: (controller) => controller.error(new Error("broke")) });
    await expect(sent(breaks)).rejects.toThrow("broke");
  });

  it("is anything else, by name of what can", async () => {
    await expect(sent({ json: true } as unknown as HostBody)).rejects.toThrow(/FormData.*ReadableStream/);
  });
});

it("bytes that are changed after the call are sent as they were", () => {
  const bytes = Uint8Array.of(1, 2);
  const { buffer } = Uint8Array.of(3, 4);
  const encoded = [encodedNow(bytes), encodedNow(buffer), encodedNow(new DataView(buffer) as unknown as Uint8Array)];
  bytes.fill(0);
  new Uint8Array(buffer).fill(0);
  expect(encoded.map((one) => [...(one?.bytes ?? [])])).toEqual([
    [1, 2],
    [3, 4],
    [3, 4],
  ]);
});
