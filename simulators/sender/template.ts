import { marks } from "./form.ts";

type Mark = keyof typeof marks;

/** Bytes in which only a few words differ from message to message: made once, then copied and overwritten. */
export type Template = {
  readonly bytes: Uint8Array;
  /** Where each mark stands; a mark that is missing is not there. */
  readonly places: readonly { readonly mark: Mark; readonly at: number }[];
};

const order: readonly Mark[] = ["name", "head", "middle", "tail", "sentAt"];

export function templateOf(content: string | Uint8Array): Template {
  const bytes = Buffer.from(content);
  const places = order.flatMap((mark) => {
    const at = bytes.indexOf(marks[mark]);
    return at < 0 ? [] : [{ mark, at }];
  });
  return { bytes, places };
}

/** A copy of the template with a word for each mark; each is ASCII and as long as its mark. */
export function filled(template: Template, words: Readonly<Partial<Record<Mark, string>>>): Uint8Array {
  const bytes = new Uint8Array(template.bytes);
  for (const { mark, at } of template.places) {
    const word = words[mark] ?? "";
    for (let i = 0; i < word.length; i++) bytes[at + i] = word.charCodeAt(i);
  }
  return bytes;
}
