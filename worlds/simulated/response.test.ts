import { describe, expect, it } from "vitest";
import type { HostResponse } from "../../port/host.ts";
import { complete, type Reply } from "../../simulators/wire.ts";
import { GivenResponse } from "./response.ts";

const body = new TextEncoder().encode('{"say":"blåbær"}');

function response(cutAfter?: number, given: Partial<Reply> = {}): GivenResponse {
  return new GivenResponse({ status: 200, headers: [], body, ending: complete, ...given }, body, cutAfter);
}

async function streamed({ body: stream }: HostResponse): Promise<string> {
  const decoder = new TextDecoder();
  let text = "";
  if (stream !== null) for await (const chunk of stream) text += decoder.decode(chunk, { stream: true });
  return text;
}

const readers: readonly [string, (from: GivenResponse) => Promise<unknown>][] = [
  ["text", (from) => from.text()],
  ["json", (from) => from.json()],
  ["arrayBuffer", (from) => from.arrayBuffer()],
  ["bytes", (from) => from.bytes()],
  ["the stream", streamed],
];

describe("an answer's body", () => {
  it("is the same by every way of reading it", async () => {
    const text = new TextDecoder().decode(body);
    expect(await response().text()).toBe(text);
    expect(await response().json()).toEqual({ say: "blåbær" });
    expect(new Uint8Array(await response().arrayBuffer())).toEqual(body);
    expect(await response().bytes()).toEqual(body);
    expect(await streamed(response())).toBe(text);
  });

  it.each(readers)("rejects in %s where it broke off, even after its last byte", async (_name, read) => {
    for (const after of [0, 5, body.length])
      await expect(read(response(after))).rejects.toMatchObject({
        name: "TypeError",
        message: "terminated",
        cause: { code: "UND_ERR_SOCKET" },
      });
  });

  it.each(readers)("cannot be read again after %s", async (name, read) => {
    // A stream that was read to its end gives nothing more, and no error: WHATWG streams.
    for (const [, again] of readers.filter(([other]) => other !== "the stream" || name !== "the stream")) {
      const once = response();
      await read(once);
      expect(once.bodyUsed).toBe(true);
      await expect(again(once)).rejects.toThrow(TypeError);
    }
  });

  it("is not read by looking whether there is one", async () => {
    const looked = response();
    expect(looked.body).not.toBeNull();
    expect(looked.bodyUsed).toBe(false);
    expect(await looked.json()).toEqual({ say: "blåbær" });
  });

  it("cannot be read while a reader has it", async () => {
    const held = response();
    held.body?.getReader();
    await expect(held.text()).rejects.toThrow(TypeError);
  });

  it("is the reader's own", async () => {
    const one = await response().bytes();
    one.fill(0);
    expect(await response().bytes()).toEqual(body);
  });

  it("is none where there is nothing", () => {
    const empty = new GivenResponse(
      { status: 204, headers: [], body: new Uint8Array(0), ending: complete },
      new Uint8Array(0),
      undefined,
    );
    expect(empty.body).toBeNull();
  });
});

describe("an answer's head", () => {
  it("is ok from 200 to 299", () => {
    expect([199, 200, 299, 300].map((status) => response(undefined, { status }).ok)).toEqual([
      false,
      true,
      true,
      false,
    ]);
  });

  it("gives headers by any case, repeated ones as one", () => {
    const { headers } = response(undefined, {
      headers: [
        ["Retry-After", "7"],
        ["Via", "a"],
        ["via", "b"],
      ],
    });
    expect([headers.get("retry-after"), headers.get("VIA"), headers.get("none")]).toEqual(["7", "a, b", null]);
    expect([headers.has("RETRY-AFTER"), headers.has("none")]).toEqual([true, false]);
    const each: [string, string][] = [];
    headers.forEach((value, name) => {
      each.push([name, value]);
    });
    expect(each).toEqual([
      ["retry-after", "7"],
      ["via", "a, b"],
    ]);
  });
});
