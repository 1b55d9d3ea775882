import { isDeepStrictEqual } from "node:util";
import type { Metric } from "../../../domain/metrics/metric.ts";
import { METRICS } from "../../../domain/metrics/metrics.ts";
import type { Scope } from "../../../domain/metrics/scope.ts";
import { answer, askedViews, type Question } from "../../../domain/truth/answer.ts";
import type { TrueView } from "../../../domain/truth/true-view.ts";
import type { AskedNumber, FastAnswer, StoredView } from "./fast-answers.ts";

/** The two sides do not say the same. */
export interface Difference {
  what: string;
  fast: unknown;
  truth: unknown;
}

/** Sums of fractions and quotients of large sums lose a few of the last digits; counts and sums of whole numbers none. */
const RELATIVE = 1e-9;
/** Weighted quantiles are of values to 14 binary digits (docs/metrics.md). */
const RELATIVE_OF_WEIGHTED_QUANTILES = 2 ** -14;

export function isSame(fast: number | null, truth: number | null): boolean {
  return isNear(fast, truth, truth !== null && Number.isInteger(truth) ? 1e-14 : RELATIVE);
}

function isNear(fast: number | null, truth: number | null, relative: number): boolean {
  if (fast === null || truth === null) return fast === truth;
  return Math.abs(fast - truth) <= Math.abs(truth) * relative;
}

/** Every value of every view that counts. */
export function compareViews(
  stored: readonly StoredView[],
  truth: readonly TrueView[],
  metrics: readonly Metric[] = METRICS,
): Difference[] {
  const byId = new Map(stored.map((view) => [view.viewId, view]));
  const differences: Difference[] = [];
  if (stored.length !== truth.length) differences.push({ what: "views", fast: stored.length, truth: truth.length });
  for (const view of truth) {
    const fast = byId.get(view.viewId);
    const note = (name: string, one: unknown, other: unknown, same: boolean) => {
      if (!same) differences.push({ what: `${name} of ${view.viewId}`, fast: one, truth: other });
    };
    note("counted", fast?.counted, view.counted, fast?.counted === view.counted);
    if (fast === undefined || !view.counted) continue;
    note("cdn", fast.cdn, view.cdn, fast.cdn === view.cdn);
    note("CDN trace", fast.cdnTrace, view.cdnTrace, isDeepStrictEqual(fast.cdnTrace, view.cdnTrace));
    note("bot", fast.bot, view.bot, fast.bot === view.bot);
    note("start", fast.viewStartMs, view.viewStartMs, fast.viewStartMs === Math.floor(view.viewStartMs));
    note("end", fast.viewEndMs, view.viewEndMs, fast.viewEndMs === Math.floor(view.viewEndMs));
    for (const { id } of metrics) {
      const [one, other] = [fast.values[id] ?? null, view.values[id] ?? null];
      note(id, one, other, isSame(one, other));
    }
  }
  return differences;
}

/** Asks the fast side. */
export type Ask = (scope: Scope, asked: readonly AskedNumber[]) => Promise<FastAnswer[]>;

/** Asks both sides for metrics in their measurements, over one scope. `keeps` says of a view what the scope's filters say. */
export async function compareAnswers(
  ask: Ask,
  truth: readonly TrueView[],
  scope: Scope,
  options: { metrics?: readonly Metric[]; keeps?: (view: TrueView) => boolean } = {},
): Promise<Difference[]> {
  const differences: Difference[] = [];
  const asked = (options.metrics ?? METRICS).flatMap((metric) =>
    metric.measurements.map((measurement) => ({ metric, measurement })),
  );
  const answers = await ask(scope, asked);
  for (const [at, { metric, measurement }] of asked.entries()) {
    const fast = answers[at] ?? { value: null, views: Number.NaN };
    const { fromMs, toMs, weighted, includeBots } = scope;
    const question: Question = { metric: metric.id, measurement, fromMs, toMs, weighted, includeBots };
    if (options.keeps !== undefined) question.keeps = options.keeps;
    const expected = answer(truth, question);
    const what = `${metric.id} ${measurement}`;
    const isRough = weighted && (measurement === "median" || measurement === "95th");
    const same = isRough ? isNear(fast.value, expected, RELATIVE_OF_WEIGHTED_QUANTILES) : isSame(fast.value, expected);
    if (!same) differences.push({ what, fast: fast.value, truth: expected });
    const views = countHeld(truth, question);
    if (!isSame(fast.views, views)) differences.push({ what: `views with ${what}`, fast: fast.views, truth: views });
  }
  return differences;
}

/** Views that hold a value of the metric, each as often as it stands for others. */
function countHeld(truth: readonly TrueView[], question: Question): number {
  const held = askedViews(truth, question).filter((view) => (view.values[question.metric] ?? null) !== null);
  return held.reduce((sum, { sampleRate }) => sum + (question.weighted ? 1 / sampleRate : 1), 0);
}
