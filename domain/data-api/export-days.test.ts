import { describe, expect, it } from "vitest";
import { closedDays, dayRange, deletedAtMs, oldestKeptDay } from "./export-days.ts";

const at = (text: string) => Date.parse(`${text}Z`);

describe("closedDays", () => {
  it("are the last seven, the newest once its last view is over and stored", () => {
    const week = ["2026-02-23", "2026-02-24", "2026-02-25", "2026-02-26", "2026-02-27", "2026-02-28"];
    expect(closedDays(at("2026-03-02T01:00:59"), at("2026-03-02T01:00:59"))).toEqual(week);
    expect(closedDays(at("2026-03-02T01:01:00"), at("2026-03-02T01:01:00"))).toEqual([...week, "2026-03-01"]);
  });

  it("wait for the store, however late it is, and for no clock that is ahead", () => {
    expect(closedDays(at("2026-03-02T09:00:00"), at("2026-03-01T00:30:00")).at(-1)).toBe("2026-02-27");
    expect(closedDays(at("2026-03-02T00:30:00"), at("2026-03-02T09:00:00")).at(-1)).toBe("2026-02-28");
    expect(closedDays(at("2026-03-02T09:00:00"), null)).toEqual([]);
  });
});

it("a day's file is deleted seven days after it, and not made again then", () => {
  const goneMs = deletedAtMs("2026-02-23");
  expect(goneMs).toBe(at("2026-03-03T00:00:00"));
  expect(oldestKeptDay(goneMs - 1)).toBe("2026-02-23");
  expect(oldestKeptDay(goneMs)).toBe("2026-02-24");
  expect(dayRange("2026-02-23").toMs - dayRange("2026-02-23").fromMs).toBe(86_400_000);
});
