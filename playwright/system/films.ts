import { execFile } from "node:child_process";
import { copyFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const OCEAN = fileURLToPath(new URL("../../node_modules/vide/examples/video/ocean.mp4", import.meta.url));
const H264 = "-c:v libx264 -preset veryfast -pix_fmt yuv420p -g 50 -c:a aac -movflags +faststart".split(" ");
const LIFE = "life=s=320x180:r=25:mold=20:ratio=0.15:death_color=0x0b2030:life_color=0x7fffe0:seed=7";
const WARM = "c0=0x0b3d5c:c1=0x2ec4b6:c2=0xff9f1c:c3=0x6a0572:nb_colors=4:speed=0.02:seed=3";
const COOL = "c0=0x06232b:c1=0x0f766e:c2=0x5eead4:c3=0x1e293b:nb_colors=4:speed=0.02:type=spiral:seed=11";

/** A film of each shape, and a sound: what each is called, and what ffmpeg makes it from. */
const FILMS: Record<string, { seconds: number; picture: string | null }> = {
  "Radio hour": { seconds: 40, picture: null },
  "Colour study, upright": { seconds: 20, picture: `gradients=s=1080x1920:r=25:${WARM}` },
  "Game of Life": { seconds: 30, picture: `${LIFE},scale=1280:720:flags=neighbor` },
  "Into the Mandelbrot set": { seconds: 20, picture: "mandelbrot=s=1920x1080:r=25:maxiter=400,hue=h=200:s=0.55" },
  "Lobby loop": { seconds: 30, picture: `gradients=s=1280x720:r=25:${COOL}` },
  "Line-up test card": { seconds: 60, picture: "testsrc2=s=1920x1080:r=30" },
};
/** From a camera, as a package brings it. */
export const CAMERA_FILM = "Atlantic swell";
/** The largest: it is a while on its way. */
export const LARGE_FILM = "Line-up test card";

const run = promisify(execFile);

/** The one from the camera last. */
export const FILM_TITLES = [...Object.keys(FILMS), CAMERA_FILM] as const;

/** Makes a film in a folder, named after its title; its path. */
export async function makeFilm(folder: string, title: string): Promise<string> {
  const { seconds, picture } = FILMS[title] ?? { seconds: 0, picture: "" };
  const file = join(folder, `${title}.${picture === null ? "m4a" : "mp4"}`);
  if (picture === "") {
    await copyFile(OCEAN, file);
    return file;
  }
  const film = picture === null ? [] : ["-f", "lavfi", "-i", picture];
  const sound = ["-f", "lavfi", "-i", "sine=frequency=220:beep_factor=4"];
  await run("ffmpeg", ["-v", "error", ...film, ...sound, "-t", String(seconds), ...H264, "-crf", "27", "-y", file]);
  return file;
}
