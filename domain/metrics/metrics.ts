import { ADS } from "./ads.ts";
import { ENGAGEMENT } from "./engagement.ts";
import type { Metric } from "./metric.ts";
import { OVERALL } from "./overall.ts";
import { PLAYBACK_SUCCESS } from "./playback-success.ts";
import { SMOOTHNESS } from "./smoothness.ts";
import { STARTUP_TIME } from "./startup-time.ts";
import { VIDEO_QUALITY } from "./video-quality.ts";

/** Every metric of the Data API, by family. */
export const METRICS: readonly Metric[] = [
  ...ENGAGEMENT,
  ...OVERALL,
  ...PLAYBACK_SUCCESS,
  ...STARTUP_TIME,
  ...SMOOTHNESS,
  ...VIDEO_QUALITY,
  ...ADS,
];

const BY_NAME: ReadonlyMap<string, Metric> = new Map(
  METRICS.flatMap((metric) => [metric.id, ...metric.aliases].map((name) => [name, metric])),
);

/** The metric of an id or alias; null when there is none. */
export function metricById(name: string): Metric | null {
  return BY_NAME.get(name) ?? null;
}
