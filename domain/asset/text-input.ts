import type { InputWire } from "./settings-wire.ts";
import { isWebUrl } from "./web-url.ts";

/** Of one asset: all languages of the Union four times over. Players list every track. */
export const MAX_TEXT_TRACKS = 100;

/** A text track as it is asked for, with the asset or later. */
export interface TextInput {
  url: string;
  languageCode: string;
  /** What viewers choose by, unique among the text tracks of the asset; null: by the language. */
  name: string | null;
  /** Also tells sounds, for those who do not hear them. */
  closedCaptions: boolean;
  passthrough: string | null;
}

/** BCP 47 in the shapes that are in use: language, script, region, variants, extensions. Length is bounded by the field. */
const LANGUAGE = /^[A-Za-z]{2,8}(?:-[A-Za-z0-9]{1,8})*$/;

/** What is wrong with a text track, each begun with the field's name behind `prefix`. */
export function textInputProblems(input: InputWire, prefix = ""): string[] {
  const { text_type } = input;
  return [
    ...trackInputProblems(input, { type: "text", file: "an SRT or WebVTT file" }, prefix),
    ...(text_type === undefined || text_type === "subtitles" ? [] : [`${prefix}text_type: must be subtitles`]),
  ];
}

/** What is wrong with a track that comes by URL, of whatever type. */
export function trackInputProblems(
  { url = "", language_code }: InputWire,
  { type, file }: { type: "text" | "audio"; file: string },
  prefix: string,
): string[] {
  return [
    ...(isWebUrl(url) ? [] : [`${prefix}url: name the https:// or http:// URL of ${file}`]),
    ...(language_code === undefined ? [`${prefix}language_code: is required for ${type}, such as en or en-US`] : []),
    ...(language_code === undefined ? [] : languageProblems(language_code, prefix)),
  ];
}

export function languageProblems(languageCode: string, prefix = ""): string[] {
  if (LANGUAGE.test(languageCode)) return [];
  return [`${prefix}language_code: "${languageCode}" is no BCP 47 language, such as en or en-US`];
}

/** @param input without problems */
export function textInputOf(input: InputWire): TextInput {
  const { url = "", language_code = "und", name = "", closed_captions = false, passthrough = "" } = input;
  return {
    url,
    languageCode: language_code,
    name: name === "" ? null : name,
    closedCaptions: closed_captions,
    passthrough: passthrough === "" ? null : passthrough,
  };
}

const LANGUAGE_NAMES = new Intl.DisplayNames("en", { type: "language", fallback: "none" });

/** What a track is called that has no name: its language in English, with a number where that is taken. */
export function trackName(languageCode: string, taken: ReadonlySet<string>): string {
  const name = languageName(languageCode);
  let candidate = name;
  for (let number = 2; taken.has(candidate); number += 1) candidate = `${name} ${number}`;
  return candidate;
}

/** Whether a track may be called so for want of a name: {@link trackName} might have said it. */
export function isLanguageName(name: string, languageCode: string): boolean {
  return name.replace(/ \d+$/, "") === languageName(languageCode);
}

function languageName(languageCode: string): string {
  try {
    return LANGUAGE_NAMES.of(languageCode) ?? languageCode;
  } catch {
    return languageCode; // of the right shape, and no language tag all the same
  }
}
