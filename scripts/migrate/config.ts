import { z } from "zod";
import { logLevel, parseEnvironment } from "../../platform/config/environment.ts";

const Environment = z.object({
  DATABASE_URL: z.url(),
  CLICKHOUSE_URL: z.url(),
  CLICKHOUSE_CLUSTER: z.string().min(1).optional(),
  LOG_LEVEL: logLevel,
});

/** Configuration of the migrations. */
export const readConfig = (): Readonly<z.output<typeof Environment>> => parseEnvironment(Environment, process.env);
