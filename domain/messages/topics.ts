import { BEACON_PARTITIONS } from "./partition.ts";

/**
 * The topics of the event log, with their partition count and how long records are kept.
 * `compacted` topics keep the newest record of each key for ever; the others keep all records for the retention. Segment
 * files keep all that follows a key which is never written again, where others are deleted: topic `views_state` holds none.
 */
export const TOPICS = {
  /** Written by collector/edge: one record per (environment, view) of a request, and ticks. */
  beacons: { partitions: BEACON_PARTITIONS, compacted: false },
  /** Written by collector/views: fold state checkpoints. */
  views_state: { partitions: BEACON_PARTITIONS, compacted: true },
  /** Written by collector/views, for each other: up to when the partitions of each are stored; how far `rejected` is counted. */
  views_progress: { partitions: 1, compacted: true },
  /** Written by collector/edge, for itself: which playback id a view named that names it only now and then. */
  view_sources: { partitions: 1, compacted: false },
  /** Written by collector/edge: typed, capped samples of what could not be accepted. */
  rejected: { partitions: 1, compacted: false },
  /** Written by delivery: segments that were handed to viewers. */
  deliveries: { partitions: 1, compacted: false },
} as const;

/**
 * Beacons live this long in the log, or until they reach EVENTLOG_MAX_GIB: the time an operator has to mend what reads
 * them. The same whoever makes a topic.
 */
export const LOG_RETENTION_MS = 48 * 3_600_000;
