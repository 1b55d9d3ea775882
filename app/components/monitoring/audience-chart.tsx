"use client";

import { useCallback, useContext, useRef } from "react";
import { formatViewers } from "../../../domain/format/format-count.ts";
import { formatRatio } from "../../../domain/format/format-ratio.ts";
import type { LiveStatus } from "../../../domain/monitoring/live-status.ts";
import { BUCKET_MS } from "../../../domain/monitoring/socket-wire.ts";
import type { Picture } from "../../../domain/monitoring/timeline.ts";
import { PlayheadContext, usePlayheadMs } from "../../realtime/playhead.ts";
import { clock } from "./clock.ts";
import { useChart } from "./use-chart.ts";
import { usePlayheadKeys } from "./use-playhead-keys.ts";

interface Props {
  picture: Picture;
  status: LiveStatus;
}

/** Half an hour of viewers above their rebuffering. The pointer or the arrow keys move the playhead that the page reads. */
export function AudienceChart({ picture, status }: Props) {
  const box = useRef<HTMLDivElement>(null);
  const playhead = useContext(PlayheadContext);
  const buckets = useRef(picture.buckets);
  buckets.current = picture.buckets;
  const edgeMs =
    status.kind === "stalled" || status.kind === "disconnected" ? picture.asOfMs + status.behindMs : picture.asOfMs;
  const onCursor = useCallback(
    (index: number | null) => playhead.set(index === null ? null : (buckets.current[index]?.startMs ?? null)),
    [playhead],
  );
  const chart = useChart(box, picture, edgeMs, onCursor);
  const { onKeyDown, onBlur } = usePlayheadKeys(chart, picture);
  const { index, text } = usePlayheadText(picture);
  return (
    <div
      ref={box}
      role="slider"
      tabIndex={0}
      aria-label="Playhead of the last 30 minutes. Arrow keys move it, Escape returns to live."
      aria-valuemin={0}
      aria-valuemax={picture.buckets.length - 1}
      aria-valuenow={index}
      aria-valuetext={text}
      onKeyDown={onKeyDown}
      onBlur={onBlur}
      className="h-full w-full rounded-xs"
    />
  );
}

function usePlayheadText({ buckets }: Picture): { index: number; text: string } {
  const startMs = usePlayheadMs();
  const index = buckets.findIndex((bucket) => bucket.startMs === startMs);
  const bucket = buckets[index];
  if (bucket === undefined) return { index: buckets.length - 1, text: "Live" };
  const time = clock.second(bucket.startMs + BUCKET_MS);
  return {
    index,
    text: `${time}: ${formatViewers(bucket.viewers)}, rebuffering ${formatRatio(bucket.rebufferingRatio)}`,
  };
}
