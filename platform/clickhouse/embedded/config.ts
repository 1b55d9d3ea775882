import { z } from "zod";
import { DEFAULT_PORT_BASE, portsFrom } from "../../../domain/ports.ts";
import { flag, logLevel, parseEnvironment, portBase } from "../../config/environment.ts";

/**
 * Threads that the engine's connections and file work need; libuv's own default is 4. More than the connections together,
 * or slow questions would keep the kill of one waiting.
 */
export const THREADS = 16;

const Environment = z
  .object({
    /** Folder of the engine's tables; made when missing. */
    CLICKHOUSE_DATA_DIR: z.string().min(1),
    /** Per installation; whoever knows it may do everything. Loopback alone keeps neither web pages nor other users out. */
    CLICKHOUSE_PASSWORD: z.string().min(16, "must have at least 16 characters"),
    PLAYHEAD_PORT_BASE: portBase.default(DEFAULT_PORT_BASE),
    /** Port of the front alone; 0 lets the system choose both ports (tests). */
    PLAYHEAD_CLICKHOUSE_PORT: z.coerce.number().int().min(0).max(65_000).optional(),
    PLAYHEAD_SUPERVISED: flag,
    LOG_LEVEL: logLevel,
    UV_THREADPOOL_SIZE: z.coerce.number().int().default(4),
  })
  .transform((environment) => ({
    dataDir: environment.CLICKHOUSE_DATA_DIR,
    password: environment.CLICKHOUSE_PASSWORD,
    port: environment.PLAYHEAD_CLICKHOUSE_PORT ?? portsFrom(environment.PLAYHEAD_PORT_BASE).clickhouse,
    supervised: environment.PLAYHEAD_SUPERVISED,
    logLevel: environment.LOG_LEVEL,
    threads: environment.UV_THREADPOOL_SIZE,
  }));

export type FrontConfig = Readonly<z.output<typeof Environment>>;

/**
 * Reads the environment, after raising the thread pool's size where nobody has: libuv looks at the variable when the
 * first thread is needed, which no import of the front does.
 */
export function readFrontConfig(environment: NodeJS.ProcessEnv = process.env): FrontConfig {
  environment["UV_THREADPOOL_SIZE"] ??= String(THREADS);
  return parseEnvironment(Environment, environment);
}
