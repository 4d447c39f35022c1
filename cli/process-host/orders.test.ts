import type { Server } from "node:http";
import { afterAll, beforeAll, expect, it } from "vitest";
import { freePort } from "../../worlds/live/orders.ts";
import { takeOrders } from "./orders.ts";

const lines: string[] = [];
let sendUrl: string;
let server: Server;
beforeAll(async () => {
  sendUrl = `http://127.0.0.1:${await freePort()}/send`;
  const send = async ({ label }: { readonly label: string }): Promise<{ reference: string }> => {
    if (label === "later") throw new Error("the disk is full");
    return { reference: `ours-${label}` };
  };
  server = await takeOrders(sendUrl, send, (line) => lines.push(line));
});
afterAll(() => {
  server.close();
});

const order = (label: string): string => JSON.stringify({ label, parts: [] });

it.each([
  ["is taken on with its reference", order("A"), 202, { reference: "ours-A" }],
  ["is not taken on where the sender throws", order("later"), 503, {}],
  ["is refused where it is no JSON", "{", 400, { detail: expect.any(String) as unknown }],
  ["is refused where it has no label", '{"parts":[]}', 400, { detail: expect.stringContaining("label") as unknown }],
])("an order by HTTP %s", async (_, body, status, answer) => {
  const response = await fetch(sendUrl, { method: "POST", body });
  expect([response.status, await response.json()]).toEqual([status, answer]);
});

it("says in the log why an order was not taken on, and takes none elsewhere", async () => {
  expect(lines).toEqual(["send: Error: the disk is full"]);
  expect((await fetch(`${sendUrl}/A`, { method: "POST", body: order("A") })).status).toBe(404);
});
