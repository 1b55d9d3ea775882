import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { field } from "../view/view-state.ts";
import { epasEvents } from "./epas-event.ts";
import { foldInputs } from "./testing/fold-inputs.ts";

const T = 1_795_500_000_000;

interface Sent {
  event: string;
  at: number;
  playhead?: number;
  duration?: number;
  payload?: Record<string, unknown>;
}

const eventsOf = ({ at, ...report }: Sent) =>
  epasEvents({ playhead: -1, duration: -1, ...report, sessionId: "s", timestamp: T + at }, T) ?? [];

/** As the web client sends it: seconds, with a pause, a stall, a seek and two bitrates. */
const PLAY: readonly Sent[] = [
  { event: "init", at: 0 },
  {
    event: "metadata",
    at: 10,
    payload: { contentTitle: "Tea", contentId: "vid-a", live: false, userId: 42, deviceType: "TV" },
  },
  { event: "loading", at: 50 },
  { event: "loaded", at: 900, playhead: 0, duration: 120.5 },
  { event: "playing", at: 1_400, playhead: 0, duration: 120.5 },
  {
    event: "bitrate_changed",
    at: 1_500,
    playhead: 0.1,
    duration: 120.5,
    payload: { bitrate: 1_078, videoBitrate: 950, width: 640, height: 360 },
  },
  { event: "heartbeat", at: 11_400, playhead: 10, duration: 120.5 },
  { event: "buffering", at: 15_000, playhead: 13.6, duration: 120.5 },
  { event: "buffered", at: 17_200, playhead: 13.6, duration: 120.5 },
  { event: "playing", at: 17_210, playhead: 13.6, duration: 120.5 },
  { event: "paused", at: 20_000, playhead: 16.4, duration: 120.5 },
  { event: "playing", at: 26_000, playhead: 16.4, duration: 120.5 },
  { event: "seeking", at: 30_000, playhead: 20.4, duration: 120.5 },
  { event: "seeked", at: 30_300, playhead: 100, duration: 120.5 },
  { event: "playing", at: 30_310, playhead: 100, duration: 120.5 },
  { event: "bitrate_changed", at: 31_000, playhead: 101, duration: 120.5, payload: { bitrate: 345 } },
  { event: "warning", at: 32_000, playhead: 102, duration: 120.5, payload: { category: "NETWORK", code: 503 } },
  { event: "stopped", at: 50_810, playhead: 120.5, duration: 120.5, payload: { reason: "ended" } },
];

describe("a session of EPAS events", () => {
  const sent = PLAY.flatMap(eventsOf);
  const { view, record } = foldInputs(sent);

  it("folds into the figures of what was played", () => {
    expect(record).toMatchObject({
      counted: true,
      viewStartMs: T,
      viewEndMs: T + 50_810,
      startupMs: 1_400,
      watchMs: 20_000 + 24_810,
      rebufferCount: 1,
      rebufferMs: 2_200,
      seekCount: 1,
      seekMs: 300,
      maxPlayheadMs: 120_500,
      playbackFailure: false,
    });
    expect(view.errors).toMatchObject([{ code: "503", context: "NETWORK", fatal: false }]);
    expect(view.marks.map(({ bitrate, widthPx }) => [bitrate, widthPx])).toEqual([
      [950_000, 640],
      [345_000, undefined],
    ]);
  });

  it("tells what the metadata name", () => {
    const told = ["video_title", "video_id", "video_stream_type", "viewer_user_id", "viewer_device_category"];
    expect(told.map((name) => field(view, name))).toEqual(["Tea", "vid-a", "on-demand", "42", "tv"]);
    expect(field(view, "video_source_duration")).toBe(120_500);
    expect(field(view, "player_mux_plugin_name")).toBe("epas");
  });

  it("is the same when events come again and in any order", () => {
    const orders = fc.shuffledSubarray([...sent, ...sent], { minLength: 2 * sent.length });
    fc.assert(
      fc.property(orders, (order) => {
        const again = foldInputs(order);
        expect(again.record).toEqual(record);
        expect([...again.view.fields].sort()).toEqual([...view.fields].sort());
      }),
      { numRuns: 50 },
    );
  });

  it("fails with the error that is no warning, before the first frame too", () => {
    const failed = [
      { event: "init", at: 0 },
      { event: "error", at: 3_000, payload: { category: "NETWORK", code: "1002", message: "gone" } },
      { event: "stopped", at: 3_000, payload: { reason: "error" } },
    ];
    const { view: failedView, record: figures } = foldInputs(failed.flatMap(eventsOf));
    expect(figures).toMatchObject({ playbackFailure: true, videoStartupFailure: true });
    expect(failedView.errors).toMatchObject([{ code: "1002", message: "gone" }]);
  });

  it("that is left before a frame is an exit", () => {
    const left = [
      { event: "init", at: 0 },
      { event: "stopped", at: 5_000, payload: { reason: "aborted" } },
    ];
    expect(foldInputs(left.flatMap(eventsOf)).record).toMatchObject({ exitBeforeVideoStart: true, startupMs: null });
  });
});

describe("positions", () => {
  it.each([
    ["seconds of the web client", { playhead: 12.5, duration: 120.04 }, 12_500, 120_040],
    ["whole seconds", { playhead: 12, duration: 120 }, 12_000, 120_000],
    ["milliseconds of the Android client", { playhead: 12_500, duration: 120_040 }, 12_500, 120_040],
    ["nothing where they are unknown", { playhead: -1, duration: -1 }, undefined, undefined],
    ["nothing where they are a live stream's time of day", { playhead: T, duration: T + 5_000 }, undefined, undefined],
  ])("are %s", (_, media, playheadMs, durationMs) => {
    const [event] = eventsOf({ event: "heartbeat", at: 0, ...media });
    expect(event?.playheadMs).toBe(playheadMs);
    expect(event?.fields["video_source_duration"]).toBe(durationMs);
  });
});

describe("an event", () => {
  it("without a time is placed by its arrival", () => {
    expect(epasEvents({ event: "init", sessionId: "s", timestamp: -1 }, T + 7)).toMatchObject([
      { viewerTimeMs: T + 7 },
    ]);
  });

  it("of a name that nobody knows only shows that the client is there", () => {
    expect(epasEvents({ event: "of_tomorrow", timestamp: T, payload: { reason: "ended" } }, T)).toMatchObject([
      { name: "hb" },
    ]);
  });

  it.each([{}, { event: "" }, { event: 5 }])("%j is none", (report) => {
    expect(epasEvents(report, T)).toBeNull();
  });

  it("of a seek begins before it ends, and after the playing that it interrupts", () => {
    const sent = [
      { event: "init", at: 0 },
      { event: "playing", at: 400 },
      { event: "paused", at: 5_000 },
      { event: "playing", at: 6_583 },
      { event: "seeking", at: 6_586 },
      { event: "seeked", at: 6_594 },
      { event: "stopped", at: 9_000 },
    ].flatMap(eventsOf);
    expect(foldInputs(sent).record).toMatchObject({ seekCount: 1, seekMs: 8, watchMs: 5_000 + 2_417 });
  });

  it("keeps its number whatever else it holds, and its order within a slot", () => {
    const numbers = ["init", "loading", "playing", "stopped"]
      .flatMap((event) => eventsOf({ event, at: 0 }))
      .map(({ sequence }) => sequence);
    expect(numbers).toEqual(numbers.toSorted((a, b) => a - b));
    expect(Math.max(...numbers)).toBeLessThan(2 ** 32);
  });
});
