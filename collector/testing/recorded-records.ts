import { readFileSync } from "node:fs";
import type { EnvironmentId } from "../../domain/identifiers.ts";
import { encodeBeaconRecord, encodeTick } from "../../domain/messages/beacon-record.ts";
import type { NamedAsset } from "../../domain/view/named-asset.ts";
import { decodeRequest } from "../../domain/wire/decode-request.ts";
import type { StoredRecord } from "../../platform/eventlog/eventlog.ts";

const FOLDER = new URL("../../fixtures/beacons/", import.meta.url);

/**
 * The records that the edge would have written for a recording, all put into one partition, for tests; each with the asset
 * where one is given.
 */
export function recordedRecords(
  name: string,
  environmentId: EnvironmentId,
  startMs: number,
  asset?: Omit<NamedAsset, "sequence">,
): StoredRecord[] {
  return recordedRequests(name).flatMap(({ t_ms: tMs, headers, body }) => {
    const request = decodeRequest(body);
    if (request.kind === "rejected") throw new Error(request.reason);
    const viewIds = new Set(request.events.map(({ peek }) => (typeof peek === "string" ? peek : peek.viewId)));
    const arrivedAtMs = startMs + tMs;
    return [...viewIds].map((viewId) => {
      const events = request.events.filter(({ peek }) => typeof peek !== "string" && peek.viewId === viewId);
      const context = {
        address: "203.0.113.0",
        country: "DE",
        userAgent: headers["user-agent"] ?? "",
        referrer: "",
        retentionDays: 90,
      };
      const sequences = events.map(({ peek }) => (typeof peek === "string" ? 0 : peek.sequence));
      const head = {
        ...{ environmentId, viewId, arrivedAtMs, transmittedAtMs: request.transmissionTimestampMs, context },
        ...(asset === undefined ? {} : { asset: { ...asset, sequence: Math.max(...sequences) } }),
      };
      return stored(encodeBeaconRecord(head, JSON.stringify({ events: events.map(({ raw }) => raw) })), arrivedAtMs);
    });
  });
}

/** As the recorder wrote it. */
export interface RecordedRequest {
  /** Since the beginning of the scenario. */
  t_ms: number;
  headers: Record<string, string>;
  body: string;
}

export function recordedRequests(name: string): RecordedRequest[] {
  const lines = readFileSync(new URL(`${name}.ndjson`, FOLDER), "utf8").split("\n");
  return lines.filter((line) => line !== "").map((line) => JSON.parse(line) as RecordedRequest);
}

/** The bodies of a recording's requests, as they were sent. */
export function recordedBodies(name: string): string[] {
  return recordedRequests(name).map(({ body }) => body);
}

export function tickRecord(tickMs: number): StoredRecord {
  return stored(encodeTick(tickMs), tickMs);
}

function stored(text: string, timestampMs: number): StoredRecord {
  return { partition: 0, key: "", value: Buffer.from(text), timestampMs, offset: 0, nextOffset: 0 };
}

/** Sorts by arrival and numbers the records as a log would. */
export function asLog(records: readonly StoredRecord[]): StoredRecord[] {
  return records
    .toSorted((a, b) => a.timestampMs - b.timestampMs)
    .map((record, index) => ({ ...record, offset: index * 100, nextOffset: (index + 1) * 100 }));
}
