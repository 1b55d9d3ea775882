import type { TrueView } from "./true-view.ts";

/** One question: which number of which views. */
export interface Question {
  metric: string;
  measurement: "95th" | "median" | "avg" | "count" | "sum";
  fromMs: number;
  toMs: number;
  /** Keeps a view. */
  keeps?: (view: TrueView) => boolean;
  /** Each view stands for 1/sample rate views. */
  weighted?: boolean;
  includeBots?: boolean;
}

/** Those of which a start counts; all others go by the end. */
const BY_START = new Set([
  "views",
  "unique_viewers",
  "playing_time",
  "completion_percentage",
  "ad_attempt_count",
  "ad_impression_count",
  "ad_break_count",
]);

/** Averages that are quotients of sums over the views that hold a value: [part, whole, factor]. */
const QUOTIENTS: Readonly<Record<string, readonly [part: string, whole: string, factor: number]>> = {
  rebuffer_percentage: ["rebuffer_duration", "watch_time", 1],
  rebuffer_frequency: ["rebuffer_count", "watch_time", 60_000],
  seek_latency: ["seek_duration", "seek_count", 1],
  ad_error_percentage: ["ad_error_count", "ad_attempt_count", 1],
  ad_break_error_percentage: ["ad_break_error_count", "ad_break_count", 1],
  ad_startup_error_percentage: ["ad_startup_error_count", "ad_attempt_count", 1],
  ad_exit_before_start_percentage: ["ad_exit_before_start_count", "ad_attempt_count", 1],
};

/** The number, by counting, adding up and sorting; null where no view holds a value. */
export function answer(views: readonly TrueView[], question: Question): number | null {
  const asked = askedViews(views, question);
  const weight = ({ sampleRate }: TrueView) => (question.weighted ? 1 / sampleRate : 1);
  const { metric, measurement } = question;
  if (metric === "unique_viewers") return countViewers(asked, weight);
  const held = asked.flatMap((view) => {
    const value = view.values[metric] ?? null;
    return value === null ? [] : [{ value, weight: weight(view) }];
  });
  if (measurement === "count") return sum(held.map((one) => one.weight));
  if (measurement === "sum") return sum(held.map((one) => one.value * one.weight));
  if (measurement === "median") return quantile(held, 0.5);
  if (measurement === "95th") return quantile(held, 0.95);
  const parts = QUOTIENTS[metric];
  if (parts === undefined)
    return quotient(sum(held.map((one) => one.value * one.weight)), sum(held.map((one) => one.weight)));
  const [part, whole, factor] = parts;
  const holding = asked.filter((view) => (view.values[metric] ?? null) !== null);
  const total = (name: string) => sum(holding.map((view) => (view.values[name] ?? 0) * weight(view)));
  return quotient(total(part) * factor, total(whole));
}

/** The views that a question is about, before it is looked at whether they hold a value. */
export function askedViews(views: readonly TrueView[], question: Question): TrueView[] {
  const { metric, fromMs, toMs, keeps } = question;
  return views.filter((view) => {
    const atMs = BY_START.has(metric) ? view.viewStartMs : view.viewEndMs;
    const inTime = atMs >= fromMs && atMs < toMs;
    return view.counted && inTime && (question.includeBots || !view.bot) && (keeps === undefined || keeps(view));
  });
}

/** Viewers who cannot be told apart are nobody. Each counts once, with the least of the weights of its views. */
function countViewers(views: readonly TrueView[], weight: (view: TrueView) => number): number {
  const viewers = new Map<string, number>();
  for (const view of views) {
    if (view.viewer === null) continue;
    viewers.set(view.viewer, Math.min(weight(view), viewers.get(view.viewer) ?? Number.POSITIVE_INFINITY));
  }
  return sum([...viewers.values()]);
}

/** Linear between the closest ranks; with weights, as if each value stood there as often as it weighs. */
function quantile(held: readonly { value: number; weight: number }[], level: number): number | null {
  const sorted = held.flatMap(({ value, weight }) => Array.from({ length: Math.round(weight) }, () => value));
  sorted.sort((one, other) => one - other);
  if (sorted.length === 0) return null;
  const rank = (sorted.length - 1) * level;
  const below = sorted[Math.floor(rank)] as number;
  const above = sorted[Math.ceil(rank)] as number;
  return below + (above - below) * (rank - Math.floor(rank));
}

function quotient(part: number, whole: number): number | null {
  return whole === 0 ? null : part / whole;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
