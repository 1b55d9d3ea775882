import type {
  AssetStatus,
  ErrorKind,
  ErrorSeverity,
  IngestType,
  MaxResolutionTier,
  PlaybackPolicy,
  TextSource,
  VideoQuality,
} from "./schema.ts";

/** What delivery may know: a playback id with the asset behind it. */
export interface DeliveryPlaybackIds {
  playback_id: string;
  policy: PlaybackPolicy;
  environment_id: string;
  asset_id: string;
  status: AssetStatus;
  plan_id: string | null;
  duration_seconds: number | null;
  title: string | null;
  active: boolean;
}

export interface DeliveryPlaybackRestrictions {
  environment_id: string;
  id: string;
  allowed_domains: string[];
  allow_no_referrer: boolean;
  allow_no_user_agent: boolean;
  allow_high_risk_user_agent: boolean;
  active: boolean;
}

export interface DeliverySigningKeys {
  environment_id: string;
  id: string;
  public_key: string;
  active: boolean;
}

/** The `EnvironmentId` of ClickHouse keys for the id that playback ids name. */
export interface DeliveryEnvironments {
  environment_id: string;
  number: number;
}

/** Text tracks that can be shown. */
export interface DeliveryTextTracks {
  environment_id: string;
  asset_id: string;
  track_id: string;
  name: string | null;
  language_code: string | null;
  closed_captions: boolean;
  created_at: Date;
}

/** Sounds that were added by URL and can be heard. */
export interface DeliverySoundTracks {
  environment_id: string;
  asset_id: string;
  track_id: string;
  name: string | null;
  language_code: string | null;
  created_at: Date;
}

/** Masters that are ready. */
export interface DeliveryMasters {
  master_id: string;
  environment_id: string;
  asset_id: string;
  name: string;
  object_key: string;
  url_token: string;
  expires_at: Date;
  /** False once its time is over, or it, its asset or its environment is deleted. */
  active: boolean;
}

/** Where thumbnails are taken from that name no time, of assets that were told it. */
export interface DeliveryThumbnailTimes {
  environment_id: string;
  asset_id: string;
  thumbnail_seconds: number;
}

/** What a transcoder may know of a text track. */
export interface TranscoderTextTracks {
  environment_id: string;
  asset_id: string;
  track_id: string;
  status: "preparing" | "ready" | "errored" | "deleted";
  source_url: string | null;
  active: boolean;
  text_source: TextSource | null;
  language_code: string | null;
  /** Of the sound that a generated one is made of; null where the asset has none. */
  sound_name: string | null;
  sound_language_code: string | null;
}

/** What a transcoder may know of a sound that is added by URL. */
export interface TranscoderSoundTracks {
  environment_id: string;
  asset_id: string;
  track_id: string;
  status: "preparing" | "ready" | "errored" | "deleted";
  source_url: string;
  /** Of the asset. */
  plan_id: string | null;
  active: boolean;
}

/** What a transcoder may know of an asset. */
export interface TranscoderAssets {
  environment_id: string;
  asset_id: string;
  status: AssetStatus;
  ingest_type: IngestType;
  input_url: string | null;
  source_generation: number | null;
  plan_id: string | null;
  max_resolution_tier: MaxResolutionTier;
  video_quality: VideoQuality;
  active: boolean;
}

/** What a transcoder has to know of a clip: which stretch of which asset it is. */
export interface TranscoderClips {
  environment_id: string;
  asset_id: string;
  source_asset_id: string;
  source_plan_id: string | null;
  start_seconds: number;
  end_seconds: number;
}

/** Text tracks of clips whose texts are still to be taken over. */
export interface TranscoderClipTexts {
  environment_id: string;
  asset_id: string;
  track_id: string;
  source_track_id: string;
}

/** What a transcoder has to know of an asset's pictures. */
export interface TranscoderPictureSettings {
  environment_id: string;
  asset_id: string;
  inputs: unknown;
  is_test: boolean;
}

/** What a transcoder has to know of an asset's sound. */
export interface TranscoderSoundSettings {
  environment_id: string;
  asset_id: string;
  normalize_audio: boolean;
}

/** What the collector's edge may know of playback ids. */
export interface CollectorPlaybackIds {
  playback_id: string;
  environment_number: number;
  environment_id: string;
  retention_days: number;
  asset_id: string;
  title: string | null;
  active: boolean;
  external_id: string | null;
  creator_id: string | null;
}

export interface CollectorErrorCategories {
  environment_number: number;
  code: string;
  severity: ErrorSeverity;
  type: ErrorKind;
}
