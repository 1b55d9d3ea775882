import { mostBelieved } from "../believed.ts";
import { renditionsOf } from "../renditions.ts";
import type { ViewRecord } from "../view-record.ts";
import type { ViewState } from "../view-state.ts";
import type { RecordParts } from "./record-source.ts";
import { quotientOrNull, toldAmount } from "./told.ts";

/** Samples further behind the stream are somebody looking back, not delay. */
const MAX_LATENCY_MS = 300_000;

/** What the picture was like, and how far behind a live stream it ran. Scaling is summed by the client alone. */
export function pictureOf({ view, timeline, playing }: RecordParts) {
  const scaledMs = toldAmount(view, "view_total_content_playback_time") ?? 0;
  const up = scalingOf(view, "view_total_upscaling", scaledMs, mostBelieved("view_max_upscale_percentage"));
  const down = scalingOf(view, "view_total_downscaling", scaledMs, mostBelieved("view_max_downscale_percentage"));
  return {
    totalUpscaling: up.total,
    totalDownscaling: down.total,
    upscaleRatio: up.ratio,
    downscaleRatio: down.ratio,
    maxUpscaleRatio: toldAmount(view, "view_max_upscale_percentage"),
    maxDownscaleRatio: toldAmount(view, "view_max_downscale_percentage"),
    ...renditionsOf(view, timeline, playing),
    droppedFrameCount: toldAmount(view, "view_dropped_frame_count"),
    liveLatencyMs: liveLatencyMs(view),
  } satisfies Partial<ViewRecord>;
}

/** A total that no scale up to `mostRatio` can have made in that time is not told; then there is no mean either. */
function scalingOf(view: ViewState, name: string, scaledMs: number, mostRatio: number) {
  const total = toldAmount(view, name) ?? 0;
  if (total > mostRatio * scaledMs) return { total: 0, ratio: null };
  return { total, ratio: quotientOrNull(total, scaledMs) };
}

/** Mean of (server-corrected now − programme time at the playhead). */
function liveLatencyMs(view: ViewState): number | null {
  const offsetMs = view.clockOffsetMs ?? 0;
  let [count, sumMs] = [0, 0];
  for (const bin of view.latencyBins) {
    const meanMs = bin.sumMs / bin.count + offsetMs;
    if (meanMs < 0 || meanMs > MAX_LATENCY_MS) continue;
    count += bin.count;
    sumMs += bin.sumMs + bin.count * offsetMs;
  }
  return count === 0 ? null : Math.round(sumMs / count);
}
