import { randomUUID } from "node:crypto";
import type { ServerResponse } from "node:http";
import { promisify } from "node:util";
import { constants, gzip } from "node:zlib";
import type { EngineAnswer } from "./engine.ts";
import type { RunRequest } from "./http-request.ts";

const compress = promisify(gzip);

/** Smaller answers are sent as they are: packing costs more than it saves on loopback. */
const MIN_GZIP_BYTES = 1024;

/** HTTP status of an engine error number, as a server chooses it; everything else is 500. */
const STATUS: Record<number, number> = {
  60: 404,
  81: 404,
  164: 403,
  497: 403,
  516: 403,
  27: 400,
  36: 400,
  47: 400,
  48: 501,
  62: 400,
  115: 400,
  117: 400,
  158: 400,
  396: 400,
  39: 413,
  202: 503,
};

export async function sendAnswer(
  response: ServerResponse,
  request: RunRequest,
  answer: EngineAnswer,
  kind: "read" | "write" | "upkeep" | "session",
): Promise<void> {
  const packs = request.acceptsGzip && answer.bytes.length >= MIN_GZIP_BYTES;
  const body = packs ? await compress(answer.bytes, { level: constants.Z_BEST_SPEED }) : answer.bytes;
  response.writeHead(200, {
    "content-type": "text/plain; charset=UTF-8",
    "content-length": body.length,
    "x-clickhouse-query-id": headerSafe(request.queryId) ?? randomUUID(),
    "x-clickhouse-summary": JSON.stringify(summary(answer, kind)),
    ...(packs ? { "content-encoding": "gzip" } : {}),
  });
  response.end(body);
}

export function sendError(response: ServerResponse, code: number, message: string): void {
  if (response.headersSent) return void response.destroy();
  response.writeHead(STATUS[code] ?? 500, {
    "content-type": "text/plain; charset=UTF-8",
    "x-clickhouse-exception-code": String(code),
  });
  response.end(`${message}\n`);
}

export function sendText(response: ServerResponse, body: string): void {
  response.writeHead(200, { "content-type": "text/plain; charset=UTF-8" });
  response.end(body);
}

/** The server sends these numbers as decimal strings. */
function summary({ rowsRead, bytesRead }: EngineAnswer, kind: string): Record<string, string> {
  const wrote = kind === "write";
  return {
    read_rows: String(rowsRead),
    read_bytes: String(bytesRead),
    written_rows: String(wrote ? rowsRead : 0),
    written_bytes: String(wrote ? bytesRead : 0),
    total_rows_to_read: "0",
    result_rows: "0",
    result_bytes: "0",
  };
}

const headerSafe = (text: string | null): string | null => (text !== null && /^[\x20-\x7e]+$/.test(text) ? text : null);
