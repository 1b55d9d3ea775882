import { z } from "zod";
import { DEFAULT_PORT_BASE, internalPort, portsFrom } from "../../domain/ports.ts";
import {
  flag,
  hosts,
  logLevel,
  parseEnvironment,
  portBase,
  trustedProxies,
} from "../../platform/config/environment.ts";
import { eventlogUrl } from "../../platform/eventlog/open-event-log.ts";
import { GEO_LEVELS } from "../../platform/geo/places.ts";

const Environment = z
  .object({
    HOST: hosts,
    PLAYHEAD_PORT_BASE: portBase.default(DEFAULT_PORT_BASE),
    PLAYHEAD_SUPERVISED: flag,
    LOG_LEVEL: logLevel,
    DATABASE_URL: z.url(),
    EVENTLOG_DIR: z.string().min(1).default(".playhead/eventlog"),
    EVENTLOG_URL: eventlogUrl,
    EVENTLOG_MAX_GIB: z.coerce.number().positive().default(20),
    TRUSTED_PROXIES: trustedProxies,
    /** What is looked up of viewers' addresses; the cities and owners of networks take 190 MB of memory. */
    PLAYHEAD_GEO: z.enum(GEO_LEVELS).default("city"),
  })
  .transform((env) => ({
    hosts: env.HOST,
    port: portsFrom(env.PLAYHEAD_PORT_BASE).collector,
    internalPort: internalPort(portsFrom(env.PLAYHEAD_PORT_BASE).collector),
    supervised: env.PLAYHEAD_SUPERVISED,
    logLevel: env.LOG_LEVEL,
    databaseUrl: env.DATABASE_URL,
    eventlog: { directory: env.EVENTLOG_DIR, kafka: env.EVENTLOG_URL, maxBytes: env.EVENTLOG_MAX_GIB * 1024 ** 3 },
    trustedProxies: env.TRUSTED_PROXIES,
    geoLevel: env.PLAYHEAD_GEO,
  }));

export type EdgeConfig = Readonly<z.output<typeof Environment>>;

/** Configuration of the edge; the only place in it that reads the environment. */
export const readConfig = (): EdgeConfig => parseEnvironment(Environment, process.env);
