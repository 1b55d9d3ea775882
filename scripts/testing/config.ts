import { z } from "zod";
import { parseEnvironment } from "../../platform/config/environment.ts";

const Environment = z.object({
  /** Where the programs that tests start are looked for. */
  PATH: z.string().default("/usr/local/bin:/usr/bin:/bin"),
});

export const readConfig = (): Readonly<z.output<typeof Environment>> => parseEnvironment(Environment, process.env);
