import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { FETCH_TASK } from "../../../domain/asset/outcome.ts";
import { sourceKey } from "../../../domain/media/object-keys.ts";
import { listJobs } from "../../../platform/jobs/testing.ts";
import { startTestPostgres, type TestPostgres } from "../../../platform/postgres/testing.ts";
import { basic, createFirstTenant } from "../../testing/tenant.ts";
import { startTestServer, TEST_START_MS, type TestServer } from "../../testing/test-server.ts";
import { applyOutcomeNow, caller, eventsOf, READY, result } from "../../testing/video.ts";
import { deleteObjectsSoon } from "../delete-asset.ts";
import { DELETE_TEST_TASK } from "../delete-test-asset.ts";
import { insertPlaybackIds } from "../playback-ids.ts";

const INPUT = "https://example.com/a.mp4";
const ID = /^[A-Za-z0-9]{44}$/;

let postgres: TestPostgres;
beforeAll(async () => {
  postgres = await startTestPostgres();
});
afterAll(() => postgres.stop());

let server: TestServer;
let environment: string;
let authorization: string;
let ask: ReturnType<typeof caller>;
beforeEach(async () => {
  server = await startTestServer({ databaseUrl: await postgres.createTestDatabase() });
  const first = await createFirstTenant(server.db);
  environment = first.environmentId;
  authorization = basic(first.tokenId, first.tokenSecret);
  ask = caller(server, authorization);
});
afterEach(() => server.stop());

async function create(body: object = { inputs: [{ url: INPUT }], playback_policies: ["public"] }) {
  const response = await ask("POST", "/video/v1/assets", body);
  expect(response.statusCode, response.body).toBe(201);
  return response.json().data;
}

describe("POST /video/v1/assets", () => {
  it("answers the asset as it begins, tells of it and has it taken in, all in one transaction", async () => {
    const asset = await create({
      inputs: [{ url: INPUT }],
      playback_policies: ["public", "signed"],
      video_quality: "plus",
      passthrough: "mine",
      meta: { title: "A title", external_id: "7" },
      test: true,
      unknown_field: 1,
    });
    expect(asset).toEqual({
      id: expect.stringMatching(ID),
      created_at: String(TEST_START_MS / 1_000),
      status: "preparing",
      progress: { state: "ingesting", progress: 0 },
      ingest_type: "on_demand_url",
      encoding_tier: "smart",
      video_quality: "plus",
      max_resolution_tier: "1080p",
      master_access: "none",
      mp4_support: "none",
      normalize_audio: false,
      test: true,
      passthrough: "mine",
      meta: { title: "A title", external_id: "7" },
      playback_ids: expect.arrayContaining([
        { id: expect.stringMatching(ID), policy: "public" },
        { id: expect.stringMatching(ID), policy: "signed" },
      ]),
    });
    expect(await eventsOf(server)).toEqual([{ type: "video.asset.created", object_id: asset.id, data: asset }]);
    expect(await listJobs(server.db)).toMatchObject([
      { task: FETCH_TASK, key: `ingest:${asset.id}` },
      { task: DELETE_TEST_TASK, key: `${DELETE_TEST_TASK}:${asset.id}` },
    ]);
  });

  it("gives back that the sound is to be normalised", async () => {
    const asset = await create({ input: INPUT, playback_policy: "public", normalize_audio: true });
    expect(asset.normalize_audio).toBe(true);
  });

  it("takes null for what is left out, as clients of typed languages send it", async () => {
    const asset = await create({ input: INPUT, playback_policy: "public", passthrough: null, meta: { title: null } });
    expect(asset.playback_ids).toHaveLength(1);
    expect(asset).not.toHaveProperty("passthrough");
  });

  it.each([
    ["no body", undefined, "Invalid input"],
    ["no input", {}, "inputs: "],
    ["an unsupported field", { input: INPUT, directives: [{}] }, "directives: is not supported yet"],
    ["drm", { input: INPUT, playback_policy: ["drm"] }, "playback_policies: drm is not supported yet"],
    ["a wrong type", { input: INPUT, passthrough: 7 }, "passthrough: "],
    ["NUL in text", { input: INPUT, passthrough: "a\0b" }, "passthrough: has characters"],
    ["half a surrogate pair", { input: INPUT, meta: { title: "\ud800" } }, "meta.title: has characters"],
    ["NUL in a URL", { input: `${INPUT}\0` }, "inpu"],
    ["a title of 513 characters", { input: INPUT, meta: { title: "x".repeat(513) } }, "meta.title: has more than 512"],
  ])("refuses %s by name and makes nothing", async (_, body, message) => {
    const response = await ask("POST", "/video/v1/assets", body);
    expect(response.statusCode).toBe(400);
    expect(response.json().error.type).toBe("invalid_parameters");
    expect(response.json().error.messages.join("\n")).toContain(message);
    expect(await eventsOf(server)).toEqual([]);
  });

  it("refuses a body that is nested deeper than a stack", async () => {
    const payload = `{"static_renditions":${"[".repeat(400_000)}${"]".repeat(400_000)}}`;
    const headers = { authorization, "content-type": "application/json" };
    const response = await server.app.inject({ method: "POST", url: "/video/v1/assets", headers, payload });
    expect(response.statusCode).toBe(400);
    expect(response.json().error.messages).toEqual(["The body is nested too deep"]);
  });

  it("counts a title's characters as people do", async () => {
    expect((await create({ input: INPUT, meta: { title: "😀".repeat(512) } })).meta.title).toHaveLength(1_024);
  });
});

describe("GET /video/v1/assets", () => {
  it("walks newest first by page and by cursor, also among assets of one instant, and ends empty", async () => {
    const made: string[] = [];
    for (let n = 0; n < 7; n += 1) {
      made.unshift((await create()).id);
      if (n % 3 === 2) server.advance(1_000);
    }
    const byPage: string[] = [];
    for (let page = 1; ; page += 1) {
      const { data } = (await ask("GET", `/video/v1/assets?limit=3&page=${page}`)).json();
      if (data.length === 0) break;
      byPage.push(...data.map(({ id }: { id: string }) => id));
    }
    const byCursor: string[] = [];
    for (let cursor: string | null = ""; cursor !== null; ) {
      const response = await ask("GET", `/video/v1/assets?limit=3&cursor=${cursor}`);
      const page: { data: { id: string }[]; next_cursor: string | null } = response.json();
      byCursor.push(...page.data.map(({ id }) => id));
      cursor = page.next_cursor;
    }
    expect(byCursor).toEqual(byPage);
    expect([...byPage].sort()).toEqual([...made].sort());
    expect(byPage[0]).toBe(made[0]); // alone in the newest instant
    expect((await ask("GET", "/video/v1/assets?page=500")).json()).toEqual({ data: [], next_cursor: null });
  });

  it("filters by upload and knows no live streams", async () => {
    await create();
    for (const filter of ["upload_id=none", "upload_id=%00", "live_stream_id=x"])
      expect((await ask("GET", `/video/v1/assets?${filter}`)).json()).toEqual({ data: [], next_cursor: null });
  });

  it.each(["page=0", "page=x", "limit=0", "limit=101", "cursor=nonsense", "page=99999999999999999999"])(
    "refuses ?%s",
    async (query) => {
      expect((await ask("GET", `/video/v1/assets?${query}`)).statusCode).toBe(400);
    },
  );
});

describe("the life of an asset", () => {
  it("shows how far a transcoder is, then everything once it is ready, and tells of each step once", async () => {
    const { id } = await create();
    await applyOutcomeNow(server, result(environment, id, { kind: "non_standard", reasons: { video_codec: "vp9" } }));
    await server.db
      .insertInto("asset_progress")
      .values({ environment_id: environment, asset_id: id, state: "transcoding", progress: 23.02 })
      .execute();
    const underway = (await ask("GET", `/video/v1/assets/${id}`)).json().data;
    expect(underway).toMatchObject({
      status: "preparing",
      progress: { state: "transcoding", progress: 23.02 },
      non_standard_input_reasons: { video_codec: "vp9" },
    });
    await applyOutcomeNow(server, result(environment, id));
    await applyOutcomeNow(server, result(environment, id));
    const ready = (await ask("GET", `/video/v1/assets/${id}`)).json().data;
    expect(ready).toMatchObject({
      status: "ready",
      progress: { state: "completed", progress: 100 },
      duration: 40.04,
      aspect_ratio: "16:9",
      resolution_tier: "1080p",
      max_stored_resolution: "FHD",
      max_stored_frame_rate: 25,
      tracks: [
        { type: "video", status: "ready", duration: 40, max_width: 1920, max_height: 1080, max_frame_rate: 25 },
        { type: "audio", status: "ready", duration: 40.04, max_channels: 2, primary: true },
      ],
    });
    const events = await eventsOf(server);
    expect(events.map(({ type }) => type)).toEqual([
      "video.asset.created",
      "video.asset.non_standard_input_detected",
      "video.asset.ready",
    ]);
    expect(events.at(-1)?.data).toEqual(ready);
  });

  it("tells what the input was", async () => {
    const { id } = await create({ inputs: [{ url: INPUT, name: "main" }] });
    const settings = { url: INPUT, name: "main" };
    expect((await ask("GET", `/video/v1/assets/${id}/input-info`)).json()).toEqual({ data: [{ settings }] });
    await applyOutcomeNow(server, result(environment, id));
    expect((await ask("GET", `/video/v1/assets/${id}/input-info`)).json()).toEqual({
      data: [
        {
          settings,
          file: {
            container_format: "mp4",
            tracks: [
              { type: "video", duration: 40, encoding: "h264", width: 1920, height: 1080, frame_rate: 25 },
              { type: "audio", duration: 40.04, encoding: "aac", channels: 2, sample_rate: 48_000 },
            ],
          },
        },
      ],
    });
  });

  it("shows why it failed", async () => {
    const { id } = await create();
    const error = { type: "download_failed" as const, messages: ["The URL answered 404"] };
    await applyOutcomeNow(server, result(environment, id, { kind: "errored", error }));
    const asset = (await ask("GET", `/video/v1/assets/${id}`)).json().data;
    expect(asset).toMatchObject({ status: "errored", progress: { state: "errored", progress: -1 }, errors: error });
  });

  it("takes results of two transcoders at once for one", async () => {
    const { id } = await create();
    await Promise.all([1, 2, 3, 4].map(() => applyOutcomeNow(server, result(environment, id))));
    expect((await eventsOf(server)).map(({ type }) => type)).toEqual(["video.asset.created", "video.asset.ready"]);
    expect((await ask("GET", `/video/v1/assets/${id}`)).json().data.tracks).toHaveLength(2);
  });

  it("refuses a result that is none", async () => {
    const { id } = await create();
    const broken = { ...result(environment, id), outcome: { ...READY, planId: "no" } };
    await expect(applyOutcomeNow(server, broken as never)).rejects.toThrow();
  });
});

describe("PATCH /video/v1/assets/{id}", () => {
  it("changes passthrough and members of meta, empty text clears, and tells of it", async () => {
    const { id } = await create({ input: INPUT, passthrough: "old", meta: { title: "A", creator_id: "c" } });
    const changed = await ask("PATCH", `/video/v1/assets/${id}`, { meta: { title: "B", creator_id: "" } });
    expect(changed.json().data).toMatchObject({ passthrough: "old", meta: { title: "B" } });
    const cleared = await ask("PATCH", `/video/v1/assets/${id}`, { passthrough: "", meta: { title: "" } });
    expect(cleared.json().data).not.toHaveProperty("passthrough");
    expect(cleared.json().data).not.toHaveProperty("meta");
    expect((await eventsOf(server)).map(({ type }) => type).slice(1)).toEqual([
      "video.asset.updated",
      "video.asset.updated",
    ]);
  });

  it("changes the time of the usual thumbnail, which a new asset may have too", async () => {
    const { id, thumbnail_time } = await create({ input: INPUT, thumbnail_time: 1.5 });
    expect(thumbnail_time).toBe(1.5);
    const changed = await ask("PATCH", `/video/v1/assets/${id}`, { thumbnail_time: 3 });
    expect(changed.json().data.thumbnail_time).toBe(3);
    await ask("PATCH", `/video/v1/assets/${id}`, { passthrough: "x" });
    expect((await ask("GET", `/video/v1/assets/${id}`)).json().data.thumbnail_time).toBe(3);
    const wrong = await ask("PATCH", `/video/v1/assets/${id}`, { thumbnail_time: -1 });
    expect([wrong.statusCode, wrong.json().error.messages[0]]).toEqual([400, expect.stringMatching(/^thumbnail_time/)]);
  });
});

describe("playback ids", () => {
  it("are added, found, led back to their asset, and deleted for good", async () => {
    const { id } = await create({ input: INPUT });
    const made = await ask("POST", `/video/v1/assets/${id}/playback-ids`, { policy: "signed" });
    expect(made.statusCode).toBe(201);
    const playbackId = made.json().data;
    expect(playbackId).toEqual({ id: expect.stringMatching(ID), policy: "signed" });
    const path = `/video/v1/assets/${id}/playback-ids/${playbackId.id}`;
    expect((await ask("GET", path)).json()).toEqual({ data: playbackId });
    expect((await ask("GET", `/video/v1/playback-ids/${playbackId.id}`)).json()).toEqual({
      data: { ...playbackId, object: { id, type: "asset" } },
    });
    expect((await ask("DELETE", path)).statusCode).toBe(204);
    for (const gone of [path, `/video/v1/playback-ids/${playbackId.id}`])
      expect((await ask("GET", gone)).statusCode).toBe(404);
    expect((await ask("DELETE", path)).statusCode).toBe(404);
    expect((await ask("GET", `/video/v1/assets/${id}`)).json().data.playback_ids).toEqual([]);
    const seen = await server.db.selectFrom("delivery_playback_ids").select("active").execute();
    expect(seen).toEqual([{ active: false }]);
  });

  it("end at a thousand of one asset, which are in all that is told of it", async () => {
    const { id } = await create({ input: INPUT });
    const many = { environmentId: environment, assetId: id, policies: Array(1_000).fill("public") };
    await server.db.transaction().execute((transaction) => insertPlaybackIds(transaction, server.services, many));
    const refused = await ask("POST", `/video/v1/assets/${id}/playback-ids`, { policy: "signed" });
    expect([refused.statusCode, refused.json().error.type]).toEqual([422, "limit_reached"]);
    expect((await ask("GET", `/video/v1/assets/${id}`)).json().data.playback_ids).toHaveLength(1_000);
  });

  it("refuse policies that are none, or none yet", async () => {
    const { id } = await create();
    for (const policy of ["drm", "secret"])
      expect((await ask("POST", `/video/v1/assets/${id}/playback-ids`, { policy })).statusCode).toBe(400);
  });
});

describe("DELETE /video/v1/assets/{id}", () => {
  it("ends the asset and its playback ids at once and its bytes soon, and no result brings it back", async () => {
    const { id, playback_ids } = await create();
    const keys = [sourceKey({ environment, assetId: id }, 1), `${environment}/${id}/0123456789abcdef/720p/0`];
    const others = `${environment}/${"x".repeat(44)}/source/1`;
    for (const key of [...keys, others]) await server.services.objects.put(key, Buffer.from("x"));

    expect((await ask("DELETE", `/video/v1/assets/${id}`)).statusCode).toBe(204);
    expect((await ask("DELETE", `/video/v1/assets/${id}`)).statusCode).toBe(404);
    expect((await ask("GET", `/video/v1/assets/${id}`)).statusCode).toBe(404);
    expect((await ask("GET", `/video/v1/playback-ids/${playback_ids[0].id}`)).statusCode).toBe(404);
    expect((await ask("GET", "/video/v1/assets")).json().data).toEqual([]);
    expect((await listJobs(server.db)).filter(({ task }) => task === "delete_asset_objects")).toHaveLength(2);
    await applyOutcomeNow(server, result(environment, id));
    const events = await eventsOf(server);
    expect(events.map(({ type }) => type)).toEqual(["video.asset.created", "video.asset.deleted"]);
    expect(events[1]?.data).toMatchObject({ id, status: "preparing" });

    server.startJobs();
    await vi.waitFor(async () => {
      for (const key of keys) expect(await server.services.objects.head(key)).toBeNull();
    }, 5_000);
    expect(await server.services.objects.head(others)).not.toBeNull();
  });

  it("removes bytes again a minute later by the clock of Postgres, however late the server's is", async () => {
    const { id } = await create();
    const lagging = vi.spyOn(Date, "now").mockReturnValue(0);
    const soon = server.db.transaction().execute((tx) => deleteObjectsSoon(tx, { environment, assetId: id }));
    await soon.finally(() => lagging.mockRestore());
    const times = (await listJobs(server.db))
      .filter(({ task }) => task === "delete_asset_objects")
      .map(({ runAt }) => runAt.getTime());
    expect((times[1] ?? 0) - (times[0] ?? 0)).toBe(60_000);
  });

  it("removes what a transcoder stores hours later", async () => {
    const { id } = await create();
    await ask("DELETE", `/video/v1/assets/${id}`);
    const deletions = async () => (await listJobs(server.db)).filter(({ task }) => task === "delete_asset_objects");
    server.startJobs();
    await vi.waitFor(async () => expect(await deletions()).toHaveLength(1), 5_000); // the second round waits

    const key = sourceKey({ environment, assetId: id }, 2);
    await server.services.objects.put(key, Buffer.from("x"));
    await applyOutcomeNow(server, result(environment, id));
    await vi.waitFor(async () => expect(await server.services.objects.head(key)).toBeNull(), 5_000);
    expect(await deletions()).toHaveLength(2);
  });
});
