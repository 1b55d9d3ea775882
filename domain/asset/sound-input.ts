import type { InputWire } from "./settings-wire.ts";
import { trackInputProblems } from "./text-input.ts";

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
