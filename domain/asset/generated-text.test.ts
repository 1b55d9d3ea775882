import { describe, expect, it } from "vitest";
import { generatedInputOf, generatedProblems, unspoken } from "./generated-text.ts";

describe("wanted captions", () => {
  it("are in English and called by their language unless something else is said", () => {
    expect(generatedInputOf({})).toEqual({ languageCode: "en", name: null, passthrough: null });
    expect(generatedInputOf({ language_code: "auto", name: "Written", passthrough: "p" })).toEqual({
      ...{ languageCode: "auto", name: "Written", passthrough: "p" },
    });
  });

  it("are refused in languages that the API does not know, by their place", () => {
    expect(generatedProblems([{}, { language_code: "de" }, { language_code: "auto" }])).toEqual([]);
    expect(generatedProblems([{ language_code: "en" }, { language_code: "tlh" }], "inputs[0].")).toEqual([
      expect.stringMatching(/^inputs\[0\]\.generated_subtitles\[1\]\.language_code: "tlh" is none of en, es, /),
    ]);
  });
});

describe("unspoken", () => {
  it.each([
    ["en", null],
    ["en", "de"], // the customer knows better than the file
    ["auto", "en"],
    ["auto", "en-GB"],
  ])("lets %s be written down from a sound in %s", (languageCode, soundLanguage) => {
    expect(unspoken(languageCode, soundLanguage)).toBeNull();
  });

  it.each([
    ["de", null, /"de".*only in English/],
    ["auto", "de", /in "de".*English/],
    ["auto", "und", /language_code "en"/],
    ["auto", null, /language_code "en"/],
  ])("names what is supported for %s from a sound in %s", (languageCode, soundLanguage, words) => {
    expect(unspoken(languageCode, soundLanguage)).toMatch(words);
  });
});
