import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { listJobs, removeJob } from "../../platform/jobs/testing.ts";
import { endWaiting, startTestPostgres, type TestPostgres } from "../../platform/postgres/testing.ts";
import { SCOPES } from "../auth/scopes.ts";
import { createOtherTenant, createToken } from "../testing/tenant.ts";
import { startTestServer, type TestServer } from "../testing/test-server.ts";
import { applyOutcomeNow, eventsOf, result } from "../testing/video.ts";
import { claimKey } from "./idempotency.ts";
import { KEPT_MS, REAP_KEYS_TASK, reapIdempotencyKeysTask } from "./reap-idempotency-keys.ts";

const NOTES = "/data/v1/annotations";
const NOTE = { date: 1_741_000_000, note: "Release" };

const WARNING = { severity: "warning", type: "playback_failure" };

let postgres: TestPostgres;
let server: TestServer;
let environmentId: string;
let ours: string;
let ourSecond: string;

beforeAll(async () => {
  postgres = await startTestPostgres();
});
afterAll(() => postgres.stop());
beforeEach(async () => {
  server = await startTestServer({ databaseUrl: await postgres.createTestDatabase() });
  ({ environmentId } = await createOtherTenant(server.db));
  ours = await createToken(server.db, environmentId, [...SCOPES]);
  ourSecond = await createToken(server.db, environmentId, [...SCOPES]);
  return () => server.stop();
});

function send(
  method: "POST" | "PUT" | "PATCH" | "DELETE",
  url: string,
  payload: object | undefined,
  key: string | undefined,
  authorization = ours,
) {
  const headers = { authorization, ...(key === undefined ? {} : { "idempotency-key": key }) };
  return server.app.inject({ method, url, headers, ...(payload === undefined ? {} : { payload }) });
}

const post = (url: string, payload: object, key: string | undefined, authorization = ours) =>
  send("POST", url, payload, key, authorization);

async function countOf(table: "annotations" | "assets" | "uploads" | "playback_ids" | "idempotency_keys") {
  const { n } = await server.db
    .selectFrom(table)
    .select((expression) => expression.fn.countAll<number>().as("n"))
    .executeTakeFirstOrThrow();
  return n;
}

const reap = (): Promise<void> =>
  reapIdempotencyKeysTask(server.services)(
    {},
    { signal: new AbortController().signal, attempt: 1, isLastAttempt: false },
  );

describe("Idempotency-Key", () => {
  it("gives the same answer to the same request, to any caller of the environment", async () => {
    const first = await post(NOTES, NOTE, "a");
    expect([first.statusCode, first.headers["idempotent-replayed"]]).toEqual([201, undefined]);
    server.advance(KEPT_MS - 1);
    const { date, note } = NOTE;
    for (const again of [await post(NOTES, NOTE, "a"), await post(NOTES, { note, x: 1, date }, "a", ourSecond)])
      expect([again.statusCode, again.body, again.headers["idempotent-replayed"]]).toEqual([201, first.body, "true"]);
    expect(await countOf("annotations")).toBe(1);
  });

  it("refuses another body, and another path, under the same key", async () => {
    await post(NOTES, NOTE, "a");
    for (const other of [
      await post(NOTES, { ...NOTE, note: "Other" }, "a"),
      await post("/video/v1/uploads", { cors_origin: "*" }, "a"),
    ])
      expect([other.statusCode, other.json().error.type]).toEqual([422, "idempotency_key_reused"]);
    expect([await countOf("annotations"), await countOf("uploads")]).toEqual([1, 0]);
  });

  it("is another one in another environment, and none where it is left out", async () => {
    await post(NOTES, NOTE, "a");
    await server.db
      .insertInto("environments")
      .columns(["id", "organization_id", "name", "type"])
      .expression((from) =>
        from
          .selectFrom("organizations")
          .select((e) => [e.val("third1").as("i"), "id", e.val("T").as("n"), e.val("development").as("t")]),
      )
      .execute();
    const theirs = await createToken(server.db, "third1", [...SCOPES]);
    expect((await post(NOTES, { ...NOTE, note: "Theirs" }, "a", theirs)).json().data.note).toBe("Theirs");
    await post(NOTES, NOTE, undefined);
    await post(NOTES, NOTE, undefined);
    expect(await countOf("annotations")).toBe(4);
  });

  it("lets those that come at once wait for the first", async () => {
    const answers = await Promise.all(Array.from({ length: 20 }, () => post(NOTES, NOTE, "a")));
    expect(new Set(answers.map(({ statusCode, body }) => `${statusCode} ${body}`)).size).toBe(1);
    expect(answers[0]?.statusCode).toBe(201);
    expect(await countOf("annotations")).toBe(1);
    const replayed = answers.filter(({ headers }) => headers["idempotent-replayed"] === "true");
    expect(replayed).toHaveLength(19);
  });

  it("has a duplicate wait no longer than a statement may: then it is told to come again", async () => {
    const { promise: held, resolve: release } = Promise.withResolvers<void>();
    const { promise: isHeld, resolve: tellHeld } = Promise.withResolvers<void>();
    const first = server.db.transaction().execute(async (transaction) => {
      const claim = { environmentId, key: "a", hash: Buffer.alloc(32) };
      await claimKey(transaction, claim, server.services.now());
      tellHeld();
      await held;
    });
    await isHeld;
    const duplicate = post(NOTES, NOTE, "a");
    await vi.waitFor(async () => expect(await endWaiting(server.db)).toBe(1), 10_000);
    const refused = await duplicate;
    expect([refused.statusCode, refused.json().error.type]).toEqual([503, "unavailable"]);
    expect(Number(refused.headers["retry-after"])).toBeGreaterThan(0);
    release();
    await first;
    expect(await countOf("annotations")).toBe(0);
  });

  it("holds for vocabularies, shots, batches, restrictions and further tracks", async () => {
    const asset = (await post("/video/v1/assets", { input: "https://example.com/a.mp4" }, undefined)).json().data;
    await applyOutcomeNow(server, result(environmentId, asset.id));
    const of = `/video/v1/assets/${asset.id}`;
    const writes = [
      ["/video/v1/transcription-vocabularies", { phrases: ["x"] }],
      [`${of}/shots`, {}],
      ["/video/v1/assets/batch", { assets: [{ input: "https://example.com/b.mp4" }] }],
      ["/video/v1/playback-restrictions", { referrer: { allowed_domains: ["example.com"] } }],
      [`${of}/tracks`, { url: "https://example.com/a.srt", type: "text", language_code: "en" }],
      [`${of}/static-renditions`, { resolution: "highest" }],
    ] as const;
    for (const [url, body] of writes) {
      const [one, two] = [await post(url, body, url), await post(url, body, url)];
      expect([url, two.statusCode, two.headers["idempotent-replayed"]]).toEqual([url, one.statusCode, "true"]);
      expect([one.statusCode < 300, two.body]).toEqual([true, one.body]);
    }
  });

  it("keeps nothing of what failed: the same key then does it", async () => {
    const asset = (await post("/video/v1/assets", { input: "https://example.com/a.mp4" }, undefined)).json().data;
    const path = `/video/v1/assets/${asset.id}/playback-ids`;
    expect((await post(NOTES, { ...NOTE, note: "" }, "a")).statusCode).toBe(400);
    expect((await post("/video/v1/assets/none/playback-ids", {}, "a")).statusCode).toBe(404);
    await server.db.schema.alterTable("playback_ids").renameTo("playback_ids_away").execute();
    expect((await post(path, {}, "a")).statusCode).toBe(500);
    await server.db.schema.alterTable("playback_ids_away").renameTo("playback_ids").execute();
    expect(await countOf("idempotency_keys")).toBe(0);
    expect((await post(path, {}, "a")).statusCode).toBe(201);
  });

  it("holds for assets, uploads and playback ids, with what they set off", async () => {
    const asset = { input: "https://example.com/a.mp4", playback_policy: "public", meta: { title: "T" } };
    const made = await post("/video/v1/assets", asset, "asset");
    const { id } = made.json().data;
    const writes = [
      ["/video/v1/assets", asset, "asset"],
      ["/video/v1/uploads", { cors_origin: "*", new_asset_settings: { playback_policy: ["public"] } }, "upload"],
      [`/video/v1/assets/${id}/playback-ids`, { policy: "signed" }, "playback"],
    ] as const;
    for (const [url, body, key] of writes) {
      const [one, two] = [await post(url, body, key), await post(url, body, key)];
      expect([one.statusCode, two.statusCode, two.body]).toEqual([201, 201, one.body]);
    }
    expect([await countOf("assets"), await countOf("uploads"), await countOf("playback_ids")]).toEqual([1, 1, 2]);
    expect((await eventsOf(server)).map(({ type }) => type)).toEqual([
      "video.asset.created",
      "video.upload.created",
      "video.asset.updated",
    ]);
  });

  it("is taken by what changes and deletes: the same answer again, another body is refused", async () => {
    const { id } = (await post(NOTES, NOTE, undefined)).json().data;
    const url = `${NOTES}/${id}`;
    const changed = { ...NOTE, note: "Changed" };
    const first = await send("PATCH", url, changed, "patch");
    expect([first.statusCode, first.headers["idempotent-replayed"]]).toEqual([200, undefined]);
    await send("PATCH", url, { ...NOTE, note: "Meanwhile" }, "other");
    const again = await send("PATCH", url, changed, "patch");
    expect([again.statusCode, again.body, again.headers["idempotent-replayed"]]).toEqual([200, first.body, "true"]);
    expect(again.headers["content-type"]).toBe(first.headers["content-type"]);
    const other = await send("PATCH", url, { ...NOTE, note: "Third" }, "patch");
    expect([other.statusCode, other.json().error.type]).toEqual([422, "idempotency_key_reused"]);
    expect((await server.db.selectFrom("annotations").select("note").executeTakeFirstOrThrow()).note).toBe("Meanwhile");

    const deleted = [await send("DELETE", url, undefined, "delete"), await send("DELETE", url, undefined, "delete")];
    expect(deleted.map(({ statusCode, body, headers }) => [statusCode, body, headers["idempotent-replayed"]])).toEqual([
      [204, "", undefined],
      [204, "", "true"],
    ]);
    expect((await send("DELETE", url, undefined, undefined)).statusCode).toBe(404);
    expect((await send("DELETE", url, undefined, "with space")).statusCode).toBe(400);
  });

  it("of a change that failed, or was broken off, can be tried again", async () => {
    const url = "/data/v1/error-categories/E1";
    await server.db.schema.alterTable("error_categories").renameTo("away").execute();
    expect((await send("PUT", url, WARNING, "put")).statusCode).toBe(500);
    await server.db.schema.alterTable("away").renameTo("error_categories").execute();
    expect(await countOf("idempotency_keys")).toBe(0);
    const answers = await Promise.all(Array.from({ length: 5 }, () => send("PUT", url, WARNING, "put")));
    expect(answers.map(({ statusCode }) => statusCode)).toEqual([200, 200, 200, 200, 200]);
    expect((await send("PUT", url, { ...WARNING, severity: "fatal" }, "put")).statusCode).toBe(422);
    await server.db.updateTable("idempotency_keys").set({ body: null }).execute();
    expect((await send("PUT", url, WARNING, "put")).statusCode).toBe(200);
    expect((await send("DELETE", "/data/v1/error-categories/none", undefined, "gone")).statusCode).toBe(404);
    expect(await countOf("idempotency_keys")).toBe(1);
  });

  it("is refused where the answer holds a secret", async () => {
    const answer = await post("/system/v1/signing-keys", {}, "a");
    expect([answer.statusCode, answer.json().error.messages]).toEqual([400, [expect.stringContaining("secret")]]);
    expect((await post("/system/v1/signing-keys", {}, undefined)).statusCode).toBe(201);
  });

  it.each(["with space", "x".repeat(256), "", "ü"])("may not be %j", async (key) => {
    const answer = await post(NOTES, NOTE, key);
    expect([answer.statusCode, answer.json().error.messages]).toEqual([
      400,
      [expect.stringContaining("idempotency-key")],
    ]);
    expect(await countOf("annotations")).toBe(0);
  });

  it("ends after a day; a job clears it away and goes on while there are others", async () => {
    await post(NOTES, NOTE, "old");
    await post(NOTES, NOTE, "older");
    const jobs = (await listJobs(server.db)).filter(({ task }) => task === REAP_KEYS_TASK);
    expect(jobs).toHaveLength(1);
    server.advance(KEPT_MS / 2);
    await post(NOTES, NOTE, "young");
    server.advance(KEPT_MS / 2);
    expect((await post(NOTES, { ...NOTE, note: "Another" }, "old")).json().data.note).toBe("Another");
    await reap();
    const keys = await server.db.selectFrom("idempotency_keys").select("key").orderBy("key").execute();
    expect(keys.map(({ key }) => key)).toEqual(["old", "young"]);

    const reapers = async () => (await listJobs(server.db)).filter(({ task }) => task === REAP_KEYS_TASK).length;
    await removeJob(server.db, REAP_KEYS_TASK);
    await reap();
    expect(await reapers()).toBe(1);
    await removeJob(server.db, REAP_KEYS_TASK);
    server.advance(KEPT_MS);
    await reap();
    expect([await reapers(), await countOf("idempotency_keys")]).toEqual([0, 0]);
  });
});
