import { z } from "zod";
import { type Cidr, parseCidr } from "../domain/network/client-address.ts";
import { DEFAULT_PORT_BASE, internalPort, portsFrom } from "../domain/ports.ts";
import { fetchAllow, flag, hosts, list, logLevel, parseEnvironment, portBase } from "../platform/config/environment.ts";
import { originAt } from "../platform/http/origin-at.ts";
import { objectsUrl } from "../platform/objects/open-objects.ts";

const origin = z.url({ protocol: /^https?$/ }).transform((url) => url.replace(/\/+$/, ""));

const trustedProxies = list.transform((texts, context): Cidr[] =>
  texts.flatMap((text) => {
    const cidr = parseCidr(text);
    if (cidr === null) context.addIssue({ code: "custom", message: `${text} is not a range such as 10.0.0.0/8` });
    return cidr === null ? [] : [cidr];
  }),
);

const hexSecret = z
  .string()
  .regex(/^([0-9a-fA-F]{2}){32,}$/, "at least 32 bytes in hexadecimal")
  .transform((hex): Uint8Array => Buffer.from(hex, "hex"));

const ServerEnvironment = z
  .object({
    /** One address to bind; loopback in both families when unset. */
    HOST: hosts,
    /** First of the ports that move together; the API listens on this + 1. */
    PLAYHEAD_PORT_BASE: portBase.default(DEFAULT_PORT_BASE),
    /** 1: stop when standard input ends, because the supervisor is gone. */
    PLAYHEAD_SUPERVISED: flag,
    LOG_LEVEL: logLevel,
    /** Postgres, such as postgres://user:password@host:5432/playhead. */
    DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/ }),
    /** ClickHouse with user and password, such as http://default:secret@127.0.0.1:3023. */
    CLICKHOUSE_URL: z.url({ protocol: /^https?$/ }),
    /** The account of /data/v1/sql, bound to rows of one environment at a time; unset: that answers 503 (docs/data-api.md). */
    CLICKHOUSE_SQL_URL: z.url({ protocol: /^https?$/ }).optional(),
    /** Folder of stored objects: what is uploaded lands there. The same as delivery's and the transcoders'. */
    OBJECTS_DIR: z.string().min(1),
    /** A bucket instead of the folder, which then holds only copies for ffmpeg (docs/s3.md). */
    OBJECTS_URL: objectsUrl,
    /** Origin under which clients reach this API; upload URLs begin with it. */
    PUBLIC_API_URL: origin.optional(),
    /** Origin under which clients reach delivery; URLs of masters begin with it. */
    PUBLIC_STREAM_URL: origin.optional(),
    /** Origin of the collector's socket; given out with socket tokens. */
    PUBLIC_SOCKET_URL: origin.optional(),
    /** How this process reaches delivery, for playback URLs on the API's host; unset: its port on loopback, or at HOST. */
    INTERNAL_DELIVERY_URL: origin.optional(),
    /** Shared with the collector, which checks what this signs. */
    SOCKET_TOKEN_SECRET: hexSecret,
    /** Proxies whose X-Forwarded-For is believed, as a comma list of ranges. */
    TRUSTED_PROXIES: z.string().default("127.0.0.0/8,::1/128").pipe(trustedProxies),
    /** Addresses that webhooks may be sent to although they are private: host:port or CIDR, comma-separated. */
    FETCH_ALLOW: fetchAllow,
    /** Requests per second that one access token, or one address that asks for counts, may make for ever. */
    API_RATE_PER_SECOND: z.coerce.number().positive().max(100_000).default(50),
    /** Requests that one of them may make at once after a pause. */
    API_RATE_BURST: z.coerce.number().int().min(1).max(1_000_000).default(200),
    /** 1: no answer of the analytics store serves two requests, however alike and close together; for measurements. */
    ANALYTICS_ALWAYS_ASK: flag,
  })
  .transform((environment) => {
    const ports = portsFrom(environment.PLAYHEAD_PORT_BASE);
    return {
      hosts: environment.HOST,
      port: ports.server,
      internalPort: internalPort(ports.server),
      isSupervised: environment.PLAYHEAD_SUPERVISED,
      logLevel: environment.LOG_LEVEL,
      databaseUrl: environment.DATABASE_URL,
      clickhouseUrl: environment.CLICKHOUSE_URL,
      clickhouseSqlUrl: environment.CLICKHOUSE_SQL_URL ?? null,
      objectsDir: environment.OBJECTS_DIR,
      objectsS3: environment.OBJECTS_URL,
      publicApiUrl: environment.PUBLIC_API_URL ?? `http://localhost:${ports.server}`,
      publicStreamUrl: environment.PUBLIC_STREAM_URL ?? `http://localhost:${ports.delivery}`,
      publicSocketUrl: environment.PUBLIC_SOCKET_URL ?? `http://localhost:${ports.socket}`,
      deliveryUrl: environment.INTERNAL_DELIVERY_URL ?? originAt(environment.HOST, ports.delivery),
      socketTokenSecret: environment.SOCKET_TOKEN_SECRET,
      trustedProxies: environment.TRUSTED_PROXIES,
      fetchAllow: environment.FETCH_ALLOW,
      apiRate: { perSecond: environment.API_RATE_PER_SECOND, burst: environment.API_RATE_BURST },
      alwaysAsks: environment.ANALYTICS_ALWAYS_ASK,
    };
  });

export type ServerConfig = Readonly<z.output<typeof ServerEnvironment>>;

export function readServerConfig(environment: NodeJS.ProcessEnv = process.env): ServerConfig {
  return parseEnvironment(ServerEnvironment, environment);
}

const name = z.string().min(1).max(200);

const SeedEnvironment = z
  .object({
    LOG_LEVEL: logLevel,
    DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/ }),
    /** Names of what is made when the database has no organisation yet. */
    SEED_ORGANIZATION_NAME: name.default("My organization"),
    SEED_ENVIRONMENT_NAME: name.default("Production"),
    SEED_PERSON_NAME: name.default("Owner"),
    /** Sign-in of the first person. */
    SEED_EMAIL: z.string().regex(/^[^\s@]+@[^\s@]+$/),
    SEED_PASSWORD: z.string().min(8).max(1024),
    /** The first access token: a UUID and its secret of 75 characters. */
    SEED_TOKEN_ID: z.uuid(),
    SEED_TOKEN_SECRET: z.string().regex(/^[A-Za-z0-9+/]{75}$/, "75 characters of A-Z a-z 0-9 + /"),
    /** The first environment key, which players put in their beacons. */
    SEED_ENV_KEY: z.string().regex(/^[a-z0-9]{1,64}$/),
  })
  .transform((environment) => ({
    logLevel: environment.LOG_LEVEL,
    databaseUrl: environment.DATABASE_URL,
    seed: {
      organizationName: environment.SEED_ORGANIZATION_NAME,
      environmentName: environment.SEED_ENVIRONMENT_NAME,
      personName: environment.SEED_PERSON_NAME,
      email: environment.SEED_EMAIL,
      password: environment.SEED_PASSWORD,
      tokenId: environment.SEED_TOKEN_ID,
      tokenSecret: environment.SEED_TOKEN_SECRET,
      envKey: environment.SEED_ENV_KEY,
    },
  }));

export type SeedConfig = Readonly<z.output<typeof SeedEnvironment>>;

export function readSeedConfig(environment: NodeJS.ProcessEnv = process.env): SeedConfig {
  return parseEnvironment(SeedEnvironment, environment);
}
