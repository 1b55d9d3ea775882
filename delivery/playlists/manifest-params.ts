import type { Clip } from "../../domain/media/clip.ts";
import {
  RESOLUTION_CLASSES,
  type ResolutionClass,
  type ResolutionLimits,
} from "../../domain/media/resolution-class.ts";
import { PlaybackError } from "../playback-error.ts";

/** Parameters of a multivariant playlist or DASH manifest that mean something (reference video-api.md §8.2). */
export interface ManifestParams {
  limits: ResolutionLimits;
  /** `start`: a middle rendition first; `desc`: highest first. */
  order: "start" | "desc";
  /** Part of the asset, to whole segments. */
  clip: Clip;
  /** BCP 47; the subtitles that players show unless told otherwise. */
  defaultSubtitlesLanguage: string | null;
  /** Each rendition once per base URL. */
  isRedundant: boolean;
  /** A playlist of pictures, as Roku reads them. */
  hasImages: boolean;
}

/** RFC 5646 §2.1, its shape only. */
const LANGUAGE = /^[a-z]{2,8}(-[a-z0-9]{1,8})*$/i;
/** Twelve hours and more, in milliseconds. */
const SECONDS = /^\d{1,6}(\.\d{1,9})?$/;
const EPOCH_SECONDS = /^\d{1,11}(\.\d{1,9})?$/;

/** Of a URL, or what a token claims in its place. The first counts, where a name is given several times. */
type Query = Pick<URLSearchParams, "get">;

/**
 * Unknown parameters change nothing, nor does a known one without a value. Throws 400 that names every wrong value of the
 * others. `program_start_time`, `program_end_time` and `exclude_pdt` are looked at and have no effect: assets on demand have
 * no wall clock.
 */
export function readManifestParams(query: Query): ManifestParams {
  const wrong: string[] = [];
  const read = createReader(query, wrong);
  const params: ManifestParams = {
    limits: { max: read("max_resolution", asClass, CLASSES), min: read("min_resolution", asClass, CLASSES) },
    order: read("rendition_order", asOrder, "desc") ?? "start",
    clip: readClip(query, wrong),
    defaultSubtitlesLanguage: read("default_subtitles_lang", asLanguage, "a BCP 47 language such as en or pt-BR"),
    isRedundant: read("redundant_streams", asBoolean, TRUE_OR_FALSE) ?? false,
    hasImages: read("roku_trick_play", asBoolean, TRUE_OR_FALSE) ?? false,
  };
  read("exclude_pdt", asBoolean, TRUE_OR_FALSE);
  const programStart = read("program_start_time", asEpochSeconds, EPOCH);
  const programEnd = read("program_end_time", asEpochSeconds, EPOCH);
  requireOrder(programStart, programEnd, "program", wrong);
  if (wrong.length > 0) throw new PlaybackError("invalid_parameters", wrong);
  return params;
}

export const CLIP_NAMES = ["asset_start_time", "asset_end_time"] as const;

/** The part of the asset that is asked for, or that a token is for. Notes in `wrong` what is. */
export function readClip(query: Query, wrong: string[]): Clip {
  const read = createReader(query, wrong);
  const [startSeconds, endSeconds] = CLIP_NAMES.map((name) => read(name, asSeconds, MEDIA_TIME));
  const clip = { startSeconds: startSeconds ?? null, endSeconds: endSeconds ?? null };
  requireOrder(clip.startSeconds, clip.endSeconds, "asset", wrong);
  return clip;
}

const CLASSES = `one of ${RESOLUTION_CLASSES.join(", ")}`;
const TRUE_OR_FALSE = "true or false";
export const MEDIA_TIME = "seconds from the asset's begin, such as 12.5";
const EPOCH = "seconds since 1970, such as 1700000000";

/** Reads one value, or notes what it may be and gives null. */
function createReader(query: Query, wrong: string[]) {
  return <T>(name: string, parse: (value: string) => T | null, allowed: string): T | null => {
    const value = query.get(name) ?? "";
    if (value === "") return null;
    const parsed = parse(value);
    if (parsed === null) wrong.push(`${name} must be ${allowed}`);
    return parsed;
  };
}

function asClass(value: string): ResolutionClass | null {
  return RESOLUTION_CLASSES.find((name) => name === value) ?? null;
}

function asOrder(value: string): "desc" | null {
  return value === "desc" ? value : null;
}

function asBoolean(value: string): boolean | null {
  if (value === "true") return true;
  return value === "false" ? false : null;
}

function asSeconds(value: string): number | null {
  return SECONDS.test(value) ? Number(value) : null;
}

function asEpochSeconds(value: string): number | null {
  return EPOCH_SECONDS.test(value) ? Number(value) : null;
}

function asLanguage(value: string): string | null {
  return LANGUAGE.test(value) ? value : null;
}

function requireOrder(start: number | null, end: number | null, of: "asset" | "program", wrong: string[]): void {
  if (end !== null && end <= (start ?? 0)) wrong.push(`${of}_end_time must be greater than ${of}_start_time`);
}
