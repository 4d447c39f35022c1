import { hash } from "node:crypto";
import { formName, pack, pdfName } from "../../contracts/fiks/container.ts";
import { osloLocal } from "../../core/calendar.ts";
import { type Canary, type CanaryPosition, canary } from "../../core/canary.ts";
import { HarnessError } from "../../core/error.ts";
import type { Draft } from "../../core/ledger.ts";
import type { Label, PartyId } from "../../core/names.ts";
import type { Content, Defect, Scenario, Step } from "../../core/scenario.ts";
import { type SentDelivery, type SentPart, textName } from "../manifest.ts";
import type { Bytes } from "../wire.ts";
import { attachment } from "./attachment.ts";
import { type FormOrder, markedForm } from "./form.ts";
import { markedMail } from "./mail-text.ts";
import { largePdf, markedPdf } from "./pdf.ts";
import { filled, type Template, templateOf } from "./template.ts";

export type Sends = Extract<Step, { readonly kind: "sends" }>;

/** A message as its sender hands it in. */
export type Composed = {
  readonly delivery: SentDelivery;
  /** The `asice` part: a plain zip. Empty where it does not go to the portal as it is. */
  readonly container: Bytes;
  /** What was made wrong or alike on purpose. */
  readonly planted?: "invalid" | "poison" | "twin";
  /** Number of the municipality that mail says it is for, where that is another than whom it is sent to. */
  readonly namedMunicipality?: string;
};

export type Setting = {
  /** Names the run, as the manifest's does: canaries are drawn from it. */
  readonly run: string;
  /** When it is sent, ms since the epoch. */
  readonly nowMs: number;
  readonly scenario: Pick<Scenario, "municipalities" | "steps" | "tests">;
};

/** What a message is made of. */
type Made = {
  readonly parts: readonly SentPart[];
  readonly canaries: readonly Canary[];
  readonly idNumbers: readonly string[];
  readonly title?: string;
};

type Draw = (part: string, position: CanaryPosition) => Canary;

const noDistrict = { number: "00", name: "Ikke oppgitt" };
const nowhere = { number: "9999", name: "Utlandet" };
const shareKept = 0.6;
const nothing: Bytes = new Uint8Array(0);

/** Forms and texts differ by little from run to run: their templates are kept. */
const mostKept = 512;
const forms = new Map<string, KnownForm>();
const texts = new Map<string, KnownText>();
const pdfTemplate = templateOf(markedPdf());
/** Documents over this go to the receiver by themselves: DESIGN.md, section 6. */
const largeBytes = 5 * 1024 * 1024;
let largeTemplate: Template | undefined;

/**
 * Writes the concern message of a step: a form and a PDF, or where the police send it in Altinn a text and files. The
 * same step and run always give the same message, but for its time of sending.
 */
export function compose(step: Sends, setting: Setting): Composed {
  const { label, defect, mail } = step;
  const draw: Draw = (part, position) => canary(setting.run, label, part, position);
  const isMail = step.by === "altinn-correspondence" || step.by === "altinn-dispatch";
  const toPortal = step.by === undefined && setting.scenario.tests !== "sender";
  if (!toPortal) mustBePossible(step);
  const { parts, canaries, idNumbers, title } = isMail
    ? mailOf(step, setting, draw)
    : formOf(step, setting, draw, toPortal ? 0 : (mail?.furtherFiles ?? 0));
  const container = toPortal ? pack(parts.map(({ name, bytes }) => ({ name, bytes }))) : nothing;
  const odd = plantedBy(defect) ?? (step.twinOf === undefined ? undefined : "twin");
  const sentAs = oddType(step);
  return {
    delivery: {
      id: label,
      label,
      municipalityNumber: step.to.municipality,
      ...(step.to.district === undefined ? {} : { district: step.to.district }),
      messageKind: step.messageKind,
      version: step.version,
      ...(sentAs === undefined ? {} : { sentAs }),
      ...(mail?.ordinary === true && !toPortal && step.by !== "altinn-dispatch" ? { class: "ordinary" } : {}),
      ...(title === undefined ? {} : { title }),
      parts,
      canaries,
      idNumbers,
    },
    container:
      defect === "truncated-container" ? container.subarray(0, Math.floor(container.length * shareKept)) : container,
    ...(odd === undefined ? {} : { planted: odd }),
    ...(isMail && defect === "other-municipality"
      ? { namedMunicipality: otherThan(step, setting.scenario).number }
      : {}),
  };
}

/** @throws {HarnessError} The defect is one of something that this message does not have. */
function mustBePossible({ label, by, defect }: Sends): void {
  const hasForm = by === undefined || by === "letter";
  const isThere = hasForm
    ? defect !== "truncated-container"
    : by === "altinn-correspondence" && defect === "other-municipality";
  if (defect === undefined || isThere) return;
  throw new HarnessError({
    happened: `${label} cannot be sent with the defect ${defect}.`,
    because:
      "Only the portal is handed a container; mail has no form either, but may say that it is for another municipality.",
    next: "Leave the defect out, or have the portal's sender send the message.",
  });
}

function otherThan(
  { to }: Sends,
  { municipalities }: Setting["scenario"],
): { readonly number: string; readonly name: string } {
  return municipalities.find((one) => one.number !== to.municipality) ?? nowhere;
}

function formOf(step: Sends, { nowMs, scenario }: Setting, draw: Draw, furtherFiles: number): Made {
  const { defect } = step;
  if (defect === "empty-container") return { parts: [], canaries: [], idNumbers: [] };
  const { template, idNumbers } = formTemplate(step, scenario);
  const words = wordsOf(draw, "form", ["name", "head", "middle", "tail"]);
  const form = filled(template, { ...spelled(words), sentAt: osloLocal(nowMs - (nowMs % 1000)) });
  const parts = [sentPart(formName, defect === "not-json" ? form.subarray(0, form.length >> 1) : form)];
  const canaries = planted(template, words);
  const files = defect === "missing-pdf" ? [] : filesOf(draw, furtherFiles, step.content);
  for (const file of files) {
    parts.push(file.part);
    canaries.push(...file.canaries);
  }
  return { parts, canaries, idNumbers };
}

function mailOf(step: Sends, { scenario }: Setting, draw: Draw): Made {
  const { title, text, idNumbers } = textTemplates(step, scenario);
  const words = wordsOf(draw, textName, ["name", "head", "middle", "tail"]);
  const parts = [sentPart(textName, filled(text, spelled(words)))];
  const canaries = planted(text, words);
  for (const file of filesOf(draw, step.mail?.furtherFiles ?? 0, step.content)) {
    parts.push(file.part);
    canaries.push(...file.canaries);
  }
  return { parts, canaries, idNumbers, title: Buffer.from(filled(title, spelled(words))).toString() };
}

/** The PDF, and further files in their order. */
function filesOf(
  draw: Draw,
  furtherFiles: number,
  content: Content,
): { readonly part: SentPart; readonly canaries: readonly Canary[] }[] {
  const made = (name: string, drawnBy: string, template: Template, mediaType?: string) => {
    const words = wordsOf(draw, drawnBy, ["head", "middle", "tail"]);
    return { part: sentPart(name, filled(template, spelled(words)), mediaType), canaries: Object.values(words) };
  };
  const further = Array.from({ length: furtherFiles }, (_, i) => {
    const { name, part, template, mediaType } = attachment(i + 1, content === "odd-names");
    return made(name, part, template, mediaType);
  });
  return [made(pdfName, "pdf", content === "large" ? large() : pdfTemplate), ...further];
}

/** Its last canary stands behind the fifth megabyte: whoever cuts the tail loses that. */
function large(): Template {
  largeTemplate ??= templateOf(largePdf(largeBytes + 1));
  return largeTemplate;
}

type Words = Readonly<Partial<Record<CanaryPosition, Canary>>>;

function wordsOf(draw: Draw, part: string, positions: readonly CanaryPosition[]): Words {
  return Object.fromEntries(positions.map((position) => [position, draw(part, position)]));
}

function spelled(words: Words): Readonly<Partial<Record<CanaryPosition, string>>> {
  return Object.fromEntries(Object.entries(words).map(([position, { word }]) => [position, word]));
}

/** The words that have a place in a template. */
function planted({ places }: Template, words: Words): Canary[] {
  return places.flatMap(({ mark }) => (mark === "sentAt" ? [] : (words[mark] ?? [])));
}

type KnownText = { readonly title: Template; readonly text: Template; readonly idNumbers: readonly string[] };

function textTemplates(step: Sends, scenario: Setting["scenario"]): KnownText {
  const municipality = scenario.municipalities.find((one) => one.number === step.to.municipality) ?? nowhere;
  const family = familyOf(step, scenario.steps);
  const key = [step.content, family, municipality.name].join("\n");
  let known = texts.get(key);
  if (known === undefined) {
    const { title, text } = markedMail({ content: step.content, family, municipality: municipality.name });
    const idNumbers = [...text.matchAll(/fødselsnummer (\d{11})/g)].map(([, idNumber = ""]) => idNumber);
    known = { title: templateOf(title), text: templateOf(text), idNumbers };
    if (texts.size >= mostKept) texts.clear();
    texts.set(key, known);
  }
  return known;
}

type KnownForm = { readonly template: Template; readonly idNumbers: readonly string[] };

function formTemplate(step: Sends, scenario: Setting["scenario"]): KnownForm {
  const municipality = scenario.municipalities.find((one) => one.number === step.to.municipality);
  const named = municipality?.districts.find((one) => one.number === step.to.district);
  const order: FormOrder = {
    kind: step.messageKind,
    version: step.version,
    content: step.content,
    family: familyOf(step, scenario.steps),
    municipality:
      step.defect === "other-municipality"
        ? otherThan(step, scenario)
        : (municipality ?? { number: step.to.municipality, name: nowhere.name }),
    district: named ?? (step.to.district === undefined ? noDistrict : { ...noDistrict, number: step.to.district }),
  };
  const key = [
    order.kind,
    order.version,
    order.content,
    order.family,
    order.municipality.number,
    order.municipality.name,
    order.district.number,
    order.district.name,
    step.defect === "missing-field",
  ].join("\n");
  let known = forms.get(key);
  if (known === undefined) {
    const form = markedForm(order);
    const text = JSON.stringify(step.defect === "missing-field" ? withoutChildren(form) : form);
    const idNumbers = [...text.matchAll(/"fnr":"(\d{11})"/g)].map(([, idNumber = ""]) => idNumber);
    known = { template: templateOf(text), idNumbers };
    if (forms.size >= mostKept) forms.clear();
    forms.set(key, known);
  }
  return known;
}

/** Without this required field nobody knows whom it is about. */
function withoutChildren(form: object): object {
  return Object.fromEntries(Object.entries(form).filter(([name]) => !name.endsWith("Barn")));
}

/** A twin's family is that of the message it resembles, however long the row. */
function familyOf(step: Sends, steps: readonly Step[]): number {
  let label = step.label;
  let twinOf = step.twinOf;
  for (let row = 0; twinOf !== undefined && row < steps.length; row++) {
    label = twinOf;
    const first = steps.find((one): one is Sends => one.kind === "sends" && one.label === label);
    twinOf = first?.twinOf;
  }
  return drawn(label);
}

/** What the world writes when a message is sent. */
export function submitted(composed: Composed, sender: PartyId): Draft {
  const { delivery, planted } = composed;
  return {
    kind: "submitted",
    message: delivery.label,
    sender,
    deliveries: [
      {
        id: delivery.id,
        municipalityNumber: delivery.municipalityNumber,
        ...(delivery.district === undefined ? {} : { district: delivery.district }),
      },
    ],
    parts: delivery.parts.map(({ name, sha256, bytes }) => ({ name, sha256, length: bytes.length })),
    messageKind: delivery.messageKind,
    version: `v${delivery.version}`,
    class: delivery.class ?? "confidential",
    sameAs: {},
    ...(planted === undefined ? {} : { planted }),
  };
}

/** Poison is meant to break whoever reads it; invalid can be read, and must be refused. */
function plantedBy(defect: Defect | undefined): "invalid" | "poison" | undefined {
  switch (defect) {
    case undefined:
      return undefined;
    case "empty-container":
    case "truncated-container":
    case "not-json":
      return "poison";
    case "missing-pdf":
    case "missing-field":
    case "other-municipality":
    case "unknown-type":
    case "unsupported-version":
      return "invalid";
  }
}

function oddType(step: Sends): string | undefined {
  if (step.defect === "unknown-type") return "no.ks.fiks.bekymringsmelding.tillegg.v1";
  if (step.defect === "unsupported-version") return `no.ks.fiks.bekymringsmelding.${step.messageKind}.v3`;
  return undefined;
}

const mediaTypes: Readonly<Record<string, string>> = {
  [formName]: "application/json",
  [pdfName]: "application/pdf",
  [textName]: "text/markdown",
};

function sentPart(
  name: string,
  bytes: Bytes,
  mediaType: string = mediaTypes[name] ?? "application/octet-stream",
): SentPart {
  return { name, mediaType, bytes, sha256: hash("sha256", bytes) };
}

/** A small number that a label always draws. */
function drawn(label: Label): number {
  let h = 7;
  for (let i = 0; i < label.length; i++) h = (h * 31 + label.charCodeAt(i)) & 0xffff;
  return h & 7;
}
