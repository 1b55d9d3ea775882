import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const SOURCE = fileURLToPath(new URL("../../node_modules/vide/examples/video/ocean.mp4", import.meta.url));
export const FILM_SECONDS = 24;
const HEIGHTS = [360, 180] as const;
const RENDITION = "-preset ultrafast -g 50 -keyint_min 50 -sc_threshold 0 -r 25 -pix_fmt yuv420p".split(" ");

const run = promisify(execFile);

/** A short film as HLS in two qualities, made when it is asked for. */
export interface Film {
  /** A playlist or segment by its name, the multivariant playlist as `film.m3u8`; null: there is none. */
  file(name: string): Promise<Buffer | null>;
  /** WebP */
  picture(seconds: number, widthPx: number): Promise<Buffer>;
  dispose(): Promise<void>;
}

export async function makeFilm(): Promise<Film> {
  const folder = await mkdtemp(join(tmpdir(), "playhead-film-"));
  await run("ffmpeg", [...hlsArguments(), join(folder, "rendition-%v.m3u8")], { cwd: folder });
  const pictures = new Map<string, Promise<Buffer>>();
  return {
    file: (name) => (/^[\w.-]+$/.test(name) ? readFile(join(folder, name)).catch(() => null) : Promise.resolve(null)),
    picture: (seconds, widthPx) => {
      const key = `${seconds} ${widthPx}`;
      const picture = pictures.get(key) ?? takePicture(seconds, widthPx);
      pictures.set(key, picture);
      return picture;
    },
    dispose: () => rm(folder, { recursive: true, force: true }),
  };
}

function hlsArguments(): string[] {
  const input = ["-stream_loop", "-1", "-i", SOURCE, "-f", "lavfi", "-i", "sine=frequency=220"];
  const maps = HEIGHTS.flatMap((heightPx, at) => [
    ...["-map", "0:v", `-filter:v:${at}`, `scale=-2:${heightPx}`, `-b:v:${at}`, `${heightPx * 3}k`],
  ]);
  const sound = ["-map", "1:a", "-c:a", "aac", "-b:a", "48k", "-ac", "2"];
  const streams = HEIGHTS.map((_, at) => `v:${at},agroup:sound`).join(" ");
  const hls = ["-f", "hls", "-hls_time", "2", "-hls_playlist_type", "vod", "-hls_segment_type", "fmp4"];
  const names = ["-hls_fmp4_init_filename", "init-%v.mp4", "-hls_segment_filename", "segment-%v-%d.m4s"];
  return [
    ...["-v", "error", "-t", String(FILM_SECONDS), ...input, ...maps, ...sound, "-t", String(FILM_SECONDS)],
    ...["-c:v", "libx264", ...RENDITION, ...hls, ...names],
    ...["-master_pl_name", "film.m3u8", "-var_stream_map", `${streams} a:0,agroup:sound,default:yes`],
  ];
}

async function takePicture(seconds: number, widthPx: number): Promise<Buffer> {
  const at = String(seconds % 9); // within the source, which is looped
  const output = ["-frames:v", "1", "-vf", `scale=${widthPx}:-2`, "-c:v", "libwebp", "-f", "image2pipe", "-"];
  const { stdout } = await run("ffmpeg", ["-v", "error", "-ss", at, "-i", SOURCE, ...output], {
    encoding: "buffer",
    maxBuffer: 10_000_000,
  });
  return stdout;
}
