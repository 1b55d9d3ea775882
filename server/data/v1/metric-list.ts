import { z } from "zod";
import { parseTimeframe } from "../../../domain/data-api/timeframe.ts";
import { FAMILIES, MEASUREMENTS, type Unit } from "../../../domain/metrics/metric.ts";
import { METRICS } from "../../../domain/metrics/metrics.ts";
import { allow } from "../../auth/api-guard.ts";
import type { App } from "../../http/app.ts";
import { REFUSALS } from "../../http/error-schema.ts";
import type { Services } from "../../http/services.ts";
import { listOf } from "./answers.ts";
import { timeframeWire } from "./scope-query.ts";

const UNITS = [
  "count",
  "milliseconds",
  "ratio",
  "score",
  "bits_per_second",
  "per_minute",
] as const satisfies readonly Unit[];

const MetricWire = z.object({
  id: z.string(),
  aliases: z.array(z.string()).describe("Other ids that stand for it"),
  title: z.string().describe("For people"),
  family: z.enum(FAMILIES),
  unit: z.enum(UNITS).describe("Ratios and scores are 0..1"),
  measurements: z.array(z.enum(MEASUREMENTS)).describe("Ways to make one number of many views"),
  default_measurement: z.enum(MEASUREMENTS),
  better: z.enum(["higher", "lower"]).nullable().describe("null: neither; such a metric has no insights"),
  filterable: z.boolean().describe("May stand in metric_filters[]"),
  time_basis: z.enum(["view_start", "view_end"]).describe("Which time of a view has to lie in the range asked"),
  sentence: z.string().describe("What it says"),
});

/** GET /data/v1/metrics: what numbers there are. Beyond the reference. */
export function metricListRoute(app: App, services: Services): void {
  const data = METRICS.map(
    ({ id, aliases, title, family, unit, measurements, better, filterable, sentence, ...metric }) => ({
      ...{ id, aliases: [...aliases], title, family, unit, measurements: [...measurements] },
      ...{ default_measurement: metric.defaultMeasurement, better, filterable },
      ...{ time_basis: metric.timeBasis, sentence },
    }),
  );
  app.get(
    "/data/v1/metrics",
    {
      onRequest: allow(services, "data:read"),
      schema: {
        tags: ["Metrics"],
        security: [{ accessToken: [] }],
        summary: "List the metrics",
        description: "All of them, on one page, by family.",
        response: { ...REFUSALS, 200: listOf(MetricWire) },
      },
    },
    async () => {
      const timeframe = timeframeWire(parseTimeframe([], services.now()));
      return { data, total_row_count: data.length, timeframe };
    },
  );
}
