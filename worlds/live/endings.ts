import { HarnessError } from "../../core/error.ts";
import type { ReadyCheck, SystemUnderTest } from "../world.ts";
import type { Ended } from "./started.ts";

/** Why a process ended by itself; undefined where it returned. */
export function whyOf(end: Ended): string | undefined {
  if (end.code === 0) return undefined;
  const how = end.signal === null ? `exit code ${end.code ?? "unknown"}` : `signal ${end.signal}`;
  const failed = end.lastLines.findLast((line) => line.startsWith("The integration failed: "));
  const last = failed?.slice("The integration failed: ".length) ?? end.lastLines.findLast((line) => line.trim() !== "");
  return last === undefined ? how : `${last} (${how})`;
}

/** `komfrem host` could not start a module at all. */
export function cannotStart(sut: SystemUnderTest, end: Ended): HarnessError {
  const said = end.lastLines.join("\n");
  const part = (from: string): string | undefined => new RegExp(`^ {2}${from}: +(.*)$`, "m").exec(said)?.[1];
  return new HarnessError({
    happened: `${sut.name} could not be started as a process.`,
    because: part("Why") ?? (said === "" ? "It ended at once and said nothing." : said),
    next: part("Next") ?? `Run komfrem host ${sut.module} by hand, with KOMFREM_ENDPOINTS set, to see more.`,
  });
}

/** What was waited for, for how long, and what more is known. */
export type Waited = {
  /** Undefined where it was to ask us for something. */
  readonly check: ReadyCheck | undefined;
  /** Real ms. */
  readonly withinMs: number;
  /** A sentence, where it ended first. */
  readonly why?: string;
  readonly log: readonly string[];
};

/** A start was never what is waited for. */
export function neverReady(sut: SystemUnderTest, { check, withinMs, why, log }: Waited): HarnessError {
  const within = `Within ${Math.round(withinMs / 1000)} s of real time`;
  const isAskedFor = sut.product?.ready !== undefined;
  const lastLines = log.length === 0 ? "It logged nothing." : `Its last lines: ${log.slice(-5).join(" | ")}`;
  const [because, next] =
    check === undefined
      ? [
          `${within} it neither got a token nor opened a connection.`,
          "Have the module fetch a token from endpoints.maskinporten and connect to endpoints.fiks.amqp when it starts.",
        ]
      : isAskedFor
        ? [
            `${within} it was not what ready in its config waits for.`,
            "Correct ready or readyWithinMs in the config, or what it says when it starts.",
          ]
        : [
            `${within} nothing of it accepted connections where it takes orders.`,
            "Have it listen at KOMFREM_SEND_URL (sendUrl in the endpoints file), or say in its config where it does: send.",
          ];
  return new HarnessError({
    happened: `${sut.name} was never ready.`,
    because: [because, ...(why === undefined ? [] : [why]), lastLines].join(" "),
    next,
  });
}
