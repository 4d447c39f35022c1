import { createHash } from "node:crypto";
import type { ProbeItem } from "../../../contracts/komfrem/probe.ts";
import { dayMs, hourMs } from "../../../core/calendar.ts";
import { HarnessError } from "../../../core/error.ts";
import type { Draft, LedgerEntry } from "../../../core/ledger.ts";
import type { CopyId, DeliveryId } from "../../../core/names.ts";
import type { Stage } from "../../stage.ts";
import type { SystemProbe } from "../../world.ts";
import { comparedWith, meantBy, type Reading, readingOf } from "./probe-reading.ts";
import { askProbe, type ProbeQuestion } from "./probe-source.ts";

/** Longest that one reading may take, real ms; the product may be down meanwhile. */
const withinMs = 15_000;
/** What is set aside stays there until a reading shows that it does not. */
const keptMs = 365 * dayMs;

/** What stood there of a delivery at the last reading. */
type Standing = {
  isHeld: boolean;
  /** By case, the sum of what was said of it. */
  readonly cases: Map<string, string>;
  readonly said: Set<string>;
};

/**
 * Reads what a product says that it durably holds, and writes it to the ledger: each as true since some time after the
 * reading before.
 *
 * @source PORT.md, *Probe and alarm*; RULES.md, *Time*: readings are intervals.
 */
export class ProbeObserver {
  readonly #stage: Stage;
  readonly #probe: SystemProbe;
  readonly #question: ProbeQuestion;
  readonly #standing = new Map<DeliveryId, Standing>();
  readonly #doubted = new Set<string>();
  /** When the last reading began, ms since the run began. */
  #beforeMs = 0;
  #last: { readonly complete: boolean } | { readonly failed: string } | undefined;
  #under: Promise<void> | undefined;
  #looked = 0;
  #nextMs = 0;

  /** @param around The product's own environment and folder, in which a command is asked. */
  constructor(stage: Stage, probe: SystemProbe, around: Pick<ProbeQuestion, "environment" | "folder">) {
    this.#stage = stage;
    this.#probe = probe;
    this.#question = { ...around, token: stage.manifest.token, withinMs };
  }

  /** Whether anything has happened, since the last reading, that may have changed what stands there. */
  get isBehind(): boolean {
    const { entries } = this.#stage;
    for (; this.#looked < entries.length; this.#looked++) if (changes(entries[this.#looked])) return true;
    return this.#nowMs() - this.#beforeMs >= hourMs && this.#awaits();
  }

  /** Reads once; whoever asks meanwhile waits for the same reading. */
  read(): Promise<void> {
    this.#under ??= this.#read().finally(() => {
      this.#under = undefined;
      this.#nextMs = performance.now() + this.#probe.everyMs;
    });
    return this.#under;
  }

  /** Reads meanwhile, where there is reason to and the last reading is long enough ago. */
  readAlong(): void {
    if (this.#under !== undefined || performance.now() < this.#nextMs || !this.isBehind) return;
    void this.read();
  }

  /** After the run: what cannot be concluded from what was read. */
  async conclude(): Promise<void> {
    await this.#under;
    const why =
      this.#last === undefined
        ? "the probe was never asked"
        : "failed" in this.#last
          ? `the probe could not be read at the end: ${this.#last.failed}`
          : this.#last.complete
            ? undefined
            : "the probe's last answer was not complete, so absence is not proved";
    if (why === undefined) return;
    this.#stage.ledger.record({ kind: "doubted", by: witness, what: why });
  }

  async #read(): Promise<void> {
    this.#looked = this.#stage.entries.length;
    const startMs = this.#nowMs();
    const began = performance.now();
    let reading: Reading;
    try {
      reading = readingOf(await askProbe(this.#probe.source, this.#question));
    } catch (error) {
      if (error instanceof HarnessError) this.#giveUp(error);
      else this.#last = { failed: reasonOf(error) };
      return;
    }
    if (this.#stage.ended) return;
    const tookMs = Math.round(performance.now() - began);
    if (tookMs > this.#probe.settleMs)
      this.#doubt(
        `a reading of the probe took ${tookMs} ms, and at most ${this.#probe.settleMs} are counted on: settleMs`,
      );
    this.#note(reading);
    this.#beforeMs = startMs;
    this.#last = { complete: reading.complete };
  }

  #giveUp(error: HarnessError): void {
    this.#stage.error ??= error;
    this.#stage.ended = true;
  }

  #note({ items, complete }: Reading): void {
    const seen = new Map<DeliveryId, ProbeItem[]>();
    const copies = new Map<ProbeItem, CopyId>();
    for (const item of items) {
      const meant = meantBy(item, this.#stage.manifest);
      if (meant.kind === "stranger") continue;
      if (meant.kind === "ambiguous") {
        this.#doubt(`what the probe shows stands for several: ${meant.deliveries.join(", ")}`);
        continue;
      }
      seen.set(meant.delivery, [...(seen.get(meant.delivery) ?? []), item]);
      if (meant.copy !== undefined) copies.set(item, meant.copy);
    }
    for (const [delivery, shown] of seen) this.#noteDelivery(delivery, shown, copies);
    if (!complete) return;
    for (const [delivery, standing] of this.#standing)
      if (!seen.has(delivery) && standing.isHeld) {
        standing.isHeld = false;
        standing.cases.clear();
        this.#write(delivery, { kind: "dropped", party: this.#party, why: "lost", lastPath: true });
      }
  }

  #noteDelivery(delivery: DeliveryId, items: readonly ProbeItem[], copies: ReadonlyMap<ProbeItem, CopyId>): void {
    const standing = this.#standing.get(delivery) ?? { isHeld: false, cases: new Map(), said: new Set() };
    this.#standing.set(delivery, standing);
    if (!standing.isHeld) {
      standing.isHeld = true;
      const durability = items.every(({ state }) => state === "queued") ? "unknown" : "process";
      for (const copy of this.#stage.manifest.copiesOf(delivery))
        this.#write(delivery, { kind: "held", party: this.#party, durability, ok: true, copy });
    }
    let rows = 0;
    for (const item of items) {
      const copy = copies.get(item) ?? this.#stage.manifest.copiesOf(delivery)[0] ?? delivery;
      if (item.state === "registered" || item.state === "opened")
        this.#noteCase(delivery, copy, item, item.caseId ?? `row ${++rows} of ${delivery}`, standing);
      if (item.state === "opened")
        this.#once(standing, "opened", () =>
          this.#write(delivery, { kind: "opened", opener: "person", who: "caseworker", copy }),
        );
      if (item.state === "rejected")
        this.#once(standing, "rejected", () =>
          this.#write(delivery, {
            kind: "quarantined",
            party: this.#party,
            retrievable: this.#isWhole(delivery, item),
            untilMs: this.#nowMs() + keptMs,
            copy,
          }),
        );
      for (const to of item.visibleTo ?? [])
        this.#once(standing, `shown ${to}`, () => this.#write(delivery, { kind: "shown", to, copy }));
    }
  }

  #noteCase(delivery: DeliveryId, copy: CopyId, item: ProbeItem, caseName: string, standing: Standing): void {
    const { manifest } = this.#stage;
    const sent = manifest.delivery(delivery);
    if (sent === undefined) return;
    const { asOf: _, ...lasting } = item;
    const sum = createHash("sha256")
      .update(JSON.stringify({ ...lasting, state: "registered" }))
      .digest("hex");
    if (standing.cases.get(caseName) === sum) return;
    standing.cases.set(caseName, sum);
    const { parts, whole, readable } = comparedWith(sent, item, this.#probe.fidelity, manifest);
    this.#write(
      delivery,
      {
        kind: "registered",
        caseId: manifest.alias(`case ${caseName}`),
        ...(item.municipality === undefined ? {} : { municipalityNumber: item.municipality }),
        ...(item.district === undefined ? {} : { district: item.district }),
        ...(item.confidential === undefined ? {} : { class: item.confidential ? "confidential" : "ordinary" }),
        parts,
        whole,
        copy,
      },
      item.complete && readable,
    );
  }

  /** Whether all of it can be had from there, as far as is shown. */
  #isWhole(delivery: DeliveryId, item: ProbeItem): boolean {
    const sent = this.#stage.manifest.delivery(delivery);
    if (sent === undefined) return false;
    const { parts, readable } = comparedWith(sent, item, this.#probe.fidelity, this.#stage.manifest);
    return !readable || parts.every(({ ok }) => ok);
  }

  #once({ said }: Standing, what: string, write: () => void): void {
    if (said.has(what)) return;
    said.add(what);
    write();
  }

  #write(delivery: DeliveryId, draft: Draft, complete = true): void {
    this.#stage.ledger.record({
      ...draft,
      by: witness,
      delivery,
      notBeforeMs: this.#beforeMs,
      notAfterMs: this.#nowMs(),
      complete,
    });
  }

  #doubt(what: string): void {
    // The same doubt at every reading is one doubt.
    const kind = what.replaceAll(/\d+/g, "");
    if (this.#doubted.has(kind)) return;
    this.#doubted.add(kind);
    this.#stage.ledger.record({ kind: "doubted", by: witness, what });
  }

  /** Whether something that was fetched is not registered yet: it may be by now. */
  #awaits(): boolean {
    for (const { id } of this.#stage.manifest.deliveries())
      if ((this.#standing.get(id)?.cases.size ?? 0) === 0) return true;
    return false;
  }

  get #party(): string {
    return this.#stage.system.party;
  }

  #nowMs(): number {
    return this.#stage.ledger.sinceStart(this.#stage.clock.now());
  }
}

const witness = "probe:product";

const changing: ReadonlySet<LedgerEntry["kind"]> = new Set([
  "fetched",
  "settled",
  "receipted",
  "started",
  "crashed",
  "stopped",
  "restored",
  "phase",
]);

function changes(entry: LedgerEntry | undefined): boolean {
  return entry !== undefined && changing.has(entry.kind);
}

function reasonOf(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return (text.split("\n")[0] ?? "").slice(0, 200);
}
