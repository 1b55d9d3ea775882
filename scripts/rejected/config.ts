import { z } from "zod";
import { parseEnvironment, portBase } from "../../platform/config/environment.ts";

const Environment = z.object({
  /** Needed only where no Playhead runs on the data folder: a running one tells it. */
  PLAYHEAD_PORT_BASE: portBase.optional(),
  /** Set where npm start was told to use databases of one's own. */
  DATABASE_URL: z.url().optional(),
  CLICKHOUSE_URL: z.url().optional(),
  /** Where the person typed the command; npm changes to the repository first. Set by npm. */
  INIT_CWD: z.string().optional(),
});

/** Configuration of the commands about rejected beacons: the same variables as npm start was given, but for the ports. */
export const readConfig = (): Readonly<z.output<typeof Environment>> => parseEnvironment(Environment, process.env);
