import { execFile } from "node:child_process";
import { createReadStream } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import { promisify } from "node:util";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { APPLY_MASTER_TASK } from "../../domain/asset/master.ts";
import { masterKey, sourceKey } from "../../domain/media/object-keys.ts";
import { readMovieBox } from "../../domain/mp4/locate.ts";
import { listJobs } from "../../platform/jobs/testing.ts";
import { openFolderObjects } from "../../platform/objects/folder-objects.ts";
import type { Objects } from "../../platform/objects/objects.ts";
import { createLogger } from "../../platform/observability/logger.ts";
import { createPool, createPostgres, type Postgres } from "../../platform/postgres/pool.ts";
import { startTestPostgres, type TestPostgres } from "../../platform/postgres/testing.ts";
import { masterTask } from "../jobs/master.ts";
import { makeFilm } from "../testing/barcode-film.ts";
import { TEST_ASSET } from "../testing/made-asset.ts";
import { makeMaster } from "./make-master.ts";

const run = promisify(execFile);
const never = new AbortController().signal;
const REF = { ...TEST_ASSET, masterId: "M".repeat(44) };
const SOURCE = sourceKey(TEST_ASSET, 1);

let folder: string;
let objects: Objects;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "playhead-master-"));
  const film = { rate: "30000/1001", pictures: 90, sound: "aac" as const };
  await makeFilm(join(folder, "behind.mp4"), { ...film, output: ["-movflags", "-faststart"] });
  await makeFilm(join(folder, "front.mp4"), { ...film, output: ["-movflags", "+faststart"] });
  // two sounds and a turn, which a remux of chosen tracks would lose
  const turned = ["-i", join(folder, "behind.mp4"), "-map", "0:v", "-map", "0:a", "-map", "0:a", "-c", "copy"];
  await run("ffmpeg", ["-v", "error", ...turned, "-metadata:s:v", "rotate=90", join(folder, "turned.mov")]);
});
beforeEach(async () => {
  objects = openFolderObjects(await mkdtemp(join(folder, "objects-")));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const store = (name: string) => objects.put(SOURCE, createReadStream(join(folder, name)));

/** Every packet of every stream with its times and hash, and how the picture is turned. */
async function told(path: string): Promise<string> {
  const packets = ["-show_entries", "packet=stream_index,pts,dts,data_hash", "-show_data_hash", "md5"];
  const { stdout } = await run("ffprobe", [
    "-v",
    "error",
    ...packets,
    "-show_entries",
    "stream_side_data=rotation",
    path,
  ]);
  // packets are listed as they lie in the file: in the same order here and there
  return stdout;
}

describe("makeMaster", () => {
  it.each(["behind.mp4", "turned.mov"])("moves the index of %s to the front and keeps all else", async (name) => {
    await store(name);
    const key = await makeMaster(objects, REF, 1, never);
    expect(key).toBe(masterKey(REF));
    const stored = await objects.read(key);
    if (stored === null) throw new Error("nothing is stored");
    const bytes = await buffer(stored.body);
    const made = join(folder, `made-${name}`);
    await writeFile(made, bytes);
    const index = await readMovieBox(async (start, end) => bytes.subarray(start, end), bytes.length);
    expect(index.isBehindMedia).toBe(false);
    const packets = await told(made);
    expect(packets).toBe(await told(join(folder, name)));
    expect(packets.match(/\[PACKET\]/g)?.length).toBeGreaterThan(90);
  });

  it("is the source itself where that plays while it arrives", async () => {
    await store("front.mp4");
    expect(await makeMaster(objects, REF, 1, never)).toBe(SOURCE);
    expect(await objects.head(masterKey(REF))).toBeNull();
  });

  it("finds what an earlier attempt has stored, and stores nothing when it is stopped", async () => {
    await store("behind.mp4");
    const stopped = AbortSignal.abort(new Error("the program stops"));
    await expect(makeMaster(objects, REF, 1, stopped)).rejects.toThrow("the program stops");
    expect(await objects.head(masterKey(REF))).toBeNull();
    await objects.put(masterKey(REF), Buffer.from("made before"));
    expect(await makeMaster(objects, REF, 1, never)).toBe(masterKey(REF));
    expect((await objects.head(masterKey(REF)))?.sizeBytes).toBe(11);
  });
});

describe("the job", () => {
  let postgres: TestPostgres;
  let pool: ReturnType<typeof createPool>;
  let db: Postgres;
  const log = createLogger("test", "silent");

  beforeAll(async () => {
    postgres = await startTestPostgres();
    pool = createPool({ url: await postgres.createTestDatabase(), applicationName: "test", log });
    db = createPostgres(pool);
    const { id: organization_id } = await db
      .insertInto("organizations")
      .values({ name: "One" })
      .returning("id")
      .executeTakeFirstOrThrow();
    const environment = {
      id: TEST_ASSET.environment,
      organization_id,
      name: "Production",
      type: "production" as const,
    };
    await db.insertInto("environments").values(environment).execute();
    const asset = { environment_id: TEST_ASSET.environment, id: TEST_ASSET.assetId, settings: "{}", meta: "{}" };
    const wanted = { video_quality: "basic" as const, max_resolution_tier: "1080p" as const };
    const told = { ingest_type: "on_demand_direct_upload" as const, created_at: new Date(), updated_at: new Date() };
    await db
      .insertInto("assets")
      .values({ ...asset, ...wanted, ...told, status: "ready", source_generation: 1, plan_id: "0123456789abcdef" })
      .execute();
  });
  afterAll(async () => {
    await pool.end();
    await postgres.stop();
  });

  const context = (isLastAttempt = false) => ({ signal: never, attempt: 1, isLastAttempt });
  const tellings = async () => (await listJobs(db)).filter(({ task }) => task === APPLY_MASTER_TASK).length;

  it("tells what it made, tries again what may pass, and tells what never will", async () => {
    const task = masterTask({ db, objects, log });
    await expect(task(REF, context())).rejects.toThrow(/no object/); // the store lost it, maybe for now
    expect(await tellings()).toBe(0);
    await objects.put(SOURCE, Buffer.from("no film"));
    await task({ ...REF, masterId: "N".repeat(44) }, context());
    expect(await tellings()).toBe(1);
    await store("front.mp4");
    await task(REF, context());
    expect(await tellings()).toBe(2);
    await db.updateTable("assets").set({ deleted_at: new Date() }).execute();
    await task({ ...REF, masterId: "O".repeat(44) }, context());
    expect(await tellings()).toBe(2);
  });
});
