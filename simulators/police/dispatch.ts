import { typeOf } from "../../contracts/fiks/types.ts";
import type { Bytes, WireRequest } from "../wire.ts";
import { filesOf, jsonIn, listIn, type Sending, type Standing, textOf, unsent, type Way } from "./way.ts";

const path = "/dispatch/v1/dispatches";
const nothing: Bytes = new Uint8Array(0);

/** The criminal-case dispatch, which is sent anew each time: what was not answered is looked for by its reference. */
export function dispatchWay(token: () => string): Way {
  const request = (
    method: string,
    query: WireRequest["query"],
    body: Bytes = nothing,
    contentType?: string,
  ): WireRequest => ({
    method,
    path,
    query,
    headers: {
      authorization: `Bearer ${token()}`,
      ...(contentType === undefined ? {} : { "content-type": contentType }),
    },
    body,
  });
  return {
    send: (sending) => request("POST", {}, bodyOf(sending), "application/json"),
    sent(answer) {
      if (answer.reply.status !== 201) return unsent(answer.reply.status);
      return { kind: "taken", id: idOf(jsonIn(answer)) };
    },
    find: () => request("GET", {}),
    found(answer, { delivery }) {
      const listed = answer.reply.status === 200 ? listIn(jsonIn(answer), "dispatches") : undefined;
      if (listed === undefined) return { kind: "unheard" };
      const id = idOf(listed.find(({ reference }) => reference === delivery.label));
      return id === undefined ? { kind: "absent" } : { kind: "there", id };
    },
    ask: (ids) => [{ request: request("GET", { unopened: "true" }), ids }],
    standing(answer, id): Standing {
      const listed = answer.reply.status === 200 ? listIn(jsonIn(answer), "dispatches") : undefined;
      if (listed === undefined) return "unheard";
      return listed.some((one) => idOf(one) === id) ? "unopened" : "opened";
    },
  };
}

/** @source contracts/altinn-dispatch/openapi.yaml */
function bodyOf({ delivery, recipient, municipalityNumber }: Sending): Bytes {
  const { label, district, title, messageKind, version } = delivery;
  return Buffer.from(
    JSON.stringify({
      reference: label,
      kind: typeOf(messageKind, version),
      recipient: { organizationNumber: recipient, municipalityNumber },
      ...(district === undefined ? {} : { district }),
      confidential: true,
      title,
      text: textOf(delivery),
      parts: filesOf(delivery).map(({ name, mediaType, bytes }) => ({
        name,
        mediaType,
        contentBase64: Buffer.from(bytes).toString("base64"),
      })),
    }),
  );
}

function idOf(dispatch: unknown): string | undefined {
  const id = (dispatch as { readonly dispatchId?: unknown } | null | undefined)?.dispatchId;
  return typeof id === "string" ? id : undefined;
}
