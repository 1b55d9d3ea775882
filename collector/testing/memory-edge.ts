import type { EnvironmentId } from "../../domain/identifiers.ts";
import { type BeaconRecord, decodeBeaconRecord } from "../../domain/messages/beacon-record.ts";
import {
  decodeRejectedRecord,
  type RejectedRecord,
  type RejectedSample,
} from "../../domain/messages/rejected-record.ts";
import { parseCidr } from "../../domain/network/client-address.ts";
import type { ErrorCategory } from "../../domain/view/error-category.ts";
import type { Place } from "../../domain/view/view-state.ts";
import { type LogRecord, LogUnavailableError, type LogWriter } from "../../platform/eventlog/eventlog.ts";
import { type Listener, listen } from "../../platform/http/listen.ts";
import { createLogger } from "../../platform/observability/logger.ts";
import { createMetrics, type Metrics } from "../../platform/observability/metrics.ts";
import { BeaconLog } from "../edge/beacon-log.ts";
import { createEdge } from "../edge/edge.ts";
import { createEdgeMetrics } from "../edge/edge-metrics.ts";
import type { EdgeEnvironment } from "../edge/environments.ts";
import type { PlaybackOwners } from "../edge/playback-owners.ts";
import type { ViewSources } from "../edge/view-sources.ts";

/** A log in memory; `full` makes it refuse like one whose disk is full. */
export class MemoryWriter implements LogWriter {
  readonly records: LogRecord[] = [];
  full = false;

  async append(records: readonly LogRecord[]): Promise<void> {
    if (this.full) throw new LogUnavailableError("no space left");
    this.records.push(...records);
  }

  async close(): Promise<void> {}
}

export const EDGE_KEY = "testenvkey0000000000000001";
export const OTHER_KEY = "testenvkey0000000000000002";
export const NETHERLANDS: Place = {
  ...{ continent: "EU", region: "Holland", city: "Delft", latitude: 52, longitude: 4.3 },
  ...{ asn: 64496, asnName: "Example Net" },
};
const KEYS = new Map<string, EdgeEnvironment>([
  [EDGE_KEY, { environmentId: 7 as EnvironmentId, retentionDays: 30 }],
  [OTHER_KEY, { environmentId: 8 as EnvironmentId, retentionDays: 30 }],
]);

/** The edge on a free port with everything else in memory, and a clock of the test's own. */
export interface MemoryEdge {
  beacons: MemoryWriter;
  rejected: MemoryWriter;
  beaconLog: BeaconLog;
  metrics: Metrics;
  clock: { nowMs: number; elapsedMs: number };
  /** False: no key has been read yet. */
  keys: { ready: boolean };
  /** Of environment 7; none has been read yet while it is null. */
  categories: { byCode: Map<string, ErrorCategory> | null };
  listener: Listener;
  url(path?: string): string;
  post(body: string | Buffer, options?: { path?: string; headers?: Record<string, string> }): Promise<Response>;
  written(): BeaconRecord[];
  refused(): RejectedRecord[];
  /** [reason, count] of the records that count. */
  counted(): [string, number][];
  samples(): RejectedSample[];
}

export interface MemoryEdgeOptions {
  playbackOwners?: PlaybackOwners;
  viewSources?: ViewSources;
  gatherMs?: number;
}

export async function startMemoryEdge(options: MemoryEdgeOptions = {}): Promise<MemoryEdge> {
  const [beacons, rejected, viewSources] = [new MemoryWriter(), new MemoryWriter(), new MemoryWriter()];
  const [clock, keys, metrics] = [{ nowMs: 1_795_500_000_000, elapsedMs: 0 }, { ready: true }, createMetrics("test")];
  const categories: MemoryEdge["categories"] = { byCode: new Map() };
  const beaconLog = new BeaconLog({ beacons, rejected, viewSources }, () => clock.nowMs, options.gatherMs ?? 0);
  const edge = createEdge({
    beaconLog,
    environments: { find: (key) => KEYS.get(key) ?? null, ready: () => keys.ready, close: async () => undefined },
    errorCategories: {
      of: (environmentId) => (environmentId === 7 ? (categories.byCode ?? undefined) : undefined),
      ready: () => categories.byCode !== null,
      close: async () => undefined,
    },
    playbackOwners: options.playbackOwners ?? { find: () => null, findAsset: () => null, load: async () => undefined },
    viewSources: options.viewSources ?? { find: () => null, remember: () => undefined, close: async () => undefined },
    places: {
      locate: (address) => (address === "198.51.100.77" ? { country: "NL", place: NETHERLANDS } : { country: "" }),
      isSettled: () => true,
    },
    trustedProxies: [parseCidr("127.0.0.0/8")].filter((range) => range !== null),
    metrics: createEdgeMetrics(metrics),
    nowMs: () => clock.nowMs,
    elapsedMs: () => clock.elapsedMs,
    log: createLogger("test", "silent"),
  });
  const listener = await listen(["127.0.0.1"], 0, edge);
  const url = (path = "/") => `http://127.0.0.1:${listener.port}${path}`;
  const refused = () => rejected.records.flatMap(({ value }) => decodeRejectedRecord(value.toString()) ?? []);
  return {
    ...{ beacons, rejected, beaconLog, metrics, clock, keys, categories, listener, url, refused },
    post: (body, { path, headers = {} } = {}) =>
      fetch(url(path), { method: "POST", body: typeof body === "string" ? body : new Uint8Array(body), headers }),
    written: () =>
      beacons.records.flatMap(({ value }) => {
        const record = decodeBeaconRecord(value.toString());
        return record === null || "tickMs" in record ? [] : [record];
      }),
    counted: () => refused().flatMap(({ reason, count }) => (count > 0 ? [[reason, count]] : [])),
    samples: () => refused().flatMap(({ sample }) => sample ?? []),
  };
}
