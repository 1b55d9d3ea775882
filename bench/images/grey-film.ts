import { execFile } from "node:child_process";
import { promisify } from "node:util";
import type { Sharp } from "sharp";

/** Each second of the film is one grey, so that an image tells when it was. */
const GREY_STEP = 20;
const DARKEST = 30;

/** @param seconds at most 10: of greys that differ there are no more */
export async function makeGreyFilm(file: string, seconds: number): Promise<void> {
  const level = `geq=lum=${DARKEST}+${GREY_STEP}*floor(T):cb=128:cr=128`;
  const grey = `color=black:size=640x360:rate=25:duration=${seconds},format=yuv420p,${level}`;
  const encode = ["-c:v", "libx264", "-preset", "ultrafast", "-g", "50", "-pix_fmt", "yuv420p", file];
  await promisify(execFile)("ffmpeg", ["-v", "error", "-f", "lavfi", "-i", grey, ...encode]);
}

/** Which second of the film the middle of a picture is from. */
export async function secondIn(image: Sharp): Promise<number> {
  const { data, info } = await image.flatten().greyscale().raw().toBuffer({ resolveWithObject: true });
  const level = data[(info.height >> 1) * info.width + (info.width >> 1)] ?? 0;
  const luma = (level * 219) / 255 + 16; // as coded
  return Math.max(0, Math.round((luma - DARKEST) / GREY_STEP));
}
