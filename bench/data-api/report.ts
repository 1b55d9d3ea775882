import type { Measured } from "../queries/measure-asking.ts";
import type { Range } from "../queries/ranges.ts";
import type { Call } from "./call.ts";
import { type Run, titleOf } from "./runs.ts";

/** A call in a run, beside the hand-written SQL for the same answer. */
export interface Figure {
  call: string;
  run: Run;
  /** Beside the engine is the server. */
  ours: Measured;
  hand: Measured;
  /** Of the 95th percentile. */
  limitMs: number;
}

/** Of the time that the hand-written SQL takes. */
const MOST_RATIO = 1.3;
/** What a request takes whatever it asks, ms: HTTP, the token, reading and writing JSON. */
const OF_A_REQUEST_MS = 10;
/** Of the processor time that one dashboard costs the engine. */
const MOST_DASHBOARDS_RATIO = 1.5;

export const HEAD =
  "ms: over HTTP p50, p95, CPU of engine, of server; by hand p50, p95, CPU of engine; ratio of p50, of the engine's CPU; limit of p95";

/** 24 hours < 300 ms; 30 days < 1 s, comparison and insights < 3 s. */
export function limitOf({ weight }: Pick<Call, "weight">, range: Range): number {
  return range.limitMs({ weight: weight === "light" ? "usual" : weight });
}

/**
 * What a figure missed, in a word each. Against the SQL it is held where the two were asked in turn: one at a time, and every
 * request asking the store.
 */
export function missesOf({ run, ours, hand, limitMs }: Figure): ("LIMIT" | "TIME")[] {
  const isCompared = run.range.atOnce === 1 && !run.sharesAnswers;
  const tooLate = ours.p95Ms >= limitMs;
  const tooSlow = isCompared && ours.p50Ms > hand.p50Ms * MOST_RATIO + OF_A_REQUEST_MS;
  return [...(tooLate ? (["LIMIT"] as const) : []), ...(tooSlow ? (["TIME"] as const) : [])];
}

export function lineOf(figure: Figure): string {
  const { call, run, ours, hand, limitMs } = figure;
  const columns = [ours.p50Ms, ours.p95Ms, ours.cpuMs, ours.besideCpuMs, hand.p50Ms, hand.p95Ms, hand.cpuMs];
  const ratios = [ours.p50Ms / hand.p50Ms, ours.cpuMs / Math.max(1, hand.cpuMs)].map((ratio) => `×${ratio.toFixed(2)}`);
  const missed = missesOf(figure).map((miss) => `  ${run.isJudged ? "MISSED" : "beyond"} ${miss}`);
  const numbers = columns.map((ms) => ms.toFixed(0).padStart(6)).join("");
  return `${numbers}${ratios.map((ratio) => ratio.padStart(8)).join("")}  <${limitMs}  ${call}${missed.join("")}`;
}

/** What is told of all figures once more at the end: those that missed something, and how many did not. */
export function summaryOf(figures: readonly Figure[]): { lines: string[]; missed: number } {
  const judged = figures.filter(({ run }) => run.isJudged);
  const missed = judged.filter((figure) => missesOf(figure).length > 0);
  const beyond = figures.filter((figure) => !figure.run.isJudged && missesOf(figure).length > 0);
  const lines = [...missed, ...beyond].map((figure) => `${lineOf(figure)}, ${titleOf(figure.run)}`);
  return {
    lines: [...lines, `${judged.length - missed.length} of ${judged.length} within their limits`],
    missed: missed.length,
  };
}

/** The sentence about many equal dashboards, and whether they cost too much. */
export function dashboardsLine(many: number, { oneCpuMs, manyCpuMs }: { oneCpuMs: number; manyCpuMs: number }) {
  const ratio = manyCpuMs / oneCpuMs;
  const isMissed = oneCpuMs <= 0 || ratio > MOST_DASHBOARDS_RATIO; // less than idle: too little to be measured
  const missed = isMissed ? "  MISSED" : "";
  const line = `${many} equal dashboards: ${manyCpuMs.toFixed(0)} ms of the engine's processor time, one: ${oneCpuMs.toFixed(0)}; ×${ratio.toFixed(2)}, limit ×${MOST_DASHBOARDS_RATIO}${missed}`;
  return { line, isMissed };
}
