/** What several JSON values have in common, and where they differ in more than what stands in their fields. */
export type Common = {
  readonly value: unknown;
  /** Lists that were empty at least once; paths as in `ShapeOptions`. */
  readonly mayBeEmpty: readonly string[];
  /** Texts that were not always the same. */
  readonly varying: readonly string[];
};

/** Fields that every one of them has, with something in it; elements of lists count as values of one kind. */
export function common(values: readonly unknown[]): Common {
  const mayBeEmpty = new Set<string>();
  const varying = new Set<string>();
  const shared = (all: readonly unknown[], path: string): unknown => {
    const [first] = all;
    if (all.every(Array.isArray)) {
      if (all.some((list) => list.length === 0)) mayBeEmpty.add(path);
      const elements = all.flat();
      return elements.length === 0 ? [] : [shared(elements, path)];
    }
    if (all.every(isFields)) {
      const names = Object.keys(first as Fields).filter((name) => all.every((one) => isSaid(one[name])));
      return Object.fromEntries(
        names.flatMap((name): [string, unknown][] => {
          const at = path === "" ? name : `${path}.${name}`;
          const each = all.map((one) => one[name]);
          return isOneKind(each) ? [[name, shared(each, at)]] : [];
        }),
      );
    }
    if (all.some((one) => one !== first)) varying.add(path);
    return first;
  };
  return { value: shared(values, ""), mayBeEmpty: [...mayBeEmpty], varying: [...varying] };
}

type Fields = Readonly<Record<string, unknown>>;

function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isSaid(value: unknown): boolean {
  return value !== null && value !== undefined;
}

function isOneKind(values: readonly unknown[]): boolean {
  const kindOf = (value: unknown): string => (Array.isArray(value) ? "list" : typeof value);
  return new Set(values.map(kindOf)).size === 1;
}
