import { describe, expect, it } from "vitest";
import { appendOlder, mergeNewest } from "./merge-assets.ts";
import { type Asset, AssetWire } from "./wire.ts";

function asset(id: string, createdAt: number, status = "ready"): Asset {
  return AssetWire.parse({ id, status, created_at: createdAt });
}

const ids = (assets: readonly Asset[]) => assets.map(({ id }) => id);
const SHOWN = [asset("d", 40), asset("c", 30, "preparing"), asset("b", 20), asset("a", 10)];

describe("mergeNewest", () => {
  it("puts new assets first, renews known ones, keeps older ones", () => {
    const page = { assets: [asset("e", 50), asset("d", 40), asset("c", 30)], nextCursor: "c1" };
    const merged = mergeNewest(SHOWN, page);
    expect(ids(merged)).toEqual(["e", "d", "c", "b", "a"]);
    expect(merged[2]?.status).toBe("ready");
  });

  it("drops what was deleted elsewhere", () => {
    expect(ids(mergeNewest(SHOWN, { assets: [asset("d", 40), asset("b", 20)], nextCursor: "c1" }))).toEqual([
      "d",
      "b",
      "a",
    ]);
  });

  it("is the page when there is nothing else", () => {
    expect(ids(mergeNewest(SHOWN, { assets: [asset("d", 40)], nextCursor: null }))).toEqual(["d"]);
    expect(mergeNewest(SHOWN, { assets: [], nextCursor: null })).toEqual([]);
  });
});

describe("appendOlder", () => {
  it("shows an asset once, though pages overlap", () => {
    const page = { assets: [asset("a", 10), asset("z", 5)], nextCursor: null };
    expect(ids(appendOlder(SHOWN, page))).toEqual(["d", "c", "b", "a", "z"]);
  });
});
