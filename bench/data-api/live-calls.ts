import { type Call, dataRows, get, type Named } from "./call.ts";
import { concurrentByTitle, concurrentOverTime, engagement } from "./hand-written-calls.ts";

const usual = { weight: "usual" } as const;
const CONCURRENT = "/monitoring/metrics/current-concurrent-viewers";

/** Rows 29, 30, 34 and 35: the present, which has no range, and parts of a video. */
export function liveCalls({ video }: Named): Call[] {
  return [
    {
      ...usual,
      name: "monitoring breakdown by video_title",
      request: () => ({ path: `${CONCURRENT}/breakdown?dimension=video_title&order_by=views&limit=25` }),
      hand: [concurrentByTitle],
      rows: dataRows,
      compared: ["concurrent_viewers"],
    },
    {
      ...usual,
      name: "monitoring timeseries",
      request: () => ({ path: `${CONCURRENT}/timeseries` }),
      hand: [concurrentOverTime],
      rows: (body) =>
        dataRows(body)
          .map((row) => ({ ...row, start_ms: Date.parse(String(row["date"])) }))
          .filter((row) => "concurrent_viewers" in row && row.concurrent_viewers !== 0),
      compared: ["start_ms", "concurrent_viewers"],
    },
    played("heatmap of a video", "videos", "video_id", video),
    played("heatmap of an asset", "assets", "asset_id", video),
    played("hotspots of a playback id", "playback-ids", "playback_id", video, "hotspots"),
  ];
}

function played(
  name: string,
  path: string,
  column: keyof Named["video"],
  video: Named["video"],
  shape: "heatmap" | "hotspots" = "heatmap",
): Call {
  const { views, hundredths } = engagement(column, video[column]);
  return {
    ...usual,
    name,
    request: get(`/engagement/${path}/${video[column]}/${shape}`),
    hand: [views, hundredths],
    rows: dataRows,
    compared: ["total_views"],
  };
}
