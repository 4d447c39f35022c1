/** Whether two JSON values say the same; the order of an object's fields does not count. */
export function sameJson(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return false;
  if (Array.isArray(a) || Array.isArray(b))
    return (
      Array.isArray(a) && Array.isArray(b) && a.length === b.length && a.every((value, i) => sameJson(value, b[i]))
    );
  const left = a as Readonly<Record<string, unknown>>;
  const right = b as Readonly<Record<string, unknown>>;
  const names = Object.keys(left);
  if (names.length !== Object.keys(right).length) return false;
  for (const name of names) if (!Object.hasOwn(right, name) || !sameJson(left[name], right[name])) return false;
  return true;
}

/** Fields of a channel's own answer that say how things stand with it now, and change while a message does not. */
const standing = /^(status.*|read|confirmed|notifications?|markedUnread)$/i;

/** A payload without what changes from one answer about the same message to the next. @source PORT.md, *Receiver API*, same content */
export function withoutStanding(payload: unknown): unknown {
  if (typeof payload !== "object" || payload === null || Array.isArray(payload)) return payload;
  return Object.fromEntries(Object.entries(payload).filter(([name]) => !standing.test(name)));
}
