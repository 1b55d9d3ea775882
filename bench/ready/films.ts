import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);

/** Some seconds of 1080p with grain and sound, as a camera would send them. */
export async function makeCameraFilm(folder: string, seconds: number): Promise<string> {
  const file = join(folder, `camera-${seconds}.mp4`);
  const picture = `testsrc2=size=1920x1080:rate=30:duration=${seconds},noise=alls=12:allf=t`;
  const args = [
    "-v",
    "error",
    "-y",
    "-f",
    "lavfi",
    "-i",
    picture,
    "-f",
    "lavfi",
    "-i",
    `sine=frequency=330:duration=${seconds}`,
  ];
  const output = [
    "-c:v",
    "libx264",
    "-preset",
    "veryfast",
    "-b:v",
    "6M",
    "-g",
    "60",
    "-pix_fmt",
    "yuv420p",
    "-c:a",
    "aac",
  ];
  await run("ffmpeg", [...args, ...output, file]);
  return file;
}

/** An hour: a film again and again, as it is. */
export async function makeHour(film: string, filmSeconds: number, folder: string): Promise<string> {
  const file = join(folder, "hour.mp4");
  const again = String(Math.ceil(3_600 / filmSeconds) - 1);
  await run("ffmpeg", ["-v", "error", "-y", "-stream_loop", again, "-i", film, "-c", "copy", file]);
  return file;
}

/** The peer: what a plain transcoder does before anything plays, one run over the whole film. Milliseconds. */
export async function transcodeWhole(file: string, folder: string): Promise<number> {
  const startedMs = performance.now();
  const rungs = [
    ["720", "2600k"],
    ["480", "1200k"],
    ["270", "500k"],
  ] as const;
  const outputs = rungs.flatMap(([height, rate]) => [
    ...["-map", "0:v:0", "-map", "0:a:0?", "-vf", `scale=-2:${height}`, "-c:v", "libx264", "-preset", "veryfast"],
    ...["-crf", "23", "-maxrate", rate, "-bufsize", rate, "-c:a", "copy", "-f", "hls", "-hls_time", "4"],
    ...["-hls_playlist_type", "vod", join(folder, `${height}.m3u8`)],
  ]);
  await run("ffmpeg", ["-v", "error", "-y", "-i", file, ...outputs], { maxBuffer: 64 * 1024 * 1024 });
  return performance.now() - startedMs;
}
