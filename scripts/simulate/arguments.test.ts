import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { readArguments } from "./arguments.ts";
import { findRunningSystem, loopbackAddress } from "./running-system.ts";

describe("readArguments", () => {
  it("reads the command of the README", () => {
    const { options } = readArguments(
      "--viewers 500 --ramp 30s --minutes 5 --incident rebuffer:cdn=fastly:2m".split(" "),
    );
    expect(options).toMatchObject({ viewers: 500, rampMs: 30_000, durationMs: 300_000 });
    expect(options.incidents).toEqual([
      { kind: "rebuffer", dimension: "cdn", value: "fastly", durationMs: 120_000, startMs: null },
    ]);
  });

  it.each([
    ["--viewers 0", /viewers/],
    ["--viewers 1.5", /whole/],
    ["--viewers many", /viewers/],
    ["--ramp soon", /30s/],
    ["--minutes -1", /minutes/],
    ["--incident flood:cdn=fastly", /flood/],
    ["--speed 3", /speed/],
  ])("says what is wrong with %s", (line, message) => {
    expect(() => readArguments(line.split(" "))).toThrow(message);
  });
});

describe("findRunningSystem", () => {
  const folder = mkdtempSync(join(tmpdir(), "playhead-"));
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it("takes what runs, unless told otherwise, and says when nothing does", () => {
    writeFileSync(
      join(folder, "dev.json"),
      JSON.stringify({ collector: "localhost:3002", environmentKey: "abc", app: "x" }),
    );
    const nothing = { collector: undefined, environmentKey: undefined };
    expect(findRunningSystem(nothing, folder)).toEqual({ collector: "localhost:3002", environmentKey: "abc" });
    expect(findRunningSystem({ ...nothing, environmentKey: "other" }, folder).environmentKey).toBe("other");
    expect(() => findRunningSystem(nothing, join(folder, "none"))).toThrow(/npm start/);
  });
});

describe("loopbackAddress", () => {
  it.each([
    ["localhost:3002", "127.0.0.1"],
    ["beacon.localhost:3002", "127.0.0.1"],
    ["127.0.0.2:3002", "127.0.0.2"],
    ["[::1]:3002", "::1"],
  ])("connects %s to %s", (collector, host) => {
    expect(loopbackAddress(collector)).toEqual({ host, port: 3002 });
  });

  it.each(["localhost", "10.0.0.1:3002", "localhost.example.com:80", "localhost:99999", "127.0.0.1.example.com:80"])(
    "refuses %s",
    (collector) => {
      expect(() => loopbackAddress(collector)).toThrow();
    },
  );
});
