import { z } from "zod";
import type { EnvironmentId } from "../../../../domain/identifiers.ts";
import type { Question } from "../../../../domain/monitoring/queries.ts";
import { type ColumnKind, RECORD_COLUMNS } from "../../../../domain/view/record-columns.ts";
import type { ViewRecord } from "../../../../domain/view/view-record.ts";
import { createLogger } from "../../../observability/logger.ts";
import { migrateClickHouse } from "../../migrate.ts";
import { startTestClickHouse, type TestClickHouse } from "../../testing.ts";

/** A row of table `views` to be. */
export interface StoredRow {
  environmentId: number;
  viewId: string;
  firstSeenMs: number;
  version: number;
  record: ViewRecord;
}

const WRITTEN: { readonly [K in ColumnKind]?: (value: never) => unknown } = {
  time: (ms: number) => new Date(ms),
  ranges: (ranges: ViewRecord["playbackRanges"]) =>
    ranges.map(({ startMs, endMs }) => ({ start_ms: startMs, end_ms: endMs })),
  renditions: (spans: ViewRecord["renditions"]) =>
    spans.map(({ widthPx, heightPx, playingMs, ...rest }) => ({
      ...rest,
      width: widthPx,
      height: heightPx,
      playing_ms: playingMs,
    })),
  modes: (spans: ViewRecord["playbackModes"]) =>
    spans.map(({ playingMs, ...rest }) => ({ ...rest, playing_ms: playingMs })),
};

const KEY_COLUMNS = ["environment_id", "first_seen", "view_id", "version", "expires_on"];
const NEVER = "2105-01-01";

/** Writes rows as they are, without the sink: what a question answers must not depend on who wrote. */
export async function insertViews({ client }: TestClickHouse, rows: readonly StoredRow[]): Promise<void> {
  const parts = Object.entries(RECORD_COLUMNS);
  const written = rows.map(({ environmentId, viewId, firstSeenMs, version, record }) => [
    ...[environmentId, new Date(firstSeenMs), viewId, version, NEVER],
    ...parts.map(([key, { kind }]) => {
      const value: unknown = record[key as keyof ViewRecord];
      return (WRITTEN[kind] as ((value: unknown) => unknown) | undefined)?.(value) ?? value;
    }),
  ]);
  await client.insert("views", [...KEY_COLUMNS, ...parts.map(([, { name }]) => name)], written);
}

/** An engine with all tables, empty. */
export async function startViewsTable(): Promise<TestClickHouse> {
  const clickhouse = await startTestClickHouse();
  const directory = new URL("../../../../migrations/clickhouse/", import.meta.url).pathname;
  const log = createLogger("test", "silent");
  await migrateClickHouse({ clickhouse: clickhouse.client, directory, cluster: null, log });
  return clickhouse;
}

const AnyRow = z.record(z.string(), z.unknown());

/** The rows of an answer, taken to be what the question promises. */
export async function answer<Row>({ client }: TestClickHouse, { sql, params }: Question): Promise<Row[]> {
  return (await client.query(sql, params, AnyRow)) as Row[];
}

/**
 * Answers of several questions of one kind, in their order. Asked in one statement they cost a third of what they cost one
 * by one.
 */
export async function answers<Row>(clickhouse: TestClickHouse, questions: readonly Question[]): Promise<Row[][]> {
  const apart = questions.map(withOwnParams);
  const sql = apart.map((question, at) => `SELECT ${at} AS asked, * FROM (${question.sql})`).join("\nUNION ALL\n");
  const params = Object.assign({}, ...apart.map((question) => question.params));
  const rows = await answer<Row & { asked: number }>(clickhouse, { sql, params });
  return questions.map((_, at) => rows.filter(({ asked }) => asked === at));
}

/** How many rows of table `views` each of several conditions holds for, in one statement. */
export async function countRows(clickhouse: TestClickHouse, conditions: readonly Question[]): Promise<number[]> {
  const apart = conditions.map(withOwnParams);
  const columns = apart.map(({ sql }) => `toFloat64(countIf(${sql}))`).join(",\n");
  const params = Object.assign({}, ...apart.map((condition) => condition.params));
  const [row] = await answer<{ counts: number[] }>(clickhouse, {
    sql: `SELECT [${columns}] AS counts FROM views FINAL`,
    params,
  });
  return row?.counts ?? [];
}

/** The same with other names of its parameters than those of the other questions. */
function withOwnParams({ sql, params }: Question, at: number): Question {
  return {
    sql: sql.replaceAll(/\{(\w+): /g, (_, name) => `{${name}_${at}: `),
    params: Object.fromEntries(Object.entries(params).map(([name, value]) => [`${name}_${at}`, value])),
  };
}

export const environment = (id: number) => id as EnvironmentId;
