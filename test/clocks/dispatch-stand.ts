import type { CopyId } from "../../core/names.ts";
import { DispatchService } from "../../simulators/altinn/dispatch/dispatch.ts";
import { dispatchWay } from "../../simulators/police/dispatch.ts";
import type { DispatchWay } from "./dispatch-model.ts";
import type { Stand } from "./performance.ts";
import { InboxReader } from "./person.ts";
import { type Answered, concern, fjordvik, type Plant, start, surroundings } from "./surroundings.ts";

const tokens: Readonly<Record<string, { readonly consumer: string; readonly scopes: readonly string[] }>> = {
  sender: { consumer: "310000106", scopes: ["altinn:serviceowner"] },
  reader: { consumer: fjordvik.organizationNumber, scopes: ["altinn:reportees"] },
};
const base = "/dispatch/v1";
const wire = dispatchWay(() => "sender");
const sent = concern("altinn-dispatch").delivery;

type Listed = { readonly dispatches: readonly { readonly dispatchId: string; readonly reference?: string }[] };

/** The dispatch between the police and a municipality whose integration holds both rights. */
export function dispatchStand({ answer, asks, reader }: DispatchWay, plant?: Plant): Stand {
  const { clock, ledger, given, manifest, ask, answering } = surroundings(plant);
  manifest.announce(sent);
  const person = new InboxReader();
  const service = new DispatchService(given, {
    manifest,
    municipalities: [fjordvik],
    rights: { mayRead: (who) => who === "integration", qualified: () => true },
    readers: {
      readerOf: () => "integration",
      beforeOffer() {},
      afterOffer: (item) => person.comes(item),
      notice: () => "none",
    },
    tokens: { read: (token) => tokens[token] },
    sinceStart: (epochMs) => epochMs - start,
  });
  answering([service]);

  let isKept = false;
  /** Ids that the sender knows. */
  const known = new Set<string>();
  const seen = new Set<string>();
  const toArchive: string[] = [];
  let lastArchived: string | undefined;
  const copyOf = (id: string): CopyId => manifest.copyWith(id) ?? "";
  const sending = {
    delivery: sent,
    mail: {},
    way: wire,
    recipient: fjordvik.organizationNumber,
    municipalityNumber: fjordvik.number,
    key: "",
    sentMs: start,
  };
  const asksFor = (path: string, query: Readonly<Record<string, string>> = {}): Answered =>
    ask("sender", {
      method: "GET",
      path: `${base}/dispatches${path}`,
      query,
      headers: { authorization: "Bearer sender" },
    });
  const reads = (method: string, path: string): Answered =>
    ask("integration", { method, path: `${base}/inbox${path}`, headers: { authorization: "Bearer reader" } });

  const send = (): string => {
    if (!isKept) ledger.record({ kind: "held", party: "sender", durability: "power", ok: true, copy: sent.id });
    isKept = true;
    const { status, text } = ask("sender", wire.send(sending), answer === "lost" ? "lost" : undefined);
    if (answer === "lost") return "nothing";
    known.add((JSON.parse(text) as { readonly dispatchId: string }).dispatchId);
    return String(status);
  };
  const look = (): string => {
    const { dispatches } = JSON.parse(asksFor("").text) as Listed;
    const found = dispatches.filter(({ reference }) => reference === sent.label).map(({ dispatchId }) => dispatchId);
    for (const id of found) known.add(id);
    return found.map(copyOf).join();
  };
  const readOne = (id: string): string => {
    if (!seen.has(id)) toArchive.push(id);
    seen.add(id);
    const { text } = JSON.parse(reads("GET", `/${id}`).text) as { readonly text?: string };
    return `${copyOf(id)} ${text === undefined ? "shell" : "text"} ${reads("GET", `/${id}/file`).status}`;
  };
  const readAll = (): string => {
    const { dispatches } = JSON.parse(reads("GET", "").text) as Listed;
    return dispatches.length === 0 ? "nothing" : dispatches.map(({ dispatchId }) => readOne(dispatchId)).join();
  };
  const archive = (): string => {
    const id = toArchive.shift() ?? lastArchived ?? "";
    lastArchived = id;
    return `${reads("POST", `/${id}/archive`).status} for ${copyOf(id)}`;
  };
  return {
    clock,
    ledger,
    act(act) {
      switch (act) {
        case "send":
          return send();
        case "retry":
          return look();
        case "read":
          return reader === "person" ? person.opens() : readAll();
        case "receipt":
          return reader === "person" ? person.settles() : archive();
      }
    },
    looksIn() {
      if (asks === "list") asksFor("", { unopened: "true" });
      else for (const id of known) asksFor(`/${id}`);
    },
  };
}
