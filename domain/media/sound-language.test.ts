import { describe, expect, it } from "vitest";
import { languageTag, soundLabels } from "./sound-language.ts";

describe("languageTag", () => {
  it.each([
    ["ger", "de"],
    ["deu", "de"],
    ["pt-br", "pt-BR"],
    ["zh-hant", "zh-Hant"],
    ["und", null],
    ["", null],
    ["not a language", null],
    [undefined, null],
  ])("reads %s as %s", (text, tag) => {
    expect(languageTag(text)).toBe(tag);
  });
});

describe("soundLabels", () => {
  const sound = (language: string | null, title: string | null = null) => ({ language, title });

  it("takes the title, else the language, and no name twice", () => {
    const sounds = [sound("de"), sound("de"), sound("en", "Director"), sound(null), sound(null), sound("fr", "German")];
    expect(soundLabels(sounds)).toEqual(["German", "German 2", "Director", "Default", "Default 2", "German 3"]);
  });

  it("leaves out what would end a line or a quoted string", () => {
    expect(soundLabels([sound(null, 'a"b\r\nc'), sound("en", " \u0000 ")])).toEqual(["abc", "English"]);
  });
});
