import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { callsOfNextGroup, cutIntoRounds } from "./gather.ts";

const LIMITS = { batchBytes: 100, groupBytes: 250 };

describe("cutIntoRounds", () => {
  it("keeps every record, and the order of each partition's from round to round", () => {
    const record = fc.record({ partition: fc.nat(3), bytes: fc.integer({ min: 1, max: 150 }) });
    const property = fc.property(fc.array(record, { maxLength: 60 }), (plain) => {
      const records = plain.map((one, number) => ({ ...one, number }));
      const rounds = cutIntoRounds(records, LIMITS);
      for (const partition of [0, 1, 2, 3]) {
        const sent = rounds.flatMap((round) => round.get(partition) ?? []);
        expect(sent).toEqual(records.filter((one) => one.partition === partition));
      }
    });
    fc.assert(property);
  });

  it("lets no batch of several records grow beyond the limit, and begins none before it must", () => {
    const property = fc.property(fc.array(fc.integer({ min: 1, max: 150 })), (sizes) => {
      const records = sizes.map((bytes) => ({ partition: 0, bytes }));
      const batches = cutIntoRounds(records, LIMITS).map((round) => round.get(0) ?? []);
      const sums = batches.map((batch) => batch.reduce((sum, { bytes }) => sum + bytes, 0));
      for (const [at, batch] of batches.entries()) {
        if (batch.length > 1) expect(sums[at]).toBeLessThanOrEqual(LIMITS.batchBytes);
        if (at > 0) expect((sums[at - 1] ?? 0) + (batch[0]?.bytes ?? 0)).toBeGreaterThan(LIMITS.batchBytes);
      }
    });
    fc.assert(property);
  });

  it("sends partitions side by side", () => {
    const records = [0, 1, 2].map((partition) => ({ partition, bytes: 90 }));
    expect(cutIntoRounds(records, LIMITS)).toHaveLength(1);
  });
});

describe("callsOfNextGroup", () => {
  it("takes what fits, and one that fits nowhere by itself", () => {
    const calls = (...sizes: number[]) =>
      callsOfNextGroup(
        sizes.map((bytes) => ({ bytes })),
        LIMITS,
      );
    expect([calls(), calls(100, 100), calls(100, 100, 100), calls(900, 1)]).toEqual([0, 2, 2, 1]);
  });
});
