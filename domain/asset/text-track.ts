import type { AssetError } from "./outcome.ts";

/**
 * Names of the jobs by which server and transcoder meet over tracks that do not come with the asset's own file. The server alone changes a track; a transcoder tells
 * by {@link APPLY_TRACK_RESULT_TASK} what it found.
 */
export const READ_TEXT_TASK = "read_text_track";
/** Of an asset that is ready. */
export const READ_SOUND_TASK = "read_sound_track";
export const READ_EMBEDDED_TASK = "read_embedded_captions";
export const TRANSCRIBE_TASK = "transcribe";
export const APPLY_TRACK_RESULT_TASK = "apply_track_result";

/** Payload of {@link READ_TEXT_TASK}, {@link READ_SOUND_TASK} and {@link TRANSCRIBE_TASK}; {@link READ_EMBEDDED_TASK} has the first two. */
export interface TextTrackJob {
  environment: string;
  assetId: string;
  trackId: string;
}

/** So many sounds of one environment are read at once: slow hosts of one customer do not keep others waiting. */
export const SOUNDS_PER_ENVIRONMENT = 2;

/** Of {@link READ_SOUND_TASK}. */
export function soundQueue({ environment, trackId }: TextTrackJob): string {
  return `sound:${environment}:${trackId.charCodeAt(0) % SOUNDS_PER_ENVIRONMENT}`;
}

export interface TrackResult extends TextTrackJob {
  outcome: TrackOutcome;
}

export type TrackOutcome =
  /** Its captions are stored, or its sound. The language is told where it was not known: BCP 47. */
  | { kind: "ready"; languageCode?: string; sound?: SoundTrackFacts }
  | { kind: "errored"; error: TrackError }
  /** Captions that the source itself holds, stored as a track that the server does not know yet. */
  | { kind: "embedded"; channel: EmbeddedChannel };

export interface SoundTrackFacts {
  channels: number;
  /** As much of it as is heard beside the asset's own tracks. */
  durationSeconds: number;
}

export interface TrackError {
  /** Of a customer's file as of an asset; `transcription_failed`: speech was not written down. */
  type: AssetError["type"] | "transcription_failed";
  /** Sentences for the customer: what is wrong, and what helps. */
  messages: readonly string[];
}

/** CEA-608 has four, two in each field. */
export const EMBEDDED_CHANNELS = ["CC1", "CC2", "CC3", "CC4"] as const;
export type EmbeddedChannel = (typeof EMBEDDED_CHANNELS)[number];
