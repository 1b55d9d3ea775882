import type { InputWire } from "./settings-wire.ts";
import { isLanguageName, trackInputProblems, trackName } from "./text-input.ts";

/** Added to one asset: as many as are taken of a file. Players list every one. */
export const MAX_SOUND_TRACKS = 32;

/** A further sound as it is asked for, with the asset or later. */
export interface SoundInput {
  url: string;
  languageCode: string;
  /** What viewers choose by, unique among the sounds of the asset; null: by the language. */
  name: string | null;
  passthrough: string | null;
}

/** What is wrong with a further sound, each begun with the field's name behind `prefix`. */
export function soundInputProblems(input: InputWire, prefix = ""): string[] {
  return trackInputProblems(input, { type: "audio", file: "a sound file" }, prefix);
}

/** @param input without problems */
export function soundInputOf({ url = "", language_code = "und", name = "", passthrough = "" }: InputWire): SoundInput {
  return { url, languageCode: language_code, name: name || null, passthrough: passthrough || null };
}

interface NamedSound {
  id: string;
  name: string;
  languageCode: string;
}

/**
 * New names by id for sounds that came with the asset, and were called by their language before it was known that one of the
 * file's own sounds has that name. Names that were given stay.
 */
export function renamedSounds(
  added: readonly NamedSound[],
  { own, given }: { own: ReadonlySet<string>; given: ReadonlySet<string> },
): Map<string, string> {
  const taken = new Set([...own, ...added.map(({ name }) => name)]);
  const renamed = new Map<string, string>();
  for (const { id, name, languageCode } of added) {
    if (!own.has(name) || given.has(name) || !isLanguageName(name, languageCode)) continue;
    const free = trackName(languageCode, taken);
    taken.add(free);
    renamed.set(id, free);
  }
  return renamed;
}
