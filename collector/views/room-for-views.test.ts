import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { EnvironmentId } from "../../domain/identifiers.ts";
import { encodeBeaconRecord } from "../../domain/messages/beacon-record.ts";
import type { StoredRecord } from "../../platform/eventlog/eventlog.ts";
import { createDeviceParser } from "../../platform/user-agent/viewer-device.ts";
import { START_MS } from "../testing/fold-run.ts";
import { tickRecord } from "../testing/recorded-records.ts";
import { unaccounted } from "./event-counts.ts";
import type { FoldRejection } from "./fold-rejections.ts";
import { PartitionFold } from "./partition-fold.ts";

const ONE = 1 as EnvironmentId;
const TWO = 2 as EnvironmentId;
const MAX_OPEN = 3;
const MINUTE_MS = 60_000;
const parseDevice = createDeviceParser();
const context = { address: "81.2.69.0", country: "GB", userAgent: "agent", referrer: "r", retentionDays: 90 };

interface Told {
  environmentId: EnvironmentId;
  viewId: string;
  atMs: number;
  names: readonly string[];
}

/** Events of a view are numbered by their place in the log. */
function logOf(told: readonly Told[]): StoredRecord[] {
  return told.map(({ environmentId, viewId, atMs, names }, offset) => {
    const head = { environmentId, viewId, arrivedAtMs: atMs, transmittedAtMs: atMs, context };
    const events = names.map((e, index) => ({ e, xid: viewId, xsqno: offset * 10 + index, uti: atMs }));
    const value = Buffer.from(encodeBeaconRecord(head, JSON.stringify({ events })));
    return { partition: 0, key: "", value, timestampMs: atMs, offset, nextOffset: offset + 1 };
  });
}

function newFold() {
  const rejections: FoldRejection[] = [];
  const counters = { rejected: () => undefined, undecodable: () => undefined };
  const onRejected = (rejection: FoldRejection) => void rejections.push(rejection);
  const fold = new PartitionFold({ parseDevice, counters, onRejected, maxOpenViews: MAX_OPEN });
  return { fold, rejections };
}

function foldOf(log: readonly StoredRecord[], lengths: readonly number[]) {
  const { fold, rejections } = newFold();
  for (let at = 0, turn = 0; at < log.length; turn += 1) {
    const length = lengths[turn % lengths.length] as number;
    fold.apply(log.slice(at, at + length));
    fold.collect();
    at += length;
  }
  const refused = rejections.map(({ reason, position, count }) => `${position}: ${count} ${reason}`);
  return { fold, counts: fold.counts, refused, open: [...fold.views.keys()] };
}

const views = (environmentId: EnvironmentId, count: number, fromMs: number, names = ["play", "playing"]): Told[] =>
  Array.from({ length: count }, (_, index) => {
    return { environmentId, viewId: `${names}-${fromMs}-${index}`, atMs: fromMs + index, names };
  });

describe("the views that an environment may have open in a partition", () => {
  it("are so many; events of further ones are rejected, counted, and leave others alone", () => {
    const log = logOf([...views(ONE, MAX_OPEN + 2, START_MS), ...views(TWO, 2, START_MS + 10)]);
    const { counts, refused, open } = foldOf(log, [1]);
    expect(refused).toEqual(["3: 2 too_many_open_views", "4: 2 too_many_open_views"]);
    expect(counts).toEqual({ received: 14, folded: 10, repeated: 0, late: 0, rejected: 4, skipped: 0 });
    expect([unaccounted(counts), open.length]).toEqual([0, MAX_OPEN + 2]);
  });

  it("go on being told of while there is no room for others", () => {
    const first = views(ONE, MAX_OPEN + 1, START_MS);
    const again = first.map((told) => ({ ...told, atMs: told.atMs + MINUTE_MS }));
    expect(foldOf(logOf([...first, ...again]), [1]).counts).toMatchObject({ folded: 4 * MAX_OPEN, rejected: 4 });
  });

  it("are as many again after a start from what was saved", () => {
    const log = logOf(views(ONE, MAX_OPEN + 1, START_MS));
    const { views: saved } = foldOf(log.slice(0, -1), [1]).fold;
    const { fold, rejections } = newFold();
    for (const open of saved.values()) fold.restore(open);
    fold.apply(log.slice(-1));
    expect(rejections.map(({ reason }) => reason)).toEqual(["too_many_open_views"]);
  });

  it("free their places when they are final: 5 minutes after their end, an hour after they fell silent", () => {
    const ended = views(ONE, 1, START_MS, ["play", "viewend"]);
    const silent = views(ONE, MAX_OPEN - 1, START_MS + 1);
    const later = (minutes: number) => views(ONE, 1, START_MS + minutes * MINUTE_MS);
    const log = logOf([...ended, ...silent, ...later(4.9), ...later(5), ...later(5.1), ...later(59.9), ...later(60.1)]);
    for (const lengths of [[1], [1_000]]) {
      expect(foldOf(log, lengths).refused).toEqual([3, 5, 6].map((position) => `${position}: 2 too_many_open_views`));
    }
  });

  it("are the same however the log is cut into batches", () => {
    const told = fc.record({
      viewId: fc.integer({ min: 0, max: 12 }).map((number) => `view${number}`),
      names: fc.constantFrom(["hb"], ["play"], ["viewend"], ["play", "viewend"]),
      gapMs: fc.oneof(fc.integer({ min: 0, max: 5_000 }), fc.integer({ min: 0, max: 20 * MINUTE_MS })),
    });
    const lengths = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 5 });
    fc.assert(
      fc.property(fc.array(told, { minLength: 20, maxLength: 80 }), lengths, (steps, cut) => {
        let atMs = START_MS;
        const timed = steps.map(({ gapMs, ...step }) => {
          atMs += gapMs;
          return { ...step, environmentId: ONE, atMs };
        });
        const log = [...logOf(timed), { ...tickRecord(atMs + 1), offset: 1_000, nextOffset: 1_001 }];
        const each = foldOf(log, [1]);
        expect(unaccounted(each.counts)).toBe(0);
        const batched = foldOf(log, cut);
        expect([batched.refused, batched.counts]).toEqual([each.refused, each.counts]);
      }),
      { numRuns: 200 },
    );
  });
});
