import fc from "fast-check";
import { parse, types } from "hls-parser";
import { describe, expect, it } from "vitest";
import { planSeconds } from "../../domain/media/plan.ts";
import { trickRendition } from "../../domain/media/trick-rendition.ts";
import { audioRendition, PLAN_ID, smallPlan, videoRendition } from "../testing/plans.ts";
import { readManifestParams } from "./manifest-params.ts";
import { mediaPlaylist } from "./media-playlist.ts";
import { metadataJson } from "./metadata-json.ts";
import { multivariantPlaylist } from "./multivariant.ts";

const ID = "Wxleyp02vY5LdQ01v00VDiqWLMUFXiwVL8Mw01qLZTBbgM";

function multivariant(query = "", plan = smallPlan(), hasTitle = false, bases = [""]): string {
  const params = readManifestParams(new URLSearchParams(query));
  return multivariantPlaylist({ playbackId: ID, grant: "-", plan, hasTitle, bases, textTracks: [] }, params);
}

function parseMultivariant(text: string): types.MasterPlaylist {
  const playlist = parse(text);
  if (!(playlist instanceof types.MasterPlaylist)) throw new Error("not a multivariant playlist");
  return playlist;
}

function parseMedia(text: string): types.MediaPlaylist {
  const playlist = parse(text);
  if (!(playlist instanceof types.MediaPlaylist)) throw new Error("not a media playlist");
  return playlist;
}

const heights = (text: string): (number | undefined)[] =>
  parseMultivariant(text)
    .variants.filter(({ isIFrameOnly }) => !isIFrameOnly)
    .map(({ resolution }) => resolution?.height);

describe("multivariantPlaylist", () => {
  it("lists a middle rendition first, sound as a group, and what plays at once in one bandwidth", () => {
    expect(multivariant("", smallPlan(), true)).toBe(`#EXTM3U
#EXT-X-VERSION:7
#EXT-X-INDEPENDENT-SEGMENTS
#EXT-X-SESSION-DATA:DATA-ID="com.apple.hls.chapters",URI="${ID}/metadata.json"
#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="audio",NAME="Audio",DEFAULT=YES,AUTOSELECT=YES,CHANNELS="2",URI="${ID}/h/-/${PLAN_ID}/audio.m3u8"
#EXT-X-STREAM-INF:BANDWIDTH=3025037,AVERAGE-BANDWIDTH=2293696,CODECS="avc1.64001f,mp4a.40.2",RESOLUTION=1280x720,FRAME-RATE=29.970,VIDEO-RANGE=SDR,AUDIO="audio",CLOSED-CAPTIONS=NONE
${ID}/h/-/${PLAN_ID}/720p.m3u8
#EXT-X-STREAM-INF:BANDWIDTH=4460000,AVERAGE-BANDWIDTH=3373696,CODECS="avc1.640028,mp4a.40.2",RESOLUTION=1920x1080,FRAME-RATE=29.970,VIDEO-RANGE=SDR,AUDIO="audio",CLOSED-CAPTIONS=NONE
${ID}/h/-/${PLAN_ID}/1080p.m3u8
#EXT-X-STREAM-INF:BANDWIDTH=1585037,AVERAGE-BANDWIDTH=1213696,CODECS="avc1.64001f,mp4a.40.2",RESOLUTION=640x360,FRAME-RATE=29.970,VIDEO-RANGE=SDR,AUDIO="audio",CLOSED-CAPTIONS=NONE
${ID}/h/-/${PLAN_ID}/360p.m3u8
#EXT-X-I-FRAME-STREAM-INF:BANDWIDTH=226903,CODECS="avc1.640015",RESOLUTION=480x270,VIDEO-RANGE=SDR,URI="${ID}/h/-/${PLAN_ID}/trick.m3u8"
`);
  });

  it("is read by a parser that checks it", () => {
    const playlist = parseMultivariant(multivariant("", smallPlan(), true));
    expect(playlist.independentSegments).toBe(true);
    expect(playlist.sessionDataList).toMatchObject([{ id: "com.apple.hls.chapters", uri: `${ID}/metadata.json` }]);
    expect(playlist.variants.map(({ audio }) => audio[0]?.groupId)).toEqual(["audio", "audio", "audio", undefined]);
  });

  it("orders and limits as asked", () => {
    expect(heights(multivariant("rendition_order=desc"))).toEqual([1080, 720, 360]);
    expect(heights(multivariant("max_resolution=720p"))).toEqual([360, 720]);
    expect(heights(multivariant("min_resolution=720p&rendition_order=desc"))).toEqual([1080, 720]);
    expect(heights(multivariant("max_resolution=480p&min_resolution=480p"))).toEqual([360]);
    expect(heights(multivariant("redundant_streams=true&CMCD=x&what=ever"))).toEqual([720, 1080, 360]);
  });

  it("leaves out what the asset does not have", () => {
    const silent = multivariant("", smallPlan({ audio: [], video: [videoRendition(360, { frameRate: 0 })] }));
    expect(silent).toContain('CODECS="avc1.64001f",RESOLUTION=640x360,VIDEO-RANGE=SDR,CLOSED-CAPTIONS=NONE');
    expect(silent).not.toMatch(/AUDIO|FRAME-RATE|SESSION-DATA/);
  });

  it("lists every sound by its name, and surround as a second group of the same names", () => {
    const times = [0, 60_060, 120_120, 240_240, 300_300];
    const english = { label: "English", language: "en" };
    const surround = { name: "audiosurround", group: "surround", channels: 6, peakBitrate: 400_000 } as const;
    const sounds = [
      audioRendition(times, english),
      audioRendition(times, { name: "audio2", label: "German", language: "de" }),
      audioRendition(times, { ...english, ...surround }),
    ];
    const text = multivariant("rendition_order=desc", smallPlan({ audio: sounds }));
    const named = (line: string) =>
      /GROUP-ID="(.*?)",NAME="(.*?)",LANGUAGE="(.*?)",DEFAULT=(.*?),.*\/(\w+)\.m3u8/.exec(line);
    const media = text.split("\n").filter((line) => line.startsWith("#EXT-X-MEDIA"));
    expect(media.map((line) => named(line)?.slice(1))).toEqual([
      ["audio", "English", "en", "YES", "audio"],
      ["audio", "German", "de", "NO", "audio2"],
      ["audio-surround", "English", "en", "YES", "audiosurround"],
      ["audio-surround", "German", "de", "NO", "audio2"],
    ]);
    const variants = parseMultivariant(text).variants.filter(({ isIFrameOnly }) => !isIFrameOnly);
    expect(variants.map(({ resolution, audio }) => [resolution?.height, audio[0]?.groupId])).toEqual([
      ...[1080, 720, 360].map((height) => [height, "audio"]),
      ...[1080, 720, 360].map((height) => [height, "audio-surround"]),
    ]);
    expect((variants[3]?.bandwidth ?? 0) - (variants[0]?.bandwidth ?? 0)).toBe(260_000);
  });

  it("gives sound alone its languages too", () => {
    const times = [0, 60_060, 120_120, 240_240, 300_300];
    const sounds = [audioRendition(times), audioRendition(times, { name: "audio2", label: "German", language: "de" })];
    const { variants } = parseMultivariant(multivariant("", smallPlan({ video: [], pictureEnd: 0, audio: sounds })));
    expect(variants.map(({ uri, audio }) => [uri.split("/").at(-1), audio.map(({ name }) => name)])).toEqual([
      ["audio.m3u8", ["Audio", "German"]],
    ]);
  });

  it("leaves out a sound that ended before the clip begins, and takes the clip to the children", () => {
    const clipped = multivariant("asset_start_time=8.1&asset_end_time=9");
    expect(clipped).not.toContain("audio");
    expect(clipped).toContain('CODECS="avc1.64001f",');
    expect(parseMultivariant(clipped).variants[0]?.uri).toBe(
      `${ID}/h/-/${PLAN_ID}/720p.m3u8?asset_start_time=8.1&asset_end_time=9`,
    );
  });

  it("lists everything once more from every further base, its sound with it, when told to", () => {
    const bases = ["https://one.example/", "https://two.example/"];
    const { variants } = parseMultivariant(multivariant("redundant_streams=true", smallPlan(), true, bases));
    const origins = variants
      .filter(({ isIFrameOnly }) => !isIFrameOnly)
      .map(({ uri, audio, resolution }) => [
        resolution?.height,
        new URL(uri).host,
        audio[0]?.groupId,
        new URL(audio[0]?.uri ?? "").host,
      ]);
    expect(origins).toEqual([
      ...[720, 1080, 360].map((height) => [height, "one.example", "audio", "one.example"]),
      ...[720, 1080, 360].map((height) => [height, "two.example", "audio-2", "two.example"]),
    ]);
    expect(multivariant("", smallPlan(), true, bases)).not.toContain("two.example");
  });

  it("names a playlist of pictures for Roku when told to", () => {
    const uri = `${ID}/h/-/${PLAN_ID}/images.m3u8`;
    expect(multivariant("roku_trick_play=true")).toContain(
      `#EXT-X-IMAGE-STREAM-INF:BANDWIDTH=345255,RESOLUTION=320x180,CODECS="jpeg",URI="${uri}"`,
    );
    expect(multivariant("roku_trick_play=false")).not.toContain("IMAGE-STREAM-INF");
  });

  it("says so where pictures are not SDR: those that are copied from such a source", () => {
    const video = [videoRendition(1080, { kind: "copied" }), videoRendition(360)];
    const ranges = multivariant("rendition_order=desc", smallPlan({ hdr: "pq", video })).match(/VIDEO-RANGE=\w+/g);
    expect(ranges).toEqual(["VIDEO-RANGE=PQ", "VIDEO-RANGE=SDR", "VIDEO-RANGE=SDR"]); // the last is for scrubbing
    expect(multivariant()).not.toMatch(/VIDEO-RANGE=(?!SDR)/);
  });

  it("gives sound alone as its only variant", () => {
    const playlist = multivariant("max_resolution=720p", smallPlan({ video: [], pictureEnd: 0 }));
    expect(playlist).toBe(`#EXTM3U
#EXT-X-VERSION:7
#EXT-X-INDEPENDENT-SEGMENTS
#EXT-X-STREAM-INF:BANDWIDTH=140000,AVERAGE-BANDWIDTH=128900,CODECS="mp4a.40.2",CLOSED-CAPTIONS=NONE
${ID}/h/-/${PLAN_ID}/audio.m3u8
`);
    expect(parseMultivariant(playlist).variants).toHaveLength(1);
  });
});

describe("mediaPlaylist", () => {
  it("names each segment with its exact length, from the folder it lies in", () => {
    const plan = smallPlan();
    expect(mediaPlaylist("-", plan, videoRendition(720))).toBe(`#EXTM3U
#EXT-X-VERSION:7
#EXT-X-TARGETDURATION:4
#EXT-X-MEDIA-SEQUENCE:0
#EXT-X-PLAYLIST-TYPE:VOD
#EXT-X-INDEPENDENT-SEGMENTS
#EXT-X-MAP:URI="../../../s/-/${PLAN_ID}/720p/init.mp4"
#EXTINF:2.002000,
../../../s/-/${PLAN_ID}/720p/0.m4s
#EXTINF:2.002000,
../../../s/-/${PLAN_ID}/720p/1.m4s
#EXTINF:4.004000,
../../../s/-/${PLAN_ID}/720p/2.m4s
#EXTINF:2.002000,
../../../s/-/${PLAN_ID}/720p/3.m4s
#EXT-X-ENDLIST
`);
  });

  it("resolves to the segments' own paths", () => {
    const base = `http://localhost/${ID}/h/-/${PLAN_ID}/720p.m3u8`;
    const first = parseMedia(mediaPlaylist("-", smallPlan(), videoRendition(720))).segments[0];
    expect(new URL(first?.uri ?? "", base).pathname).toBe(`/${ID}/s/-/${PLAN_ID}/720p/0.m4s`);
    expect(new URL(first?.map?.uri ?? "", base).pathname).toBe(`/${ID}/s/-/${PLAN_ID}/720p/init.mp4`);
  });

  it("gives sound lengths of its own, and leaves out segments that it has nothing for", () => {
    const plan = smallPlan();
    const [sound] = plan.audio;
    if (sound === undefined) throw new Error("the plan has sound");
    const { segments, endlist } = parseMedia(mediaPlaylist("-", plan, sound));
    expect(segments.map(({ uri, duration }) => [uri.split("/").at(-1), duration])).toEqual([
      ["0.m4s", 2.005333],
      ["1.m4s", 2.005334], // ends are rounded, so that the sum is 8
      ["2.m4s", 3.989333],
    ]);
    expect(endlist).toBe(true);
  });

  it("leaves out picture segments after the last picture", () => {
    const plan = smallPlan({ pictureEnd: 120_120, audio: [audioRendition(smallPlan().boundaries)] });
    expect(parseMedia(mediaPlaylist("-", plan, videoRendition(720))).segments).toHaveLength(2);
  });

  it("has the same target duration for picture and sound, whose segments are not equally long", () => {
    const plan = smallPlan({ boundaries: [0, 134_700], pictureEnd: 134_700 }); // 4.49 s
    const sound = { ...audioRendition([0, 134_700]), boundaries: [0, 217_088] }; // 4.523 s
    const both = { ...plan, audio: [sound] };
    const targets = [videoRendition(720), sound].map(
      (rendition) => parseMedia(mediaPlaylist("-", both, rendition)).targetDuration,
    );
    expect(targets).toEqual([5, 5]);
  });

  it("lists the segments that a clip touches", () => {
    const clip = (startSeconds: number | null, endSeconds: number | null) =>
      parseMedia(mediaPlaylist("-", smallPlan(), videoRendition(720), { startSeconds, endSeconds })).segments.map(
        ({ uri }) => Number(/(\d+)\.m4s/.exec(uri)?.[1]),
      );
    expect(clip(null, null)).toEqual([0, 1, 2, 3]);
    expect(clip(2.002, 4.004)).toEqual([1]);
    expect(clip(2.001, 4.0051)).toEqual([1, 2]);
    expect(clip(1.9, 4.1)).toEqual([0, 1, 2]);
    expect(clip(5, 5.0001)).toEqual([2]);
    expect(clip(9, 1_000)).toEqual([3]);
  });

  it("of the rendition for scrubbing is one of single pictures", () => {
    const plan = smallPlan();
    const trick = trickRendition(plan);
    if (trick === null) throw new Error("the plan has pictures");
    const playlist = parseMedia(mediaPlaylist("-", plan, trick));
    expect(playlist.isIFrame).toBe(true);
    expect(playlist.segments.map(({ duration }) => duration)).toEqual([2.002, 2.002, 4.004, 2.002]);
    expect(playlist.segments[3]?.uri).toBe(`../../../s/-/${PLAN_ID}/trick/3.m4s`);
  });

  it("never has an EXTINF that rounds above the target duration, and adds up to the asset", () => {
    const lengths = fc.array(fc.integer({ min: 1, max: 1_500_000 }), { minLength: 1, maxLength: 200 });
    fc.assert(
      fc.property(lengths, fc.constantFrom(10_000, 30_000, 90_000, 60_000), (ticks, timescale) => {
        const boundaries = [0];
        for (const length of ticks) boundaries.push((boundaries.at(-1) ?? 0) + length);
        const plan = smallPlan({ boundaries, timescale, pictureEnd: boundaries.at(-1) ?? 0, audio: [] });
        const { segments, targetDuration } = parseMedia(mediaPlaylist("-", plan, videoRendition(720)));
        const rounded = segments.map(({ duration }) => Math.round(duration));
        expect(targetDuration).toBe(Math.max(1, ...rounded));
        const sum = segments.reduce((seconds, { duration }) => seconds + duration, 0);
        expect(Math.abs(sum - planSeconds(plan))).toBeLessThanOrEqual(0.000_001);
      }),
      { numRuns: 50 },
    );
  });
});

describe("metadataJson", () => {
  it("tells the title as players read it, and does not look like a chapter", () => {
    expect(JSON.parse(metadataJson('A "title"'))).toEqual([
      {
        metadata: [
          { key: "video.title", value: 'A "title"' },
          { key: "video_title", value: 'A "title"' },
        ],
      },
    ]);
    expect(metadataJson(null)).toBe("[]");
  });
});
