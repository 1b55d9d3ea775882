import { LOG_RETENTION_MS, TOPICS } from "../../domain/messages/topics.ts";
import { openEventLog } from "../../platform/eventlog/open-event-log.ts";
import { openPatientWriter } from "../../platform/eventlog/patient-writer.ts";
import { openPlaces } from "../../platform/geo/places.ts";
import { listen } from "../../platform/http/listen.ts";
import { openInternalPort } from "../../platform/observability/internal-port.ts";
import { createLogger } from "../../platform/observability/logger.ts";
import { createMetrics } from "../../platform/observability/metrics.ts";
import { Program } from "../../platform/observability/program.ts";
import { Readiness } from "../../platform/observability/readiness.ts";
import { createPool, createPostgres } from "../../platform/postgres/pool.ts";
import { BeaconLog, TICK_MS } from "./beacon-log.ts";
import { readConfig } from "./config.ts";
import { createEdge } from "./edge.ts";
import { createEdgeMetrics } from "./edge-metrics.ts";
import { openEnvironmentDirectory } from "./environments.ts";
import { openErrorCategories } from "./error-categories.ts";
import { createPlaybackOwners, readOwnersFrom } from "./playback-owners.ts";
import { openViewSources } from "./view-sources.ts";

const config = readConfig();
const log = createLogger("collector-edge", config.logLevel);
const program = new Program(log);
program.watchSignals({ supervised: config.supervised });

try {
  const metrics = createMetrics("collector-edge");
  const readiness = new Readiness();
  const opened = readiness.awaiting("public port");
  const internal = await openInternalPort(config.hosts, config.internalPort, metrics, readiness);
  program.onStop("internal port", () => internal.close());

  const pool = createPool({ url: config.databaseUrl, applicationName: "playhead-edge", log, metrics, max: 2 });
  const postgres = createPostgres(pool);
  program.onStop("postgres", () => pool.end());
  const environments = openEnvironmentDirectory(postgres, config.databaseUrl, log);
  program.onStop("environments", () => environments.close());
  readiness.add("environment keys", () =>
    environments.ready() ? { ok: true } : { ok: false, reason: "environment keys not read yet" },
  );
  const errorCategories = openErrorCategories(postgres, config.databaseUrl, log);
  program.onStop("error categories", () => errorCategories.close());
  readiness.add("error categories", () =>
    errorCategories.ready() ? { ok: true } : { ok: false, reason: "error categories not read yet" },
  );

  const eventlog = openEventLog({
    ...config.eventlog,
    member: { program: "edge", port: config.port },
    topics: TOPICS,
    retentionMs: LOG_RETENTION_MS,
    log,
    metrics,
  });
  program.onStop("eventlog", () => eventlog.close());
  const beacons = await openPatientWriter(eventlog, "beacons", log);
  program.onStop("beacons writer", () => beacons.close());
  const rejected = await openPatientWriter(eventlog, "rejected", log);
  program.onStop("rejected writer", () => rejected.close());
  const sources = await openPatientWriter(eventlog, "view_sources", log);
  program.onStop("view sources writer", () => sources.close());
  const viewSources = await openViewSources(eventlog, log);
  program.onStop("view sources", () => viewSources.close());
  const beaconLog = new BeaconLog({ beacons, rejected, viewSources: sources }, Date.now);

  let logTrouble: string | null = "no tick written yet";
  const ticks = setInterval(() => {
    beaconLog.tick().then(
      () => {
        logTrouble = null;
      },
      (error: unknown) => {
        logTrouble = String(error);
      },
    );
  }, TICK_MS);
  program.onStop("ticks", () => clearInterval(ticks));
  readiness.add("event log", () => (logTrouble === null ? { ok: true } : { ok: false, reason: logTrouble }));

  const elapsedMs = () => performance.now();
  const places = await openPlaces(config.geoLevel);
  const edge = createEdge({
    beaconLog,
    environments,
    errorCategories,
    playbackOwners: createPlaybackOwners({ read: readOwnersFrom(postgres), elapsedMs, log }),
    viewSources,
    places,
    trustedProxies: config.trustedProxies,
    metrics: createEdgeMetrics(metrics),
    nowMs: Date.now,
    elapsedMs,
    log,
  });
  const listener = await listen(config.hosts, config.port, edge);
  opened();
  program.onStop("public port", () => listener.close());
  log.info({ port: listener.port }, "listening");
  places.load().then(
    () => log.info({ level: config.geoLevel }, "places are known"),
    (error: unknown) => log.error({ err: error }, "places cannot be read, going on with countries"),
  );
} catch (error) {
  await program.fail(error);
}
