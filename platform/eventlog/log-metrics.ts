import { Counter, Gauge, Histogram, type Registry } from "prom-client";

const RECORDS_PER_GROUP = [1, 3, 10, 30, 100, 300, 1_000, 3_000, 10_000];
const SYNC_SECONDS = [0.0003, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1];

export type LogMetrics = ReturnType<typeof createLogMetrics>;

/** The log's metrics, once per registry: several logs of one program share them. */
export function createLogMetrics(registry: Registry) {
  const counter = <L extends string>(name: string, help: string, labelNames: L[]) =>
    (registry.getSingleMetric(name) as Counter<L> | undefined) ??
    new Counter({ name, help, labelNames, registers: [registry] });
  const gauge = <L extends string>(name: string, help: string, labelNames: L[]) =>
    (registry.getSingleMetric(name) as Gauge<L> | undefined) ??
    new Gauge({ name, help, labelNames, registers: [registry] });
  const histogram = <L extends string>(name: string, help: string, labelNames: L[], buckets: number[]) =>
    (registry.getSingleMetric(name) as Histogram<L> | undefined) ??
    new Histogram({ name, help, labelNames, buckets, registers: [registry] });

  return {
    records: counter("eventlog_appended_records_total", "Records made durable", ["topic"]),
    bytes: counter("eventlog_appended_bytes_total", "Bytes made durable", ["topic"]),
    failures: counter("eventlog_append_failures_total", "Groups that could not be made durable", ["topic"]),
    groupRecords: histogram("eventlog_group_records", "Records per durable group", ["topic"], RECORDS_PER_GROUP),
    syncSeconds: histogram(
      "eventlog_sync_seconds",
      "Time until a group is durable: one fdatasync, or acks=all",
      ["topic"],
      SYNC_SECONDS,
    ),
    diskBytes: gauge("eventlog_disk_bytes", "Bytes of all segments of a topic", ["topic"]),
    evictions: counter("eventlog_size_evictions_total", "Segments deleted for size before they were read", ["topic"]),
    lagBytes: gauge("eventlog_lag_bytes", "Durable bytes not yet handed out", ["topic", "group", "partition"]),
    lagRecords: gauge("eventlog_lag_records", "Records of Kafka not yet handed out", ["topic", "group", "partition"]),
    lostRecords: counter("eventlog_lost_records_total", "Records of Kafka a reader could not get: damaged or expired", [
      "topic",
      "reason",
    ]),
    lostBytes: counter("eventlog_lost_bytes_total", "Bytes a reader could not get: damaged, missing or expired", [
      "topic",
      "reason",
    ]),
  };
}
