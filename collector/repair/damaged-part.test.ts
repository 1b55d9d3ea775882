import { describe, expect, it } from "vitest";
import { type DamagedPart, outcomeOf } from "./damaged-part.ts";

const HOUR_MS = 3_600_000;
/** A Thursday; the log begins an hour before. */
const ALL_FROM = Date.UTC(2026, 0, 22, 1);
const NOW = ALL_FROM + 47 * HOUR_MS;
const cut = { allFromMs: ALL_FROM, isAll: false };

const part = (table: string, partition: string): DamagedPart => ({
  ...{ table, partition, name: "x", reason: "broken", inUse: false },
});
const outcome = (table: string, partition: string, reach: { allFromMs: number | null; isAll: boolean } = cut) =>
  outcomeOf(part(table, partition), reach, NOW);

describe("outcomeOf", () => {
  it("brings everything back where the log is older than the store", () => {
    const all = { allFromMs: ALL_FROM, isAll: true };
    expect(outcome("views", "20260105", all)).toEqual({ kind: "repaired" });
    expect(outcome("events", "20260105", all)).toEqual({ kind: "repaired" });
  });

  it("says from when on a week comes back in which views are left out", () => {
    expect(outcome("views", "20260119")).toEqual({ kind: "partly", fromMs: ALL_FROM });
    expect(outcome("views", "20260126")).toEqual({ kind: "repaired" });
    expect(outcome("views", "20260112")).toEqual({ kind: "lost" });
  });

  it("counts a day of events as a day", () => {
    expect(outcome("events", "20260121")).toEqual({ kind: "lost" });
    expect(outcome("events", "20260122")).toMatchObject({ kind: "partly" });
    expect(outcome("events", "20260123")).toEqual({ kind: "repaired" });
  });

  it("brings the live picture back as far as the log reaches", () => {
    expect(outcome("monitoring", "1769000000")).toEqual({ kind: "repaired" });
    const short = { allFromMs: NOW - 2 * HOUR_MS, isAll: false };
    expect(outcome("monitoring", "1769000000", short)).toEqual({ kind: "partly", fromMs: NOW - 2 * HOUR_MS });
  });

  it("loses everything with an empty log, but for what is made of stored rows", () => {
    const empty = { allFromMs: null, isAll: true };
    expect(outcome("views", "20260126", empty)).toEqual({ kind: "lost" });
    expect(outcome("monitoring", "1769000000", empty)).toEqual({ kind: "lost" });
    expect(outcome("dimension_values", "all", empty)).toEqual({ kind: "repaired" });
  });

  it("names what else can be done for tables that no log makes", () => {
    const advice = expect.stringContaining("migrate");
    expect(outcome("schema_migrations", "all")).toEqual({ kind: "other", advice });
  });
});
