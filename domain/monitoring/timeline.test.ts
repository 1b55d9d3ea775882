import { describe, expect, it } from "vitest";
import type { BucketWire, CurrentWire, MonitoringWire } from "./socket-wire.ts";
import { isEmptyPicture, mergeMessage, peakOf, pointTimeMs, viewersBefore, WINDOW_BUCKETS } from "./timeline.ts";

const AS_OF = 1_800_000_002_000; // 2 s into a bucket
const NEWEST = 1_800_000_000_000;

function bucket(start: number, viewers: number, open = false): BucketWire {
  return {
    start,
    open,
    current_concurrent_viewers: viewers,
    current_rebuffering_percentage: 0.01,
    current_average_bitrate: 3_000_000,
    video_startup_time: { median_ms: 800, p95_ms: 2_000, count: 4 },
    video_startup_failure_percentage: 0,
    exits_before_video_start: null,
    playback_failure_percentage: null,
  };
}

function current(viewers: number): CurrentWire {
  const { start: _, open: __, ...measures } = bucket(0, viewers);
  return { ...measures, starting_up_viewers: 1 };
}

function message(asOf: number, buckets: BucketWire[], over: Partial<MonitoringWire> = {}): MonitoringWire {
  const viewers = buckets.at(-1)?.current_concurrent_viewers ?? 0;
  return {
    id: "s",
    as_of: asOf,
    sent_at: asOf + 800,
    delay_ms: 800,
    state: "live",
    buckets,
    current: current(viewers),
    breakdowns: {},
    ...over,
  };
}

const viewersOf = (picture: ReturnType<typeof mergeMessage>) => picture.buckets.map(({ viewers }) => viewers);

describe("mergeMessage", () => {
  it("makes a window of 360 buckets without a hole, the newest last", () => {
    const picture = mergeMessage(null, message(AS_OF, [bucket(NEWEST - 10_000, 3), bucket(NEWEST, 5, true)]));
    expect(picture.buckets).toHaveLength(WINDOW_BUCKETS);
    expect(picture.buckets.at(-1)?.startMs).toBe(NEWEST);
    expect(viewersOf(picture).slice(-4)).toEqual([0, 3, 0, 5]);
  });

  it("reads the wire's names and leaves nothing measured as null", () => {
    const [last] = mergeMessage(null, message(AS_OF, [bucket(NEWEST, 5, true)])).buckets.slice(-1);
    expect(last).toEqual({
      startMs: NEWEST,
      open: true,
      viewers: 5,
      rebufferingRatio: 0.01,
      startup: { medianMs: 800, p95Ms: 2_000, count: 4 },
      startupFailureRatio: 0,
      exitBeforeStartRatio: null,
      playbackFailureRatio: null,
    });
  });

  it("redraws open buckets and moves the window on with a delta", () => {
    const before = mergeMessage(null, message(AS_OF, [bucket(NEWEST - 5_000, 4, true), bucket(NEWEST, 5, true)]));
    const after = mergeMessage(
      before,
      message(AS_OF + 5_000, [bucket(NEWEST, 6, true), bucket(NEWEST + 5_000, 7, true)]),
    );
    expect(viewersOf(after).slice(-3)).toEqual([4, 6, 7]);
    expect(after.buckets[0]?.startMs).toBe((before.buckets[0]?.startMs ?? 0) + 5_000);
    expect(viewersOf(before).slice(-2)).toEqual([4, 5]); // the older picture stays as it was
  });

  it("closes a bucket by time when it is not sent again", () => {
    const before = mergeMessage(null, message(AS_OF, [bucket(NEWEST, 5, true)]));
    const openAt = (asOf: number) =>
      mergeMessage(before, message(asOf, [])).buckets.find(({ startMs }) => startMs === NEWEST)?.open;
    expect(openAt(NEWEST + 34_999)).toBe(true);
    expect(openAt(NEWEST + 35_000)).toBe(false);
  });

  it("keeps what it had through a resumed reconnect and fills the gap", () => {
    const before = mergeMessage(null, message(AS_OF, [bucket(NEWEST, 5, true)]));
    const after = mergeMessage(before, message(AS_OF + 60_000, [bucket(NEWEST, 6), bucket(NEWEST + 60_000, 9, true)]));
    expect(viewersOf(after).slice(-13)).toEqual([6, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 9]);
  });

  it("drops what a long gap has carried out of the window", () => {
    const before = mergeMessage(null, message(AS_OF, [bucket(NEWEST, 5)]));
    const after = mergeMessage(before, message(AS_OF + 7_200_000, []));
    expect(after.buckets).toHaveLength(WINDOW_BUCKETS);
    expect(isEmptyPicture(after)).toBe(true);
  });

  it("takes state, delay and breakdowns over whole", () => {
    const rows = [{ ...current(3), value: "" }];
    const picture = mergeMessage(null, message(AS_OF, [], { state: "stalled", breakdowns: { cdn: rows } }));
    expect(picture).toMatchObject({ stalled: true, delayMs: 800, sentAtMs: AS_OF + 800 });
    expect(picture.breakdowns.cdn).toMatchObject([{ value: null, viewers: 3, startingUp: 1 }]);
    expect(mergeMessage(picture, message(AS_OF, [])).breakdowns).toEqual({});
  });
});

describe("isEmptyPicture", () => {
  it("is not fooled by a moment without viewers", () => {
    expect(isEmptyPicture(mergeMessage(null, message(AS_OF, [])))).toBe(true);
    expect(isEmptyPicture(mergeMessage(null, message(AS_OF, [bucket(NEWEST - 60_000, 1), bucket(NEWEST, 0)])))).toBe(
      false,
    );
  });
});

describe("viewersBefore", () => {
  const picture = mergeMessage(null, message(AS_OF, [bucket(NEWEST - 300_000, 4), bucket(NEWEST, 9)]));
  it("looks back in whole buckets", () => expect(viewersBefore(picture, 300_000)).toBe(4));
  it("has no answer before the first viewer", () => {
    expect(viewersBefore(picture, 600_000)).toBeNull();
    expect(viewersBefore(picture, 3_600_000)).toBeNull();
  });
});

describe("peakOf", () => {
  it("finds the latest of equal peaks", () => {
    const buckets = [bucket(NEWEST - 20_000, 9), bucket(NEWEST - 10_000, 9), bucket(NEWEST, 4, true)];
    expect(peakOf(mergeMessage(null, message(AS_OF, buckets)))).toEqual({ viewers: 9, atMs: NEWEST - 5_000 });
  });
  it("has none without viewers", () => expect(peakOf(mergeMessage(null, message(AS_OF, [])))).toBeNull());
});

describe("pointTimeMs", () => {
  it("puts a bucket at its end and the newest at as_of", () => {
    const picture = mergeMessage(null, message(AS_OF, []));
    expect(picture.buckets.slice(-2).map((one) => pointTimeMs(one, AS_OF))).toEqual([NEWEST, AS_OF]);
  });
});
