import { z } from "zod";
import { DEFAULT_PORT_BASE, internalPort, portsFrom } from "../domain/ports.ts";
import { flag, hosts, list, logLevel, parseEnvironment, portBase } from "../platform/config/environment.ts";
import { eventlogUrl } from "../platform/eventlog/open-event-log.ts";
import { originAt } from "../platform/http/origin-at.ts";
import { objectsUrl } from "../platform/objects/open-objects.ts";

const MEBIBYTE = 1024 ** 2;
/** Children are found from where the manifest is. */
const RELATIVE = "";

const Environment = z
  .object({
    /** One address to bind; loopback in both families when unset. */
    HOST: hosts,
    /** First of the ports that move together; playback is at this + 3. */
    PLAYHEAD_PORT_BASE: portBase.default(DEFAULT_PORT_BASE),
    /** 1: stop when standard input ends, because the supervisor is gone. */
    PLAYHEAD_SUPERVISED: flag,
    LOG_LEVEL: logLevel,
    /** Postgres; only views are read whose names begin with `delivery_`. */
    DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/ }),
    /** Folder of stored objects, the same as the transcoders'. */
    OBJECTS_DIR: z.string().min(1),
    /** A bucket instead of the folder, which then holds only copies for ffmpeg (docs/s3.md). */
    OBJECTS_URL: objectsUrl,
    /** Transcoders that may be asked; unset: the port on loopback, or at HOST. */
    TRANSCODER_URLS: list.pipe(z.array(z.url({ protocol: /^https?$/ })).min(1)).optional(),
    /** Shared with the transcoders. */
    TRANSCODER_SECRET: z.string().min(32, "must have at least 32 characters"),
    /** Origin under which players reach the image host: storyboards name their image by it. */
    PUBLIC_IMAGE_URL: z.url({ protocol: /^https?$/ }).optional(),
    /** Sign the URLs of signed playback, the first one; all are believed. The same for all deliveries. */
    GRANT_SECRETS: list.pipe(z.array(z.string().min(32, "must have at least 32 characters each")).min(1)),
    /** Folder of the event log, where delivered seconds are written; one delivery alone may write it. */
    EVENTLOG_DIR: z.string().min(1),
    EVENTLOG_URL: eventlogUrl,
    EVENTLOG_MAX_GIB: z.coerce.number().positive().default(20),
    /** What manifests put before the paths of their children, the best first: CDNs that answer as delivery does. */
    DELIVERY_BASE_URLS: list.pipe(z.array(z.url({ protocol: /^https?$/ })).min(1)).optional(),
    /** Memory for segments and inits, in MiB. */
    DELIVERY_CACHE_MIB: z.coerce.number().int().min(1).max(1_000_000).default(256),
  })
  .transform((env) => {
    const ports = portsFrom(env.PLAYHEAD_PORT_BASE);
    return {
      hosts: env.HOST,
      port: ports.delivery,
      internalPort: internalPort(ports.delivery),
      supervised: env.PLAYHEAD_SUPERVISED,
      logLevel: env.LOG_LEVEL,
      databaseUrl: env.DATABASE_URL,
      objectsDir: env.OBJECTS_DIR,
      objectsS3: env.OBJECTS_URL,
      transcoderUrls: env.TRANSCODER_URLS ?? [originAt(env.HOST, ports.transcoder)],
      transcoderSecret: env.TRANSCODER_SECRET,
      imageOrigin: new URL(env.PUBLIC_IMAGE_URL ?? `http://localhost:${ports.delivery}`).origin,
      grantSecrets: env.GRANT_SECRETS,
      eventlog: { directory: env.EVENTLOG_DIR, kafka: env.EVENTLOG_URL, maxBytes: env.EVENTLOG_MAX_GIB * 1024 ** 3 },
      bases: env.DELIVERY_BASE_URLS?.map((url) => (url.endsWith("/") ? url : `${url}/`)) ?? [RELATIVE],
      cacheBytes: env.DELIVERY_CACHE_MIB * MEBIBYTE,
    };
  });

export type DeliveryConfig = Readonly<z.output<typeof Environment>>;

/** Configuration of delivery; the only place in it that reads the environment. */
export const readConfig = (environment: NodeJS.ProcessEnv = process.env): DeliveryConfig =>
  parseEnvironment(Environment, environment);
