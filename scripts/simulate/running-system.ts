import { readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";

/** A collector to send to, and in whose name. */
export interface RunningSystem {
  /** host:port without a scheme. */
  collector: string;
  environmentKey: string;
}

const DevFile = z.object({ collector: z.string(), environmentKey: z.string(), portBase: z.number().optional() });

/** A reason not to begin that a person can act on; shown as one line. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

/** What was given on the command line wins; the rest comes from `dev.json` in the data folder of `npm start`. */
export function findRunningSystem(
  given: { collector: string | undefined; environmentKey: string | undefined },
  dataFolder: string,
): RunningSystem {
  const { collector, environmentKey } = given;
  const file = collector === undefined || environmentKey === undefined ? readDevFile(dataFolder) : null;
  const found = { collector: collector ?? file?.collector, environmentKey: environmentKey ?? file?.environmentKey };
  if (found.collector === undefined || found.environmentKey === undefined) {
    throw new UsageError("no Playhead is running here: start one (npm start), or give --collector and --env-key");
  }
  return { collector: found.collector, environmentKey: found.environmentKey };
}

/** Where the databases and programs of the Playhead on this folder listen; what is given wins. */
export function findPortBase(given: number | undefined, dataFolder: string): number {
  const base = given ?? readDevFile(dataFolder)?.portBase;
  if (base !== undefined) return base;
  throw new UsageError(
    `no Playhead is running on ${dataFolder}: start one (npm start), name its folder (--data DIR), or set PLAYHEAD_PORT_BASE as it was started with`,
  );
}

function readDevFile(dataFolder: string): z.output<typeof DevFile> | null {
  let text: string;
  try {
    text = readFileSync(join(dataFolder, "dev.json"), "utf8");
  } catch {
    return null; // written when all is ready, removed at stop
  }
  return DevFile.parse(JSON.parse(text));
}

/** Where to connect for `host:port`; refuses anything but this machine, so that nobody's collector is flooded. */
export function loopbackAddress(collector: string): { host: string; port: number } {
  const match = /^(.+):(\d{1,5})$/.exec(collector);
  const [, name = "", port = ""] = match ?? [];
  if (match === null || Number(port) > 65_535) throw new UsageError(`"${collector}" is not host:port`);
  const host = loopbackHost(name.toLowerCase());
  if (host === null) throw new UsageError(`${name} is not this machine: simulated viewers are for loopback only`);
  return { host, port: Number(port) };
}

function loopbackHost(name: string): string | null {
  if (name === "localhost" || name.endsWith(".localhost")) return "127.0.0.1";
  if (name === "[::1]") return "::1";
  return /^127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/.test(name) ? name : null;
}
