import { beforeEach, describe, expect, it } from "vitest";
import type { EnvironmentId } from "../../domain/identifiers.ts";
import { createLogger } from "../../platform/observability/logger.ts";
import { createPlaybackOwners, type PlaybackOwner, type PlaybackOwners } from "./playback-owners.ts";

const OWNER: PlaybackOwner = {
  environment: { environmentId: 7 as EnvironmentId, retentionDays: 30 },
  asset: { assetId: "asset", title: "Tea" },
};

let elapsedMs: number;
let stored: Map<string, PlaybackOwner>;
let asked: string[][];
let isAway: boolean;
let owners: PlaybackOwners;

beforeEach(() => {
  [elapsedMs, stored, asked, isAway] = [1_000_000, new Map([["ours", OWNER]]), [], false];
  owners = createPlaybackOwners({
    read: async (playbackIds) => {
      asked.push([...playbackIds]);
      if (isAway) throw new Error("away");
      return new Map([...stored].filter(([id]) => playbackIds.includes(id)));
    },
    elapsedMs: () => elapsedMs,
    log: createLogger("test", "silent"),
  });
});

describe("playback owners", () => {
  it("are unknown until they were asked for", async () => {
    expect(owners.find("ours")).toBeUndefined();
    await owners.load(["ours", "nobody's"]);
    expect([owners.find("ours"), owners.find("nobody's")]).toEqual([OWNER, null]);
    expect(asked).toEqual([["ours", "nobody's"]]);
  });

  it("are asked again after 60 s, and nobody waits for that", async () => {
    await owners.load(["ours"]);
    stored.set("ours", { ...OWNER, asset: { ...OWNER.asset, title: "More tea" } });
    elapsedMs += 59_999;
    expect(owners.find("ours")).toEqual(OWNER);
    expect(asked).toHaveLength(1);
    elapsedMs += 1;
    expect([owners.find("ours"), owners.find("ours")]).toEqual([OWNER, OWNER]);
    await new Promise(setImmediate);
    expect(owners.find("ours")?.asset.title).toBe("More tea");
    expect(asked).toHaveLength(2);
  });

  it("that do not exist are asked for again after 2 s", async () => {
    await owners.load(["new"]);
    stored.set("new", OWNER);
    elapsedMs += 1_999;
    expect(owners.find("new")).toBeNull();
    elapsedMs += 1;
    expect([owners.find("new"), owners.findAsset("new")]).toEqual([undefined, null]); // a title is not worth it
    await owners.load(["new"]);
    expect(owners.find("new")).toEqual(OWNER);
  });

  it("that are known go on while Postgres is away, others stay unknown", async () => {
    await owners.load(["ours"]);
    isAway = true;
    elapsedMs += 3_600_000;
    await owners.load(["new"]);
    expect([owners.find("ours"), owners.find("new")]).toEqual([OWNER, undefined]);
  });

  it("stay known however many ids are guessed", async () => {
    await owners.load(["ours"]);
    for (let round = 0; round < 6; round += 1) {
      await owners.load(Array.from({ length: 4_000 }, (_, at) => `guess ${round}/${at}`));
    }
    expect(owners.find("ours")).toEqual(OWNER);
    expect(owners.find("guess 0/0")).toBeUndefined();
    expect(owners.find("guess 5/3999")).toBeNull();
  });
});
