import type { Host } from "../../port/host.ts";
import type { Tokens } from "./maskinporten.ts";
import { field, type Heard, jsonOf } from "./request.ts";
import { type Found, type SenderChannel, type Sent, type Standing, unsent } from "./sender-channel.ts";
import { peoplesLimits } from "./sender-deadline.ts";
import type { Delivery, Part } from "./sender-journal.ts";
import { type Line, lineTo } from "./sender-line.ts";

const dispatches = "/dispatch/v1/dispatches";
const title = "Forsendelse fra politiet";

/** The criminal-case dispatch. What was never opened is on one list, whose absentees are asked about one by one. @source PORT.md, altinn-dispatch */
export function dispatchChannel(host: Host, baseUrl: string, tokens: Tokens): SenderChannel {
  const line = lineTo(host, baseUrl, tokens);
  return {
    name: "altinn-dispatch",
    limits: peoplesLimits,
    takes: () => true,
    async send(delivery, _key, parts): Promise<Sent> {
      const heard = await line(dispatches, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: bodyOf(delivery, parts),
      });
      const id = heard?.status === 201 ? field(jsonOf(heard), "dispatchId") : undefined;
      return id === undefined ? unsent(heard) : { kind: "sent", id };
    },
    async find({ reference }): Promise<Found> {
      const heard = await line(dispatches);
      const listed = listIn(heard);
      if (listed === undefined) return { kind: "passing", retryAfterMs: 0 };
      const found = listed.find((one) => field(one, "reference") === reference);
      const id = field(found, "dispatchId");
      return id === undefined ? { kind: "absent" } : { kind: "sent", id };
    },
    async ask(watched): Promise<ReadonlyMap<string, Standing> | undefined> {
      const unopened = listIn(await line(`${dispatches}?unopened=true`));
      if (unopened === undefined) return undefined;
      const listed = new Map(unopened.map((one) => [field(one, "dispatchId"), one]));
      const standings = new Map<string, Standing>();
      for (const { id } of watched) {
        const standing = listed.has(id) ? standingOf(listed.get(id)) : await oneByOne(line, id);
        if (standing !== undefined) standings.set(id, standing);
      }
      return standings;
    },
  };
}

/** The order of PORT.md, with a reference to find it by. */
function bodyOf({ reference, kind, recipient, district, confidential }: Delivery, parts: readonly Part[]): string {
  return JSON.stringify({
    reference,
    kind,
    recipient,
    ...(district === undefined ? {} : { district }),
    confidential,
    title,
    parts: parts.map(({ name, mediaType, bytes }) => ({
      name,
      mediaType,
      contentBase64: Buffer.from(bytes).toString("base64"),
    })),
  });
}

async function oneByOne(line: Line, id: string): Promise<Standing | undefined> {
  const heard = await line(`${dispatches}/${id}`);
  if (heard?.status === 404) return { kind: "failed", reason: "not-known-any-more", gone: true };
  return heard?.status === 200 ? standingOf(jsonOf(heard)) : undefined;
}

/** When it was opened stands there also once its content is gone. */
function standingOf(dispatch: unknown): Standing {
  const state = field(dispatch, "state");
  if (state === "opened" || field(dispatch, "openedAt") !== undefined) return { kind: "ended" };
  return state === "contentDeleted" ? { kind: "failed", reason: "content-deleted", gone: true } : { kind: "open" };
}

function listIn(heard: Heard | undefined): readonly unknown[] | undefined {
  if (heard?.status !== 200) return undefined;
  const list = (jsonOf(heard) as { readonly dispatches?: unknown } | undefined)?.dispatches;
  return Array.isArray(list) ? list : undefined;
}
