import { TIME_ZONES } from "./time-zones.ts";

/** Widths of the buckets of a time series. */
export const GRANULARITIES = ["minute", "ten_minutes", "hour", "day"] as const;
export type Granularity = (typeof GRANULARITIES)[number];

const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;
const DAY_MS = 86_400_000;

/** Of a usual one: the clocks make some hours and days longer or shorter. */
const WIDTHS_MS: Readonly<Record<Granularity, number>> = {
  minute: MINUTE_MS,
  ten_minutes: 10 * MINUTE_MS,
  hour: HOUR_MS,
  day: DAY_MS,
};

/** The width that the reference takes for a range when none is asked (data-api.md §2). */
export function defaultGranularity(rangeMs: number): Granularity {
  if (rangeMs < 90 * MINUTE_MS) return "minute";
  if (rangeMs < 6 * HOUR_MS) return "ten_minutes";
  return rangeMs <= 15 * DAY_MS ? "hour" : "day";
}

/** One step of a series, [startMs, endMs), Unix milliseconds. */
export interface Bucket {
  startMs: number;
  endMs: number;
}

/** Which buckets a series has. */
export interface Series {
  /** [fromMs, toMs), Unix milliseconds. */
  fromMs: number;
  toMs: number;
  granularity: Granularity;
  /** One of `TIME_ZONES`; decides where hours and days begin. */
  timeZone: string;
}

/** Two weeks of minutes, two years of hours, all days from 1970 to 2038: more than a chart can show, and small for an answer. */
const MAX_BUCKETS = 25_000;

/** @throws RangeError for a zone that is not on the list, and for more buckets than an answer may hold */
export function checkSeries({ fromMs, toMs, granularity, timeZone }: Series): void {
  if (!TIME_ZONES.has(timeZone)) throw new RangeError(`no time zone ${timeZone}`);
  if (!((toMs - fromMs) / WIDTHS_MS[granularity] <= MAX_BUCKETS)) {
    const wider = granularity === "day" ? "" : " or wider buckets";
    throw new RangeError(`a series has at most ${MAX_BUCKETS} buckets; use a shorter range${wider}`);
  }
}

/**
 * All buckets that [fromMs, toMs) touches, in order: as the engine cuts them.
 *
 * @throws RangeError as {@link checkSeries}
 */
export function bucketsOf(series: Series): Bucket[] {
  checkSeries(series);
  return cut(series);
}

function cut({ fromMs, toMs, granularity, timeZone }: Series): Bucket[] {
  const buckets: Bucket[] = [];
  const clock = zoneClock(timeZone);
  let startMs = bucketStart(fromMs, granularity, clock);
  while (startMs < toMs) {
    const endMs = nextStart(startMs, granularity, clock);
    buckets.push({ startMs, endMs });
    startMs = endMs;
  }
  return buckets;
}

/** Their starts. */
export function bucketStarts(fromMs: number, toMs: number, granularity: Granularity, timeZone = "UTC"): number[] {
  return bucketsOf({ fromMs, toMs, granularity, timeZone }).map(({ startMs }) => startMs);
}

/**
 * The starts as the API's series have them, which count both ends: three days by the hour are 73 points (data-api.md §2).
 * Where the range ends on the beginning of a bucket, that is one more point without views.
 *
 * @throws RangeError as {@link checkSeries}
 */
export function pointStarts(fromMs: number, toMs: number, granularity: Granularity, timeZone = "UTC"): number[] {
  checkSeries({ fromMs, toMs, granularity, timeZone });
  return cut({ fromMs, toMs: toMs + 1, granularity, timeZone }).map(({ startMs }) => startMs);
}

/** The points of a series with those that hold no view added, in order. No point is lost that has a start of its own. */
export function fillBuckets<Point extends { start_ms: number }>(
  points: readonly Point[],
  starts: readonly number[],
  empty: (startMs: number) => Point,
): Point[] {
  const held = new Set(points.map((point) => point.start_ms));
  const added = starts.filter((startMs) => !held.has(startMs)).map(empty);
  return [...points, ...added].sort((one, other) => one.start_ms - other.start_ms);
}

/** How far a zone's clocks are ahead of UTC at a moment, in milliseconds. */
type ZoneClock = (atMs: number) => number;

function bucketStart(atMs: number, granularity: Granularity, offsetAt: ZoneClock): number {
  if (granularity === "minute") return floor(atMs, MINUTE_MS);
  if (granularity === "ten_minutes") return floor(atMs, 10 * MINUTE_MS);
  const offset = offsetAt(atMs);
  if (granularity === "hour") return floor(atMs + offset, HOUR_MS) - offset;
  return startOfDay(floor(atMs + offset, DAY_MS), offsetAt);
}

function nextStart(startMs: number, granularity: Granularity, offsetAt: ZoneClock): number {
  if (granularity === "minute") return startMs + MINUTE_MS;
  if (granularity === "ten_minutes") return startMs + 10 * MINUTE_MS;
  if (granularity === "hour") return bucketStart(startMs + HOUR_MS, "hour", offsetAt);
  // no day is longer than 25 hours or shorter than 23
  return bucketStart(startMs + 26 * HOUR_MS, "day", offsetAt);
}

/** The first moment of a local day, given as if its clocks were UTC's. Where midnight is skipped, the day begins later. */
function startOfDay(localMs: number, offsetAt: ZoneClock): number {
  const early = localMs - offsetAt(localMs - DAY_MS / 2);
  const late = localMs - offsetAt(localMs + DAY_MS / 2);
  const [first, second] = early < late ? [early, late] : [late, early];
  if (first + offsetAt(first) >= localMs) return first;
  return second;
}

function floor(value: number, step: number): number {
  return Math.floor(value / step) * step;
}

/** Since 1970 no clock has been changed twice within a week. */
const STEP_MS = 4 * DAY_MS;

/** Where the clocks are the same at both ends of a step, they are so within it. */
function zoneClock(timeZone: string): ZoneClock {
  if (timeZone === "UTC") return () => 0;
  const offsetAt = intlClock(timeZone);
  const offsets = new Map<number, number>();
  const atStep = (step: number) => {
    const offset = offsets.get(step) ?? offsetAt(step * STEP_MS);
    offsets.set(step, offset);
    return offset;
  };
  return (atMs) => {
    const step = Math.floor(atMs / STEP_MS);
    const offset = atStep(step);
    return offset === atStep(step + 1) ? offset : offsetAt(atMs);
  };
}

function intlClock(timeZone: string): ZoneClock {
  const format = new Intl.DateTimeFormat("en-US", {
    timeZone,
    hourCycle: "h23",
    year: "numeric",
    month: "numeric",
    day: "numeric",
    hour: "numeric",
    minute: "numeric",
    second: "numeric",
  });
  return (atMs) => {
    const parts = new Map(format.formatToParts(atMs).map(({ type, value }) => [type, Number(value)]));
    const part = (type: Intl.DateTimeFormatPartTypes) => parts.get(type) ?? 0;
    const local = Date.UTC(part("year"), part("month") - 1, part("day"), part("hour"), part("minute"), part("second"));
    return local - floor(atMs, 1_000);
  };
}
