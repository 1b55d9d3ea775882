import { z } from "zod";
import { DIMENSION_TITLES } from "../../../domain/format/format-dimension.ts";
import { MONITORING_DIMENSIONS } from "../../../domain/monitoring/dimensions.ts";
import { STARTUP_METRIC } from "../../../domain/monitoring/live-metrics.ts";
import { allow } from "../../auth/api-guard.ts";
import type { App } from "../../http/app.ts";
import { REFUSALS } from "../../http/error-schema.ts";
import type { Services } from "../../http/services.ts";
import { listOf } from "./answers.ts";
import { liveBreakdownRoute, liveBreakdownTimeseriesRoute } from "./monitoring-breakdown.ts";
import { commonOf, MONITORING_PATHS, type MonitoringPaths } from "./monitoring-params.ts";
import { liveHistogramRoute, liveTimeseriesRoute } from "./monitoring-series.ts";

/**
 * /data/v1/monitoring, and /data/v1/realtime as older clients call it (reference data-api.md §2, rows 27 to 33; §7). The same
 * questions as the live picture's, of the same table.
 */
export function monitoringRoutes(app: App, services: Services): void {
  for (const paths of MONITORING_PATHS) {
    namesRoutes(app, services, paths);
    liveBreakdownRoute(app, services, paths);
    liveTimeseriesRoute(app, services, paths);
    liveHistogramRoute(app, services, paths);
  }
  liveBreakdownTimeseriesRoute(app, services, MONITORING_PATHS[0]);
}

const NameWire = z.object({ name: z.string(), display_name: z.string() });

function namesRoutes(app: App, services: Services, paths: MonitoringPaths): void {
  const lists = {
    dimensions: MONITORING_DIMENSIONS.map((name) => ({ name, display_name: DIMENSION_TITLES[name] })),
    metrics: [...paths.metrics, STARTUP_METRIC].map(({ id, title }) => ({ name: id, display_name: title })),
  };
  for (const [noun, data] of Object.entries(lists)) {
    app.get(
      `${paths.prefix}/${noun}`,
      {
        onRequest: allow(services, "data:read"),
        schema: {
          ...commonOf(paths),
          summary: `List the ${noun} of monitoring`,
          response: { ...REFUSALS, 200: listOf(NameWire) },
        },
      },
      async () => {
        const nowSeconds = Math.floor(services.now() / 1_000);
        return { data, total_row_count: data.length, timeframe: [nowSeconds, nowSeconds] as [number, number] };
      },
    );
  }
}
