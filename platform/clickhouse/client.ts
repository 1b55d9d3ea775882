import { Readable } from "node:stream";
import {
  type ClickHouseClient,
  ClickHouseLogLevel,
  createClient,
  ClickHouseError as EngineAnswerError,
} from "@clickhouse/client";
import type { ZodType } from "zod";
import type { Logger } from "../observability/logger.ts";
import {
  type ClickHouse,
  ClickHouseError,
  type CommandOptions,
  type InsertRows,
  type QueryOptions,
  type QueryParams,
} from "./clickhouse.ts";
import { isRetriable } from "./retriable.ts";
import { RowLines } from "./row-lines.ts";
import { decodeRows, encodeRow } from "./rows.ts";

export interface ClickHouseOptions {
  /** With user and password: `http://default:secret@127.0.0.1:3023`. */
  url: string;
  database: string;
  /** Packs bodies in both directions; worth it only when the store is on another machine. */
  compression?: boolean;
  log?: Logger;
}

const QUERY_SECONDS = 30;
/** How much longer than the engine's own limit the driver waits for an answer. */
const NETWORK_SLACK_MS = 5_000;
const INSERT_DEADLINE_MS = 120_000;
/** Statements of migrations and maintenance may take long; nothing waits for them. */
const SILENCE_MS = 15 * 60_000;
const MAX_CONNECTIONS = 16;

/**
 * Rows arrive as JSON: UInt64 and Int64 as text (unless cast), DateTime64 as text in UTC (`2026-01-31 12:00:00.123`), NaN
 * as null; the row schema decides what becomes of them. The status is sent only when the whole result is there.
 */
const READ_SETTINGS = { output_format_json_quote_64bit_integers: 1, wait_end_of_query: 1 } as const;

/** The driver for a server, a cluster or the embedded engine. Connects when first asked. */
export function createClickHouse(options: ClickHouseOptions): ClickHouse {
  return new HttpClickHouse(options);
}

class HttpClickHouse implements ClickHouse {
  readonly #options: ClickHouseOptions;
  /** One client per database: the protocol names it with every request. */
  readonly #clients = new Map<string, ClickHouseClient>();

  constructor(options: ClickHouseOptions) {
    this.#options = options;
  }

  async query<T>(sql: string, params: QueryParams, row: ZodType<T>, options: QueryOptions = {}): Promise<T[]> {
    const name = options.name ?? firstWords(sql);
    const settings = { ...READ_SETTINGS, max_execution_time: QUERY_SECONDS, ...options.settings };
    const deadline = AbortSignal.timeout(Number(settings.max_execution_time) * 1000 + NETWORK_SLACK_MS);
    const body = await this.#attempt(name, deadline, options.signal, async (signal) => {
      const result = await this.#client().query({
        query: tagged(sql, options.name),
        query_params: params,
        format: "JSONEachRow",
        abort_signal: signal,
        clickhouse_settings: settings,
      });
      return decodeRows(await result.text());
    });
    return body.map((raw) => checkRow(raw, row, name));
  }

  async insert(table: string, columns: readonly string[], rows: InsertRows): Promise<void> {
    if (rows.length === 0) return;
    const name = `INSERT INTO ${table}`;
    await this.#attempt(name, AbortSignal.timeout(INSERT_DEADLINE_MS), undefined, async (signal) => {
      if (rows instanceof RowLines) return this.#insertLines(name, columns, rows, signal);
      await this.#client().insert({
        table,
        columns: quoteColumns(columns),
        format: "JSONCompactEachRow",
        values: rows,
        abort_signal: signal,
      });
    });
  }

  async #insertLines(name: string, columns: readonly string[], rows: RowLines, signal: AbortSignal): Promise<void> {
    const { stream } = await this.#client().exec({
      query: `${name} (${quoteColumns(columns).join(", ")}) FORMAT JSONCompactEachRow`,
      values: Readable.from(rows.bytes(), { objectMode: false }),
      abort_signal: signal,
    });
    await stream.toArray(); // to its end, which is empty: the connection is free then
  }

  async command(sql: string, { database, settings, signal: caller }: CommandOptions = {}): Promise<void> {
    await this.#attempt(firstWords(sql), undefined, caller, async (signal) => {
      await this.#client(database).command({
        query: sql,
        abort_signal: signal,
        clickhouse_settings: { wait_end_of_query: 1, ...settings },
      });
    });
  }

  async ping(): Promise<boolean> {
    const { success } = await this.#client().ping();
    return success;
  }

  async close(): Promise<void> {
    const clients = [...this.#clients.values()];
    this.#clients.clear();
    await Promise.all(clients.map((client) => client.close()));
  }

  #client(database = this.#options.database): ClickHouseClient {
    const known = this.#clients.get(database);
    if (known !== undefined) return known;
    const { url, compression = false } = this.#options;
    const client = createClient({
      url,
      database,
      application: "playhead",
      request_timeout: SILENCE_MS,
      max_open_connections: MAX_CONNECTIONS,
      compression: { request: compression, response: compression },
      json: { stringify: encodeRow },
      log: { level: ClickHouseLogLevel.OFF }, // it would write to the console; what matters comes as an error
    });
    this.#clients.set(database, client);
    return client;
  }

  async #attempt<T>(
    name: string,
    deadline: AbortSignal | undefined,
    caller: AbortSignal | undefined,
    work: (signal: AbortSignal) => Promise<T>,
  ): Promise<T> {
    const startedMs = performance.now();
    const signals = [deadline, caller].filter((signal) => signal !== undefined);
    try {
      return await work(AbortSignal.any(signals));
    } catch (error) {
      if (caller?.aborted === true) throw new ClickHouseError(`${name}: aborted`, null, false, { cause: error });
      if (deadline?.aborted === true)
        throw new ClickHouseError(`${name}: no answer in time`, null, true, { cause: error });
      throw toClickHouseError(error, name);
    } finally {
      this.#options.log?.debug({ name, ms: Math.round(performance.now() - startedMs) }, "clickhouse request");
    }
  }
}

/** Without an engine's number, the engine was not reached or broke off: that may pass. A value that cannot be sent will not. */
function toClickHouseError(error: unknown, name: string): ClickHouseError {
  if (error instanceof ClickHouseError) return error;
  const message = error instanceof Error ? error.message : String(error);
  if (error instanceof EngineAnswerError) {
    const code = Number(error.code);
    return new ClickHouseError(`${name}: ${message}`, code, isRetriable(code), { cause: error });
  }
  return new ClickHouseError(`${name}: ${message}`, null, !(error instanceof RangeError), { cause: error });
}

function checkRow<T>(raw: unknown, row: ZodType<T>, name: string): T {
  const checked = row.safeParse(raw);
  if (checked.success) return checked.data;
  throw new ClickHouseError(`${name}: a row is not as expected`, null, false, { cause: checked.error });
}

/** The client takes the columns as a list of at least one. */
function quoteColumns(columns: readonly string[]): [string, ...string[]] {
  const [first, ...rest] = columns.map((column) => `\`${column.replaceAll("\\", "\\\\").replaceAll("`", "\\`")}\``);
  if (first === undefined) throw new RangeError("an insert names its columns");
  return [first, ...rest];
}

/** The name in front of the statement shows in the query log; only letters that cannot end a comment. */
function tagged(sql: string, name: string | undefined): string {
  return name === undefined ? sql : `/* ${name.replace(/[^\w .:-]/g, "_")} */ ${sql}`;
}

function firstWords(sql: string): string {
  return sql.trim().replace(/\s+/g, " ").slice(0, 60);
}
