import fc from "fast-check";
import { parse, types } from "hls-parser";
import { describe, expect, it } from "vitest";
import { planSeconds } from "../../domain/media/plan.ts";
import { PlaybackError } from "../playback-error.ts";
import { audioRendition, PLAN_ID, smallPlan, videoRendition } from "../testing/plans.ts";
import { readManifestParams } from "./manifest-params.ts";
import { mediaPlaylist } from "./media-playlist.ts";
import { metadataJson } from "./metadata-json.ts";
import { multivariantPlaylist } from "./multivariant.ts";

const ID = "Wxleyp02vY5LdQ01v00VDiqWLMUFXiwVL8Mw01qLZTBbgM";

function multivariant(query = "", plan = smallPlan(), hasTitle = false): string {
  const params = readManifestParams(new URLSearchParams(query));
  return multivariantPlaylist({ playbackId: ID, grant: "-", plan, hasTitle }, params);
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
  parseMultivariant(text).variants.map(({ resolution }) => resolution?.height);

describe("multivariantPlaylist", () => {
  it("lists a middle rendition first, sound as a group, and what plays at once in one bandwidth", () => {
    expect(multivariant("", smallPlan(), true)).toBe(`#EXTM3U
#EXT-X-VERSION:7
#EXT-X-INDEPENDENT-SEGMENTS
#EXT-X-SESSION-DATA:DATA-ID="com.apple.hls.chapters",URI="${ID}/metadata.json"
#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="audio",NAME="Audio",DEFAULT=YES,AUTOSELECT=YES,CHANNELS="2",URI="${ID}/h/-/${PLAN_ID}/audio.m3u8"
#EXT-X-STREAM-INF:BANDWIDTH=3020000,AVERAGE-BANDWIDTH=2288000,CODECS="avc1.64001f,mp4a.40.2",RESOLUTION=1280x720,FRAME-RATE=29.970,AUDIO="audio",CLOSED-CAPTIONS=NONE
${ID}/h/-/${PLAN_ID}/720p.m3u8
#EXT-X-STREAM-INF:BANDWIDTH=4460000,AVERAGE-BANDWIDTH=3368000,CODECS="avc1.640028,mp4a.40.2",RESOLUTION=1920x1080,FRAME-RATE=29.970,AUDIO="audio",CLOSED-CAPTIONS=NONE
${ID}/h/-/${PLAN_ID}/1080p.m3u8
#EXT-X-STREAM-INF:BANDWIDTH=1580000,AVERAGE-BANDWIDTH=1208000,CODECS="avc1.64001f,mp4a.40.2",RESOLUTION=640x360,FRAME-RATE=29.970,AUDIO="audio",CLOSED-CAPTIONS=NONE
${ID}/h/-/${PLAN_ID}/360p.m3u8
`);
  });

  it("is read by a parser that checks it", () => {
    const playlist = parseMultivariant(multivariant("", smallPlan(), true));
    expect(playlist.independentSegments).toBe(true);
    expect(playlist.sessionDataList).toMatchObject([{ id: "com.apple.hls.chapters", uri: `${ID}/metadata.json` }]);
    expect(playlist.variants.map(({ audio }) => audio[0]?.groupId)).toEqual(["audio", "audio", "audio"]);
  });

  it("orders and limits as asked", () => {
    expect(heights(multivariant("rendition_order=desc"))).toEqual([1080, 720, 360]);
    expect(heights(multivariant("max_resolution=720p"))).toEqual([360, 720]);
    expect(heights(multivariant("min_resolution=720p&rendition_order=desc"))).toEqual([1080, 720]);
    expect(heights(multivariant("max_resolution=480p&min_resolution=480p"))).toEqual([360]);
    expect(heights(multivariant("redundant_streams=true&asset_start_time=3&CMCD=x&what=ever"))).toEqual([
      720, 1080, 360,
    ]);
  });

  it("leaves out what the asset does not have", () => {
    const silent = multivariant("", smallPlan({ audio: [], video: [videoRendition(360, { frameRate: 0 })] }));
    expect(silent).toContain('CODECS="avc1.64001f",RESOLUTION=640x360,CLOSED-CAPTIONS=NONE');
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
    const { variants } = parseMultivariant(text);
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

  it("gives sound alone as its only variant", () => {
    const playlist = multivariant("max_resolution=720p", smallPlan({ video: [], pictureEnd: 0 }));
    expect(playlist).toBe(`#EXTM3U
#EXT-X-VERSION:7
#EXT-X-INDEPENDENT-SEGMENTS
#EXT-X-STREAM-INF:BANDWIDTH=140000,AVERAGE-BANDWIDTH=128000,CODECS="mp4a.40.2",CLOSED-CAPTIONS=NONE
${ID}/h/-/${PLAN_ID}/audio.m3u8
`);
    expect(parseMultivariant(playlist).variants).toHaveLength(1);
  });
});

describe("readManifestParams", () => {
  it("names every wrong value", () => {
    const query = new URLSearchParams("max_resolution=4k&min_resolution=1&rendition_order=asc");
    expect(() => readManifestParams(query)).toThrow(PlaybackError);
    expect(() => readManifestParams(query)).toThrow(/max_resolution.*min_resolution.*rendition_order/);
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

  it("never has an EXTINF that rounds above the target duration, and adds up to the asset", () => {
    const lengths = fc.array(fc.integer({ min: 1, max: 1_500_000 }), { minLength: 1, maxLength: 200 });
    fc.assert(
      fc.property(lengths, fc.constantFrom(10_000, 30_000, 90_000, 60_000), (ticks, timescale) => {
        const boundaries = [0];
        for (const length of ticks) boundaries.push((boundaries.at(-1) ?? 0) + length);
        const plan = smallPlan({ boundaries, timescale, pictureEnd: boundaries.at(-1) ?? 0 });
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
