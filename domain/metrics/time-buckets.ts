/** Widths of the buckets of a time series. */
export const GRANULARITIES = ["minute", "ten_minutes", "hour", "day"] as const;
export type Granularity = (typeof GRANULARITIES)[number];

const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;
const DAY_MS = 86_400_000;

/** The width that the reference takes for a range when none is asked (data-api.md §2). */
export function defaultGranularity(rangeMs: number): Granularity {
  if (rangeMs < 90 * MINUTE_MS) return "minute";
  if (rangeMs < 6 * HOUR_MS) return "ten_minutes";
  return rangeMs <= 15 * DAY_MS ? "hour" : "day";
}

/**
 * Starts of all buckets that [fromMs, toMs) touches, in order, Unix milliseconds: as the engine cuts them.
 *
 * @param timeZone IANA name; decides where hours and days begin. Without one the runtime knows this throws a RangeError
 */
export function bucketStarts(fromMs: number, toMs: number, granularity: Granularity, timeZone = "UTC"): number[] {
  const starts: number[] = [];
  const clock = zoneClock(timeZone);
  for (let at = bucketStart(fromMs, granularity, clock); at < toMs; at = nextStart(at, granularity, clock)) {
    starts.push(at);
  }
  return starts;
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

function zoneClock(timeZone: string): ZoneClock {
  if (timeZone === "UTC") return () => 0;
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
