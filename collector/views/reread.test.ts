import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { EnvironmentId } from "../../domain/identifiers.ts";
import { encodeBeaconRecord } from "../../domain/messages/beacon-record.ts";
import type { StoredRecord } from "../../platform/eventlog/eventlog.ts";
import { newFold, run, START_MS, Tables, ticks } from "../testing/fold-run.ts";
import { asLog } from "../testing/recorded-records.ts";

/** A view whose rendition goes up and down each second, so that its beats say the same again and again. */
function restlessLog(): StoredRecord[] {
  const context = { address: "", country: "", userAgent: "", referrer: "", retentionDays: 90 };
  const records = Array.from({ length: 40 }, (_, at): StoredRecord => {
    const arrivedAtMs = START_MS + at * 1_000;
    const bitrate = at % 2 === 0 ? 500_000 : 1_200_000;
    const e = ["viewstart", "play", "playing"][at] ?? "renditionchange";
    const events = [{ e, xid: "v", xsqno: at + 1, uti: arrivedAtMs, video_source_bitrate: bitrate }];
    const head = {
      ...{ environmentId: 1 as EnvironmentId, viewId: "v", arrivedAtMs, transmittedAtMs: arrivedAtMs, context },
    };
    const value = Buffer.from(encodeBeaconRecord(head, JSON.stringify({ events })));
    return { partition: 0, key: "", value, timestampMs: arrivedAtMs, offset: 0, nextOffset: 0 };
  });
  return asLog([...records, ...ticks(START_MS, START_MS + 200_000)]);
}

function read(log: readonly StoredRecord[], lengths: readonly number[], tables: Tables, rereadUntil: number): void {
  const fold = newFold();
  fold.rereadUntil = rereadUntil;
  for (let at = 0, turn = 0; at < log.length; turn += 1) {
    const length = lengths[turn % lengths.length] as number;
    fold.apply(log.slice(at, at + length));
    tables.insert(fold.collect());
    at += length;
  }
}

describe("a partition that was read before", () => {
  it("leaves no beat of fewer events behind, wherever its last holder ended", () => {
    const log = restlessLog();
    const truth = run(log, [1]).tables.content();
    const lengths = fc.array(fc.integer({ min: 1, max: 12 }), { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(lengths, lengths, fc.integer({ min: 1, max: 100 }), (before, after, end) => {
        const tables = new Tables();
        read(log.slice(0, end), before, tables, 0);
        read(log, after, tables, log[end - 1]?.nextOffset ?? 0);
        expect(tables.content()).toEqual(truth);
      }),
      { numRuns: 100 },
    );
  });
});
