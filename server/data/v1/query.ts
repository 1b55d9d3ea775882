import { z } from "zod";
import { parseFilters } from "../../../domain/data-api/filter-text.ts";
import { parseMetricFilters } from "../../../domain/data-api/metric-filter-text.ts";
import { keepMs, parseTimeframe, type Timeframe } from "../../../domain/data-api/timeframe.ts";
import { ApiError } from "../../../domain/errors.ts";
import {
  askNumbers,
  type NumbersOptions,
  type NumbersOrder,
  type NumbersRow,
} from "../../../domain/metrics/ask/ask-numbers.ts";
import type { AskedNumber } from "../../../domain/metrics/ask/numbers-beside.ts";
import type { Dimension } from "../../../domain/metrics/dimensions.ts";
import { MEASUREMENTS } from "../../../domain/metrics/metric.ts";
import { metricById } from "../../../domain/metrics/metrics.ts";
import type { Scope } from "../../../domain/metrics/scope.ts";
import { GRANULARITIES } from "../../../domain/metrics/time-buckets.ts";
import { TIME_ZONES } from "../../../domain/metrics/time-zones.ts";
import { allow, callerOf } from "../../auth/api-guard.ts";
import type { App } from "../../http/app.ts";
import { REFUSALS } from "../../http/error-schema.ts";
import type { Services } from "../../http/services.ts";
import { withoutNulls } from "../../http/without-nulls.ts";
import { namesOf } from "../names-of.ts";
import { orNull, TimeframeWire } from "./answers.ts";
import { checked, requireGroupable, requireMeasurement } from "./named-params.ts";
import { DirectionQuery } from "./page-query.ts";
import { decodeQueryCursor, encodeQueryCursor } from "./query-cursor.ts";
import { timeframeWire } from "./scope-query.ts";

const MAX_METRICS = 20;
const MAX_DIMENSIONS = 3;
const MAX_LIMIT = 1_000;
/** Three long texts, each character escaped and then in base64. */
const MAX_CURSOR_LENGTH = 200_000;

const texts = z.array(z.string()).max(200).default([]);

const QueryBody = z.strictObject({
  metrics: z
    .array(z.strictObject({ id: z.string(), measurement: z.enum(MEASUREMENTS).optional() }))
    .min(1)
    .max(MAX_METRICS)
    .describe("Numbers of every row, in this order; the metric's own measurement if left out"),
  group_by: z.array(z.string()).max(MAX_DIMENSIONS).default([]).describe("Ids of dimensions"),
  granularity: z.enum(GRANULARITIES).optional().describe("Tells rows apart by time too, each metric by its own"),
  time_zone: z.string().max(100).default("UTC").describe("IANA name; decides where hours and days begin"),
  timeframe: z
    .array(z.union([z.string(), z.int().min(0)]))
    .max(2)
    .default([])
    .describe("As timeframe[]: two Unix times in seconds, or one span up to now; the last 24 hours if left out"),
  filters: texts.describe("As filters[]"),
  metric_filters: texts.describe("As metric_filters[]"),
  weighted: z.boolean().default(false).describe("Each view counts 1/sample_rate times"),
  include_bots: z.boolean().default(false).describe("Views of crawlers count too"),
  order_by: z
    .string()
    .optional()
    .describe(
      "time, a dimension of group_by, or a metric of metrics, with its measurement where that is there twice: video_startup_time:95th. If left out, time, else the first dimension",
    ),
  order_direction: DirectionQuery.default("asc"),
  limit: z.int().min(1).max(MAX_LIMIT).default(100),
  cursor: z
    .string()
    .max(MAX_CURSOR_LENGTH)
    .optional()
    .describe("next_cursor of the page before, with the same question"),
});
type Query = z.output<typeof QueryBody>;

const NumberWire = z.object({
  metric: z.string(),
  measurement: z.enum(MEASUREMENTS),
  value: z.number().nullable().describe("null where no view holds a value"),
  views: z.number().describe("Views that hold a value of the metric"),
});

const QueryWire = z.object({
  data: z.array(
    z.object({
      time: z.iso.datetime().nullable().describe("Start of the bucket; null without granularity"),
      group: z.record(z.string(), z.string().nullable()).describe("Dimension id → value, null for none"),
      metrics: z.array(NumberWire).describe("In the order asked"),
    }),
  ),
  total_row_count: z.number().describe("On all pages"),
  next_cursor: z.string().nullable().describe("null on the last page"),
  timeframe: TimeframeWire,
});

const Row: z.ZodType<NumbersRow> = z.object({
  start_ms: z.number(),
  fields: z.array(z.string()),
  found: z.array(z.number().nullable()),
  held: z.array(z.number()),
  after: z.array(z.string()),
  total_row_count: z.number(),
});

/** POST /data/v1/query: several metrics and dimensions in one pass; beyond the reference. */
export function queryRoutes(app: App, services: Services): void {
  app.post(
    "/data/v1/query",
    {
      onRequest: allow(services, "data:read"),
      preValidation: withoutNulls,
      schema: {
        tags: ["Query"],
        security: [{ accessToken: [] }],
        summary: "Several numbers, told apart by several dimensions and by time",
        body: QueryBody,
        response: { ...REFUSALS, 200: QueryWire },
      },
    },
    async (request) => {
      const { scope, timeframe, options, identity } = readQuery(request.body, {
        environmentId: callerOf(request).environmentId,
        nowMs: services.now(),
      });
      const { numbers, groupBy, limit } = options;
      const question = checked("granularity, timeframe, cursor", () => {
        return askNumbers(scope, { ...options, limit: limit + 1 });
      });
      const keep = keepMs(timeframe);
      const found = await services.analytics.ask(question, Row, { name: "query", keepMs: keep });
      const rows = found.slice(0, limit);
      const names = await fieldNames(services, scope, { rows, groupBy, keyed: question.keyed, keepMs: keep });
      const last = found.length > limit ? rows.at(-1) : undefined;
      return {
        data: rows.map((row) => rowToWire(row, { numbers, groupBy, names, byTime: options.granularity !== null })),
        total_row_count: rows[0]?.total_row_count ?? 0,
        next_cursor: last === undefined ? null : encodeQueryCursor({ timeframe, after: last.after }, identity),
        timeframe: timeframeWire(timeframe),
      };
    },
  );
}

/** @throws ApiError that names the parameter and what it may be */
function readQuery(body: Query, { environmentId, nowMs }: Pick<Scope, "environmentId"> & { nowMs: number }) {
  const { cursor: cursorText, limit, ...rest } = body;
  const identity = [environmentId, rest];
  const cursor = cursorText === undefined ? null : decodeQueryCursor(cursorText, identity);
  const timeframe: Timeframe = cursor?.timeframe ?? parseTimeframe(body.timeframe.map(String), nowMs);
  const numbers = body.metrics.map(readMetric);
  const twice = numbers.find((one, at) => numbers.findIndex((other) => isSame(one, other)) < at);
  if (twice !== undefined) throw wrong(`metrics: ${twice.metric.id}, ${twice.measurement} is there twice`);
  if (!TIME_ZONES.has(body.time_zone))
    throw wrong(`time_zone: ${body.time_zone} is no name of the IANA time zone database, such as Europe/Berlin`);
  const groupBy = body.group_by.map((id) => requireGroupable("group_by", id));
  if (new Set(groupBy).size < groupBy.length) throw wrong("group_by: names a dimension twice");
  const options: NumbersOptions = {
    numbers,
    groupBy,
    granularity: body.granularity ?? null,
    timeZone: body.time_zone,
    orderBy: readOrder(body, numbers, groupBy),
    direction: body.order_direction,
    limit,
    after: cursor?.after ?? null,
  };
  const scope: Scope = {
    environmentId,
    ...timeframe,
    filters: parseFilters(body.filters),
    metricFilters: parseMetricFilters(body.metric_filters),
    weighted: body.weighted,
    includeBots: body.include_bots,
  };
  return { scope, timeframe, options, identity };
}

function readMetric({ id, measurement }: Query["metrics"][number]): AskedNumber {
  const metric = metricById(id);
  if (metric === null) throw wrong(`metrics: there is no metric ${id.slice(0, 100)}`);
  return { metric, measurement: requireMeasurement(metric, measurement) };
}

function isSame(one: AskedNumber, other: AskedNumber): boolean {
  return one.metric === other.metric && one.measurement === other.measurement;
}

function readOrder(
  { order_by: text, granularity }: Query,
  numbers: readonly AskedNumber[],
  groupBy: readonly Dimension[],
): NumbersOrder {
  const byTime: NumbersOrder = { kind: "time" };
  if (text === undefined)
    return granularity === undefined && groupBy.length > 0 ? { kind: "dimension", at: 0 } : byTime;
  if (text === "time" && granularity !== undefined) return byTime;
  const dimension = groupBy.findIndex(({ id }) => id === text);
  if (dimension >= 0) return { kind: "dimension", at: dimension };
  const [id = "", measurement] = text.split(":");
  const named = metricById(id);
  const number = numbers.findIndex((each) => {
    return each.metric === named && (measurement === undefined || each.measurement === measurement);
  });
  if (number >= 0) return { kind: "number", at: number };
  throw wrong("order_by: name time (with a granularity), a dimension of group_by, or a metric of metrics");
}

/** What fields of each dimension read as. */
async function fieldNames(
  { analytics }: Pick<Services, "analytics">,
  scope: Scope,
  asked: { rows: readonly NumbersRow[]; groupBy: readonly Dimension[]; keyed: readonly boolean[]; keepMs: number },
): Promise<((field: string) => string)[]> {
  const { rows, groupBy, keyed, keepMs: keep } = asked;
  return Promise.all(
    groupBy.map((dimension, at) => {
      const fields = [...new Set(rows.map((row) => row.fields[at] ?? ""))];
      return namesOf(analytics, scope, { dimension, keyed: keyed[at] ?? false, fields, keepMs: keep });
    }),
  );
}

interface Told {
  numbers: readonly AskedNumber[];
  groupBy: readonly Dimension[];
  names: readonly ((field: string) => string)[];
  byTime: boolean;
}

function rowToWire({ start_ms, fields, found, held }: NumbersRow, { numbers, groupBy, names, byTime }: Told) {
  const values = groupBy.map(({ id }, at) => [id, orNull(names[at]?.(fields[at] ?? "") ?? "")] as const);
  return {
    time: byTime ? new Date(start_ms).toISOString() : null,
    group: Object.fromEntries(values),
    metrics: numbers.map(({ metric, measurement }, at) => {
      return { metric: metric.id, measurement, value: found[at] ?? null, views: held[at] ?? 0 };
    }),
  };
}

function wrong(message: string): ApiError {
  return new ApiError("invalid_parameters", [message]);
}
