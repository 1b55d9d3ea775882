import { describe, expect, it } from "vitest";
import type { RawEvent } from "./raw-view.ts";
import { settle } from "./settle.ts";
import { BASE_MS, rawEvents } from "./testing/play.ts";

const view = (events: ReturnType<typeof rawEvents>) => settle({ viewId: "v", events, bot: false });
const MOMENTS = rawEvents([
  ["viewstart", 0],
  ["playing", 500],
  ["viewend", 9_000],
]);

describe("settle", () => {
  it("takes each event once, in the client's order, whatever order they came in", () => {
    const again = MOMENTS.map((event) => ({ ...event, arrivedAtMs: event.arrivedAtMs + 7_000 }));
    expect(view([...again, ...MOMENTS].toReversed()).events.map(({ sequence }) => sequence)).toEqual([1, 2, 3]);
  });

  it("is closed five minutes after a viewend, and an hour after anything else", () => {
    const late = (afterMs: number, of: typeof MOMENTS) => {
      const lastMs = Math.max(...of.map(({ arrivedAtMs }) => arrivedAtMs));
      const event = {
        ...MOMENTS[1],
        name: "hb",
        sequence: 9,
        fields: {},
        arrivedAtMs: lastMs + afterMs,
        transmittedAtMs: null,
      };
      return view([...of, event]).events.length;
    };
    expect([late(299_999, MOMENTS), late(300_000, MOMENTS)]).toEqual([4, 3]);
    expect([late(3_599_999, MOMENTS.slice(0, 2)), late(3_600_000, MOMENTS.slice(0, 2))]).toEqual([3, 2]);
  });

  it("is held open by news alone: repeats say nothing", () => {
    const [first] = MOMENTS as [RawEvent];
    const at = (sequence: number, minutes: number) => ({ ...first, sequence, arrivedAtMs: BASE_MS + minutes * 60_000 });
    const { events, lastSeenMs } = view([first, at(2, 10), at(2, 60), at(3, 70)]);
    expect([events.length, lastSeenMs - BASE_MS]).toEqual([2, 600_000]);
  });

  it("corrects a clock by the request that travelled fastest", () => {
    const events = MOMENTS.map((event, at) => ({
      ...event,
      fields: { viewer_time: Number(event.fields["viewer_time"]) - 86_400_000 },
      transmittedAtMs: event.arrivedAtMs - 86_400_000 - ([90, 40, 300][at] ?? 0),
    }));
    expect(view(events).offsetMs).toBe(86_400_040);
  });

  it("puts the time of sending in place of one that cannot be", () => {
    const [first] = rawEvents([["hb", 0]]) as [RawEvent];
    const times = [null, "soon", 0, BASE_MS + 1_001, BASE_MS + 1_000, BASE_MS - 86_400_000].map((time, at) => ({
      ...first,
      sequence: at,
      fields: { viewer_time: time },
    }));
    expect(view(times).events.map(({ atMs }) => atMs - BASE_MS)).toEqual([0, 0, 0, 0, 1_000, -86_400_000]);
  });
});
