import type { SampleTable, Track } from "../../mp4/movie.ts";

export interface SampleSpec {
  dts: number;
  /** Presentation time. */
  pts: number;
  isSync?: boolean;
  size?: number;
}

/** A sample table as a parser would give it; durations run to the next decode time, the last lasts as the one before. */
export function tableOf(samples: readonly SampleSpec[], lastDuration = 1): SampleTable {
  const durations = samples.map(({ dts }, n) => (samples[n + 1]?.dts ?? dts + lastDuration) - dts);
  let offset = 0;
  const offsets = samples.map(({ size = 100 }) => {
    offset += size;
    return offset - size;
  });
  return {
    count: samples.length,
    dts: Float64Array.from(samples, ({ dts }) => dts),
    cts: Int32Array.from(samples, ({ dts, pts }) => pts - dts),
    duration: Uint32Array.from(durations),
    offset: Float64Array.from(offsets),
    size: Uint32Array.from(samples, ({ size = 100 }) => size),
    isSync: Uint8Array.from(samples, ({ isSync = true }) => Number(isSync)),
  };
}

export function trackOf(samples: SampleTable, facts: Partial<Track> = {}): Track {
  return {
    id: 1,
    kind: "video",
    isEnabled: true,
    timescale: 25,
    edits: [],
    stsd: new Uint8Array(),
    entryTypes: ["avc1"],
    codedWidthPx: 640,
    codedHeightPx: 360,
    headerWidthPx: 640,
    headerHeightPx: 360,
    rotationDegrees: 0,
    language: "und",
    name: null,
    samples,
    ...facts,
  };
}

/**
 * Pictures of a usual encoder: groups I P B B in decode order, a closed one after every `gop` pictures. One tick a picture.
 */
export function gopTable(pictures: number, gop: number): SampleTable {
  const samples: SampleSpec[] = [];
  for (let first = 0; first < pictures; first += gop) {
    const count = Math.min(gop, pictures - first);
    const shown = decodeOrder(count).map((n) => first + n);
    for (const [n, pts] of shown.entries()) samples.push({ dts: first + n, pts: pts + 2, isSync: n === 0 });
  }
  return tableOf(samples);
}

/** 0, 3, 1, 2, 6, 4, 5, … */
function decodeOrder(count: number): number[] {
  const order = [0];
  for (let at = 1; at < count; at += 3) {
    const group = [at, at + 1, at + 2].filter((n) => n < count);
    order.push(...group.slice(-1), ...group.slice(0, -1));
  }
  return order;
}

/** Pictures in order, each so many ticks after the one before. */
export function steppedSamples(gaps: readonly number[], firstPts = 0): SampleSpec[] {
  let end = 0;
  return gaps.map((gap) => {
    const dts = end;
    end += gap;
    return { dts, pts: dts + firstPts };
  });
}
