import { execFile } from "node:child_process";
import { createReadStream } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import sharp from "sharp";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { planKey, sourceKey } from "../../domain/media/object-keys.ts";
import type { WantedImage } from "../../domain/media/transcoder-wire.ts";
import { openFolderObjects } from "../../platform/objects/folder-objects.ts";
import type { Objects } from "../../platform/objects/objects.ts";
import { createLogger } from "../../platform/observability/logger.ts";
import type { FfmpegTools } from "../ffmpeg.ts";
import { openSource } from "../source/open-source.ts";
import { planSource } from "../source/plan-source.ts";
import { type PlannedSource, SourceCache } from "../source/source-cache.ts";
import { TEST_ASSET } from "../testing/made-asset.ts";
import { testMaker, testTools } from "../testing/test-maker.ts";
import { makeAnimation } from "./make-animation.ts";
import { type ImageParts, makeImage } from "./make-image.ts";
import { makeStoryboard } from "./make-storyboard.ts";
import { sourcePictures } from "./pictures.ts";

const never = new AbortController().signal;
const HDR = [
  ...["-c:v", "libx265", "-preset", "ultrafast", "-crf", "8", "-tag:v", "hvc1", "-pix_fmt", "yuv420p10le"],
  ...["-x265-params", "log-level=none:colorprim=bt2020:transfer=smpte2084:colormatrix=bt2020nc"],
];
/** Mean of 255 by which pixels full of edges differ that went through an encoder at a lower size, and those that did not. */
const CLOSE = 6;

let folder: string;
let tools: FfmpegTools;
let objects: Objects;
let parts: ImageParts;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "playhead-hdr-images-"));
  tools = await testTools();
  objects = openFolderObjects(join(folder, "objects"));
  parts = { tools, objects, log: createLogger("test", "silent") };
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** A second of a coloured test picture in PQ, shown at 1280 × 720, as an asset with its first segment of 270p. */
async function filmed(letter: string, filter: string, sampleAspectRatio: number): Promise<PlannedSource> {
  const ref = { ...TEST_ASSET, assetId: letter.repeat(44) };
  const film = join(folder, `${letter}.mp4`);
  const input = ["-f", "lavfi", "-i", "testsrc2=size=1280x720:rate=25:duration=1"];
  await promisify(execFile)("ffmpeg", ["-v", "error", "-y", ...input, "-vf", filter, ...HDR, film]);
  await objects.put(sourceKey(ref, 1), createReadStream(film));
  const source = await openSource(objects, ref, 1);
  const plan = await planSource(objects, source, 1, "1080p", { hdr: "pq", sampleAspectRatio });
  await objects.put(planKey({ ...ref, planId: plan.planId }), Buffer.from(JSON.stringify(plan)));
  const maker = testMaker(objects, tools);
  const rendition = { ...ref, planId: plan.planId, rendition: "270p" };
  await maker.make({ kind: "segment", ...rendition, segment: 0 }, "prefetch", never);
  await maker.close();
  const planned = await new SourceCache(objects).get(ref, plan.planId);
  if (planned === null) throw new Error("the plan was stored");
  return planned;
}

const pixelsOf = (image: Buffer | null) =>
  sharp(image ?? undefined)
    .removeAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true });

function difference(one: Uint8Array, other: Uint8Array): number {
  return one.reduce((sum, level, n) => sum + Math.abs(level - (other[n] ?? 0)), 0) / one.length;
}

describe.each([
  ["A", "square pixels", "null", 1],
  ["B", "oblong pixels", "scale=960:720,setsar=4/3", 4 / 3],
])("of an HDR source with (%s) %s", (letter, _, filter, aspect) => {
  let planned: PlannedSource;
  const ref = { ...TEST_ASSET, assetId: letter.repeat(44) };
  const wanted = (facts: Partial<WantedImage>): WantedImage => ({
    ...{ kind: "image", ...ref, planId: planned.plan.planId, format: "png", timeSeconds: 0.5, widthPx: 250 },
    ...{ heightPx: null, fitMode: "preserve", rotateDegrees: 0, flipH: false, flipV: false },
    ...facts,
  });
  /** Where nothing is stored under the plan, the source is decoded. */
  const ofSource = (facts: Partial<WantedImage>) =>
    makeImage(parts, planned, wanted({ ...facts, planId: "0".repeat(16) }), never);

  beforeAll(async () => {
    planned = await filmed(letter, filter, aspect);
    expect(planned.plan.hdr).toBe("pq");
  });

  it.each<[Partial<WantedImage>, readonly [number, number]]>([
    [{}, [250, 141]], // no half of odd sides
    [{ fitMode: "crop", widthPx: 101, heightPx: 101 }, [101, 101]],
    [{ fitMode: "pad", widthPx: 151, heightPx: 131, rotateDegrees: 90 }, [151, 131]],
  ])("a thumbnail with %j is the rendition's picture", async (facts, size) => {
    const { data, info } = await pixelsOf(await ofSource(facts));
    expect([info.width, info.height]).toEqual(size);
    const stored = await pixelsOf(await makeImage(parts, planned, wanted(facts), never));
    expect([stored.info.width, stored.info.height]).toEqual(size);
    expect(difference(data, stored.data)).toBeLessThan(CLOSE);
  });

  it.each([
    ["exact", undefined],
    ["near", 0],
  ])("%s tiles of a storyboard and an animated image look like the thumbnail", async (_kind, maxExactPx) => {
    const pictures = await sourcePictures(objects, planned);
    const [top] = planned.plan.video;
    if (pictures === null || top === undefined) throw new Error("the film has pictures");
    const stretch = { startSeconds: 0, endSeconds: 1 };
    const none = { ...ref, planId: "0".repeat(16) };
    const board = { kind: "storyboard", ...none, format: "png", ...stretch } as const;
    const image = await makeStoryboard(tools, pictures, top, board, never, maxExactPx);
    const tile = await sharp(image).extract({ left: 0, top: 0, width: 256, height: 144 }).toBuffer();
    const thumbnail = await pixelsOf(await ofSource({ timeSeconds: 0, widthPx: 256 }));
    expect(difference((await pixelsOf(tile)).data, thumbnail.data)).toBeLessThan(CLOSE);

    const moving = {
      kind: "animation",
      ...none,
      format: "webp",
      ...stretch,
      widthPx: 256,
      heightPx: null,
      fps: 5,
    } as const;
    const animation = await makeAnimation(parts, planned, pictures, moving, never);
    const first = await pixelsOf(await sharp(animation, { page: 0 }).png().toBuffer());
    expect([first.info.width, first.info.height]).toEqual([256, 144]);
    expect(difference(first.data, thumbnail.data)).toBeLessThan(2 * CLOSE); // halved colours
  });
});
