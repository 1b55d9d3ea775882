import { describe, expect, it } from "vitest";
import { formatAge, formatDate, formatMoment } from "./format-age.ts";
import { formatBitrate, formatByteRate, formatBytes } from "./format-bytes.ts";
import { formatTimecode } from "./format-timecode.ts";

describe("formatBytes", () => {
  it.each([
    [-1, "0 B"],
    [0, "0 B"],
    [999, "999 B"],
    [999.6, "1 kB"],
    [812_400, "812 kB"],
    [999_600, "1.0 MB"],
    [4_120_000, "4.1 MB"],
    [99_960_000, "100 MB"],
    [1_440_000_000, "1.4 GB"],
    [7_300_000_000_000_000, "7300 TB"],
  ])("%d is %s", (sizeBytes, text) => expect(formatBytes(sizeBytes)).toBe(text));

  it("tells speeds and bitrates apart", () => {
    expect(formatByteRate(4_120_000)).toBe("4.1 MB/s");
    expect(formatBitrate(4_800_000)).toBe("4.8 Mbit/s");
    expect(formatBitrate(640_000)).toBe("640 kbit/s");
  });
});

describe("formatTimecode", () => {
  it.each([
    [null, "–"],
    [Number.POSITIVE_INFINITY, "–"],
    [-3, "0:00"],
    [7.99, "0:07"],
    [760, "12:40"],
    [3_723.5, "1:02:03"],
    [43_200, "12:00:00"],
  ])("%s s is %s", (seconds, text) => expect(formatTimecode(seconds)).toBe(text));
});

describe("formatAge", () => {
  const now = Date.UTC(2026, 2, 14, 12);
  it.each([
    [-5_000, "just now"],
    [59_999, "just now"],
    [240_000, "4 min ago"],
    [3 * 3_600_000, "3 h ago"],
    [25 * 3_600_000, "yesterday"],
    [5 * 86_400_000, "5 days ago"],
    [7 * 86_400_000, "7 Mar 2026"],
  ])("%d ms ago is %s", (ageMs, text) => expect(formatAge(now - ageMs, now, "UTC")).toBe(text));

  it("says the date and the moment in the reader's zone", () => {
    expect(formatDate(Date.UTC(2026, 2, 14, 23, 30), "Europe/Vienna")).toBe("15 Mar 2026");
    expect(formatMoment(Date.UTC(2026, 2, 14, 8, 3, 25), "Europe/Vienna")).toBe("14 Mar 2026, 09:03:25");
  });
});
