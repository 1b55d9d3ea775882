import { describe, expect, it } from "vitest";
import { field } from "../view/view-state.ts";
import { requestEvents } from "./cmcd-request.ts";
import { cmcdReport, foldInputs } from "./testing/fold-inputs.ts";

const T = 1_795_500_000_000;

type Keys = Parameters<typeof cmcdReport>[0];

/** What the media requests of a session carry: a manifest, a start at 345 kbit/s, then 950, one starvation. */
const REQUESTS: readonly (readonly [atMs: number, keys: Keys])[] = [
  [0, { ot: "m", su: true, sf: "h", cid: "vid-a" }],
  [200, { ot: "v", su: true, br: 345, bl: 0, d: 4_000, tb: 950, st: "v" }],
  [600, { ot: "v", su: true, br: 345, bl: 3_900, d: 4_000, mtp: 12_000 }],
  [12_000, { ot: "v", br: 950, bl: 9_000, d: 4_000, mtp: 25_400 }],
  [12_010, { ot: "a", br: 128, bl: 9_100, d: 4_000 }],
  [22_000, { ot: "v", br: 950, bl: 14_000, d: 4_000 }],
  [45_000, { ot: "v", br: 345, bl: 0, bs: true, su: true, d: 4_000 }],
  [52_000, { ot: "v", br: 345, bl: 6_000, d: 4_000 }],
  [72_000, { ot: "v", br: 345, bl: 8_000, d: 4_000 }],
];

const fold = (requests: typeof REQUESTS) =>
  foldInputs(requests.flatMap(([atMs, keys]) => requestEvents(cmcdReport({ sid: "s", ...keys }), T + atMs)));

describe("reports of media requests", () => {
  const { view, record } = fold(REQUESTS);

  it("tell of playing, bitrates, throughput and that the buffer ran dry", () => {
    expect(record).toMatchObject({ counted: true, rebufferCount: 1, watchMs: 60_000 });
    expect(field(view, "video_source_bitrate")).toBe(345_000);
    expect(field(view, "video_source_top_bitrate")).toBe(950_000);
    expect(field(view, "player_measured_throughput")).toBe(25_400_000);
    expect(field(view, "video_id")).toBe("vid-a");
    expect(field(view, "player_mux_plugin_version")).toBe("1");
    expect(view.marks.map(({ bitrate }) => bitrate)).toEqual([345_000, 950_000, 950_000, 345_000, 345_000, 345_000]);
  });

  it("tell neither how long the start or the stall took, nor of an end, an error or an exit", () => {
    expect(record).toMatchObject({
      startupMs: null,
      rebufferMs: 0,
      exitBeforeVideoStart: false,
      playbackFailure: false,
      seekCount: 0,
    });
    expect(view.requests).toMatchObject({ completed: 0, failed: 0 });
  });

  it("that only ever ask urgently are no view that counts", () => {
    expect(fold(REQUESTS.slice(0, 3)).record.counted).toBe(false);
  });

  it("count once when one comes again at once", () => {
    const twice = REQUESTS.flatMap((request) => [request, request]);
    expect(fold(twice).record).toEqual(record);
    expect(fold(twice).view.sequences).toEqual(view.sequences);
  });

  it("of a player that stands still are a pause", () => {
    const requests: typeof REQUESTS = [
      ...REQUESTS.slice(0, 6),
      [60_000, { ot: "v", br: 950, bl: 30_000, pr: 0 }],
      [90_000, { ot: "m", pr: 0 }],
    ];
    expect(fold(requests).record).toMatchObject({ watchMs: 48_000 });
  });

  it("do not take a sound's bitrate for the picture's", () => {
    const [event, ...others] = requestEvents(cmcdReport({ sid: "s", ot: "a", br: 128, tb: 256 }), T);
    expect(others).toEqual([]);
    expect(event?.fields).toMatchObject({ player_audio_track_bitrate: 128_000 });
    expect(event?.fields["video_source_bitrate"]).toBeUndefined();
    expect(event?.fields["video_source_top_bitrate"]).toBeUndefined();
  });
});
