import type { Content } from "../../core/scenario.ts";
import { marks } from "./form.ts";
import { accentFamily, families, firstName, syntheticNumber } from "./people.ts";
import { story } from "./text.ts";

export type MailTextOrder = {
  readonly content: Content;
  /** Which family; any integer of 0 or more. */
  readonly family: number;
  /** The name of the municipality it is written to. */
  readonly municipality: string;
};

/** Text in markdown, and the plain title above it, with marks where canaries go: the title has the one that names the child. */
export type MarkedMail = { readonly title: string; readonly text: string };

/** What the police write of themselves, without a form. Synthetic people. */
export function markedMail({ content, family: drawn, municipality }: MailTextOrder): MarkedMail {
  const accents = content === "accents" || content === "decomposed";
  const nth = drawn % families.length;
  const family = accents ? accentFamily : (families[nth] ?? accentFamily);
  const { concern, history, otherViews } = story(content);
  const count = content === "many-children" ? 9 : content === "short" ? 1 : 2;
  const first = `${firstName(nth * 2, accents)} ${marks.name} ${family.surname}`;
  const children = Array.from({ length: count }, (_, i) => {
    const name = i === 0 ? first : `${firstName(nth * 2 + i, accents)} ${family.surname}`;
    return content === "unborn" && i === 0
      ? `- ${name}, ikke født`
      : `- ${name}, fødselsnummer ${syntheticNumber(nth * 10 + i)}`;
  });
  const lines = [
    `# Bekymringsmelding til barneverntjenesten i ${municipality}`,
    `${marks.head} ${concern}`,
    `Meldingen gjelder:\n\n${children.join("\n")}`,
    `**Bakgrunn.** ${marks.middle} ${history}`,
    `**Foresatte.** ${family.guardians.join(" og ")}, ${family.street}, ${family.postcode} ${family.town}.`,
    `**Annet.** ${otherViews} ${marks.tail}`,
  ];
  return { title: `Bekymringsmelding: ${first}`, text: `${lines.join("\n\n")}\n` };
}
