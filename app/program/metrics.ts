import type { IncomingMessage, ServerResponse } from "node:http";
import { Counter, collectDefaultMetrics, Histogram, Registry } from "prom-client";

export interface AppMetrics {
  registry: Registry;
  /** Counts a request and its time once its answer is out. */
  observe(request: IncomingMessage, response: ServerResponse): void;
}

export function createMetrics(): AppMetrics {
  const registry = new Registry();
  registry.setDefaultLabels({ program: "app" });
  collectDefaultMetrics({ register: registry });
  const labelNames = ["method", "status"] as const;
  const requests = new Counter({
    name: "playhead_app_requests_total",
    help: "Requests answered by the dashboard",
    labelNames,
    registers: [registry],
  });
  const seconds = new Histogram({
    name: "playhead_app_request_seconds",
    help: "Time from a request's head to the end of its answer",
    labelNames,
    buckets: [0.005, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5],
    registers: [registry],
  });
  return {
    registry,
    observe: (request, response) => {
      const started = performance.now();
      response.once("close", () => {
        const labels = { method: request.method ?? "", status: String(response.statusCode) };
        requests.inc(labels);
        seconds.observe(labels, (performance.now() - started) / 1_000);
      });
    },
  };
}
