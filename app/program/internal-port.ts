import type { RequestListener, ServerResponse } from "node:http";
import type { Registry } from "prom-client";

/** Below the 1 s that Kubernetes' probes wait. */
const CHECK_TIMEOUT_MS = 900;

/** `/healthz` while the process runs; `/readyz` 200 or 503 with each check; `/metrics` as Prometheus text. */
export function internalPort(registry: Registry, apiUrl: string): RequestListener {
  return async (request, response) => {
    const path = (request.url ?? "/").split("?", 1)[0];
    if (path === "/healthz") return send(response, 200, "text/plain", "ok\n");
    if (path === "/metrics") return send(response, 200, registry.contentType, await registry.metrics());
    if (path !== "/readyz") return send(response, 404, "text/plain", "not found\n");
    const server = await checkServer(apiUrl);
    const report = JSON.stringify({ ready: server.ok, checks: { server } });
    return send(response, server.ok ? 200 : 503, "application/json", `${report}\n`);
  };
}

/** Reachable is enough: 401 is the answer to a question without a session. */
async function checkServer(apiUrl: string): Promise<{ ok: true } | { ok: false; reason: string }> {
  try {
    const answer = await fetch(new URL("/dashboard/v1/session", apiUrl), {
      signal: AbortSignal.timeout(CHECK_TIMEOUT_MS),
    });
    await answer.body?.cancel();
    return answer.status < 500 ? { ok: true } : { ok: false, reason: `server answers ${answer.status}` };
  } catch (error) {
    return { ok: false, reason: `server is not reachable: ${error instanceof Error ? error.message : String(error)}` };
  }
}

function send(response: ServerResponse, status: number, contentType: string, body: string): void {
  response.writeHead(status, { "content-type": contentType, "cache-control": "no-store" });
  response.end(body);
}
