import { createReadStream } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { planKey, sourceKey } from "../../domain/media/object-keys.ts";
import { openFolderObjects } from "../../platform/objects/folder-objects.ts";
import type { Objects } from "../../platform/objects/objects.ts";
import { createLogger } from "../../platform/observability/logger.ts";
import { createPool, createPostgres, type Postgres } from "../../platform/postgres/pool.ts";
import { startTestPostgres, type TestPostgres } from "../../platform/postgres/testing.ts";
import type { FfmpegTools } from "../ffmpeg.ts";
import { measureLoudness } from "../probe/measure-loudness.ts";
import { openSource, type Source } from "../source/open-source.ts";
import { planSource } from "../source/plan-source.ts";
import { readJoined, segmentsOf, storeAndPlan, TEST_ASSET } from "../testing/made-asset.ts";
import { ffmpeg, MUSIC } from "../testing/sound-film.ts";
import { testMaker, testTools } from "../testing/test-maker.ts";
import { asLoudAsAsked } from "./asked-loudness.ts";

const never = new AbortController().signal;
const SECONDS = 12;

let postgres: TestPostgres;
let pool: ReturnType<typeof createPool>;
let db: Postgres;
let folder: string;
let objects: Objects;
let tools: FfmpegTools;
let source: Source;

beforeAll(async () => {
  postgres = await startTestPostgres();
  const url = await postgres.createTestDatabase();
  pool = createPool({ url, applicationName: "test", log: createLogger("test", "silent") });
  db = createPostgres(pool);
  await db.insertInto("organizations").values({ name: "One" }).execute();
  const { id } = await db.selectFrom("organizations").select("id").executeTakeFirstOrThrow();
  const environment = { id: TEST_ASSET.environment, organization_id: id, name: "One", type: "production" as const };
  await db.insertInto("environments").values(environment).execute();
  folder = await mkdtemp(join(tmpdir(), "playhead-loudness-"));
  tools = await testTools();
  objects = openFolderObjects(join(folder, "objects"));
  const file = join(folder, "loud.mp4");
  await ffmpeg("-f", "lavfi", "-i", `${MUSIC}:s=48000:d=${SECONDS},volume=6dB`, "-c:a", "aac", file);
  await storeAndPlan(objects, file);
  source = await openSource(objects, TEST_ASSET, 1);
});
afterAll(async () => {
  await pool.end();
  await postgres.stop();
  await rm(folder, { recursive: true, force: true });
});

async function createAsset(assetId: string, settings: object): Promise<typeof TEST_ASSET> {
  const updated_at = new Date();
  const required = { status: "preparing" as const, ingest_type: "on_demand_direct_upload" as const, meta: "{}" };
  const tiers = { video_quality: "basic" as const, max_resolution_tier: "1080p" as const };
  const ref = { ...TEST_ASSET, assetId };
  await db
    .insertInto("assets")
    .values({
      ...{ ...required, ...tiers, environment_id: ref.environment, id: assetId, settings: JSON.stringify(settings) },
      ...{ created_at: updated_at, updated_at, input_url: null, deleted_at: null },
    })
    .execute();
  return ref;
}

it("leaves sound as loud as it is unless asked", async () => {
  const ref = await createAsset("L".repeat(44), { normalize_audio: false });
  expect(await asLoudAsAsked({ db, objects, tools }, ref, source.key, source.sounds, never)).toBe(source.sounds);
});

it("makes all of it −24 LUFS loud by one gain, also what could be copied", async () => {
  const ref = await createAsset("M".repeat(44), { normalize_audio: true });
  const sounds = await asLoudAsAsked({ db, objects, tools }, ref, source.key, source.sounds, never);
  const plan = await planSource(objects, source, 1, "1080p", { sounds });
  const [sound] = plan.audio;
  if (sound === undefined) throw new Error("there is sound");
  expect(sound.kind).toBe("encoded");
  expect(sound.gainDb).toBeLessThan(-3);

  const made = { ...TEST_ASSET, planId: plan.planId };
  await objects.put(planKey(made), Buffer.from(JSON.stringify(plan)));
  const maker = testMaker(objects, tools);
  const segments = segmentsOf(plan, sound);
  for (const segment of segments) {
    await maker.make({ kind: "segment", ...made, rendition: sound.name, segment }, "viewer", never);
  }
  await maker.close();
  const [joined, whole] = [join(folder, "joined.mp4"), join(folder, "whole.mp4")];
  await writeFile(joined, await readJoined(objects, plan, sound.name, segments));
  await ffmpeg("-i", joined, "-c", "copy", whole); // fragments have no table
  const other = { ...TEST_ASSET, assetId: "N".repeat(44) };
  await objects.put(sourceKey(other, 1), createReadStream(whole));
  const normalised = await openSource(objects, other, 1);
  const [heard] = normalised.sounds;
  if (heard === undefined) throw new Error("there is sound");
  const loudness = await measureLoudness(tools, objects, normalised.key, heard, never);
  expect(Math.abs((loudness?.lufs ?? 0) + 24)).toBeLessThan(0.3);
});
