import type { Measurement } from "../../../domain/metrics/metric.ts";
import { METRICS } from "../../../domain/metrics/metrics.ts";
import type { Random } from "../../../domain/simulation/random.ts";
import type { Question } from "../../../domain/truth/answer.ts";
import type { KnownView } from "./folded-views.ts";

/** How rows of an answer are told apart. */
export type Grouping =
  | { kind: "none" }
  | { kind: "dimension"; id: string }
  | { kind: "time"; granularity: keyof typeof WIDTHS_MS; timeZone: string }
  | { kind: "both"; ids: readonly string[]; granularity: keyof typeof WIDTHS_MS; timeZone: string };

/** A question as it is sent, and as the reference is asked. */
export interface RandomQuestion {
  /** One; several where the grouping is `both`. */
  numbers: readonly [AskedNumber, ...AskedNumber[]];
  fromMs: number;
  toMs: number;
  filters: readonly string[];
  metricFilters: readonly string[];
  weighted: boolean;
  includeBots: boolean;
  grouping: Grouping;
  keeps: NonNullable<Question["keeps"]>;
}

interface AskedNumber {
  metric: string;
  measurement: Measurement;
}

export const WIDTHS_MS = { minute: 60_000, ten_minutes: 600_000, hour: 3_600_000, day: 86_400_000 } as const;
/** Zones without summer time: the reference adds a number of minutes. */
export const ZONES: Readonly<Record<string, number>> = { UTC: 0, "Asia/Kathmandu": 345, "America/Phoenix": -420 };

const yesNo = (view: KnownView, metric: string) => String(view.values[metric] === 1);

/** What a dimension says of a view, worked out of its events; "" is no value. */
export const FIELDS: Readonly<Record<string, (view: KnownView) => string>> = {
  country: (view) => view.country,
  cdn: (view) => view.cdn,
  video_cdn_trace: ({ cdnTrace }) => (cdnTrace.length === 0 ? "" : `[${cdnTrace.join(",")}]`),
  player_name: (view) => String(view.fields.get("player_name") ?? ""),
  stream_type: (view) => String(view.fields.get("video_stream_type") ?? ""),
  video_title: (view) => String(view.fields.get("video_title") ?? ""),
  exit_before_video_start: (view) => yesNo(view, "exits_before_video_start"),
  playback_failure: (view) => yesNo(view, "playback_failure_percentage"),
  view_dropped: (view) => yesNo(view, "view_dropped_percentage"),
};

/** Metrics of which views' own values are worth comparing, with numbers that divide them. */
const COMPARED: readonly (readonly [metric: string, number: number])[] = [
  ["watch_time", 20_000],
  ["video_startup_time", 1_200],
  ["rebuffer_count", 0],
  ["completion_percentage", 0.01],
  ["viewer_experience_score", 0.7],
];
const OPERATORS: Readonly<Record<string, (one: number, other: number) => boolean>> = {
  ">=": (one, other) => one >= other,
  "<=": (one, other) => one <= other,
  ">": (one, other) => one > other,
  "<": (one, other) => one < other,
};

interface Condition {
  text: string;
  /** Of what several keep by the same, one has to. */
  keptBy: string | null;
  keeps: (view: KnownView) => boolean;
}

/** A question that at least one view answers, as a rule: it is made after the look of one. */
export function randomQuestion(random: Random, views: readonly KnownView[]): RandomQuestion {
  const like = random.pick(views);
  const range = randomRange(random, like, views);
  const filters = Array.from({ length: random.weighted(NUMBERS_OF_FILTERS).count }, () => {
    const negated = random.chance(0.4);
    return filter(random, negated ? random.pick(views) : like, negated);
  });
  const metricFilters = random.chance(0.2) ? [metricFilter(random)] : [];
  const [weighted, includeBots] = [random.chance(0.2), random.chance(0.2)];
  // only views of ours are asked about
  const keeps: RandomQuestion["keeps"] = (view) => keepsAll([...filters, ...metricFilters], view as KnownView);
  const by = grouping(random);
  return {
    numbers: askedNumbers(random, by.kind === "both" ? 3 : 1),
    ...{ ...range, weighted, includeBots, grouping: by, keeps },
    filters: filters.map(({ text }) => text),
    metricFilters: metricFilters.map(({ text }) => text),
  };
}

/** Up to so many, each once: the same one twice is refused. */
function askedNumbers(random: Random, most: number): RandomQuestion["numbers"] {
  const first = askedNumber(random);
  const numbers = new Map<string, AskedNumber>();
  for (let count = 1; count < most; count += 1) {
    const number = askedNumber(random);
    numbers.set(`${number.metric} ${number.measurement}`, number);
  }
  numbers.delete(`${first.metric} ${first.measurement}`);
  return [first, ...numbers.values()];
}

function askedNumber(random: Random): AskedNumber {
  const { id, measurements } = random.pick(METRICS);
  return { metric: id, measurement: random.pick(measurements) };
}

const NUMBERS_OF_FILTERS = [0, 1, 2, 3].map((count) => ({ count, weight: [4, 3, 2, 1][count] ?? 0 }));

/** Whole seconds, mostly around the view; a tenth lies where it happens to. */
function randomRange(random: Random, like: KnownView, views: readonly KnownView[]): { fromMs: number; toMs: number } {
  if (random.chance(0.1)) {
    const [one = 0, other = 0] = [random.pick(views).viewStartMs, random.pick(views).viewEndMs].sort((a, b) => a - b);
    return wholeSeconds(one, other);
  }
  const before = random.pick([1_000, 20_000, 600_000, 86_400_000]);
  const behind = random.pick([1_000, 20_000, 600_000, 86_400_000]);
  return wholeSeconds(like.viewStartMs - random.between(0, before), like.viewEndMs + random.between(0, behind));
}

function wholeSeconds(fromMs: number, toMs: number): { fromMs: number; toMs: number } {
  return { fromMs: Math.floor(fromMs / 1_000) * 1_000, toMs: (Math.floor(toMs / 1_000) + 1) * 1_000 };
}

function keepsAll(conditions: readonly Condition[], view: KnownView): boolean {
  const alternatives = Map.groupBy(conditions, ({ keptBy }) => keptBy);
  return [...alternatives].every(([keptBy, some]) =>
    keptBy === null ? some.every(({ keeps }) => keeps(view)) : some.some(({ keeps }) => keeps(view)),
  );
}

function filter(random: Random, like: KnownView, negated: boolean): Condition {
  const id = random.pick(Object.keys(FIELDS));
  const of = FIELDS[id] ?? (() => "");
  if (id === "video_cdn_trace" && random.chance(0.6) && like.cdnTrace.length > 0) {
    const cdn = random.pick(like.cdnTrace);
    if (cdn !== "") {
      const holds = (view: KnownView) => view.cdnTrace.includes(cdn);
      return condition(`${negated ? "-" : "+"}${id}:${cdn}`, id, holds, negated);
    }
  }
  const value = of(like);
  const text = id === "video_cdn_trace" && value === "" ? "[]" : value;
  return condition(`${negated ? "!" : ""}${id}:${text}`, id, (view) => of(view) === value, negated);
}

function condition(text: string, id: string, holds: Condition["keeps"], negated: boolean): Condition {
  return { text, keptBy: negated ? null : id, keeps: (view) => holds(view) !== negated };
}

function metricFilter(random: Random): Condition {
  const [metric, number] = random.pick(COMPARED);
  const operator = random.pick(Object.keys(OPERATORS));
  const compare = OPERATORS[operator] ?? (() => false);
  return {
    text: `${metric}${operator}${number}`,
    keptBy: null,
    keeps: (view) => {
      const value = view.values[metric] ?? null;
      return value !== null && compare(value, number);
    },
  };
}

function grouping(random: Random): Grouping {
  const time = {
    granularity: random.pick(Object.keys(WIDTHS_MS) as (keyof typeof WIDTHS_MS)[]),
    timeZone: random.pick(Object.keys(ZONES)),
  };
  const id = random.pick(Object.keys(FIELDS));
  const kind = random.pick(["none", "dimension", "time", "both"] as const);
  if (kind === "none") return { kind };
  if (kind === "dimension") return { kind, id };
  if (kind === "time") return { kind, ...time };
  const other = random.pick(Object.keys(FIELDS).filter((each) => each !== id));
  return { kind, ids: random.chance(0.5) ? [id] : [id, other], ...time };
}
