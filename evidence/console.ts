import type { HarnessError } from "../core/error.ts";
import type { PartyId } from "../core/names.ts";
import { type Finding, type RuleId, ruleIds } from "../core/rule.ts";
import { type Broken, type OutcomeClass, outcomeClasses } from "../core/verdict.ts";
import type { Run } from "../worlds/world.ts";
import { grouped } from "./grouped.ts";
import { labels } from "./labels.ts";
import { limitsOf, today } from "./limits.ts";
import { columns, cut, hanging, type Ink, inkOf, padded } from "./page.ts";
import { chainOf, pathOf } from "./path.ts";
import { picture } from "./picture.ts";
import { type Attempted, replayCommand } from "./replay.ts";
import { shortDuration } from "./telling/duration.ts";
import { type Language, listed, sentence } from "./telling/language.ts";
import { namingIn } from "./telling/naming.ts";
import { factOf, ruleWords } from "./telling/rules.ts";
import { titleOf } from "./telling/titles.ts";
import { outcomeWords } from "./telling/words.ts";

/** A run that the harness could not perform. */
export type Failed = Attempted & { readonly error: HarnessError };

export type ConsoleOptions = {
  readonly lang: Language;
  readonly colour: boolean;
  /** Columns of the terminal. */
  readonly width: number;
  readonly errors?: readonly Failed[];
  /** What each run should come to, where that is known; the last line then says whether it did. */
  readonly expectation?: (run: Run) => "pass" | "fail";
  /** The one command that repeats a run; of a scenario by its id unless said. */
  readonly replay?: typeof replayCommand;
};

type Page = ConsoleOptions & { readonly ink: Ink; readonly replay: typeof replayCommand };

/** What we exist to find is counted even where there is none. */
const alwaysCounted: readonly OutcomeClass[] = ["lost", "expired silently", "dropped"];
/** One line a run is printed for so many further failures of one system by one rule; the rest is in the report. */
const mostAlike = 10;
const mostLabels = 2;
const mostScenarios = 6;
/** What happened this soon after the run began happened at its beginning. */
const atOnceMs = 1000;

/**
 * What came of a set of runs, for people: the counts, a table, each kind of failure with its path once and the others
 * in a line each, and what could not be judged.
 */
export function consoleReport(runs: readonly Run[], options: ConsoleOptions): string {
  const page: Page = { replay: replayCommand, ...options, ink: inkOf(options.colour) };
  const sections = [
    countLines(runs, page),
    tableLines(runs, page),
    ...failureSections(runs, page),
    elsewhereLines(runs, page),
    inconclusiveLines(runs, page),
    errorLines(page),
    notExercisedLines(runs, page),
    summaryLines(runs, page),
  ];
  return sections
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join("\n"))
    .join("\n\n");
}

function systemsOf(runs: readonly Run[], errors: readonly Failed[] = []): string[] {
  return [...new Set([...runs, ...errors].map(({ sut }) => sut.name))];
}

// ── Counts ──

function countLines(runs: readonly Run[], page: Page): string[] {
  const systems = systemsOf(runs);
  const heads = [labels.messages[page.lang], ...(systems.length > 1 ? systems : [])];
  const headWidth = Math.min(48, Math.max(...heads.map(columns))) + 2;
  const line = (head: string, of: readonly Run[]): string[] =>
    hanging(padded(cut(head, headWidth - 2), headWidth), countsText(of, page), page.width);
  const all = line(labels.messages[page.lang], runs).map((text) => page.ink.bold(text));
  if (systems.length < 2) return all;
  return [
    ...all,
    ...systems.flatMap((system) =>
      line(
        system,
        runs.filter(({ sut }) => sut.name === system),
      ),
    ),
  ];
}

function countsText(runs: readonly Run[], page: Page): string {
  const count = (outcome: OutcomeClass): number => runs.reduce((sum, { judged }) => sum + judged.counts[outcome], 0);
  const others = outcomeClasses.filter((outcome) => !alwaysCounted.includes(outcome) && count(outcome) > 0);
  const total = outcomeClasses.reduce((sum, outcome) => sum + count(outcome), 0);
  const said = [...alwaysCounted, ...others].map((outcome) => {
    const text = `${count(outcome)}\u00a0${outcomeWords[outcome][page.lang].replaceAll(" ", "\u00a0")}`;
    return alwaysCounted.includes(outcome) && count(outcome) > 0 ? page.ink.red(text) : text;
  });
  return `${total}: ${said.join(", ")}`;
}

// ── Table ──

type Cell = { readonly sign: string; readonly words: string; readonly ink: (text: string) => string };

function tableLines(runs: readonly Run[], page: Page): string[] {
  const errors = page.errors ?? [];
  const systems = systemsOf(runs, errors);
  const scenarios = [...new Set([...runs, ...errors].map(({ scenario }) => scenario.id))];
  const cells = scenarios.map((scenario) =>
    systems.map((system) => {
      const here = ({ scenario: { id }, sut }: Attempted): boolean => id === scenario && sut.name === system;
      return cellOf(runs.filter(here), errors.filter(here), page);
    }),
  );
  const scenarioHead = labels.scenario[page.lang];
  const firstWidth = Math.min(36, Math.max(columns(scenarioHead), ...scenarios.map(columns))) + 2;
  const room = Math.floor((page.width - firstWidth) / Math.max(1, systems.length)) - 2;
  const wordsWidth = Math.max(0, ...cells.flat().map((cell) => columns(`${cell.sign} ${cell.words}`)));
  const named = Math.max(wordsWidth, ...systems.map(columns)) <= room;
  const numbered = !named && wordsWidth <= room;
  const heads = named ? systems : systems.map((_, i) => String(i + 1));
  const widths = heads.map((head, i) =>
    Math.max(
      columns(head),
      ...cells.map((row) => {
        const cell = row[i];
        return cell === undefined ? 0 : columns(named || numbered ? `${cell.sign} ${cell.words}` : cell.sign);
      }),
    ),
  );
  const legend = named ? [] : systems.map((system, i) => `${String(i + 1).padStart(3)}  ${system}`);
  const head = padded(scenarioHead, firstWidth) + heads.map((text, i) => padded(text, (widths[i] ?? 0) + 2)).join("");
  const rows = scenarios.map((scenario, y) => {
    const row = cells[y] ?? [];
    const shown = row.map((cell, i) =>
      padded(cell.ink(named || numbered ? `${cell.sign} ${cell.words}`.trimEnd() : cell.sign), (widths[i] ?? 0) + 2),
    );
    return (padded(cut(scenario, firstWidth - 2), firstWidth) + shown.join("")).trimEnd();
  });
  return [...legend, ...(legend.length > 0 ? [""] : []), page.ink.dim(head.trimEnd()), ...rows];
}

function cellOf(runs: readonly Run[], errors: readonly Failed[], page: Page): Cell {
  const { ink, lang } = page;
  const all = runs.length + errors.length;
  const failed = runs.filter(({ judged }) => judged.verdict.kind === "failed");
  const inconclusive = runs.filter(({ judged }) => judged.verdict.kind === "inconclusive");
  const part = (count: number): string => (all > 1 ? ` ${count}/${all}` : "");
  if (failed.length > 0) {
    const rule = failed[0]?.judged.broken[0]?.primary.rule ?? labels.failed[lang];
    return { sign: "✗", words: `${rule}${part(failed.length)}`, ink: ink.red };
  }
  if (errors.length > 0) return { sign: "!", words: `${labels.notRun[lang]}${part(errors.length)}`, ink: ink.red };
  if (inconclusive.length > 0)
    return { sign: "?", words: `${labels.inconclusive[lang]}${part(inconclusive.length)}`, ink: ink.yellow };
  if (all === 0) return { sign: "–", words: "", ink: ink.dim };
  return { sign: "✓", words: `${labels.passed[lang]}${part(all)}`, ink: ink.green };
}

// ── Failures ──

type Failure = { readonly run: Run; readonly broken: Broken };

function failureSections(runs: readonly Run[], page: Page): string[][] {
  const failures = runs.flatMap((run) => run.judged.broken.map((broken): Failure => ({ run, broken })));
  const kinds = grouped(failures, ({ run, broken }) => `${run.sut.name}\n${broken.primary.rule}`);
  const worstFirst = [...kinds.values()].map((kind) => kind.toSorted((a, b) => gravity(a) - gravity(b)));
  return worstFirst
    .toSorted(([a], [b]) => (a === undefined || b === undefined ? 0 : gravity(a) - gravity(b)))
    .map(([first, ...others]) =>
      first === undefined ? [] : [...failureLines(first, page), ...alikeLines(others, page)],
    );
}

/** One failure of one run with the path of its message, as it stands in the report. */
export function failureReport(run: Run, broken: Broken, options: ConsoleOptions): string {
  return failureLines({ run, broken }, { replay: replayCommand, ...options, ink: inkOf(options.colour) }).join("\n");
}

/** Smaller is worse: the order of the outcome classes, with what is not known last. */
function gravity({ run, broken }: Failure): number {
  const outcome = broken.delivery === undefined ? undefined : run.judged.outcomes.get(broken.delivery);
  return outcome === undefined || outcome === "unknown" ? outcomeClasses.length : outcomeClasses.indexOf(outcome);
}

function failureLines({ run, broken }: Failure, page: Page): string[] {
  const { ink, lang, width } = page;
  const { primary, attached, delivery } = broken;
  const words = ruleWords[primary.rule];
  const path = pathOf(run.ledger, delivery, primary);
  const fact = factOf(primary.rule, chainOf(path, run.scenario));
  const expected = page.expectation?.(run) === "fail" ? ink.dim(` (${labels.expected[lang]})`) : "";
  const outcome = delivery === undefined ? undefined : run.judged.outcomes.get(delivery);
  const about =
    delivery === undefined
      ? labels.noDelivery[lang]
      : `${lang === "en" ? "message" : "melding"} ${delivery}${outcome === undefined ? "" : `: ${outcomeWords[outcome][lang]}`}`;
  const began = path.steps[0]?.atMs ?? 0;
  const into = began < atOnceMs ? "" : intoRun(began, lang);
  const line = (head: string, text: string): string[] => hanging(`    ${padded(head, 11)}`, text, width);
  const also = [...grouped(attached, ({ blames }) => blames).values()].map((group) => {
    const rules = [...new Set(group.map(({ rule }) => rule))];
    return `${rules.join(", ")} (${namingIn(run.scenario, lang)(group[0]?.blames ?? primary.blames)})`;
  });
  return [
    `${ink.red(ink.bold(`✗ ${run.sut.name}: ${primary.rule}`))}${expected}`,
    ...hanging("  ", `${titleOf(run.scenario, lang)} (${run.scenario.id}, seed ${run.seed}) – ${about}${into}`, width),
    "",
    ...picture(path, run.scenario, lang, width, ink),
    "",
    ...line(labels.rule[lang], `${words.name[lang]}: ${words.holds[lang]}.`),
    ...line(labels.fact[lang], `${fact.said[lang]} (${fact.source})`),
    ...line(labels.what[lang], primary.happened),
    ...line(labels.why[lang], primary.because),
    ...line(labels.next[lang], primary.next),
    ...line(labels.blame[lang], blameWords(primary, run, lang)),
    ...(also.length === 0 ? [] : line(labels.also[lang], also.join(", "))),
    `    ${padded(labels.replay[lang], 11)}${ink.cyan(page.replay(run))}`,
  ];
}

function intoRun(ms: number, language: Language): string {
  const time = shortDuration(ms, language);
  return language === "en" ? `, sent ${time} into the run` : `, sendt ${time} inn i kjøringen`;
}

function blameWords(finding: Finding, run: Run, language: Language): string {
  const head = run.ledger[0];
  const sut = head?.kind === "run" ? head.suts.find(({ party }) => party === finding.blames) : undefined;
  const who = sentence(namingIn(run.scenario, language)(finding.blames));
  if (sut === undefined) return who;
  const what = sut.role === "sender" ? labels.senderUnderTest : labels.systemUnderTest;
  return `${who} (${what[language]}, ${run.sut.name})`;
}

function alikeLines(failures: readonly Failure[], page: Page): string[] {
  if (failures.length === 0) return [];
  const { ink, lang } = page;
  const runs = [...grouped(failures, ({ run }) => `${run.scenario.id}\n${run.seed}`).values()];
  const shown = runs.slice(0, mostAlike).flatMap((group) => {
    const [first] = group;
    if (first === undefined) return [];
    const names = group.map(({ broken }) => broken.delivery ?? labels.noDelivery[lang]);
    const some = names.slice(0, mostLabels);
    const more = names.length - some.length;
    const who =
      more === 0 ? some.join(", ") : `${some.join(", ")} ${lang === "en" ? `and ${more} more` : `og ${more} til`}`;
    return [`      ${who} – ${page.replay(first.run)}`];
  });
  const left = runs.length - mostAlike;
  const rest =
    left > 0
      ? [
          `      ${lang === "en" ? `and ${left} more runs, all in report.json` : `og ${left} kjøringer til, alle i report.json`}`,
        ]
      : [];
  return ["", `    ${labels.moreOfTheSame[lang]} (${failures.length})`, ...[...shown, ...rest].map(ink.dim)];
}

// ── What could not be judged, and what is not the system's fault ──

function elsewhereLines(runs: readonly Run[], page: Page): string[] {
  const { lang, width, ink } = page;
  const found = runs.flatMap((run) => run.judged.elsewhere.map((finding) => ({ run, finding })));
  if (found.length === 0) return [];
  const kinds = [...grouped(found, ({ finding }) => `${finding.rule}\n${kindOf(finding.blames)}`).values()];
  return [
    ink.bold(labels.elsewhere[lang]),
    ...kinds.flatMap((group) => {
      const [first] = group;
      if (first === undefined) return [];
      const { finding, run } = first;
      const times = group.length === 1 ? "" : ` (${group.length})`;
      const where = `${finding.delivery ?? labels.noDelivery[lang]}, ${run.scenario.id}, ${run.sut.name}`;
      return hanging(
        "  ",
        `${finding.rule}${times}, ${blamedWords(group, lang)}: ${finding.happened} [${where}]`,
        width,
      );
    }),
  ];
}

/** `municipality#4690` is a municipality: there may be hundreds to blame for the same. */
function kindOf(party: PartyId): string {
  const [kind = party] = party.split("#");
  return kind;
}

function blamedWords(group: readonly { readonly run: Run; readonly finding: Finding }[], language: Language): string {
  const [first, ...others] = new Set(group.map(({ run, finding }) => namingIn(run.scenario, language)(finding.blames)));
  const more = others.length;
  if (more === 0) return first ?? "";
  return language === "en" ? `${first} and ${more} more like it` : `${first} og ${more} til av samme slag`;
}

function inconclusiveLines(runs: readonly Run[], page: Page): string[] {
  const { lang, width, ink } = page;
  const found = runs.flatMap((run) =>
    run.judged.verdict.kind === "inconclusive" ? [{ run, because: run.judged.verdict.because }] : [],
  );
  if (found.length === 0) return [];
  const kinds = [...grouped(found, ({ run, because }) => `${run.sut.name}\n${because}`).values()];
  return [
    ink.yellow(ink.bold(labels.inconclusiveRuns[lang])),
    ...kinds.flatMap((group) => {
      const [first] = group;
      if (first === undefined) return [];
      const where = first.run.sut.name;
      const scenarios = [...new Set(group.map(({ run }) => run.scenario.id))];
      const some = scenarios.slice(0, mostScenarios).join(", ") + (scenarios.length > mostScenarios ? " …" : "");
      return [
        ...hanging("  ? ", `${where} (${some}): ${first.because}`, width),
        ...(limitsOf(first.run, today()) ?? []).flatMap(({ owner, until, because }) =>
          hanging("    ", `${labels.accepted[lang]} ${owner}, ${until}: ${because}`, width),
        ),
        `    ${ink.cyan(page.replay(first.run))}`,
      ];
    }),
  ];
}

function errorLines(page: Page): string[] {
  const { lang, width, ink } = page;
  const errors = page.errors ?? [];
  if (errors.length === 0) return [];
  const kinds = [...grouped(errors, ({ sut, error }) => `${sut.name}\n${error.message}`).values()];
  return [
    ink.red(ink.bold(`${labels.errors[lang]} (${errors.length})`)),
    ...kinds.flatMap((group) => {
      const [first] = group;
      if (first === undefined) return [];
      const { error } = first;
      return [
        ...hanging(
          "  ! ",
          `${first.sut.name}, ${first.scenario.id}${group.length > 1 ? ` (+${group.length - 1})` : ""}`,
          width,
        ),
        ...hanging(`    ${padded(labels.what[lang], 11)}`, error.happened, width),
        ...hanging(`    ${padded(labels.why[lang], 11)}`, error.because, width),
        ...hanging(`    ${padded(labels.next[lang], 11)}`, error.next, width),
        `    ${padded(labels.replay[lang], 11)}${ink.cyan(page.replay(first))}`,
      ];
    }),
  ];
}

function notExercisedLines(runs: readonly Run[], page: Page): string[] {
  if (runs.length === 0) return [];
  const idle = ruleIds.filter((rule) => runs.every(({ judged }) => judged.rules[rule].kind === "not exercised"));
  if (idle.length === 0) return [];
  return [`${labels.notExercised[page.lang]}:`, ...hanging("  ", idle.join(", "), page.width)].map(page.ink.dim);
}

// ── Summary ──

function summaryLines(runs: readonly Run[], page: Page): string[] {
  const { lang, ink, expectation, width } = page;
  const errors = page.errors ?? [];
  const said: string[] = [];
  if (expectation === undefined) said.push(plainSummary(runs, lang));
  else {
    const sound = runs.filter((run) => expectation(run) === "pass");
    if (sound.length > 0) said.push(soundSummary(sound, lang));
    for (const system of systemsOf(runs.filter((run) => expectation(run) === "fail")))
      said.push(
        faultySummary(
          system,
          runs.filter(({ sut }) => sut.name === system),
          lang,
        ),
      );
  }
  if (errors.length === 1)
    said.push(lang === "en" ? "1 run could not be performed." : "1 kjøring kunne ikke gjennomføres.");
  if (errors.length > 1)
    said.push(
      lang === "en"
        ? `${errors.length} runs could not be performed.`
        : `${errors.length} kjøringer kunne ikke gjennomføres.`,
    );
  return said.flatMap((text) => hanging("", text, width)).map(ink.bold);
}

function plainSummary(runs: readonly Run[], language: Language): string {
  const count = (kind: Run["judged"]["verdict"]["kind"]): number =>
    runs.filter(({ judged }) => judged.verdict.kind === kind).length;
  const [passed, failed, inconclusive] = [count("passed"), count("failed"), count("inconclusive")];
  return language === "en"
    ? `${passed} of ${runs.length} runs passed, ${failed} failed, ${inconclusive} inconclusive.`
    : `${passed} av ${runs.length} kjøringer bestått, ${failed} feilet, ${inconclusive} uavklart.`;
}

function soundSummary(runs: readonly Run[], language: Language): string {
  const systems = systemsOf(runs).length;
  const passed = runs.filter(({ judged }) => judged.verdict.kind === "passed").length;
  if (language === "en")
    return `The ${systems === 1 ? "correct system" : `${systems} correct systems`} passed ${passed} of ${runs.length} runs.`;
  return `${systems === 1 ? "Det korrekte systemet" : `De ${systems} korrekte systemene`} besto ${passed} av ${runs.length} kjøringer.`;
}

function faultySummary(system: string, runs: readonly Run[], language: Language): string {
  const failed = runs.filter(({ judged }) => judged.verdict.kind === "failed");
  const rules: RuleId[] = [
    ...new Set(failed.flatMap(({ judged }) => judged.broken.map(({ primary }) => primary.rule))),
  ];
  if (failed.length === 0)
    return language === "en"
      ? `${system} did not fail, as it should have.`
      : `${system} feilet ikke, slik det skulle ha gjort.`;
  return language === "en"
    ? `${system} failed ${failed.length} of ${runs.length} runs by ${listed(rules, "en")}, as it should.`
    : `${system} feilet i ${failed.length} av ${runs.length} kjøringer på ${listed(rules, "nb")}, som det skulle.`;
}
