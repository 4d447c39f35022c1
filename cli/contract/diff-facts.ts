import { breaking, canonical, type Difference, type Effect, isFields, risky, safe } from "./difference.ts";

type Fields = Readonly<Record<string, unknown>>;

/** Words for people, and why something is held to be so: no part of what is agreed. */
const prose: ReadonlySet<string> = new Set([
  "evidence",
  "source",
  "means",
  "description",
  "title",
  "because",
  "change",
]);

/** Facts as data: lifetimes and other figures, enumerations, state machines, switches. Functions are let be. */
export function factDifferences(file: string, old: Fields, now: Fields): readonly Difference[] {
  const found: Difference[] = [];
  const note = (where: string, what: string, consumer: Effect, provider: Effect): void => {
    found.push({ where: `${file} ${where}`, what, consumer, provider });
  };
  const compare = (where: string, before: unknown, after: unknown): void => {
    const [a, b] = [plain(before), plain(after)];
    if (canonical(a) === canonical(b)) return;
    const [machine, other] = [machineIn(a), machineIn(b)];
    if (machine !== undefined && other !== undefined) return machines(where, machine, other);
    if (Array.isArray(a) && Array.isArray(b)) return members(where, a.map(canonical), b.map(canonical));
    if (isFields(a) && isFields(b)) return fields(where, a, b);
    if (typeof a === "number" && typeof b === "number") return figures(where, a, b);
    note(
      where,
      `it was ${canonical(a)}, and is ${canonical(b)}`,
      risky("goes by the old value"),
      risky("goes by the old value"),
    );
  };
  const figures = (where: string, was: number, is: number): void => {
    const what = `it was ${was}, and is ${is}`;
    if (is < was)
      note(where, what, breaking("counts on more: what it comes for may be over"), risky("grants more than is agreed"));
    else
      note(
        where,
        what,
        risky("is done before the time: it may take for over what is not"),
        breaking("grants less than is agreed"),
      );
  };
  const members = (where: string, before: readonly string[], after: readonly string[]): void => {
    for (const one of new Set(after))
      if (!before.includes(one)) note(where, `${one} is new`, breaking("does not know it"), safe("need not say it"));
    for (const one of new Set(before))
      if (!after.includes(one))
        note(where, `${one} is gone`, breaking("waits for it, or says it"), risky("may still say it"));
  };
  const fields = (where: string, a: Fields, b: Fields): void => {
    for (const name of new Set([...Object.keys(a), ...Object.keys(b)])) {
      const at = where === "" ? name : `${where}.${name}`;
      if (!Object.hasOwn(a, name)) note(at, "it is new", risky("does not know it"), safe("need not say it"));
      else if (!Object.hasOwn(b, name)) note(at, "it is gone", breaking("goes by it"), risky("may still go by it"));
      else compare(at, a[name], b[name]);
    }
  };
  const machines = (where: string, before: Machine, after: Machine): void => {
    for (const state of after.states)
      if (!before.states.has(state))
        note(
          where,
          `the state ${state} is new`,
          breaking("does not know it, and may wait for ever"),
          safe("is never in it"),
        );
    for (const state of before.states)
      if (!after.states.has(state))
        note(where, `the state ${state} is gone`, breaking("may wait for it for ever"), risky("may still be in it"));
    const known = (edge: string, { states }: Machine): boolean => edge.split(" → ").every((state) => states.has(state));
    for (const edge of after.edges)
      if (!before.edges.has(edge) && known(edge, before))
        note(where, `${edge} is a new step`, risky("does not expect it from there"), safe("never takes it"));
    for (const edge of before.edges)
      if (!after.edges.has(edge) && known(edge, after)) {
        const [, to = ""] = edge.split(" → ");
        const isReached = [...after.edges].some((each) => each.endsWith(` → ${to}`));
        const consumer = isReached
          ? risky("may wait for it")
          : breaking(`waits for ${to} for ever: nothing leads there`);
        note(where, `${edge} is no step any more`, consumer, risky("may still take it"));
      }
  };
  fields("", plain(old) as Fields, plain(now) as Fields);
  return found;
}

type Machine = { readonly states: ReadonlySet<string>; readonly edges: ReadonlySet<string> };

/** A state machine: named moves with `from` and `to`, or for each state where its moves lead. What moves are called is no matter. */
function machineIn(value: unknown): Machine | undefined {
  if (!isFields(value) && !Array.isArray(value)) return undefined;
  const entries = Object.entries(value);
  const isMove = (each: unknown): each is { from: string; to: string } =>
    isFields(each) && typeof each.from === "string" && typeof each.to === "string";
  if (entries.length > 0 && entries.every(([, each]) => isMove(each))) {
    const edges = entries.map(([, each]) => each as { from: string; to: string });
    return machineOf(edges.map(({ from, to }) => [from, to]));
  }
  const names = new Set(entries.map(([name]) => name));
  const leads = (each: unknown): boolean =>
    isFields(each) && Object.values(each).every((to) => typeof to === "string" && names.has(to));
  if (!isFields(value) || entries.length < 2 || !entries.every(([, each]) => leads(each))) return undefined;
  const edges = entries.flatMap(([from, each]) =>
    Object.values(each as Readonly<Record<string, string>>).map((to): [string, string] => [from, to]),
  );
  if (edges.length === 0) return undefined;
  return { states: names, edges: machineOf(edges).edges };
}

function machineOf(edges: readonly (readonly [string, string])[]): Machine {
  return { states: new Set(edges.flat()), edges: new Set(edges.map(([from, to]) => `${from} → ${to}`)) };
}

/** Data alone: sets as lists in a fixed order, maps as objects, nothing of functions and prose. */
function plain(value: unknown): unknown {
  if (value instanceof Set) return [...value].map(plain).sort((a, b) => (canonical(a) < canonical(b) ? -1 : 1));
  if (value instanceof Map) return plain(Object.fromEntries([...value].map(([name, each]) => [String(name), each])));
  if (Array.isArray(value)) return value.map(plain);
  if (!isFields(value)) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([name, each]) => typeof each !== "function" && each !== undefined && !prose.has(name))
      .map(([name, each]) => [name, plain(each)]),
  );
}
