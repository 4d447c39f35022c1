import { deliveryIn } from "../custody.ts";
import type { Fold } from "../folds.ts";
import type { EntryOf } from "../ledger.ts";
import { type DeliveryId, deliveryOf, type Label, messageOf } from "../names.ts";
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

/** The deliveries of each message whose label is not itself the id of its one delivery. */
export type Recipients = Map<Label, DeliveryId[]>;

/** What a label stands for, for all rules at once. */
export const recipients: Fold<Recipients> = {
  reads: ["submitted", "offered"],
  start: () => new Map(),
  step(known, entry) {
    if (entry.kind === "submitted") for (const { id } of entry.deliveries) learn(known, id);
    else learn(known, deliveryIn(entry));
  },
};

function learn(known: Recipients, delivery: DeliveryId | undefined): void {
  if (delivery === undefined) return;
  const label = messageOf(delivery);
  if (label === delivery) return;
  const deliveries = known.get(label);
  if (deliveries === undefined) known.set(label, [delivery]);
  else if (!deliveries.includes(delivery)) deliveries.push(delivery);
}

/** Every delivery that an alarm names: by the label of its message, its own id, or that of a copy. */
export function deliveriesIn(alert: EntryOf<"alerted">, known: Recipients): Set<DeliveryId> {
  const found = new Set<DeliveryId>();
  for (const id of idsIn(alert)) {
    found.add(deliveryOf(id));
    for (const delivery of known.get(id) ?? []) found.add(delivery);
  }
  return found;
}

/** Whether the world says that no alarm sink is declared; then silence proves nothing. */
export function hasNoSink(course: Course): boolean {
  return course.run?.switches.some(({ name, value }) => name === "alarmSink" && value === "none") ?? false;
}
