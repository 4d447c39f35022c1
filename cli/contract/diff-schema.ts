import { breaking, canonical, type Difference, type Effect, isFields, risky, safe } from "./difference.ts";

type Schema = Readonly<Record<string, unknown>>;

/** Follows a reference: the schema it leads to, within the description that it stands in. */
export type Resolve = (schema: Schema) => Schema;

/** Who sends what is described: consumers send requests, providers answers and messages. */
export type Direction = "consumer sends" | "provider sends";

/** What a change means for whoever sends by the old schema, and for whoever reads by it. */
type Meaning = { readonly oldSender: Effect; readonly oldReader: Effect };

type Side = { readonly schema: Schema; readonly resolve: Resolve };

/** Two schemas of one thing, compared: fields, kinds, enumerations, limits. */
export function schemaDifferences(where: string, direction: Direction, old: Side, now: Side): readonly Difference[] {
  const found: Difference[] = [];
  const seen = new Set<string>();
  const note = (place: string, what: string, { oldSender, oldReader }: Meaning): void => {
    const [consumer, provider] = direction === "consumer sends" ? [oldSender, oldReader] : [oldReader, oldSender];
    found.push({ where: `${where}${place}`, what, consumer, provider });
  };
  const compare = (place: string, before: Schema, after: Schema): void => {
    const a = whole(before, old.resolve);
    const b = whole(after, now.resolve);
    const pair = `${canonical(a)} ${canonical(b)}`;
    if (canonical(a) === canonical(b) && !pair.includes('"$ref"')) return;
    if (seen.has(pair)) return;
    seen.add(pair);
    for (const [what, meaning] of [...kinds(a, b), ...values(a, b), ...limits(a, b)]) note(place, what, meaning);
    fields(place, a, b);
    if (isFields(a.items) && isFields(b.items)) compare(`${place}/*`, a.items, b.items);
    const [anyA, anyB] = [a.additionalProperties, b.additionalProperties];
    if (isFields(anyA) && isFields(anyB)) compare(`${place}/{any}`, anyA, anyB);
    for (const word of ["oneOf", "anyOf"] as const) variants(place, word, a, b);
  };
  const fields = (place: string, a: Schema, b: Schema): void => {
    const [before, after] = [fieldsOf(a), fieldsOf(b)];
    const [wasDue, isDue] = [new Set(listOf(a.required)), new Set(listOf(b.required))];
    const [wasClosed, isClosed] = [a.additionalProperties === false, b.additionalProperties === false];
    for (const name of new Set([...Object.keys(before), ...Object.keys(after), ...wasDue, ...isDue])) {
      const at = `${place}/${name}`;
      const was = Object.hasOwn(before, name) || wasDue.has(name);
      const is = Object.hasOwn(after, name) || isDue.has(name);
      if (!was)
        note(
          at,
          isDue.has(name) ? "a required field is new" : "an optional field is new",
          added(isDue.has(name), wasClosed),
        );
      else if (!is)
        note(
          at,
          wasDue.has(name) ? "a required field is gone" : "an optional field is gone",
          removed(wasDue.has(name), isClosed),
        );
      else {
        if (wasDue.has(name) && !isDue.has(name)) note(at, "it may be left out now", relaxed);
        if (!wasDue.has(name) && isDue.has(name)) note(at, "it is required now", demanded);
        const [one, other] = [before[name], after[name]];
        if (isFields(one) && isFields(other)) compare(at, one, other);
      }
    }
    if (isClosed && !wasClosed) note(place, "further fields are no longer allowed", closed);
    if (wasClosed && !isClosed) note(place, "further fields are allowed now", opened);
  };
  const variants = (place: string, word: "oneOf" | "anyOf", a: Schema, b: Schema): void => {
    const [before, after] = [variantsIn(a[word], old.resolve), variantsIn(b[word], now.resolve)];
    for (const [key, schema] of before) {
      const other = after.get(key);
      if (other !== undefined) compare(`${place}/${key}`, schema, other);
      else if (after.size > 0) note(place, `the variant ${key} is gone`, valueGone(key));
    }
    for (const key of after.keys())
      if (before.size > 0 && !before.has(key)) note(place, `the variant ${key} is new`, valueNew(key));
  };
  compare("", old.schema, now.schema);
  return found;
}

const added = (isRequired: boolean, oldReaderIsClosed: boolean): Meaning => ({
  oldSender: isRequired ? breaking("does not send it, and is refused") : safe("need not send it"),
  oldReader: oldReaderIsClosed
    ? breaking("allows no further fields, and refuses it")
    : safe("reads past what it does not know"),
});
const removed = (wasRequired: boolean, newReaderIsClosed: boolean): Meaning => ({
  oldSender: newReaderIsClosed
    ? breaking("still sends it, and is refused")
    : risky("still sends it, and nobody reads it any more"),
  oldReader: wasRequired ? breaking("counts on it, and it never comes") : risky("may count on it, and it never comes"),
});
const relaxed: Meaning = {
  oldSender: safe("sends it all the same"),
  oldReader: breaking("counts on it, and may not get it"),
};
const demanded: Meaning = {
  oldSender: breaking("may leave it out, and is refused"),
  oldReader: safe("gets it every time"),
};
const closed: Meaning = {
  oldSender: risky("is refused if it sends more than is described"),
  oldReader: safe("gets nothing but what it knows"),
};
const opened: Meaning = {
  oldSender: safe("need not send more"),
  oldReader: breaking("allows no further fields, and may get some"),
};
const valueNew = (value: string): Meaning => ({
  oldSender: safe("need not say it"),
  oldReader: breaking(`does not know ${value}: what says so is refused or, worse, dropped`),
});
const valueGone = (value: string): Meaning => ({
  oldSender: breaking(`may still say ${value}, and is refused`),
  oldReader: safe(`hears ${value} no more`),
});

type Found = readonly [what: string, meaning: Meaning];

function kinds(a: Schema, b: Schema): Found[] {
  const [before, after] = [kindsOf(a), kindsOf(b)];
  if (before.length === 0 && after.length === 0) return [];
  const gone = before.filter((kind) => !takes(after, kind));
  const anew = after.filter((kind) => !takes(before, kind));
  if (gone.length === 0 && anew.length === 0) return [];
  const what = `its kind was ${before.join(" or ") || "any"}, and is ${after.join(" or ") || "any"}`;
  return [
    [
      what,
      {
        oldSender:
          gone.length > 0 || before.length === 0
            ? breaking("sends the old kind, and is refused")
            : safe("sends what is still taken"),
        oldReader:
          anew.length > 0 || after.length === 0
            ? breaking("expects the old kind, and may get another")
            : safe("gets what it knows"),
      },
    ],
  ];
}

/** Whether a list of kinds takes one; an integer is a number too, and no list takes all. */
function takes(kindsTaken: readonly string[], kind: string): boolean {
  return kindsTaken.length === 0 || kindsTaken.includes(kind) || (kind === "integer" && kindsTaken.includes("number"));
}

function values(a: Schema, b: Schema): Found[] {
  const [before, after] = [valuesOf(a), valuesOf(b)];
  if (before === undefined && after === undefined) return [];
  if (before === undefined)
    return [
      [
        `only ${after?.join(", ")} may be said now`,
        {
          oldSender: breaking("may say something else, and is refused"),
          oldReader: safe("hears nothing that it did not before"),
        },
      ],
    ];
  if (after === undefined)
    return [
      [
        `anything may be said now, not only ${before.join(", ")}`,
        { oldSender: safe("says what is still taken"), oldReader: breaking("may hear what it does not know") },
      ],
    ];
  return [
    ...after.filter((value) => !before.includes(value)).map((value): Found => [`${value} is new`, valueNew(value)]),
    ...before.filter((value) => !after.includes(value)).map((value): Found => [`${value} is gone`, valueGone(value)]),
  ];
}

const atMost = ["maxLength", "maximum", "exclusiveMaximum", "maxItems", "maxProperties"] as const;
const atLeast = ["minLength", "minimum", "exclusiveMinimum", "minItems", "minProperties"] as const;
const tighter: Meaning = {
  oldSender: breaking("may send what was allowed, and is refused"),
  oldReader: safe("gets nothing that it did not before"),
};
const looser: Meaning = {
  oldSender: safe("sends what is still taken"),
  oldReader: risky("may get more, or less, than it has room for"),
};
const other: Meaning = {
  oldSender: risky("may send what no longer fits"),
  oldReader: risky("may get what did not fit before"),
};

function limits(a: Schema, b: Schema): Found[] {
  const found: Found[] = [];
  for (const [words, none] of [
    [atMost, Number.POSITIVE_INFINITY],
    [atLeast, Number.NEGATIVE_INFINITY],
  ] as const)
    for (const word of words) {
      const [was, is] = [numberOr(a[word], none), numberOr(b[word], none)];
      if (was === is) continue;
      const isTighter = words === atMost ? is < was : is > was;
      found.push([`${word} was ${shown(was)}, and is ${shown(is)}`, isTighter ? tighter : looser]);
    }
  for (const word of ["pattern", "format", "contentEncoding", "multipleOf"] as const) {
    if (canonical(a[word]) === canonical(b[word])) continue;
    const meaning = a[word] === undefined ? tighter : b[word] === undefined ? looser : other;
    found.push([`${word} was ${a[word] ?? "none"}, and is ${b[word] ?? "none"}`, meaning]);
  }
  return found;
}

function shown(limit: number): string {
  return Number.isFinite(limit) ? String(limit) : "none";
}

function numberOr(value: unknown, otherwise: number): number {
  return typeof value === "number" ? value : otherwise;
}

/** A schema with its reference followed and its `allOf` put together. */
function whole(schema: Schema, resolve: Resolve): Schema {
  const found = resolve(schema);
  if (!Array.isArray(found.allOf)) return found;
  const { allOf, ...own } = found;
  const parts = [own, ...allOf.filter(isFields).map((part) => whole(part, resolve))];
  return {
    ...Object.assign({}, ...parts),
    properties: Object.assign({}, ...parts.map(({ properties }) => properties ?? {})),
    required: [...new Set(parts.flatMap(({ required }) => listOf(required)))],
  };
}

function fieldsOf({ properties }: Schema): Readonly<Record<string, unknown>> {
  return isFields(properties) ? properties : {};
}

function listOf(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.map(String) : [];
}

function kindsOf({ type, nullable }: Schema): readonly string[] {
  const named = typeof type === "string" ? [type] : listOf(type);
  return nullable === true ? [...named, "null"] : named;
}

function valuesOf(schema: Schema): readonly string[] | undefined {
  if (Object.hasOwn(schema, "const")) return [canonical(schema.const)];
  return Array.isArray(schema.enum) ? schema.enum.map(canonical) : undefined;
}

/** Variants by the fixed word that tells them apart, where they have one; else by all that they say. */
function variantsIn(list: unknown, resolve: Resolve): ReadonlyMap<string, Schema> {
  const found = new Map<string, Schema>();
  if (!Array.isArray(list)) return found;
  for (const each of list.filter(isFields)) {
    const schema = whole(each, resolve);
    const tag = Object.entries(fieldsOf(schema)).find(([, field]) => isFields(field) && Object.hasOwn(field, "const"));
    const key =
      tag === undefined ? canonical(withoutWords(schema)) : `${tag[0]}=${canonical((tag[1] as Schema).const)}`;
    found.set(key.slice(0, 80), schema);
  }
  return found;
}

const prose: ReadonlySet<string> = new Set(["description", "title", "summary", "examples", "example", "$comment"]);

/** Without what is written for people. */
function withoutWords(schema: Schema): Schema {
  return Object.fromEntries(Object.entries(schema).filter(([name]) => !prose.has(name)));
}
