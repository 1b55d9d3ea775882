import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { EnvironmentId } from "../../domain/identifiers.ts";
import type { ViewSource } from "../../domain/messages/view-source.ts";
import { type MemoryEdge, startMemoryEdge } from "../testing/memory-edge.ts";
import type { PlaybackOwner } from "./playback-owners.ts";

const PLAYBACK_ID = "p".repeat(44);
const OWNER: PlaybackOwner = {
  environment: { environmentId: 9 as EnvironmentId, retentionDays: 90 },
  asset: { assetId: "asset", title: "" },
};

let edge: MemoryEdge;
let asked: PromiseWithResolvers<void>;
let answered: PromiseWithResolvers<void>;
let owner: PlaybackOwner | null | undefined;
const sources = new Map<string, string>();

beforeEach(async () => {
  [asked, answered] = [Promise.withResolvers(), Promise.withResolvers()];
  owner = undefined;
  sources.clear();
  edge = await startMemoryEdge({
    playbackOwners: {
      find: () => owner,
      findAsset: () => owner,
      load: async () => {
        asked.resolve();
        await answered.promise;
      },
    },
    viewSources: {
      find: (viewId) => sources.get(viewId) ?? null,
      remember: ({ viewId, playbackId }: ViewSource) => sources.set(viewId, playbackId),
      close: async () => undefined,
    },
  });
});

afterEach(async () => {
  await edge.listener.close(0);
});

const events = (...list: object[]) => JSON.stringify({ events: list });
const first = events({
  e: "viewstart",
  xid: "v",
  xsqno: 1,
  vid: "mine",
  vsour: `https://s.example/${PLAYBACK_ID}.m3u8`,
});
const farewell = events({ e: "viewend", xid: "v", xsqno: 2, vid: "mine" });

describe("a request that names no source", () => {
  it("waits for the one of its view whose owner is being asked for: it would not be sent again", async () => {
    const one = edge.post(first);
    await asked.promise;
    const two = edge.post(farewell);
    await edge.post("{}"); // one more round trip: the second has been read
    owner = OWNER;
    answered.resolve();
    expect([(await one).status, (await two).status]).toEqual([200, 200]);
    expect(edge.written().map(({ environmentId }) => environmentId)).toEqual([9, 9]);
    expect(edge.counted()).toEqual([["not_a_beacon", 1]]);
  });

  it("is rejected with it where nobody owns what it plays", async () => {
    const one = edge.post(first);
    await asked.promise;
    const two = edge.post(farewell);
    await edge.post("{}"); // one more round trip: the second has been read
    owner = null;
    answered.resolve();
    expect([(await one).status, (await two).status]).toEqual([200, 200]);
    expect(edge.counted().filter(([reason]) => reason === "unknown_environment")).toHaveLength(2);
  });

  it("does not wait for other views, nor for one that has come to its end", async () => {
    const one = edge.post(first);
    await asked.promise;
    await edge.post(events({ e: "viewend", xid: "other", xsqno: 2, vid: "mine" }));
    expect(edge.counted()).toEqual([["unknown_environment", 1]]);
    answered.resolve(); // and still nobody can tell: the client comes again
    expect((await one).status).toBe(503);
    await edge.post(farewell);
    expect(edge.counted()).toEqual([
      ["unknown_environment", 1],
      ["unknown_environment", 1],
    ]);
  });
});
