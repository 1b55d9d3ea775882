import { describe, expect, it } from "vitest";
import { type Line, liveStatus } from "./live-status.ts";
import type { Picture } from "./timeline.ts";

const NOBODY = {
  viewers: 0,
  startingUp: 0,
  rebufferingRatio: null,
  startup: null,
  startupFailureRatio: null,
  exitBeforeStartRatio: null,
  playbackFailureRatio: null,
};
const picture: Picture = {
  asOfMs: 1_000_000,
  sentAtMs: 1_000_800,
  delayMs: 800,
  stalled: false,
  buckets: [],
  current: NOBODY,
  breakdowns: {},
};
const line: Line = { connected: true, lostAtMs: null, heardAtMs: 50_000 };

describe("liveStatus", () => {
  it("is connecting until there is something to show", () => {
    expect(liveStatus({ connected: false, lostAtMs: 1, heardAtMs: null }, null, 90_000)).toEqual({
      kind: "connecting",
    });
  });

  it("tells the server's delay while messages come", () => {
    expect(liveStatus(line, picture, 51_000)).toEqual({ kind: "live", behindMs: 800 });
  });

  it("is stalled when the server says so, counting on between messages", () => {
    const stalled = { ...picture, stalled: true, delayMs: 9_000 };
    expect(liveStatus(line, stalled, 50_500)).toEqual({ kind: "stalled", behindMs: 9_500, sinceMs: 1_000_000 });
  });

  it("takes silence for a stall: a hanging server cannot say that it hangs", () => {
    expect(liveStatus(line, picture, 54_999).kind).toBe("live");
    expect(liveStatus(line, picture, 55_000)).toEqual({ kind: "stalled", behindMs: 5_800, sinceMs: 1_000_000 });
  });

  it("keeps counting from the last message while disconnected", () => {
    const lost = { ...line, connected: false, lostAtMs: 52_000 };
    expect(liveStatus(lost, picture, 60_000)).toEqual({ kind: "disconnected", behindMs: 10_800, sinceMs: 1_000_000 });
  });

  it("survives a page clock that was set back", () => {
    expect(liveStatus(line, picture, 10_000)).toEqual({ kind: "live", behindMs: 800 });
  });
});
