import { type ClipInput, clipInputOf, clipProblems, isClipUrl } from "./clip-input.ts";
import { type GeneratedInput, type GeneratedWire, generatedInputOf, generatedProblems } from "./generated-text.ts";
import { MASTER_ACCESS, type MasterAccess } from "./master.ts";
import { isMp4Support, MP4_SUPPORT, type Mp4Support } from "./mp4-support.ts";
import {
  isOverlay,
  MAX_OVERLAYS,
  type OverlayInput,
  type OverlaySettingsWire,
  overlayInputOf,
  overlayProblems,
} from "./overlay-input.ts";
import { MAX_SOUND_TRACKS, type SoundInput, soundInputOf, soundInputProblems } from "./sound-input.ts";
import { readStaticRenditions, type StaticRenditionWire, type WantedStatic } from "./static-renditions.ts";
import { MAX_TEXT_TRACKS, type TextInput, textInputOf, textInputProblems } from "./text-input.ts";
import { isWebUrl } from "./web-url.ts";

/** What a new asset is to be, as clients send it; also `new_asset_settings` of uploads (reference video-api.md §3.1). */
export interface AssetSettingsWire {
  input?: InputsWire | undefined;
  inputs?: InputsWire | undefined;
  playback_policy?: string | string[] | undefined;
  playback_policies?: string | string[] | undefined;
  advanced_playback_policies?: { policy: string }[] | undefined;
  video_quality?: VideoQuality | undefined;
  encoding_tier?: EncodingTier | undefined;
  max_resolution_tier?: MaxResolutionTier | undefined;
  static_renditions?: StaticRenditionWire[] | undefined;
  mp4_support?: string | undefined;
  master_access?: string | undefined;
  normalize_audio?: boolean | undefined;
  generate_shots?: boolean | undefined;
  directives?: unknown[] | undefined;
  copy_overlays?: boolean | undefined;
  passthrough?: string | undefined;
  thumbnail_time?: number | undefined;
  meta?: Record<string, string> | undefined;
  test?: boolean | undefined;
}

export type InputsWire = string | InputWire | (string | InputWire)[];

export interface InputWire {
  url?: string | undefined;
  type?: string | undefined;
  overlay_settings?: OverlaySettingsWire | undefined;
  generated_subtitles?: GeneratedWire[] | undefined;
  start_time?: number | undefined;
  end_time?: number | undefined;
  name?: string | undefined;
  language_code?: string | undefined;
  text_type?: string | undefined;
  closed_captions?: boolean | undefined;
  passthrough?: string | undefined;
}

export const VIDEO_QUALITIES = ["basic", "plus", "premium"] as const;
export type VideoQuality = (typeof VIDEO_QUALITIES)[number];
export const ENCODING_TIERS = ["baseline", "smart", "premium"] as const;
export type EncodingTier = (typeof ENCODING_TIERS)[number];
export const MAX_RESOLUTION_TIERS = ["1080p", "1440p", "2160p"] as const;
export type MaxResolutionTier = (typeof MAX_RESOLUTION_TIERS)[number];
export const PLAYBACK_POLICIES = ["public", "signed"] as const;
export type PlaybackPolicy = (typeof PLAYBACK_POLICIES)[number];

export interface AssetSettings {
  /** Null for uploads, whose bytes are the input, and for clips. */
  inputUrl: string | null;
  /** Which stretch of another asset it is; null for all that comes as a file. */
  clip: ClipInput | null;
  /** Captions that come with it. */
  texts: readonly TextInput[];
  /** Sounds beside its own that come with it. */
  sounds: readonly SoundInput[];
  /** Captions that are to be written down from its sound. */
  generated: readonly GeneratedInput[];
  /** Images that are burnt into its pictures. */
  overlays: readonly OverlayInput[];
  /** One playback id is made of each. */
  policies: readonly PlaybackPolicy[];
  videoQuality: VideoQuality;
  maxResolutionTier: MaxResolutionTier;
  passthrough: string | null;
  /** Where a thumbnail is taken from that names no time; null: the middle. */
  thumbnailSeconds: number | null;
  meta: Readonly<Record<string, string>>;
  isTest: boolean;
  /** `temporary`: its source as a file, made when the asset is ready. */
  masterAccess: MasterAccess;
  /** Not `none`: files of whole renditions by the older setting, instead of `staticRenditions`. */
  mp4Support: Mp4Support;
  /** Files of whole renditions, made when the asset is ready. */
  staticRenditions: readonly WantedStatic[];
  /** What is stored as it came, some of it to be given back. */
  kept: Readonly<Record<string, unknown>> & { readonly inputs: readonly InputWire[] };
}

export type ReadSettings = { settings: AssetSettings } | { problems: readonly string[] };

export function encodingTier(quality: VideoQuality): EncodingTier {
  return ENCODING_TIERS[VIDEO_QUALITIES.indexOf(quality)] ?? "baseline";
}

/**
 * Takes the settings apart. What would have an effect that is not built yet is refused by name: nobody shall wait for a thing
 * that never comes.
 *
 * @param source where the bytes come from: the first input's URL, or an upload
 */
export function readAssetSettings(wire: AssetSettingsWire, source: "url" | "upload"): ReadSettings {
  const inputs = inputsOf(wire);
  const policies = policiesOf(wire);
  const quality = qualityOf(wire);
  const files = readStaticRenditions(wire.static_renditions ?? []);
  const problems = [
    ...unsupportedFields(wire),
    ...inputProblems(inputs, source),
    ...policies.flatMap((policy) => policyProblem(policy)),
    ...(wire.input !== undefined && wire.inputs !== undefined ? ["input: give either inputs or input, not both"] : []),
    ...("problems" in files ? files.problems : []),
    ...masterProblems(wire),
    ...mp4Problems(wire),
    ...(quality === null ? ["encoding_tier: contradicts video_quality"] : []),
  ];
  if (problems.length > 0 || quality === null || "problems" in files) return { problems };
  const { mp4_support, master_access, normalize_audio, generate_shots, copy_overlays } = wire;
  const media = inputs.find(isMedia);
  const isClip = media !== undefined && isClipUrl(media.url ?? "");
  return {
    settings: {
      inputUrl: isClip ? null : (media?.url ?? null),
      clip: isClip ? clipInputOf(media) : null,
      texts: inputs.filter(isText).map(textInputOf),
      sounds: inputs.filter(isSound).map(soundInputOf),
      generated: (inputs[0]?.generated_subtitles ?? []).map(generatedInputOf),
      overlays: overlaysOf(inputs),
      policies: policies.filter(isPlaybackPolicy),
      videoQuality: quality,
      maxResolutionTier: wire.max_resolution_tier ?? "1080p",
      passthrough: wire.passthrough === "" ? null : (wire.passthrough ?? null),
      thumbnailSeconds: wire.thumbnail_time ?? null,
      meta: wire.meta ?? {},
      isTest: wire.test ?? false,
      masterAccess: master_access === "temporary" ? "temporary" : "none",
      mp4Support: mp4_support !== undefined && isMp4Support(mp4_support) ? mp4_support : "none",
      staticRenditions: files.wanted,
      kept: { inputs, ...defined({ mp4_support, master_access, normalize_audio, generate_shots, copy_overlays }) },
    },
  };
}

/** Empty when the policy is one of ours. */
export function policyProblem(policy: string): string[] {
  if (policy === "drm") return [notYet("playback_policies", "drm")];
  return isPlaybackPolicy(policy) ? [] : [`playback_policies: "${policy}" is no policy; use public or signed`];
}

function inputsOf({ inputs, input }: AssetSettingsWire): InputWire[] {
  const given = inputs ?? input ?? [];
  return (Array.isArray(given) ? given : [given]).map((one) => (typeof one === "string" ? { url: one } : one));
}

function policiesOf(wire: AssetSettingsWire): string[] {
  const plain = wire.playback_policies ?? wire.playback_policy ?? [];
  const advanced = (wire.advanced_playback_policies ?? []).map(({ policy }) => policy);
  return [...(Array.isArray(plain) ? plain : [plain]), ...advanced];
}

/** Null when the new name and the old one say different things. */
function qualityOf({ video_quality, encoding_tier }: AssetSettingsWire): VideoQuality | null {
  const old = encoding_tier === undefined ? undefined : VIDEO_QUALITIES[ENCODING_TIERS.indexOf(encoding_tier)];
  if (video_quality !== undefined && old !== undefined && video_quality !== old) return null;
  return video_quality ?? old ?? "basic";
}

function unsupportedFields(wire: AssetSettingsWire): string[] {
  const { directives } = wire;
  return [...((directives?.length ?? 0) > 0 ? [notYet("directives")] : [])];
}

function masterProblems({ master_access = "none", test = false }: AssetSettingsWire): string[] {
  const isKnown = (MASTER_ACCESS as readonly string[]).includes(master_access);
  if (!isKnown) return [`master_access: "${master_access}" is none of ${MASTER_ACCESS.join(", ")}`];
  return test && master_access !== "none" ? [`master_access: ${NO_MASTER_OF_TESTS}`] : [];
}

/** It would be all of the source, without a mark. */
export const NO_MASTER_OF_TESTS = "tests have no master";

function mp4Problems({ mp4_support = "none", static_renditions = [] }: AssetSettingsWire): string[] {
  if (!isMp4Support(mp4_support)) return [`mp4_support: "${mp4_support}" is none of ${MP4_SUPPORT.join(" | ")}`];
  const isDouble = mp4_support !== "none" && static_renditions.length > 0;
  return isDouble ? ["mp4_support: give either static_renditions or mp4_support, not both"] : [];
}

function isText({ type }: InputWire): boolean {
  return type === "text";
}

function isSound({ type }: InputWire): boolean {
  return type === "audio";
}

function isMedia(input: InputWire): boolean {
  return !isText(input) && !isSound(input) && !isOverlay(input);
}

/** Those of an asset's inputs that are images to be burnt in, which have no problems. */
export function overlaysOf(inputs: readonly InputWire[]): OverlayInput[] {
  return inputs.flatMap((input, place) => (isOverlay(input) ? [overlayInputOf(input, place)] : []));
}

/** The media come first; of an upload, they are no input. Captions, further sounds and overlays may follow. */
function inputProblems(inputs: readonly InputWire[], source: "url" | "upload"): string[] {
  const [first] = inputs;
  const hasMedia = first !== undefined && (source === "url" || isMedia(first));
  const problems = hasMedia ? firstInputProblems(first, source) : [];
  if (first === undefined && source === "url") problems.push("inputs: name the URL of a video or audio file");
  const [texts, sounds] = [new Set<string>(), new Set<string>()];
  const generated = hasMedia ? (first.generated_subtitles ?? []) : [];
  generated.forEach(({ name }, n) => {
    problems.push(...nameProblems({ name, type: "text" }, texts, `inputs[0].generated_subtitles[${n}]`));
  });
  inputs.slice(hasMedia ? 1 : 0).forEach((input, place) => {
    const at = `inputs[${place + (hasMedia ? 1 : 0)}]`;
    if (isMedia(input)) problems.push(notYet(at, "another input than text, audio or an overlay"));
    if (isOverlay(input)) problems.push(...overlayProblems(input, `${at}.`));
    if (isText(input)) problems.push(...textInputProblems(input, `${at}.`), ...nameProblems(input, texts, at));
    if (isSound(input)) problems.push(...soundInputProblems(input, `${at}.`), ...nameProblems(input, sounds, at));
    problems.push(...silentProblems(input, at));
  });
  return [...problems, ...countProblems(inputs, generated.length)];
}

/** @param generated captions that are to be written down: text tracks as well */
function countProblems(inputs: readonly InputWire[], generated: number): string[] {
  const counts = [
    { count: inputs.filter(isOverlay).length, max: MAX_OVERLAYS, of: "overlays" },
    { count: inputs.filter(isSound).length, max: MAX_SOUND_TRACKS, of: "inputs of type audio" },
    {
      count: inputs.filter(isText).length + generated,
      max: MAX_TEXT_TRACKS,
      of: "text tracks, generated_subtitles included",
    },
  ];
  return counts.flatMap(({ count, max, of }) => (count > max ? [`inputs: at most ${max} ${of}`] : []));
}

function silentProblems({ generated_subtitles = [] }: InputWire, at: string): string[] {
  return generated_subtitles.length === 0
    ? []
    : [`${at}.generated_subtitles: only the first input's sound is written down`];
}

function nameProblems({ name = "", type }: Pick<InputWire, "name" | "type">, names: Set<string>, at: string): string[] {
  if (name === "") return [];
  const isTaken = names.has(name);
  names.add(name);
  return isTaken ? [`${at}.name: another ${type} track of the asset has this name`] : [];
}

function firstInputProblems(input: InputWire, source: "url" | "upload"): string[] {
  const { url, type, overlay_settings, generated_subtitles = [], start_time, end_time } = input;
  const isClip = isClipUrl(url ?? "");
  return [
    ...(type !== undefined && type !== "video" ? [notYet("inputs[0].type", type)] : []),
    ...(overlay_settings !== undefined
      ? ["inputs[0].overlay_settings: the video comes first, overlays behind it"]
      : []),
    ...generatedProblems(generated_subtitles, "inputs[0]."),
    ...(start_time !== undefined && !isClip ? [onlyOfClips("start_time")] : []),
    ...(end_time !== undefined && !isClip ? [onlyOfClips("end_time")] : []),
    ...(source === "url" ? urlProblems(input) : []),
    ...(source === "upload" && url !== undefined ? [notInUpload(url)] : []),
  ];
}

function onlyOfClips(field: string): string {
  return `inputs[0].${field}: is for clips, whose url is mux://assets/ and the id of an asset`;
}

function notInUpload(url: string): string {
  const rest = isClipUrl(url) ? "; a clip of an asset is made by POST /video/v1/assets" : "";
  return `inputs[0].url: the upload itself is the first input${rest}`;
}

function urlProblems(input: InputWire): string[] {
  const { url } = input;
  if (url === undefined || url === "") return ["inputs[0].url: name the URL of a video or audio file"];
  if (isClipUrl(url)) return clipProblems(input, "inputs[0]");
  return isWebUrl(url) ? [] : ["inputs[0].url: begins with neither https:// nor http://"];
}

function isPlaybackPolicy(policy: string): policy is PlaybackPolicy {
  return (PLAYBACK_POLICIES as readonly string[]).includes(policy);
}

function notYet(field: string, value?: string): string {
  return `${field}: ${value === undefined ? "" : `${value} `}is not supported yet`;
}

function defined(fields: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}
