/** Of a segment, as it is stored. */
export interface SegmentWeight {
  bits: number;
  seconds: number;
}

/**
 * Peak segment bit rate (RFC 8216 §4.1): the highest of any neighbouring segments that together last between half and one and a
 * half target durations. A single picture at the end, 200 kB in 40 ms, is no reason for players to keep away from a
 * rendition. Never below the rate of the whole.
 *
 * @param segments in order; those without content may be among them
 * @param targetSeconds of their playlist; the least that it may be unless given
 */
export function peakBitrate(segments: readonly SegmentWeight[], targetSeconds = leastTarget(segments)): number {
  let peak = wholeRate(segments);
  for (let first = 0; first < segments.length; first += 1) {
    let [bits, seconds] = [0, 0];
    for (let next = first; next < segments.length; next += 1) {
      bits += segments[next]?.bits ?? 0;
      seconds += segments[next]?.seconds ?? 0;
      if (seconds > 1.5 * targetSeconds) break;
      if (seconds >= 0.5 * targetSeconds) peak = Math.max(peak, bits / seconds);
    }
  }
  return peak;
}

function leastTarget(segments: readonly SegmentWeight[]): number {
  return segments.reduce((most, { seconds }) => Math.max(most, Math.round(seconds)), 1);
}

function wholeRate(segments: readonly SegmentWeight[]): number {
  const bits = segments.reduce((sum, segment) => sum + segment.bits, 0);
  const seconds = segments.reduce((sum, segment) => sum + segment.seconds, 0);
  return seconds > 0 ? bits / seconds : 0;
}
