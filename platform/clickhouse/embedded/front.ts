import type { IncomingMessage, RequestListener, ServerResponse } from "node:http";
import type { Readable } from "node:stream";
import { text } from "node:stream/consumers";
import { pipeline } from "node:stream/promises";
import { createBrotliDecompress, createGunzip, createInflate, createZstdDecompress } from "node:zlib";
import type { Logger } from "../../observability/logger.ts";
import { type EngineAnswer, EngineError } from "./engine.ts";
import type { Executor } from "./executor.ts";
import { sendAnswer, sendError, sendText } from "./front-answers.ts";
import type { FrontMetrics } from "./front-metrics.ts";
import { isAuthorized, parseRequest, type RunRequest } from "./http-request.ts";
import { limit, removeInsertFile, writeInsertFile } from "./insert-file.ts";
import { insertFromFile, readStatement, type Statement } from "./statement.ts";

export interface FrontOptions {
  executor: Executor;
  /** Where the data of inserts under way lies; see {@link writeInsertFile}. */
  insertFolder: string;
  password: string;
  metrics: FrontMetrics;
  log: Logger;
}

/** A statement in a body; the engine itself refuses more than 256 kB outside INSERT data (`max_query_size`). */
const MAX_STATEMENT_BYTES = 16 * 1024 * 1024;

/**
 * The ClickHouse HTTP protocol, as far as `@clickhouse/client` and `curl` use it: `GET /ping`; `POST /` with the statement
 * in the body, or in the URL with its data as the body.
 */
export function createFront(options: FrontOptions): RequestListener {
  return (request, response) => {
    const startedMs = performance.now();
    handle(options, request, response)
      .then((kind) => options.metrics.finished(kind, (performance.now() - startedMs) / 1000))
      .catch((error: unknown) => fail(options, request, response, error));
  };
}

async function handle(options: FrontOptions, request: IncomingMessage, response: ServerResponse): Promise<string> {
  // Every web page that the user of this machine opens can send requests here, and browsers put its origin on them.
  if (request.headers.origin !== undefined)
    throw problem(516, "requests of web pages are refused", "AUTHENTICATION_FAILED");
  const { pathname, searchParams } = new URL(request.url ?? "/", "http://localhost");
  if (request.method === "GET" && (pathname === "/ping" || (pathname === "/" && searchParams.size === 0))) {
    sendText(response, "Ok.\n");
    return "ping";
  }
  if (!isAuthorized(request.headers, searchParams, options.password)) {
    throw problem(516, "default: Authentication failed: password is incorrect", "AUTHENTICATION_FAILED");
  }
  if (request.method !== "POST") throw problem(36, "statements are sent by POST", "BAD_ARGUMENTS");
  const parsed = parseRequest(searchParams, request.headers);
  if (parsed.kind === "refused") throw new EngineError(parsed.code, parsed.message);
  return runRequest(options, parsed.request, request, response);
}

async function runRequest(
  options: FrontOptions,
  asked: RunRequest,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<string> {
  const gone = new AbortController();
  response.once("close", () => gone.abort());
  const body = decodedBody(request);
  const sql = asked.urlStatement ?? (await readText(body, MAX_STATEMENT_BYTES));
  const statement = readStatement(sql);
  if (asked.tenant !== null && statement.kind !== "read" && statement.kind !== "refused")
    throw problem(164, "with SQL_environment statements only read", "READONLY");
  if (statement.kind === "refused") {
    throw new EngineError(statement.code, `Code: ${statement.code}. DB::Exception: ${statement.message}`);
  }
  if (statement.kind === "insert") {
    const answer = await runInsert(options, asked, statement, sql, body, gone.signal);
    await sendAnswer(response, asked, answer, "write");
    return "insert";
  }
  if (asked.urlStatement !== null && (await readText(body, MAX_STATEMENT_BYTES)).trim() !== "") {
    throw problem(62, "Syntax error: only INSERT takes a body beside a statement in the URL", "SYNTAX_ERROR");
  }
  const answer = await options.executor.run({ ...asked, sql, kind: statement.kind }, gone.signal);
  await sendAnswer(response, asked, answer, statement.kind);
  return statement.kind;
}

async function runInsert(
  options: FrontOptions,
  asked: RunRequest,
  insert: Extract<Statement, { kind: "insert" }>,
  sql: string,
  body: Readable,
  signal: AbortSignal,
): Promise<EngineAnswer> {
  const path = await writeInsertFile(options.insertFolder, sql.slice(insert.dataStart).trimStart(), body);
  try {
    return await options.executor.run({ ...asked, sql: insertFromFile(insert, path), kind: "write" }, signal);
  } finally {
    await removeInsertFile(path);
  }
}

/** The body, unpacked. A body that breaks off rejects whoever reads it: half an insert is never run. */
function decodedBody(request: IncomingMessage): Readable {
  const encoding = request.headers["content-encoding"] ?? "identity";
  const create = DECODERS[encoding];
  if (encoding === "identity") return request;
  if (create === undefined) throw problem(36, `Content-Encoding ${encoding} is not supported`, "BAD_ARGUMENTS");
  const decoder = create();
  request.on("error", (error) => decoder.destroy(error));
  return request.pipe(decoder);
}

const DECODERS: Record<string, () => ReturnType<typeof createGunzip> | ReturnType<typeof createZstdDecompress>> = {
  gzip: createGunzip,
  deflate: createInflate,
  br: createBrotliDecompress,
  zstd: createZstdDecompress,
};

async function readText(body: Readable, maxBytes: number): Promise<string> {
  return pipeline(body, limit(maxBytes), text);
}

function fail(options: FrontOptions, request: IncomingMessage, response: ServerResponse, error: unknown): void {
  if (request.destroyed && !request.complete) return; // the client broke off; nobody is there to be told
  if (response.destroyed) return;
  const known = error instanceof EngineError;
  const code = known ? error.code : 1002;
  options.metrics.failed(code);
  if (!known) options.log.error({ err: error }, "request failed");
  sendError(
    response,
    code,
    known ? error.message : `Code: ${code}. DB::Exception: ${String(error)} (UNKNOWN_EXCEPTION)`,
  );
}

function problem(code: number, reason: string, type: string): EngineError {
  return new EngineError(code, `Code: ${code}. DB::Exception: ${reason}. (${type})`);
}
