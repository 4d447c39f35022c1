import type { Address, ConcernForm, FormHead } from "../../contracts/fiks/form.ts";
import type { Content } from "../../core/scenario.ts";
import { accentFamily, families, firstName, syntheticNumber } from "./people.ts";
import { story } from "./text.ts";

/** Stand-ins of the right length, each once in a form: overwritten for every message. */
export const marks = {
  name: "@@NAME@@@@NAME@@",
  head: "@@HEAD@@@@HEAD@@",
  middle: "@@MIDL@@@@MIDL@@",
  tail: "@@TAIL@@@@TAIL@@",
  sentAt: "@@SENT@@@@SENT@@@@@",
} as const;

export type FormOrder = {
  readonly kind: "offentlig" | "privat";
  readonly version: 1 | 2;
  readonly content: Content;
  /** Which family; any integer of 0 or more. */
  readonly family: number;
  readonly municipality: { readonly number: string; readonly name: string };
  readonly district: { readonly number: string; readonly name: string };
};

/** The form with marks where canaries and the time of sending go. All required fields of fiks.md 2.1, synthetic people. */
export function markedForm(order: FormOrder): ConcernForm {
  const accents = order.content === "accents" || order.content === "decomposed";
  const nth = order.family % families.length;
  const family = accents ? accentFamily : (families[nth] ?? accentFamily);
  const told = story(order.content);
  const adresse: Address = {
    adresselinje1: family.street,
    adresselinje2: "",
    postnummer: family.postcode,
    poststed: family.town,
  };
  const children = order.content === "many-children" ? 9 : order.content === "short" ? 1 : 2;
  const childName = (i: number): string =>
    `${firstName(nth * 2 + i, accents)} ${i === 0 ? `${marks.name} ` : ""}${family.surname}`;
  const head: FormHead = {
    kommunenummer: order.municipality.number,
    kommunenavn: order.municipality.name,
    bydelsnummer: order.district.number,
    bydelsnavn: order.district.name,
    sendingstidspunkt: marks.sentAt,
    leveringskanal: "Komfrem syntetisk avsender",
  };
  if (order.kind === "privat")
    return {
      ...head,
      privatMelder: { personnavn: family.neighbour, telefonnummer: "+47 40000000", adresse },
      privatBarn: Array.from({ length: children }, (_, i) => ({
        personnavn: childName(i),
        antattAlder: order.content === "unborn" && i === 0 ? "ikke født" : String(3 + i),
        relasjon: "Nabo",
        adresse,
      })),
      melding: `${marks.head} ${told.concern}\n${marks.middle}\n${told.history} ${marks.tail}`,
    };
  const concern = `${marks.head} ${told.concern}`;
  return {
    ...head,
    offentligMelder: {
      personnavn: family.reporter,
      rolle: family.role,
      telefonnummer: "+47 400 00 000",
      epost: "melder@skole.example",
      virksomhet: { navn: family.workplace, orgnr: "310000123", adresse },
    },
    offentligBarn: Array.from({ length: children }, (_, i) => {
      const unborn = order.content === "unborn" && i === 0;
      return {
        fnr: unborn ? "" : syntheticNumber(nth * 10 + i),
        ufoedt: unborn,
        personnavn: childName(i),
        adresse,
        orientert: i % 2 === 1,
        orientertGrunn: i % 2 === 1 ? "" : "Av hensyn til barnets sikkerhet.",
      };
    }),
    foresatte: family.guardians.map((personnavn, i) => ({ personnavn, telefonnummer: "40000001", orientert: i === 0 })),
    behovForTolk: accents ? "Ja, nordsamisk." : "Nei.",
    andreHjelpeinstanser: "Ukjent.",
    melding:
      order.version === 1
        ? { melding: concern, historie: `${marks.middle} ${told.history} ${marks.tail}` }
        : {
            melding: concern,
            historie: `${marks.middle} ${told.history}`,
            andreSynspunkter: `${told.otherViews} ${marks.tail}`,
          },
  };
}
