import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { PACKAGED } from "../../scripts/testing/media.ts";

/** A whole film to be spoilt. */
export interface Seed {
  name: string;
  bytes: Buffer;
  /** Made of boxes, which can be rearranged. */
  isBoxed: boolean;
}

const PICTURE = ["-f", "lavfi", "-i", "testsrc2=size=160x90:rate=25:duration=2"];
const SOUND = ["-f", "lavfi", "-i", "sine=frequency=440:sample_rate=48000:duration=2"];
const H264 = ["-c:v", "libx264", "-preset", "ultrafast", "-bf", "2", "-g", "25", "-pix_fmt", "yuv420p"];
const SMALL_H264 = [...H264, "-c:a", "aac", "-b:a", "64k"];

/** File name and how it is encoded; ffmpeg chooses the container by the name. */
const MADE: readonly (readonly [name: string, options: readonly string[]])[] = [
  ["plain.mp4", SMALL_H264],
  ["silent.mp4", [...H264, "-an"]],
  ["fragments.mp4", [...SMALL_H264, "-movflags", "frag_keyframe+empty_moov"]],
  ["index-first.mp4", [...SMALL_H264, "-movflags", "+faststart"]],
  ["quicktime.mov", SMALL_H264],
  ["hevc.mp4", ["-c:v", "libx265", "-preset", "ultrafast", "-x265-params", "log-level=none", "-c:a", "aac"]],
  ["mpeg4.mp4", ["-c:v", "mpeg4", "-c:a", "aac"]],
  ["png.mov", ["-c:v", "png", "-r", "5", "-an"]],
  ["sound.m4a", ["-vn", "-c:a", "aac"]],
  ["vp8.webm", ["-c:v", "libvpx", "-deadline", "realtime", "-cpu-used", "8", "-c:a", "libopus"]],
  ["film.mkv", SMALL_H264],
  ["film.ts", SMALL_H264],
  ["film.mpg", ["-c:v", "mpeg2video", "-c:a", "mp2"]],
  ["film.avi", ["-c:v", "mjpeg", "-pix_fmt", "yuvj420p", "-c:a", "pcm_s16le"]],
  ["film.flv", SMALL_H264],
  ["film.wmv", ["-c:v", "wmv2", "-c:a", "wmav2"]],
  ["film.mxf", ["-c:v", "mpeg2video", "-c:a", "pcm_s16le"]],
  ["theora.ogv", ["-c:v", "libtheora", "-c:a", "libvorbis"]],
  ["sound.mp3", ["-vn", "-c:a", "libmp3lame"]],
  ["sound.wav", ["-vn", "-c:a", "pcm_s16le"]],
  ["sound.flac", ["-vn", "-c:a", "flac"]],
  ["sound.aac", ["-vn", "-c:a", "aac"]],
  ["sound.aiff", ["-vn", "-c:a", "pcm_s16be"]],
];

/** Films that others have made, where their Debian packages are installed. */
const INSTALLED: readonly string[] = [
  ...["3gp.3gp", "asf.asf", "flv.flv", "mkv.mkv", "mov.mov", "mp4.mp4", "ogg.ogv", "webm.webm"].map((name) =>
    join(PACKAGED["golang-github-gabriel-vasile-mimetype-dev"], name),
  ),
  join(PACKAGED["opencv-doc"], "Megamind_bugy.avi"),
  join(PACKAGED["janus-demos"], "ChID-BLITS-EBU.mp4"),
];
const BOXED = /\.(mp4|m4a|mov|3gp)$/;

/** Small films of every container that is taken in, and what there is of real ones. */
export async function makeSeeds(): Promise<Seed[]> {
  const folder = await mkdtemp(join(tmpdir(), "playhead-seeds-"));
  try {
    const files = [];
    for (const [name, options] of MADE) {
      const file = join(folder, name);
      await promisify(execFile)("ffmpeg", ["-v", "error", "-y", ...PICTURE, ...SOUND, ...options, file]);
      files.push(file);
    }
    const all = [...files, ...INSTALLED.filter((file) => existsSync(file))];
    return await Promise.all(
      all.map(async (file) => ({
        name: file.split("/").at(-1) ?? "",
        bytes: await readFile(file),
        isBoxed: BOXED.test(file),
      })),
    );
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
