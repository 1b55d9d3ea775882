import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { EnvironmentId } from "../../domain/identifiers.ts";
import type { MonitoringWire } from "../../domain/monitoring/socket-wire.ts";
import { type ClickHouse, ClickHouseError } from "../../platform/clickhouse/clickhouse.ts";
import { createLogger } from "../../platform/observability/logger.ts";
import { createMetrics } from "../../platform/observability/metrics.ts";
import { Publisher } from "./publisher.ts";

const T = 1_795_500_000_000;

/** A store without rows; queries wait for `gate` and fail for filters on `broken`. */
function emptyStore() {
  const store = {
    gate: Promise.resolve(),
    query: async (_sql: string, params: object) => {
      await store.gate;
      if (JSON.stringify(params).includes("broken")) throw new ClickHouseError("broken", null, true);
      return [];
    },
  };
  return store;
}

let store: ReturnType<typeof emptyStore>;
let publisher: Publisher;
let asOfMs: number;

beforeEach(() => {
  vi.useFakeTimers({ now: T });
  asOfMs = T;
  store = emptyStore();
  publisher = new Publisher({
    clickhouse: store as unknown as ClickHouse,
    log: createLogger("test", "silent"),
    metrics: createMetrics("test"),
    nowMs: Date.now,
    asOfMs: () => asOfMs,
  });
});

afterEach(async () => {
  await publisher.close();
  expect(vi.getTimerCount()).toBe(0);
  vi.useRealTimers();
});

function follow(country: string) {
  const messages: (MonitoringWire & { event: string })[] = [];
  const ended: string[] = [];
  const subscription = {
    id: country,
    filters: [{ dimension: "country" as const, values: [country], negated: false }],
    breakdowns: [],
    resumeFromMs: null,
  };
  const { remove } = publisher.add({
    environmentId: 1 as EnvironmentId,
    subscription,
    send: (event, message) => messages.push({ event, ...message }),
    end: (reason) => {
      ended.push(reason);
      remove();
    },
    congested: () => false,
  });
  return { messages, ended, remove };
}

describe("Publisher", () => {
  it("sends a whole snapshot first also to who comes back while the old picture is being asked for", async () => {
    const first = follow("DE");
    await vi.advanceTimersByTimeAsync(1_000);
    expect(first.messages[0]).toMatchObject({ event: "snapshot" });
    const gate = Promise.withResolvers<void>();
    store.gate = gate.promise;
    publisher.poke();
    await vi.advanceTimersByTimeAsync(1_000);
    first.remove();
    const second = follow("DE");
    gate.resolve();
    await vi.advanceTimersByTimeAsync(1_000);
    expect(second.messages[0]).toMatchObject({ event: "snapshot" });
    expect(second.messages[0]?.buckets).toHaveLength(360);
  });

  it("tells the delay each second to those whose own questions fail, although others get news", async () => {
    const lucky = follow("DE");
    const unlucky = follow("AT");
    await vi.advanceTimersByTimeAsync(500);
    expect(unlucky.messages).toHaveLength(1);
    store.query = async (_sql, params) => {
      if (JSON.stringify(params).includes("AT")) throw new ClickHouseError("away", null, true);
      return [];
    };
    for (let second = 0; second < 10; second += 1) {
      asOfMs += 1_000;
      publisher.poke();
      await vi.advanceTimersByTimeAsync(1_000);
    }
    expect(lucky.messages.at(-1)).toMatchObject({ state: "live" });
    expect(unlucky.messages.length).toBeGreaterThan(5);
    expect(unlucky.messages.at(-1)).toMatchObject({ state: "stalled", as_of: T });
  });

  it("ends a subscription whose question the store refuses for what it is, but not one that it cannot answer now", async () => {
    const [lucky, away, refused] = [follow("DE"), follow("AT"), follow("CH")];
    store.query = async (_sql, params) => {
      if (JSON.stringify(params).includes("AT")) throw new ClickHouseError("away", null, true);
      if (JSON.stringify(params).includes("CH")) throw new ClickHouseError("no such column", 47, false);
      return [];
    };
    for (let second = 0; second < 20; second += 1) {
      asOfMs += 1_000;
      publisher.poke();
      await vi.advanceTimersByTimeAsync(1_000);
      if (second === 5) expect(refused.ended).toEqual([]);
    }
    expect([lucky.ended, away.ended, refused.ended]).toEqual([[], [], ["query_failed"]]);
  });

  it.each([-3_600_000, 3_600_000])(
    "goes on when the clock is set by %i ms, also in the middle of a round",
    async (byMs) => {
      const { messages } = follow("DE");
      await vi.advanceTimersByTimeAsync(1_000);
      const gate = Promise.withResolvers<void>();
      store.gate = gate.promise;
      publisher.poke();
      await vi.advanceTimersByTimeAsync(500);
      vi.setSystemTime(Date.now() + byMs);
      gate.resolve();
      const before = messages.length;
      for (let second = 0; second < 5; second += 1) {
        asOfMs += 1_000;
        publisher.poke();
        await vi.advanceTimersByTimeAsync(1_000);
      }
      expect(messages.slice(before).map(({ as_of }) => as_of)).toContain(asOfMs - 1_000);
      expect(messages.at(-1)).toMatchObject({ state: "live" });
    },
  );

  it("says each second that log time stands still", async () => {
    const { messages } = follow("DE");
    await vi.advanceTimersByTimeAsync(10_000);
    expect(messages.length).toBeGreaterThanOrEqual(7);
    expect(messages.at(-1)).toMatchObject({ event: "delta", as_of: T, state: "stalled", buckets: [] });
  });
});
