import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { initKey, segmentKey } from "../../domain/media/object-keys.ts";
import type { Plan } from "../../domain/media/plan.ts";
import { openFolderObjects } from "../../platform/objects/folder-objects.ts";
import type { Objects } from "../../platform/objects/objects.ts";
import { createLogger } from "../../platform/observability/logger.ts";
import type { FfmpegTools } from "../ffmpeg.ts";
import { SourceCache } from "../source/source-cache.ts";
import { type FilmSpec, makeFilm } from "../testing/barcode-film.ts";
import { readJoined, segmentsOf, storeAndPlan, TEST_ASSET } from "../testing/made-asset.ts";
import { testMaker, testTools } from "../testing/test-maker.ts";
import { type FillOrder, type FillParts, fillPlan } from "./fill-plan.ts";
import { Slots } from "./slots.ts";
import { wholeObjects } from "./whole-objects.ts";

const never = new AbortController().signal;
const log = createLogger("test", "silent");
const OPEN = ["-c:v", "libx264", "-preset", "superfast", "-g", "50", "-bf", "3", "-x264-params", "open-gop=1"];

let folder: string;
let tools: FfmpegTools;
let runs: string[] = [];
let objects: Objects;
let plan: Plan;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "playhead-fill-"));
  const real = await testTools();
  tools = {
    ...real,
    run: (run) => {
      runs.push("one");
      return real.run(run);
    },
    runMany: (run) => {
      runs.push("many");
      return real.runMany(run);
    },
  };
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function store(name: string, spec: Partial<FilmSpec> = {}): Promise<void> {
  const film = join(folder, `${name}.mp4`);
  await makeFilm(film, { rate: "25", pictures: 400, widthPx: 854, heightPx: 480, ...spec });
  objects = openFolderObjects(await mkdtemp(join(folder, "objects-")));
  plan = await storeAndPlan(objects, film);
  runs = [];
}

const ref = () => ({ ...TEST_ASSET, planId: plan.planId });
const encoded = (): Plan["video"] => plan.video.filter(({ kind }) => kind === "encoded");

async function hashes(): Promise<Record<string, string | undefined>> {
  const keys = encoded().flatMap((rendition) => [
    initKey(ref(), rendition.name),
    ...segmentsOf(plan, rendition).map((segment) => segmentKey(ref(), rendition.name, segment)),
  ]);
  return Object.fromEntries(await Promise.all(keys.map(async (key) => [key, (await objects.head(key))?.sha256])));
}

async function fill(parts: Partial<FillParts> = {}, order: Partial<FillOrder> = {}): Promise<void> {
  const planned = await new SourceCache(objects).get(TEST_ASSET, plan.planId);
  if (planned === null) throw new Error("there is no plan");
  const maker = testMaker(objects, tools);
  const all = { objects: wholeObjects(objects, log), tools, slots: new Slots(1), threads: 2, maker, log };
  await fillPlan({ ...all, ...parts }, { ref: ref(), planned, isWanted: async () => true, signal: never, ...order });
  await maker.close();
}

async function makeOneByOne(): Promise<void> {
  const maker = testMaker(objects, tools);
  for (const { name } of encoded()) {
    for (let segment = 0; segment < plan.boundaries.length - 1; segment += 1)
      await maker.make({ kind: "segment", ...ref(), rendition: name, segment }, "prefetch", never);
  }
  await maker.close();
}

async function forget(): Promise<void> {
  for (const key of Object.keys(await hashes())) await objects.delete(key);
}

/** What is filled in gets little of a busy machine. */
const PATIENCE_MS = 240_000;

describe.each([
  ["closed groups", []],
  ["open groups", OPEN],
])("filling in a plan over %s", { timeout: PATIENCE_MS }, (name, output) => {
  it("makes the same bytes as one by one, by a few decodes", async () => {
    await store(name.replaceAll(" ", "-"), { output });
    await fill();
    const filled = await hashes();
    expect(runs).toEqual(["many", "many"]);
    expect(Object.values(filled)).not.toContain(undefined);
    await forget();
    await makeOneByOne();
    expect(await hashes()).toEqual(filled);
  });
});

describe("filling in a plan", { timeout: PATIENCE_MS }, () => {
  beforeEach(() => store("film"));

  it("makes only what is not there", async () => {
    const maker = testMaker(objects, tools);
    const [rendition] = encoded();
    for (const segment of [1, 3]) {
      await maker.make({ kind: "segment", ...ref(), rendition: rendition?.name ?? "", segment }, "prefetch", never);
    }
    await maker.close();
    const before = await hashes();
    await fill();
    const after = await hashes();
    expect(Object.values(after)).not.toContain(undefined);
    expect(Object.entries(before).filter(([key, hash]) => hash !== undefined && after[key] !== hash)).toEqual([]);
    runs = [];
    await fill();
    expect(runs).toEqual([]);
  });

  it("gives its place to a viewer, and goes on behind him", async () => {
    const slots = new Slots(1);
    const filling = fill({ slots });
    await expect.poll(() => runs).toEqual(["many"]);
    const stored = await slots.run({ environment: "xyz789", priority: () => "viewer" }, never, hashes);
    expect(new Set(Object.values(stored))).toEqual(new Set([undefined])); // the run did not come to its end
    await filling;
    expect(Object.values(await hashes())).not.toContain(undefined);
    expect(runs.length).toBe(3);
  });

  it("ends when the asset is gone, and stores nothing then", async () => {
    await fill({}, { isWanted: async () => runs.length === 0 });
    expect(runs).toEqual(["many"]);
    expect(new Set(Object.values(await hashes()))).toEqual(new Set([undefined]));
  });

  it("gives up what another init segment would be needed for, and makes the rest", async () => {
    await store("open", { output: OPEN, pictures: 150 });
    const [foreign, other] = encoded();
    if (foreign === undefined || other === undefined) throw new Error("it takes two encoded renditions");
    await fill();
    const init = await readJoined(objects, plan, other.name, []);
    await forget();
    await objects.put(initKey(ref(), foreign.name), init);
    await fill();
    const missing = Object.entries(await hashes()).filter(([, hash]) => hash === undefined);
    expect(missing.map(([key]) => key)).toEqual(
      segmentsOf(plan, foreign).map((segment) => segmentKey(ref(), foreign.name, segment)),
    );
  });

  it("makes alone what is wrong when made together", async () => {
    const broken: FfmpegTools = {
      ...tools,
      runMany: async (run) => {
        const outputs = await tools.runMany(run);
        return outputs.map((output, n) => (n === 1 ? new Uint8Array() : output));
      },
    };
    await fill({ tools: broken });
    expect(Object.values(await hashes())).not.toContain(undefined);
    expect(runs.filter((kind) => kind === "one").length).toBe(1); // of two runs the second has one output
  });
});
