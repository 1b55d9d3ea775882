import fc from "fast-check";
import { type ColumnKind, RECORD_COLUMNS } from "../../../../domain/view/record-columns.ts";
import type { ViewRecord } from "../../../../domain/view/view-record.ts";

/** Few enough that views meet in them; some are hard to carry through SQL. */
const TEXTS = ["", "", "a", "b", "US", "it's", 'q"\\', "x,y", "ü漢", "'; DROP TABLE views; --", "\n\n"] as const;
const RATES = [1, 1, 0.5, 0.25, 0.1, 0.001] as const;
const FRAME_RATES = [23.976, 25, 29.97, 60] as const;

/** Three days around a midnight in UTC; ends of views reach further. */
export const TIMES = { fromMs: Date.UTC(2026, 4, 4), toMs: Date.UTC(2026, 4, 7) };

const text = fc.constantFrom(...TEXTS);
const count = fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 5 }));
const durationMs = fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 4_000_000 }));
const ratio = fc.double({ min: 0, max: 2, noNaN: true });
const maybe = <T>(values: fc.Arbitrary<T>) => fc.option(values, { freq: 3, nil: null });

const KINDS: Readonly<Record<ColumnKind, fc.Arbitrary<unknown>>> = {
  flag: fc.boolean(),
  maybeFlag: maybe(fc.boolean()),
  time: fc.integer({ min: TIMES.fromMs, max: TIMES.toMs - 1 }),
  count,
  maybeCount: maybe(count),
  ms: durationMs,
  maybeMs: maybe(durationMs),
  real: ratio,
  real32: fc.constantFrom(...RATES),
  maybeReal: maybe(ratio),
  maybeReal32: maybe(fc.constantFrom(...FRAME_RATES)),
  label: text,
  labels: fc.array(text, { maxLength: 3 }),
  keyed: text,
  text,
  ranges: fc.array(fc.record({ startMs: count, endMs: durationMs }), { maxLength: 2 }),
  renditions: fc.array(
    fc.record({
      bitrate: fc.constantFrom(0, 500_000, 2_600_000),
      widthPx: fc.constantFrom(0, 854, 1280),
      heightPx: fc.constantFrom(0, 480, 720),
      fps: fc.constantFrom(0, 25, 29.97),
      codec: text,
      name: text,
      playingMs: durationMs,
    }),
    { maxLength: 3 },
  ),
  modes: fc.array(fc.record({ mode: text, data: text, playingMs: durationMs }), { maxLength: 3 }),
};

const parts = Object.fromEntries(Object.entries(RECORD_COLUMNS).map(([key, { kind }]) => [key, KINDS[kind]]));

/** Records of which every part may have any value; only a view's end is never before its start, as everywhere. */
export const anyRecord: fc.Arbitrary<ViewRecord> = fc
  .record(parts)
  .chain((record) =>
    fc.record({
      record: fc.constant(record),
      lastedMs: durationMs,
      // else three quarters would be out of every answer
      counted: fc.integer({ min: 0, max: 9 }).map((dice) => dice > 0),
      bot: fc.integer({ min: 0, max: 9 }).map((dice) => dice === 0),
    }),
  )
  .map(({ record, lastedMs, counted, bot }) => {
    // each part is made by the kind of its column
    const complete = record as unknown as ViewRecord;
    return { ...complete, counted, bot, viewEndMs: complete.viewStartMs + lastedMs };
  });
