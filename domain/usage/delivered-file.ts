import { type ResolutionTier, resolutionTier } from "../asset/picture-shape.ts";
import { playableSeconds } from "../media/clip.ts";
import type { Plan } from "../media/plan.ts";
import { type FileResolution, staticTracks } from "../media/static-rendition.ts";
import type { ByteSpan } from "../playback/requested-range.ts";
import type { DeliveredSegment } from "./delivery-record.ts";

/** A static rendition, of which parts are handed to viewers. `lengthMs` is that of all of it. */
export type CountedFile = Omit<DeliveredSegment, "segment">;

/** About as long as segments, so that counting files costs as much as counting segments. */
const PIECE_MS = 4_000;
/** A part of a short file is counted to a hundredth. */
const MIN_PIECES = 100;
/** No piece has less: each is a record, and whoever fetches a small file over and over must not fill the log with them. */
const PIECE_BYTES = 65_536;

/** What handing out all of a static rendition counts for; null where the plan has no such file, and of tests, which are free. */
export function countedFile(plan: Plan, resolution: FileResolution): { tier: ResolutionTier; lengthMs: number } | null {
  const tracks = staticTracks(plan, resolution);
  if (tracks === null || plan.test !== undefined) return null;
  const { video, audio } = tracks;
  // as all its segments together: to the last picture, or to the end of the sound
  const seconds =
    video === null && audio !== null ? (audio.boundaries.at(-1) ?? 0) / audio.timescale : playableSeconds(plan);
  return { tier: resolutionTier(video), lengthMs: Math.round(seconds * 1_000) };
}

/**
 * Bytes [start, end) of a file as pieces of it, numbered from 0 like segments, so that what is sent again is the same piece
 * again. A piece belongs to whom its last byte is sent: ranges that lie side by side count each piece once, and all pieces
 * together count the file's length.
 */
export function deliveredPieces(file: CountedFile, sizeBytes: number, { start, end }: ByteSpan): DeliveredSegment[] {
  const fine = Math.max(MIN_PIECES, Math.ceil(file.lengthMs / PIECE_MS));
  const count = Math.max(1, Math.min(fine, Math.floor(sizeBytes / PIECE_BYTES)));
  const upTo = (whole: number, piece: number): number => Math.round((whole * piece) / count);
  return Array.from({ length: count }, (_, segment) => segment)
    .filter((segment) => upTo(sizeBytes, segment + 1) > start && upTo(sizeBytes, segment + 1) <= end)
    .map((segment) => {
      const lengthMs = upTo(file.lengthMs, segment + 1) - upTo(file.lengthMs, segment);
      return { ...file, segment, lengthMs };
    })
    .filter(({ lengthMs }) => lengthMs > 0);
}
