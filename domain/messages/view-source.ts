import { type EnvironmentId, isEnvironmentId } from "../identifiers.ts";
import { jsonObject } from "./json-object.ts";

/**
 * One record of topic `view_sources`: the playback id by which a view without an environment key was placed, where only
 * its full snapshots name it. The edge reads the topic when it starts, so that it knows the views already under way.
 */
export interface ViewSource {
  viewId: string;
  playbackId: string;
  /** Whose it is; null in a record of an earlier release. */
  environmentId: EnvironmentId | null;
}

export function encodeViewSource({ viewId, playbackId, environmentId }: ViewSource): string {
  return JSON.stringify({ v: 1, viewId, playbackId, environmentId });
}

/** Null for anything but a record of ours. */
export function decodeViewSource(text: string): ViewSource | null {
  const { v, viewId, playbackId, environmentId } = jsonObject(text) ?? {};
  if (v !== 1 || typeof viewId !== "string" || typeof playbackId !== "string") return null;
  return { viewId, playbackId, environmentId: isEnvironmentId(environmentId) ? environmentId : null };
}
