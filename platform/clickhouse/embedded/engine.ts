import { createRequire } from "node:module";

/** An open connection of the native library; opaque. */
type NativeConnection = object;

/** The part of chdb's native addon that is used. `QueryAsyncConnection` runs on a libuv thread. */
interface NativeEngine {
  CreateConnection(path: string, args: string[]): NativeConnection;
  CloseConnection(connection: NativeConnection): void;
  QueryAsyncConnection(connection: NativeConnection, sql: string, format: string): Promise<EngineAnswer>;
}

export interface EngineAnswer {
  bytes: Buffer;
  /** Read by a SELECT, written by an INSERT. */
  rowsRead: number;
  bytesRead: number;
}

const LIBRARIES: Record<string, string> = {
  "linux-x64": "@chdb/lib-linux-x64-gnu",
  "linux-arm64": "@chdb/lib-linux-arm64-gnu",
  "darwin-x64": "@chdb/lib-darwin-x64",
  "darwin-arm64": "@chdb/lib-darwin-arm64",
};

/** What the engine answered instead of a result; `message` begins with `Code: N. DB::Exception:` as a server's would. */
export class EngineError extends Error {
  override readonly name = "EngineError";
  readonly code: number;

  constructor(code: number, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** The engine, loaded into this process (540 MB of library, mapped, not read): one per process, one data folder. */
export class Engine {
  readonly #native: NativeEngine;
  readonly #dataDir: string;
  readonly #configFile: string;

  constructor(dataDir: string, configFile: string) {
    this.#native = loadNativeEngine();
    this.#dataDir = dataDir;
    this.#configFile = configFile;
  }

  /** Synchronous, 0.7 ms; the first one starts the engine (0.2 s and more, by the number of parts). */
  open(): EngineConnection {
    return new EngineConnection(
      this.#native,
      this.#native.CreateConnection(this.#dataDir, [`--config-file=${this.#configFile}`]),
    );
  }
}

/**
 * One connection: one statement at a time. It remembers parameters, settings, temporary tables and, after an error, the
 * output that the failed statement had already made, which it puts before the next answer (tried): hence the pool's rule
 * about which connections live on.
 */
export class EngineConnection {
  /** As set by the last `USE`. */
  database = "default";
  /** What it was set to before it became read-only, for good; null: it can be set. */
  lockedAs: string | null = null;
  readonly #native: NativeEngine;
  readonly #connection: NativeConnection;
  #busy = false;

  constructor(native: NativeEngine, connection: NativeConnection) {
    this.#native = native;
    this.#connection = connection;
  }

  /** Rejects with {@link EngineError}. */
  async run(sql: string, format: string): Promise<EngineAnswer> {
    if (this.#busy) throw new Error("a connection runs one statement at a time");
    this.#busy = true;
    try {
      return await this.#native.QueryAsyncConnection(this.#connection, sql, format);
    } catch (error) {
      throw toEngineError(error);
    } finally {
      this.#busy = false;
    }
  }

  /** Closing under a running statement would abort the whole process: that is refused. */
  close(): void {
    if (this.#busy) throw new Error("the connection is still running a statement");
    this.#native.CloseConnection(this.#connection);
  }
}

/** Errors that carry no number of their own are UNKNOWN_EXCEPTION, as the server calls them. */
const UNKNOWN_EXCEPTION = 1002;

function toEngineError(error: unknown): EngineError {
  const message = (error instanceof Error ? error.message : String(error)).replace(/^Query failed: /, "");
  const code = /^Code: (\d+)\./.exec(message)?.[1];
  return code === undefined
    ? new EngineError(UNKNOWN_EXCEPTION, `Code: ${UNKNOWN_EXCEPTION}. DB::Exception: ${message} (UNKNOWN_EXCEPTION)`)
    : new EngineError(Number(code), message);
}

function loadNativeEngine(): NativeEngine {
  const platform = `${process.platform}-${process.arch}`;
  const library = LIBRARIES[platform];
  if (library === undefined) {
    throw new Error(`The embedded ClickHouse does not exist for ${platform}: set CLICKHOUSE_URL to a server instead`);
  }
  const require = createRequire(import.meta.url);
  // The library is a dependency of chdb, not ours: it is looked up from there.
  return createRequire(require.resolve("chdb"))(library) as NativeEngine; // an addon has no types; used as declared above
}
