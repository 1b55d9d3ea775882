import { describe, expect, it } from "vitest";
import { makePlan, type PictureSource } from "./make-plan.ts";
import { indexPictures } from "./picture-index.ts";
import { segmentSeconds } from "./plan.ts";
import { canCopySegments, segmentBoundaries } from "./segment-boundaries.ts";
import { indexSound } from "./sound-index.ts";
import type { SoundSource } from "./sound-renditions.ts";
import { gopTable, tableOf, trackOf } from "./testing/tables.ts";

const MOVIE = { timescale: 1_000 };
const RATE = 25;

function picture(seconds: number, facts: Partial<PictureSource> = {}): PictureSource {
  const table = gopTable(seconds * RATE, 2 * RATE);
  table.size.fill(20_000); // 4 Mbit/s
  const index = indexPictures(MOVIE, trackOf(table));
  const { starts } = segmentBoundaries(index, table);
  const isCopyable = canCopySegments(index, table, starts);
  return { index, table, widthPx: 1280, heightPx: 720, codecs: "avc1.64001f", starts, isCopyable, ...facts };
}

function sound(seconds: number): SoundSource {
  const packets = Array.from({ length: Math.round((seconds * 48_000) / 1_024) }, (_, n) => ({
    dts: n * 1_024,
    pts: n * 1_024,
  }));
  const table = tableOf(packets, 1_024);
  const index = indexSound(MOVIE, trackOf(table, { kind: "audio", timescale: 48_000 }), 0);
  if (index === null) throw new Error("the sound is heard");
  const facts = { trackId: 2, language: null, title: null, gainDb: 0 };
  return { index, table, codecs: "mp4a.40.2", channels: 2, sampleRate: 48_000, ...facts };
}

const plan = ({ picture, sound }: { picture: PictureSource | null; sound: SoundSource | null }) => {
  const sounds = sound === null ? [] : [sound];
  const made = makePlan({ sourceGeneration: 1, tier: "1080p", picture, sounds });
  return { planId: "0".repeat(16), ...made };
};

describe("makePlan", () => {
  it("copies the source as the top rendition and encodes the others", () => {
    const { video } = plan({ picture: picture(10), sound: null });
    expect(video.map(({ name, kind }) => `${name} ${kind}`)).toEqual(["720p copied", "480p encoded", "270p encoded"]);
    expect(video.map(({ codecs }) => codecs)).toEqual(["avc1.64001f", "avc1.64001e", "avc1.640015"]);
    expect(video[0]?.frameRate).toBeCloseTo(25);
  });

  it("encodes the top rendition too where the source cannot be copied or is above the tier", () => {
    expect(plan({ picture: picture(10, { isCopyable: false }), sound: null }).video[0]).toMatchObject({
      name: "720p",
      kind: "encoded",
    });
    const large = picture(10, { widthPx: 3840, heightPx: 2160 });
    expect(plan({ picture: large, sound: null }).video[0]).toMatchObject({ name: "1080p", kind: "encoded" });
  });

  it("copies nothing of a picture that something is burnt into, and says what", () => {
    const place = { leftRatio: 0, topRatio: 0, widthRatio: 0.1, heightRatio: 0.1, opacityRatio: 1 };
    const overlays = { colourMatrix: "bt709" as const, images: [{ image: "a", ...place }] };
    for (const facts of [{}, { family: "hevc" as const, codecs: "hvc1.1.6.L93.90" }]) {
      const marked = plan({ picture: picture(10, { ...facts, overlays }), sound: null });
      expect(marked.overlays).toEqual(overlays);
      expect(marked.video.map(({ name, kind }) => `${name} ${kind}`).slice(0, 2)).toEqual([
        "720p encoded",
        "480p encoded",
      ]);
    }
    expect(plan({ picture: picture(10), sound: null })).not.toHaveProperty("overlays");
  });

  it("encodes the top rendition of copied HEVC as well, for players that know H.264 only", () => {
    const hevc = picture(10, { family: "hevc", codecs: "hvc1.1.6.L93.90" });
    const { video } = plan({ picture: hevc, sound: null });
    expect(video.map(({ name, kind }) => `${name} ${kind}`)).toEqual([
      ...["720phevc copied", "720p encoded", "480p encoded", "270p encoded"],
    ]);
    expect(video.map(({ codecs }) => codecs.slice(0, 4))).toEqual(["hvc1", "avc1", "avc1", "avc1"]);
    const notCopied = plan({ picture: { ...hevc, isCopyable: false }, sound: null }).video;
    expect(notCopied.map(({ name, kind }) => `${name} ${kind}`)).toEqual([
      ...["720p encoded", "480p encoded", "270p encoded"],
    ]);
  });

  it("counts the bits of a newer codec as those of H.264 that show the same", () => {
    const frugal = (family: "h264" | "av1") => {
      const source = picture(10, { family, isCopyable: false });
      source.table.size.fill(5_000); // 1 Mbit/s, under the 1.2 of 480p
      return plan({ picture: source, sound: null }).video.map(({ name }) => name);
    };
    expect(frugal("h264")).toEqual(["720p", "270p"]);
    expect(frugal("av1")).toEqual(["720p", "480p", "270p"]);
  });

  it("says what the pictures of an HDR source are made for, and nothing of others", () => {
    expect(plan({ picture: picture(10, { hdr: "pq" }), sound: null }).hdr).toBe("pq");
    expect("hdr" in plan({ picture: picture(10), sound: null })).toBe(false);
  });

  it("promises no less than any segment of the copied rendition takes", () => {
    const source = picture(10);
    source.table.size.fill(90_000, 50, 100); // the third and fourth second: 18 Mbit/s
    const [top] = plan({ picture: source, sound: null }).video;
    expect(top?.peakBitrate).toBeGreaterThan(18_000_000);
    expect(top?.averageBitrate).toBeLessThan(8_000_000);
  });

  it("does not take one picture behind the last full segment for the peak", () => {
    const source = picture(12.04);
    source.table.size[300] = 200_000; // the sync sample at 12 s, alone: 40 Mbit/s
    const [top] = plan({ picture: source, sound: null }).video;
    expect(source.starts.at(-1)).toBe(300);
    expect(top?.peakBitrate).toBeLessThan(5_000_000);
  });

  it("refuses what is too heavy to be read at once", () => {
    const [heavyPicture, heavySound] = [picture(10), sound(10)];
    heavyPicture.table.size.fill(2 ** 23);
    heavySound.table.size.fill(2 ** 23);
    expect(() => plan({ picture: heavyPicture, sound: null })).toThrow("256 MiB");
    expect(() => plan({ picture: null, sound: heavySound })).toThrow("256 MiB");
  });

  it.each([
    ["is as long as the picture", 10, [2, 2, 4, 2], [2, 2, 4, 2]],
    ["ends before", 5, [2, 2, 4, 2], [2, 2, 1, 0]],
    ["goes on a little", 10.6, [2, 2, 4, 2], [2, 2, 4, 2.6]],
    ["goes on for long", 21, [2, 2, 4, 2, 0, 0], [2, 2, 4, 4, 4, 5]],
  ])("shares the boundaries where the sound %s", (_, soundSeconds, pictureLengths, soundLengths) => {
    const made = plan({ picture: picture(10), sound: sound(soundSeconds) });
    const lengths = (rendition: Parameters<typeof segmentSeconds>[1] | null | undefined): number[] =>
      rendition ? segmentSeconds(made, rendition).map((seconds) => Math.round(seconds * 10) / 10) : [];
    expect(lengths(made.video[0])).toEqual(pictureLengths);
    expect(lengths(made.audio[0])).toEqual(soundLengths);
    expect(made.boundaries.every((ticks, n) => n === 0 || ticks > (made.boundaries[n - 1] ?? 0))).toBe(true);
  });

  it("cuts sound alone every four seconds", () => {
    const made = plan({ picture: null, sound: sound(10) });
    expect(made.video).toEqual([]);
    expect(made.boundaries.map((ticks) => Math.round(ticks / made.timescale))).toEqual([0, 4, 8, 10]);
    expect(made.audio).toMatchObject([{ name: "audio", codecs: "mp4a.40.2", channels: 2 }]);
  });

  it("is the same when made again, and refuses a source of nothing", () => {
    expect(plan({ picture: picture(10), sound: sound(10) })).toEqual(plan({ picture: picture(10), sound: sound(10) }));
    expect(() => plan({ picture: null, sound: null })).toThrow(RangeError);
  });
});
