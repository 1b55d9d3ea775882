import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Plan } from "../domain/media/plan.ts";
import { readFragments } from "../domain/mp4/read-fragments.ts";
import { openFolderObjects } from "../platform/objects/folder-objects.ts";
import type { Objects } from "../platform/objects/objects.ts";
import type { FfmpegTools } from "./ffmpeg.ts";
import { type FilmSpec, makeFilm, readNumbers } from "./testing/barcode-film.ts";
import { heardPackets, packetsOf, pictureTimes } from "./testing/film-times.ts";
import { readJoined, segmentsOf, storeAndPlan, TEST_ASSET, writeJoined } from "./testing/made-asset.ts";
import { testMaker, testTools } from "./testing/test-maker.ts";

const never = new AbortController().signal;
/** Most that we may move the sound against the picture. */
const MAX_OFFSET_SECONDS = 0.005;
/** Playlists are read with times in microseconds. */
const CLOCK_ERROR_SECONDS = 0.000_05;

const CLOSED = ["-c:v", "libx264", "-preset", "superfast", "-g", "50", "-bf", "3", "-sc_threshold", "0"];
/** What the plan should be: pictures copied from the source's own groups, or all encoded at exact frame times. */
const FILMS: readonly (FilmSpec & { name: string; top: "copied" | "encoded" })[] = [
  { name: "24 fps", rate: "24", pictures: 200, top: "copied" },
  { name: "25 fps, three B-frames", rate: "25", pictures: 200, output: CLOSED, top: "copied" },
  {
    ...{ name: "offsets below zero", rate: "25", pictures: 100, top: "copied" },
    output: [...CLOSED, "-movflags", "negative_cts_offsets"],
  },
  { name: "29.97 fps", rate: "30000/1001", pictures: 240, top: "copied" },
  { name: "30 fps", rate: "30", pictures: 240, top: "copied" },
  { name: "50 fps", rate: "50", pictures: 400, top: "copied" },
  { name: "59.94 fps", rate: "60000/1001", pictures: 480, top: "copied" },
  { name: "60 fps", rate: "60", pictures: 480, top: "copied" },
  { name: "a variable rate", rate: "60", pictures: 480, filter: "select='gt(mod(n*7919,31),11)'", top: "copied" },
  {
    name: "open groups",
    rate: "25",
    pictures: 200,
    output: [...CLOSED, "-x264-params", "open-gop=1"],
    top: "encoded",
  },
  { name: "one group of 16 s", rate: "25", pictures: 400, output: [...CLOSED, "-g", "400"], top: "encoded" },
];

let folder: string;
let tools: FfmpegTools;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "playhead-frames-"));
  tools = await testTools();
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** With sound each; silent those of each kind of plan: pictures are cut alike. */
const SILENT_TOO = ["24 fps", "a variable rate", "open groups"];
const CASES = [
  ...FILMS.map((film) => ({ ...film, sound: "aac" })),
  ...FILMS.filter(({ name }) => SILENT_TOO.includes(name)).map((film) => ({ ...film, sound: null })),
];

describe("HLS shows the source picture by picture", () => {
  it.each(CASES)("$name, sound: $sound", async ({ sound, ...film }) => {
    const base = join(folder, `${film.name.replaceAll(/\W+/g, "-")}-${sound}`);
    const source = `${base}.mp4`;
    await makeFilm(source, { ...film, sound });
    const objects = openFolderObjects(`${base}-objects`);
    const plan = await storeAndPlan(objects, source);
    expect(plan.video[0]?.kind).toBe(film.top);
    await makeAll(objects, plan);

    await expectEachRendition(objects, plan, source, base);
    await expectAnySwitch(objects, plan, source, base);
    if (sound !== null) await expectSoundInPlace(objects, plan, source);
  });
});

async function makeAll(objects: Objects, plan: Plan): Promise<void> {
  const maker = testMaker(objects, tools);
  const renditions = [...plan.video, ...plan.audio];
  for (const rendition of renditions) {
    const ref = { ...TEST_ASSET, planId: plan.planId, rendition: rendition.name };
    await maker.make({ kind: "init", ...ref }, "viewer", never);
    for (const segment of segmentsOf(plan, rendition))
      await maker.make({ kind: "segment", segment, ...ref }, "viewer", never);
  }
  await maker.close();
}

/** Each rendition played alone: all pictures of the source, each at its time. */
async function expectEachRendition(objects: Objects, plan: Plan, source: string, base: string): Promise<void> {
  const [numbers, times] = [await readNumbers(source), await pictureTimes(source)];
  expect(times.length).toBe(numbers.length);
  for (const rendition of plan.video) {
    const segments = segmentsOf(plan, rendition);
    const joined = await writeJoined(objects, plan, rendition.name, segments, `${base}-${rendition.name}.mp4`);
    expect(await readNumbers(joined)).toEqual(numbers);
    const late = (await pictureTimes(joined)).filter(
      (time, n) => Math.abs(time - (times[n] ?? 0)) > CLOCK_ERROR_SECONDS,
    );
    expect(late).toEqual([]);
  }
}

/**
 * A player that changes the rendition at a segment's begin appends the other's init segment and goes on. Every segment of
 * every rendition alone shows exactly the plan's pictures, so every sequence of changes does, one at each segment included.
 */
async function expectAnySwitch(objects: Objects, plan: Plan, source: string, base: string): Promise<void> {
  const numbers = await readNumbers(source);
  for (const rendition of plan.video) {
    const shown: number[] = [];
    for (const segment of segmentsOf(plan, rendition)) {
      const file = await writeJoined(objects, plan, rendition.name, [segment], `${base}-alone.mp4`);
      shown.push(...(await readNumbers(file)));
      const { samples } = readFragments(await readJoined(objects, plan, rendition.name, [segment]));
      const starts = samples.map(({ presentationTime }) => presentationTime);
      expect(Math.min(...starts)).toBe(plan.boundaries[segment]);
    }
    expect(shown).toEqual(numbers);
  }
}

/** The same packet is heard as long after the first picture as in the source: at start, middle and end. */
async function expectSoundInPlace(objects: Objects, plan: Plan, source: string): Promise<void> {
  const [audio] = plan.audio;
  if (audio === undefined) throw new Error("the plan has no sound");
  const made = heardPackets(await readJoined(objects, plan, audio.name, segmentsOf(plan, audio)));
  const picture = await packetsOf(source, "v:0");
  const firstPicture = Math.min(...picture.map(({ seconds }) => seconds));
  const original = await packetsOf(source, "a:0");
  expect(made.map(({ hash }) => hash)).toEqual(original.map(({ hash }) => hash));
  for (const place of [0, 0.5, 1].map((share) => Math.round(share * (made.length - 1)))) {
    const wanted = (original[place]?.seconds ?? Number.NaN) - firstPicture;
    expect(Math.abs((made[place]?.seconds ?? Number.NaN) - wanted)).toBeLessThan(MAX_OFFSET_SECONDS);
  }
}
