import { DurableWatcher } from "./durable-position.ts";
import { type Followed, LogUnavailableError } from "./eventlog.ts";
import { listSegments, unavailable } from "./segment-files.ts";
import { type LostBytes, SegmentReader } from "./segment-reader.ts";

export interface FollowOptions {
  directory: string;
  compacted: boolean;
  partition: number;
  signal: AbortSignal;
  onLost: (lost: LostBytes) => void;
}

/** Reads one partition of a topic from its oldest segment on, and goes on with what becomes durable. */
export async function* followTopic(options: FollowOptions): AsyncIterable<Followed> {
  const { directory, compacted, partition, signal, onLost } = options;
  const watcher = new DurableWatcher(directory);
  const reader = new SegmentReader(directory, compacted);
  try {
    const segments = await listSegments(directory);
    const firstEnd = watcher.read();
    // Never guessed: where records exist but their end is unknown, a writer has to open the topic first.
    if (firstEnd === null && segments.length > 0) throw new LogUnavailableError(`The end of ${directory} is not known`);
    const caughtUpAt = firstEnd ?? 0;
    let position = segments[0]?.base ?? caughtUpAt;
    if (position >= caughtUpAt) yield { records: [], isCaughtUp: true };
    while (!signal.aborted) {
      const end = watcher.read() ?? position;
      if (end <= position) {
        await watcher.moved(); // without a look at the folder: it polls 50 times a second
        continue;
      }
      const chunk = await reader.read(position, end);
      if (chunk.lost !== null) onLost(chunk.lost);
      const records = chunk.records.filter((record) => record.partition === partition);
      const isNews = position < caughtUpAt && chunk.next >= caughtUpAt;
      if (records.length > 0 || isNews) yield { records, isCaughtUp: chunk.next >= caughtUpAt };
      if (chunk.next === position) await watcher.moved(); // it is not what it seems: not to be asked in a circle
      position = chunk.next;
    }
  } catch (error) {
    throw unavailable("The topic cannot be followed", error);
  } finally {
    await reader.close();
    watcher.close();
  }
}
