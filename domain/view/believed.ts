import type { FieldValue } from "../wire/decode-events.ts";

/** Fields that are believed up to the same number. */
interface Bound {
  fields: readonly string[];
  most: number;
  /** For people. */
  why: string;
}

const DAY_MS = 86_400_000;

/**
 * What is beyond was claimed and never measured, and is taken for not told: one such view would spoil the averages over
 * millions, and two that overflow leave no number at all. `docs/view-record.md` is made of it.
 */
export const BOUNDS: readonly Bound[] = [
  {
    fields: ["video_source_bitrate"],
    most: 4e9,
    why: "bit/s: beyond any stream that is delivered over a network of viewers, and within the column",
  },
  {
    fields: ["video_source_width", "video_source_height"],
    most: 65_536,
    why: "pixels: the largest picture of AV1",
  },
  { fields: ["video_source_fps"], most: 1_000, why: "beyond any screen" },
  {
    fields: ["view_max_upscale_percentage"],
    most: 1_000,
    why: "a picture of 16 px on a wall of 16,000; so the mean upscale",
  },
  {
    fields: ["view_max_downscale_percentage"],
    most: 1,
    why: "nothing shrinks by more than all of it; so the mean downscale",
  },
  {
    fields: ["view_total_content_playback_time", "view_content_playback_time"],
    most: 366 * DAY_MS,
    why: "milliseconds: no view is watched for a year",
  },
  {
    fields: [
      ...["page_load_time", "player_startup_time", "view_aggregate_startup_time"],
      ...["view_startup_preroll_request_time", "view_startup_preroll_load_time"],
      ...["view_average_request_latency", "view_max_request_latency"],
    ],
    most: DAY_MS,
    why: "milliseconds: nobody waits for a day",
  },
  {
    fields: ["view_average_request_throughput"],
    most: 1e11,
    why: "bit/s: beyond any viewer's network; so the throughput of each request",
  },
  {
    fields: [
      ...["view_ad_request_count", "view_ad_played_count", "view_preroll_request_count"],
      ...["view_ad_clicked_count", "view_ad_skipped_count"],
    ],
    most: 20_000,
    why: "as many as events can tell of a view",
  },
];

const MOST: ReadonlyMap<string, number> = new Map(
  BOUNDS.flatMap(({ fields, most }) => fields.map((name) => [name, most] as const)),
);

/** The most that is believed of a field. */
export function mostBelieved(name: string): number {
  return MOST.get(name) ?? Number.MAX_VALUE;
}

/** A claimed amount; null where it is none, or none that can be. */
export function believed(name: string, value: FieldValue | undefined): number | null {
  return typeof value === "number" && value >= 0 && value <= mostBelieved(name) ? value : null;
}
