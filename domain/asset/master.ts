import type { AssetRef } from "../media/object-keys.ts";

/** Whether an asset's source can be had as a file (reference video-api.md §3.3). */
export const MASTER_ACCESS = ["none", "temporary"] as const;
export type MasterAccess = (typeof MASTER_ACCESS)[number];

/** How long its URL serves. */
export const MASTER_HOURS = 24;

/** Of the server's job that has a master made, and of the one by which the transcoder tells what came of it. */
export const MAKE_MASTER_TASK = "make_master";
export const APPLY_MASTER_TASK = "apply_master";

export interface MasterRef extends AssetRef {
  masterId: string;
}

/** Payload of {@link MAKE_MASTER_TASK}: the transcoder reads the rest from its view of the asset. */
export type MasterJob = MasterRef;

/** Payload of {@link APPLY_MASTER_TASK}. */
export interface MasterResult extends MasterRef {
  outcome: MasterOutcome;
}

export type MasterOutcome =
  /** Key of the file: one of its own, or the source. */
  { kind: "ready"; objectKey: string } | { kind: "errored" };

const MASTER_NAMES = ["mezzanine.mp4", "mezzanine.m4a"] as const;
export type MasterName = (typeof MASTER_NAMES)[number];

/** Last part of its URL. */
export function masterName(hasPicture: boolean): MasterName {
  return hasPicture ? "mezzanine.mp4" : "mezzanine.m4a";
}

export function isMasterName(name: string): name is MasterName {
  return (MASTER_NAMES as readonly string[]).includes(name);
}
