import { describe, expect, it } from "vitest";
import { unpack } from "../../contracts/fiks/container.ts";
import type { Host, HostRequest, Order } from "../../port/host.ts";
import { clientPrivateKey } from "../../simulators/keys/index.ts";
import { type SenderPolicy, soundSender } from "../kit/sender-policy.ts";
import { policeSender } from "./police-sender.ts";

type Answer = { readonly status: number; readonly json?: unknown } | "lost" | "refused";
type Asked = { readonly method: string; readonly path: string; readonly body: string; readonly bytes: Uint8Array };
type Server = (asked: Asked, nowMs: number) => Answer;

const hour = 3_600_000;
const day = 24 * hour;
const monday = Date.parse("2023-05-08T07:00:00Z");
const order: Order = {
  label: "A",
  kind: "no.ks.fiks.bekymringsmelding.offentlig.v1",
  recipient: { organizationNumber: "310000000", municipalityNumber: "4690" },
  district: "01",
  confidential: true,
  parts: [
    {
      name: "bekymringsmelding.json",
      mediaType: "application/json",
      contentBase64: Buffer.from('{"melding":"x"}').toString("base64"),
    },
    {
      name: "bekymringsmelding.pdf",
      mediaType: "application/pdf",
      contentBase64: Buffer.from("%PDF").toString("base64"),
    },
  ],
};
/** Time, a disk and a network of one sender; what answers is given. Time passes from one timer to the next. */
class World {
  nowMs = monday;
  readonly asked: string[] = [];
  readonly alarms: string[] = [];
  readonly logged: string[] = [];
  readonly disk = new Map<string, unknown>();
  alarmWorks = true;
  #timers: { readonly atMs: number; readonly then: () => void }[] = [];
  #start = 0;
  readonly #server: Server;
  readonly #channels: readonly string[];

  constructor(channels: readonly string[], server: Server) {
    this.#channels = channels;
    this.#server = server;
  }

  /** A start of the sender; one before it is dead. */
  start(policy: SenderPolicy = soundSender): (order: Order) => Promise<{ readonly reference: string }> {
    this.#timers = [];
    const host = this.#host(++this.#start);
    const sender = policeSender(policy);
    void sender.run(host);
    return (order) => sender.send(order, host);
  }

  async passes(ms: number): Promise<void> {
    const endMs = this.nowMs + ms;
    for (;;) {
      await settled();
      const next = this.#timers.toSorted((a, b) => a.atMs - b.atMs)[0];
      if (next === undefined || next.atMs > endMs) break;
      this.#timers = this.#timers.filter((timer) => timer !== next);
      this.nowMs = next.atMs;
      next.then();
    }
    this.nowMs = endMs;
  }

  keys(): readonly string[] {
    return [...this.disk.keys()].sort();
  }

  #host(start: number): Host {
    const alive = <T>(value: T): Promise<T> => (start === this.#start ? Promise.resolve(value) : new Promise(() => {}));
    let ids = 0;
    const after = (then: () => void, ms: number): { readonly atMs: number; readonly then: () => void } => {
      const timer = { atMs: this.nowMs + ms, then };
      if (start === this.#start) this.#timers.push(timer);
      return timer;
    };
    const view = {
      get: (name: string) => alive(structuredClone(this.disk.get(name))),
      set: (name: string, value: unknown) => alive(void this.disk.set(name, structuredClone(value))),
      delete: (name: string) => alive(void this.disk.delete(name)),
      keys: (prefix = "") => alive(this.keys().filter((name) => name.startsWith(prefix))),
    };
    return {
      endpoints: {
        channels: this.#channels,
        recipients: [
          {
            organizationNumber: "310000000",
            municipalityNumber: "4690",
            districts: [],
            altinn: { resourceIds: { correspondence: "open-mail", confidentialCorrespondence: "closed-mail" } },
          },
        ],
        maskinporten: {
          issuer: "m/",
          tokenEndpoint: "http://m/token",
          clientId: "c",
          keyId: "k",
          scopes: [],
          privateKey: clientPrivateKey,
        },
        altinn: { baseUrl: "http://a" },
        portal: { apiBaseUrl: "http://p", fiksOrgId: "org", integrationId: "i", integrationPassword: "p" },
        pollIntervalMs: hour / 4,
      },
      clock: {
        now: () => this.nowMs,
        sleep: (ms: number) => new Promise<void>((resolve) => after(resolve, ms)),
        setTimeout: after,
        clear: (timer: unknown) => {
          this.#timers = this.#timers.filter((each) => each !== timer);
        },
      },
      random: () => 0,
      uuid: () => `key-${start}-${++ids}`,
      store: {
        ...view,
        sync: () => alive(undefined),
        transaction: (does: (over: typeof view) => unknown) => does(view),
      },
      alarm: async ({ source, reason }: { source: { channel: string; id?: string }; reason: string }) => {
        if (!this.alarmWorks) throw new Error("down");
        this.alarms.push(`${new Date(this.nowMs).toISOString().slice(5, 16)} ${source.channel} ${source.id} ${reason}`);
      },
      log: (line: string) => this.logged.push(line),
      signal: new AbortController().signal,
      fetch: async (url: string, request: HostRequest = {}) => {
        const { host: to, pathname, search } = new URL(url);
        const bytes = Buffer.from((request.body ?? "") as string);
        const one = { method: request.method ?? "GET", path: pathname + search, body: bytes.toString("latin1"), bytes };
        const answer: Answer =
          to === "m"
            ? { status: 200, json: { access_token: "t", expires_in: 1e9 } }
            : pathname.startsWith("/authentication")
              ? { status: 200, json: `x.${Buffer.from('{"exp":4000000000}').toString("base64url")}.x` }
              : this.#server(one, this.nowMs);
        if (to !== "m" && !pathname.startsWith("/authentication")) this.asked.push(`${one.method} ${one.path}`);
        if (answer === "lost" || answer === "refused") throw new Error(answer);
        return alive({
          status: answer.status,
          headers: { get: () => null },
          text: async () => (typeof answer.json === "string" ? answer.json : JSON.stringify(answer.json ?? {})),
        });
      },
    } as unknown as Host;
  }
}

async function settled(): Promise<void> {
  for (let i = 0; i < 20; i++) await new Promise((resolve) => setImmediate(resolve));
}

type Dispatch = { readonly dispatchId: string; readonly reference: string; state: string };

/** The dispatch as it is, but for the answers that are lost on the way: those to these, counted from 1. */
function altinn(lost: readonly number[] = []): { readonly server: Server; readonly sent: Dispatch[] } {
  const sent: Dispatch[] = [];
  const server: Server = ({ method, path, body }) => {
    if (method === "POST" && path === "/dispatch/v1/dispatches") {
      const dispatchId = `d-${sent.length + 1}`;
      sent.push({ dispatchId, reference: JSON.parse(body).reference, state: "sent" });
      return lost.includes(sent.length) ? "lost" : { status: 201, json: { dispatchId } };
    }
    if (path === "/dispatch/v1/dispatches") return { status: 200, json: { dispatches: sent } };
    if (path === "/dispatch/v1/dispatches?unopened=true")
      return { status: 200, json: { dispatches: sent.filter(({ state }) => state !== "opened") } };
    return { status: 200, json: sent.find(({ dispatchId }) => path.endsWith(dispatchId)) };
  };
  return { server, sent };
}

/** Altinn's dispatch, and the portal with answers of its own to what is handed in. */
function withPortal(dispatch: Server, submit: Answer, history: readonly string[] = ["AKSEPTERT", "LEVERT"]): Server {
  return (asked, nowMs) => {
    if (asked.path.startsWith("/dispatch/")) return dispatch(asked, nowMs);
    if (asked.path.endsWith("/bydeler")) return { status: 200, json: [{ bydelsnummer: "01" }] };
    if (asked.method === "POST") return submit;
    return { status: 200, json: history.map((tilstand) => ({ tilstand })) };
  };
}

describe("an order", () => {
  it("is kept whole before it is answered, and sent by the name it was given", async () => {
    const { server, sent } = altinn();
    const world = new World(["altinn-dispatch"], server);
    expect(await world.start()(order)).toEqual({ reference: "A" });
    expect(world.keys()).toEqual(["content/A", "order/A"]);
    expect(Buffer.from((world.disk.get("content/A") as { bytes: Uint8Array }[])[0]?.bytes ?? []).toString()).toBe(
      '{"melding":"x"}',
    );
    await world.passes(1000);
    expect(sent).toEqual([{ dispatchId: "d-1", reference: "A", state: "sent" }]);
  });

  it("that no channel takes is told of two working days after it was given, whatever other ways were tried", async () => {
    const world = new World(["altinn-dispatch", "fiks-io"], () => "refused");
    await world.start()(order);
    await world.passes(day + 12 * hour);
    expect(world.alarms).toEqual([]);
    await world.passes(12 * hour);
    expect(world.alarms).toHaveLength(1);
  });

  it("given twice is sent once, also when it is over", async () => {
    const { server, sent } = altinn();
    const world = new World(["altinn-dispatch"], server);
    const send = world.start();
    await Promise.all([send(order), send(order)]);
    await world.passes(1000);
    for (const dispatch of sent) dispatch.state = "opened";
    await world.passes(hour);
    expect(await send(order)).toEqual({ reference: "A" });
    await world.passes(day);
    expect(sent).toHaveLength(1);
  });

  it("leaves nothing but its name behind once it is opened, and is asked about no more", async () => {
    const { server, sent } = altinn();
    const world = new World(["altinn-dispatch"], server);
    await world.start()(order);
    await world.passes(hour);
    for (const dispatch of sent) dispatch.state = "opened";
    await world.passes(2 * hour);
    expect(world.keys()).toEqual(["closed/A"]);
    const asked = world.asked.length;
    await world.passes(30 * day);
    expect(world.asked.length).toBe(asked);
    expect(world.alarms).toEqual([]);
  });
});

describe("an answer that is lost", () => {
  it("is looked up, and nothing is sent twice", async () => {
    const { server, sent } = altinn([1]);
    const world = new World(["altinn-dispatch"], server);
    await world.start()(order);
    await world.passes(5000);
    expect(sent).toHaveLength(1);
    expect(world.asked).toEqual(["POST /dispatch/v1/dispatches", "GET /dispatch/v1/dispatches"]);
  });

  it("is looked up by the next start too, also when it has been opened meanwhile", async () => {
    const { server, sent } = altinn([1]);
    const world = new World(["altinn-dispatch"], server);
    await world.start()(order);
    await settled();
    for (const dispatch of sent) dispatch.state = "opened";
    world.start();
    await world.passes(hour);
    expect(sent).toHaveLength(1);
    expect(world.keys()).toEqual(["closed/A"]);
  });

  it("is sent again by a sender that does not look", async () => {
    const { server, sent } = altinn([1]);
    const world = new World(["altinn-dispatch"], server);
    await world.start({ ...soundSender, unanswered: "send again" })(order);
    await world.passes(5000);
    expect(sent).toHaveLength(2);
  });

  it("of the portal, which cannot be asked, is a person's to look into", async () => {
    const { server } = altinn();
    const world = new World(["fiks-io"], withPortal(server, "lost"));
    await world.start()(order);
    await world.passes(day);
    expect(world.asked.filter((line) => line.startsWith("POST"))).toHaveLength(1);
    expect(world.alarms).toEqual([
      "05-08T07:00 fiks-io A not-known-whether-sent",
      "05-08T07:00 fiks-io A returned:failed",
    ]);
    expect(world.keys()).toEqual(["content/A", "returned/A"]);
  });
});

describe("what nobody opens", () => {
  it("is warned of by its id before two working days are over, and goes to the portal after three", async () => {
    const { server, sent } = altinn();
    const world = new World(["altinn-dispatch", "fiks-io"], withPortal(server, { status: 201, json: { uuid: "b-1" } }));
    await world.start()(order);
    await world.passes(2 * day);
    expect(world.alarms).toEqual(["05-09T23:00 altinn-dispatch d-1 unopened"]);
    await world.passes(day);
    expect(world.asked.at(-1)).toBe("POST /bekymringsmelding/api/v1/mottak/fagsystem/org/4690/01/offentlig");
    await world.passes(hour);
    expect(world.keys()).toEqual(["closed/A"]);
    expect(sent).toHaveLength(1);
  });

  it("is handed to a person where no way is left, until somebody is told; its content is kept for them", async () => {
    const world = new World(["altinn-dispatch"], altinn().server);
    await world.start()(order);
    await world.passes(2.5 * day);
    world.alarmWorks = false;
    await world.passes(day);
    expect(world.alarms).toHaveLength(1);
    expect(world.keys()).toEqual(["content/A", "order/A"]);
    world.alarmWorks = true;
    await world.passes(hour);
    expect(world.alarms).toHaveLength(2);
    expect(world.alarms[1]).toMatch(/ altinn-dispatch d-1 returned:unopened$/);
    expect(world.keys()).toEqual(["content/A", "returned/A"]);
  });

  it("is handed to a person within the week it was sent, where the other way is chosen and cannot be reached", async () => {
    const friday = 4 * day + 5 * hour;
    const { server } = altinn();
    const cutOff = new World(["altinn-dispatch", "fiks-io"], (asked, nowMs) =>
      asked.path.startsWith("/dispatch/") ? server(asked, nowMs) : "refused",
    );
    const send = cutOff.start();
    await cutOff.passes(friday);
    await send(order);
    await cutOff.passes(6 * day + hour);
    expect(cutOff.alarms.at(-1)).toMatch(/ altinn-dispatch d-1 returned:unopened$/);
    expect(cutOff.keys()).toEqual(["content/A", "returned/A"]);
  });

  it("is forgotten by a sender that takes published for received", async () => {
    const { server, sent } = altinn();
    const world = new World(["altinn-dispatch"], server);
    await world.start({ ...soundSender, watches: "never" })(order);
    await world.passes(40 * day);
    expect([sent.length, world.asked.length, world.alarms]).toEqual([1, 1, []]);
    expect(world.keys()).toEqual(["content/A", "order/A"]);
  });

  it("is looked at once, on the next working day, by one that never looks again", async () => {
    const world = new World(["altinn-dispatch"], altinn().server);
    const send = world.start({ ...soundSender, watches: "once" });
    await world.passes(4 * day + 5 * hour);
    await send(order);
    await world.passes(2 * day);
    expect(world.asked).toHaveLength(1);
    await world.passes(30 * day);
    expect(world.asked.slice(1)).toEqual(["GET /dispatch/v1/dispatches?unopened=true"]);
    expect(world.alarms).toEqual([]);
  });
});

describe("a channel that is down", () => {
  it("is tried again until it is there", async () => {
    const { server, sent } = altinn();
    const world = new World(["altinn-dispatch"], (asked, nowMs) =>
      nowMs < monday + 3 * hour ? { status: 503 } : server(asked, nowMs),
    );
    await world.start()(order);
    await world.passes(4 * hour);
    expect(sent).toHaveLength(1);
    expect(world.asked.length).toBeLessThan(40);
  });

  it("is tried again where it is the portal, as long as nothing was handed in", async () => {
    const portal = withPortal(altinn().server, { status: 201, json: { uuid: "b-1" } });
    const world = new World(["fiks-io"], (asked, nowMs) =>
      nowMs < monday + 3 * hour ? "refused" : portal(asked, nowMs),
    );
    await world.start()(order);
    await world.passes(4 * hour);
    expect(world.asked.filter((line) => line.includes("/offentlig"))).toHaveLength(1);
    expect([world.keys(), world.alarms]).toEqual([["closed/A"], []]);
  });

  it("for a day is passed by, and a late copy is never made", async () => {
    const { server, sent } = altinn();
    const portal = withPortal(server, { status: 201, json: { uuid: "b-1" } }, ["AKSEPTERT"]);
    const world = new World(["altinn-dispatch", "fiks-io"], (asked, nowMs) =>
      asked.path.startsWith("/dispatch/") && nowMs < monday + 30 * hour ? "refused" : portal(asked, nowMs),
    );
    await world.start()(order);
    await world.passes(2 * day);
    expect(world.asked.filter((line) => line.includes("/offentlig"))).toHaveLength(1);
    expect(sent).toEqual([]);
  });

  it("for a day is no new beginning: somebody is warned in two working days of the order, and has it back in a week", async () => {
    const portal = withPortal(altinn().server, { status: 201, json: { uuid: "b-1" } }, ["AKSEPTERT"]);
    const world = new World(["altinn-dispatch", "fiks-io"], (asked, nowMs) =>
      asked.path.startsWith("/dispatch/") ? "refused" : portal(asked, nowMs),
    );
    await world.start()(order);
    await world.passes(2 * day);
    expect(world.alarms).toEqual([expect.stringMatching(/ fiks-io b-1 unopened$/)]);
    await world.passes(5 * day - hour);
    expect(world.alarms.at(-1)).toMatch(/ returned:unopened$/);
  });

  it("for good where the message is refused: somebody is told, and it goes another way at once", async () => {
    const world = new World(
      ["altinn-dispatch", "fiks-io"],
      withPortal(() => ({ status: 413 }), { status: 201, json: { uuid: "b-1" } }),
    );
    await world.start()(order);
    await world.passes(1000);
    expect(world.alarms).toEqual(["05-08T07:00 altinn-dispatch A refused:413"]);
    expect(world.asked.filter((line) => line.includes("/offentlig"))).toHaveLength(1);
  });
});

describe("correspondence", () => {
  const mail =
    (statuses: (nowMs: number) => readonly string[], notice = "Delivered"): Server =>
    ({ method, path, body }, nowMs) => {
      if (path === "/correspondence/api/v1/attachment") return { status: 200, json: '"a-1"' };
      if (path.endsWith("/upload")) return { status: 200 };
      if (path === "/correspondence/api/v1/attachment/a-1")
        return { status: 200, json: { status: nowMs < monday + 6000 ? "UploadProcessing" : "Published" } };
      if (method === "POST") {
        expect(JSON.parse(body)).toMatchObject({
          correspondence: { resourceId: "closed-mail", isConfirmationNeeded: true, isConfidential: true },
          recipients: ["urn:altinn:organization:identifier-no:310000000"],
          existingAttachments: ["a-1", "a-1"],
        });
        return { status: 200, json: { correspondences: [{ correspondenceId: "c-1" }] } };
      }
      const noted = [...new URLSearchParams(path.split("?")[1]).entries()].find(([name]) => name === "status")?.[1];
      if (noted !== undefined) return { status: 200, json: { ids: statuses(nowMs).includes(noted) ? ["c-1"] : [] } };
      return {
        status: 200,
        json: {
          status: "AttachmentsDownloaded",
          statusHistory: statuses(nowMs).map((status) => ({ status })),
          notifications: [
            { isReminder: false, notificationStatusDetails: { email: { sendStatus: { status: notice } } } },
          ],
        },
      };
    };

  it("that was read and never confirmed is unopened", async () => {
    const world = new World(
      ["altinn-correspondence"],
      mail(() => ["Published", "Read", "AttachmentsDownloaded"]),
    );
    await world.start()(order);
    await world.passes(2 * day);
    expect(world.alarms).toEqual(["05-09T23:00 altinn-correspondence c-1 unopened"]);
  });

  it("that was read is over for a sender that takes Read for opened", async () => {
    const world = new World(
      ["altinn-correspondence"],
      mail(() => ["Published", "Read"]),
    );
    await world.start({ ...soundSender, end: "read" })(order);
    await world.passes(hour);
    expect(world.keys()).toEqual(["closed/A"]);
  });

  it("is over when its history holds a confirmation, whatever came after", async () => {
    const world = new World(
      ["altinn-correspondence"],
      mail((nowMs) =>
        nowMs < monday + 9 * hour ? ["Published"] : ["Published", "Confirmed", "AttachmentsDownloaded"],
      ),
    );
    await world.start()(order);
    await world.passes(day);
    expect([world.keys(), world.alarms]).toEqual([["closed/A"], []]);
  });

  it.each([
    ["was not published", mail(() => ["Initialized", "Failed"]), "not-published"],
    ["had a notice that bounced", mail(() => ["Published"], "Failed_Bounced"), "notice-failed"],
  ])("that %s is told of within the hour", async (_, server, reason) => {
    const world = new World(["altinn-correspondence"], server);
    await world.start()(order);
    await world.passes(hour);
    expect(world.alarms[0]).toBe(`05-08T07:15 altinn-correspondence c-1 ${reason}`);
    expect(world.alarms[1]).toMatch(/ returned:failed$/);
  });

  it.each([
    ["is sent where the file is there: the line had repeated it", "UploadProcessing", []],
    ["is refused where the file is not", "Initialized", ["refused:400", "returned:failed"]],
  ])("whose upload is refused %s", async (_, status, reasons) => {
    const server = mail(() => ["Published"]);
    const world = new World(["altinn-correspondence"], (asked, nowMs) => {
      if (asked.path.endsWith("/upload")) return { status: 400 };
      if (asked.path.endsWith("/attachment/a-1") && nowMs < monday + 6000) return { status: 200, json: { status } };
      return server(asked, nowMs);
    });
    await world.start()(order);
    await world.passes(hour);
    expect(world.alarms.map((alarm) => alarm.split(" ").at(-1))).toEqual(reasons);
  });

  it("whose answer was lost is found by its key", async () => {
    let made = 0;
    const server = mail(() => []);
    const world = new World(["altinn-correspondence"], (asked, nowMs) => {
      if (asked.path.includes("idempotentKey=key-1-1")) return { status: 200, json: { ids: ["c-1"] } };
      if (asked.method !== "POST" || !asked.path.endsWith("/correspondence")) return server(asked, nowMs);
      made += 1;
      return "lost";
    });
    await world.start()(order);
    await world.passes(60_000);
    expect([made, (world.disk.get("order/A") as { ways: { sent?: { id: string } }[] }).ways[0]?.sent?.id]).toEqual([
      1,
      "c-1",
    ]);
  });
});

it("the portal gets the PDF for the printer, and all of it for the receiver", async () => {
  let body: Uint8Array = new Uint8Array(0);
  const portal = withPortal(altinn().server, { status: 201, json: { uuid: "b-1" } });
  const world = new World(["fiks-io"], (asked, nowMs) => {
    if (asked.method === "POST") body = asked.bytes;
    return portal(asked, nowMs);
  });
  await world.start()(order);
  await world.passes(1000);
  const text = Buffer.from(body).toString("latin1");
  const from = text.indexOf("PK\u0003\u0004");
  expect(text.slice(0, from)).toContain('name="bekymringsmelding"; filename="bekymringsmelding.pdf"');
  expect(unpack(body.subarray(from, text.lastIndexOf("\r\n--"))).map(({ name }) => name)).toEqual([
    "bekymringsmelding.json",
    "bekymringsmelding.pdf",
  ]);
});
