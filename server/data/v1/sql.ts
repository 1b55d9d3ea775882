import { z } from "zod";
import { MAX_SQL_LENGTH } from "../../../platform/clickhouse/tenant-sql/check-text.ts";
import { MAX_ROWS } from "../../../platform/clickhouse/tenant-sql/limits.ts";
import { allow, callerOf } from "../../auth/api-guard.ts";
import type { App } from "../../http/app.ts";
import { ErrorBody, REFUSALS } from "../../http/error-schema.ts";
import type { Services } from "../../http/services.ts";
import { cutCsv, sqlBody } from "./sql-answer.ts";

const SqlBody = z.strictObject({
  query: z
    .string()
    .describe(
      `One SELECT over views and events, at most ${MAX_SQL_LENGTH} characters, in ClickHouse's SQL; rows of this environment alone are there`,
    ),
});

const SqlWire = z.object({
  data: z.object({
    columns: z
      .array(
        z.object({ name: z.string(), type: z.string().describe("ClickHouse's name of it, such as Nullable(UInt32)") }),
      )
      .describe("In the order of each row"),
    row_count: z.number().describe("Rows in this answer"),
    truncated: z.boolean().describe(`true: there are more than ${MAX_ROWS} rows; the rest is left out`),
    elapsed_ms: z.number().describe("Milliseconds, with checks and waiting"),
    rows: z.array(z.array(z.unknown())).describe("Whole numbers of 64 bits are numbers with all their digits"),
  }),
});

const WantsCsv = /(?:^|,)\s*text\/csv\s*(?:;|,|$)/i;

/** POST /data/v1/sql: read-only SQL over one's own rows; beyond the reference. */
export function sqlRoutes(app: App, services: Services): void {
  app.post(
    "/data/v1/sql",
    {
      onRequest: allow(services, "data:read"),
      schema: {
        tags: ["Query"],
        security: [{ accessToken: [] }],
        summary: "Read-only SQL over one's own views and events",
        description: "With `Accept: text/csv` the answer is CSV, with `X-Row-Count` and `X-Truncated`.",
        body: SqlBody,
        response: {
          ...REFUSALS,
          422: ErrorBody,
          200: {
            description: "Rows, as JSON or CSV",
            content: { "application/json": { schema: SqlWire }, "text/csv": { schema: z.string() } },
          },
        },
      },
    },
    async (request, reply) => {
      const startedMs = performance.now();
      const { environmentId } = callerOf(request);
      const gone = new AbortController();
      reply.raw.once("close", () => gone.abort());
      const ask = (format: Parameters<typeof services.sql.run>[2]) =>
        services.sql.run(environmentId, request.body.query, format, gone.signal);
      if (!WantsCsv.test(request.headers.accept ?? "")) {
        const body = sqlBody(await ask("JSONCompactEachRowWithNamesAndTypes"), MAX_ROWS, startedMs, performance.now());
        reply.header("content-type", "application/json; charset=utf-8");
        return reply.send(body as never); // JSON already, and sent as it is
      }
      const { text, rowCount, isCut } = cutCsv(await ask("CSVWithNames"), MAX_ROWS);
      reply.header("content-type", "text/csv; charset=utf-8; header=present");
      reply.header("x-row-count", String(rowCount)).header("x-truncated", String(isCut));
      return reply.send(text as never);
    },
  );
}
