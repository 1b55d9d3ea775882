import type { Readable } from "node:stream";
import { ClickHouseLogLevel, createClient, ClickHouseError as EngineAnswerError } from "@clickhouse/client";
import { ClickHouseError } from "../clickhouse.ts";
import { isRetriable } from "../retriable.ts";

export type Settings = Readonly<Record<string, string | number>>;

/** The store as customers' statements reach it: text in, text out, by an account or a connection that is bound. */
export interface RawStore {
  /** Rejects with ClickHouseError, or {@link TooLarge}. */
  ask(statement: string, settings: Settings, signal: AbortSignal): Promise<string>;
  close(): Promise<void>;
}

/** The answer is longer than was agreed; the rest of it was not read. */
export class TooLarge extends Error {
  override readonly name = "TooLarge";
}

export interface RawStoreOptions {
  /** With user and password. */
  url: string;
  database: string;
  maxBytes: number;
}

/** Beyond the engine's own limit, for an engine that does not keep it. */
const DEADLINE_MS = 20_000;
const MAX_CONNECTIONS = 4;

/** Connects when first asked. */
export function openRawStore({ url, database, maxBytes }: RawStoreOptions): RawStore {
  const client = createClient({
    url,
    database,
    application: "playhead-sql",
    request_timeout: DEADLINE_MS,
    max_open_connections: MAX_CONNECTIONS,
    log: { level: ClickHouseLogLevel.OFF }, // it would write to the console; what matters comes as an error
  });
  return {
    ask: async (statement, settings, signal) => {
      try {
        const { stream } = await client.exec({
          query: statement,
          clickhouse_settings: settings,
          abort_signal: AbortSignal.any([signal, AbortSignal.timeout(DEADLINE_MS)]),
        });
        return await readText(stream, maxBytes);
      } catch (error) {
        throw error instanceof TooLarge ? error : toClickHouseError(error);
      }
    },
    close: () => client.close(),
  };
}

async function readText(stream: Readable, maxBytes: number): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > maxBytes) throw new TooLarge(`an answer of more than ${maxBytes} bytes`); // leaving the loop ends the stream
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}

function toClickHouseError(error: unknown): ClickHouseError {
  const message = error instanceof Error ? error.message : String(error);
  if (!(error instanceof EngineAnswerError)) return new ClickHouseError(message, null, true, { cause: error });
  const code = Number(error.code);
  // the driver keeps the engine's words and its name for the error apart
  return new ClickHouseError(`${message} (${error.type ?? "UNKNOWN"})`, code, isRetriable(code), { cause: error });
}
