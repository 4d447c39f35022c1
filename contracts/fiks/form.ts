/** The concern message as it stands in `bekymringsmelding.json`. @source fiks.md, section 2.1 */

export type Address = {
  readonly adresselinje1: string;
  readonly adresselinje2?: string;
  readonly adresselinje3?: string;
  readonly postnummer?: string;
  readonly poststed?: string;
};

/** What every form has, whichever kind and version. */
export type FormHead = {
  /** Four digits. */
  readonly kommunenummer: string;
  readonly kommunenavn: string;
  /** Two digits; `00` where the municipality has no districts or the sender named none. */
  readonly bydelsnummer: string;
  readonly bydelsnavn: string;
  /** Oslo local time without a zone: `2021-11-08T09:24:45`. */
  readonly sendingstidspunkt: string;
  /** Name of the sending organisation. */
  readonly leveringskanal: string;
};

export type PublicReporter = {
  readonly personnavn: string;
  readonly rolle: string;
  readonly telefonnummer: string;
  readonly epost: string;
  readonly virksomhet: { readonly navn: string; readonly orgnr?: string; readonly adresse: Address };
};

export type PublicChild = {
  /** May be empty, and is for an unborn child: no pattern. */
  readonly fnr: string;
  readonly ufoedt: boolean;
  readonly personnavn: string;
  readonly telefonnummer?: string;
  readonly adresse: Address;
  readonly orientert: boolean;
  readonly orientertGrunn?: string;
};

export type Guardian = {
  readonly personnavn: string;
  readonly telefonnummer?: string;
  readonly orientert: boolean;
  readonly orientertGrunn?: string;
};

/** From public staff. */
export type OffentligV1 = FormHead & {
  readonly offentligMelder: PublicReporter;
  /** At least one. */
  readonly offentligBarn: readonly PublicChild[];
  /** One or two. */
  readonly foresatte: readonly Guardian[];
  readonly behovForTolk?: string;
  readonly andreHjelpeinstanser?: string;
  readonly melding: { readonly melding: string; readonly historie: string };
};

/** V1 and one optional field: the only difference there is. */
export type OffentligV2 = Omit<OffentligV1, "melding"> & {
  readonly melding: OffentligV1["melding"] & { readonly andreSynspunkter?: string };
};

/** From a private person; v2 is the same. `melding` is text here and an object in `offentlig`. */
export type Privat = FormHead & {
  readonly privatMelder: { readonly personnavn: string; readonly telefonnummer?: string; readonly adresse?: Address };
  /** May be empty: the official schema's lower bound has no effect. */
  readonly privatBarn: readonly {
    readonly personnavn: string;
    readonly antattAlder?: string;
    readonly relasjon?: string;
    readonly adresse: Address;
  }[];
  readonly melding: string;
};

export type ConcernForm = OffentligV1 | OffentligV2 | Privat;

/** `feilmelding.json` of a `feilet`; may be empty. Never holds content of the message. */
export type Failure = { readonly melding?: string };
