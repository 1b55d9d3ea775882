import { createHash, timingSafeEqual } from "node:crypto";
import type { IncomingHttpHeaders } from "node:http";

/** What a request's line and headers ask for. Values are as the engine expects them in `SET name = 'value'`. */
export interface RunRequest {
  /** The statement when the URL carries it: the body is data then; else the body is the statement. */
  urlStatement: string | null;
  settings: ReadonlyMap<string, string>;
  parameters: ReadonlyMap<string, string>;
  database: string | null;
  format: string;
  queryId: string | null;
  acceptsGzip: boolean;
  /** Number of the environment that the statement of a customer is bound to; null for the product's own. */
  tenant: number | null;
}

export type ParsedRequest = { kind: "run"; request: RunRequest } | { kind: "refused"; code: number; message: string };

/** Keys of the HTTP protocol itself that need nothing here: answers are always complete before they are sent. */
const IGNORED = new Set([
  "user",
  "password",
  "wait_end_of_query",
  "buffer_size",
  "send_progress_in_http_headers",
  "http_headers_progress_interval_ms",
  "cancel_http_readonly_queries_on_client_close",
]);

/** Keys that would change the meaning of the request and are not there: ignoring them would be silent. */
const UNSUPPORTED = new Set([
  "session_id",
  "session_timeout",
  "session_check",
  "role",
  "compress",
  "decompress",
  "use_multipart_params",
  "log_comment", // the row policies go by it (row-binding.ts)
]);

const IDENTIFIER = /^[A-Za-z_][A-Za-z0-9_]*$/;
const DEFAULT_FORMAT = "TabSeparated";

export function parseRequest(query: URLSearchParams, headers: IncomingHttpHeaders): ParsedRequest {
  const settings = new Map<string, string>();
  const parameters = new Map<string, string>();
  const own = new Map<string, string>();
  for (const [key, value] of query) {
    const parameter = key.startsWith("param_") ? key.slice("param_".length) : null;
    if (IGNORED.has(key)) continue;
    if (UNSUPPORTED.has(key)) return refused(`${key} is not supported by the embedded engine`);
    if (!IDENTIFIER.test(parameter ?? key)) return refused(`${JSON.stringify(key)} is not a name`);
    if (OWN_KEYS.has(key)) own.set(key, value);
    else if (parameter !== null) parameters.set(parameter, value);
    else settings.set(key, value);
  }
  if (headers["content-type"]?.startsWith("multipart/") === true) return refused("multipart bodies are not supported");
  const format = own.get("default_format") ?? DEFAULT_FORMAT;
  if (!IDENTIFIER.test(format)) return refused("default_format is not a name");
  const tenant = own.get("SQL_environment") ?? null;
  if (tenant !== null && !ENVIRONMENT_NUMBER.test(tenant)) return refused("SQL_environment is no environment's number");
  const acceptsGzip = own.get("enable_http_compression") === "1" && /\bgzip\b/.test(headers["accept-encoding"] ?? "");
  const request: RunRequest = {
    urlStatement: own.get("query") ?? null,
    settings,
    parameters,
    database: own.get("database") ?? singleHeader(headers["x-clickhouse-database"]),
    format,
    queryId: own.get("query_id") ?? null,
    acceptsGzip,
    tenant: tenant === null ? null : Number(tenant),
  };
  return { kind: "run", request };
}

const OWN_KEYS = new Set([
  "query",
  "database",
  "default_format",
  "query_id",
  "enable_http_compression",
  "SQL_environment",
]);

/** 0 is none: no row has it. */
const ENVIRONMENT_NUMBER = /^[1-9][0-9]{0,9}$/;

/** Password as Basic, `X-ClickHouse-Key` or URL parameter; compared in constant time. The user's name does not matter. */
export function isAuthorized(headers: IncomingHttpHeaders, query: URLSearchParams, password: string): boolean {
  const given =
    singleHeader(headers["x-clickhouse-key"]) ?? basicPassword(headers.authorization) ?? query.get("password");
  return given !== null && timingSafeEqual(digest(given), digest(password));
}

function basicPassword(authorization: string | undefined): string | null {
  const encoded = /^Basic (.+)$/i.exec(authorization ?? "")?.[1];
  if (encoded === undefined) return null;
  const decoded = Buffer.from(encoded, "base64").toString("utf8");
  return decoded.slice(decoded.indexOf(":") + 1);
}

const digest = (text: string): Buffer => createHash("sha256").update(text).digest();

const singleHeader = (value: string | string[] | undefined): string | null =>
  typeof value === "string" ? value : null;

const refused = (reason: string): ParsedRequest => ({
  kind: "refused",
  code: 36,
  message: `Code: 36. DB::Exception: ${reason}. (BAD_ARGUMENTS)`,
});
