import type { IncomingMessage, ServerResponse } from "node:http";
import { listen } from "../http/listen.ts";
import type { Metrics } from "./metrics.ts";
import type { Readiness } from "./readiness.ts";

export interface InternalPort {
  /** The real port, also when 0 was asked for. */
  port: number;
  close(): Promise<void>;
}

/**
 * Opens the port that operators and probes ask, apart from the public one:
 * `GET /healthz` 200 while the process runs; `GET /readyz` 200 or 503 with each check; `GET /metrics` Prometheus text.
 */
export async function openInternalPort(
  hosts: readonly string[],
  port: number,
  metrics: Metrics,
  readiness: Readiness,
): Promise<InternalPort> {
  return listen(hosts, port, (request, response) => {
    answer(request, response, metrics, readiness).catch((error: unknown) => {
      if (!response.headersSent) response.writeHead(500, { "content-type": "text/plain" });
      response.end(`${String(error)}\n`);
    });
  });
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  metrics: Metrics,
  readiness: Readiness,
): Promise<void> {
  const path = (request.url ?? "/").split("?", 1)[0];
  if (path === "/healthz") return send(response, 200, "text/plain", "ok\n");
  if (path === "/metrics") return send(response, 200, metrics.contentType, await metrics.metrics());
  if (path === "/readyz") {
    const report = await readiness.report();
    return send(response, report.ready ? 200 : 503, "application/json", `${JSON.stringify(report)}\n`);
  }
  send(response, 404, "text/plain", "not found\n");
}

function send(response: ServerResponse, status: number, contentType: string, body: string): void {
  response.writeHead(status, { "content-type": contentType, "cache-control": "no-store" });
  response.end(body);
}
