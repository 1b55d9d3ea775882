import { PICTURE_ENTRIES } from "../mp4/picture-codec.ts";
import { isCutEntry } from "./sound-entries.ts";

interface Candidate {
  kind: "video" | "audio" | "other";
  isEnabled: boolean;
  entryTypes: readonly string[];
  samples: { count: number };
}

/** The track whose pictures are played: the first. Everybody who cuts a source again chooses by this. */
export function playedTrack<T extends Candidate>(tracks: readonly T[]): T | null {
  return tracks.find((track) => isOf(track, "video", (type) => PICTURE_ENTRIES.includes(type))) ?? null;
}

/** The tracks whose sound can be played, the one first that is meant to be: the first that is enabled, else the first. */
export function playedSounds<T extends Candidate>(tracks: readonly T[]): T[] {
  const usable = tracks.filter((track) => isOf(track, "audio", isCutEntry));
  const first = usable.find(({ isEnabled }) => isEnabled) ?? usable[0];
  return [...usable.filter((track) => track === first), ...usable.filter((track) => track !== first)];
}

function isOf(track: Candidate, kind: Candidate["kind"], isKnown: (entryType: string) => boolean): boolean {
  return track.kind === kind && track.samples.count > 0 && track.entryTypes.some(isKnown);
}
