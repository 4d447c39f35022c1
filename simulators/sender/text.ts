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

const rightToLeft: Story = {
  concern:
    "الطفل يبكي كل صباح ולא אומר למה – foreldrene snakker \u202Earabisk\u202C hjemme, barnet svarer på norsk \u200Fog\u200E blander.",
  history: "בית הספר: שלושה ימים בשבוע. رقم الهاتف ٠١٢٣ virker ikke. \u2067Tolk\u2069 er bestilt to ganger.",
  otherViews: "خالته تقول الشيء نفسه. \u202Bslutt\u202C",
};

const controlCharacters: Story = {
  concern:
    "\uFEFFLimt inn fra et annet system:\u0000 nullbyte,\u0007 klokke,\u000B loddrett tabulator,\u001B[31m farge.",
  history:
    "Linjeskille\u2028og avsnittsskille\u2029midt i setningen; myk\u00ADbindestrek, hardt\u00A0mellomrom, null\u200Bbredde.",
  otherViews: "Siste tegn er utenfor Unicodes bruk: \uFFFE \u{1FFFF} slutt.\u0085",
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
    case "large":
    case "odd-names":
      return short;
    case "accents":
      return accents;
    case "decomposed":
      return {
        concern: accents.concern.normalize("NFD"),
        history: accents.history.normalize("NFD"),
        otherViews: accents.otherViews.normalize("NFD"),
      };
    case "right-to-left":
      return rightToLeft;
    case "control-characters":
      return controlCharacters;
    case "long":
      return long;
  }
}
