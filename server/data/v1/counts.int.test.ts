import Mux from "@mux/mux-node";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { AUDIENCE_KINDS } from "../../../domain/monitoring/ask-audience.ts";
import { type BeatRow, type LiveServer, startLiveServer } from "../testing/live-server.ts";

let server: LiveServer;
let mux: Mux;
let keyId: string;
let keySecret: string;
let beats: BeatRow[];
let bucketMs: number;

const TYPES = { video_id: "video", asset_id: "asset", playback_id: "playback", live_stream_id: "live_stream" } as const;

beforeAll(async () => {
  server = await startLiveServer();
  mux = new Mux({ ...server.token, baseURL: server.origin });
  ({ id: keyId, private_key: keySecret = "" } = await mux.system.signingKeys.create());
  bucketMs = Math.floor(server.startMs / 5_000) * 5_000;
  beats = Array.from({ length: 400 }, (_, at) => someBeat(at));
  await server.storeBeats(...beats);
});
afterAll(() => server.stop());

/** Views of two buckets, two environments, few ids and viewers, some of whom are nobody or do not watch. */
function someBeat(at: number): BeatRow {
  const pick = (of: number, salt: number) => (at * 7_919 + salt * 104_729 + (at >> 3)) % of;
  return {
    environment_id: pick(5, 1) === 0 ? 2 : 1,
    bucketMs: pick(4, 2) === 0 ? bucketMs - 5_000 : bucketMs,
    view_id: `view-${at}`,
    country: "",
    video_title: "",
    video_id: `video-${pick(3, 3)}`,
    asset_id: `asset-${pick(2, 4)}`,
    playback_id: `playback-${pick(3, 5)}`,
    live_stream_id: pick(2, 6) === 0 ? "" : "live-1",
    viewer_id: pick(9, 7) === 0 ? "" : `viewer-${pick(40, 8)}`,
    concurrent: pick(6, 9) === 0 ? 0 : 1,
    starting_up: 0,
    watch_ms: 5_000,
    rebuffer_ms: 0,
    start_attempt: 0,
    startup_ms: null,
    startup_failure: 0,
    exit_before_start: 0,
    playback_failure: 0,
    bitrate: 0,
  };
}

type Kind = (typeof AUDIENCE_KINDS)[number];

function signed(kind: Kind, id: string, config: { keyId?: string; keySecret?: string; expiration?: string } = {}) {
  return mux.jwt.signViewerCounts(id, { keyId, keySecret, type: TYPES[kind], ...config });
}

/** Asks as a page does: without any credentials. */
async function counts(token: string | undefined) {
  const url = `/counts${token === undefined ? "" : `?token=${encodeURIComponent(token)}`}`;
  const answer = await server.app.inject({ url, headers: { origin: "https://page.example" } });
  expect(answer.headers["access-control-allow-origin"]).toBe("*");
  return { statusCode: answer.statusCode, body: answer.json() };
}

describe("GET /counts", () => {
  it("counts the views and viewers of each kind of id as a plain count does", async () => {
    for (const kind of AUDIENCE_KINDS)
      for (const id of new Set(beats.map((row) => row[kind])).add("never watched")) {
        if (id === "") continue;
        const watching = beats.filter(
          (row) => row.environment_id === 1 && row.bucketMs === bucketMs && row.concurrent === 1 && row[kind] === id,
        );
        const viewers = new Set(watching.map(({ viewer_id }) => viewer_id).filter((viewer) => viewer !== "")).size;
        const updated_at = `${new Date(bucketMs).toISOString().slice(0, 19)}Z`;
        expect(await counts(await signed(kind, id)), `${kind} ${id}`).toEqual({
          statusCode: 200,
          body: { data: [{ views: watching.length, viewers, updated_at }] },
        });
        expect(watching.length > viewers || id === "never watched").toBe(true);
      }
  });

  it("is of the key's own environment, and of one kind of id", async () => {
    const asset = beats[0]?.asset_id ?? "";
    expect((await counts(await signed("video_id", asset))).body.data[0]).toMatchObject({ views: 0, viewers: 0 });
  });

  it("asks the store once for many pages", async () => {
    const token = await signed("asset_id", "asset-asked-by-many");
    const query = vi.spyOn(server.services.clickhouse, "query");
    await Promise.all(Array.from({ length: 50 }, () => counts(token)));
    await counts(token);
    const asked = query.mock.calls.filter(([sql]) => sql.includes("uniqExact"));
    query.mockRestore();
    expect(asked).toHaveLength(1);
  });

  it.each([
    ["no token", async () => undefined, 400],
    ["an empty one", async () => "", 400],
    ["something else", async () => "abc", 401],
    ["a token for playback", () => mux.jwt.signPlaybackId("playback-1", { keyId, keySecret }), 401],
    ["a token of no key", () => signed("asset_id", "asset-1", { keyId: "x".repeat(44) }), 401],
  ])("refuses %s, so that a page can read it", async (_, make, status) => {
    const { statusCode, body } = await counts(await make());
    expect([statusCode, body.error.messages]).toEqual([status, [expect.stringMatching(/^token: /)]]);
  });

  it("lets an address ask as often as a token may, and a page see how long to wait", async () => {
    const url = `/counts?token=${await signed("asset_id", "asset-1")}`;
    const from = (address: string) => server.app.inject({ url, headers: { "x-forwarded-for": address } });
    const answers = await Promise.all(Array.from({ length: 201 }, () => from("192.0.2.1")));
    expect(answers.map(({ statusCode }) => statusCode).sort()).toEqual([...Array(200).fill(200), 429]);
    const { headers, body } = await from("192.0.2.1");
    expect(JSON.parse(body).error.type).toBe("rate_limited");
    expect(headers).toMatchObject({
      ...{ "retry-after": "1", "x-ratelimit-limit": "200", "access-control-allow-origin": "*" },
      "access-control-expose-headers": expect.stringContaining("retry-after"),
    });
    // whoever asks from elsewhere has a rate of their own; what a client writes in front of the hop changes nothing
    expect((await from("192.0.2.2")).statusCode).toBe(200);
    expect((await from("192.0.2.3, 192.0.2.1")).statusCode).toBe(429);
  });

  it("ends with the key", async () => {
    const key = await mux.system.signingKeys.create();
    const token = await signed("asset_id", "asset-1", { keyId: key.id, keySecret: key.private_key ?? "" });
    expect((await counts(token)).statusCode).toBe(200);
    await mux.system.signingKeys.delete(key.id);
    expect((await counts(token)).statusCode).toBe(401);
  });

  it("ends with the token; a living one is 503, not 0, when nothing is stored of the present", async () => {
    const [short, long] = [
      await signed("asset_id", "asset-1", { expiration: "1h" }),
      await signed("asset_id", "asset-1"),
    ];
    expect((await counts(short)).statusCode).toBe(200);
    server.advance(25 * 3_600_000);
    const over = await counts(short);
    expect([over.statusCode, over.body.error.messages]).toEqual([401, ["token: is expired"]]);
    const { statusCode, body } = await counts(long);
    expect([statusCode, body.error.type]).toEqual([503, "unavailable"]);
  });
});
