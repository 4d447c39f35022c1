import { describe, expect, it } from "vitest";
import { boundaryOf, MultipartError, readMultipart } from "./multipart.ts";

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const read = (text: string, boundary = "b") =>
  readMultipart(bytes(text), boundary).map(({ name, fileName, body }) => [
    name,
    fileName,
    new TextDecoder().decode(body),
  ]);

describe("multipart/form-data", () => {
  it("is known by its content type, the boundary quoted or not", () => {
    expect(boundaryOf("multipart/form-data; boundary=abc")).toBe("abc");
    expect(boundaryOf('Multipart/Form-Data; charset=utf-8; Boundary="a b;c"')).toBe("a b;c");
    expect(boundaryOf("application/json; boundary=abc")).toBeUndefined();
    expect(boundaryOf("multipart/form-data")).toBeUndefined();
    expect(boundaryOf(undefined)).toBeUndefined();
  });

  it("gives parts in order, whatever the case of their headers", () => {
    expect(
      read(
        '--b\r\nCONTENT-DISPOSITION: form-data; name="metadata"\r\ncontent-type: application/json\r\n\r\n{}\r\n' +
          '--b\r\ncontent-disposition: Form-Data; filename="a \\"b\\".zip"; name=data\r\n\r\n\r\nx\r\n--b--\r\n',
      ),
    ).toEqual([
      ["metadata", undefined, "{}"],
      ["data", 'a "b".zip', "\r\nx"],
    ]);
  });

  it("reads what Node's own FormData writes, byte for byte", async () => {
    const form = new FormData();
    form.append("metadata", new Blob(['{"ttl":1}'], { type: "application/json" }));
    form.append("data", new Blob([Uint8Array.of(0, 13, 10, 45, 45, 255)]), "æ.zip");
    const response = new Response(form);
    const boundary = boundaryOf(response.headers.get("content-type") ?? undefined) as string;
    const parts = readMultipart(new Uint8Array(await response.arrayBuffer()), boundary);
    expect(parts.map((part) => [part.name, part.fileName])).toEqual([
      ["metadata", "blob"],
      ["data", "æ.zip"],
    ]);
    expect([...(parts[1]?.body ?? [])]).toEqual([0, 13, 10, 45, 45, 255]);
  });

  it("keeps an empty part, and one whose bytes look like another boundary", () => {
    expect(read('--b\r\ncontent-disposition: form-data; name="a"\r\n\r\n\r\n--b--')).toEqual([["a", undefined, ""]]);
    expect(read('--b\r\ncontent-disposition: form-data; name="a"\r\n\r\nx --b\r\n--c\r\n--b--')).toEqual([
      ["a", undefined, "x --b\r\n--c"],
    ]);
  });

  it("is refused when it breaks off, has no boundary, or a part has no name", () => {
    expect(() => read("nothing")).toThrow(MultipartError);
    expect(() => read('--b\r\ncontent-disposition: form-data; name="a"\r\n\r\nhalf')).toThrow("closing boundary");
    expect(() => read("--b\r\ncontent-type: text/plain\r\n\r\nx\r\n--b--")).toThrow("no name");
    expect(() => read("--bx\r\n\r\nx\r\n--b--")).toThrow("followed by");
  });
});
