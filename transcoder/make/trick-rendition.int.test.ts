import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { initKey, segmentKey } from "../../domain/media/object-keys.ts";
import { segmentSeconds } from "../../domain/media/plan.ts";
import { TRICK_RENDITION, trickRendition } from "../../domain/media/trick-rendition.ts";
import { readFragments } from "../../domain/mp4/read-fragments.ts";
import { openFolderObjects } from "../../platform/objects/folder-objects.ts";
import { makeFilm, readNumbers } from "../testing/barcode-film.ts";
import { readJoined, storeAndPlan, TEST_ASSET, writeJoined } from "../testing/made-asset.ts";
import { testMaker, testTools } from "../testing/test-maker.ts";

const never = new AbortController().signal;

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "playhead-trick-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe("the rendition for scrubbing", () => {
  /** [pictures in a group of the source, numbers of the pictures at which segments begin] */
  it.each([
    ["sync samples", "50", [0, 50, 100, 200]],
    ["a grid inside a group of 11 s", "275", [0, 50, 100, 200]],
  ])("has the first picture of each segment, at %s", async (_, gop, expected) => {
    const film = join(folder, `film-${gop}.mp4`);
    const output = ["-c:v", "libx264", "-preset", "superfast", "-g", gop, "-bf", "2", "-sc_threshold", "0"];
    await makeFilm(film, { rate: "25", pictures: 275, output });
    const objects = openFolderObjects(await mkdtemp(join(folder, "objects-")));
    const plan = await storeAndPlan(objects, film);
    const trick = trickRendition(plan);
    if (trick === null) throw new Error("the film has pictures");
    const maker = testMaker(objects, await testTools());
    const segments = segmentSeconds(plan, trick).map((_seconds, segment) => segment);
    const wanted = { ...TEST_ASSET, planId: plan.planId, rendition: TRICK_RENDITION };
    for (const segment of segments) await maker.make({ kind: "segment", ...wanted, segment }, "viewer", never);
    await maker.close();

    const file = await writeJoined(objects, plan, TRICK_RENDITION, segments, join(folder, `trick-${gop}.mp4`));
    expect(await readNumbers(file)).toEqual(expected);
    const { init, samples } = readFragments(await readJoined(objects, plan, TRICK_RENDITION, segments));
    expect([init.widthPx, init.heightPx]).toEqual([trick.widthPx, trick.heightPx]);
    expect(samples.map(({ presentationTime }) => presentationTime)).toEqual(plan.boundaries.slice(0, -1));
    for (const [segment, seconds] of segmentSeconds(plan, trick).entries()) {
      const stored = await objects.head(segmentKey(wanted, TRICK_RENDITION, segment));
      expect((stored?.sizeBytes ?? Infinity) * 8).toBeLessThanOrEqual(trick.peakBitrate * Math.max(seconds, 2));
    }
    expect(await objects.head(initKey(wanted, TRICK_RENDITION))).not.toBeNull();
  });
});
