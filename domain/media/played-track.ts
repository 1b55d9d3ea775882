import { PICTURE_ENTRIES } from "../mp4/picture-codec.ts";

/** Sample entries that segments are cut from. */
const ENTRIES: Record<"video" | "audio", readonly string[]> = { video: PICTURE_ENTRIES, audio: ["mp4a"] };

interface Candidate {
  kind: "video" | "audio" | "other";
  isEnabled: boolean;
  entryTypes: readonly string[];
  samples: { count: number };
}

/**
 * The track of a file that is played: the first picture; the first sound that is enabled, else the first. Everybody who cuts
 * a source again chooses by this; who judges it has to compare (`standard-input.ts`), since ffprobe chooses for itself.
 */
export function playedTrack<T extends Candidate>(tracks: readonly T[], kind: "video" | "audio"): T | null {
  const usable = tracks.filter(
    (track) =>
      track.kind === kind && track.samples.count > 0 && track.entryTypes.some((type) => ENTRIES[kind].includes(type)),
  );
  const enabled = kind === "audio" ? usable.find(({ isEnabled }) => isEnabled) : undefined;
  return enabled ?? usable[0] ?? null;
}
