import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { SNIFFED_BYTES, sniffContainer } from "../domain/media/sniff-container.ts";
import { judgeSource } from "../domain/media/standard-input.ts";
import { createLogger } from "../platform/observability/logger.ts";
import { type FfmpegTools, openFfmpeg } from "./ffmpeg.ts";
import { probeSource } from "./probe/probe-source.ts";
import { standardise } from "./standardise.ts";

let folder: string;
let tools: FfmpegTools;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "playhead-standardise-"));
  tools = await openFfmpeg({ ffmpegPath: "ffmpeg", ffprobePath: "ffprobe", log: createLogger("test", "silent") });
});
afterAll(() => rmSync(folder, { recursive: true }));

const PICTURES = ["-f", "lavfi", "-i", "testsrc2=s=320x180:r=25:d=5"];
/** Silence, and from 2 s on a tone, so that its place can be found again. */
const SOUND = ["-f", "lavfi", "-i", "aevalsrc='if(gte(t,2),sin(2764*t),0)':s=48000:d=5"];
const H264 = ["-c:v", "libx264", "-pix_fmt", "yuv420p", "-bf", "2", "-g", "50", "-preset", "veryfast"];
const VARIABLE = ["-vf", "select='not(mod(n,3))+lt(n,50)'", "-fps_mode", "vfr"];
const FIELDS = ["-vf", "tinterlace=interleave_top,fieldorder=tff,setsar=4/3", "-flags", "+ildct+ilme"];

interface Source {
  file: string;
  make: string[];
  treatment: [video: string, audio: string];
}

const SOURCES: Source[] = [
  {
    file: "late.ts",
    make: [...PICTURES, "-itsoffset", "0.5", ...SOUND, ...H264, "-c:a", "aac", "-output_ts_offset", "7.4"],
    treatment: ["copy", "copy"],
  },
  {
    file: "early.mkv",
    make: ["-itsoffset", "0.5", ...PICTURES, ...SOUND, ...H264, "-c:a", "aac", "-live", "1"],
    treatment: ["copy", "copy"],
  },
  { file: "flash.flv", make: [...PICTURES, ...SOUND, ...H264, "-c:a", "aac"], treatment: ["copy", "copy"] },
  {
    file: "fragments.mp4",
    make: [...PICTURES, ...SOUND, ...H264, "-c:a", "aac", "-movflags", "frag_keyframe+empty_moov"],
    treatment: ["copy", "copy"],
  },
  { file: "mp3.mp4", make: [...PICTURES, ...SOUND, ...H264, "-c:a", "libmp3lame"], treatment: ["copy", "copy"] },
  {
    file: "vp8.webm",
    make: [...PICTURES, ...SOUND, "-c:v", "libvpx", "-deadline", "realtime", "-c:a", "libvorbis"],
    treatment: ["encode", "encode"],
  },
  {
    file: "vp9.webm",
    make: [...PICTURES, ...SOUND, "-c:v", "libvpx-vp9", "-cpu-used", "8", "-deadline", "realtime", "-c:a", "libopus"],
    treatment: ["copy", "copy"],
  },
  {
    file: "theora.ogv",
    make: [...PICTURES, ...SOUND, "-c:v", "libtheora", "-c:a", "libvorbis"],
    treatment: ["encode", "encode"],
  },
  {
    file: "variable.mkv",
    make: [...PICTURES, ...SOUND, ...VARIABLE, ...H264, "-pix_fmt", "yuv422p", "-c:a", "aac"],
    treatment: ["copy", "copy"],
  },
  {
    file: "fields.ts",
    make: [...PICTURES, ...SOUND, ...FIELDS, "-c:v", "mpeg2video", "-c:a", "mp2"],
    treatment: ["encode", "encode"],
  },
  { file: "sound.mp3", make: SOUND, treatment: ["none", "copy"] },
  { file: "sound.wav", make: SOUND, treatment: ["none", "encode"] },
];

describe("standardise", () => {
  it.each(SOURCES)("makes a plain MP4 of $file, with every picture at its time", async ({ file, make, treatment }) => {
    const source = generate(file, make);
    const made = await standardised(source);
    expect([made.video, made.sounds[0] ?? "none"]).toEqual(treatment);

    const [before, after] = [timesOf(source, "v:0"), timesOf(made.path, "v:0")];
    expect(after).toHaveLength(before.length);
    // Starts are written in 1/48,000 s, and pictures in the source's own clock.
    for (const [index, seconds] of after.entries()) expect(seconds).toBeCloseTo(before[index] ?? Number.NaN, 3);
    if (made.video === "copy") expect(picturesOf(made.path)).toEqual(picturesOf(source));
    if (made.video === "encode") expect(syncTimes(made.path).length).toBeGreaterThanOrEqual(3);
    // Encoders blur the beginning of a tone.
    expect(Math.abs(toneSeconds(made.path) - toneSeconds(source))).toBeLessThan(0.006);
  });

  it.each([
    ["h264.avi", H264, "encode"],
    ["baseline.avi", [...H264, "-bf", "0"], "copy"],
    ["mpeg4.avi", ["-c:v", "mpeg4", "-bf", "2"], "encode"],
  ] as const)("shows the pictures of %s at an even pace: AVI has no times of its own", async (file, codec, video) => {
    const source = generate(file, [...PICTURES, ...codec]);
    const made = await standardised(source);
    expect(made.video).toBe(video);
    const times = timesOf(made.path, "v:0");
    expect(times).toHaveLength(125);
    for (const [index, seconds] of times.slice(1).entries()) expect(seconds - (times[index] ?? 0)).toBeCloseTo(0.04, 3);
  });

  it("shows the picture upright, with square samples and even sides", async () => {
    const plain = generate("plain.mp4", [...PICTURES, ...H264, "-vf", "scale=322:182,setsar=4/3"]);
    const source = generate("turned.mp4", ["-i", plain, "-c", "copy", "-metadata:s:v:0", "rotate=90"]);
    const { path } = await standardised(source, { video: "encode" });
    const { video } = await probeSource(tools, path, "mov");
    expect(video).toMatchObject({
      ...{ codec: "h264", profile: "High", pixelFormat: "yuv420p", codedWidthPx: 182, codedHeightPx: 428 },
      ...{ rotationDegrees: 0, sampleAspectRatio: 1, averageFrameRate: 25 },
    });
  });

  it("tells how far it is, and stops when nobody waits", async () => {
    const source = generate("long.webm", [...PICTURES, "-c:v", "libvpx", "-deadline", "realtime"]);
    const seen: number[] = [];
    await standardised(source, { onProgress: (ratio) => seen.push(ratio) });
    expect(seen.at(-1)).toBeGreaterThan(0.9);
    expect(seen.every((ratio) => ratio >= 0 && ratio <= 1)).toBe(true);
    await expect(standardised(source, { signal: AbortSignal.timeout(50) })).rejects.toMatchObject({
      reason: "aborted",
    });
  });

  it("mixes down surround sound", async () => {
    const source = generate("surround.mkv", [...SOUND, "-ac", "6", "-c:a", "dca", "-strict", "-2"]);
    const { path } = await standardised(source);
    const { audio } = await probeSource(tools, path, "mov");
    expect(audio).toMatchObject({ codec: "aac", profile: "LC", channels: 2, sampleRate: 48_000 });
  });
});

async function standardised(source: string, options: Partial<Parameters<typeof standardise>[1]> = {}) {
  const sniffed = sniffContainer(readFileSync(source).subarray(0, SNIFFED_BYTES));
  if (sniffed === null) throw new Error(`${source} is no media`);
  const facts = await probeSource(tools, source, sniffed.demuxer);
  const judged = judgeSource(facts, sniffed.container, null);
  const path = `${source}.standard.mp4`;
  await standardise(tools, {
    ...judged,
    inputPath: source,
    demuxer: sniffed.demuxer,
    facts,
    outputFile: path,
    ...options,
  });
  return { ...judged, path };
}

function generate(file: string, make: string[]): string {
  const path = join(folder, file);
  execFileSync("ffmpeg", ["-v", "error", "-y", ...make, path]);
  return path;
}

const lines = (program: string, args: string[]): string[] =>
  execFileSync(program, ["-v", "error", ...args], { encoding: "utf8", maxBuffer: 1e8 })
    .split("\n")
    .filter(Boolean);

/** Seconds from the file's own start. */
function timesOf(path: string, stream: string): number[] {
  const [text = ""] = lines("ffprobe", ["-show_entries", "format=start_time", "-of", "csv=p=0", path]);
  const start = text === "N/A" ? 0 : Number(text);
  const entries = ["-select_streams", stream, "-show_entries", "frame=best_effort_timestamp_time"];
  return lines("ffprobe", [...entries, "-of", "default=nk=1:nw=1", path]).map((time) => Number(time) - start);
}

const picturesOf = (path: string): (string | undefined)[] =>
  lines("ffmpeg", ["-i", path, "-map", "0:v:0", "-fps_mode", "passthrough", "-f", "framemd5", "-"])
    .filter((line) => /^\d/.test(line))
    .map((line) => line.split(",").at(-1));

const syncTimes = (path: string): string[] =>
  lines("ffprobe", [...["-select_streams", "v:0", "-show_entries", "packet=flags", "-of", "csv=p=0"], path]).filter(
    (line) => line.startsWith("K"),
  );

/** Where the tone begins, from the file's own start. */
function toneSeconds(path: string): number {
  const output = ["-map", "0:a:0", "-ac", "1", "-ar", "48000", "-f", "s16le", "-"];
  const bytes = execFileSync("ffmpeg", ["-v", "error", "-i", path, ...output], { maxBuffer: 1e8 });
  const samples = new Int16Array(bytes.buffer, bytes.byteOffset, Math.floor(bytes.length / 2));
  const [start = 0] = timesOf(path, "a:0");
  return start + samples.findIndex((sample) => Math.abs(sample) > 8000) / 48_000;
}
