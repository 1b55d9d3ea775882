import { setTimeout as sleep, setImmediate as turn } from "node:timers/promises";
import { describe, expect, it, vi } from "vitest";
import type { EnvironmentId } from "../../domain/identifiers.ts";
import { encodeBeaconRecord } from "../../domain/messages/beacon-record.ts";
import {
  type ConsumerHandlers,
  type EventLog,
  type LogRecord,
  LogUnavailableError,
  type StoredRecord,
} from "../../platform/eventlog/eventlog.ts";
import type { PatientWriter } from "../../platform/eventlog/patient-writer.ts";
import { createLogger } from "../../platform/observability/logger.ts";
import { createDeviceParser } from "../../platform/user-agent/viewer-device.ts";
import type { Sink } from "../sink/sink.ts";
import { newFold } from "../testing/fold-run.ts";
import { asLog, recordedRecords, tickRecord } from "../testing/recorded-records.ts";
import type { FoldCounters } from "./fold-counters.ts";
import { Views } from "./views.ts";

const START_MS = 1_795_500_000_000;
const ignore = () => undefined;
const counters: FoldCounters = {
  rejected: ignore,
  undecodable: ignore,
};

/** One partition of a log in memory; closing lets go of it as the contract says. */
function memoryLog() {
  const log = {
    handlers: null as ConsumerHandlers | null,
    held: false,
    full: false,
    busy: Promise.resolve(),
    states: [] as LogRecord[],
    commits: [] as number[],
    committedOffset: null as number | null,
    /** False: its first records are gone. */
    isWhole: true,
    /** Where the log ends: seeking beyond it is refused. */
    end: Number.POSITIVE_INFINITY,
    seeks: [] as number[],
    deliver: (records: readonly StoredRecord[]) => {
      log.busy = log.handlers?.batch(0, records) ?? Promise.resolve();
    },
    eventlog: {
      openWriter: async (): Promise<PatientWriter> => writerOf(log),
      subscribe: async (_topic, _group, handlers) => {
        log.handlers = handlers;
        log.held = true;
        await handlers.assigned({
          partition: 0,
          committedOffset: log.committedOffset,
          revoked: new AbortController().signal,
          seek: (offset) => {
            if (offset > log.end) throw new RangeError("beyond the end");
            log.seeks.push(offset);
          },
        });
        return {
          commit: async (_partition, offset) => {
            if (!log.held) throw new Error("not held");
            log.commits.push(offset);
          },
          lag: () => new Map(),
          close: async () => {
            await log.busy;
            await handlers.revoked(0);
            log.held = false;
          },
        };
      },
      readAll: async function* (): AsyncIterable<StoredRecord> {
        for (const record of log.states) yield { ...record, offset: 0, nextOffset: 0 };
      },
      hasBeginning: async (): Promise<boolean> => log.isWhole,
      follow: () => {
        throw new Error("nothing is followed here");
      },
      close: async () => undefined,
    } satisfies EventLog,
  };
  return log;
}

function writerOf(log: { full: boolean; states: LogRecord[] }): PatientWriter {
  return {
    append: async (records) => {
      if (log.full) throw new LogUnavailableError("no space left");
      log.states.push(...records);
    },
    trouble: () => null,
    close: async () => undefined,
  };
}

function newViews(
  log: ReturnType<typeof memoryLog>,
  store: Sink["store"] = async () => undefined,
  more: { maxPendingBytes?: number; shown?: () => Promise<void> } = {},
) {
  const failures: Error[] = [];
  const clock = { elapsedMs: 0 };
  const views = new Views({
    log: createLogger("test", "silent"),
    eventlog: log.eventlog,
    states: writerOf(log),
    sink: { store, trouble: () => null },
    parseDevice: createDeviceParser(),
    counters,
    elapsedMs: () => clock.elapsedMs,
    partitions: 1,
    onStored: ignore,
    shown: async () => undefined,
    onFailed: (error) => failures.push(error),
    ...more,
  });
  return { views, failures, clock };
}

const records = asLog([...recordedRecords("html5-stall", 1 as EnvironmentId, START_MS), tickRecord(START_MS + 60_000)]);
const lastOffset = records.at(-1)?.nextOffset;

/** Rejects when the signal aborts, like a store that never answers. */
function once(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason)));
}

/** A record whose many events each become a row. */
function flood(count: number, fields: object = {}, viewId = "v"): StoredRecord[] {
  const events = Array.from({ length: count }, (_, index) => ({ e: "hb", xid: viewId, xsqno: index + 1, ...fields }));
  const context = { address: "", country: "", userAgent: "", referrer: "", retentionDays: 90 };
  const environmentId = 1 as EnvironmentId;
  const head = { environmentId, viewId, arrivedAtMs: START_MS, transmittedAtMs: START_MS, context };
  const value = Buffer.from(encodeBeaconRecord(head, JSON.stringify({ events })));
  return [{ partition: 0, key: "", value, timestampMs: START_MS, offset: 1_000, nextOffset: 2_000 }];
}

/** How many views the records open. */
function openBefore(some: readonly StoredRecord[]): number {
  const fold = newFold();
  fold.apply(some);
  return fold.views.size;
}

describe("Views", () => {
  it("stores and checkpoints what it has read before it lets go of the log", async () => {
    const log = memoryLog();
    const { views, failures } = newViews(log);
    await views.start();
    log.deliver(records);
    await views.close();
    expect(log.commits.at(-1)).toBe(lastOffset);
    expect(log.states.map(({ key }) => key).filter((key) => key.startsWith("0/manifest/"))).toHaveLength(1);
    expect(failures).toEqual([]);
  });

  it("stops also while the store is away and reading waits for it", async () => {
    const log = memoryLog();
    const { views, failures } = newViews(log, (_, signal) => once(signal));
    await views.start();
    log.deliver(records);
    await turn();
    log.deliver(flood(110_000));
    await views.close();
    expect(log.commits).toEqual([]);
    expect(failures).toEqual([]);
  });

  it("reads no further than memory allows while the store is away, also within a batch", async () => {
    const log = memoryLog();
    const { views } = newViews(log, (_, signal) => once(signal), { maxPendingBytes: 10_000 });
    await views.start();
    log.deliver(records);
    await turn(); // a round is on its way
    const [large, small] = [{ vtt: "x".repeat(9_000_000) }, { vtt: "x".repeat(1_000) }];
    log.deliver([flood(9, small, "a"), flood(1, large, "b"), flood(1, large, "c"), flood(1, {}, "d")].flat());
    await turn();
    expect(views.openViews() - openBefore(records)).toBe(3);
    await views.close();
  });

  it.each([
    { title: "stores again when pictures are shown", shownAfterMs: 350, order: ["stored", "shown", "stored"] },
    { title: "waits for no picture for ever", shownAfterMs: 1_000_000, order: ["stored", "stored"] },
  ])("$title", async ({ shownAfterMs, order }) => {
    const log = memoryLog();
    const seen: string[] = [];
    const store = async () => void seen.push("stored");
    const shown = async () => {
      if (seen.length > 1) return;
      await sleep(shownAfterMs, undefined, { ref: false });
      seen.push("shown");
    };
    const { views } = newViews(log, store, { shown });
    await views.start();
    log.deliver(records);
    await vi.waitFor(() => expect(seen).toEqual(["stored"]));
    log.deliver(asLog([...records, tickRecord(START_MS + 61_000)]).slice(-1));
    await vi.waitFor(() => expect(seen).toEqual(order), 3_000);
    await views.close();
  });

  it("goes on without a checkpoint while the disk is full, and writes it when there is room", async () => {
    const log = memoryLog();
    const { views, failures, clock } = newViews(log);
    await views.start();
    log.full = true;
    clock.elapsedMs = 60_000;
    log.deliver(records);
    await vi.waitFor(() => expect(views.storedUntilMs().get(0)).toBe(START_MS + 60_000));
    log.full = false;
    clock.elapsedMs += 10_000;
    log.deliver(asLog([...records, tickRecord(START_MS + 61_000)]).slice(-1));
    await vi.waitFor(() => expect(log.commits.at(-1)).toBeGreaterThan(lastOffset ?? 0));
    expect(failures).toEqual([]);
    await views.close();
  });
});

describe("a partition that is taken up", () => {
  it("goes on where the checkpoint ends", async () => {
    const log = memoryLog();
    const { views: before } = newViews(log);
    await before.start();
    log.deliver(records);
    await before.close();
    log.seeks.length = 0;
    const { views } = newViews(log);
    await views.start();
    expect(log.seeks).toEqual([lastOffset]);
    await views.close();
  });

  it("is read from its beginning when its checkpoint is gone, though an offset is committed", async () => {
    const log = memoryLog();
    log.committedOffset = 700;
    const { views } = newViews(log);
    await views.start();
    expect(log.seeks).toEqual([0]);
    await views.close();
  });

  it("takes no view for a new one that began before the log does, also after the next start", async () => {
    const log = memoryLog();
    log.isWhole = false;
    const { views: before } = newViews(log);
    await before.start();
    log.deliver(records.slice(1, 3));
    await before.close();
    const { views, failures } = newViews(log);
    await views.start();
    log.deliver(records.slice(3));
    await turn();
    const { received, skipped } = views.eventCounts();
    expect([views.openViews(), skipped, failures]).toEqual([0, received, []]);
    await views.close();
  });

  it("is read from its beginning when its checkpoint lies beyond the log", async () => {
    const log = memoryLog();
    const { views: before } = newViews(log);
    await before.start();
    log.deliver(records);
    await before.close();
    [log.seeks.length, log.end, log.committedOffset] = [0, 0, 0];
    const { views, failures } = newViews(log);
    await views.start();
    expect([log.seeks, failures, views.openViews()]).toEqual([[0], [], 0]);
    await views.close();
  });
});
