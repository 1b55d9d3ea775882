import { z } from "zod";
import { DEFAULT_PORT_BASE } from "../../domain/ports.ts";
import { parseEnvironment, portBase } from "../../platform/config/environment.ts";

const Environment = z.object({
  PLAYHEAD_PORT_BASE: portBase.default(DEFAULT_PORT_BASE),
  /** Set where npm start was told to use databases of one's own. */
  DATABASE_URL: z.url().optional(),
  CLICKHOUSE_URL: z.url().optional(),
});

/** Configuration of the commands about rejected beacons: the same variables as npm start was given. */
export const readConfig = (): Readonly<z.output<typeof Environment>> => parseEnvironment(Environment, process.env);
