export interface Retimed {
  /** Of the first sample: the earliest presentation time, so that a segment's first picture is shown at its `tfdt`. */
  baseDecodeTime: number;
  /** One a sample, in decode order. */
  timing: { duration: number; ctsOffset: number }[];
}

/**
 * Makes decode times out of presentation times: with q the sorted times, sample i is decoded at q[i], lasts until q[i + 1]
 * (the last until `end`) and is shown at its own time. Durations add up to exactly the segment's length, whatever delay the
 * encoder had, and joins of segments are without gap and overlap, VFR included. Offsets may be negative: `trun` version 1.
 *
 * @param presentationTimes ticks, in decode order
 * @param end where the segment ends, in ticks
 * @throws RangeError when there is none, one is no safe integer, two are equal, or `end` is not after the last
 */
export function retime(presentationTimes: readonly number[], end: number): Retimed {
  const sorted = Float64Array.from(presentationTimes).sort();
  const [baseDecodeTime] = sorted;
  if (baseDecodeTime === undefined) throw new RangeError("a segment without samples has no times");
  const timing = presentationTimes.map((time, at) => {
    if (!Number.isSafeInteger(time)) throw new RangeError(`${time} is no presentation time`);
    const decodeTime = sorted[at] ?? 0;
    const duration = (sorted[at + 1] ?? end) - decodeTime;
    if (!(duration > 0)) throw new RangeError(`two samples, or a sample and the segment's end, are at ${decodeTime}`);
    return { duration, ctsOffset: time - decodeTime };
  });
  return { baseDecodeTime, timing };
}
