import { z } from "zod";
import { type Call, dataRows, get, type Named } from "./call.ts";
import { concurrentByTitle, concurrentOverTime, engagement, namesOfTitles, storedUntil } from "./hand-written-calls.ts";

const usual = { weight: "usual" } as const;
const CONCURRENT = "/monitoring/metrics/current-concurrent-viewers";

/** Rows 29, 30, 34 and 35: the present, which has no range, and parts of a video. */
export function liveCalls({ video, titleKeys }: Named): Call[] {
  return [
    {
      ...usual,
      name: "monitoring breakdown by video_title",
      request: () => ({ path: `${CONCURRENT}/breakdown?dimension=video_title&order_by=views&limit=25` }),
      hand: [concurrentByTitle, namesOfTitles(titleKeys), storedUntil],
      rows: dataRows,
      compared: ["concurrent_viewers"],
    },
    {
      ...usual,
      name: "monitoring timeseries",
      request: () => ({ path: `${CONCURRENT}/timeseries` }),
      hand: [concurrentOverTime, storedUntil],
      rows: (body) =>
        dataRows(body)
          .map((row) => ({ ...row, start_ms: Date.parse(String(row["date"])) }))
          .filter((row) => "concurrent_viewers" in row && row.concurrent_viewers !== 0),
      compared: ["start_ms", "concurrent_viewers"],
    },
    heatmap("heatmap of a video", "videos", "video_id", video),
    heatmap("heatmap of an asset", "assets", "asset_id", video),
    hotspots(video),
  ];
}

/** How often each hundredth was played, those that never were left out: SQL has no row of them. */
function heatmap(name: string, path: string, column: keyof Named["video"], video: Named["video"]): Call {
  return {
    ...usual,
    name,
    request: get(`/engagement/${path}/${video[column]}/heatmap`),
    hand: [engagement(column, video[column]).hundredths],
    rows: (body) =>
      dataRows(body).flatMap(({ heatmap: times, total_views }) =>
        z
          .array(z.number())
          .parse(times)
          .map((played, hundredth) => ({ hundredth, times: played, total_views }))
          .filter((row) => row.times > 0),
      ),
    compared: ["hundredth", "times", "total_views"],
    tolerance: 0.001,
  };
}

/** What stands out among the hundredths is for no SQL to say: only the number of views is compared. */
function hotspots({ playback_id: id }: Named["video"]): Call {
  return {
    ...usual,
    name: "hotspots of a playback id",
    request: get(`/engagement/playback-ids/${id}/hotspots`),
    hand: [engagement("playback_id", id).inOneRow],
    rows: dataRows,
    compared: ["total_views"],
  };
}
