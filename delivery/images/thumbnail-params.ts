import { PlaybackError } from "../playback-error.ts";

/** How a thumbnail is wanted (reference video-api.md §8.3). */
export interface ThumbnailParams {
  /** Null: the middle. */
  timeSeconds: number | null;
  widthPx: number | null;
  heightPx: number | null;
}

const MAX_PX = 4096;
/** Known to the protocol and not built yet: a picture that silently ignores them would be the wrong one. */
const NOT_BUILT = ["rotate", "fit_mode", "flip_h", "flip_v", "program_time", "latest"];

/** Unknown parameters are ignored. Throws 400 that names each wrong or missing feature. */
export function readThumbnailParams(query: URLSearchParams): ThumbnailParams {
  const wrong: string[] = [];
  for (const name of NOT_BUILT) {
    const isDefault = name === "fit_mode" && query.get(name) === "preserve";
    if (query.has(name) && !isDefault) wrong.push(`${name} is not supported`);
  }
  const size = (name: string): number | null => {
    const text = query.get(name);
    if (text === null) return null;
    const px = Number(text);
    if (/^\d{1,4}$/.test(text) && px >= 1 && px <= MAX_PX) return px;
    wrong.push(`${name} must be a whole number from 1 to ${MAX_PX}`);
    return null;
  };
  const params = { timeSeconds: readTime(query.get("time"), wrong), widthPx: size("width"), heightPx: size("height") };
  if (wrong.length > 0) throw new PlaybackError("invalid_parameters", wrong);
  return params;
}

function readTime(text: string | null, wrong: string[]): number | null {
  if (text === null) return null;
  if (/^\d{1,9}(\.\d{0,9})?$/.test(text)) return Number(text);
  wrong.push("time must be seconds from 0, such as 12.5");
  return null;
}
