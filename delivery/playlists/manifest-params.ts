import {
  RESOLUTION_CLASSES,
  type ResolutionClass,
  type ResolutionLimits,
} from "../../domain/media/resolution-class.ts";
import { PlaybackError } from "../playback-error.ts";

/** Parameters of a multivariant playlist that mean something (reference video-api.md §8.2). */
export interface ManifestParams {
  limits: ResolutionLimits;
  /** `start`: a middle rendition first; `desc`: highest first. */
  order: "start" | "desc";
  /** BCP 47: captions that players show unless the viewer chooses others. */
  defaultSubtitlesLanguage: string | null;
}

/** Unknown parameters, and those that are not built yet, change nothing. Throws 400 for a wrong value of the others. */
export function readManifestParams(query: URLSearchParams): ManifestParams {
  const wrong: string[] = [];
  const limit = (name: string): ResolutionClass | null => {
    const value = query.get(name);
    if (value === null || value === "") return null;
    const known = RESOLUTION_CLASSES.find((resolution) => resolution === value);
    if (known === undefined) wrong.push(`${name} must be one of ${RESOLUTION_CLASSES.join(", ")}`);
    return known ?? null;
  };
  const limits = { max: limit("max_resolution"), min: limit("min_resolution") };
  const order = query.get("rendition_order") ?? "";
  if (order !== "" && order !== "desc") wrong.push("rendition_order must be desc");
  if (wrong.length > 0) throw new PlaybackError("invalid_parameters", wrong);
  const defaultSubtitlesLanguage = query.get("default_subtitles_lang") || null;
  return { limits, order: order === "desc" ? "desc" : "start", defaultSubtitlesLanguage };
}
