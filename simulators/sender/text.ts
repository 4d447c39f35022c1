import type { Content } from "../../core/scenario.ts";

/** What a reporter writes, in three parts; invented. Marks for canaries are put in by the form. */
export type Story = { readonly concern: string; readonly history: string; readonly otherViews: string };

const short: Story = {
  concern: "Barnet kommer ofte uten matpakke og i tynne klær, og virker trøtt og trist om morgenen.",
  history: "Vi har sett dette siden høsten. To samtaler med de foresatte har ikke ført til endring.",
  otherViews: "Tidligere barnehage delte bekymringen.",
};

const accents: Story = {
  concern: "«Mánná ballá» – barnet sier på nordsamisk at det gruer seg til å gå hjem. ČĐŊŠŦŽ čđŋšŧž, ïö, ȟ og ǥ.",
  history:
    "Søster på 7 år forteller det samme; blåmerke på høyre øvre arm, 3 × 2 cm. Pris: 100 € – «ikke noe å bry seg om».",
  otherViews: "Tolk i sørsamisk trengs: «gïele» er viktig. Combining: é, Å, 👶🏽.",
};

const paragraphs = [
  "Observasjonen ble gjort av to ansatte uavhengig av hverandre og skrevet ned samme dag.",
  "Barnet ble igjen etter stengetid, og ingen av de oppgitte telefonnumrene svarte før etter en time.",
  "På tur fortalte barnet at det ofte er alene om kvelden og lager middag til småsøsken.",
  "De foresatte møtte ikke til avtalt samtale, og ny tid ble sendt i brev.",
  "Fraværet har økt fra enkelte dager til hele uker, uten at skolen har fått noen god forklaring.",
  "Kroppsspråket er tydelig: barnet trekker seg unna når voksne hever stemmen.",
];

function longText(from: number, count: number): string {
  const lines: string[] = [];
  for (let n = from; n < from + count; n++) lines.push(`${n}. ${paragraphs[n % paragraphs.length]}`);
  return lines.join("\n\n");
}

const long: Story = { concern: longText(1, 40), history: longText(41, 60), otherViews: longText(101, 30) };

export function story(content: Content): Story {
  switch (content) {
    case "short":
    case "many-children":
    case "unborn":
      return short;
    case "accents":
      return accents;
    case "long":
      return long;
  }
}
