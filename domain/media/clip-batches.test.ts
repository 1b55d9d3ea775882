import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { batchOrder, clipBatches } from "./clip-batches.ts";
import { tableOf } from "./testing/tables.ts";

/** Samples of one size at these places. */
function at(offsets: readonly number[], size = 10) {
  const table = tableOf(offsets.map((_, n) => ({ dts: n, pts: n, size })));
  return { ...table, offset: Float64Array.from(offsets) };
}

describe("clipBatches", () => {
  it("has every sample once, in decode order, and no batch over its size by more than a sample", () => {
    const track = fc.array(fc.nat(500), { maxLength: 30 });
    fc.assert(
      fc.property(
        fc.array(track, { minLength: 1, maxLength: 4 }),
        fc.integer({ min: 1, max: 100 }),
        (offsets, bytes) => {
          const tables = offsets.map((places) => at(places));
          const batches = clipBatches(tables, bytes);
          for (const [n, { count }] of tables.entries()) {
            const rows = batches.flatMap((batch) => {
              const { first, end } = batch[n] ?? { first: 0, end: 0 };
              return Array.from({ length: end - first }, (_, row) => first + row);
            });
            expect(rows).toEqual(Array.from({ length: count }, (_, row) => row));
          }
          for (const batch of batches) {
            const samples = batch.reduce((sum, { first, end }) => sum + end - first, 0);
            expect(samples).toBeGreaterThan(0);
            expect(samples * 10).toBeLessThan(bytes + 10);
          }
        },
      ),
    );
  });

  it("follows the source, so that it is read in order", () => {
    const tables = [at([0, 20, 40]), at([10, 30, 50])];
    expect(clipBatches(tables, 40)).toEqual([
      [
        { first: 0, end: 2 },
        { first: 0, end: 2 },
      ],
      [
        { first: 2, end: 3 },
        { first: 2, end: 3 },
      ],
    ]);
  });
});

describe("batchOrder", () => {
  it("names each sample's place in its track, by where it lies in the source", () => {
    const tables = [at([0, 40]), at([30, 20])];
    const batch = [
      { first: 1, end: 2 },
      { first: 0, end: 2 },
    ];
    expect(batchOrder(tables, batch).map(({ track, place, offset }) => [track, place, offset])).toEqual([
      [1, 1, 20],
      [1, 0, 30],
      [0, 0, 40],
    ]);
  });
});
