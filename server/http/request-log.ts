import { Histogram } from "prom-client";
import type { Metrics } from "../../platform/observability/metrics.ts";
import type { App } from "./app.ts";

/** Sets what every answer carries, and notes each answer once: a log line with its request id, and its time. */
export function watchRequests(app: App, metrics: Metrics): void {
  const seconds = new Histogram({
    name: "playhead_http_request_seconds",
    help: "Time from the request's headers to the end of its answer",
    labelNames: ["method", "route", "status"],
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    registers: [metrics],
  });
  app.addHook("onRequest", async (request, reply) => {
    reply.headers({ "x-request-id": request.id, "cache-control": "no-store", "x-content-type-options": "nosniff" });
  });
  app.addHook("onResponse", async (request, reply) => {
    const route = request.routeOptions.url ?? "unknown"; // the pattern: ids in labels would grow without end
    const labels = { method: request.method, route, status: String(reply.statusCode) };
    seconds.observe(labels, reply.elapsedTime / 1_000);
    request.log.info({ ...labels, durationMs: Math.round(reply.elapsedTime) }, "request answered");
  });
}
