import { describe, expect, it } from "vitest";
import { defaultUsageWindow, isUsageFileDue, oldestUsageDay, usageDays } from "./usage-days.ts";

const NOW = Date.UTC(2026, 10, 23, 10, 20);
const HOUR_MS = 3_600_000;

describe("usageDays", () => {
  it("are those that are over, from the first that anything could be counted on", () => {
    expect(usageDays(NOW, Date.UTC(2026, 10, 20, 23, 59))).toEqual(["2026-11-20", "2026-11-21", "2026-11-22"]);
    expect(usageDays(NOW, NOW)).toEqual([]);
  });

  it("begin with yesterday an hour after midnight", () => {
    const since = Date.UTC(2026, 10, 22);
    expect(usageDays(Date.UTC(2026, 10, 23, 0, 59), since)).toEqual([]);
    expect(usageDays(Date.UTC(2026, 10, 23, 1), since)).toEqual(["2026-11-22"]);
  });

  it("are none of which the store has forgotten a part", () => {
    const days = usageDays(NOW, 0);
    expect([days.length, days[0], days.at(-1)]).toEqual([99, "2026-08-16", "2026-11-22"]);
  });
});

describe("isUsageFileDue", () => {
  it("is so until it is made, and once more when the log can hold nothing of the day", () => {
    const end = Date.UTC(2026, 10, 23);
    expect(isUsageFileDue("2026-11-22", null, end + HOUR_MS)).toBe(true);
    expect(isUsageFileDue("2026-11-22", end + HOUR_MS, end + 49 * HOUR_MS)).toBe(false);
    expect(isUsageFileDue("2026-11-22", end + HOUR_MS, end + 50 * HOUR_MS)).toBe(true);
    expect(isUsageFileDue("2026-11-22", end + 50 * HOUR_MS, end + 500 * HOUR_MS)).toBe(false);
  });
});

it("keeps files for 400 days", () => {
  expect(oldestUsageDay(NOW)).toBe("2025-10-19");
});

it("tells of an hour that ended twelve hours ago unless asked for another", () => {
  const { fromMs, toMs } = defaultUsageWindow(NOW);
  expect([fromMs, toMs]).toEqual([Date.UTC(2026, 10, 22, 21), Date.UTC(2026, 10, 22, 22)]);
});
