import { marks } from "./form.ts";

/** A PDF of one page that any reader opens, with marks for canaries in its text. Text is ASCII and stands uncompressed. */
export function markedPdf(): string {
  const lines = [
    `Bekymringsmelding ${marks.head}`,
    "Dette er et syntetisk dokument. Alle personer er oppdiktet.",
    `Fortsettelse ${marks.middle}`,
    "Innholdet tilsvarer skjemaet som meldingen ble sendt med.",
    `Slutt ${marks.tail}`,
  ];
  const shown = `BT /F1 11 Tf 60 780 Td 16 TL\n${lines.map((line) => `(${line}) Tj T*`).join("\n")}\nET\n`;
  const objects = [
    "<< /Type /Catalog /Pages 2 0 R >>",
    "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
    "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Resources << /Font << /F1 5 0 R >> >> /Contents 4 0 R >>",
    `<< /Length ${shown.length} >>\nstream\n${shown}endstream`,
    "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
  ];
  let pdf = "%PDF-1.4\n";
  const starts = objects.map((object, i) => {
    const at = pdf.length;
    pdf += `${i + 1} 0 obj\n${object}\nendobj\n`;
    return at;
  });
  const xref = pdf.length;
  pdf += `xref\n0 ${objects.length + 1}\n0000000000 65535 f \n`;
  for (const at of starts) pdf += `${String(at).padStart(10, "0")} 00000 n \n`;
  return `${pdf}trailer\n<< /Size ${objects.length + 1} /Root 1 0 R >>\nstartxref\n${xref}\n%%EOF\n`;
}

/** A PDF of at least so many bytes: comments that no reader shows stand before its last mark, and no two are alike. */
export function largePdf(bytes: number): string {
  const [before = "", after = ""] = markedPdf().split(marks.tail);
  const lines: string[] = [];
  for (let length = 0, n = 1; length < bytes; n++) {
    const line = `% ${n} ${(n * 2_654_435_761) % 4_294_967_296} ${"utfylling ".repeat(12)}\n`;
    lines.push(line);
    length += line.length;
  }
  return `${before}${after}${lines.join("")}% ${marks.tail}\n`;
}
