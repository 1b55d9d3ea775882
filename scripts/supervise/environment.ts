import { join } from "node:path";
import type { Ports } from "../../domain/ports.ts";
import type { SuperviseConfig } from "./config.ts";
import type { ProgramName } from "./programs.ts";
import type { Secrets } from "./secrets.ts";
import type { Job } from "./supervisor.ts";
import type { Access } from "./welcome.ts";

export interface EnvironmentInput {
  config: Readonly<SuperviseConfig>;
  ports: Ports;
  /** Absolute path. */
  dataFolder: string;
  secrets: Secrets;
  access: Access;
  dev: boolean;
}

type Variables = Record<string, string>;

/** Connections of the embedded engine's front plus what files and name look-ups need; see clickhouse/embedded. */
const CLICKHOUSE_THREADS = "16";

/** The whole environment of one program: what its `config.ts` reads, and no more. Secrets go only where they are needed. */
export function environmentOf(program: ProgramName | Job, input: EnvironmentInput): Variables {
  return { ...common(input), ...PARTS[program](input) };
}

const PARTS: Record<ProgramName | Job, (input: EnvironmentInput) => Variables> = {
  clickhouse: ({ dataFolder, secrets }) => ({
    CLICKHOUSE_DATA_DIR: join(dataFolder, "clickhouse"),
    CLICKHOUSE_PASSWORD: secrets.clickhousePassword,
    UV_THREADPOOL_SIZE: CLICKHOUSE_THREADS,
  }),
  server: (input) => ({
    ...postgres(input),
    ...clickhouse(input),
    ...clickhouseSql(input),
    ...objects(input),
    ...trustedProxies(input),
    PUBLIC_API_URL: input.access.api,
    PUBLIC_STREAM_URL: input.access.stream,
    PUBLIC_SOCKET_URL: input.access.socket,
    SOCKET_TOKEN_SECRET: input.secrets.socketTokenSecret,
    FETCH_ALLOW: input.config.FETCH_ALLOW,
  }),
  edge: (input) => ({
    ...postgres(input),
    ...eventlog(input),
    ...trustedProxies(input),
    PLAYHEAD_GEO: input.config.PLAYHEAD_GEO,
  }),
  views: (input) => ({
    ...clickhouse(input),
    ...eventlog(input),
    STORE_MERGE_HOUR: String(input.config.STORE_MERGE_HOUR),
    SOCKET_TOKEN_SECRET: input.secrets.socketTokenSecret,
  }),
  delivery: (input) => ({
    ...postgres(input),
    ...objects(input),
    ...eventlog(input),
    TRANSCODER_SECRET: input.secrets.transcoderSecret,
    PUBLIC_IMAGE_URL: input.access.image,
    GRANT_SECRETS: input.secrets.grantSecret,
  }),
  transcoder: (input) => ({
    ...postgres(input),
    ...objects(input),
    TRANSCODER_SECRET: input.secrets.transcoderSecret,
    FFMPEG_PATH: input.config.FFMPEG_PATH,
    FFPROBE_PATH: input.config.FFPROBE_PATH,
    FETCH_ALLOW: input.config.FETCH_ALLOW,
  }),
  tls: ({ dataFolder }) => ({ TLS_DIR: join(dataFolder, "tls") }),
  app: (input) => ({
    ...trustedProxies(input),
    ...next(input),
    NEXTAUTH_URL: input.access.app,
    NEXTAUTH_SECRET: input.secrets.nextauthSecret,
    PUBLIC_API_URL: input.access.api,
    PUBLIC_STREAM_URL: input.access.stream,
    PUBLIC_IMAGE_URL: input.access.image,
    PUBLIC_SOCKET_URL: input.access.socket,
    PUBLIC_COLLECTOR: input.access.collector,
  }),
  migrate: (input) => ({ ...postgres(input), ...clickhouse(input) }),
  seed: (input) => ({
    ...postgres(input),
    SEED_EMAIL: input.access.email,
    SEED_PASSWORD: input.secrets.personPassword,
    SEED_TOKEN_ID: input.secrets.tokenId,
    SEED_TOKEN_SECRET: input.secrets.tokenSecret,
    SEED_ENV_KEY: input.secrets.environmentKey,
  }),
  build: next,
  install: () => ({}),
  speech: () => ({}),
};

function common({ config, ports }: EnvironmentInput): Variables {
  return {
    PATH: config.PATH,
    HOME: config.HOME,
    ...(config.TMPDIR === undefined ? {} : { TMPDIR: config.TMPDIR }),
    TZ: "UTC",
    LANG: "C.UTF-8",
    NODE_ENV: "production",
    PLAYHEAD_SUPERVISED: "1",
    PLAYHEAD_PORT_BASE: String(ports.app),
    LOG_LEVEL: config.LOG_LEVEL,
    ...(config.HOST.length === 1 ? { HOST: config.HOST[0] ?? "" } : {}),
  };
}

function postgres({ config, ports, secrets }: EnvironmentInput): Variables {
  const embedded = `postgres://playhead:${secrets.postgresPassword}@127.0.0.1:${ports.postgres}/playhead`;
  return { DATABASE_URL: config.DATABASE_URL ?? embedded };
}

function clickhouse({ config, ports, secrets }: EnvironmentInput): Variables {
  const embedded = `http://default:${secrets.clickhousePassword}@127.0.0.1:${ports.clickhouse}`;
  return {
    CLICKHOUSE_URL: config.CLICKHOUSE_URL ?? embedded,
    ...(config.CLICKHOUSE_CLUSTER === undefined ? {} : { CLICKHOUSE_CLUSTER: config.CLICKHOUSE_CLUSTER }),
  };
}

/** The embedded engine binds any connection that asks for it; a server needs an account for that. */
function clickhouseSql(input: EnvironmentInput): Variables {
  const { config } = input;
  const url = config.CLICKHOUSE_URL === undefined ? clickhouse(input)["CLICKHOUSE_URL"] : config.CLICKHOUSE_SQL_URL;
  return url === undefined ? {} : { CLICKHOUSE_SQL_URL: url };
}

function eventlog({ config, dataFolder }: EnvironmentInput): Variables {
  return { EVENTLOG_DIR: join(dataFolder, "eventlog"), EVENTLOG_URL: config.EVENTLOG_URL };
}

function objects({ config, dataFolder }: EnvironmentInput): Variables {
  return { OBJECTS_DIR: join(dataFolder, "objects"), OBJECTS_URL: config.OBJECTS_URL };
}

function trustedProxies({ config }: EnvironmentInput): Variables {
  return { TRUSTED_PROXIES: config.TRUSTED_PROXIES };
}

function next({ dev }: EnvironmentInput): Variables {
  return {
    NEXT_TELEMETRY_DISABLED: "1",
    NODE_ENV: dev ? "development" : "production",
    PLAYHEAD_DEV: dev ? "1" : "0",
  };
}
