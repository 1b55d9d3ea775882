import { describe, expect, it } from "vitest";
import { applyOutcome } from "./life-cycle.ts";
import type { AssetFacts, IngestOutcome } from "./outcome.ts";

const preparing = { status: "preparing", nonStandardReasons: null } as const;
const facts: AssetFacts = {
  durationSeconds: 40,
  video: { widthPx: 1920, heightPx: 1080, frameRate: 25 },
  sounds: [
    { channels: 6, durationSeconds: 40, name: "English", language: "en" },
    { channels: 2, durationSeconds: 39, name: "Default", language: null },
  ],
  topRendition: { widthPx: 1280, heightPx: 720 },
  input: {
    containerFormat: "mp4",
    tracks: [{ type: "video", durationSeconds: 39.9, encoding: "h264", widthPx: 1920, heightPx: 1080, frameRate: 25 }],
  },
};
const ready = (changed: Partial<AssetFacts> = {}, reasons: Record<string, string> | null = null): IngestOutcome => ({
  kind: "ready",
  planId: "0123456789abcdef",
  sourceGeneration: 1,
  facts: { ...facts, ...changed },
  reasons,
});

describe("applyOutcome", () => {
  it("makes a standard asset ready with what playback and clients need", () => {
    expect(applyOutcome(preparing, ready())).toEqual({
      change: {
        status: "ready",
        nonStandardReasons: null,
        ready: {
          planId: "0123456789abcdef",
          sourceGeneration: 1,
          durationSeconds: 40,
          aspectRatio: "16:9",
          resolutionTier: "720p",
          storedResolution: "HD",
          storedFrameRate: 25,
          input: facts.input,
          tracks: [
            { type: "video", durationSeconds: 39.9, widthPx: 1920, heightPx: 1080, frameRate: 25 },
            { type: "audio", isPrimary: true, durationSeconds: 40, channels: 6, name: "English", language: "en" },
            { type: "audio", isPrimary: false, durationSeconds: 39, channels: 2, name: "Default", language: null },
          ],
        },
      },
      events: ["video.asset.ready"],
    });
  });

  it("gives no track more time than the asset, of which a test shows the begin", () => {
    const track = applyOutcome(preparing, ready({ durationSeconds: 10 }))?.change.ready?.tracks[0];
    expect(track).toMatchObject({ type: "video", durationSeconds: 10 });
  });

  it("leaves picture facts out of sound alone, and the audio track out of silent video", () => {
    const sound = applyOutcome(preparing, ready({ video: null, topRendition: null }));
    expect(sound?.change.ready).toMatchObject({
      aspectRatio: null,
      resolutionTier: "audio-only",
      storedResolution: "Audio only",
      storedFrameRate: null,
      tracks: [{ type: "audio" }, { type: "audio" }],
    });
    expect(applyOutcome(preparing, ready({ sounds: [] }))?.change.ready?.tracks).toMatchObject([{ type: "video" }]);
  });

  it("tells of a non-standard input once, with the first reason, and lets the list grow", () => {
    const first = applyOutcome(preparing, { kind: "non_standard", reasons: { video_codec: "vp9" } });
    expect(first).toEqual({
      change: { status: "preparing", nonStandardReasons: { video_codec: "vp9" } },
      events: ["video.asset.non_standard_input_detected"],
    });
    const known = { status: "preparing", nonStandardReasons: { video_codec: "vp9" } } as const;
    expect(applyOutcome(known, { kind: "non_standard", reasons: { audio_codec: "opus" } })).toEqual({
      change: { status: "preparing", nonStandardReasons: { video_codec: "vp9", audio_codec: "opus" } },
      events: [],
    });
    expect(applyOutcome(known, { kind: "non_standard", reasons: { video_codec: "vp9" } })).toBeNull();
    expect(applyOutcome(preparing, { kind: "non_standard", reasons: {} })).toBeNull();
    expect(applyOutcome(known, ready({}, { video_codec: "vp9" }))?.events).toEqual(["video.asset.ready"]);
  });

  it("tells of reasons that come with readiness before it", () => {
    const applied = applyOutcome(preparing, ready({}, { video_gop_size: "high" }));
    expect(applied?.events).toEqual(["video.asset.non_standard_input_detected", "video.asset.ready"]);
    expect(applied?.change.nonStandardReasons).toEqual({ video_gop_size: "high" });
  });

  it("makes an asset errored, also when what is ready has no track", () => {
    const error = { type: "download_failed", messages: ["The URL answered 404"] } as const;
    expect(applyOutcome(preparing, { kind: "errored", error })).toEqual({
      change: { status: "errored", nonStandardReasons: null, error },
      events: ["video.asset.errored"],
    });
    const empty = applyOutcome(preparing, ready({ video: null, sounds: [] }));
    expect(empty?.change).toMatchObject({ status: "errored", error: { type: "invalid_input" } });
  });

  it.each(["ready", "errored"] as const)("changes nothing of what is %s", (status) => {
    const asset = { status, nonStandardReasons: null };
    expect(applyOutcome(asset, ready())).toBeNull();
    expect(applyOutcome(asset, { kind: "non_standard", reasons: { video_codec: "vp9" } })).toBeNull();
    expect(applyOutcome(asset, { kind: "errored", error: { type: "invalid_input", messages: [] } })).toBeNull();
  });
});
