import { describe, expect, it } from "vitest";
import { lifeStage } from "./life-cycle.ts";
import { type Moment, playView, T } from "./testing/play.ts";
import { traceView } from "./timeline.ts";

const MINUTE_MS = 60_000;

function stageAfter(moments: readonly Moment[], afterMs: number) {
  const view = playView(moments);
  return lifeStage(view, traceView(view), T + afterMs);
}

describe("a view", () => {
  const OPEN: readonly Moment[] = [
    ["play", 0],
    ["playing", 500],
    ["hb", 10_000],
  ];

  it("is complete after 60 s without an event, and open again with the next one", () => {
    expect(stageAfter(OPEN, 10_000 + MINUTE_MS - 1)).toBe("open");
    expect(stageAfter(OPEN, 10_000 + MINUTE_MS)).toBe("complete");
    expect(stageAfter([...OPEN, ["play", 50 * MINUTE_MS]], 50 * MINUTE_MS + 1)).toBe("open");
  });

  it("is final after 60 min without one", () => {
    expect(stageAfter(OPEN, 10_000 + 60 * MINUTE_MS - 1)).toBe("complete");
    expect(stageAfter(OPEN, 10_000 + 60 * MINUTE_MS)).toBe("final");
  });

  it("that said viewend is complete at once, and final when its last batch cannot come again", () => {
    const ended: Moment[] = [...OPEN, ["viewend", 12_000]];
    expect(stageAfter(ended, 12_001)).toBe("complete");
    expect(stageAfter(ended, 12_000 + 5 * MINUTE_MS)).toBe("final");
  });
});
