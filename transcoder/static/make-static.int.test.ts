import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { staticKey } from "../../domain/media/object-keys.ts";
import type { Plan } from "../../domain/media/plan.ts";
import { type FileResolution, staticName } from "../../domain/media/static-rendition.ts";
import { openFolderObjects } from "../../platform/objects/folder-objects.ts";
import { createLogger } from "../../platform/observability/logger.ts";
import type { FfmpegTools } from "../ffmpeg.ts";
import { Slots } from "../make/slots.ts";
import { SourceCache } from "../source/source-cache.ts";
import { makeFilm, readNumbers } from "../testing/barcode-film.ts";
import { storeAndPlan, TEST_ASSET } from "../testing/made-asset.ts";
import { testMaker, testTools } from "../testing/test-maker.ts";
import { makeStatic } from "./make-static.ts";

const run = promisify(execFile);
const never = new AbortController().signal;
/** Not a whole number of segments, with pictures in another order than decoded. */
const PICTURES = 160;

let folder: string;
let tools: FfmpegTools;
let objects: ReturnType<typeof openFolderObjects>;
let plan: Plan;
let source: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "playhead-static-"));
  tools = await testTools();
  objects = openFolderObjects(join(folder, "objects"));
  source = join(folder, "source.mp4");
  await makeFilm(source, { rate: "30000/1001", pictures: PICTURES, widthPx: 1280, heightPx: 720, sound: "aac" });
  plan = await storeAndPlan(objects, source);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function made(resolution: FileResolution) {
  const ref = { ...TEST_ASSET, planId: plan.planId };
  const planned = await new SourceCache(objects).get(ref, plan.planId);
  if (planned === null) throw new Error("no plan");
  const maker = testMaker(objects, tools);
  const file = await makeStatic(
    { objects, tools, maker, slots: new Slots(2), threads: 2, log: createLogger("test", "silent") },
    ref,
    planned,
    resolution,
    never,
  );
  await maker.close();
  if (file === null) return null;
  const stored = await objects.read(staticKey(ref, staticName(resolution)));
  if (stored === null) throw new Error("nothing is stored");
  const path = join(folder, staticName(resolution));
  await writeFile(path, await buffer(stored.body));
  return { ...file, path };
}

async function probe(path: string) {
  const options = [
    "-v",
    "error",
    "-of",
    "json",
    "-show_entries",
    "stream=codec_type,duration,start_time,nb_frames,width,height",
  ];
  const { stdout } = await run("ffprobe", [...options, path]);
  const { streams } = JSON.parse(stdout) as { streams: Record<string, string | number>[] };
  return streams;
}

const NUMBERS = Array.from({ length: PICTURES }, (_, n) => n);

describe("a static rendition", () => {
  it.each(["highest", "360p", "low", "capped-1080p"] as const)(
    "of %s shows every picture at its time, with the sound beside it",
    async (resolution) => {
      const file = await made(resolution);
      expect(await readNumbers(file?.path ?? "")).toEqual(NUMBERS);
      const [picture, sound] = await probe(file?.path ?? "");
      const [sentPicture, sentSound] = await probe(source);
      expect(Number(picture?.["start_time"])).toBe(0);
      expect(Number(picture?.["duration"])).toBeCloseTo(Number(sentPicture?.["duration"]), 3);
      expect(sound?.["nb_frames"]).toBe(sentSound?.["nb_frames"]);
      expect(Number(sound?.["start_time"])).toBeCloseTo(Number(sentSound?.["start_time"]), 4);
      expect([picture?.["width"], picture?.["height"]]).toEqual([file?.widthPx, file?.heightPx]);
    },
  );

  it("of sound alone is a file without a picture", async () => {
    const file = await made("audio-only");
    expect((await probe(file?.path ?? "")).map((stream) => stream["codec_type"])).toEqual(["audio"]);
    expect(file).toMatchObject({ widthPx: 0, heightPx: 0 });
  });

  it("is not made where it would be scaled up", async () => {
    expect(await made("1080p")).toBeNull();
    expect(await made("high")).toBeNull();
  });

  it("plays from its first bytes: the index comes before the media", async () => {
    const file = await made("highest");
    const { stdout } = await run("ffprobe", ["-v", "trace", file?.path ?? ""]).then(({ stderr }) => ({
      stdout: stderr,
    }));
    const places = ["moov", "mdat"].map((type) => stdout.indexOf(`type:'${type}'`));
    expect(places[0]).toBeLessThan(places[1] ?? -1);
  });
});
