import { AUDIO_RENDITION, type AudioRendition, type Plan } from "./plan.ts";
import { soundLabels } from "./sound-language.ts";

/** Lengths of ids: no rendition of the file itself has a name that long. */
const NAME = new RegExp(`^${AUDIO_RENDITION}([A-Za-z0-9]{32,50})$`);

/** A sound that was added to an asset by URL, as it is offered to players. */
export interface SoundTrack {
  /** What people choose by. */
  name: string;
  /** BCP 47. */
  language: string;
  rendition: AudioRendition;
}

/** The rendition of a sound that was added by URL, by the id of its track. */
export function soundTrackRendition(trackId: string): string {
  return `${AUDIO_RENDITION}${trackId}`;
}

/** The track that a rendition of that name was made of; null for one of the asset's own file. */
export function soundTrackOf(rendition: string): string | null {
  return NAME.exec(rendition)?.[1] ?? null;
}

/**
 * A plan with sounds that were added to its asset, behind those of the asset's own file. They come and go while the plan stays,
 * so they are no part of it: each has a plan of its own over the same boundaries.
 */
export function withSoundTracks(plan: Plan, tracks: readonly SoundTrack[]): Plan {
  const main = plan.audio.filter(({ group }) => group === "main");
  const surround = plan.audio.filter(({ group }) => group !== "main");
  const titles = [...main.map(({ label }) => label), ...tracks.map(({ name }) => name)];
  const labels = soundLabels(titles.map((title) => ({ title, language: null }))).slice(main.length);
  const added = tracks.map(({ language, rendition }, at) => {
    return { ...rendition, label: labels[at] ?? rendition.name, language: language === "und" ? null : language };
  });
  return { ...plan, audio: [...main, ...added, ...surround] };
}
