import type { ColumnType, Generated, JSONColumnType, Selectable } from "kysely";
import type { Mp4Support } from "../../domain/asset/mp4-support.ts";
import type { Exports, UsageExports } from "./schema-exports.ts";
import type {
  CollectorErrorCategories,
  CollectorPlaybackIds,
  DeliveryEnvironments,
  DeliveryMasters,
  DeliveryPlaybackIds,
  DeliveryPlaybackRestrictions,
  DeliverySigningKeys,
  DeliverySoundTracks,
  DeliveryTextTracks,
  DeliveryThumbnailTimes,
  TranscoderAssets,
  TranscoderClips,
  TranscoderClipTexts,
  TranscoderPictureSettings,
  TranscoderSoundSettings,
  TranscoderSoundTracks,
  TranscoderTextTracks,
} from "./schema-views.ts";
import type { WebhookAttempts, WebhookDeliveries, WebhookEvents, Webhooks } from "./schema-webhooks.ts";

/** The tables as TypeScript sees them; `migrations/postgres` is the truth, and a test compares the two. */
export interface Schema {
  organizations: Organizations;
  environments: Environments;
  people: People;
  memberships: Memberships;
  sessions: Sessions;
  access_tokens: AccessTokens;
  env_keys: EnvKeys;
  audit_log: AuditLog;
  collector_env_keys: CollectorEnvKeys;
  assets: Assets;
  tracks: Tracks;
  static_renditions: StaticRenditions;
  masters: Masters;
  playback_ids: PlaybackIds;
  uploads: Uploads;
  asset_progress: AssetProgress;
  leases: Leases;
  webhook_events: WebhookEvents;
  webhooks: Webhooks;
  webhook_deliveries: WebhookDeliveries;
  webhook_attempts: WebhookAttempts;
  error_notes: ErrorNotes;
  error_categories: ErrorCategories;
  annotations: Annotations;
  idempotency_keys: IdempotencyKeys;
  signing_keys: SigningKeys;
  exports: Exports;
  playback_restrictions: PlaybackRestrictions;
  transcription_vocabularies: TranscriptionVocabularies;
  usage_exports: UsageExports;
  delivery_playback_ids: DeliveryPlaybackIds;
  delivery_playback_restrictions: DeliveryPlaybackRestrictions;
  delivery_signing_keys: DeliverySigningKeys;
  delivery_environments: DeliveryEnvironments;
  delivery_text_tracks: DeliveryTextTracks;
  delivery_masters: DeliveryMasters;
  delivery_sound_tracks: DeliverySoundTracks;
  delivery_thumbnail_times: DeliveryThumbnailTimes;
  transcoder_assets: TranscoderAssets;
  transcoder_clips: TranscoderClips;
  transcoder_clip_texts: TranscoderClipTexts;
  transcoder_picture_settings: TranscoderPictureSettings;
  transcoder_sound_settings: TranscoderSoundSettings;
  transcoder_sound_tracks: TranscoderSoundTracks;
  transcoder_text_tracks: TranscoderTextTracks;
  collector_playback_ids: CollectorPlaybackIds;
  collector_error_categories: CollectorErrorCategories;
}

/** Rows as they are read. */
export type Row<Table extends keyof Schema> = Selectable<Schema[Table]>;

export type Role = "owner" | "admin" | "member" | "viewer";
export type EnvironmentType = "production" | "development";

/** Set by the database unless given; never changed after. */
type CreatedAt = ColumnType<Date, Date | undefined, never>;

interface Organizations {
  id: Generated<string>;
  name: string;
  created_at: CreatedAt;
}

interface Environments {
  id: string;
  /** The `EnvironmentId` of ClickHouse keys; given out by the database, never reused. */
  number: ColumnType<number, never, never>;
  organization_id: string;
  name: string;
  type: EnvironmentType;
  retention_days: Generated<number>;
  created_at: CreatedAt;
  deleted_at: Date | null;
}

interface People {
  id: Generated<string>;
  email: string;
  name: string;
  password_hash: string;
  created_at: CreatedAt;
}

interface Memberships {
  organization_id: string;
  person_id: string;
  role: Role;
  created_at: CreatedAt;
}

interface Sessions {
  token_sha256: Buffer;
  person_id: string;
  created_at: CreatedAt;
  last_used_at: Date;
  expires_at: Date;
  revoked_at: Date | null;
}

interface AccessTokens {
  environment_id: string;
  id: Generated<string>;
  name: string;
  secret_sha256: Buffer;
  scopes: string[];
  created_by: string | null;
  created_at: CreatedAt;
  revoked_at: Date | null;
  last_used_at: Date | null;
}

interface EnvKeys {
  environment_id: string;
  env_key: string;
  created_at: CreatedAt;
  revoked_at: Date | null;
}

interface AuditLog {
  organization_id: string;
  id: ColumnType<number, never, never>;
  environment_id: string | null;
  person_id: string | null;
  access_token_id: string | null;
  action: string;
  target: string;
  detail: JSONColumnType<Record<string, unknown>, string | undefined, never>;
  at: CreatedAt;
}

/** What the collector's edge may know of environment keys. */
interface CollectorEnvKeys {
  env_key: string;
  environment_number: number;
  environment_id: string;
  retention_days: number;
  active: boolean;
}

export type AssetStatus = "preparing" | "ready" | "errored";
export type IngestType = "on_demand_url" | "on_demand_direct_upload" | "on_demand_clip";
export type VideoQuality = "basic" | "plus" | "premium";
export type MaxResolutionTier = "1080p" | "1440p" | "2160p";
export type PlaybackPolicy = "public" | "signed";
export type TrackType = "video" | "audio" | "text";
export type TextSource = "uploaded" | "embedded" | "generated_vod";
export type UploadStatus = "waiting" | "asset_created" | "errored" | "cancelled" | "timed_out";
/** Read parsed, written as JSON text: the driver would make an array of Postgres of an array. */
export type Json = ColumnType<Record<string, unknown>, string, string>;
type NullableJson = ColumnType<Record<string, unknown> | null, string | null | undefined, string | null>;

interface Assets {
  environment_id: string;
  id: string;
  status: AssetStatus;
  ingest_type: IngestType;
  input_url: string | null;
  upload_id: string | null;
  source_asset_id: Generated<string | null>;
  clip_start_seconds: Generated<number | null>;
  clip_end_seconds: Generated<number | null>;
  thumbnail_seconds: Generated<number | null>;
  settings: Json;
  passthrough: string | null;
  meta: Json;
  video_quality: VideoQuality;
  max_resolution_tier: MaxResolutionTier;
  is_test: Generated<boolean>;
  mp4_support: Generated<Mp4Support>;
  source_generation: number | null;
  plan_id: string | null;
  duration_seconds: number | null;
  aspect_ratio: string | null;
  resolution_tier: string | null;
  max_stored_resolution: string | null;
  max_stored_frame_rate: number | null;
  input_facts: NullableJson;
  non_standard_input_reasons: NullableJson;
  errors: NullableJson;
  created_at: ColumnType<Date, Date, never>;
  updated_at: Date;
  deleted_at: Date | null;
}

interface Tracks {
  environment_id: string;
  asset_id: string;
  id: string;
  type: TrackType;
  status: "preparing" | "ready" | "errored" | "deleted";
  is_primary: Generated<boolean>;
  duration_seconds: number | null;
  max_width: number | null;
  max_height: number | null;
  max_frame_rate: number | null;
  max_channels: number | null;
  language_code: string | null;
  name: string | null;
  text_type: "subtitles" | null;
  text_source: TextSource | null;
  closed_captions: boolean | null;
  passthrough: string | null;
  source_url: string | null;
  source_track_id: Generated<string | null>;
  of_track_id: Generated<string | null>;
  error: NullableJson;
  created_at: ColumnType<Date, Date, never>;
}

interface StaticRenditions {
  environment_id: string;
  asset_id: string;
  id: string;
  resolution: string;
  name: string;
  status: "preparing" | "ready" | "skipped" | "errored";
  passthrough: string | null;
  width: number | null;
  height: number | null;
  /** bit/s; the driver gives 64 bits as text. */
  bitrate: string | null;
  size_bytes: string | null;
  plan_id: string | null;
  is_legacy: Generated<boolean>;
  created_at: ColumnType<Date, Date, never>;
  deleted_at: Date | null;
}

interface Masters {
  environment_id: string;
  asset_id: string;
  id: string;
  status: "preparing" | "ready" | "errored";
  name: string | null;
  object_key: string | null;
  url_token: string | null;
  url: string | null;
  expires_at: Date | null;
  created_at: ColumnType<Date, Date, never>;
  deleted_at: Date | null;
}

interface PlaybackIds {
  environment_id: string;
  id: string;
  asset_id: string;
  policy: PlaybackPolicy;
  created_at: ColumnType<Date, Date, never>;
  deleted_at: Date | null;
}

interface Uploads {
  environment_id: string;
  id: string;
  url_token: string;
  status: UploadStatus;
  timeout_seconds: number;
  expires_at: Date;
  cors_origin: string;
  new_asset_settings: Json;
  is_test: Generated<boolean>;
  asset_id: string;
  error: NullableJson;
  created_at: ColumnType<Date, Date, never>;
}

interface AssetProgress {
  environment_id: string;
  asset_id: string;
  state: "ingesting" | "transcoding";
  progress: number;
  updated_at: Generated<Date>;
}

interface Leases {
  environment_id: string;
  key: string;
  owner: string;
  expires_at: Date;
}

interface ErrorNotes {
  environment_id: string;
  error_type_id: number;
  note: string;
  updated_at: Date;
}

export type ErrorSeverity = "fatal" | "warning";
export type ErrorKind = "playback_failure" | "business_exception";

interface ErrorCategories {
  environment_id: string;
  code: string;
  severity: ErrorSeverity;
  type: ErrorKind;
  updated_at: Date;
}

interface Annotations {
  environment_id: string;
  id: Generated<string>;
  date: Date;
  note: string;
  sub_property_id: string | null;
  created_at: ColumnType<Date, Date, never>;
}

interface IdempotencyKeys {
  environment_id: string;
  key: string;
  request_sha256: Buffer;
  body: NullableJson;
  created_at: Date;
}

interface SigningKeys {
  environment_id: string;
  id: string;
  public_key: string;
  created_at: ColumnType<Date, Date, never>;
  deleted_at: Date | null;
}

interface PlaybackRestrictions {
  environment_id: string;
  id: string;
  allowed_domains: string[];
  allow_no_referrer: boolean;
  allow_no_user_agent: boolean;
  allow_high_risk_user_agent: boolean;
  created_at: ColumnType<Date, Date, never>;
  updated_at: Date;
  deleted_at: Date | null;
}

interface TranscriptionVocabularies {
  environment_id: string;
  id: string;
  name: string | null;
  passthrough: string | null;
  phrases: string[];
  created_at: ColumnType<Date, Date, never>;
  updated_at: Date;
}
