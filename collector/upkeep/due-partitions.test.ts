import { describe, expect, it } from "vitest";
import { duePartitions, isOffPeak, type PartitionParts } from "./due-partitions.ts";

const NOW = Date.UTC(2026, 0, 28, 3); // a Wednesday

function partition(table: string, name: string, parts = 2, leastLevel = 1): PartitionParts {
  return { table, partition: name, parts, least_level: leastLevel, rows: 10, bytes: 1_000 };
}

const names = (partitions: readonly PartitionParts[]) => partitions.map((one) => `${one.table} ${one.partition}`);

describe("duePartitions", () => {
  it("takes what has been over for two days, the oldest first", () => {
    const all = [
      partition("views", "2026-01-19"), // Monday to Sunday the 25th
      partition("views", "2026-01-26"), // the running week
      partition("events", "2026-01-25"),
      partition("events", "2026-01-26"), // over for one day and three hours
      partition("events", "2026-01-02"),
    ];
    expect(names(duePartitions(all, NOW))).toEqual(["events 2026-01-02", "views 2026-01-19", "events 2026-01-25"]);
  });

  it("waits two whole days, to the millisecond", () => {
    const endMs = Date.UTC(2026, 0, 26);
    const week = [partition("views", "2026-01-19")];
    expect(duePartitions(week, endMs + 2 * 86_400_000 - 1)).toEqual([]);
    expect(duePartitions(week, endMs + 2 * 86_400_000)).toHaveLength(1);
  });

  it("leaves one merged part alone, and not one that was never merged", () => {
    expect(duePartitions([partition("views", "2026-01-05", 1, 2)], NOW)).toEqual([]);
    expect(duePartitions([partition("views", "2026-01-05", 1, 0)], NOW)).toHaveLength(1);
  });

  it("touches no other table and no partition that is no day", () => {
    expect(duePartitions([partition("monitoring", "2026-01-02"), partition("views", "tuple()")], NOW)).toEqual([]);
  });
});

describe("isOffPeak", () => {
  it.each([
    [22, 22, true],
    [1, 22, true],
    [2, 22, false],
    [21, 22, false],
    [3, 3, true],
    [7, 3, false],
  ])("at %i o'clock, where the quiet begins at %i: %s", (hour, hourUtc, expected) => {
    expect(isOffPeak(Date.UTC(2026, 0, 28, hour), hourUtc)).toBe(expected);
  });
});
