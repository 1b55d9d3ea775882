import { AsyncLocalStorage } from "node:async_hooks";
import type { ZodType } from "zod";
import { ApiError } from "../../domain/errors.ts";
import type { Question } from "../../domain/monitoring/queries.ts";
import { type ClickHouse, ClickHouseError } from "../../platform/clickhouse/clickhouse.ts";
import { Lru } from "../../platform/memory/lru.ts";
import { SharedCalls } from "../../platform/memory/shared-calls.ts";
import { Turns } from "./turns.ts";

/**
 * Questions that the store works on at once: more only make each other slower. One place is left by whoever asks most. Whoever comes behind so many others is told to come later.
 */
const LIMITS = { atOnce: 4, atOnceOfOne: 3, ofOne: 100, waiting: 200 };
const REFUSALS = {
  ofOne: `This environment has ${LIMITS.ofOne} questions under way`,
  waiting: "Too many questions wait for the analytics store just now",
};
/** Stands for the environment of what is asked of none, such as up to when everything is stored. */
const NO_ENVIRONMENT = 0;
/** Characters of all questions and rows that are kept, as JSON. */
const MAX_KEPT = 32 * 1024 ** 2;
/** What an answer without rows takes beside its question. */
const ENTRY_WEIGHT = 500;
/** The engine's number for a question that takes longer than it may. */
const TIMEOUT_EXCEEDED = 159;

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
   * `rate_limited` when too many of the environment wait, `unavailable` when too many of all do, `statement_too_costly`
   * where the answer takes longer than the store may work on it.
   */
  ask<T>(question: Question, row: ZodType<T>, options: AskOptions): Promise<readonly T[]>;
}

export interface SharedAnalytics extends Analytics {
  /** Whatever `work` asks, at once or later, is asked until the signal: then it rejects, and what nobody else waits for ends. */
  askingUntil(signal: AbortSignal, work: () => void): void;
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
): SharedAnalytics {
  const kept = new Lru<Kept>({
    maxWeight: MAX_KEPT,
    weigh: ({ weight }, key) => weight + key.length + ENTRY_WEIGHT,
  });
  const underWay = new SharedCalls<readonly unknown[]>();
  const turns = new Turns(LIMITS, REFUSALS);
  const askers = new AsyncLocalStorage<AbortSignal>();

  async function find(question: Question, row: ZodType, { name, settings = {} }: AskOptions, signal: AbortSignal) {
    const { environmentId } = question.params;
    const of = typeof environmentId === "number" ? environmentId : NO_ENVIRONMENT;
    const query = () => clickhouse.query(question.sql, question.params, row, { name, settings, signal });
    try {
      return await turns.take(of, query, signal);
    } catch (error) {
      throw of !== NO_ENVIRONMENT && isTooHeavy(error) ? tooHeavy(error) : error;
    }
  }

  async function findAndKeep(key: string, question: Question, row: ZodType, options: AskOptions, signal: AbortSignal) {
    const rows = await find(question, row, options, signal);
    const { keepMs } = options;
    if (keepMs > 0) kept.set(key, { rows, weight: JSON.stringify(rows).length, untilMs: elapsedMs() + keepMs });
    return rows;
  }

  return {
    ask: <T>(question: Question, row: ZodType<T>, options: AskOptions) => {
      const asker = askers.getStore() ?? new AbortController().signal;
      if (alwaysAsks) return find(question, row, options, asker) as Promise<readonly T[]>;
      const key = JSON.stringify([options.name, question.sql, question.params]);
      const known = kept.get(key);
      // the name is of one place in the code, and with it the row's shape
      if (known !== undefined && known.untilMs > elapsedMs()) return Promise.resolve(known.rows as readonly T[]);
      const found = underWay.join(key, asker, (signal) => findAndKeep(key, question, row, options, signal));
      return found as Promise<readonly T[]>;
    },
    askingUntil: (signal, work) => askers.run(signal, work),
  };
}

function isTooHeavy(error: unknown): error is ClickHouseError {
  return error instanceof ClickHouseError && error.code === TIMEOUT_EXCEEDED;
}

/** Asked again it would take as long. */
function tooHeavy(cause: ClickHouseError): ApiError {
  const message = "The answer takes too long: ask for a shorter range, fewer groups, or with filters";
  return new ApiError("statement_too_costly", [message], { cause });
}
