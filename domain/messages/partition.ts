import type { EnvironmentId } from "../identifiers.ts";

/** Fixed for the life of an installation: a view must meet its own earlier events in the same partition. */
export const BEACON_PARTITIONS = 16;

const FNV_OFFSET = 0x811c9dc5;
const FNV_PRIME = 0x01000193;

/** FNV-1a over UTF-16 code units, 32 bits. Spreads ids evenly; not for security. */
export function fnv1a(text: string): number {
  let hash = FNV_OFFSET;
  for (let at = 0; at < text.length; at += 1) hash = Math.imul(hash ^ text.charCodeAt(at), FNV_PRIME);
  return hash >>> 0;
}

/** Partition of the `beacons` topic that holds all records of one view. */
export function beaconPartition(environmentId: EnvironmentId, viewId: string): number {
  return fnv1a(`${environmentId}/${viewId}`) % BEACON_PARTITIONS;
}
