/** The text is no YAML, or is of a part of YAML that is not read here. */
export class YamlError extends Error {
  override readonly name = "YamlError";
}

type Line = { readonly indent: number; readonly text: string; readonly number: number };

/**
 * Reads YAML as OpenAPI descriptions are written: blocks, lists, flow collections over several lines, quoted and plain
 * scalars, literal and folded texts, comments. No anchors, tags, or several documents.
 *
 * @throws {YamlError} It is anything else; the message names the line.
 */
export function readYaml(text: string): unknown {
  return new Reader(text).whole();
}

class Reader {
  readonly #raw: readonly string[];
  readonly #lines: readonly Line[];
  #at = 0;

  constructor(text: string) {
    this.#raw = text.split(/\r?\n/);
    this.#lines = this.#raw.flatMap((raw, i): Line[] => {
      const trimmed = raw.trim();
      if (trimmed === "" || trimmed.startsWith("#") || (i === 0 && trimmed === "---")) return [];
      if (/^\s*\t/.test(raw)) throw new YamlError(`line ${i + 1}: indented with a tab`);
      return [{ indent: raw.length - raw.trimStart().length, text: raw.trimEnd().trimStart(), number: i + 1 }];
    });
  }

  whole(): unknown {
    const value = this.#lines.length === 0 ? null : this.#block(this.#lines[0]?.indent ?? 0);
    const rest = this.#lines[this.#at];
    if (rest !== undefined) throw this.#wrong(rest, "is not indented like what stands before it");
    return value;
  }

  #wrong({ number }: Line, why: string): YamlError {
    return new YamlError(`line ${number}: ${why}`);
  }

  #block(indent: number): unknown {
    const line = this.#lines[this.#at];
    if (line === undefined) return null;
    if (line.text === "-" || line.text.startsWith("- ")) return this.#list(indent);
    if (keyOf(line.text) !== undefined) return this.#map(indent);
    this.#at += 1;
    return this.#value(line.text, line);
  }

  #list(indent: number): unknown[] {
    const list: unknown[] = [];
    for (;;) {
      const line = this.#lines[this.#at];
      if (line === undefined || line.indent !== indent || !(line.text === "-" || line.text.startsWith("- ")))
        return list;
      const rest = line.text.slice(1).trimStart();
      if (rest === "") {
        this.#at += 1;
        list.push(this.#below(indent));
        continue;
      }
      // What stands after the mark is a block of its own, indented as far as it stands.
      const inner = line.indent + line.text.length - rest.length;
      const isMap = keyOf(rest) !== undefined && !/^[[{"']/.test(rest);
      if (!isMap) {
        this.#at += 1;
        list.push(this.#value(rest, line));
        continue;
      }
      (this.#lines as Line[])[this.#at] = { indent: inner, text: rest, number: line.number };
      list.push(this.#map(inner));
    }
  }

  #map(indent: number): Record<string, unknown> {
    const map: Record<string, unknown> = {};
    for (;;) {
      const line = this.#lines[this.#at];
      if (line === undefined || line.indent !== indent) {
        if (line !== undefined && line.indent > indent) throw this.#wrong(line, "is indented too far");
        return map;
      }
      const key = keyOf(line.text);
      if (key === undefined) return map;
      if (Object.hasOwn(map, key.name)) throw this.#wrong(line, `has ${key.name} a second time`);
      this.#at += 1;
      map[key.name] = key.rest === "" ? this.#below(indent) : this.#value(key.rest, line);
    }
  }

  /** What stands below a key or mark: a deeper block, a list that is indented no deeper, or nothing. */
  #below(indent: number): unknown {
    const next = this.#lines[this.#at];
    if (next === undefined) return null;
    if (next.indent > indent) return this.#block(next.indent);
    if (next.indent === indent && next.text.startsWith("- ")) return this.#list(indent);
    return null;
  }

  #value(text: string, line: Line): unknown {
    const mark = /^([|>])[+-]?\s*(#.*)?$/.exec(text)?.[1];
    if (mark !== undefined) return this.#text(line, mark === ">");
    if (/^[&*!]/.test(text)) throw this.#wrong(line, "has an anchor, alias or tag, which are not read");
    if (text.startsWith("{") || text.startsWith("[")) return this.#flow(text, line);
    return scalar(text, () => this.#wrong(line, "has a quotation that does not end"));
  }

  /** A literal (`|`) or folded (`>`) text: the lines below that are indented further. */
  #text(line: Line, isFolded: boolean): string {
    const found: string[] = [];
    let at = line.number;
    const outer = (this.#raw[line.number - 1] ?? "").length - (this.#raw[line.number - 1] ?? "").trimStart().length;
    for (; at < this.#raw.length; at++) {
      const raw = this.#raw[at] ?? "";
      if (raw.trim() !== "" && raw.length - raw.trimStart().length <= outer) break;
      found.push(raw);
    }
    while ((this.#lines[this.#at]?.number ?? Number.POSITIVE_INFINITY) <= at) this.#at += 1;
    const indent = Math.min(
      ...found.filter((raw) => raw.trim() !== "").map((raw) => raw.length - raw.trimStart().length),
    );
    const lines = found.map((raw) => raw.slice(indent));
    return isFolded ? lines.join(" ").trim() : `${lines.join("\n").trimEnd()}\n`;
  }

  /** A flow collection, which may go on over further lines. */
  #flow(first: string, line: Line): unknown {
    let text = first;
    for (;;) {
      const read = new Flow(text);
      try {
        return read.whole();
      } catch (error) {
        const next = this.#lines[this.#at];
        if (!(error instanceof Unfinished) || next === undefined)
          throw this.#wrong(line, error instanceof Error ? error.message : String(error));
        text += ` ${next.text}`;
        this.#at += 1;
      }
    }
  }
}

class Unfinished extends Error {
  constructor() {
    super("has a { or [ that does not end");
  }
}

class Flow {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  whole(): unknown {
    const value = this.#value();
    this.#blank();
    if (this.#at < this.#text.length && this.#text[this.#at] !== "#")
      throw new Error(`has ${this.#text.slice(this.#at)} after its end`);
    return value;
  }

  #value(): unknown {
    this.#blank();
    switch (this.#text[this.#at]) {
      case "{":
        return this.#map();
      case "[":
        return this.#list();
      default:
        return this.#scalar(/[,\]}]/);
    }
  }

  #map(): Record<string, unknown> {
    const map: Record<string, unknown> = {};
    this.#at += 1;
    for (;;) {
      this.#blank();
      if (this.#take("}")) return map;
      const name = String(this.#scalar(/:(?=[\s,}\]]|$)|[,}]/));
      this.#blank();
      map[name] = this.#take(":") ? this.#value() : null;
      this.#blank();
      if (!this.#take(",") && this.#peek() !== "}") throw new Error("has no comma between two fields");
    }
  }

  #list(): unknown[] {
    const list: unknown[] = [];
    this.#at += 1;
    for (;;) {
      this.#blank();
      if (this.#take("]")) return list;
      list.push(this.#value());
      this.#blank();
      if (!this.#take(",") && this.#peek() !== "]") throw new Error("has no comma between two elements");
    }
  }

  #scalar(until: RegExp): unknown {
    const quote = this.#peek();
    if (quote === '"' || quote === "'") {
      const end = endOfQuote(this.#text, this.#at);
      if (end < 0) throw new Unfinished();
      const text = this.#text.slice(this.#at, end);
      this.#at = end;
      return scalar(text, () => new Unfinished());
    }
    const rest = this.#text.slice(this.#at);
    const end = until.exec(rest)?.index;
    if (end === undefined) throw new Unfinished();
    this.#at += end;
    return scalar(rest.slice(0, end).trim(), () => new Unfinished());
  }

  #blank(): void {
    while (this.#at < this.#text.length && /\s/.test(this.#text[this.#at] ?? "")) this.#at += 1;
  }

  #peek(): string {
    if (this.#at >= this.#text.length) throw new Unfinished();
    return this.#text[this.#at] as string;
  }

  #take(mark: string): boolean {
    if (this.#peek() !== mark) return false;
    this.#at += 1;
    return true;
  }
}

/** Where a quotation that begins at a place ends, the mark after it; -1 if it does not. */
function endOfQuote(text: string, from: number): number {
  const quote = text[from];
  for (let at = from + 1; at < text.length; at++) {
    if (quote === '"' && text[at] === "\\") at++;
    else if (text[at] === quote) {
      if (quote === "'" && text[at + 1] === "'") at++;
      else return at + 1;
    }
  }
  return -1;
}

function keyOf(text: string): { readonly name: string; readonly rest: string } | undefined {
  if (text.startsWith('"') || text.startsWith("'")) {
    const end = endOfQuote(text, 0);
    if (end < 0 || !/^\s*:(\s|$)/.test(text.slice(end))) return undefined;
    const name = String(scalar(text.slice(0, end), () => new YamlError("a quotation does not end")));
    return { name, rest: withoutComment(text.slice(text.indexOf(":", end) + 1).trim()) };
  }
  if (/^[[{]/.test(text)) return undefined;
  const found = /^([^#]*?):(?:\s+(.*))?$/.exec(text);
  return found === null ? undefined : { name: (found[1] ?? "").trim(), rest: withoutComment((found[2] ?? "").trim()) };
}

function withoutComment(text: string): string {
  if (/^["'[{|>]/.test(text)) return text;
  return text.startsWith("#") ? "" : text.replace(/\s+#.*$/, "");
}

function scalar(text: string, unended: () => Error): unknown {
  if (text.startsWith('"')) {
    const end = endOfQuote(text, 0);
    if (end < 0) throw unended();
    return JSON.parse(text.slice(0, end));
  }
  if (text.startsWith("'")) {
    const end = endOfQuote(text, 0);
    if (end < 0) throw unended();
    return text.slice(1, end - 1).replaceAll("''", "'");
  }
  const plain = withoutComment(text);
  if (plain === "" || plain === "~" || plain === "null") return null;
  if (plain === "true" || plain === "false") return plain === "true";
  return /^[-+]?(0|[1-9]\d*)(\.\d+)?([eE][-+]?\d+)?$/.test(plain) ? Number(plain) : plain;
}
