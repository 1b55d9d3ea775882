import { z } from "zod";
import {
  type AssetSettings,
  type AssetSettingsWire,
  ENCODING_TIERS,
  MAX_RESOLUTION_TIERS,
  readAssetSettings,
  VIDEO_QUALITIES,
} from "../../../domain/asset/settings-wire.ts";
import { ApiError } from "../../../domain/errors.ts";
import { text } from "../../http/text.ts";

export const MAX_URL_LENGTH = 8_192;
const MAX_PASSTHROUGH_LENGTH = 255;
const MAX_POLICIES = 20;

export const Passthrough = text(MAX_PASSTHROUGH_LENGTH);

export const Meta = z.object({
  title: text(512).optional(),
  creator_id: text(128).optional(),
  external_id: text(128).optional(),
});

/** An asset lasts 12 hours at most. */
export const ThumbnailTime = z.number().min(0).max(43_200).describe("Seconds: of a thumbnail that names no time");

/** As many as the API knows languages. */
export const MAX_GENERATED = 23;

/** Captions that are to be written down from speech. */
export const GeneratedSubtitle = z.object({
  language_code: text(35).optional().describe("en, or auto: as the file says; other languages end as errored tracks"),
  name: text(255).optional().describe("What viewers choose by; the language's name unless given"),
  passthrough: Passthrough.optional(),
});

const length = (what: string) => text(20).optional().describe(`${what}, such as 10% or 100px`);

const OverlaySettings = z.object({
  vertical_align: text(20).optional().describe("top (unless given), middle or bottom"),
  vertical_margin: length("From that edge inwards, or from the middle down"),
  horizontal_align: text(20).optional().describe("left (unless given), center or right"),
  horizontal_margin: length("From that edge inwards, or from the middle to the right"),
  width: length("How wide it appears"),
  height: length("How high it appears; one of the two keeps the image's shape"),
  opacity: text(20).optional().describe("Such as 90%; 100% unless given"),
});

const Input = z.object({
  url: text(MAX_URL_LENGTH).optional(),
  type: text(20).optional().describe("video for the first; behind it text for captions, audio for further sounds"),
  name: text(255).optional(),
  language_code: text(35).optional(),
  passthrough: Passthrough.optional(),
  text_type: text(20).optional().describe("subtitles, for text"),
  closed_captions: z.boolean().optional().describe("For text: also tells sounds, for those who do not hear them"),
  overlay_settings: OverlaySettings.optional().describe("Behind the media: an image that is burnt into the pictures"),
  generated_subtitles: z
    .array(GeneratedSubtitle)
    .max(MAX_GENERATED)
    .optional()
    .describe("Of the first input: captions to be written down from its speech, which is English"),
  start_time: z
    .number()
    .optional()
    .describe("Seconds; of a clip, whose url is mux://assets/ and an asset's id. 0 unless given"),
  end_time: z.number().optional().describe("Seconds; of a clip. The source's end unless given"),
});
const Inputs = z.union([text(MAX_URL_LENGTH), Input, z.array(z.union([text(MAX_URL_LENGTH), Input])).max(100)]);
const Policies = z.union([z.string(), z.array(z.string()).max(MAX_POLICIES)]);

/** Body of `POST /video/v1/assets` and `new_asset_settings`; what fields mean together is decided in `domain/asset`. */
export const SettingsBody = z.object({
  inputs: Inputs.optional().describe(
    "The URL of the media (mux://assets/ and an asset's id for a clip of it), or a list: the media first, captions, further sounds and overlays behind it",
  ),
  input: Inputs.optional().describe("Older name of inputs"),
  playback_policies: Policies.optional().describe("public, signed; one playback id is made of each"),
  playback_policy: Policies.optional().describe("Older name of playback_policies"),
  advanced_playback_policies: z
    .array(z.object({ policy: z.string() }))
    .max(MAX_POLICIES)
    .optional(),
  video_quality: z.enum(VIDEO_QUALITIES).optional(),
  encoding_tier: z.enum(ENCODING_TIERS).optional().describe("Older name of video_quality"),
  max_resolution_tier: z.enum(MAX_RESOLUTION_TIERS).optional(),
  static_renditions: z
    .array(z.object({ resolution: text(50).optional(), passthrough: Passthrough.optional() }))
    .max(10)
    .optional()
    .describe("Files of whole renditions: highest, audio-only, or heights such as 720p"),
  mp4_support: text(50)
    .optional()
    .describe("Older setting for such files: standard, capped-1080p, audio-only, both, or none"),
  master_access: text(50)
    .optional()
    .describe("temporary: its source as a file for 24 hours, once it is ready; else none"),
  normalize_audio: z.boolean().optional().describe("Makes the sound −24 LUFS loud, by one gain for all of it"),
  generate_shots: z.boolean().optional().describe("Kept and given back; shots are skipped"),
  directives: z.array(z.unknown()).optional().describe("Not supported yet"),
  copy_overlays: z.boolean().optional().describe("Of a clip: false leaves out what is burnt into its source"),
  passthrough: Passthrough.optional(),
  thumbnail_time: ThumbnailTime.optional(),
  meta: Meta.optional(),
  test: z.boolean().optional().describe("Free: marked, of at most 10 seconds, deleted after a day"),
});

/** The settings, or a refusal that names every field that is wrong or not supported yet. */
export function requireSettings(
  body: z.output<typeof SettingsBody>,
  source: "url" | "upload",
  prefix = "",
): AssetSettings {
  const read = readAssetSettings({ ...body, meta: metaOf(body) }, source);
  if ("settings" in read) return read.settings;
  throw new ApiError(
    "invalid_parameters",
    read.problems.map((problem) => prefix + problem),
  );
}

/** Empty text is no value. */
function metaOf({ meta = {} }: z.output<typeof SettingsBody>): NonNullable<AssetSettingsWire["meta"]> {
  const entries = Object.entries(meta).filter(([, value]) => value !== undefined && value !== "");
  return Object.fromEntries(entries) as Record<string, string>; // undefined was just left out
}
