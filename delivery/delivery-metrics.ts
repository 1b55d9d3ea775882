import { Counter, Gauge, Histogram } from "prom-client";
import type { Wanted } from "../domain/media/transcoder-wire.ts";
import type { Logger } from "../platform/observability/logger.ts";
import type { Metrics } from "../platform/observability/metrics.ts";
import type { Route } from "./route.ts";

export type RequestKind = Route["kind"] | "preflight" | "unknown";
/** `left`: the client went away before its answer was ready. */
export type AnsweredStatus = number | "left" | "broken";
export type MakeOutcome = "made" | "refused" | "unreachable" | "late" | "left";

export interface DeliveryMetrics {
  answered(kind: RequestKind, status: AnsweredStatus): void;
  /** Where a segment or init was when it was asked for. */
  found(place: "memory" | "store" | "nowhere"): void;
  /** Stored bytes are not what their record says. A person should look: something is wrong with the disk. */
  damaged(key: string, error: Error): void;
  /** Begins to take the time of one request to transcoders. */
  making(kind: Wanted["kind"]): (outcome: MakeOutcome) => void;
  /** Postgres is away, and what is known is used beyond its time. */
  stale(): void;
  watchMemory(sizeBytes: () => number): void;
}

const MAKE_BUCKETS_SECONDS = [0.02, 0.05, 0.1, 0.25, 0.5, 1, 1.5, 2.5, 5, 10, 15];

export function createDeliveryMetrics(registry: Metrics, log: Logger): DeliveryMetrics {
  const registers = [registry];
  const requests = new Counter({
    name: "playhead_delivery_requests_total",
    help: "Playback requests by what was asked for and what was answered",
    labelNames: ["kind", "status"],
    registers,
  });
  const lookups = new Counter({
    name: "playhead_delivery_objects_total",
    help: "Segments and inits asked for, by where they were; equal requests at the same time count once unless from memory",
    labelNames: ["place"],
    registers,
  });
  const damaged = new Counter({
    name: "playhead_delivery_damaged_objects_total",
    help: "Stored objects whose length or hash is not that of their record; they are never served",
    registers,
  });
  const stale = new Counter({
    name: "playhead_delivery_stale_lookups_total",
    help: "Playback ids answered from memory beyond their time because Postgres was away",
    registers,
  });
  const make = new Histogram({
    name: "playhead_delivery_make_seconds",
    help: "Time that transcoders took for what was asked of them",
    labelNames: ["kind", "outcome"],
    buckets: MAKE_BUCKETS_SECONDS,
    registers,
  });
  return {
    answered: (kind, status) => requests.inc({ kind, status: String(status) }),
    found: (place) => lookups.inc({ place }),
    damaged: (key, error) => {
      damaged.inc();
      log.error({ key, err: error }, "stored object is damaged");
    },
    making: (kind) => {
      const end = make.startTimer({ kind });
      return (outcome) => void end({ outcome });
    },
    stale: () => stale.inc(),
    watchMemory: (sizeBytes) => {
      const gauge: Gauge = new Gauge({
        name: "playhead_delivery_memory_bytes",
        help: "Bytes of segments and inits kept in memory",
        registers,
        collect: () => gauge.set(sizeBytes()),
      });
    },
  };
}
