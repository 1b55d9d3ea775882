import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { CLIP_TASK } from "../../../domain/asset/outcome.ts";
import { READ_EMBEDDED_TASK, TRANSCRIBE_TASK } from "../../../domain/asset/text-track.ts";
import { sourceKey } from "../../../domain/media/object-keys.ts";
import { listJobs } from "../../../platform/jobs/testing.ts";
import { startTestPostgres, type TestPostgres } from "../../../platform/postgres/testing.ts";
import { SCOPES } from "../../auth/scopes.ts";
import { basic, createEnvironment, createFirstTenant, createToken } from "../../testing/tenant.ts";
import { startTestServer, type TestServer } from "../../testing/test-server.ts";
import { applyOutcomeNow, caller, eventsOf, result } from "../../testing/video.ts";
import { applyTrackResultTask } from "../apply-track-result.ts";
import { DELETE_OBJECTS_TASK, deleteObjectsTask } from "../delete-asset.ts";
import { DELETE_TEST_TASK } from "../delete-test-asset.ts";
import { sweepObjectsTask } from "../sweep-objects.ts";

const FILM = "https://example.com/a.mp4";
const TEXT = { url: "https://example.com/a.vtt", type: "text", language_code: "en" };
const CONTEXT = { signal: new AbortController().signal, attempt: 1, isLastAttempt: false };
const ERROR = { type: "invalid_input" as const, messages: ["No"] };
const HOUR_MS = 3_600_000;

let postgres: TestPostgres;
beforeAll(async () => {
  postgres = await startTestPostgres();
});
afterAll(() => postgres.stop());

let server: TestServer;
let environment: string;
let ask: ReturnType<typeof caller>;
beforeEach(async () => {
  server = await startTestServer({ databaseUrl: await postgres.createTestDatabase() });
  const { environmentId, tokenId, tokenSecret } = await createFirstTenant(server.db);
  environment = environmentId;
  ask = caller(server, basic(tokenId, tokenSecret));
});
afterEach(() => server.stop());

async function create(body: object) {
  const response = await ask("POST", "/video/v1/assets", body);
  expect(response.statusCode, response.body).toBe(201);
  return response.json().data;
}

async function readyAsset(body: object = { input: FILM }): Promise<string> {
  const { id } = await create(body);
  await applyOutcomeNow(server, result(environment, id)); // of 40.04 s
  return id;
}

const clipOf = (id: string, times: object = {}) => ({ url: `mux://assets/${id}`, ...times });

async function refusal(body: object, asked = ask): Promise<string> {
  const response = await asked("POST", "/video/v1/assets", body);
  expect([response.statusCode, response.json().error.type]).toEqual([400, "invalid_parameters"]);
  return response.json().error.messages.join("\n");
}

/** Text tracks of an asset as the API gives them. */
async function textsOf(id: string): Promise<Record<string, unknown>[]> {
  const { tracks = [] } = (await ask("GET", `/video/v1/assets/${id}`)).json().data;
  return tracks.filter(({ type }: { type: string }) => type === "text");
}

/** A text track of an asset, told as a transcoder tells it; null leaves it preparing. */
async function addText(assetId: string, body: object, kind: "ready" | "errored" | null): Promise<string> {
  const response = await ask("POST", `/video/v1/assets/${assetId}/tracks`, { ...TEXT, ...body });
  const { id: trackId } = response.json().data;
  const outcome = kind === "errored" ? { kind, error: ERROR } : { kind: "ready" as const };
  if (kind !== null) await applyTrackResultTask(server.services)({ environment, assetId, trackId, outcome }, CONTEXT);
  return trackId;
}

describe("POST /video/v1/assets with a stretch of another asset", () => {
  it("makes an asset of it, tells of it and has it cut", async () => {
    const source = await readyAsset({ input: FILM, playback_policy: "signed" });
    const input = clipOf(source, { start_time: 1.25, end_time: 4 });
    const clip = await create({ inputs: [input], playback_policy: "public", passthrough: "best" });
    expect(clip).toMatchObject({
      status: "preparing",
      ingest_type: "on_demand_clip",
      source_asset_id: source,
      passthrough: "best",
      playback_ids: [{ policy: "public" }],
    });
    expect((await eventsOf(server)).at(-1)).toEqual({ type: "video.asset.created", object_id: clip.id, data: clip });
    expect((await listJobs(server.db)).at(-1)).toMatchObject({ task: CLIP_TASK, key: `ingest:${clip.id}` });
    expect(await server.db.selectFrom("transcoder_clips").selectAll().execute()).toEqual([
      {
        environment_id: environment,
        asset_id: clip.id,
        source_asset_id: source,
        source_plan_id: "0123456789abcdef",
        start_seconds: 1.25,
        end_seconds: 4,
      },
    ]);
    const info = (await ask("GET", `/video/v1/assets/${clip.id}/input-info`)).json().data;
    expect(info).toEqual([{ settings: input }]);
  });

  it("goes from the source's begin to its end unless told otherwise, and never beyond", async () => {
    const source = await readyAsset();
    await create({ input: `mux://assets/${source}` });
    await create({ input: clipOf(source, { start_time: 39, end_time: 4_000 }) });
    const clips = server.db.selectFrom("transcoder_clips").select(["start_seconds", "end_seconds"]);
    expect(await clips.orderBy("start_seconds").execute()).toEqual([
      { start_seconds: 0, end_seconds: 40.04 },
      { start_seconds: 39, end_seconds: 40.04 },
    ]);
  });

  it("can be made of a clip", async () => {
    const first = await readyAsset({ input: clipOf(await readyAsset(), { start_time: 1 }) });
    expect(await create({ input: clipOf(first) })).toMatchObject({ source_asset_id: first });
  });

  it("is refused with the same words where there is no such asset, none any more and none of one's own", async () => {
    const source = await readyAsset();
    const stranger = await createEnvironment(server.db, "other1");
    const theirs = caller(server, await createToken(server.db, stranger, [...SCOPES]));
    const deleted = await readyAsset();
    await ask("DELETE", `/video/v1/assets/${deleted}`);
    const words = (id: string) => `inputs[0].url: Asset ${id} does not exist, or does not belong to this environment`;
    const never = "A".repeat(44);
    expect(await refusal({ input: clipOf(source) }, theirs)).toBe(words(source));
    expect(await refusal({ input: clipOf(deleted) })).toBe(words(deleted));
    expect(await refusal({ input: clipOf(never) })).toBe(words(never));
    expect(await refusal({ input: clipOf("abc") })).toBe(words("abc"));
  });

  it("is refused of an asset that is not ready", async () => {
    const { id: preparing } = await create({ input: FILM });
    expect(await refusal({ input: clipOf(preparing) })).toMatch(/^inputs\[0\].url: Asset .* is preparing: clips are/);
    await applyOutcomeNow(server, result(environment, preparing, { kind: "errored", error: ERROR }));
    expect(await refusal({ input: clipOf(preparing) })).toMatch(/ is errored: clips are/);
  });

  it("is refused where less than half a second is left, and makes nothing", async () => {
    const source = await readyAsset();
    expect(await refusal({ input: clipOf(source, { start_time: 39.6 }) })).toBe(
      "inputs[0].start_time: a clip lasts 0.5 s at least; the source asset lasts 40.04 s",
    );
    expect(await refusal({ input: clipOf(source, { start_time: 3, end_time: 3.4 }) })).toMatch(/^inputs\[0\].end_time/);
    expect(await server.db.selectFrom("transcoder_clips").selectAll().execute()).toEqual([]);
  });

  it("is no setting of an upload", async () => {
    const source = await readyAsset();
    const body = { cors_origin: "*", new_asset_settings: { inputs: [clipOf(source)] } };
    const response = await ask("POST", "/video/v1/uploads", body);
    expect(response.statusCode).toBe(400);
    expect(response.json().error.messages[0]).toMatch(/^new_asset_settings.inputs\[0\].url: the upload itself/);
  });
});

describe("what is burnt into the pictures of a clip's source", () => {
  const overlay = (name: string) => ({ url: `https://example.com/${name}.png`, overlay_settings: { width: "10%" } });
  const inputsOf = async (assetId: string) => {
    const known = server.db.selectFrom("transcoder_picture_settings").selectAll().where("asset_id", "=", assetId);
    return known.executeTakeFirst();
  };

  it("is taken over below its own, also of an upload's and of a clip's", async () => {
    const source = await readyAsset({ inputs: [FILM, TEXT, overlay("logo")] });
    const input = clipOf(source, { start_time: 1 });
    const clip = await readyAsset({ inputs: [input, TEXT, overlay("mine")] });
    const inputs = [input, overlay("logo"), TEXT, overlay("mine")];
    expect(await inputsOf(clip)).toMatchObject({ inputs, is_test: false });
    const info = (await ask("GET", `/video/v1/assets/${clip}/input-info`)).json().data;
    expect(info.map(({ settings }: { settings: object }) => settings)).toEqual(inputs);
    const again = await create({ input: clipOf(clip), copy_overlays: true });
    expect(await inputsOf(again.id)).toMatchObject({ inputs: [clipOf(clip), overlay("logo"), overlay("mine")] });
    const clean = await readyAsset({ inputs: [clipOf(clip), overlay("mine")], copy_overlays: false });
    expect(await inputsOf(clean)).toMatchObject({ inputs: [clipOf(clip), overlay("mine")] });
    expect(await inputsOf((await create({ input: clipOf(clean) })).id)).toMatchObject({
      inputs: [clipOf(clean), overlay("mine")],
    });
    const uploaded = await readyAsset();
    const settings = JSON.stringify({ inputs: [overlay("logo")] });
    await server.db.updateTable("assets").set({ settings }).where("id", "=", uploaded).execute();
    expect(await inputsOf((await create({ input: clipOf(uploaded) })).id)).toMatchObject({
      inputs: [clipOf(uploaded), overlay("logo")],
    });
  });

  it("counts among the ten overlays that an asset may have", async () => {
    const six = Array.from({ length: 6 }, (_, n) => overlay(`logo${n}`));
    const source = await readyAsset({ inputs: [FILM, ...six] });
    await create({ inputs: [clipOf(source), ...six.slice(2)] });
    expect(await refusal({ inputs: [clipOf(source), ...six.slice(1)] })).toBe(
      "inputs: with the 6 overlays that the clip takes over there are more than 10; copy_overlays: false leaves them out",
    );
    await create({ inputs: [clipOf(source), ...six.slice(1)], copy_overlays: false });
  });

  it("marks a clip of a test as one, which ends after a day too", async () => {
    const source = await readyAsset({ input: FILM, test: true });
    const clip = await create({ input: clipOf(source), test: false });
    expect(clip.test).toBe(true);
    expect(await inputsOf(clip.id)).toMatchObject({ is_test: true });
    expect((await eventsOf(server)).at(-1)?.data).toMatchObject({ id: clip.id, test: true });
    expect((await listJobs(server.db)).some(({ key }) => key === `${DELETE_TEST_TASK}:${clip.id}`)).toBe(true);
  });

  it("has no master of a test, as that has none", async () => {
    const source = await readyAsset({ input: FILM, test: true });
    const refused = await refusal({ input: clipOf(source), master_access: "temporary" });
    expect(refused).toBe("master_access: tests have no master");
  });
});

describe("text tracks of a clip", () => {
  it("are those that can be shown of the source, told as created, and ready when they were cut", async () => {
    const source = await readyAsset();
    const original = { name: "For all", language_code: "de", closed_captions: true, passthrough: "p" };
    const german = await addText(source, original, "ready");
    await addText(source, { name: "Broken" }, "errored");
    await addText(source, { name: "Later" }, null);
    const clip = await create({ inputs: [clipOf(source), TEXT] });

    const texts = await textsOf(clip.id);
    expect(texts).toMatchObject([
      { name: "English", status: "preparing", text_source: "uploaded" },
      { ...original, status: "preparing", text_source: "uploaded", text_type: "subtitles" },
    ]);
    const copied = String(texts[1]?.["id"]);
    const rows = await server.db.selectFrom("transcoder_clip_texts").selectAll().execute();
    expect(rows).toEqual([
      { environment_id: environment, asset_id: clip.id, track_id: copied, source_track_id: german },
    ]);
    const created = (await eventsOf(server)).filter(({ type }) => type === "video.asset.track.created");
    expect(created.slice(-2).map(({ object_id }) => object_id)).toEqual(texts.map(({ id }) => id));

    const outcome = { kind: "ready" as const };
    await applyTrackResultTask(server.services)({ environment, assetId: clip.id, trackId: copied, outcome }, CONTEXT);
    expect((await textsOf(clip.id))[1]).toMatchObject({ status: "ready" });
    expect(await server.db.selectFrom("transcoder_clip_texts").selectAll().execute()).toEqual([]);
  });

  it("stand beside those that are given, which may not have their names", async () => {
    const source = await readyAsset();
    await addText(source, {}, "ready");
    expect(await refusal({ inputs: [clipOf(source), { ...TEXT, name: "English" }] })).toBe(
      'inputs: the clip takes over a text track called "English"',
    );
    const { id } = await create({ inputs: [clipOf(source), TEXT, { ...TEXT, name: "Mine" }] });
    expect((await textsOf(id)).map(({ name }) => name)).toEqual(["English 2", "Mine", "English"]);
  });

  it("are taken over as they were written down, beside those that are still to be written", async () => {
    const source = await readyAsset({ input: { url: FILM, generated_subtitles: [{ name: "Heard" }] } });
    const [heard] = await textsOf(source);
    const outcome = { kind: "ready" as const };
    const trackId = String(heard?.["id"]);
    await applyTrackResultTask(server.services)({ environment, assetId: source, trackId, outcome }, CONTEXT);
    const clip = (name: string) => ({ input: { ...clipOf(source), generated_subtitles: [{ name }] } });
    expect(await refusal(clip("Heard"))).toBe('inputs: the clip takes over a text track called "Heard"');
    const { id } = await create(clip("Anew"));
    const texts = await textsOf(id);
    expect(texts).toMatchObject([
      { name: "Heard", text_source: "generated_vod", status: "preparing" },
      { name: "Anew", text_source: "generated_vod", status: "preparing" },
    ]);
    await applyOutcomeNow(server, result(environment, id));
    const written = (await listJobs(server.db)).filter(({ task }) => task === TRANSCRIBE_TASK);
    expect(written.map(({ key }) => key)).toEqual([trackId, texts[1]?.["id"]].map((of) => `${TRANSCRIBE_TASK}:${of}`));
  });

  it("end with a clip that is errored", async () => {
    const source = await readyAsset();
    await addText(source, {}, "ready");
    const { id } = await create({ input: clipOf(source) });
    await applyOutcomeNow(server, result(environment, id, { kind: "errored", error: ERROR }));
    expect(await textsOf(id)).toMatchObject([{ status: "errored", error: ERROR }]);
    expect((await eventsOf(server)).at(-1)).toMatchObject({ type: "video.asset.errored" });
  });

  it("are not looked for in its pictures", async () => {
    const source = await readyAsset();
    const looked = async () =>
      (await listJobs(server.db)).filter(({ task }) => task === READ_EMBEDDED_TASK).map(({ key }) => key);
    await readyAsset({ input: clipOf(source) });
    expect(await looked()).toEqual([`${READ_EMBEDDED_TASK}:${source}`]);
  });
});

describe("an asset that clips are made of", () => {
  it("keeps its bytes when it is deleted, until they are made", async () => {
    const source = await readyAsset();
    const { objects, db } = server.services;
    const ref = { environment, assetId: source };
    await objects.put(sourceKey(ref, 1), Buffer.from("film"));
    const { id } = await create({ input: clipOf(source) });
    expect((await ask("DELETE", `/video/v1/assets/${source}`)).statusCode).toBe(204);

    await deleteObjectsTask({ db, objects })(ref, CONTEXT);
    server.advance(2 * HOUR_MS);
    await sweepObjectsTask(server.services)({}, CONTEXT);
    expect(await objects.head(sourceKey(ref, 1))).not.toBeNull();
    const again = (await listJobs(db)).filter(({ key }) => key === `${DELETE_OBJECTS_TASK}:${source}`);
    expect(again).toHaveLength(1);

    await applyOutcomeNow(server, result(environment, id));
    await deleteObjectsTask({ db, objects })(ref, CONTEXT);
    expect(await objects.head(sourceKey(ref, 1))).toBeNull();
    expect((await ask("GET", `/video/v1/assets/${id}`)).json().data).toMatchObject({
      status: "ready",
      source_asset_id: source,
    });
  });
});
