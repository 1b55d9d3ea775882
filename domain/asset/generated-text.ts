/** Captions that are to be written down from speech, as they are asked for with the asset or later. */
export interface GeneratedInput {
  /** One of {@link GENERATED_LANGUAGES}, or `auto`: as the sound itself says. */
  languageCode: string;
  /** What viewers choose by, unique among the text tracks of the asset; null: by the language. */
  name: string | null;
  passthrough: string | null;
}

export interface GeneratedWire {
  language_code?: string | undefined;
  name?: string | undefined;
  passthrough?: string | undefined;
}

/** What Mux knows of videos (reference video-api.md §3.1). What is written down here is {@link SPOKEN_LANGUAGE}. */
export const GENERATED_LANGUAGES: readonly string[] =
  "en es it pt de fr pl ru nl ca tr sv uk no fi sk el cs hr da ro bg auto".split(" ");

/** The one that the recogniser understands. */
export const SPOKEN_LANGUAGE = "en";
/** As the sound itself says. */
export const AUTO_LANGUAGE = "auto";

/** What is wrong with wanted captions, each begun with the field's name behind `prefix`. */
export function generatedProblems(wanted: readonly GeneratedWire[], prefix = ""): string[] {
  return wanted.flatMap(({ language_code = SPOKEN_LANGUAGE }, at) =>
    GENERATED_LANGUAGES.includes(language_code)
      ? []
      : [
          `${prefix}generated_subtitles[${at}].language_code: "${language_code}" is none of ${GENERATED_LANGUAGES.join(", ")}`,
        ],
  );
}

/** @param wanted without problems */
export function generatedInputOf({
  language_code = SPOKEN_LANGUAGE,
  name = "",
  passthrough = "",
}: GeneratedWire): GeneratedInput {
  return {
    languageCode: language_code,
    name: name === "" ? null : name,
    passthrough: passthrough === "" ? null : passthrough,
  };
}

/**
 * Why captions in that language cannot be written down, as a sentence for the customer; null where they can.
 *
 * @param soundLanguage of the sound, BCP 47; null or `und` where the file does not say
 */
export function unspoken(languageCode: string, soundLanguage: string | null): string | null {
  const isEnglish = (code: string): boolean => code.split("-")[0]?.toLowerCase() === SPOKEN_LANGUAGE;
  if (isEnglish(languageCode)) return null;
  if (languageCode !== AUTO_LANGUAGE)
    return `Captions in "${languageCode}" cannot be written down here, only in English ("en").`;
  if (soundLanguage === null || soundLanguage === "und")
    return 'The file does not say in which language it is spoken, and speech is not looked at for that here: ask for language_code "en" if it is English.';
  if (isEnglish(soundLanguage)) return null;
  return `The sound is in "${soundLanguage}", as the file says; captions can be written down in English ("en") only.`;
}
