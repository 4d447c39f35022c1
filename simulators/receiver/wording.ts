/** A text as it is compared: equal after NFC, line ends and trailing blanks. */
export type Wording = {
  readonly text: string;
  /** No document that says this is longer, however it ends its lines and composes its letters. */
  readonly mostBytes: number;
};

/** Room for line ends, blanks behind lines and letters in parts. */
const mostTimesLonger = 4;

/** @source RULES.md, *Fidelity*: text */
export function wordingOf(text: string): Wording {
  return { text: wording(text), mostBytes: text.length * mostTimesLonger };
}

/** Whether a JSON value is this text, or has it in one of its fields, however deep. */
export function saysText(value: unknown, sought: Wording): boolean {
  const left = [value];
  while (left.length > 0) {
    const one = left.pop();
    if (typeof one === "string") {
      if (one.length <= sought.mostBytes && wording(one) === sought.text) return true;
    } else if (typeof one === "object" && one !== null) for (const inner of Object.values(one)) left.push(inner);
  }
  return false;
}

function wording(text: string): string {
  return text
    .normalize("NFC")
    .split(/\r\n|\r|\n/)
    .map((line) => line.trimEnd())
    .join("\n")
    .trimEnd();
}
