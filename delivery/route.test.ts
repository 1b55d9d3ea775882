import { describe, expect, it } from "vitest";
import { PlaybackError } from "./playback-error.ts";
import { mediaPath, mediaPlaylistPath, mediaType, parseRoute, textPath } from "./route.ts";

const ID = "Wxleyp02vY5LdQ01v00VDiqWLMUFXiwVL8Mw01qLZTBbgM";
const PLAN = "0123456789abcdef";

function refusal(path: string): string {
  try {
    return parseRoute(path).kind;
  } catch (error) {
    if (error instanceof PlaybackError) return error.type;
    throw error;
  }
}

describe("parseRoute", () => {
  it("knows the multivariant playlist with and without its extension", () => {
    expect(parseRoute(`/${ID}.m3u8`)).toEqual({ kind: "multivariant", playbackId: ID });
    expect(parseRoute(`/${ID}`)).toEqual({ kind: "multivariant", playbackId: ID });
  });

  it("knows static renditions by their names", () => {
    for (const name of ["highest.mp4", "audio.m4a", "720p.mp4", "medium.mp4", "capped-1080p.mp4"])
      expect(parseRoute(`/${ID}/${name}`)).toEqual({ kind: "static", playbackId: ID, name });
  });

  it("knows masters by theirs", () => {
    for (const name of ["mezzanine.mp4", "mezzanine.m4a"])
      expect(parseRoute(`/${ID}/${name}`)).toEqual({ kind: "master", masterId: ID, name });
  });

  it("knows the DASH manifest", () => {
    expect(parseRoute(`/${ID}.mpd`)).toEqual({ kind: "dash", playbackId: ID });
    expect(refusal("/short.mpd")).toBe("invalid_parameters");
    expect(refusal(`/${ID}.mpd.m3u8`)).toBe("invalid_parameters");
  });

  it("knows metadata and images", () => {
    expect(parseRoute(`/${ID}/metadata.json`)).toEqual({ kind: "metadata", playbackId: ID });
    for (const format of ["jpg", "png", "webp"]) {
      for (const kind of ["thumbnail", "storyboard"]) {
        expect(parseRoute(`/${ID}/${kind}.${format}`)).toEqual({ kind, playbackId: ID, format });
      }
    }
    for (const format of ["gif", "webp"]) {
      expect(parseRoute(`/${ID}/animated.${format}`)).toEqual({ kind: "animated", playbackId: ID, format });
    }
    for (const format of ["vtt", "json"]) {
      expect(parseRoute(`/${ID}/storyboard.${format}`)).toEqual({ kind: "storyboard_index", playbackId: ID, format });
    }
  });

  it("knows what playlists point to", () => {
    const child = { playbackId: ID, grant: "-", planId: PLAN, rendition: "720p" };
    expect(parseRoute(`/${ID}/${mediaPlaylistPath("-", PLAN, "720p")}`)).toEqual({ kind: "media_playlist", ...child });
    expect(parseRoute(`/${ID}/${mediaPath("-", PLAN, "720p")}/init.mp4`)).toEqual({ kind: "init", ...child });
    const segment = `/${ID}/${mediaPath("-", PLAN, "720p")}/12.m4s`;
    expect(parseRoute(segment)).toEqual({ kind: "segment", ...child, segment: 12 });
  });

  it("knows text tracks, whole, in segments, and as one file of a manifest", () => {
    const trackId = ID.slice(1);
    expect(parseRoute(`/${ID}/text/${trackId}.vtt`)).toEqual({ kind: "text", playbackId: ID, trackId, format: "vtt" });
    expect(parseRoute(`/${ID}/text/${trackId}.txt`)).toMatchObject({ kind: "text", format: "txt" });
    const child = { playbackId: ID, grant: "-", planId: PLAN, trackId };
    const path = `/${ID}/${textPath("-", PLAN, trackId)}`;
    expect(parseRoute(`${path}.m3u8`)).toEqual({ kind: "text_playlist", ...child });
    expect(parseRoute(`${path}.vtt`)).toEqual({ kind: "text_clip", ...child });
    expect(parseRoute(`${path}/12.vtt`)).toEqual({ kind: "text_segment", ...child, segment: 12 });
  });

  it.each([
    "/short.m3u8",
    "/favicon.ico",
    `/${ID}x${ID}.m3u8`,
    `/${ID.slice(1)}-.m3u8`,
    "/../thumbnail.jpg",
    `//${ID}`,
    "*",
  ])("refuses %s as a malformed id", (path) => {
    expect(refusal(path)).toBe("invalid_parameters");
  });

  it.each([
    "/",
    `/${ID}/`,
    `/${ID}/thumbnail.gif`,
    `/${ID}/thumbnail.constructor`,
    `/${ID}/thumbnail.vtt`,
    `/${ID}/animated.png`,
    `/${ID}/storyboard.gif`,
    `/${ID}/storyboard`,
    `/${ID}/lowest.mp4`,
    `/${ID}/h/-/${PLAN}/720p`,
    `/${ID}/h/-/${PLAN.toUpperCase()}/720p.m3u8`,
    `/${ID}/s/-/${PLAN}/720p/01.m4s`,
    `/${ID}/s/-/${PLAN}/720p/-1.m4s`,
    `/${ID}/s/-/${PLAN}/../0.m4s`,
    `/${ID}/s/-/${PLAN}/720p/init.mp4/`,
    `/${ID}/s//${PLAN}/720p/0.m4s`,
    `/${ID}/text/${ID}.srt`,
    `/${ID}/text/short.vtt`,
    `/${ID}/t/-/${PLAN}/${ID}`,
    `/${ID}/t/-/${PLAN}/${ID}/01.vtt`,
    `/${ID}/t/-/${PLAN}/${ID}/0.m4s`,
  ])("does not know %s", (path) => {
    expect(refusal(path)).toBe("not_found");
  });
});

describe("mediaType", () => {
  it("tells sound from pictures", () => {
    expect(mediaType("audio")).toBe("audio/mp4");
    expect(mediaType("720p")).toBe("video/mp4");
  });
});
