import { parseArgs } from "node:util";
import { MAX_TITLES } from "../../domain/simulation/catalogue.ts";
import { type Incident, parseDuration, parseIncident } from "../../domain/simulation/incident.ts";
import { DEFAULT_OPTIONS, type SimulationOptions } from "../../domain/simulation/options.ts";
import { UsageError } from "./running-system.ts";

export interface SimulateArguments {
  options: Omit<SimulationOptions, "environmentKey" | "collectionDomain">;
  collector: string | undefined;
  environmentKey: string | undefined;
  /** Data folder of `npm start`, where dev.json says what runs. */
  data: string;
  /** Where to write what really happened, as JSON. */
  truthFile: string | undefined;
  json: boolean;
  help: boolean;
}

export const MAX_VIEWERS = 20_000;
const MAX_MINUTES = 24 * 60;

export const USAGE = `npm run simulate -- [options]

  --viewers N         people watching at the same time (default ${DEFAULT_OPTIONS.viewers}, at most ${MAX_VIEWERS})
  --ramp TIME         they come within this time, such as 30s (the default, or a quarter of a shorter run)
  --minutes N         how long it lasts, ramp included (default 5)
  --incident I        kind:dimension=value[:duration[@start]], again for more
                        kinds: rebuffer, failure, startup
                        dimensions: cdn, country, title, device, browser, os, player
                        such as rebuffer:cdn=fastly:2m, or startup:country=BR:90s@1m; begins after the ramp
  --titles N          how many titles they choose from (1 to ${MAX_TITLES}, default ${MAX_TITLES})
  --seed N            the same seed makes the same viewers (default 1)
  --collector H:P     a collector on this machine (default: the Playhead that runs here)
  --env-key KEY       its environment key
  --data DIR          data folder of that Playhead (default .playhead)
  --truth FILE        write what really happened, view by view, as JSON
  --json              the summary as JSON, no progress`;

/** Reads the command line. Throws `UsageError` with what is wrong. */
export function readArguments(argv: readonly string[]): SimulateArguments {
  const values = parse(argv);
  const durationMs = Math.round(number("minutes", values.minutes, 5, { min: 0.05, max: MAX_MINUTES }) * 60_000);
  const rampMs =
    values.ramp === undefined ? Math.min(DEFAULT_OPTIONS.rampMs, durationMs / 4) : parseDuration(values.ramp);
  if (rampMs === null) throw new UsageError(`--ramp ${values.ramp} is no time such as 30s`);
  if (rampMs > durationMs) throw new UsageError("--ramp is longer than --minutes");
  const options = {
    ...DEFAULT_OPTIONS,
    seed: number("seed", values.seed, DEFAULT_OPTIONS.seed, { min: 0, max: 4_294_967_295, whole: true }),
    viewers: number("viewers", values.viewers, DEFAULT_OPTIONS.viewers, { min: 1, max: MAX_VIEWERS, whole: true }),
    titles: number("titles", values.titles, MAX_TITLES, { min: 1, max: MAX_TITLES, whole: true }),
    rampMs: Math.max(1, rampMs),
    durationMs,
    incidents: (values.incident ?? []).map(readIncident),
  };
  return {
    options,
    collector: values.collector,
    environmentKey: values["env-key"],
    data: values.data ?? ".playhead",
    truthFile: values.truth,
    json: values.json ?? false,
    help: values.help ?? false,
  };
}

function parse(argv: readonly string[]) {
  try {
    return parseArgs({
      args: [...argv],
      options: {
        viewers: { type: "string" },
        ramp: { type: "string" },
        minutes: { type: "string" },
        incident: { type: "string", multiple: true },
        titles: { type: "string" },
        seed: { type: "string" },
        collector: { type: "string" },
        "env-key": { type: "string" },
        data: { type: "string" },
        truth: { type: "string" },
        json: { type: "boolean" },
        help: { type: "boolean", short: "h" },
      },
    }).values;
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error), { cause: error });
  }
}

function number(
  name: string,
  text: string | undefined,
  fallback: number,
  { min, max, whole = false }: { min: number; max: number; whole?: boolean },
): number {
  if (text === undefined) return fallback;
  const value = Number(text);
  if (text.trim() !== "" && value >= min && value <= max && (!whole || Number.isInteger(value))) return value;
  throw new UsageError(`--${name} ${text} is not a ${whole ? "whole " : ""}number from ${min} to ${max}`);
}

function readIncident(text: string): Incident {
  const parsed = parseIncident(text);
  if (parsed.kind === "invalid") throw new UsageError(parsed.message);
  return parsed.incident;
}
