import type { AudioRendition } from "../../domain/media/plan.ts";

/** Renditions of sound of which one plays beside a variant's picture. */
export interface AudioGroup {
  /** GROUP-ID. */
  id: string;
  /** The default first. */
  members: readonly AudioRendition[];
}

/**
 * The groups of a plan's sounds: `audio` with two channels at most; where the source has more, `audio-surround` too. Every group
 * has the same sounds by the same names, as RFC 8216 §4.3.4.1.1 wants it; what has no surround is in both.
 */
export function audioGroups({ audio }: { audio: readonly AudioRendition[] }): AudioGroup[] {
  const main = audio.filter(({ group }) => group === "main");
  if (main.length === 0) return [];
  const surround = audio.filter(({ group }) => group === "surround");
  const groups = [{ id: "audio", members: main }];
  if (surround.length === 0) return groups;
  const members = main.map((sound) => surround.find(({ label }) => label === sound.label) ?? sound);
  return [...groups, { id: "audio-surround", members }];
}

/** @param uri of the rendition's playlist */
export function audioMedia(group: AudioGroup, audio: AudioRendition, uri: string): string {
  const { label, language, channels } = audio;
  const attributes = [
    "TYPE=AUDIO",
    `GROUP-ID="${group.id}"`,
    `NAME="${label}"`,
    ...(language === null ? [] : [`LANGUAGE="${language}"`]),
    `DEFAULT=${audio === group.members[0] ? "YES" : "NO"}`,
    "AUTOSELECT=YES",
    `CHANNELS="${channels}"`,
    `URI="${uri}"`,
  ];
  return `#EXT-X-MEDIA:${attributes.join(",")}`;
}

/** Codecs of all that a group may play; none without sound. */
export function groupCodecs(group: AudioGroup | null): string[] {
  return [...new Set((group?.members ?? []).map(({ codecs }) => codecs))];
}
