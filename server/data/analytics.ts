import type { ZodType } from "zod";
import { ApiError } from "../../domain/errors.ts";
import type { Question } from "../../domain/monitoring/queries.ts";
import type { ClickHouse } from "../../platform/clickhouse/clickhouse.ts";
import { Lru } from "../../platform/memory/lru.ts";

/** Questions that the store works on at once; more only make each other slower. */
const AT_ONCE = 4;
/** Whoever comes behind so many others is told to come later. */
const MAX_WAITING = 200;
const BUSY_RETRY_SECONDS = 2;
/** Characters of all rows that are kept, as JSON. */
const MAX_KEPT = 32 * 1024 ** 2;

export interface AskOptions {
  /** Shown in the store's log and in errors. */
  name: string;
  /** How long the answer serves others who ask the same, in milliseconds; 0: only who asks while it is being found. */
  keepMs: number;
  /** Of this question alone, such as max_threads. */
  settings?: Record<string, string | number>;
}

/** What routes ask the analytics store with. Only reads; every question carries its environment. */
export interface Analytics {
  /**
   * Rows, each checked. Equal questions share one answer. Rejects with ClickHouseError as the store does, or with ApiError
   * `unavailable` when too many wait.
   */
  ask<T>(question: Question, row: ZodType<T>, options: AskOptions): Promise<readonly T[]>;
}

interface Kept {
  rows: readonly unknown[];
  weight: number;
  untilMs: number;
}

/** @param elapsedMs milliseconds since some moment, whatever the clock is set to */
export function createAnalytics(clickhouse: ClickHouse, elapsedMs: () => number): Analytics {
  const kept = new Lru<Kept>({ maxWeight: MAX_KEPT, weigh: ({ weight }) => weight });
  const underWay = new Map<string, Promise<readonly unknown[]>>();
  const waiting: (() => void)[] = [];
  let running = 0;

  async function inTurn<T>(work: () => Promise<T>): Promise<T> {
    if (running < AT_ONCE) running += 1;
    else if (waiting.length < MAX_WAITING) await new Promise<void>((resolve) => waiting.push(resolve));
    else throw busy();
    try {
      return await work();
    } finally {
      const next = waiting.shift();
      if (next === undefined) running -= 1;
      else next();
    }
  }

  async function find(key: string, question: Question, row: ZodType, options: AskOptions): Promise<readonly unknown[]> {
    const { name, keepMs, settings = {} } = options;
    const rows = await inTurn(() => clickhouse.query(question.sql, question.params, row, { name, settings }));
    if (keepMs > 0) kept.set(key, { rows, weight: JSON.stringify(rows).length, untilMs: elapsedMs() + keepMs });
    return rows;
  }

  return {
    ask: <T>(question: Question, row: ZodType<T>, options: AskOptions) => {
      const key = JSON.stringify([options.name, question.sql, question.params]);
      const known = kept.get(key);
      // the name is of one place in the code, and with it the row's shape
      if (known !== undefined && known.untilMs > elapsedMs()) return Promise.resolve(known.rows as readonly T[]);
      const shared = underWay.get(key);
      if (shared !== undefined) return shared as Promise<readonly T[]>;
      const found = find(key, question, row, options).finally(() => underWay.delete(key));
      underWay.set(key, found);
      return found as Promise<readonly T[]>;
    },
  };
}

function busy(): ApiError {
  return new ApiError("unavailable", ["Too many questions wait for the analytics store just now"], {
    retryAfterSeconds: BUSY_RETRY_SECONDS,
  });
}
