import { empty, type HttpOperation, type WireRequest } from "../wire.ts";
import type { AlarmSink } from "./alarm.ts";
import { type Said, saidIn } from "./state.ts";

/** Where the webhook stands at its origin. */
export const alarmPath = "/";

const decoder = new TextDecoder();

/** `POST /`, any body: 204. */
export function alarmOperations(alarm: AlarmSink): readonly HttpOperation[] {
  const said = ({ body }: WireRequest): Said => saidIn(decoder.decode(body));
  return [
    {
      operation: "raise",
      method: "POST",
      path: alarmPath,
      about: (request) => alarm.about(said(request)),
      handle: (request) => ({ reply: empty(204), saying: "positive", copies: alarm.raise(said(request)) }),
    },
  ];
}
