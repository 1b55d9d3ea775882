import { z } from "zod";
import { DEFAULT_PORT_BASE } from "../../domain/ports.ts";
import { flag, hosts, logLevel, parseEnvironment, portBase } from "../../platform/config/environment.ts";

const Environment = z.object({
  /** First of the ports; all others move with it. */
  PLAYHEAD_PORT_BASE: portBase.default(DEFAULT_PORT_BASE),
  /** Address to listen at; unset means loopback in both families. */
  HOST: hosts,
  LOG_LEVEL: logLevel,
  /** A Postgres of one's own instead of the embedded one. */
  DATABASE_URL: z.url().optional(),
  /** A ClickHouse of one's own instead of the embedded one. */
  CLICKHOUSE_URL: z.url().optional(),
  /** Its account for customers' SQL; see docs/data-api.md. */
  CLICKHOUSE_SQL_URL: z.url().optional(),
  /** Cluster name in the migrations' `{cluster}`; only with a ClickHouse of one's own. */
  CLICKHOUSE_CLUSTER: z.string().optional(),
  /** Apache Kafka instead of the log in the data folder. */
  EVENTLOG_URL: z.string().default(""),
  /** A bucket of S3 instead of the folder of objects in the data folder. */
  OBJECTS_URL: z.string().default(""),
  /** Hour, UTC, from which on closed partitions of the store are merged. */
  STORE_MERGE_HOUR: z.coerce.number().int().min(0).max(23).default(3),
  /** Peers whose X-Forwarded-For is believed. */
  TRUSTED_PROXIES: z.string().default("127.0.0.0/8,::1/128"),
  /** What is looked up of viewers' addresses. */
  PLAYHEAD_GEO: z.enum(["city", "country", "off"]).default("city"),
  /** Public origins, where a proxy stands before Playhead. */
  PUBLIC_APP_URL: z.url().optional(),
  PUBLIC_API_URL: z.url().optional(),
  PUBLIC_STREAM_URL: z.url().optional(),
  PUBLIC_IMAGE_URL: z.url().optional(),
  PUBLIC_SOCKET_URL: z.url().optional(),
  /** host:port at which players reach the collector. */
  PUBLIC_COLLECTOR: z.string().min(1).optional(),
  /** Programs that decode and encode: names, looked for in PATH, or paths. */
  FFMPEG_PATH: z.string().min(1).default("ffmpeg"),
  FFPROBE_PATH: z.string().min(1).default("ffprobe"),
  /** 0: the recogniser of speech is not fetched where it lacks. */
  PLAYHEAD_SPEECH: flag.default(true),
  /** What inputs may be fetched from although it is private: host:port or CIDR. */
  FETCH_ALLOW: z.string().default(""),
  /** 1: stop when standard input ends. Set by scripts/start.mjs. */
  PLAYHEAD_SUPERVISED: flag,
  /** When the start began, Unix milliseconds. Set by scripts/start.mjs. */
  PLAYHEAD_STARTED_MS: z.coerce.number().optional(),
  /** Where the person typed the command; npm changes to the repository first. Set by npm. */
  INIT_CWD: z.string().optional(),
  /** Passed on to every program, the rest of the environment is not. */
  PATH: z.string().default("/usr/local/bin:/usr/bin:/bin"),
  HOME: z.string().default("/"),
  TMPDIR: z.string().optional(),
});

export type SuperviseConfig = z.output<typeof Environment>;

/** The supervisor's configuration; the only place in scripts/ that reads the environment, apart from the bootstrap. */
export const readConfig = (): Readonly<SuperviseConfig> => parseEnvironment(Environment, process.env);
