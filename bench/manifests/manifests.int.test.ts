/// <reference path="./m3u8-parser.d.ts" />
import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { parse } from "hls-parser";
import { Parser } from "m3u8-parser";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { checkPresentation } from "../../domain/hls/testing/check-presentation.ts";
import { uploadAndPlay } from "../ready/upload.ts";
import { startVideoStack, type VideoStack } from "../stack/video-stack.ts";
import { httpSite } from "./http-site.ts";

const run = promisify(execFile);
const NOISY = "noise=alls=8:allf=t";
const X264 = ["-c:v", "libx264", "-preset", "superfast", "-sc_threshold", "0", "-pix_fmt", "yuv420p"];

interface Film {
  name: string;
  args: readonly string[];
  pictures: number;
  /** Of a clip from 3 to 5 s. */
  clippedPictures: number;
}

/** What manifests are made of: copied and encoded pictures, a grid, odd rates, sound of each length, sound alone. */
const FILMS: readonly Film[] = [
  {
    name: "copied.mp4",
    args: [
      ...["-f", "lavfi", "-i", `testsrc2=size=640x360:rate=25:duration=9,${NOISY}`],
      ...["-f", "lavfi", "-i", "sine=duration=9.5", ...X264, "-g", "50", "-bf", "2", "-b:v", "1500k", "-c:a", "aac"],
    ],
    pictures: 225,
    clippedPictures: 150,
  },
  {
    name: "grid.mp4",
    args: [
      ...["-f", "lavfi", "-i", `testsrc2=size=360x640:rate=30000/1001:duration=12.5,${NOISY}`],
      ...[
        "-f",
        "lavfi",
        "-i",
        "sine=duration=7:sample_rate=44100",
        ...X264,
        "-g",
        "999",
        "-b:v",
        "900k",
        "-c:a",
        "aac",
      ],
    ],
    pictures: 375,
    clippedPictures: 180,
  },
  {
    name: "silent.mp4",
    args: ["-f", "lavfi", "-i", `testsrc2=size=320x180:rate=60:duration=5,${NOISY}`, ...X264, "-g", "30"],
    pictures: 300,
    clippedPictures: 180,
  },
  { name: "sound.m4a", args: ["-f", "lavfi", "-i", "sine=duration=9", "-c:a", "aac"], pictures: 0, clippedPictures: 0 },
];

let folder: string;
let stack: VideoStack;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "playhead-manifests-"));
  stack = await startVideoStack();
});
afterAll(async () => {
  await stack?.stop();
  await rm(folder, { recursive: true, force: true });
});

async function published({ name, args }: Film): Promise<string> {
  const file = join(folder, name);
  await run("ffmpeg", ["-v", "error", "-y", ...args, file]);
  const { assetId } = await uploadAndPlay(stack, file);
  const answer = await fetch(`${stack.api}/video/v1/assets/${assetId}`, {
    headers: { authorization: stack.authorization },
  });
  const { data } = (await answer.json()) as { data: { playback_ids: { id: string }[] } };
  return `${stack.stream}/${data.playback_ids[0]?.id}`;
}

/** Pictures that ffmpeg decodes from the best rendition of a manifest, and their times in seconds from the first. */
async function decoded(url: string): Promise<string[]> {
  const args = ["-v", "error", "-select_streams", "v:0", "-show_entries", "frame=pts_time", "-of", "csv=p=0", url];
  const { stdout } = await run("ffprobe", args, { maxBuffer: 1024 ** 2 });
  const times = stdout.split(/[\s,]+/).filter((text) => text !== "");
  return times.map((time) => (Number(time) - Number(times[0])).toFixed(3));
}

function m3u8ParserReads(text: string): void {
  const parser = new Parser();
  const warnings: string[] = [];
  parser.on("warn", (warning: { message: string }) => warnings.push(warning.message));
  parser.push(text);
  parser.end();
  expect(warnings).toEqual([]);
}

describe.each(FILMS)("manifests of $name", (film) => {
  let base: string;
  beforeAll(async () => {
    base = await published(film);
  });

  it("are as the draft wants them, whole and as a clip, and read by two parsers", async () => {
    for (const query of ["", "?asset_start_time=3&asset_end_time=5&rendition_order=desc"]) {
      const url = `${base}.m3u8${query}`;
      expect(await checkPresentation(httpSite, url)).toEqual([]);
      const text = await (await fetch(url)).text();
      expect(() => parse(text)).not.toThrow();
      m3u8ParserReads(text);
      for (const [uri] of text.matchAll(/^[^#\s].*$|(?<=URI=")[^"]+\.m3u8[^"]*/gm)) {
        const child = await (await fetch(new URL(uri, url))).text();
        expect(() => parse(child)).not.toThrow();
        m3u8ParserReads(child);
      }
    }
  });

  it.skipIf(film.pictures === 0)("show every picture once at its time, by HLS and by DASH", async () => {
    const hls = await decoded(`${base}.m3u8?rendition_order=desc&min_resolution=2160p`);
    expect(hls).toHaveLength(film.pictures);
    expect(await decoded(`${base}.mpd?min_resolution=2160p`)).toEqual(hls);
    const clip = "asset_start_time=3&asset_end_time=5&min_resolution=2160p";
    const clipped = await decoded(`${base}.m3u8?${clip}`);
    expect(clipped).toHaveLength(film.clippedPictures);
    expect(await decoded(`${base}.mpd?${clip}`)).toEqual(clipped);
  });
});
