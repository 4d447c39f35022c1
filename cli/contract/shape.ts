import { standing } from "./agreed.ts";
import { type Matcher, type Rules, rule } from "./pact-file.ts";
import { isWord } from "./words.ts";

/** A value with all that could be somebody's taken out, and how what stands for it is matched. */
export type Shaped = { readonly value: unknown; readonly rules: Rules };

export type ShapeOptions = {
  /** `says`: a request, whose words of the wire are kept. `hears`: an answer, in which only `exactly` is held to the letter. */
  readonly as: "says" | "hears";
  /** Paths without list marks, `messages.status`, whose words are held to the letter. */
  readonly exactly?: readonly string[];
  /** Only these paths, and what lies below them; everything unless said. */
  readonly only?: readonly string[];
  /** Lists that may be empty. */
  readonly mayBeEmpty?: readonly string[];
};

type Node = { readonly place: string; readonly path: string; readonly name: string; readonly inList: boolean };

/** Names of fields are part of a contract; one that is no name may be content. */
const fieldName = /^[A-Za-z$_][\w$.-]{0,60}$/;
const digitsInRow = /\d{6}/;

/** Takes the shape of a JSON value: its fields and kinds, never its texts, numbers or lengths. */
export function shaped(value: unknown, options: ShapeOptions): Shaped {
  const rules: Record<string, Rules[string]> = {};
  const shape = (one: unknown, node: Node): unknown => {
    const match = (matcher: Matcher): void => {
      rules[node.place] = rule(matcher);
    };
    if (typeof one === "string") {
      const exact = options.as === "says" ? !node.inList : options.exactly?.includes(node.path) === true;
      if (isWord(one)) {
        if (!exact) match({ match: "type" });
        return one;
      }
      const { value: stands, regex } = standing(node.path === "source.id" ? "source.id" : node.name, one);
      match(regex === undefined ? { match: "type" } : { match: "regex", regex });
      return stands;
    }
    if (typeof one === "number") {
      match({ match: Number.isInteger(one) ? "integer" : "number" });
      return node.name === "ttl" ? 3_600_000 : 1;
    }
    if (typeof one === "boolean") {
      match({ match: "boolean" });
      return isAboutPeople(node.path) ? false : one;
    }
    if (Array.isArray(one)) {
      const richest = one.reduce<unknown>((most, each) => (sizeOf(each) > sizeOf(most) ? each : most), one[0]);
      if (one.length === 0) {
        match({ match: "type" });
        return [];
      }
      match({ match: "type", min: options.mayBeEmpty?.includes(node.path) === true ? 0 : 1 });
      return [shape(richest, { ...node, place: `${node.place}[*]`, inList: true })];
    }
    if (typeof one === "object" && one !== null) {
      const fields = Object.entries(one).flatMap(([name, each]): [string, unknown][] => {
        const path = node.path === "" ? name : `${node.path}.${name}`;
        if (!fieldName.test(name) || digitsInRow.test(name) || !isWanted(path, options)) return [];
        // What is null today may be anything tomorrow.
        if (options.as === "hears" && each === null) return [];
        const step = /^[A-Za-z_]\w*$/.test(name) ? `.${name}` : `['${name}']`;
        return [[name, shape(each, { place: node.place + step, path, name, inList: node.inList })]];
      });
      return Object.fromEntries(fields);
    }
    return one;
  };
  const result = shape(value, { place: "$", path: "", name: "", inList: false });
  return { value: result, rules };
}

function isWanted(path: string, { only }: ShapeOptions): boolean {
  return (
    only === undefined ||
    only.some((wanted) => wanted === path || path.startsWith(`${wanted}.`) || wanted.startsWith(`${path}.`))
  );
}

/** What of a form may tell of a child, even where it is yes or no. */
function isAboutPeople(path: string): boolean {
  return /(^|\.)(payload|form|offentligBarn|privatBarn|foresatte|offentligMelder|privatMelder|melding)(\.|$)/.test(
    path,
  );
}

/** How much a value says, for choosing the example among several. */
export function sizeOf(value: unknown): number {
  if (Array.isArray(value)) return 1 + value.reduce<number>((most, each) => Math.max(most, sizeOf(each)), 0);
  if (typeof value === "object" && value !== null)
    return Object.values(value).reduce<number>((sum, each) => sum + sizeOf(each), 1);
  return value === null || value === undefined ? 0 : 1;
}
