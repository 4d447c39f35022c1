import { hash } from "node:crypto";
import { type ContainerFile, formName, pack, pdfName } from "../../contracts/fiks/container.ts";
import { osloLocal } from "../../core/calendar.ts";
import { type Canary, canary } from "../../core/canary.ts";
import type { Draft } from "../../core/ledger.ts";
import type { Label, PartyId } from "../../core/names.ts";
import type { Defect, Municipality, Step } from "../../core/scenario.ts";
import type { SentDelivery, SentPart } from "../manifest.ts";
import type { Bytes } from "../wire.ts";
import { type FormOrder, markedForm } from "./form.ts";
import { markedPdf } from "./pdf.ts";
import { filled, type Template, templateOf } from "./template.ts";

export type Sends = Extract<Step, { readonly kind: "sends" }>;

/** A message as its sender hands it in. */
export type Composed = {
  readonly delivery: SentDelivery;
  /** The `asice` part: a plain zip. */
  readonly container: Bytes;
  /** What was made wrong or alike on purpose. */
  readonly planted?: "invalid" | "poison" | "twin";
};

export type Setting = {
  /** Names the run, as the manifest's does: canaries are drawn from it. */
  readonly run: string;
  /** When it is sent, ms since the epoch. */
  readonly nowMs: number;
  readonly scenario: { readonly municipalities: readonly Municipality[]; readonly steps: readonly Step[] };
};

const noDistrict = { number: "00", name: "Ikke oppgitt" };
const nowhere = { number: "9999", name: "Utlandet" };
const shareKept = 0.6;

/** Forms differ by little from run to run: their templates are kept. */
const mostForms = 512;
const forms = new Map<string, KnownForm>();
const pdfTemplate = templateOf(markedPdf());

/** Writes the concern message of a step. The same step and run always give the same message, but for its time of sending. */
export function compose(step: Sends, setting: Setting): Composed {
  const { label, defect } = step;
  const draw = (part: "form" | "pdf", position: Canary["position"]): Canary =>
    canary(setting.run, label, part, position);
  const files: ContainerFile[] = [];
  const canaries: Canary[] = [];
  let idNumbers: readonly string[] = [];
  if (defect !== "empty-container") {
    const { template, idNumbers: inForm } = formTemplate(step, setting.scenario);
    idNumbers = inForm;
    const words = {
      name: draw("form", "name"),
      head: draw("form", "head"),
      middle: draw("form", "middle"),
      tail: draw("form", "tail"),
    };
    const form = filled(template, {
      name: words.name.word,
      head: words.head.word,
      middle: words.middle.word,
      tail: words.tail.word,
      sentAt: osloLocal(setting.nowMs - (setting.nowMs % 1000)),
    });
    files.push({ name: formName, bytes: defect === "not-json" ? form.subarray(0, form.length >> 1) : form });
    for (const { mark } of template.places) if (mark !== "sentAt") canaries.push(words[mark]);
    if (defect !== "missing-pdf") {
      const [head, middle, tail] = [draw("pdf", "head"), draw("pdf", "middle"), draw("pdf", "tail")];
      const bytes = filled(pdfTemplate, { head: head.word, middle: middle.word, tail: tail.word });
      files.push({ name: pdfName, bytes });
      canaries.push(head, middle, tail);
    }
  }
  const container = pack(files);
  const planted = plantedBy(defect) ?? (step.twinOf === undefined ? undefined : "twin");
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
      parts: files.map(sentPart),
      canaries,
      idNumbers,
    },
    container:
      defect === "truncated-container" ? container.subarray(0, Math.floor(container.length * shareKept)) : container,
    ...(planted === undefined ? {} : { planted }),
  };
}

type KnownForm = { readonly template: Template; readonly idNumbers: readonly string[] };

function formTemplate(step: Sends, scenario: Setting["scenario"]): KnownForm {
  const municipality = scenario.municipalities.find((one) => one.number === step.to.municipality);
  const other = scenario.municipalities.find((one) => one.number !== step.to.municipality) ?? nowhere;
  const named = municipality?.districts.find((one) => one.number === step.to.district);
  const order: FormOrder = {
    kind: step.messageKind,
    version: step.version,
    content: step.content,
    family: familyOf(step, scenario.steps),
    municipality:
      step.defect === "other-municipality"
        ? other
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
    if (forms.size >= mostForms) forms.clear();
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
    class: "confidential",
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

const mediaTypes: Readonly<Record<string, string>> = { [formName]: "application/json", [pdfName]: "application/pdf" };

function sentPart({ name, bytes }: ContainerFile): SentPart {
  return {
    name,
    mediaType: mediaTypes[name] ?? "application/octet-stream",
    bytes,
    sha256: hash("sha256", bytes),
  };
}

/** A small number that a label always draws. */
function drawn(label: Label): number {
  let h = 7;
  for (let i = 0; i < label.length; i++) h = (h * 31 + label.charCodeAt(i)) & 0xffff;
  return h & 7;
}
