import { z } from "zod";
import { DEFAULT_PORT_BASE, internalPort, portsFrom } from "../../domain/ports.ts";
import { flag, hosts, logLevel, parseEnvironment, portBase } from "../../platform/config/environment.ts";
import { eventlogUrl } from "../../platform/eventlog/open-event-log.ts";

const Environment = z
  .object({
    HOST: hosts,
    PLAYHEAD_PORT_BASE: portBase.default(DEFAULT_PORT_BASE),
    PLAYHEAD_SUPERVISED: flag,
    LOG_LEVEL: logLevel,
    CLICKHOUSE_URL: z.url(),
    EVENTLOG_DIR: z.string().min(1).default(".playhead/eventlog"),
    EVENTLOG_URL: eventlogUrl,
    EVENTLOG_MAX_GIB: z.coerce.number().positive().default(20),
    STORE_MERGE_HOUR: z.coerce.number().int().min(0).max(23).default(3),
    SOCKET_TOKEN_SECRET: z.string().regex(/^(?:[0-9a-f]{2}){32,}$/, "at least 32 bytes in hexadecimal"),
  })
  .transform((env) => ({
    hosts: env.HOST,
    port: portsFrom(env.PLAYHEAD_PORT_BASE).socket,
    internalPort: internalPort(portsFrom(env.PLAYHEAD_PORT_BASE).socket),
    supervised: env.PLAYHEAD_SUPERVISED,
    logLevel: env.LOG_LEVEL,
    clickhouseUrl: env.CLICKHOUSE_URL,
    eventlog: { directory: env.EVENTLOG_DIR, kafka: env.EVENTLOG_URL, maxBytes: env.EVENTLOG_MAX_GIB * 1024 ** 3 },
    /** When quiet hours begin, UTC. */
    mergeHourUtc: env.STORE_MERGE_HOUR,
    socketTokenSecret: new Uint8Array(Buffer.from(env.SOCKET_TOKEN_SECRET, "hex")),
  }));

export type ViewsConfig = Readonly<z.output<typeof Environment>>;

/** Configuration of the views program; the only place in it that reads the environment. */
export const readConfig = (): ViewsConfig => parseEnvironment(Environment, process.env);
