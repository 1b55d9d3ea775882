import { randomBytes } from "node:crypto";
import type { RequestListener } from "node:http";
import { dirname } from "node:path";
import { format } from "node:util";
import next from "next";
import pino from "pino";
import { clientAddress } from "../domain/network/client-address.ts";
import { type AppConfig, readConfig } from "./config.ts";
import { isBodyTooLarge, refuseBody } from "./program/body-limit.ts";
import { internalPort } from "./program/internal-port.ts";
import { listen } from "./program/listen.ts";
import { createMetrics } from "./program/metrics.ts";
import { contentSecurityPolicy, FIXED_HEADERS } from "./program/security-headers.ts";
import { stopOnSignals } from "./program/stop-once.ts";
import { ASKED_PATH_HEADER } from "./session/asked-path.ts";

const config = readConfig();
const log = pino(
  {
    level: config.logLevel,
    base: { program: "app" },
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label) => ({ level: label }) },
  },
  // Synchronous: when the reader is gone the buffered kind tries for ever at exit, and the process never ends.
  pino.destination({ dest: 1, sync: true }),
);
logAsJson(log);

const closers: (() => Promise<void>)[] = [];
const fail = stopOnSignals(log, config.supervised, closers);
try {
  const metrics = createMetrics();
  const pages = next({ dev: config.dev, dir: dirname(import.meta.dirname) });
  await pages.prepare();
  closers.push(() => pages.close());
  const handle = dashboard(config, pages.getRequestHandler());
  closers.push(
    await listen(config.hosts, config.port, (request, response) => {
      metrics.observe(request, response);
      handle(request, response);
    }),
  );
  closers.push(await listen(config.hosts, config.internalPort, internalPort(metrics.registry, config.apiUrl)));
  log.info({ port: config.port, dev: config.dev }, "listening");
} catch (error) {
  fail(error);
}

/** Next's handler with what every request and answer of ours carries. */
function dashboard(
  config: AppConfig,
  handle: ReturnType<ReturnType<typeof next>["getRequestHandler"]>,
): RequestListener {
  return (request, response) => {
    const nonce = randomBytes(16).toString("base64");
    const policy = contentSecurityPolicy({ nonce, config });
    request.headers["content-security-policy"] = policy; // overwrites what a client may have sent
    request.headers[ASKED_PATH_HEADER] = request.url ?? "/"; // likewise
    const forwarded = request.headers["x-forwarded-for"];
    request.headers["x-forwarded-for"] = clientAddress(
      request.socket.remoteAddress ?? "",
      Array.isArray(forwarded) ? forwarded.join(",") : forwarded,
      config.trustedProxies,
    );
    response.setHeader("Content-Security-Policy", policy);
    for (const [name, value] of Object.entries(FIXED_HEADERS)) response.setHeader(name, value);
    if (isBodyTooLarge(request.headers)) return refuseBody(response);
    handle(request, response).catch((error: unknown) => {
      log.error({ err: error }, "request failed");
      if (!response.headersSent) response.writeHead(500);
      response.end();
    });
  };
}

/** Next and next-auth write to the console; one line of JSON each, like everything else. */
function logAsJson(log: pino.Logger): void {
  const line = (level: "debug" | "info" | "warn" | "error") => {
    const write = (...parts: unknown[]) => log[level]({ detail: format(...parts) }, "next");
    return write;
  };
  Object.assign(globalThis.console, {
    debug: line("debug"),
    log: line("debug"),
    info: line("debug"),
    warn: line("warn"),
    error: line("error"),
  });
}
