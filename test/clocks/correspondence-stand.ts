import { leastFileLife } from "../../contracts/altinn/lifetimes.ts";
import { dayMs } from "../../core/calendar.ts";
import type { CopyId } from "../../core/names.ts";
import type { Mail } from "../../core/scenario.ts";
import { Correspondence, type Organization } from "../../simulators/altinn/correspondence/correspondence.ts";
import { correspondenceWay } from "../../simulators/police/correspondence.ts";
import type { WireRequest } from "../../simulators/wire.ts";
import type { MailWay } from "./correspondence-model.ts";
import type { Stand } from "./performance.ts";
import { InboxReader } from "./person.ts";
import { type Answered, concern, fjordvik, type Plant, start, surroundings } from "./surroundings.ts";

const police = "310000106";
const resources = { ordinary: "politiet-henvendelse", confidential: "politiet-taushetsbelagt-henvendelse" };
const tokens: Readonly<Record<string, { readonly consumer: string; readonly scopes: readonly string[] }>> = {
  sender: { consumer: police, scopes: ["altinn:correspondence.write"] },
  reader: { consumer: fjordvik.organizationNumber, scopes: ["altinn:correspondence.read"] },
};
const base = "/correspondence/api/v1/correspondence";
const wire = correspondenceWay(() => "sender", resources);
const mail: Mail = { confirmation: true, filesLiveDays: leastFileLife.lasts.ms / dayMs };
const mails: Readonly<Record<MailWay["mail"], Mail>> = {
  ordinary: { ...mail, ordinary: true, notice: true },
  confidential: mail,
};
const sent = {
  ordinary: concern("altinn-correspondence", mails.ordinary).delivery,
  confidential: concern("altinn-correspondence", mails.confidential).delivery,
};

type Overview = { readonly content: { readonly attachments: readonly { readonly id: string }[] } };

/** Altinn Correspondence between the police and a municipality whose integration reads all that is listed. */
export function correspondenceStand({ mail, answer, reader }: MailWay, plant?: Plant): Stand {
  const { clock, ledger, given, manifest, ask, answering } = surroundings(plant);
  const delivery = sent[mail];
  manifest.announce(delivery);
  const person = new InboxReader();
  const service = new Correspondence(given, {
    manifest,
    organizations: new Map<string, Organization>([
      [fjordvik.organizationNumber, { kind: "municipality", number: fjordvik.number }],
      [police, { kind: "sender" }],
    ]),
    resources,
    rights: { mayRead: (who) => who === "integration", qualified: () => true },
    readers: {
      readerOf: () => "integration",
      beforeOffer() {},
      afterOffer: (item) => person.comes(item),
      notice(_place, copy) {
        ledger.record({ kind: "notified", person: "postmottak", via: "e-mail", outcome: "delivered", copy });
        return "delivered";
      },
    },
    tokens: { read: (token) => tokens[token] },
    sinceStart: (epochMs) => epochMs - start,
    switches: { dialogSeconds: 0, scanSeconds: 0 },
  });
  answering([service]);

  const sendings: Parameters<typeof wire.send>[0][] = [];
  /** Ids that the sender knows. */
  const known = new Set<string>();
  const toConfirm: string[] = [];
  let toPurge: string[] = [];
  const read = new Set<string>();
  let lastConfirmed: string | undefined;
  const copyOf = (id: string): CopyId => manifest.copyWith(id) ?? "";
  const reads = (method: string, path: string, query: WireRequest["query"] = {}): Answered =>
    ask("integration", { method, path: `${base}${path}`, query, headers: { authorization: "Bearer reader" } });

  const send = (): string => {
    if (sendings.length === 0)
      ledger.record({ kind: "held", party: "sender", durability: "power", ok: true, copy: delivery.id });
    const sending = {
      delivery,
      mail: mails[mail],
      way: wire,
      recipient: fjordvik.organizationNumber,
      municipalityNumber: fjordvik.number,
      key: given.random.uuid(),
      sentMs: clock.now(),
    };
    sendings.push(sending);
    const { status, text } = ask("sender", wire.send(sending), answer === "lost" ? "lost" : undefined);
    if (answer === "lost") return "nothing";
    const { correspondences } = JSON.parse(text) as {
      readonly correspondences: readonly { correspondenceId: string }[];
    };
    for (const { correspondenceId } of correspondences) known.add(correspondenceId);
    return String(status);
  };
  const sendAgain = (): string => {
    const sending = sendings.at(-1) as (typeof sendings)[number];
    const { status } = ask("sender", wire.send(sending));
    const { ids } = JSON.parse(ask("sender", wire.find(sending)).text) as { readonly ids: readonly string[] };
    for (const id of ids) known.add(id);
    return `${status}, and there is ${ids.map(copyOf).join()}`;
  };
  const readOne = (id: string): string => {
    const overview = reads("GET", `/${id}`);
    if (overview.status !== 200) return `${copyOf(id)} ${overview.status}`;
    const [file] = (JSON.parse(overview.text) as Overview).content.attachments;
    const text = reads("GET", `/${id}/content`);
    if (text.status === 200 && !read.has(id)) {
      read.add(id);
      toConfirm.push(id);
      toPurge.push(id);
    }
    return `${copyOf(id)} ${text.status} ${reads("GET", `/${id}/attachment/${file?.id}/download`).status}`;
  };
  const readAll = (): string => {
    const { text } = reads("GET", "", { resourceId: resources[mail], role: "Recipient", status: "Published" });
    const { ids } = JSON.parse(text) as { readonly ids: readonly string[] };
    const inOrder = ids.toSorted((one, other) => copyOf(one).localeCompare(copyOf(other), "en"));
    return inOrder.length === 0 ? "nothing" : inOrder.map(readOne).join();
  };
  const confirm = (): string => {
    const id = toConfirm.shift() ?? lastConfirmed ?? "";
    lastConfirmed = id;
    return `${reads("POST", `/${id}/confirm`).status} for ${copyOf(id)}`;
  };
  return {
    clock,
    ledger,
    act(act) {
      switch (act) {
        case "send":
          return send();
        case "retry":
          return sendAgain();
        case "read":
          return reader === "person" ? person.opens() : readAll();
        case "receipt":
          return reader === "person" ? person.settles() : confirm();
      }
    },
    clearsUp() {
      const came = toPurge.map((id) => ({ id, status: reads("DELETE", `/${id}/purge`).status }));
      toPurge = came.filter(({ status }) => status !== 200).map(({ id }) => id);
      return came.map(({ id, status }) => `${copyOf(id)} ${status}`).join();
    },
    looksIn() {
      for (const { request } of wire.ask([...known])) ask("sender", request);
    },
  };
}
