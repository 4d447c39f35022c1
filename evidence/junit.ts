import type { Broken } from "../core/verdict.ts";
import type { Run } from "../worlds/world.ts";
import type { Failed } from "./console.ts";
import { inkOf } from "./page.ts";
import { chainOf, pathOf } from "./path.ts";
import { picture } from "./picture.ts";
import { type Attempted, replayCommand } from "./replay.ts";
import { factOf, ruleWords } from "./telling/rules.ts";

const width = 110;
/** A testcase names this many further deliveries; the ledger and report.json have them all. */
const mostOthers = 50;

export type JunitOptions = {
  /** Runs whose being inconclusive lies within limits that were accepted beforehand: they are skipped, not failed. */
  readonly accepted?: (run: Run) => boolean;
};

/**
 * JUnit XML that GitHub and GitLab read: a testsuite a system, a testcase a scenario.
 *
 * An inconclusive run is a `<failure type="inconclusive">` unless it was accepted: ADR 0011. A run that could not be
 * performed is an `<error>`.
 */
export function junit(runs: readonly Run[], errors: readonly Failed[] = [], options: JunitOptions = {}): string {
  const systems = [...new Set([...runs, ...errors].map(({ sut }) => sut.name))];
  const suites = systems.map((system) => {
    const own = runs.filter(({ sut }) => sut.name === system);
    const ownErrors = errors.filter(({ sut }) => sut.name === system);
    const attempts: readonly Attempted[] = [...own, ...ownErrors];
    const cases = [
      ...own.map((run) => testcase(system, nameOf(run, attempts), seconds(run.tookMs), outcomeOf(run, options))),
      ...ownErrors.map((failed) => testcase(system, nameOf(failed, attempts), "0", errorOf(failed))),
    ];
    return testsuite(system, cases, tookMs(own));
  });
  return testsuites(suites, tookMs(runs));
}

function tookMs(runs: readonly Run[]): number {
  return runs.reduce((sum, run) => sum + run.tookMs, 0);
}

/** The document around testsuites, which took so many ms together. */
export function testsuites(suites: readonly string[], ms: number): string {
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name="komfrem" ${countsOf(suites, ms)}>\n${suites.join("")}</testsuites>\n`;
}

/** Testcases under one name, which took so many ms together. */
export function testsuite(name: string, cases: readonly string[], ms: number): string {
  return `  <testsuite name="${attribute(name)}" ${countsOf(cases, ms)}>\n${cases.join("")}  </testsuite>\n`;
}

function countsOf(xml: readonly string[], ms: number): string {
  const text = xml.join("");
  const count = (tag: string): number => text.split(`<${tag}`).length - 1;
  const time = seconds(ms);
  return `tests="${count("testcase ")}" failures="${count("failure ")}" errors="${count("error ")}" skipped="${count("skipped ")}" time="${time}"`;
}

/** The scenario's id, which stays the same from run to run; with the seed where several were run. */
function nameOf({ scenario, seed }: Attempted, attempts: readonly Attempted[]): string {
  const same = attempts.filter((other) => other.scenario.id === scenario.id);
  return same.length > 1 ? `${scenario.id} (seed ${seed})` : scenario.id;
}

/** One testcase with what is wrong in it; `time` in seconds. */
export function testcase(system: string, name: string, time: string, inside: string): string {
  const open = `    <testcase classname="${attribute(system)}" name="${attribute(name)}" time="${time}"`;
  return inside === "" ? `${open}/>\n` : `${open}>\n${inside}    </testcase>\n`;
}

function outcomeOf(run: Run, options: JunitOptions): string {
  const { verdict, broken } = run.judged;
  switch (verdict.kind) {
    case "passed":
      return "";
    case "inconclusive":
      if (options.accepted?.(run) === true) return skipped(verdict.because);
      return element("failure", "inconclusive", verdict.because, `${verdict.because}\n\nReplay: ${replayCommand(run)}`);
    case "failed": {
      const [first, ...others] = broken;
      const primary = first?.primary ?? verdict.findings[0];
      const about = primary.delivery === undefined ? "" : `${primary.delivery}: `;
      return element("failure", primary.rule, `${about}${primary.happened}`, failureText(run, first, others));
    }
  }
}

function failureText(run: Run, first: Broken | undefined, others: readonly Broken[]): string {
  const shown = others.slice(0, mostOthers).map(({ delivery, primary }) => `  ${delivery ?? "-"}: ${primary.rule}`);
  const rest = others.length > mostOthers ? [`  and ${others.length - mostOthers} more`] : [];
  return [
    ...(first === undefined ? [] : brokenLines(run, first)),
    `Replay: ${replayCommand(run)}`,
    ...(others.length === 0 ? [] : ["", "Also failed:", ...shown, ...rest]),
  ].join("\n");
}

function brokenLines(run: Run, { primary, attached, delivery }: Broken): string[] {
  const words = ruleWords[primary.rule];
  const path = pathOf(run.ledger, delivery, primary);
  const fact = factOf(primary.rule, chainOf(path, run.scenario));
  return [
    ...picture(path, run.scenario, "en", width, inkOf(false)),
    "",
    `Rule:     ${words.name.en} (${primary.rule}): ${words.holds.en}.`,
    `Fact:     ${fact.said.en} (${fact.source})`,
    `What:     ${primary.happened}`,
    `Why:      ${primary.because}`,
    `Next:     ${primary.next}`,
    `To blame: ${primary.blames}`,
    ...(attached.length === 0 ? [] : [`Also:     ${[...new Set(attached.map(({ rule }) => rule))].join(", ")}`]),
  ];
}

function errorOf({ error, ...failed }: Failed): string {
  const text = `${error.happened}\nWhy:  ${error.because}\nNext: ${error.next}\n\nReplay: ${replayCommand(failed)}`;
  return element("error", error.name, error.happened, text);
}

/** Why a testcase was not held to anything. */
export function skipped(because: string): string {
  return `      <skipped message="${attribute(because)}"/>\n`;
}

/** What is wrong in a testcase; `type` is a rule, or the kind of trouble. */
export function element(tag: "failure" | "error", type: string, message: string, text: string): string {
  return `      <${tag} type="${attribute(type)}" message="${attribute(message)}">${content(text)}</${tag}>\n`;
}

function seconds(ms: number): string {
  return (ms / 1000).toFixed(3);
}

const entities: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };

/** What XML 1.0 cannot hold in any form: control characters, lone surrogates, two non-characters. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for.
const unspeakable = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|\p{Surrogate}/gu;

function content(text: string): string {
  return text.replaceAll(unspeakable, "\ufffd").replaceAll(/[&<>"]/g, (letter) => entities[letter] ?? letter);
}

function attribute(text: string): string {
  return content(text).replaceAll(/[\t\n\r]/g, (letter) => `&#${letter.charCodeAt(0)};`);
}
