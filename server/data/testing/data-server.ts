import { randomUUID } from "node:crypto";
import { played } from "../../../domain/view/testing/play.ts";
import type { ViewRecord } from "../../../domain/view/view-record.ts";
import {
  insertViews,
  type StoredRow,
  startViewsTable,
} from "../../../platform/clickhouse/questions/testing/views-table.ts";
import { createTenantSql } from "../../../platform/clickhouse/tenant-sql/tenant-sql.ts";
import { TEST_DATABASE, type TestClickHouse } from "../../../platform/clickhouse/testing.ts";
import { startTestPostgres } from "../../../platform/postgres/testing.ts";
import { basic, createFirstTenant } from "../../testing/tenant.ts";
import { startTestServer, TEST_START_MS, type TestServer, type TestServerOptions } from "../../testing/test-server.ts";

/** The number of the first tenant's environment. */
const OURS = 1;
/** When views of these tests start, before the server's now: in every span that begins an hour ago. */
const STARTED_BEFORE_MS = 30 * 60_000;
const WATCHED_MS = 5 * 60_000;

export interface DataServer extends TestServer {
  clickhouse: TestClickHouse;
  /** With `data:read`, `data:write` and all else. */
  token: { tokenId: string; tokenSecret: string };
  environmentId: string;
  /** Where clients reach it. */
  origin: string;
  /** A view that counts, 30 minutes ago, watched for 5, with the parts given. */
  view(parts?: Partial<ViewRecord>, row?: Partial<Omit<StoredRow, "record">>): StoredRow;
  store(...rows: readonly StoredRow[]): Promise<void>;
  /** Asks as the first tenant. */
  // biome-ignore lint/suspicious/noExplicitAny: tests look at the body as JSON
  get(path: string): Promise<{ statusCode: number; body: any }>;
}

/**
 * The server with both databases, a tenant, and nothing stored up to its present. Its clock stands at `TEST_START_MS` unless
 * told otherwise; what is kept for a day alone needs one near the real time.
 */
export async function startDataServer(
  options: Omit<TestServerOptions, "databaseUrl" | "clickhouse"> = {},
): Promise<DataServer> {
  const [postgres, clickhouse] = await Promise.all([startTestPostgres(), startViewsTable()]);
  const databaseUrl = await postgres.createTestDatabase();
  const { startMs = TEST_START_MS } = options;
  const tenantSql = createTenantSql(clickhouse.url, TEST_DATABASE);
  const server = await startTestServer({ tenantSql, ...options, databaseUrl, clickhouse: clickhouse.client });
  await clickhouse.client.insert("stored_until", ["topic", "as_of"], [["beacons", new Date(startMs)]]);
  const { tokenId, tokenSecret, environmentId } = await createFirstTenant(server.db);
  const authorization = basic(tokenId, tokenSecret);
  return {
    ...server,
    clickhouse,
    environmentId,
    token: { tokenId, tokenSecret },
    origin: await server.listen(),
    view: (parts = {}, row = {}) => {
      const viewStartMs = startMs - STARTED_BEFORE_MS;
      const times = { viewStartMs, viewEndMs: viewStartMs + WATCHED_MS, lastSeenMs: viewStartMs + WATCHED_MS };
      const record = { ...WATCHED, ...times, ...parts };
      return { environmentId: OURS, viewId: randomUUID(), firstSeenMs: record.viewStartMs, version: 1, ...row, record };
    },
    store: (...rows) => insertViews(clickhouse, rows),
    get: async (url) => {
      const answer = await server.app.inject({ url, headers: { authorization } });
      return { statusCode: answer.statusCode, body: answer.json() };
    },
    stop: async () => {
      await server.stop();
      await tenantSql.close();
      await clickhouse.stop();
      await postgres.stop();
    },
  };
}

const WATCHED = played([
  ["viewstart", 0],
  ["play", 0],
  ["playing", 500],
  ["viewend", WATCHED_MS],
]);
