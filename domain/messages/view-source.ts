import { jsonObject } from "./json-object.ts";

/**
 * One record of topic `view_sources`: the playback id by which a view without an environment key was placed, where only
 * its full snapshots name it. The edge reads the topic when it starts, so that it knows the views already under way.
 */
export interface ViewSource {
  viewId: string;
  playbackId: string;
}

export function encodeViewSource({ viewId, playbackId }: ViewSource): string {
  return JSON.stringify({ v: 1, viewId, playbackId });
}

/** Null for anything but a record of ours. */
export function decodeViewSource(text: string): ViewSource | null {
  const { v, viewId, playbackId } = jsonObject(text) ?? {};
  return v === 1 && typeof viewId === "string" && typeof playbackId === "string" ? { viewId, playbackId } : null;
}
