import { Mp4Error } from "../mp4/mp4-error.ts";
import type { PictureIndex } from "./picture-index.ts";
import { type SoundIndex, soundEndSeconds } from "./sound-index.ts";

const MAX_HOURS = 12;

export const TOO_LONG = `The file is longer than ${MAX_HOURS} hours`;

export function isTooLong(seconds: number): boolean {
  return seconds > MAX_HOURS * 3_600;
}

/**
 * Throws Mp4Error for a source over 12 hours. Headers are easily believed: a file of ten kilobytes may call itself ten seconds
 * long and have tables that last for years, which would be cut into hundreds of millions of segments.
 */
export function requireUsualLength(picture: PictureIndex | null, sound: SoundIndex | null): void {
  const pictureSeconds = picture === null ? 0 : picture.end / picture.timescale;
  const soundSeconds = sound === null ? 0 : soundEndSeconds(sound);
  if (isTooLong(pictureSeconds) || isTooLong(soundSeconds)) throw new Mp4Error(TOO_LONG);
}
