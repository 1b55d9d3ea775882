import { parseArgs } from "node:util";
import { isRejectionReason, REJECTION_REASONS, type RejectionReason } from "../../domain/messages/rejection-reasons.ts";
import { parseDuration } from "../../domain/simulation/incident.ts";
import { UsageError } from "../simulate/running-system.ts";

export interface RejectedArguments {
  reason: RejectionReason | null;
  /** How far back. */
  sinceMs: number;
  environment: string | undefined;
  isUnplaced: boolean;
  collector: string | undefined;
  data: string;
  limit: number;
  dryRun: boolean;
  json: boolean;
  help: boolean;
}

/** Samples are kept this long. */
const KEPT_MS = 7 * 86_400_000;
const HOURS_OR_DAYS = /^(\d+(?:\.\d+)?)(h|d)$/;
const HOUR_MS = 3_600_000;

/** Reads the command line of `rejected` and `replay-rejected`. Throws `UsageError` with what is wrong. */
export function readArguments(argv: readonly string[]): RejectedArguments {
  const values = parse(argv);
  const { reason = null, since } = values;
  if (reason !== null && !isRejectionReason(reason)) {
    throw new UsageError(`--reason ${reason} is none of ${Object.keys(REJECTION_REASONS).join(", ")}`);
  }
  const isUnplaced = values.unplaced ?? false;
  if (isUnplaced && values.environment !== undefined) {
    throw new UsageError("--environment and --unplaced exclude each other");
  }
  const limit = Number(values.limit ?? "20");
  if (!Number.isInteger(limit) || limit < 0) throw new UsageError(`--limit ${values.limit} is no whole number`);
  return {
    reason,
    sinceMs: since === undefined ? KEPT_MS : readSpan(since),
    environment: values.environment,
    isUnplaced,
    collector: values.collector,
    data: values.data ?? ".playhead",
    limit,
    dryRun: values["dry-run"] ?? false,
    json: values.json ?? false,
    help: values.help ?? false,
  };
}

function readSpan(text: string): number {
  const [, number, unit] = HOURS_OR_DAYS.exec(text) ?? [];
  const spanMs = number === undefined ? parseDuration(text) : Number(number) * (unit === "d" ? 24 : 1) * HOUR_MS;
  if (spanMs === null || spanMs <= 0) throw new UsageError(`--since ${text} is no time such as 30m, 6h or 2d`);
  return spanMs;
}

function parse(argv: readonly string[]) {
  try {
    return parseArgs({
      args: [...argv],
      options: {
        reason: { type: "string" },
        since: { type: "string" },
        environment: { type: "string" },
        unplaced: { type: "boolean" },
        collector: { type: "string" },
        data: { type: "string" },
        limit: { type: "string" },
        "dry-run": { type: "boolean" },
        json: { type: "boolean" },
        help: { type: "boolean", short: "h" },
      },
    }).values;
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error), { cause: error });
  }
}
