import { describe, expect, it } from "vitest";
import type { TextTrack } from "../playback-ids.ts";
import { smallPlan } from "../testing/plans.ts";
import { subtitleMedia } from "./subtitle-media.ts";

const ID = "Wxleyp02vY5LdQ01v00VDiqWLMUFXiwVL8Mw01qLZTBbgM";

const track = (id: string, name: string, language: string, isClosedCaptions = false): TextTrack => {
  return { id, name, language, isClosedCaptions };
};

function attributes(textTracks: readonly TextTrack[], defaultLanguage: string | null = null): string[] {
  const facts = { playbackId: ID, grant: "-", plan: smallPlan(), textTracks, base: "", suffix: "", query: "" };
  return subtitleMedia(facts, defaultLanguage);
}

const among = (name: string, lines: readonly string[]): (string | undefined)[] =>
  lines.map((line) => new RegExp(`[:,]${name}=("[^"]*"|[^,]*)`).exec(line)?.[1]);

describe("subtitleMedia", () => {
  it("says nothing where there is no text", () => {
    expect(attributes([], "en")).toEqual([]);
  });

  it("tells name, language, place and what captions for the deaf have besides", () => {
    expect(attributes([track("t1", "English", "en-US", true)])).toEqual([
      `#EXT-X-MEDIA:TYPE=SUBTITLES,GROUP-ID="subtitles",NAME="English",LANGUAGE="en-US",DEFAULT=NO,AUTOSELECT=YES,FORCED=NO,` +
        `CHARACTERISTICS="public.accessibility.transcribes-spoken-dialog,public.accessibility.describes-music-and-sound",` +
        `URI="${ID}/t/-/0123456789abcdef/t1.m3u8"`,
    ]);
    expect(among("LANGUAGE", attributes([track("t1", "CC1", "und")]))).toEqual([undefined]);
  });

  it("writes names that end no quoted string and no line, all different", () => {
    const names = ['A "b"', "A 'b'", "A\n'b'", "Größe"];
    expect(among("NAME", attributes(names.map((name) => track("t", name, "en"))))).toEqual([
      `"A 'b'"`,
      `"A 'b' 2"`,
      `"A 'b' 3"`,
      `"Größe"`,
    ]);
  });

  it("lets players choose one track of each language and kind, and any that is the default", () => {
    const tracks = [track("1", "a", "en"), track("2", "b", "EN"), track("3", "c", "en", true), track("4", "d", "de")];
    expect(among("AUTOSELECT", attributes(tracks))).toEqual(["YES", "NO", "YES", "YES"]);
    expect(among("DEFAULT", attributes(tracks))).toEqual(["NO", "NO", "NO", "NO"]);
  });

  it.each([
    ["en-US", ["NO", "YES", "NO"]],
    ["EN-us", ["NO", "YES", "NO"]],
    ["en-AU", ["YES", "NO", "NO"]],
    ["de-CH", ["NO", "NO", "YES"]],
    ["fr", ["NO", "NO", "NO"]],
  ])("makes the track of %s the default", (language, expected) => {
    const tracks = [track("1", "a", "en-GB"), track("2", "b", "en-US"), track("3", "c", "de")];
    expect(among("DEFAULT", attributes(tracks, language))).toEqual(expected);
  });
});
