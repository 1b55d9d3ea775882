import type { Direction } from "./ask/value-order.ts";

/** The most or the least played quarter of the buckets, ... */
const SHARE = 0.25;
/** ... where it differs from their mean by so much of it: what is played evenly has no spots. */
const DIFFERENCE = 0.1;

/** A stretch of a video that was played more, or less, than the rest. */
export interface Hotspot {
  startMs: number;
  /** Exclusive. */
  endMs: number;
  /** 0..1: the share of the video that was played less than it, counting by half what was played as often. */
  score: number;
}

/**
 * Neighbouring buckets that belong to the most played ones, as one spot each, the highest score first; with `asc` those of the
 * least played, the lowest score first.
 *
 * @param times how often each of equally long buckets was played
 */
export function hotspotsOf(times: readonly number[], lengthMs: number, direction: Direction): Hotspot[] {
  const ranks = ranksOf(times);
  const mean = times.reduce((sum, each) => sum + each, 0) / times.length;
  const isSpot = times.map((each, at) => {
    const { below, above } = ranks[at] as Rank; // one for each bucket
    return direction === "desc"
      ? above < SHARE && each > mean * (1 + DIFFERENCE)
      : below < SHARE && each < mean * (1 - DIFFERENCE);
  });
  const edgeMs = (bucket: number) => Math.round((bucket * lengthMs) / times.length);
  const spots = runsOf(isSpot).map(({ from, to }) => {
    const scores = ranks.slice(from, to).map(({ below, above }) => (below + 1 - above) / 2);
    const score = scores.reduce((sum, each) => sum + each, 0) / scores.length;
    return { startMs: edgeMs(from), endMs: edgeMs(to), score: Math.round(score * 10_000) / 10_000 };
  });
  return spots.sort((one, other) => (direction === "desc" ? other.score - one.score : one.score - other.score));
}

/** Shares of the buckets that were played less, and more, than one. */
interface Rank {
  below: number;
  above: number;
}

function ranksOf(times: readonly number[]): Rank[] {
  const sorted = times.toSorted((one, other) => one - other);
  const first = new Map<number, number>();
  const last = new Map<number, number>();
  for (const [at, each] of sorted.entries()) {
    if (!first.has(each)) first.set(each, at);
    last.set(each, at);
  }
  return times.map((each) => ({
    below: (first.get(each) ?? 0) / times.length,
    above: 1 - ((last.get(each) ?? 0) + 1) / times.length,
  }));
}

/** Places [from, to) of neighbours that all are so. */
function runsOf(flags: readonly boolean[]): { from: number; to: number }[] {
  const runs: { from: number; to: number }[] = [];
  for (const [at, flag] of flags.entries()) {
    const run = runs.at(-1);
    if (!flag) continue;
    if (run?.to === at) run.to = at + 1;
    else runs.push({ from: at, to: at + 1 });
  }
  return runs;
}
