import { marks } from "./form.ts";
import { markedPdf } from "./pdf.ts";
import { type Template, templateOf } from "./template.ts";

/** A file that mail or an order has besides its first one, with marks where canaries go. */
export type Attachment = {
  readonly name: string;
  readonly mediaType: string;
  /** What its canaries are drawn by. */
  readonly part: string;
  readonly template: Template;
};

const known = new Map<number, Attachment>();

/**
 * Names that Altinn takes and that mean something elsewhere: a way up, a device, another direction, an accent taken apart.
 * The fourth is the first file's and the eighth the fifth's to whoever reads no case, or puts accents together.
 */
const oddNames: readonly string[] = [
  "..%2F..%2Fvedlegg.pdf",
  "COM¹ .txt",
  "\u202Efdp.vedlegg.jpg",
  "Bekymringsmelding.pdf",
  "fravær på høsten.txt".normalize("NFD"),
  "vedlegg;filename=annet.jpg",
  "..vedlegg..pdf",
  "fravær på høsten.txt".normalize("NFC"),
  `${"langt-navn-".repeat(20)}.jpg`,
  "%00.pdf",
  "'; DROP TABLE vedlegg; --.txt",
];

/**
 * The nth further file, from 1: a PDF, a text, a picture, and so on. No two have the same name or the same bytes.
 *
 * @param odd Its name means something to a file system, a URL, a header or a database.
 */
export function attachment(nth: number, odd = false): Attachment {
  let made = known.get(nth);
  if (made === undefined) {
    made = { part: `attachment ${nth}`, ...madeAs(nth) };
    known.set(nth, made);
  }
  const name = odd ? oddNames[nth - 1] : undefined;
  return name === undefined ? made : { ...made, name };
}

function madeAs(nth: number): Pick<Attachment, "name" | "mediaType" | "template"> {
  switch (nth % 3) {
    case 1:
      return { name: `vedlegg-${nth}.pdf`, mediaType: "application/pdf", template: templateOf(markedPdf()) };
    case 2:
      return { name: `vedlegg-${nth}-fravær-på-høsten.txt`, mediaType: "text/plain", template: templateOf(note(nth)) };
    default:
      return { name: `vedlegg-${nth}.jpg`, mediaType: "image/jpeg", template: templateOf(picture(nth)) };
  }
}

/** Lines as another system ends them, and letters outside ASCII: whoever converts either one changes the bytes. */
function note(nth: number): string {
  return [
    `Notat ${nth} – ført av kontaktlærer ${marks.head}`,
    "",
    "Uke 34: tre dager borte. Uke 35: to dager borte, hentet av politiet én kveld.",
    `Uke 36: ${marks.middle} møtte ikke etter høstferien.`,
    "",
    `Slutt på notatet. ${marks.tail}`,
    "",
  ].join("\r\n");
}

/** As much of a JPEG as tells what it is: comments with the marks, and bytes that are no text. */
function picture(nth: number): Uint8Array {
  const comment = (text: string): Buffer =>
    Buffer.concat([Buffer.from([0xff, 0xfe, 0, text.length + 2]), Buffer.from(text, "latin1")]);
  const grain = Buffer.from(Array.from({ length: 1536 }, (_, i) => (i * (2 * nth + 7)) & 0xff));
  return Buffer.concat([
    Buffer.from([0xff, 0xd8, 0xff, 0xe0, 0, 16]),
    Buffer.from("JFIF\0\x01\x01\0\0\x01\0\x01\0\0", "latin1"),
    comment(marks.head),
    grain,
    comment(marks.middle),
    grain.toReversed(),
    comment(marks.tail),
    Buffer.from([0xff, 0xd9]),
  ]);
}
