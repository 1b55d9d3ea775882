import { describe, expect, it } from "vitest";
import { isLanguageName, languageProblems, textInputOf, textInputProblems, trackName } from "./text-input.ts";

const url = "https://example.com/a.srt";

describe("textInputProblems", () => {
  it("has none with what is needed, and names what is missing or wrong behind its place", () => {
    expect(textInputProblems({ url, language_code: "zh-Hant-TW", text_type: "subtitles" })).toEqual([]);
    expect(textInputProblems({}, "inputs[1].")).toEqual([
      expect.stringMatching(/^inputs\[1\]\.url: /),
      expect.stringMatching(/^inputs\[1\]\.language_code: /),
    ]);
    expect(textInputProblems({ url, language_code: "en", text_type: "chapters" })).toEqual([
      "text_type: must be subtitles",
    ]);
  });
});

describe("languageProblems", () => {
  it("takes tags of BCP 47 alone, none of which could end a playlist's quoted string", () => {
    expect(["en", "de-AT", "sr-Latn-RS", "es-419", "und"].flatMap((code) => languageProblems(code))).toEqual([]);
    const wrong = ["", "e", "English (US)", 'en"', "en_US", "en-", "en-123456789", "en\n"];
    expect(wrong.filter((code) => languageProblems(code).length === 0)).toEqual([]);
  });
});

describe("textInputOf", () => {
  it("takes empty texts as none", () => {
    expect(textInputOf({ url, language_code: "en", name: "", passthrough: "" })).toEqual({
      url,
      languageCode: "en",
      name: null,
      closedCaptions: false,
      passthrough: null,
    });
  });
});

describe("trackName", () => {
  it("is the language in English, numbered where that is taken", () => {
    expect(trackName("de-AT", new Set())).toBe("Austrian German");
    expect(trackName("en", new Set(["English", "English 2"]))).toBe("English 3");
  });

  it("is known again, with a number or without", () => {
    expect(["German", "German 12"].every((name) => isLanguageName(name, "de"))).toBe(true);
    expect(["Deutsch", "English", "German dub"].some((name) => isLanguageName(name, "de"))).toBe(false);
  });

  it("is the code where that names no language", () => {
    expect(trackName("qqq", new Set())).toBe("qqq");
    expect(trackName("abcde-x", new Set())).toBe("abcde-x");
  });
});
