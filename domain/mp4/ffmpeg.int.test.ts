import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { audioCodec, h264NalLengthBytes, videoCodec } from "./codec.ts";
import { type FragmentSample, writeFragmentHeader } from "./fragment.ts";
import { writeInitSegment } from "./init-segment.ts";
import { readMovieBox } from "./locate.ts";
import { type Movie, parseMovie, type SampleTable, type Track } from "./movie.ts";
import { isIdrSample } from "./nal.ts";
import { readFragments } from "./read-fragments.ts";
import { retime } from "./retime.ts";

const run = promisify(execFile);
const SECONDS = 3;
const RATE = 25;
let folder = "";

/** Moving pictures with B-frames and an IDR a second, and a tone in AAC. */
const SOURCE = `-f lavfi -i testsrc2=size=320x180:rate=${RATE} -f lavfi -i sine=frequency=440:sample_rate=44100 -t ${SECONDS}`;
const CODERS = "-c:v libx264 -preset veryfast -bf 3 -g 25 -keyint_min 25 -pix_fmt yuv420p -c:a aac -b:a 64k";

async function ffmpeg(args: string): Promise<Buffer> {
  const options = { cwd: folder, encoding: "buffer", maxBuffer: 2 ** 28 } as const;
  return (await run("/usr/bin/ffmpeg", `-nostdin -v error ${args}`.split(" "), options)).stdout;
}

async function parseFile(name: string): Promise<{ bytes: Buffer; movie: Movie }> {
  const bytes = await readFile(join(folder, name));
  const { moov } = await readMovieBox(async (start, end) => bytes.subarray(start, end), bytes.length);
  return { bytes, movie: parseMovie(moov) };
}

function trackOf({ tracks }: Movie, kind: Track["kind"]): Track {
  const track = tracks.find((each) => each.kind === kind);
  if (track === undefined) throw new Error(`no ${kind} track`);
  return track;
}

const rowsOf = ({ count, dts, cts, duration, offset, size, isSync }: SampleTable) =>
  Array.from({ length: count }, (_, at) => ({
    dts: dts[at] ?? 0,
    pts: (dts[at] ?? 0) + (cts[at] ?? 0),
    duration: duration[at] ?? 0,
    size: size[at] ?? 0,
    pos: offset[at] ?? 0,
    isSync: isSync[at] === 1,
  }));

/** The packets as ffprobe finds them, without edit lists. */
async function probePackets(name: string, stream: "v" | "a") {
  const args = `-v error -ignore_editlist 1 -select_streams ${stream} -show_packets -of json ${name}`;
  const { stdout } = await run("/usr/bin/ffprobe", args.split(" "), { cwd: folder, maxBuffer: 2 ** 28 });
  const { packets } = JSON.parse(stdout) as { packets: Record<string, string>[] };
  return packets.map((packet) => ({
    dts: Number(packet["dts"]),
    pts: Number(packet["pts"]),
    duration: Number(packet["duration"]),
    size: Number(packet["size"]),
    pos: Number(packet["pos"]),
    isSync: packet["flags"]?.startsWith("K") ?? false,
  }));
}

async function startSeconds(name: string): Promise<number> {
  const args = `-v error -show_entries stream=start_time -of csv=p=0 ${name}`;
  return Number((await run("/usr/bin/ffprobe", args.split(" "), { cwd: folder })).stdout);
}

/** Hashes of all decoded frames of a stream. */
async function frameHashes(name: string, stream: "v" | "a"): Promise<string[]> {
  const passthrough = stream === "v" ? "-fps_mode passthrough " : "";
  const text = (await ffmpeg(`-i ${name} -map 0:${stream} ${passthrough}-f framemd5 -`)).toString();
  return text.split("\n").flatMap((line) => (line.startsWith("0,") ? [line.split(",").at(-1)?.trim() ?? ""] : []));
}

/** Cuts a track into fragments, each from a sync sample to the next: the source's own samples, times by `retime`. */
function cutTrack(bytes: Buffer, track: Track, perFragment: number, editMediaTime: number): Buffer {
  const rows = rowsOf(track.samples);
  const size = { widthPx: track.codedWidthPx, heightPx: track.codedHeightPx };
  const kind = track.kind === "video" ? "video" : "audio";
  const parts: Uint8Array[] = [
    writeInitSegment({ kind, timescale: track.timescale, stsd: track.stsd, ...size, editMediaTime }),
  ];
  const origin = Math.min(...rows.map((row) => row.pts));
  for (let from = 0; from < rows.length; from += perFragment) {
    const picked = rows.slice(from, from + perFragment);
    const times = picked.map((row) => row.pts - origin);
    const next = rows.slice(from + perFragment).map((row) => row.pts - origin);
    const end = next.length > 0 ? Math.min(...next) : Math.max(...times) + (picked.at(-1)?.duration ?? 0);
    const { baseDecodeTime, timing } = retime(times, end);
    const samples = picked.flatMap<FragmentSample>((row, at) => {
      const times = timing[at];
      return times === undefined ? [] : [{ size: row.size, isSync: row.isSync, ...times }];
    });
    parts.push(writeFragmentHeader({ sequence: parts.length, baseDecodeTime, samples }));
    for (const row of picked) parts.push(bytes.subarray(row.pos, row.pos + row.size));
  }
  return Buffer.concat(parts);
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "playhead-mp4-"));
  await ffmpeg(`${SOURCE} ${CODERS} source.mp4`);
  await ffmpeg("-i source.mp4 -c copy -movflags +faststart source.mov");
});

afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
});

describe.each(["source.mp4", "source.mov"])("parseMovie of ffmpeg's %s", (name) => {
  it.each([
    ["video", "v"],
    ["audio", "a"],
  ] as const)("gives every %s sample as ffprobe finds it", async (kind, stream) => {
    const { movie } = await parseFile(name);
    const rows = rowsOf(trackOf(movie, kind).samples);
    expect(rows.length).toBeGreaterThan(70);
    expect(rows).toEqual(await probePackets(name, stream));
  });

  it("names the codecs and sees that sync samples are IDRs", async () => {
    const { bytes, movie } = await parseFile(name);
    const video = trackOf(movie, "video");
    expect(videoCodec(video.stsd)?.codecs).toMatch(/^avc1\.64[0-9a-f]{4}$/);
    expect(audioCodec(trackOf(movie, "audio").stsd)).toEqual({ codecs: "mp4a.40.2", channels: 1, sampleRate: 44100 });
    const lengthBytes = h264NalLengthBytes(video.stsd);
    for (const row of rowsOf(video.samples)) {
      expect(isIdrSample(bytes.subarray(row.pos, row.pos + row.size), lengthBytes)).toBe(row.isSync);
    }
  });
});

describe("writeInitSegment and writeFragmentHeader", () => {
  it("make of a track's samples what ffmpeg decodes to the same pictures", async () => {
    const { bytes, movie } = await parseFile("source.mp4");
    const cut = cutTrack(bytes, trackOf(movie, "video"), RATE, 0);
    await writeFile(join(folder, "cut.mp4"), cut);
    const hashes = await frameHashes("cut.mp4", "v");
    expect(hashes).toHaveLength(SECONDS * RATE);
    expect(hashes).toEqual(await frameHashes("source.mp4", "v"));
    const times = readFragments(cut).samples.map((sample) => sample.presentationTime);
    expect(times.sort((one, other) => one - other)).toEqual(Array.from({ length: SECONDS * RATE }, (_, n) => n * 512));
  });

  it.each(["source.mp4", "source.mov"])(
    "make of %s's AAC what ffmpeg decodes to the same sound, less the priming",
    async (name) => {
      const { bytes, movie } = await parseFile(name);
      const audio = trackOf(movie, "audio");
      await writeFile(join(folder, "sound.mp4"), cutTrack(bytes, audio, 86, audio.edits[0]?.mediaTime ?? 0));
      const hashes = await frameHashes("sound.mp4", "a");
      expect(hashes).toHaveLength(audio.samples.count);
      // ffmpeg gives the priming packet a time before 0 but decodes it; the source's last packet may be cut by its edit list
      expect(hashes.slice(1, -1)).toEqual((await frameHashes(name, "a")).slice(0, hashes.length - 2));
      expect(await startSeconds("sound.mp4")).toBeCloseTo(-1024 / 44100, 5);
    },
  );

  it("are read by ffmpeg without complaint", async () => {
    const { bytes, movie } = await parseFile("source.mp4");
    await writeFile(join(folder, "cut.mp4"), cutTrack(bytes, trackOf(movie, "video"), RATE, 0));
    const { stderr } = await run("/usr/bin/ffmpeg", "-nostdin -v warning -i cut.mp4 -f null -".split(" "), {
      cwd: folder,
    });
    expect(stderr).toBe("");
  });
});

describe("readFragments", () => {
  it("finds every picture that an encoder wrote to a pipe, at its time", async () => {
    const flags = "-avoid_negative_ts disabled -movflags +cmaf+empty_moov+frag_discont+frag_keyframe -f mp4 pipe:1";
    const copy = "-copyts -itsoffset 7 -i source.mp4 -map 0:v -fps_mode passthrough -enc_time_base 1:12800";
    const written = await ffmpeg(`${copy} -video_track_timescale 12800 ${CODERS} ${flags}`);
    const { init, samples } = readFragments(written);
    expect(init).toMatchObject({ timescale: 12800, widthPx: 320, heightPx: 180 });
    const times = samples.map((sample) => sample.presentationTime).sort((one, other) => one - other);
    expect(times).toEqual(Array.from({ length: SECONDS * RATE }, (_, n) => 7 * 12800 + n * 512));
    const first = samples[0];
    expect(isIdrSample(written.subarray(first?.start, (first?.start ?? 0) + (first?.size ?? 0)), 4)).toBe(true);
  });

  it("reads its own writing", async () => {
    const { bytes, movie } = await parseFile("source.mp4");
    const video = trackOf(movie, "video");
    const cut = cutTrack(bytes, video, RATE, 0);
    const { init, samples } = readFragments(cut);
    expect(init.stsd).toEqual(video.stsd);
    const contents = samples.map(({ start, size }) => cut.subarray(start, start + size));
    expect(contents).toEqual(rowsOf(video.samples).map(({ pos, size }) => bytes.subarray(pos, pos + size)));
  });
});
