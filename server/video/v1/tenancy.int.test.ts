import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startTestPostgres, type TestPostgres } from "../../../platform/postgres/testing.ts";
import { SCOPES } from "../../auth/scopes.ts";
import { newAccessTokenSecret } from "../../auth/secrets.ts";
import { createSession } from "../../auth/sessions.ts";
import { basic, createFirstTenant, createOtherTenant, createToken } from "../../testing/tenant.ts";
import { startTestServer, type TestServer } from "../../testing/test-server.ts";
import { caller, eventsOf } from "../../testing/video.ts";

const RESTRICTION = {
  referrer: { allowed_domains: ["example.com"], allow_no_referrer: true },
  user_agent: { allow_no_user_agent: true, allow_high_risk_user_agent: true },
};

type Method = "GET" | "POST" | "PUT" | "PATCH" | "DELETE";

const INPUTS = ["https://x.y/a", { url: "https://x.y/a.srt", type: "text", language_code: "en" }];

let postgres: TestPostgres;
let server: TestServer;
let first: Awaited<ReturnType<typeof createFirstTenant>>;
let other: Awaited<ReturnType<typeof createOtherTenant>>;
let ids: Record<
  "asset" | "playbackId" | "upload" | "file" | "track" | "sound" | "restriction" | "vocabulary" | "drm",
  string
>;
/** Tokens: of the other tenant with every right, and of the first without the right to write, or to video at all. */
let stranger: string;
let reader: string;
let narrow: string;

beforeAll(async () => {
  postgres = await startTestPostgres();
  server = await startTestServer({
    databaseUrl: await postgres.createTestDatabase(),
    rate: { perSecond: 10_000, burst: 10_000 },
  });
  first = await createFirstTenant(server.db);
  other = await createOtherTenant(server.db);
  stranger = await createToken(server.db, other.environmentId, [...SCOPES]);
  reader = await createToken(server.db, first.environmentId, ["video:read"]);
  narrow = await createToken(server.db, first.environmentId, ["data:read"]);
  const ask = caller(server, basic(first.tokenId, first.tokenSecret));
  const asset = (await ask("POST", "/video/v1/assets", { inputs: INPUTS, playback_policy: "public" })).json();
  const upload = (await ask("POST", "/video/v1/uploads", { cors_origin: "*" })).json();
  const files = `/video/v1/assets/${asset.data.id}/static-renditions`;
  const file = (await ask("POST", files, { resolution: "audio-only" })).json();
  const rules = "/video/v1/playback-restrictions";
  const restriction = (await ask("POST", rules, RESTRICTION)).json();
  const vocabulary = (await ask("POST", "/video/v1/transcription-vocabularies", { phrases: ["x"] })).json();
  const [playbackId] = asset.data.playback_ids;
  const [track] = asset.data.tracks;
  ids = {
    ...{ asset: asset.data.id, playbackId: playbackId.id, upload: upload.data.id },
    ...{ file: file.data.id, track: track.id, sound: track.id, restriction: restriction.data.id },
    ...{ vocabulary: vocabulary.data.id, drm: "D".repeat(44) },
  };
});
afterAll(async () => {
  await server.stop();
  await postgres.stop();
});

/** Every route of the video API with a valid body; `{…}` stand for the first tenant's ids. */
const ROUTES: [Method, string, object?][] = [
  ["POST", "/video/v1/assets", { input: "https://example.com/b.mp4" }],
  ["POST", "/video/v1/assets/batch", { assets: [{ input: "https://example.com/b.mp4" }] }],
  ["GET", "/video/v1/assets"],
  ["GET", "/video/v1/assets/{asset}"],
  ["PATCH", "/video/v1/assets/{asset}", { passthrough: "p" }],
  ["DELETE", "/video/v1/assets/{asset}"],
  ["GET", "/video/v1/assets/{asset}/input-info"],
  ["PUT", "/video/v1/assets/{asset}/master-access", { master_access: "temporary" }],
  ["PUT", "/video/v1/assets/{asset}/mp4-support", { mp4_support: "capped-1080p" }],
  ["POST", "/video/v1/assets/{asset}/playback-ids", { policy: "public" }],
  ["GET", "/video/v1/assets/{asset}/playback-ids/{playbackId}"],
  ["DELETE", "/video/v1/assets/{asset}/playback-ids/{playbackId}"],
  ["POST", "/video/v1/assets/{asset}/tracks", { url: "https://x.y/a.srt", type: "text", language_code: "en" }],
  ["POST", "/video/v1/assets/{asset}/tracks/{sound}/generate-subtitles", { generated_subtitles: [{}] }],
  ["PATCH", "/video/v1/assets/{asset}/tracks/{track}", { name: "n" }],
  ["DELETE", "/video/v1/assets/{asset}/tracks/{track}"],
  ["DELETE", "/video/v1/assets/{asset}/thumbnail-time"],
  ["GET", "/video/v1/assets/{asset}/shots"],
  ["POST", "/video/v1/assets/{asset}/shots"],
  ["DELETE", "/video/v1/assets/{asset}/shots"],
  ["GET", "/video/v1/playback-ids/{playbackId}"],
  ["POST", "/video/v1/assets/{asset}/static-renditions", { resolution: "highest" }],
  ["DELETE", "/video/v1/assets/{asset}/static-renditions/{file}"],
  ["POST", "/video/v1/uploads", { cors_origin: "*" }],
  ["GET", "/video/v1/uploads"],
  ["GET", "/video/v1/uploads/{upload}"],
  ["PUT", "/video/v1/uploads/{upload}/cancel"],
  ["POST", "/video/v1/playback-restrictions", RESTRICTION],
  ["GET", "/video/v1/playback-restrictions"],
  ["GET", "/video/v1/playback-restrictions/{restriction}"],
  ["DELETE", "/video/v1/playback-restrictions/{restriction}"],
  ["PUT", "/video/v1/playback-restrictions/{restriction}/referrer", RESTRICTION.referrer],
  ["PUT", "/video/v1/playback-restrictions/{restriction}/user_agent", RESTRICTION.user_agent],
  ["POST", "/video/v1/transcription-vocabularies", { phrases: ["x"] }],
  ["GET", "/video/v1/transcription-vocabularies"],
  ["GET", "/video/v1/transcription-vocabularies/{vocabulary}"],
  ["PUT", "/video/v1/transcription-vocabularies/{vocabulary}", { phrases: ["y"] }],
  ["DELETE", "/video/v1/transcription-vocabularies/{vocabulary}"],
  ["GET", "/video/v1/delivery-usage"],
  ["GET", "/video/v1/drm-configurations"],
  ["GET", "/video/v1/drm-configurations/{drm}"],
  ["GET", "/video/v1/live-streams"],
];
const WRITES = ROUTES.filter(([method]) => method !== "GET");
const WITH_IDS = ROUTES.filter(([, path]) => path.includes("{"));

const filled = (path: string): string => path.replaceAll(/\{(\w+)\}/g, (_, name: keyof typeof ids) => ids[name]);

/** As the document names the parameters. */
const PARAMETERS = {
  ...{ asset: "asset_id", playbackId: "playback_id", upload: "upload_id", file: "static_rendition_id" },
  ...{ track: "track_id", sound: "audio_track_id", restriction: "playback_restriction_id" },
  ...{ vocabulary: "transcription_vocabulary_id", drm: "drm_configuration_id" },
};

it("knows every route that the document lists", async () => {
  const { paths } = (await server.app.inject({ url: "/docs/openapi.json" })).json();
  const listed = Object.entries(paths as Record<string, object>)
    .filter(([path]) => path.startsWith("/video/"))
    .flatMap(([path, methods]) => Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`));
  const named = ROUTES.map(([method, path]) => {
    const spelled = path.replaceAll(/\{(\w+)\}/g, (_, name: keyof typeof PARAMETERS) => `{${PARAMETERS[name]}}`);
    return `${method} ${spelled}`;
  });
  expect(named.sort()).toEqual(listed.sort());
});

describe.each(ROUTES)("%s %s", (method, path, body) => {
  it("is 401 without a token, with a wrong secret and with an unknown session, whatever the body", async () => {
    const wrong = [undefined, basic(first.tokenId, newAccessTokenSecret()), `Bearer ${"A".repeat(43)}`];
    for (const authorization of wrong)
      for (const payload of [body, { nonsense: [] }]) {
        const response = await caller(server, authorization)(method, filled(path), payload);
        expect(response.statusCode).toBe(401);
        expect(response.json().error.type).toBe("unauthorized");
      }
  });

  it("is 403 without a scope for video", async () => {
    expect((await caller(server, narrow)(method, filled(path), body)).statusCode).toBe(403);
  });
});

describe.each(WRITES)("%s %s", (method, path, body) => {
  it("is 403 with a token that may only read", async () => {
    expect((await caller(server, reader)(method, filled(path), body)).statusCode).toBe(403);
  });
});

describe.each(WITH_IDS)("%s %s", (method, path, body) => {
  it("is 404 for another environment's id, exactly as for one that is nobody's or cannot be an id", async () => {
    const before = (await eventsOf(server)).length;
    const nobody = path.replaceAll(/\{\w+\}/g, "N".repeat(44));
    const answers = [filled(path), nobody, path.replaceAll(/\{\w+\}/g, "%00'--")].map(async (url) => {
      const response = await caller(server, stranger)(method, url, body);
      return { status: response.statusCode, type: response.json().error.type };
    });
    for (const answer of await Promise.all(answers)) expect(answer).toEqual({ status: 404, type: "not_found" });
    expect(await eventsOf(server)).toHaveLength(before);
  });
});

describe("lists", () => {
  it.each(["/video/v1/assets", "/video/v1/uploads", "/video/v1/transcription-vocabularies"])(
    "%s shows nothing of another environment",
    async (path) => {
      expect((await caller(server, stranger)("GET", path)).json().data).toEqual([]);
      expect((await caller(server, reader)("GET", path)).json().data).toHaveLength(1);
    },
  );
});

describe("a person's session with x-playhead-environment", () => {
  async function person(role: "owner" | "admin" | "member" | "viewer") {
    const { id } = await server.db
      .insertInto("people")
      .values({ email: `${role}@example.com`, name: role, password_hash: "$argon2id$x" })
      .returning("id")
      .executeTakeFirstOrThrow();
    const { organization_id } = await server.db
      .selectFrom("environments")
      .select("organization_id")
      .where("id", "=", first.environmentId)
      .executeTakeFirstOrThrow();
    await server.db.insertInto("memberships").values({ organization_id, person_id: id, role }).execute();
    const { token } = await createSession(server.db, id, server.services.now());
    return (environment?: string) =>
      caller(server, `Bearer ${token}`, environment === undefined ? {} : { "x-playhead-environment": environment });
  }

  it.each([
    ["viewer", 200, 403],
    ["member", 200, 201],
    ["admin", 200, 201],
    ["owner", 200, 201],
  ] as const)("lets a %s read and write as the role may", async (role, read, write) => {
    const ask = (await person(role))(first.environmentId);
    expect((await ask("GET", `/video/v1/assets/${ids.asset}`)).statusCode).toBe(read);
    const written = await ask("POST", `/video/v1/assets/${ids.asset}/playback-ids`, { policy: "public" });
    expect(written.statusCode).toBe(write);
    if (write === 403) expect(written.json().error.messages[0]).toContain("Your role");
  });

  it("is 404 for an environment of others, one that is not there and one that cannot be, 400 without any", async () => {
    const { token } = await createSession(server.db, other.personId, server.services.now());
    for (const environment of [first.environmentId, "nope99", "x\u00ff", "%00"]) {
      const headers = { "x-playhead-environment": environment };
      const response = await caller(server, `Bearer ${token}`, headers)("GET", "/video/v1/assets");
      expect(response.statusCode).toBe(404);
    }
    expect((await caller(server, `Bearer ${token}`)("GET", "/video/v1/assets")).statusCode).toBe(400);
    const own = caller(server, `Bearer ${token}`, { "x-playhead-environment": other.environmentId });
    expect((await own("GET", "/video/v1/assets")).json().data).toEqual([]);
  });
});
