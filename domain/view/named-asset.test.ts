import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { foldEvent } from "./fold.ts";
import { foldAsset, type NamedAsset } from "./named-asset.ts";
import { NO_DEVICE } from "./testing/no-device.ts";
import { createView, restoreView, serializeView, type ViewState } from "./view-state.ts";
import { viewDimensions } from "./viewer-facts.ts";

const CONTEXT = { address: "", country: "", userAgent: "", referrer: "", retentionDays: 90 };
const named = (sequence: number, title: string, assetId = "asset"): NamedAsset => ({ sequence, assetId, title });
const title = (view: ViewState) => viewDimensions(view, NO_DEVICE).videoTitle;

function playerSays(view: ViewState, sequence: number, fields: Record<string, string>): void {
  const event = { name: "hb", viewId: "v", sequence, fields, nested: {} };
  foldEvent(view, event, { atMs: 1, transmittedAtMs: 1, context: CONTEXT });
}

describe("what the asset says of a view", () => {
  it("gives way to what the player says, whichever comes first", () => {
    const steps = [
      (view: ViewState) => playerSays(view, 1, { video_title: "The page's", video_id: "page-1" }),
      (view: ViewState) => void foldAsset(view, named(2, "The asset's"), 2),
      (view: ViewState) => playerSays(view, 3, {}),
    ];
    fc.assert(
      fc.property(fc.shuffledSubarray([...steps, ...steps], { minLength: 6 }), (order) => {
        const view = createView("v", 0);
        for (const step of order) step(view);
        expect(viewDimensions(view, NO_DEVICE)).toMatchObject({ videoTitle: "The page's", videoId: "page-1" });
      }),
    );
  });

  it("stands where the player says nothing, or an empty text", () => {
    const view = createView("v", 0);
    foldAsset(view, named(1, "The asset's"), 1);
    expect(viewDimensions(view, NO_DEVICE)).toMatchObject({ videoTitle: "The asset's", videoId: "asset" });
    playerSays(view, 2, { video_title: "", video_id: "" });
    expect(viewDimensions(view, NO_DEVICE)).toMatchObject({ videoTitle: "The asset's", videoId: "asset" });
  });

  it("names the video as the asset's owner does, where the owner does", () => {
    const view = createView("v", 0);
    foldAsset(view, { ...named(1, "Tea"), externalId: "tea-4" }, 1);
    expect(viewDimensions(view, NO_DEVICE).videoId).toBe("tea-4");
  });

  it("is the same for any order and repetition of the records, equals included", () => {
    const asset = fc.record({
      sequence: fc.integer({ min: 1, max: 3 }),
      assetId: fc.constantFrom("a", "b"),
      title: fc.constantFrom("", "Tea", "Coffee"),
      externalId: fc.constantFrom("tea-4", "coffee-9"),
      creatorId: fc.constantFrom("ann", "bea"),
      atMs: fc.integer({ min: 1, max: 3 }),
    });
    const shuffled = fc
      .array(asset, { minLength: 1, maxLength: 12 })
      .chain((list) =>
        fc.tuple(fc.constant(list), fc.shuffledSubarray([...list, ...list], { minLength: list.length * 2 })),
      );
    const folded = (list: readonly (NamedAsset & { atMs: number })[]) => {
      const view = createView("v", 0);
      for (const { atMs, ...rest } of list) foldAsset(view, rest, atMs);
      return view.asset;
    };
    fc.assert(
      fc.property(shuffled, ([list, order]) => {
        expect(folded(order)).toEqual(folded(list));
      }),
    );
  });

  it("is news only where it says something else", () => {
    const view = createView("v", 0);
    expect(foldAsset(view, named(1, ""), 1)).toBe(true);
    expect(foldAsset(view, named(1, "Tea"), 2)).toBe(true); // a repeat, after the title could be looked up
    expect(foldAsset(view, named(2, "Tea"), 3)).toBe(false);
    expect(foldAsset(view, named(1, "Coffee"), 4)).toBe(false);
    expect(title(view)).toBe("Tea");
  });

  it("survives a checkpoint, and is missing from those of earlier releases", () => {
    const view = createView("v", 0);
    foldAsset(view, named(1, "Tea"), 1);
    expect(restoreView(serializeView(view))).toEqual(view);
    const { asset: _, ...earlier } = JSON.parse(serializeView(view)) as Record<string, unknown>;
    expect(restoreView(JSON.stringify(earlier)).asset).toBeNull();
  });
});
