import { describe, expect, it } from "vitest";
import { readOrder } from "./order.ts";

const file = { name: "melding.pdf", mediaType: "application/pdf", contentBase64: "UERG" };
const order = { label: "A", recipient: { organizationNumber: "310000000" }, district: "02", parts: [file] };

const read = (body: string | Uint8Array, contentType = "application/json") =>
  readOrder({
    method: "POST",
    path: "/dispatch/v1/dispatches",
    query: {},
    headers: { "content-type": contentType },
    body: typeof body === "string" ? Buffer.from(body) : body,
  });
const readJson = (value: unknown) => read(JSON.stringify(value));
const orderOf = (value: unknown) => {
  const said = readJson(value);
  if (said.kind === "unfit") throw new Error(said.detail);
  return said.order;
};

describe("an order", () => {
  it("is that of the sender seam", () => {
    expect(orderOf(order)).toEqual({
      organizationNumber: "310000000",
      reference: "A",
      district: "02",
      title: "Straffesaksforsendelse",
      text: "",
      files: [{ name: "melding.pdf", mediaType: "application/pdf", bytes: Buffer.from("PDF") }],
    });
  });

  it.each([
    ["text", "310000000"],
    ["text with its register", "0192:310000000"],
    ["a URN", "urn:altinn:organization:identifier-no:310000000"],
    ["an object with a URN", { organizationNumber: "urn:altinn:organization:identifier-no:310000000" }],
    ["a list of one", [{ organizationNumber: "310000000" }]],
  ])("may name its recipient by %s", (_, recipient) => {
    expect(orderOf({ ...order, recipient }).organizationNumber).toBe("310000000");
  });

  it.each(["files", "attachments"])("may call its parts %s", (name) => {
    expect(orderOf({ ...order, parts: undefined, [name]: [file] }).files).toHaveLength(1);
  });

  it.each(["content", "data"])("may call the content of a part %s", (name) => {
    const { contentBase64, ...rest } = file;
    expect(orderOf({ ...order, parts: [{ ...rest, [name]: contentBase64 }] }).files[0]?.bytes).toEqual(
      Buffer.from("PDF"),
    );
  });

  it.each(["text", "message", "body"])("may call its text %s", (name) => {
    expect(orderOf({ ...order, [name]: "Se vedlegg." }).text).toBe("Se vedlegg.");
  });

  it("may be multipart/form-data: files, fields, and fields in JSON", () => {
    const body = [
      '--x\r\nContent-Disposition: form-data; name="recipient"\r\n\r\n0192:310000000\r\n',
      '--x\r\nContent-Disposition: form-data; name="more"\r\nContent-Type: application/json\r\n\r\n{"title":"T"}\r\n',
      '--x\r\nContent-Disposition: form-data; name="f"; filename="a.pdf"\r\nContent-Type: application/pdf\r\n\r\nPDF\r\n',
      "--x--\r\n",
    ].join("");
    expect(read(body, "multipart/form-data; boundary=x")).toMatchObject({
      kind: "fit",
      order: {
        organizationNumber: "310000000",
        title: "T",
        files: [{ name: "a.pdf", mediaType: "application/pdf", bytes: Buffer.from("PDF") }],
      },
    });
  });

  it.each([
    ["no JSON", "{", "The body must be JSON in UTF-8, or multipart/form-data."],
    ["a list", "[]", "The body must be a JSON object with recipient and parts."],
    ["no recipient", { ...order, recipient: undefined }, /^recipient must name one organisation/],
    ["two recipients", { ...order, recipient: ["310000000", "310000019"] }, /^recipient must name one organisation/],
    ["eight digits", { ...order, recipient: "31000000" }, /^recipient must name one organisation/],
    ["no parts", { ...order, parts: [] }, /^parts must hold at least one/],
    ["parts that are none", { ...order, parts: "PDF" }, /^parts must be a list/],
    ["a part without a name", { ...order, parts: [file, { contentBase64: "UERG" }] }, /^parts\[1\] needs a name/],
    ["a part that is not base64", { ...order, parts: [{ ...file, contentBase64: "blå" }] }, /^parts\[0\] needs a name/],
    ["a text that is none", { ...order, text: { nb: "Hei" } }, "text must be text."],
  ])("with %s is refused with what is needed", (_, value, detail) => {
    const said = typeof value === "string" ? read(value) : readJson(value);
    if (said.kind === "fit") throw new Error("it was read");
    expect(said.detail).toMatch(detail);
  });
});
