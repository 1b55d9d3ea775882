"use client";

import { BUCKET_MS } from "../../../domain/monitoring/socket-wire.ts";
import type { CurrentMeasures, Measures, Picture } from "../../../domain/monitoring/timeline.ts";
import { usePlayheadMs } from "../../realtime/playhead.ts";

export interface Shown {
  measures: Measures | CurrentMeasures;
  /** End of the bucket under the playhead (Unix ms); null at the live edge. */
  atMs: number | null;
  /** Place of that bucket in the window. */
  index: number | null;
}

/** What the page's numbers show: the bucket under the playhead, else now. */
export function useShown(picture: Picture | null): Shown | null {
  const startMs = usePlayheadMs();
  if (picture === null) return null;
  const index = picture.buckets.findIndex((bucket) => bucket.startMs === startMs);
  const bucket = picture.buckets[index];
  if (bucket === undefined) return { measures: picture.current, atMs: null, index: null };
  return { measures: bucket, atMs: bucket.startMs + BUCKET_MS, index };
}
