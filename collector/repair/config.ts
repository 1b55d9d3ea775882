import { z } from "zod";
import { logLevel, parseEnvironment } from "../../platform/config/environment.ts";
import { eventlogUrl } from "../../platform/eventlog/open-event-log.ts";

const Environment = z
  .object({
    LOG_LEVEL: logLevel,
    CLICKHOUSE_URL: z.url(),
    EVENTLOG_DIR: z.string().min(1).default(".playhead/eventlog"),
    EVENTLOG_URL: eventlogUrl,
  })
  .transform((env) => ({
    logLevel: env.LOG_LEVEL,
    clickhouseUrl: env.CLICKHOUSE_URL,
    eventlog: { directory: env.EVENTLOG_DIR, kafka: env.EVENTLOG_URL },
  }));

/** Configuration of the repair: the same variables as the views program has. */
export const readConfig = (): Readonly<z.output<typeof Environment>> => parseEnvironment(Environment, process.env);
