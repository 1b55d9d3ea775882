import type { ZodType } from "zod";
import type { RowLines } from "./row-lines.ts";

/** Values a query may carry; they travel only as `{name: Type}` parameters. */
export type QueryParams = Record<string, string | number | boolean | Date | null | readonly (string | number)[]>;

export interface QueryOptions {
  /** Aborts the query in the engine too. */
  signal?: AbortSignal;
  /** Engine settings of this query alone, such as `max_execution_time` (seconds). */
  settings?: Record<string, string | number>;
  /** Shown in the query log and in errors; defaults to the first words of the statement. */
  name?: string;
}

export interface CommandOptions {
  /** Replaces the driver's own, for what must run before that exists (`CREATE DATABASE`, with `default`). */
  database?: string;
  /** Engine settings of this statement alone. */
  settings?: Record<string, string | number>;
  /** Ends the waiting. */
  signal?: AbortSignal;
}

/** Values in the order of the columns, row by row; or as lines that are ready to be sent. */
export type InsertRows = readonly (readonly unknown[])[] | RowLines;

/** The analytics store over its HTTP protocol: a server, a cluster, or the embedded engine's front. */
export interface ClickHouse {
  /** Rows, each checked by `row`. Rejects with {@link ClickHouseError}; never answers a failure with []. */
  query<T>(sql: string, params: QueryParams, row: ZodType<T>, options?: QueryOptions): Promise<T[]>;
  /**
   * Inserts rows by position. `columns` names them, which keeps writers and migrations apart. Resolves when the engine
   * has stored them, in the target and in every materialized view behind it.
   */
  insert(table: string, columns: readonly string[], rows: InsertRows): Promise<void>;
  /** A statement without an answer: migrations, upkeep. It goes on in the engine whoever still waits for it. */
  command(sql: string, options?: CommandOptions): Promise<void>;
  ping(): Promise<boolean>;
  close(): Promise<void>;
}

/** What the engine or the way to it answered instead of a result. */
export class ClickHouseError extends Error {
  override readonly name = "ClickHouseError";
  /** Engine error number such as 60 (UNKNOWN_TABLE); null when the engine was not reached. */
  readonly code: number | null;
  /** True when the same call may succeed later: not reached, timed out, too many parts, no memory or disk just now. */
  readonly retriable: boolean;

  constructor(message: string, code: number | null, retriable: boolean, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
    this.retriable = retriable;
  }
}
