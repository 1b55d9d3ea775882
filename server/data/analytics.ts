import type { ZodType } from "zod";
import type { Question } from "../../domain/monitoring/queries.ts";
import type { ClickHouse } from "../../platform/clickhouse/clickhouse.ts";
import { Lru } from "../../platform/memory/lru.ts";
import { Turns } from "./turns.ts";

/**
 * Questions that the store works on at once: more only make each other slower. Of one environment as many where no other asks.
 * Whoever comes behind so many others is told to come later.
 */
const LIMITS = { atOnce: 4, atOnceOfOne: 4, ofOne: 100, waiting: 200 };
const REFUSALS = {
  ofOne: `This environment has ${LIMITS.ofOne} questions under way`,
  waiting: "Too many questions wait for the analytics store just now",
};
/** Stands for the environment of what is asked of none, such as up to when everything is stored. */
const NO_ENVIRONMENT = 0;
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
   * `rate_limited` when too many of the environment wait, `unavailable` when too many of all do.
   */
  ask<T>(question: Question, row: ZodType<T>, options: AskOptions): Promise<readonly T[]>;
}

interface Kept {
  rows: readonly unknown[];
  weight: number;
  untilMs: number;
}

export interface AnalyticsOptions {
  /** No answer serves two requests, for measurements. */
  alwaysAsks?: boolean;
}

/** @param elapsedMs milliseconds since some moment, whatever the clock is set to */
export function createAnalytics(
  clickhouse: ClickHouse,
  elapsedMs: () => number,
  { alwaysAsks = false }: AnalyticsOptions = {},
): Analytics {
  const kept = new Lru<Kept>({ maxWeight: MAX_KEPT, weigh: ({ weight }) => weight });
  const underWay = new Map<string, Promise<readonly unknown[]>>();
  const turns = new Turns(LIMITS, REFUSALS);

  async function find(key: string, question: Question, row: ZodType, options: AskOptions): Promise<readonly unknown[]> {
    const { name, keepMs, settings = {} } = options;
    const { environmentId } = question.params;
    const of = typeof environmentId === "number" ? environmentId : NO_ENVIRONMENT;
    const rows = await turns.take(of, () => clickhouse.query(question.sql, question.params, row, { name, settings }));
    if (keepMs > 0) kept.set(key, { rows, weight: JSON.stringify(rows).length, untilMs: elapsedMs() + keepMs });
    return rows;
  }

  return {
    ask: <T>(question: Question, row: ZodType<T>, options: AskOptions) => {
      const key = JSON.stringify([options.name, question.sql, question.params]);
      if (alwaysAsks) return find(key, question, row, { ...options, keepMs: 0 }) as Promise<readonly T[]>;
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
