import type { EntryOf } from "../ledger.ts";
import { type DeliveryId, deliveryOf, messageOf } from "../names.ts";
import type { Course } from "./course.ts";

/** Why an alarm warns nobody; undefined where it does. What it carries is for its exchange to tell. */
export function flawOf(alert: EntryOf<"alerted">): "bounced" | "nobody owns its sink" | undefined {
  if (alert.bounced) return "bounced";
  return alert.owner === "" ? "nobody owns its sink" : undefined;
}

/** Whether an id found in an alarm is this delivery's: the label of its message, its own, or one of its copies'. */
export function names(id: string, delivery: DeliveryId): boolean {
  return id === delivery || deliveryOf(id) === delivery || id === messageOf(delivery);
}

/** What an alarm says it is about: the ids found in it, and the delivery or copy that the sink was given by name. */
export function idsIn(alert: EntryOf<"alerted">): string[] {
  const ids = [...alert.ids];
  if (alert.delivery !== undefined) ids.push(alert.delivery);
  if (alert.copy !== undefined) ids.push(alert.copy);
  return ids;
}

/** Whether the world says that no alarm sink is declared; then silence proves nothing. */
export function hasNoSink(course: Course): boolean {
  return course.run?.switches.some(({ name, value }) => name === "alarmSink" && value === "none") ?? false;
}
