import { describe, expect, it } from "vitest";
import { nearestSyncs } from "./nearest-syncs.ts";
import { indexPictures } from "./picture-index.ts";
import { gopTable, trackOf } from "./testing/tables.ts";

describe("nearestSyncs", () => {
  it("takes the sync sample before or after a time, whichever is nearer", () => {
    const table = gopTable(30, 10); // sync samples 0, 10, 20
    const index = indexPictures({ timescale: 1_000 }, trackOf(table));
    const ticks = [0, 4, 5, 6, 14, 16, 29, 1_000].map((picture) => picture * index.factor);
    expect(nearestSyncs(index, table, ticks)).toEqual([0, 0, 0, 10, 10, 20, 20, 20]);
  });

  it("finds none where none is shown", () => {
    const table = gopTable(5, 10);
    table.isSync.fill(0);
    const index = indexPictures({ timescale: 1_000 }, trackOf(table));
    expect(nearestSyncs(index, table, [0, 1])).toEqual([]);
  });
});
