import { describe, expect, it } from "vitest";
import { readArguments } from "./arguments.ts";

const HOUR_MS = 3_600_000;

describe("the arguments about rejected beacons", () => {
  it.each([
    [[], 7 * 24 * HOUR_MS],
    [["--since", "30m"], HOUR_MS / 2],
    [["--since", "6h"], 6 * HOUR_MS],
    [["--since", "1.5d"], 36 * HOUR_MS],
  ])("%j look back %i ms", (argv, sinceMs) => expect(readArguments(argv).sinceMs).toBe(sinceMs));

  it("name a reason, and whose beacons", () => {
    expect(readArguments(["--reason", "not_json", "--environment", "abc123", "--dry-run"])).toMatchObject({
      ...{ reason: "not_json", environment: "abc123", isUnplaced: false, dryRun: true, data: ".playhead" },
    });
    expect(readArguments(["--unplaced"])).toMatchObject({ isUnplaced: true, environment: undefined, reason: null });
  });

  it.each([
    ["--reason", "nonsense"],
    ["--since", "yesterday"],
    ["--since", "0h"],
    ["--limit", "-1"],
    ["--unplaced", "--environment=abc123"],
    ["--wrong"],
  ])("%s %s is refused", (...argv) => expect(() => readArguments(argv.filter((part) => part !== undefined))).toThrow());
});
