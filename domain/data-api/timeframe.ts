import { ApiError } from "../errors.ts";

/** [fromMs, toMs), Unix milliseconds. */
export interface Timeframe {
  fromMs: number;
  toMs: number;
}

const SECOND_MS = 1_000;
const DAY_MS = 86_400_000;
/** A month is 30 days and a year has none: a window that slides should not change its length. */
const UNITS_MS = { minutes: 60_000, hours: 3_600_000, days: DAY_MS, weeks: 7 * DAY_MS, months: 30 * DAY_MS } as const;
/** 2200-01-01, the end of what the store can hold. */
export const NEWEST_SECONDS = 7_258_118_400;

const EXPECTED =
  "timeframe[]: give two times in Unix seconds, the earlier one first, or one span up to now such as 24:hours (minutes, hours, days, weeks, months)";

/**
 * The range that `timeframe[]` names (data-api.md §1): two Unix times in seconds, or `<n>:<unit>` up to now. Nothing is the
 * last 24 hours. Brackets around a span (`[7:days]`), as one client writes it, are dropped.
 *
 * @throws ApiError that says what may be given
 */
export function parseTimeframe(values: readonly string[], nowMs: number): Timeframe {
  const [first, second] = values;
  if (first === undefined) return span(DAY_MS, nowMs);
  if (values.length > 2) throw wrong(`not ${values.length} values`);
  return second === undefined ? parseSpan(first, nowMs) : between(first, second);
}

function parseSpan(text: string, nowMs: number): Timeframe {
  const [, count, unit] = /^\[?(\d{1,9}):([a-z]+?)s?\]?$/.exec(text.trim()) ?? [];
  const unitMs = unit === undefined ? undefined : UNITS_MS[`${unit}s` as keyof typeof UNITS_MS];
  if (unitMs === undefined || Number(count) === 0) throw wrong(`not ${quoted(text)}`);
  return span(Number(count) * unitMs, nowMs);
}

/**
 * Up to now, on a step of the clock: dashboards that ask for the same span within one step ask for the same range, and share
 * one answer. The step that now lies in belongs to the range.
 */
function span(lengthMs: number, nowMs: number): Timeframe {
  const stepMs = stepOf(lengthMs);
  const toMs = Math.ceil(nowMs / stepMs) * stepMs;
  return { fromMs: Math.max(0, toMs - lengthMs), toMs };
}

/** A second under 6 hours, 10 under a week, then a minute: under a thousandth of what is asked. */
function stepOf(lengthMs: number): number {
  if (lengthMs < 6 * UNITS_MS.hours) return SECOND_MS;
  return lengthMs < UNITS_MS.weeks ? 10 * SECOND_MS : 60 * SECOND_MS;
}

/** How long an answer about a range may serve others who ask for the same, in milliseconds. */
export function keepMs({ fromMs, toMs }: Timeframe): number {
  return stepOf(toMs - fromMs);
}

function between(first: string, second: string): Timeframe {
  const [from, to] = [seconds(first), seconds(second)];
  if (from >= to) throw wrong(`${quoted(first)} is not before ${quoted(second)}`);
  return { fromMs: from * SECOND_MS, toMs: to * SECOND_MS };
}

function seconds(text: string): number {
  if (!/^\d{1,15}$/.test(text)) throw wrong(`not ${quoted(text)}`);
  if (Number(text) <= NEWEST_SECONDS) return Number(text);
  throw wrong(`${quoted(text)} lies beyond the year 2199; are these milliseconds?`);
}

function wrong(what: string): ApiError {
  return new ApiError("invalid_parameters", [`${EXPECTED}; ${what}`]);
}

function quoted(text: string): string {
  return `"${text.slice(0, 100)}"`;
}
