import { describe, expect, it } from "vitest";
import { createClockFormat } from "./format-clock.ts";
import { formatChange, formatCompactCount, formatCount, formatViewers } from "./format-count.ts";
import { formatDimensionValue } from "./format-dimension.ts";
import { formatDelay, formatDuration, formatElapsed, splitDuration } from "./format-duration.ts";
import { formatRatio, formatShare } from "./format-ratio.ts";

describe("formatCount", () => {
  it("keeps every viewer", () => expect(formatCount(1_234_567)).toBe("1,234,567"));
  it("shortens only on axes", () => expect(formatCompactCount(12_481)).toBe("12.5K"));
  it("says one viewer, two viewers", () => {
    expect([0, 1, 2].map(formatViewers)).toEqual(["0 viewers", "1 viewer", "2 viewers"]);
  });
});

describe("formatChange", () => {
  it.each([
    [132, "+132"],
    [-1_008, "−1,008"],
    [0, "±0"],
    [-0.3, "±0"],
  ])("%d is %s", (change, text) => expect(formatChange(change)).toBe(text));
});

describe("formatRatio", () => {
  it.each([
    [null, "–"],
    [0, "0%"],
    [0.00004, "<0.01%"],
    [0.0042, "0.42%"],
    [0.00999, "1.00%"],
    [0.031, "3.1%"],
    [0.0996, "10%"],
    [0.27, "27%"],
    [0.9999, "99%"],
    [1, "100%"],
  ])("%s is %s", (ratio, text) => expect(formatRatio(ratio)).toBe(text));
});

describe("formatShare", () => {
  it("never says 0% of someone, nor 100% without everyone", () => {
    expect([formatShare(1, 900), formatShare(899, 900), formatShare(900, 900)]).toEqual(["<1%", "99%", "100%"]);
  });
  it("has no share of nothing", () => expect(formatShare(0, 0)).toBe("–"));
});

describe("formatDuration", () => {
  it.each([
    [null, "–"],
    [0, "0 ms"],
    [999.4, "999 ms"],
    [999.6, "1.00 s"],
    [1_240, "1.24 s"],
    [9_996, "10.0 s"],
    [12_400, "12.4 s"],
    [99_960, "1 min 39 s"],
    [125_000, "2 min 5 s"],
  ])("%s ms is %s", (durationMs, text) => expect(formatDuration(durationMs)).toBe(text));

  it("gives the unit apart", () => expect(splitDuration(840)).toEqual({ value: "840", unit: "ms" }));
});

describe("formatElapsed", () => {
  it.each([
    [-5, "0 s"],
    [59_999, "59 s"],
    [185_000, "3 min 5 s"],
    [8_040_000, "2 h 14 min"],
  ])("%d ms is %s", (elapsedMs, text) => expect(formatElapsed(elapsedMs)).toBe(text));
});

describe("formatDelay", () => {
  it("shows tenths below ten seconds only", () => {
    expect([-20, 812, 9_940, 9_960, 61_000].map(formatDelay)).toEqual(["0.0 s", "0.8 s", "9.9 s", "9 s", "1 min 1 s"]);
  });
});

describe("createClockFormat", () => {
  it("counts midnight as 00", () => {
    const clock = createClockFormat("Europe/Vienna");
    expect(clock.minute(Date.UTC(2026, 5, 1, 22, 3))).toBe("00:03");
    expect(clock.second(Date.UTC(2026, 5, 1, 10, 3, 5))).toBe("12:03:05");
  });
});

describe("formatDimensionValue", () => {
  it("names countries, also codes that no country has", () => {
    expect(formatDimensionValue("country", "DE")).toBe("Germany");
    expect(formatDimensionValue("country", "XQ")).toBe("XQ");
    expect(formatDimensionValue("country", "not a code")).toBe("not a code");
  });
  it("names what has no value", () => {
    expect(formatDimensionValue("cdn", null)).toBe("Unknown");
    expect(formatDimensionValue("video_title", "")).toBe("Unknown");
  });
  it("leaves names that people chose alone", () => expect(formatDimensionValue("cdn", "fastly")).toBe("fastly"));
  it("spells devices and networks", () => {
    expect(formatDimensionValue("device_category", "tv")).toBe("TV");
    expect(formatDimensionValue("device_category", "fridge")).toBe("fridge");
    expect(formatDimensionValue("asn", "3320")).toBe("AS3320");
  });
});
