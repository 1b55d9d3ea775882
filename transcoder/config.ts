import { availableParallelism } from "node:os";
import { z } from "zod";
import { DEFAULT_PORT_BASE, internalPort, portsFrom } from "../domain/ports.ts";
import { fetchAllow, flag, hosts, logLevel, parseEnvironment, portBase } from "../platform/config/environment.ts";
import { objectsUrl } from "../platform/objects/open-objects.ts";

const Environment = z
  .object({
    /** One address to bind; loopback in both families when unset. */
    HOST: hosts,
    /** First of the ports that move together; the transcoder listens on this + 4. */
    PLAYHEAD_PORT_BASE: portBase.default(DEFAULT_PORT_BASE),
    /** 1: stop when standard input ends, because the supervisor is gone. */
    PLAYHEAD_SUPERVISED: flag,
    LOG_LEVEL: logLevel,
    /** Postgres, such as postgres://user:password@host:5432/playhead. */
    DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/ }),
    /** Folder of stored objects, the same for server, delivery and transcoder. */
    OBJECTS_DIR: z.string().min(1),
    /** A bucket instead of the folder, which then holds only copies for ffmpeg (docs/s3.md). */
    OBJECTS_URL: objectsUrl,
    /** Shared with delivery: only who has it may ask for something to be made. */
    TRANSCODER_SECRET: z.string().min(32),
    FFMPEG_PATH: z.string().min(1).default("ffmpeg"),
    FFPROBE_PATH: z.string().min(1).default("ffprobe"),
    /** Encodes that run at the same time; one per core unless set. */
    TRANSCODER_SLOTS: z.coerce.number().int().min(1).max(256).optional(),
    /** 0: make only segments that somebody asks for; otherwise the others too, when there is nothing else to do. */
    TRANSCODER_FILL: flag.default(true),
    /** Addresses that inputs may be fetched from although they are private: host:port or CIDR, comma-separated. */
    FETCH_ALLOW: fetchAllow,
  })
  .transform((environment) => {
    const ports = portsFrom(environment.PLAYHEAD_PORT_BASE);
    return {
      hosts: environment.HOST,
      port: ports.transcoder,
      internalPort: internalPort(ports.transcoder),
      isSupervised: environment.PLAYHEAD_SUPERVISED,
      logLevel: environment.LOG_LEVEL,
      databaseUrl: environment.DATABASE_URL,
      objectsDir: environment.OBJECTS_DIR,
      objectsS3: environment.OBJECTS_URL,
      secret: environment.TRANSCODER_SECRET,
      ffmpegPath: environment.FFMPEG_PATH,
      ffprobePath: environment.FFPROBE_PATH,
      slots: environment.TRANSCODER_SLOTS ?? availableParallelism(),
      isFilling: environment.TRANSCODER_FILL,
      fetchAllow: environment.FETCH_ALLOW,
    };
  });

export type TranscoderConfig = Readonly<z.output<typeof Environment>>;

export function readTranscoderConfig(environment: NodeJS.ProcessEnv = process.env): TranscoderConfig {
  return parseEnvironment(Environment, environment);
}
