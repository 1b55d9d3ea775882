import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { recordOf } from "../../../domain/view/record/record-of.ts";
import { NO_DEVICE } from "../../../domain/view/testing/no-device.ts";
import { traceView } from "../../../domain/view/timeline.ts";
import { field, type ViewState } from "../../../domain/view/view-state.ts";
import { type MemoryEdge, startMemoryEdge } from "../../testing/memory-edge.ts";
import { foldRecords, type RecordedInput, recordedInputs } from "../../testing/recorded-inputs.ts";

/** hls.js tells states by its own clock; the media element's events are a few milliseconds away. */
const TOLERANCE_MS = 30;

let edge: MemoryEdge;

beforeEach(async () => {
  edge = await startMemoryEdge();
});

afterEach(async () => {
  await edge.listener.close(0);
});

/** Sends the requests one after the other, each at its own time, and folds what the edge wrote. */
async function play(requests: readonly RecordedInput[]): Promise<ViewState> {
  const startMs = edge.clock.nowMs;
  for (const { t_ms: tMs, method, path, headers, body } of requests) {
    edge.clock.nowMs = startMs + tMs;
    const { status } = await fetch(edge.url(path), { method, headers, ...(method === "POST" ? { body } : {}) });
    expect(status).toBe(200);
  }
  expect(edge.refused()).toEqual([]);
  const [view, ...others] = foldRecords(edge.written()).values();
  if (view === undefined || others.length > 0) throw new Error("a recording is of one view");
  return view;
}

const recordOfView = (view: ViewState) =>
  recordOf({ view, timeline: traceView(view), device: NO_DEVICE, dropped: false });

function near(figure: number | null, expectedMs: number): void {
  expect(Math.abs((figure ?? Number.NaN) - expectedMs), `${figure} is not ${expectedMs}`).toBeLessThan(TOLERANCE_MS);
}

/**
 * What the media element did, in milliseconds of the recording: play 43, playing 364, waiting 6305–9387, paused 11388–14391,
 * waiting 14393–15893, seeking until 15994, ended 22121.
 */
describe("hls.js with an event target (CMCD version 2)", () => {
  it("gives the view that was played", async () => {
    const view = await play(recordedInputs("cmcd/hlsjs-v2-play"));
    expect(view.viewId).toBe("cmcd:5f6b9c2e-0000-4000-8000-000000000001");
    const figures = recordOfView(view);
    near(figures.startupMs, 364 - 43);
    near(figures.watchMs, 11_388 - 43 + (22_121 - 14_391));
    near(figures.seekMs, 15_994 - 15_893);
    near(figures.rebufferMs, 9_387 - 6_305 + (15_893 - 14_393));
    expect(figures).toMatchObject({
      counted: true,
      seekCount: 1,
      rebufferCount: 2,
      ended: true,
      playbackFailure: false,
      exitBeforeVideoStart: false,
    });
    expect(view.requests).toMatchObject({ completed: 10, failed: 0 });
    expect(figures.renditions.map(({ bitrate }) => bitrate)).toEqual([950_000, 345_000]); // as selected, not as shown
    expect(figures).toMatchObject({ renditionDownshiftCount: 1, videoSourceBitrateInitial: 345_000, requestCount: 10 });
    expect(figures).toMatchObject({ playerSoftware: "CMCD", playerMuxPluginName: "cmcd", playerMuxPluginVersion: "2" });
    const told = ["video_id", "video_stream_type", "video_source_format", "player_measured_throughput"];
    expect(told.map((name) => field(view, name))).toEqual(["vid-a", "on-demand", "hls", 900_000]);
  });

  it("is the same when every request comes twice, the later ones first", async () => {
    const requests = recordedInputs("cmcd/hlsjs-v2-play");
    const once = recordOfView(await play(requests));
    edge.beacons.records.length = 0;
    edge.clock.nowMs += 1_000_000;
    const again = recordOfView(
      await play([...requests, ...requests].toReversed().map((request) => ({ ...request, t_ms: 0 }))),
    );
    const { viewStartMs: _start, viewEndMs: _end, lastSeenMs: _seen, ...figures } = once; // the server's clock is another
    expect(again).toMatchObject(figures);
  });

  it("tells of a start that failed", async () => {
    const view = await play(recordedInputs("cmcd/hlsjs-v2-failure"));
    expect(recordOfView(view)).toMatchObject({
      counted: true,
      playbackFailure: true,
      videoStartupFailure: true,
      startupMs: null,
    });
    expect(view.errors.at(-1)).toMatchObject({ code: "manifestLoadError", fatal: true });
  });
});

describe("hls.js with version 1 on its media requests", () => {
  it("gives what requests tell, by query", async () => {
    const view = await play(recordedInputs("cmcd/hlsjs-v1-query"));
    expect(recordOfView(view)).toMatchObject({
      counted: true,
      startupMs: null,
      rebufferCount: 2,
      rebufferMs: 0,
      watchMs: 15_893 - 276,
      playbackFailure: false,
    });
    expect(view.marks.map(({ bitrate }) => bitrate)).toEqual([345_000, 950_000, 345_000, 345_000]);
    expect(field(view, "video_id")).toBe("vid-a");
  });

  it("and by headers", async () => {
    const view = await play(recordedInputs("cmcd/hlsjs-v1-headers"));
    expect(recordOfView(view)).toMatchObject({ counted: true, startupMs: null, rebufferCount: 0 });
    expect(field(view, "video_source_top_bitrate")).toBe(950_000);
  });
});

/**
 * What its events tell, in milliseconds since init: playing 615, buffering 6529–9583, paused 11617–14617, buffering
 * 14739–16119, seeking 16121–16239, stopped 22508.
 */
describe("the EPAS web client", () => {
  it("gives the view that was played", async () => {
    const record = recordOfView(await play(recordedInputs("epas/web-play")));
    expect(record).toMatchObject({
      counted: true,
      ended: true,
      startupMs: 615,
      watchMs: 11_617 + (22_508 - 14_617),
      rebufferCount: 2,
      rebufferMs: 9_583 - 6_529 + (16_119 - 14_739),
      seekCount: 1,
      seekMs: 16_239 - 16_121,
      maxPlayheadMs: 24_080,
      sourceDurationMs: 24_080,
      videoTitle: "Tea",
      videoId: "vid-a",
      streamType: "on-demand",
      viewerUserId: "user-42",
      videoSourceBitrate: 345_000,
      renditionChangeCount: 2,
      playerMuxPluginName: "epas",
    });
  });
});
