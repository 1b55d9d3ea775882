/** Limits of one group of appends that is sent together, and of one batch in it. */
export interface GatherLimits {
  /** A partition's records of one round; a larger record has a batch of its own. */
  batchBytes: number;
  groupBytes: number;
}

export interface Sized {
  partition: number;
  /** About what it takes in a batch. */
  bytes: number;
}

/** How many of the waiting calls, from the first on, go into the next group: at least one. */
export function callsOfNextGroup(waiting: readonly { bytes: number }[], limits: GatherLimits): number {
  let bytes = 0;
  for (const [at, call] of waiting.entries()) {
    bytes += call.bytes;
    if (at > 0 && bytes > limits.groupBytes) return at;
  }
  return waiting.length;
}

/**
 * Cuts records into rounds, each with at most one batch a partition. The order within a partition is kept, from round to
 * round as well; few rounds are needed, since a broker takes one batch of each partition in one request.
 */
export function cutIntoRounds<T extends Sized>(records: readonly T[], limits: GatherLimits): Map<number, T[]>[] {
  const rounds: Map<number, T[]>[] = [];
  const place = new Map<number, { round: number; bytes: number }>();
  for (const record of records) {
    const last = place.get(record.partition);
    const fits = last !== undefined && last.bytes + record.bytes <= limits.batchBytes;
    const round = last === undefined ? 0 : last.round + (fits ? 0 : 1);
    rounds[round] ??= new Map();
    const batch = rounds[round].get(record.partition);
    if (batch === undefined) rounds[round].set(record.partition, [record]);
    else batch.push(record);
    place.set(record.partition, { round, bytes: record.bytes + (fits ? last.bytes : 0) });
  }
  return rounds;
}
