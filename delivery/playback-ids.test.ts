import { describe, expect, it } from "vitest";
import { PostgresUnavailable } from "../platform/postgres/errors.ts";
import { PlaybackError } from "./playback-error.ts";
import { createPlaybackIds, type PlaybackFacts } from "./playback-ids.ts";
import { createRememberedRows } from "./remembered-rows.ts";

const READY: PlaybackFacts = {
  policy: "public",
  isActive: true,
  environment: "abc123",
  environmentNumber: 1,
  assetId: "asset",
  status: "ready",
  planId: "0123456789abcdef",
  title: null,
  thumbnailSeconds: null,
  textTracks: [],
  soundTracks: [],
};

const PATIENCE_MS = { known: 10, unknown: 300 };

/** A database of one row, which can go away or hang. */
function world(first: PlaybackFacts | null) {
  const state = { row: first, down: false, hangs: false, nowMs: 0, queries: 0, stale: 0 };
  const ids = createPlaybackIds({
    read: async () => {
      state.queries += 1;
      if (state.hangs) return new Promise(() => undefined);
      if (state.down) throw new PostgresUnavailable(new Error("refused"));
      return state.row;
    },
    nowMs: () => state.nowMs,
    onStale: () => {
      state.stale += 1;
    },
    patienceMs: PATIENCE_MS,
  });
  return { state, find: () => ids.find("id") };
}

describe("createRememberedRows", () => {
  it("never goes back to a row that is gone, also while Postgres is away", async () => {
    const state = { row: "key" as string | null, down: false, nowMs: 0, queries: 0 };
    const read = async () => {
      state.queries += 1;
      if (state.down) throw new PostgresUnavailable(new Error("refused"));
      return state.row;
    };
    const rows = createRememberedRows({ read, lifeMs: () => 1_000, unknown: "the key", nowMs: () => state.nowMs });
    expect(await rows.find("a")).toBe("key");
    state.row = null;
    state.nowMs = 1_000;
    expect([await rows.find("a"), await rows.find("a"), state.queries]).toEqual([null, null, 2]);
    state.down = true;
    state.nowMs = 3_000;
    await expect(rows.find("a")).rejects.toThrow(PlaybackError);
  });
});

describe("createPlaybackIds", () => {
  it("asks once for all who look at the same time", async () => {
    const { state, find } = world(READY);
    const found = await Promise.all(Array.from({ length: 50 }, find));
    expect(new Set(found)).toEqual(new Set([READY]));
    expect(state.queries).toBe(1);
  });

  it("remembers a ready asset for 5 s, so that a deleted id is dead within 10", async () => {
    const { state, find } = world(READY);
    await find();
    state.row = { ...READY, isActive: false };
    state.nowMs = 4_999;
    expect(await find()).toBe(READY);
    state.nowMs = 5_000;
    expect((await find())?.isActive).toBe(false);
  });

  it("looks again for a new id within 1 s, for an asset in preparation within 0.5 s", async () => {
    const { state, find } = world(null);
    expect(await find()).toBeNull();
    state.nowMs = 999;
    expect(await find()).toBeNull();
    expect(state.queries).toBe(1);
    state.row = { ...READY, status: "preparing", planId: null };
    state.nowMs = 1_000;
    expect((await find())?.status).toBe("preparing");
    state.row = READY;
    state.nowMs = 1_500;
    expect(await find()).toBe(READY);
  });

  it("goes on with what it knows while Postgres is away, and asks again a second later", async () => {
    const { state, find } = world(READY);
    await find();
    state.down = true;
    state.nowMs = 3_600_000;
    expect(await find()).toBe(READY);
    expect(await find()).toBe(READY);
    expect(state).toMatchObject({ queries: 2, stale: 2 });
    state.down = false;
    state.row = { ...READY, isActive: false };
    state.nowMs += 1_000;
    expect((await find())?.isActive).toBe(false);
  });

  it("knows nothing of others then: 503, for ids that were absent too", async () => {
    const { state, find } = world(null);
    await find();
    state.down = true;
    state.nowMs = 1_000;
    await expect(find()).rejects.toThrow(PlaybackError);
    await expect(find()).rejects.toThrow(/unavailable/);
  });

  it("does not bring a deleted id back while Postgres is away", async () => {
    const { state, find } = world({ ...READY, isActive: false });
    await find();
    state.down = true;
    state.nowMs = 60_000;
    expect((await find())?.isActive).toBe(false);
  });

  it("does not hide other failures", async () => {
    const broken = createPlaybackIds({ read: () => Promise.reject(new Error("no such view")), nowMs: () => 0 });
    await expect(broken.find("id")).rejects.toThrow("no such view");
  });

  it("waits for a Postgres that hangs only so long, and shorter where it has something to go on with", async () => {
    const { state, find } = world(READY);
    await find();
    state.hangs = true;
    state.nowMs = 5_000;
    const startedMs = performance.now();
    expect(await find()).toBe(READY);
    expect(performance.now() - startedMs).toBeLessThan(PATIENCE_MS.unknown);

    const unknown = world(READY);
    unknown.state.hangs = true;
    await expect(unknown.find()).rejects.toThrow(/unavailable/);
  });
});
