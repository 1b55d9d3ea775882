import { hostname } from "node:os";
import { BEACON_PARTITIONS } from "../../domain/messages/partition.ts";
import { LOG_RETENTION_MS, TOPICS } from "../../domain/messages/topics.ts";
import { createClickHouse } from "../../platform/clickhouse/client.ts";
import { openEventLog } from "../../platform/eventlog/open-event-log.ts";
import { openPatientWriter } from "../../platform/eventlog/patient-writer.ts";
import { openInternalPort } from "../../platform/observability/internal-port.ts";
import { createLogger } from "../../platform/observability/logger.ts";
import { createMetrics } from "../../platform/observability/metrics.ts";
import { Program } from "../../platform/observability/program.ts";
import { Readiness } from "../../platform/observability/readiness.ts";
import { createDeviceParser } from "../../platform/user-agent/viewer-device.ts";
import { Publisher } from "../realtime/publisher.ts";
import { openSocket } from "../realtime/socket.ts";
import { createSink } from "../sink/sink.ts";
import { tellStoredUntil } from "../sink/stored-until.ts";
import { createNightlyMerge } from "../upkeep/nightly-merge.ts";
import { readConfig } from "./config.ts";
import { createDeliveriesConsumer } from "./deliveries-consumer.ts";
import { createFoldCounters } from "./fold-counters.ts";
import { RejectedConsumer } from "./rejected-consumer.ts";
import { openSharedWatermark } from "./shared-watermark.ts";
import { Views } from "./views.ts";
import { checkViews, watchViews } from "./views-metrics.ts";

const DATABASE = "playhead";
/** Whoever folds it does what only one process may. */
const LEADING_PARTITION = 0;

const config = readConfig();
const log = createLogger("collector-views", config.logLevel);
const program = new Program(log);
program.watchSignals({ supervised: config.supervised });

try {
  const metrics = createMetrics("collector-views");
  const readiness = new Readiness();
  const opened = readiness.awaiting("socket");
  const internal = await openInternalPort(config.hosts, config.internalPort, metrics, readiness);
  program.onStop("internal port", () => internal.close());

  const clickhouse = createClickHouse({ url: config.clickhouseUrl, database: DATABASE, log });
  program.onStop("clickhouse", () => clickhouse.close());
  const eventlog = openEventLog({
    ...config.eventlog,
    member: { program: "views", port: config.port },
    topics: TOPICS,
    retentionMs: LOG_RETENTION_MS,
    log,
    metrics,
  });
  program.onStop("eventlog", () => eventlog.close());

  const states = await openPatientWriter(eventlog, "views_state", log);
  program.onStop("checkpoints", () => states.close());
  const progress = await openPatientWriter(eventlog, "views_progress", log);
  program.onStop("progress", () => progress.close());

  const sink = createSink({ clickhouse, log, metrics });
  const counters = createFoldCounters(metrics);
  const views = new Views({
    log,
    eventlog,
    states,
    sink,
    parseDevice: createDeviceParser(),
    counters,
    elapsedMs: () => performance.now(),
    partitions: BEACON_PARTITIONS,
    onStored: () => publisher.poke(),
    shown: () => publisher.shown(),
    onFailed: (error) => void program.fail(error),
  });
  const watermark = openSharedWatermark({
    ...{ eventlog, progress, log, partitions: BEACON_PARTITIONS },
    name: `${hostname()}-${config.port}`,
    own: () => views.storedUntilMs(),
    onFailed: (error) => void program.fail(error),
  });
  program.onStop("watermark", () => watermark.close());
  const telling = tellStoredUntil({ clickhouse, log, asOfMs: () => watermark.asOfMs() });
  program.onStop("stored until", () => telling.close());
  const publisher = new Publisher({ clickhouse, log, metrics, nowMs: Date.now, asOfMs: () => watermark.asOfMs() });
  const socket = await openSocket({
    hosts: config.hosts,
    port: config.port,
    secret: config.socketTokenSecret,
    publisher,
    nowMs: Date.now,
    log,
  });
  await views.start();
  const rejected = new RejectedConsumer({
    log,
    eventlog,
    progress,
    sink,
    onUndecodable: counters.undecodable,
    onFailed: (error) => void program.fail(error),
  });
  await rejected.start();
  const deliveries = createDeliveriesConsumer({
    ...{ log, eventlog, sink },
    onUndecodable: counters.undecodable,
    onFailed: (error) => void program.fail(error),
  });
  await deliveries.start();
  program.onStop("views", () => views.close());
  const isLeader = () => views.lag().has(LEADING_PARTITION);
  const merge = createNightlyMerge({
    ...{ clickhouse, log, metrics, isLeader },
    nowMs: Date.now,
    hourUtc: config.mergeHourUtc,
  });
  program.onStop("nightly merge", () => merge.close());
  merge.start();
  program.onStop("rejected", () => rejected.close());
  program.onStop("deliveries", () => deliveries.close());
  program.onStop("publisher", () => publisher.close());
  program.onStop("socket", () => socket.close());

  readiness.add("store", () => {
    const trouble = sink.trouble();
    return trouble === null ? { ok: true } : { ok: false, reason: trouble };
  });
  readiness.add("rejected beacons", () => {
    const trouble = rejected.trouble();
    return trouble === null ? { ok: true } : { ok: true, degraded: `they are not counted: ${trouble}` };
  });
  readiness.add("deliveries", () => {
    const trouble = deliveries.trouble();
    return trouble === null ? { ok: true } : { ok: true, degraded: `delivered seconds are not summed: ${trouble}` };
  });
  checkViews(views, watermark.asOfMs, readiness, Date.now);
  watchViews(views, () => rejected.count(), metrics);
  opened();
  log.info({ port: socket.port }, "listening");
} catch (error) {
  await program.fail(error);
}
