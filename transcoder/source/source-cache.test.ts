import { Readable } from "node:stream";
import { describe, expect, it } from "vitest";
import { planKey, sourceKey } from "../../domain/media/object-keys.ts";
import { box, concat, fourCC, u32 } from "../../domain/mp4/box-writer.ts";
import { buildMoov, type TrackToBuild } from "../../domain/mp4/testing/build-moov.ts";
import type { Objects } from "../../platform/objects/objects.ts";
import { SourceCache } from "./source-cache.ts";

const PLAN_ID = "0".repeat(16);
const SAMPLES = 10;
const assetRef = (assetId: string) => ({ environment: "abc123", assetId });

/** A store of sources with ten samples each; counts the reads of plans. */
function storeOf(...assetIds: string[]) {
  const sizes = Array<number>(SAMPLES).fill(1);
  const track: TrackToBuild = { stts: [[SAMPLES, 3_000]], stsc: [[1, SAMPLES]], chunkOffsets: [0], sizes };
  const moov = buildMoov([track]);
  const film = Buffer.from(concat(box("ftyp", fourCC("isom"), u32(0)), moov));
  const plan = Buffer.from(JSON.stringify({ version: 1, planId: PLAN_ID, sourceGeneration: 1 }));
  const stored = new Map<string, Buffer>();
  for (const ref of assetIds.map(assetRef)) {
    stored.set(sourceKey(ref, 1), film);
    stored.set(planKey({ ...ref, planId: PLAN_ID }), plan);
  }
  let planReads = 0;
  const info = (key: string) => ({ key, sizeBytes: stored.get(key)?.length ?? 0, sha256: "" });
  const objects: Pick<Objects, "head" | "read"> = {
    head: async (key) => (stored.has(key) ? info(key) : null),
    read: async (key, range) => {
      const bytes = stored.get(key);
      if (bytes === undefined) return null;
      if (bytes === plan) planReads += 1;
      return { info: info(key), body: Readable.from([bytes.subarray(range?.start, range?.end)]) };
    },
  };
  return { objects: objects as Objects, stored, planReads: () => planReads };
}

describe("SourceCache", () => {
  it("reads what many ask for once, and what does not exist again each time", async () => {
    const { objects, stored, planReads } = storeOf("one");
    const cache = new SourceCache(objects);
    const all = await Promise.all(Array.from({ length: 20 }, () => cache.get(assetRef("one"), PLAN_ID)));
    expect(new Set(all).size).toBe(1);
    expect(all[0]?.source.picture?.track.samples.count).toBe(SAMPLES);
    expect(await cache.get(assetRef("one"), PLAN_ID)).toBe(all[0]);
    expect(planReads()).toBe(1);

    expect(await cache.get(assetRef("two"), PLAN_ID)).toBeNull();
    for (const [key, bytes] of storeOf("two").stored) stored.set(key, bytes);
    expect(await cache.get(assetRef("two"), PLAN_ID)).not.toBeNull();
  });

  it("keeps as many samples as fit, also when more than fit are asked for at once", async () => {
    const { objects, planReads } = storeOf("one", "two", "three");
    const cache = new SourceCache(objects, 2 * SAMPLES - 1);
    const all = ["one", "two", "three"].map((assetId) => cache.get(assetRef(assetId), PLAN_ID));
    expect(await Promise.all(all)).not.toContain(null);
    expect(planReads()).toBe(3);
    await cache.get(assetRef("three"), PLAN_ID);
    expect(planReads()).toBe(3);
    await cache.get(assetRef("one"), PLAN_ID);
    expect(planReads()).toBe(4);
  });
});
