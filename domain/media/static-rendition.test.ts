import { describe, expect, it } from "vitest";
import type { AudioRendition, Plan, VideoRendition } from "./plan.ts";
import { LEGACY_RESOLUTIONS, STATIC_RESOLUTIONS, staticName, staticTracks } from "./static-rendition.ts";

const rendition = (name: string, widthPx: number, heightPx: number) =>
  ({ name, kind: "copied", widthPx, heightPx, frameRate: 25, codecs: "avc1.640028" }) as VideoRendition;
const sound = { name: "audio" } as AudioRendition;
const plan = (video: VideoRendition[], audio: AudioRendition[] = [sound]) => ({ video, audio }) as unknown as Plan;
const film = plan([rendition("1080p", 1920, 1080), rendition("720p", 1280, 720)]);

describe("staticTracks", () => {
  it("takes renditions of the plan where it has them", () => {
    expect(staticTracks(film, "highest")).toMatchObject({ video: { name: "1080p" }, audio: sound, isPlanned: true });
    expect(staticTracks(film, "720p")).toMatchObject({ video: { name: "720p" }, isPlanned: true });
    expect(staticTracks(film, "audio-only")).toEqual({ video: null, audio: sound, isPlanned: true });
  });

  it("encodes other sizes in the source's shape, upright ones too", () => {
    const made = staticTracks(film, "360p");
    expect(made).toMatchObject({ video: { kind: "encoded", widthPx: 640, heightPx: 360, codecs: "avc1.64001e" } });
    expect(made?.isPlanned).toBe(false);
    const upright = plan([rendition("1080p", 1080, 1920)]);
    expect(staticTracks(upright, "540p")?.video).toMatchObject({ widthPx: 540, heightPx: 960 });
  });

  it("takes what every player plays, also where HEVC is the source", () => {
    const hevc = { ...rendition("1080phevc", 1920, 1080), codecs: "hvc1.1.6.L120.90" };
    const both = plan([hevc, ...film.video]);
    expect(staticTracks(both, "highest")?.video?.name).toBe("1080p");
    expect(staticTracks(both, "1080p")?.video?.name).toBe("1080p");
  });

  it.each<[number, (number | undefined)[]]>([
    [2160, [480, 720, 1080, 1080]],
    [1080, [480, 720, 1080, 1080]],
    [900, [480, 720, 900, 900]],
    [720, [480, 720, undefined, 720]],
    [480, [480, undefined, undefined, 480]],
    [200, [200, undefined, undefined, 200]],
  ])("makes of %i lines what low, medium, high and capped-1080p stand for, never larger", (heightPx, sides) => {
    const source = plan([rendition(`${heightPx}p`, Math.round((heightPx * 16) / 9), heightPx)]);
    expect(LEGACY_RESOLUTIONS.map((name) => staticTracks(source, name)?.video?.heightPx)).toEqual(sides);
    expect(staticTracks(plan([]), "low")).toBeNull();
  });

  it("has nothing where it would scale up, nor of tracks that are not there", () => {
    expect(staticTracks(film, "1440p")).toBeNull();
    expect([staticTracks(plan([]), "highest"), staticTracks(plan([]), "270p")]).toEqual([null, null]);
    expect(staticTracks(plan(film.video as VideoRendition[], []), "audio-only")).toBeNull();
    expect(staticTracks(plan(film.video as VideoRendition[], []), "highest")?.audio).toBeNull();
  });
});

it("names files by their resolution", () => {
  expect(LEGACY_RESOLUTIONS.map(staticName)).toEqual(["low.mp4", "medium.mp4", "high.mp4", "capped-1080p.mp4"]);
  expect(STATIC_RESOLUTIONS.map(staticName).slice(0, 4)).toEqual([
    "highest.mp4",
    "audio.m4a",
    "2160p.mp4",
    "1440p.mp4",
  ]);
});
