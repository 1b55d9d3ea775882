import { type EnvironmentId, isEnvironmentId } from "../identifiers.ts";
import { type ErrorCategories, isErrorCategory } from "../view/error-category.ts";
import type { NamedAsset } from "../view/named-asset.ts";
import type { Place, RequestContext } from "../view/view-state.ts";
import { jsonObject } from "./json-object.ts";

/**
 * One record of topic `beacons`: what one request said about one view, with all that the edge knew of the request.
 * It holds what later readers cannot look up again (place, time of arrival, title, how errors count), so that a replay yields the same rows.
 */
export interface BeaconRecord {
  environmentId: EnvironmentId;
  viewId: string;
  /** Log time: the edge's clock at appending, never going back. Unix milliseconds. */
  arrivedAtMs: number;
  /** `metadata.transmission_timestamp`, client clock; null when absent. */
  transmittedAtMs: number | null;
  context: RequestContext;
  /** Of the playback id that the events name and the view's environment owns; none in records of earlier releases. */
  asset?: NamedAsset;
  /** Of those errors among the events whose code has one in the view's environment; absent where none has. */
  errorCategories?: ErrorCategories;
  /** How many events the writer took in; none in records of earlier releases. What became of each is counted against it. */
  count?: number;
  /** Events as sent, with short keys, in the order of the request. */
  events: readonly unknown[];
}

/** Appended to every partition each quarter second: log time goes on although nobody sends. */
export interface TickRecord {
  tickMs: number;
}

/**
 * Text form of a record. `bodyJson` is a JSON object with the member `events`, spliced in as it is: for the usual request,
 * all of one view, that is the body itself, and writing its 10 kB of JSON anew would cost more than all the rest.
 */
export function encodeBeaconRecord(record: Omit<BeaconRecord, "events">, bodyJson: string): string {
  const { environmentId, viewId, arrivedAtMs, transmittedAtMs, context, asset, errorCategories, count } = record;
  const said = { environmentId, viewId, arrivedAtMs, transmittedAtMs, context, asset, errorCategories, count };
  const head = JSON.stringify({ v: 1, ...said });
  return `${head.slice(0, -1)},"body":${bodyJson}}`;
}

export function encodeTick(tickMs: number): string {
  return JSON.stringify({ v: 1, tickMs });
}

/** Reads a record of ours; null for anything else, which the caller counts and skips: one bad record stops nobody. */
export function decodeBeaconRecord(text: string): BeaconRecord | TickRecord | null {
  const value = jsonObject(text);
  if (value === null || value["v"] !== 1) return null;
  if (typeof value["tickMs"] === "number") return { tickMs: value["tickMs"] };
  return isHead(value) ? withEvents(value) : null;
}

function isHead(value: Record<string, unknown>): value is Record<string, unknown> & Omit<BeaconRecord, "events"> {
  return (
    isEnvironmentId(value["environmentId"]) &&
    typeof value["viewId"] === "string" &&
    typeof value["arrivedAtMs"] === "number" &&
    (value["transmittedAtMs"] === null || typeof value["transmittedAtMs"] === "number") &&
    isContext(value["context"])
  );
}

function withEvents(value: Record<string, unknown> & Omit<BeaconRecord, "events">): BeaconRecord | null {
  const { environmentId, viewId, arrivedAtMs, transmittedAtMs, context } = value;
  const body = value["body"];
  if (typeof body !== "object" || body === null || !("events" in body) || !Array.isArray(body.events)) return null;
  const record: BeaconRecord = { environmentId, viewId, arrivedAtMs, transmittedAtMs, context, events: body.events };
  if (isNamedAsset(value["asset"])) record.asset = value["asset"];
  if (isErrorCategories(value["errorCategories"])) record.errorCategories = value["errorCategories"];
  if (typeof value["count"] === "number") record.count = value["count"];
  return record;
}

function isNamedAsset(value: unknown): value is NamedAsset {
  if (typeof value !== "object" || value === null) return false;
  const { sequence, assetId, title, externalId = "", creatorId = "" } = value as Record<string, unknown>;
  return (
    typeof sequence === "number" && [assetId, title, externalId, creatorId].every((part) => typeof part === "string")
  );
}

function isErrorCategories(value: unknown): value is ErrorCategories {
  return typeof value === "object" && value !== null && Object.values(value).every(isErrorCategory);
}

function isContext(value: unknown): value is RequestContext {
  if (typeof value !== "object" || value === null) return false;
  const { address, country, place, userAgent, referrer, retentionDays } = value as Record<string, unknown>;
  return (
    [address, country, userAgent, referrer].every((part) => typeof part === "string") &&
    typeof retentionDays === "number" &&
    (place === undefined || isPlace(place))
  );
}

function isPlace(value: unknown): value is Place {
  if (typeof value !== "object" || value === null) return false;
  const { continent, region, city, latitude, longitude, asn, asnName } = value as Record<string, unknown>;
  return (
    [continent, region, city, asnName].every((part) => typeof part === "string") &&
    [latitude, longitude].every((part) => part === null || typeof part === "number") &&
    typeof asn === "number"
  );
}
