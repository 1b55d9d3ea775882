import { describe, expect, it } from "vitest";
import { foldEvent } from "../fold.ts";
import { NO_DEVICE } from "../testing/no-device.ts";
import { T } from "../testing/play.ts";
import { traceView } from "../timeline.ts";
import { createView } from "../view-state.ts";
import { recordOf } from "./record-of.ts";

const DAY_MS = 86_400_000;
const YEARS_MS = 56 * 365 * DAY_MS;

/** Events that arrive as they happen, each on a clock that is off by so much. */
function recorded(events: readonly (readonly [name: string, afterMs: number, offMs: number])[]) {
  const view = createView("v", T);
  const context = { address: "", country: "", userAgent: "", referrer: "", retentionDays: 90 };
  for (const [index, [name, afterMs, offMs]] of events.entries()) {
    const sentAtMs = T + afterMs + offMs;
    const event = { name, viewId: "v", sequence: index + 1, fields: { viewer_time: sentAtMs }, nested: {} };
    foldEvent(view, event, { atMs: T + afterMs, transmittedAtMs: sentAtMs, context });
  }
  return recordOf({ view, timeline: traceView(view), device: NO_DEVICE, dropped: false });
}

describe("a view", () => {
  it("whose clock is set in the midst of it has not lasted for years", () => {
    const record = recorded([
      ["play", 0, -YEARS_MS],
      ["playing", 1_000, -YEARS_MS],
      ["hb", 5_000, 0],
      ["viewend", 9_000, 0],
    ]);
    expect(record.watchMs).toBeLessThanOrEqual(DAY_MS + 11_000);
    expect(record.viewEndMs).toBe(T + 9_000);
    expect(record.viewStartMs).toBeGreaterThanOrEqual(T - DAY_MS - 2_000);
  });

  it("on a clock that is off by years all the time is as long as any other", () => {
    for (const offMs of [0, YEARS_MS, -YEARS_MS]) {
      const record = recorded([
        ["play", 0, offMs],
        ["playing", 1_000, offMs],
        ["viewend", 9_000, offMs],
      ]);
      expect(record).toMatchObject({ watchMs: 9_000, startupMs: 1_000, viewStartMs: T, viewEndMs: T + 9_000 });
    }
  });

  it("keeps what was told up to a day late", () => {
    const view = createView("v", T);
    const context = { address: "", country: "", userAgent: "", referrer: "", retentionDays: 90 };
    for (const [index, [name, ageMs]] of (
      [
        ["play", DAY_MS],
        ["viewend", 0],
      ] as const
    ).entries()) {
      const event = { name, viewId: "v", sequence: index + 1, fields: { viewer_time: T - ageMs }, nested: {} };
      foldEvent(view, event, { atMs: T, transmittedAtMs: T, context });
    }
    const record = recordOf({ view, timeline: traceView(view), device: NO_DEVICE, dropped: false });
    expect(record.watchMs).toBe(DAY_MS);
  });
});
