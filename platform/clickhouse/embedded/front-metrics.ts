import { Counter, Gauge, Histogram } from "prom-client";
import type { Metrics } from "../../observability/metrics.ts";
import type { SetAside } from "./damage.ts";
import type { Executor } from "./executor.ts";

/** What the front counts; names as Prometheus wants them. */
export interface FrontMetrics {
  finished(kind: string, seconds: number): void;
  failed(code: number): void;
}

const BUCKETS_SECONDS = [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

export function createFrontMetrics(
  registry: Metrics,
  executor: Executor,
  setAside: () => Promise<readonly SetAside[]>,
): FrontMetrics {
  const registers = [registry];
  const seconds = new Histogram({
    name: "playhead_clickhouse_query_seconds",
    help: "Time of a request from its head to the engine's answer, waiting included",
    labelNames: ["kind"],
    buckets: BUCKETS_SECONDS,
    registers,
  });
  const errors = new Counter({
    name: "playhead_clickhouse_errors_total",
    help: "Requests answered with an error, by the engine's error number",
    labelNames: ["code"],
    registers,
  });
  gauge("playhead_clickhouse_waiting", "Requests waiting for a connection", () => executor.waiting);
  gauge("playhead_clickhouse_running", "Requests that the engine works on", () => executor.running);
  const damage = ["table", "partition", "reason"] as const;
  new Gauge({
    name: "playhead_clickhouse_detached_parts",
    help: "Damaged parts set aside by the engine: their rows are missing. No line where there is none",
    labelNames: damage,
    registers,
    async collect() {
      const parts = await setAside();
      this.reset();
      for (const { parts: count, ...labels } of parts) this.set(labels, count);
    },
  });
  return {
    finished: (kind, elapsed) => seconds.observe({ kind }, elapsed),
    failed: (code) => errors.inc({ code: String(code) }),
  };

  function gauge(name: string, help: string, read: () => number | Promise<number>): void {
    new Gauge({
      name,
      help,
      registers,
      async collect() {
        this.set(await read());
      },
    });
  }
}
