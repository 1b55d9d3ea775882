"use client";

import { type LiveStatus, liveStatus } from "../../domain/monitoring/live-status.ts";
import type { LiveState } from "./monitoring-client.ts";
import { useNow } from "./use-now.ts";

/** The state of the line, kept up by the page's own clock: silence shows even when nothing arrives to say it. */
export function useLiveStatus({ line, picture }: LiveState): LiveStatus {
  const nowMs = useNow();
  return liveStatus(line, picture, Math.max(nowMs, line.heardAtMs ?? 0));
}
