import { parseArgs } from "node:util";

export interface KafkaArguments {
  brokers: 1 | 3;
  folder: string;
  help: boolean;
}

export const USAGE = `npm run kafka -- [options]

Starts Apache Kafka on this machine, for development: jars by Maven, KRaft, loopback only. Ctrl-C stops it.

  --brokers N     1 (the default) or 3
  --folder DIR    data, settings and jars (default .playhead/kafka)`;

/** A mistake on the command line. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

/** Reads the command line. Throws `UsageError` with what is wrong. */
export function readArguments(argv: readonly string[]): KafkaArguments {
  const values = parse(argv);
  const { brokers = "1", folder = ".playhead/kafka", help = false } = values;
  if (brokers !== "1" && brokers !== "3") throw new UsageError(`--brokers ${brokers} is neither 1 nor 3`);
  return { brokers: brokers === "1" ? 1 : 3, folder, help };
}

function parse(argv: readonly string[]) {
  try {
    const options = {
      brokers: { type: "string" },
      folder: { type: "string" },
      help: { type: "boolean", short: "h" },
    } as const;
    return parseArgs({ args: [...argv], options }).values;
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error), { cause: error });
  }
}
