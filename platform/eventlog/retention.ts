import { rm, stat } from "node:fs/promises";
import type { Segment } from "./segment-files.ts";

export interface RetentionState {
  /** Oldest first; the one being written is last. */
  segments: readonly (Segment & { sizeBytes: number })[];
  /** Time of the first whole record behind each segment: everything in the segment is older. Null when there is none. */
  followedAtMs: (segment: Segment) => Promise<number | null>;
  /** What each group still needs begins here. */
  groups: readonly { group: string; position: number }[];
}

export interface Expired {
  segment: Segment;
  /** `size`: it goes although a group may need it or it is younger than the retention. */
  reason: "retention" | "size";
  laggingGroups: string[];
}

/**
 * Chooses the segments that go, oldest first and without holes: those that every group has passed and that are older
 * than the retention; and, whatever anybody needs, the oldest until the rest fits `maxBytes`.
 */
export async function planRetention(
  state: RetentionState,
  limits: { nowMs: number; retentionMs: number; maxBytes: number },
): Promise<Expired[]> {
  const expired: Expired[] = [];
  let totalBytes = state.segments.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  for (const [index, segment] of state.segments.slice(0, -1).entries()) {
    const end = state.segments[index + 1]?.base ?? segment.base;
    const laggingGroups = state.groups.filter(({ position }) => position < end).map(({ group }) => group);
    const followedAtMs = await state.followedAtMs(segment);
    const isOld = followedAtMs !== null && limits.nowMs - followedAtMs > limits.retentionMs;
    const isDone = isOld && laggingGroups.length === 0;
    if (!isDone && totalBytes <= limits.maxBytes) break;
    expired.push({ segment, reason: isDone ? "retention" : "size", laggingGroups });
    totalBytes -= segment.sizeBytes;
  }
  return expired;
}

export async function withSizes(segments: readonly Segment[]): Promise<(Segment & { sizeBytes: number })[]> {
  return Promise.all(segments.map(async (segment) => ({ ...segment, sizeBytes: (await stat(segment.path)).size })));
}

export async function removeSegment(segment: Segment): Promise<void> {
  await rm(segment.path, { force: true });
}
