import { empty, type HttpOperation } from "../wire.ts";
import type { AlarmSink } from "./alarm.ts";

/** Where the webhook stands at its origin. */
export const alarmPath = "/";

/** `POST /`, any body: 204. */
export function alarmOperations(alarm: AlarmSink): readonly HttpOperation[] {
  return [
    {
      operation: "raise",
      method: "POST",
      path: alarmPath,
      about: (request) => alarm.about(request),
      handle: (request) => ({ reply: empty(204), saying: "positive", copies: alarm.raise(request) }),
    },
  ];
}
