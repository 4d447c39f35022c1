import { type Resolve, schemaDifferences } from "./diff-schema.ts";
import { breaking, canonical, type Difference, type Effect, isFields, risky, safe } from "./difference.ts";

type Fields = Readonly<Record<string, unknown>>;

/** A description with its references. */
export type Described = { readonly document: Fields; readonly resolve: Resolve };

const methods = ["get", "put", "post", "delete", "patch", "head", "options"] as const;

/** Two OpenAPI descriptions, operation by operation. */
export function openapiDifferences(file: string, old: Described, now: Described): readonly Difference[] {
  const [before, after] = [operationsOf(old), operationsOf(now)];
  const found: Difference[] = [];
  const note = (where: string, what: string, consumer: Effect, provider: Effect): void => {
    found.push({ where: `${file} ${where}`, what, consumer, provider });
  };
  for (const [name, was] of before) {
    const is = after.get(name);
    if (is === undefined)
      note(name, "the operation is gone", breaking("asks for what is no longer there"), safe("is asked for less"));
    else found.push(...operationDifferences(`${file} ${name}`, { ...old, document: was }, { ...now, document: is }));
  }
  for (const name of after.keys())
    if (!before.has(name))
      note(name, "the operation is new", safe("does not ask for it"), risky("may be asked for what it does not have"));
  if (canonical(old.document.security) !== canonical(now.document.security))
    note(
      "security",
      "who may ask is told otherwise",
      breaking("shows the old credentials"),
      breaking("asks for the old credentials"),
    );
  return found;
}

/** By `POST /a/{}`: how a parameter of the path is called is nobody's concern. */
function operationsOf({ document, resolve }: Described): ReadonlyMap<string, Fields> {
  const found = new Map<string, Fields>();
  for (const [path, given] of Object.entries(fieldsIn(document.paths))) {
    const item = resolve(fieldsIn(given));
    for (const method of methods) {
      const operation = item[method];
      if (!isFields(operation)) continue;
      const parameters = [...listIn(item.parameters), ...listIn(operation.parameters)];
      found.set(`${method.toUpperCase()} ${path.replace(/\{[^}]*\}/g, "{}")}`, { ...operation, parameters });
    }
  }
  return found;
}

function operationDifferences(where: string, old: Described, now: Described): readonly Difference[] {
  const [a, b] = [old.document, now.document];
  return [
    ...schemaDifferences(
      `${where}, parameters`,
      "consumer sends",
      side(parametersOf(old), old),
      side(parametersOf(now), now),
    ),
    ...contents(`${where}, request`, "consumer sends", [a.requestBody, old], [b.requestBody, now]),
    ...responses(where, old, now),
  ];
}

/** Parameters of query, header and cookie as the fields of one object; those of the path stand in it anyway. */
function parametersOf({ document, resolve }: Described): Fields {
  const parameters = listIn(document.parameters).map((each) => resolve(fieldsIn(each)));
  const named = parameters
    .filter((each) => each.in !== "path")
    .map((each) => [`${each.in} ${each.in === "header" ? String(each.name).toLowerCase() : each.name}`, each] as const);
  return {
    type: "object",
    properties: Object.fromEntries(named.map(([name, { schema }]) => [name, fieldsIn(schema)])),
    required: named.filter(([, { required }]) => required === true).map(([name]) => name),
  };
}

function side(schema: Fields, { resolve }: Described): { readonly schema: Fields; readonly resolve: Resolve } {
  return { schema, resolve };
}

type Carried = readonly [body: unknown, described: Described];

/** The media types of a body, and what each holds. */
function contents(
  where: string,
  direction: "consumer sends" | "provider sends",
  [oldBody, old]: Carried,
  [newBody, now]: Carried,
): readonly Difference[] {
  const before = fieldsIn(old.resolve(fieldsIn(oldBody)).content);
  const after = fieldsIn(now.resolve(fieldsIn(newBody)).content);
  const found: Difference[] = [];
  for (const type of new Set([...Object.keys(before), ...Object.keys(after)])) {
    const [was, is] = [before[type], after[type]];
    if (isFields(was) && isFields(is)) {
      const [one, other] = [fieldsIn(was.schema), fieldsIn(is.schema)];
      found.push(...schemaDifferences(`${where} ${type} `, direction, side(one, old), side(other, now)));
      continue;
    }
    const isGone = isFields(was);
    const [oldSender, oldReader] = isGone
      ? [breaking("still sends it, and is refused"), risky("may wait for it")]
      : [safe("need not send it"), risky("may get it, and cannot read it")];
    const [consumer, provider] = direction === "consumer sends" ? [oldSender, oldReader] : [oldReader, oldSender];
    found.push({ where: `${where} ${type}`, what: `the media type is ${isGone ? "gone" : "new"}`, consumer, provider });
  }
  return found;
}

function responses(where: string, old: Described, now: Described): readonly Difference[] {
  const [before, after] = [fieldsIn(old.document.responses), fieldsIn(now.document.responses)];
  const found: Difference[] = [];
  for (const status of new Set([...Object.keys(before), ...Object.keys(after)])) {
    const at = `${where}, answer ${status}`;
    const [was, is] = [before[status], after[status]];
    const isGood = /^[23]/.test(status);
    if (!isFields(was))
      found.push({
        where: at,
        what: "the status is new",
        consumer: isGood
          ? breaking("may take it for an end that it is not, or for an error")
          : risky("may not know what to do with it"),
        provider: safe("need not answer with it"),
      });
    else if (!isFields(is))
      found.push({
        where: at,
        what: "the status is gone",
        consumer: isGood ? breaking("waits for it") : safe("hears it no more"),
        provider: risky("may still answer with it"),
      });
    else {
      found.push(...contents(at, "provider sends", [was, old], [is, now]));
      const [one, other] = [headersOf(was, old), headersOf(is, now)];
      found.push(...schemaDifferences(`${at}, headers`, "provider sends", side(one, old), side(other, now)));
    }
  }
  return found;
}

function headersOf(given: Fields, { resolve }: Described): Fields {
  const headers = Object.entries(fieldsIn(resolve(given).headers)).map(
    ([name, header]) => [name.toLowerCase(), resolve(fieldsIn(header))] as const,
  );
  return {
    type: "object",
    properties: Object.fromEntries(headers.map(([name, { schema }]) => [name, fieldsIn(schema)])),
    required: headers.filter(([, { required }]) => required === true).map(([name]) => name),
  };
}

function fieldsIn(value: unknown): Fields {
  return isFields(value) ? value : {};
}

function listIn(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
