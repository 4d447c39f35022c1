/** Colours of a terminal; plain text where none are wanted. */
export type Ink = {
  readonly bold: (text: string) => string;
  readonly dim: (text: string) => string;
  readonly red: (text: string) => string;
  readonly green: (text: string) => string;
  readonly yellow: (text: string) => string;
  readonly cyan: (text: string) => string;
};

const plain = (text: string): string => text;
const coloured =
  (on: number, off: number) =>
  (text: string): string =>
    `\u001b[${on}m${text}\u001b[${off}m`;

export function inkOf(colour: boolean): Ink {
  if (!colour) return { bold: plain, dim: plain, red: plain, green: plain, yellow: plain, cyan: plain };
  return {
    bold: coloured(1, 22),
    dim: coloured(2, 22),
    red: coloured(31, 39),
    green: coloured(32, 39),
    yellow: coloured(33, 39),
    cyan: coloured(36, 39),
  };
}

/** The columns a text takes, its colours left out. */
export function columns(text: string): number {
  let width = 0;
  for (const { segment } of graphemes.segment(text.replaceAll(escapes, ""))) width += segment === "" ? 0 : 1;
  return width;
}

const graphemes = new Intl.Segmenter("en", { granularity: "grapheme" });
// biome-ignore lint/suspicious/noControlCharactersInRegex: this is what a colour starts with.
const escapes = /\u001b\[\d+m/g;

/** The text filled up with blanks to a width. */
export function padded(text: string, width: number): string {
  return text + " ".repeat(Math.max(0, width - columns(text)));
}

/** The text in the middle of a width. */
export function centred(text: string, width: number): string {
  const room = Math.max(0, width - columns(text));
  return " ".repeat(Math.floor(room / 2)) + text + " ".repeat(Math.ceil(room / 2));
}

/** The text cut to a width, with `…` where something is missing. */
export function cut(text: string, width: number): string {
  return columns(text) <= width ? text : `${[...text].slice(0, Math.max(0, width - 1)).join("")}…`;
}

/**
 * Lines of at most so many columns, broken between words; a longer word keeps a line of its own. Words joined by
 * no-break spaces stay together, and are printed with plain ones.
 */
export function wrapped(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(/[ \t\r\n]+/)) {
    if (line !== "" && columns(line) + 1 + columns(word) > width) {
      lines.push(line);
      line = word;
    } else line = line === "" ? word : `${line} ${word}`;
  }
  lines.push(line);
  return lines.map((whole) => whole.replaceAll("\u00a0", " "));
}

/** The text of lines with a head on the first: `Why    because …`, later lines indented below it. */
export function hanging(head: string, text: string, width: number): string[] {
  const indent = columns(head);
  return wrapped(text, Math.max(20, width - indent)).map((line, i) => (i === 0 ? head : " ".repeat(indent)) + line);
}
