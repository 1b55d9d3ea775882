import { expect, it } from "vitest";
import { recordOf } from "./record/record-of.ts";
import { NO_DEVICE } from "./testing/no-device.ts";
import { playView, T } from "./testing/play.ts";
import { traceView } from "./timeline.ts";
import { restoreView, serializeView } from "./view-state.ts";

/** What the first release did not keep. */
const NEW = ["initials", "marks", "segmentCdn", "latencyBins", "newestMs"];
const NEW_FLAGS = ["usedCaptions", "usedFullscreen", "usedPip", "programChanged", "maxPlayheadMs"];

it("reads states of the first release: what they did not keep is as if nothing had been told of it", () => {
  const view = playView([
    ["play", 0, { video_source_bitrate: 900_000 }],
    ["playing", 400, { player_is_fullscreen: true, player_playhead_time: 9_000 }],
    ["requestcompleted", 500, { request_bytes_loaded: 10, request_start: T, request_response_end: T + 5 }],
    ["hb", 9_700],
  ]);
  const stored = JSON.parse(serializeView(view));
  for (const member of [...NEW, ...NEW_FLAGS]) delete stored[member];
  for (const member of ["loadedBytes", "loadMs"]) delete stored.requests[member];
  const restored = restoreView(JSON.stringify(stored));
  const record = recordOf({ view: restored, timeline: traceView(restored), device: NO_DEVICE, dropped: false });
  expect(record).toMatchObject({ watchMs: 9_000, startupMs: 400, requestCount: 1, requestThroughput: null });
  expect(record).toMatchObject({ usedFullscreen: false, renditions: [{ bitrate: 0, playingMs: 8_600 }] });
  expect(record).toMatchObject({ videoSourceBitrate: 900_000, videoSourceBitrateInitial: 900_000 });
  expect(record.maxPlayheadMs).toBe(9_000);
});
