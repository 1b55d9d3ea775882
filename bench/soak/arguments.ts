import { parseArgs } from "node:util";

export interface SoakArguments {
  log: "embedded" | "kafka";
  /** Events that viewers send, at least. */
  events: number;
  kills: number;
  /** On Kafka, on top of the kills. */
  pauses: number;
  seed: number;
  help: boolean;
}

export const USAGE = `node bench/soak.ts [options]

Kills processes at random while viewers send events, then compares the store with what was sent, and with a replay.

  --log L       embedded (the default) or kafka: one broker, and two of each program of the collector
  --events N    at least so many (default 1000000)
  --kills N     kill -9 of any process (default 50)
  --pauses N    on Kafka, so often the broker or a views program stands still, on top of the kills (default 15)
  --seed N      the same seed makes the same viewers and the same order of kills (default 1)

A trial of about three minutes: --events 20000 --kills 6 --pauses 2`;

/** A mistake on the command line. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

/** Reads the command line. Throws `UsageError` with what is wrong. */
export function readArguments(argv: readonly string[]): SoakArguments {
  const { log = "embedded", events, kills, pauses, seed, help = false } = parse(argv);
  if (log !== "embedded" && log !== "kafka") throw new UsageError(`--log ${log} is neither embedded nor kafka`);
  return {
    log,
    events: whole("events", events, 1_000_000),
    kills: whole("kills", kills, 50),
    pauses: whole("pauses", pauses, 15),
    seed: whole("seed", seed, 1),
    help,
  };
}

function whole(name: string, text: string | undefined, fallback: number): number {
  if (text === undefined) return fallback;
  const value = Number(text);
  if (Number.isSafeInteger(value) && value >= 1) return value;
  throw new UsageError(`--${name} ${text} is not a whole number from 1 on`);
}

function parse(argv: readonly string[]) {
  const text = { type: "string" } as const;
  const options = {
    log: text,
    events: text,
    kills: text,
    pauses: text,
    seed: text,
    help: { type: "boolean", short: "h" },
  } as const;
  try {
    return parseArgs({ args: [...argv], options }).values;
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error), { cause: error });
  }
}
