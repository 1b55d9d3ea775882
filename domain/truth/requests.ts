import type { FieldValue } from "../wire/decode-events.ts";
import type { TimedEvent } from "./settle.ts";
import { told } from "./told.ts";

/** Milliseconds and bit/s; null where nothing is known. */
export interface Requests {
  latencyMs: number | null;
  maxLatencyMs: number | null;
  throughput: number | null;
}

const DAY_MS = 24 * 60 * 60_000;
const TEBIBYTE = 1_024 ** 4;
/** bit/s; what came faster did not come over a network. */
const FASTEST = 100_000_000_000;

/** Averages over the view's own requests; the player's counters go on over all its views, so only its first may use them. */
export function requestsOf(events: readonly TimedEvent[], fields: ReadonlyMap<string, FieldValue>): Requests {
  const done = events.filter(({ name }) => name === "requestcompleted").map((event) => event.fields);
  const latencies = done
    .map((one) => difference(one["request_start"], one["request_response_start"]))
    .filter((latencyMs) => latencyMs !== null);
  const transfers = done.flatMap((one) => {
    const bytes = one["request_bytes_loaded"];
    const from = numberOrNull(one["request_response_start"]) ?? one["request_start"];
    const durationMs = difference(from, one["request_response_end"]) ?? 0;
    // One that took no time came from a cache, or from within the clock's grain.
    const isMeasured = typeof bytes === "number" && bytes > 0 && bytes <= TEBIBYTE;
    if (!isMeasured || durationMs === 0 || (bytes * 8 * 1_000) / durationMs > FASTEST) return [];
    return [{ bits: bytes * 8, durationMs }];
  });
  const transferMs = sum(transfers.map(({ durationMs }) => durationMs));
  const timed = latencies.length > 0 || transferMs > 0;
  const own = (name: string) => (!timed && fields.get("player_view_count") === 1 ? told(name, fields.get(name)) : null);
  return {
    latencyMs: latencies.length > 0 ? sum(latencies) / latencies.length : own("view_average_request_latency"),
    maxLatencyMs: latencies.length > 0 ? Math.max(...latencies) : own("view_max_request_latency"),
    throughput:
      transferMs > 0
        ? (sum(transfers.map(({ bits }) => bits)) * 1_000) / transferMs
        : own("view_average_request_throughput"),
  };
}

/** Null where one end is not known or no time, they are in the wrong order, or no request takes that long. */
function difference(from: unknown, to: unknown): number | null {
  const [start, end] = [numberOrNull(from), numberOrNull(to)];
  return start !== null && end !== null && end >= start && end - start <= DAY_MS ? end - start : null;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

function numberOrNull(value: unknown): number | null {
  return typeof value === "number" && value >= 0 ? value : null;
}
