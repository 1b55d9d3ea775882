/** How much had been sent at a time. */
export interface TransferSample {
  atMs: number;
  sentBytes: number;
}

/** Long enough to be calm, short enough to follow a network that changes. */
const WINDOW_MS = 6_000;
/** Below this a rate is noise. */
const LEAST_SPAN_MS = 800;

/** The samples of the last seconds, the newest included. A chunk that is sent again takes bytes back: then it begins anew. */
export function withSample(samples: readonly TransferSample[], sample: TransferSample): readonly TransferSample[] {
  if (sample.sentBytes < (samples.at(-1)?.sentBytes ?? 0)) return [sample];
  return [...samples.filter(({ atMs }) => sample.atMs - atMs <= WINDOW_MS), sample];
}

/** Bytes per second, or null while that cannot be known. */
export function transferRate(samples: readonly TransferSample[]): number | null {
  const [first, last] = [samples[0], samples.at(-1)];
  if (first === undefined || last === undefined || last.atMs - first.atMs < LEAST_SPAN_MS) return null;
  return ((last.sentBytes - first.sentBytes) * 1_000) / (last.atMs - first.atMs);
}

export function remainingMs(sizeBytes: number, sentBytes: number, bytesPerSecond: number | null): number | null {
  return bytesPerSecond === null || bytesPerSecond <= 0 ? null : ((sizeBytes - sentBytes) / bytesPerSecond) * 1_000;
}
