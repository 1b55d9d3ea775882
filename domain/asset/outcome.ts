/**
 * What the transcoder tells the server of an asset, by a job `apply_result` that it adds in its last transaction. The server
 * alone changes the asset (`domain/asset/life-cycle.ts`).
 */
export interface AssetResult {
  environment: string;
  assetId: string;
  outcome: IngestOutcome;
}

export type IngestOutcome =
  /** The source has to be standardised first, which takes time; told as soon as it is known. */
  | { kind: "non_standard"; reasons: NonStandardReasons }
  /** Everything is there for playback. `reasons` is null for a standard source. */
  | { kind: "ready"; planId: string; sourceGeneration: number; facts: AssetFacts; reasons: NonStandardReasons | null }
  | { kind: "errored"; error: AssetError };

/** Keys and values as on the wire: `video_codec`, `video_gop_size`, … (reference video-api.md §3.5). */
export type NonStandardReasons = Readonly<Record<string, string>>;

export interface AssetError {
  /** `download_failed`: the input URL; `invalid_input`: what came is no media that can be played. */
  type: "download_failed" | "invalid_input";
  /** Sentences for the customer: what is wrong, and what helps. */
  messages: readonly string[];
}

export interface AssetFacts {
  durationSeconds: number;
  video: { widthPx: number; heightPx: number; frameRate: number } | null;
  /** Every sound that can be chosen, the one that players begin with first. */
  sounds: readonly SoundFacts[];
  /** What the highest rendition shows; decides the resolution tier. Null without a picture. */
  topRendition: { widthPx: number; heightPx: number } | null;
  /** The source as the customer sent it, for `GET …/input-info`. */
  input: InputFacts;
}

export interface SoundFacts {
  /** Of the rendition with most. */
  channels: number;
  durationSeconds: number;
  /** What people choose it by. */
  name: string;
  /** BCP 47; null where the source does not say. */
  language: string | null;
}

export interface InputFacts {
  /** `mp4`, `mov`, `webm`, `mpegts`, … */
  containerFormat: string;
  tracks: readonly InputTrackFacts[];
}

export interface InputTrackFacts {
  type: "video" | "audio";
  durationSeconds: number;
  encoding: string;
  widthPx?: number;
  heightPx?: number;
  frameRate?: number;
  channels?: number;
  sampleRate?: number;
}

/**
 * Names of the jobs by which server and transcoder meet. Fetching, looking and standardising are jobs of their own, so that a
 * slow host or a long conversion holds up nobody's upload.
 */
export const FETCH_TASK = "fetch_input";
/** Takes the place of fetching where the input is a stretch of another asset. */
export const CLIP_TASK = "cut_clip";
export const INGEST_TASK = "ingest_asset";
export const STANDARDISE_TASK = "standardise_asset";
/** Makes the segments that nobody has asked for yet; not part of taking an asset in. */
export const FILL_TASK = "fill_asset";
export const APPLY_RESULT_TASK = "apply_result";

/** Payload of all that take an asset in: the transcoder reads the rest from its view of the asset. */
export interface IngestJob {
  environment: string;
  assetId: string;
}

/** So many of one environment are at work at once: slow hosts and hard files of one customer do not keep others waiting. */
const PER_ENVIRONMENT = { [FETCH_TASK]: 4, [INGEST_TASK]: 2 };
const QUEUES = { [FETCH_TASK]: "fetch", [INGEST_TASK]: "ingest" };

/** A step of taking an asset in, with the queue that it waits in: what is in one is done one after another. */
export function queuedStep(
  task: keyof typeof QUEUES,
  { environment, assetId }: IngestJob,
): { task: string; queue: string } {
  return { task, queue: `${QUEUES[task]}:${environment}:${assetId.charCodeAt(0) % PER_ENVIRONMENT[task]}` };
}
