import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import sharp from "sharp";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { uploadAndPlay } from "../ready/upload.ts";
import { startVideoStack, type VideoStack } from "../stack/video-stack.ts";
import { makeGreyFilm, secondIn } from "./grey-film.ts";

const SECONDS = 10;

let folder: string;
let stack: VideoStack;
let base: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "playhead-images-"));
  const film = join(folder, "film.mp4");
  await makeGreyFilm(film, SECONDS);
  stack = await startVideoStack();
  base = `${stack.stream}/${(await uploadAndPlay(stack, film)).playbackId}`;
});
afterAll(async () => {
  await stack.stop();
  await rm(folder, { recursive: true, force: true });
});

async function get(url: string): Promise<{ type: string | null; bytes: Buffer }> {
  const answer = await fetch(url);
  const bytes = Buffer.from(await answer.arrayBuffer());
  if (answer.status !== 200) throw new Error(`${url} was answered ${answer.status}: ${bytes}`);
  return { type: answer.headers.get("content-type"), bytes };
}

describe("images of an uploaded film, through delivery and transcoder", () => {
  it("are the player's poster and any other moment", async () => {
    const poster = await get(`${base}/thumbnail.webp`);
    expect(poster.type).toBe("image/webp");
    expect(await sharp(poster.bytes).metadata()).toMatchObject({ width: 640, height: 360 });
    expect(await secondIn(sharp(poster.bytes))).toBe(5);
    for (const second of [0, 3, 7, 9]) {
      const { bytes } = await get(`${base}/thumbnail.png?time=${second}.5&width=16&height=16`);
      expect(await secondIn(sharp(bytes))).toBe(second);
    }
  });

  it("are the player's storyboard: every cue's part of the image is from its time", async () => {
    const { type, bytes } = await get(`${base}/storyboard.vtt?format=webp`);
    expect(type).toBe("text/vtt");
    const cue = /^(\d\d):(\d\d):(\d\d\.\d{3}) --> \S+\n(\S+)#xywh=(\d+),(\d+),(\d+),(\d+)$/gm;
    const cues = [...bytes.toString().matchAll(cue)];
    expect(cues).toHaveLength(50);
    const images = new Set(cues.map(([, , , , url]) => url));
    expect(images.size).toBe(1);
    const image = await get([...images][0] ?? "");
    expect(image.type).toBe("image/webp");
    for (const [, hours, minutes, seconds, , ...place] of cues) {
      const start = Number(hours) * 3_600 + Number(minutes) * 60 + Number(seconds);
      const [left = 0, top = 0, width = 0, height = 0] = place.map(Number);
      expect(await secondIn(sharp(image.bytes).extract({ left, top, width, height }))).toBe(Math.floor(start));
    }
  });

  it("move", async () => {
    const { type, bytes } = await get(`${base}/animated.gif?start=2&end=6&fps=2`);
    expect([type, (await sharp(bytes, { animated: true }).metadata()).pages]).toEqual(["image/gif", 8]);
    const seconds = await Promise.all(Array.from({ length: 8 }, (_, page) => secondIn(sharp(bytes, { page }))));
    expect(seconds).toEqual([2, 2, 3, 3, 4, 4, 5, 5]);
  });
});
